//! What the library says of data, shapes and rates that do not fit, and of numbers that overflow.

use minigrad::data::Split;
use minigrad::{prelude::*, threads, train::Trainer};
use std::cell::RefCell;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;

/// What a panic says. It must name this file as its place, that of the caller, and none in the library.
#[track_caller]
fn said<R>(work: impl FnOnce() -> R) -> String {
    thread_local!(static PLACE: RefCell<String> = const { RefCell::new(String::new()) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or("", |place| place.file());
            PLACE.set(place.to_owned());
            before(panic);
        }));
    });
    let Err(panic) = catch_unwind(AssertUnwindSafe(work)) else { panic!("no panic") };
    let place = PLACE.take();
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or(panic.downcast_ref::<&str>().map(|text| text.to_string()));
    assert!(place.ends_with(file!()), "{place}: {text:?}");
    text.unwrap_or_default()
}

fn matrix(rows: usize, columns: usize) -> Tensor {
    Tensor::constant(Array2::ones((rows, columns)))
}

fn examples(rows: usize, labels: &[usize]) -> Split {
    Split { inputs: Array2::ones((rows, 256)), labels: labels.to_vec() }
}

/// Nothing of these ends in a place that its caller does not know, takes all memory, or hangs.
#[test]
fn what_is_too_large_or_too_few_is_refused_by_name() {
    let data = SignOfSum::sample(3, 0, 0).train;
    assert_eq!(said(|| data.first(4)), "first: 4 of 3 examples");
    assert_eq!(said(|| data.first(usize::MAX)), format!("first: {} of 3 examples", usize::MAX));
    assert_eq!(said(|| data.select(&[0, 7])), "select: number 7 of 3 examples");
    let most = "examples are not accepted: expected at most 1048576";
    assert_eq!(said(|| SignOfSum::sample(1 << 40, 0, 0)), format!("sample: {} {most}", 1u64 << 40));
    let count_of = "is not accepted: expected an integer from 1 to 1024";
    for count in [0, 100_000, usize::MAX] {
        assert_eq!(said(|| threads::with(count, || ())), format!("threads: {count} {count_of}"));
    }
    let rules: [Box<dyn Optimizer>; 2] = [Box::new(Sgd::new(0.1, 0.9)), Box::new(Adam::new(0.1))];
    for mut rule in rules {
        let mut w: Tensor = Tensor::parameter([[1.0]]);
        let update = || rule.update(usize::MAX, &mut w, &array![[1.0]]);
        let what = "is not accepted: expected below 1048576";
        assert_eq!(said(update), format!("update: parameter number {} {what}", usize::MAX));
    }
    let sizes = Histogram::of([1.0]);
    for (step, columns) in [(0, 1), (1, 0), (1 << 40, 2), (1, 1 << 40)] {
        let what = format!("grouped: {columns} groups of {step} exponents");
        assert_eq!(said(|| sizes.grouped(0, step, columns)), what);
    }
    assert_eq!(sizes.grouped(i32::MIN, 4096, 2), [0, 1]);
    assert_eq!(sizes.grouped(i32::MAX, 4096, 2), [1, 0]);
    assert_eq!((sizes.count(i32::MAX), sizes.count(i32::MIN)), (0, 0));
    let mut random = Random::new(0, Stream::Data);
    assert_eq!(said(|| random.below(0)), "below: cannot choose among 0 numbers");
    let mut network = Recipe::mlp(2).width(4).build();
    let logits = network.forward(&Tensor::constant(data.inputs.clone()));
    let mut sgd = Sgd::new(0.1, 0.9);
    let what = "update: a loss [3, 2] is no number";
    assert_eq!(said(|| network.update(logits.clone(), &mut sgd)), what);
}

/// A plan nested too deep would overflow the stack; one too long would not be done in minutes.
#[test]
fn a_plan_too_deep_or_too_long_is_refused_by_name() {
    let linear = || Op::linear(4, 4, Init::Xavier, 1.0);
    let nested = |depth| (0..depth).fold(vec![linear()], |branch, _| vec![Op::Residual(branch)]);
    let refused = |layers: Vec<Vec<Op>>| Plan::new(4, layers).expect_err("refused").to_string();
    let deep = "branches within each other 65 is not accepted: expected an integer from 0 to 64";
    assert_eq!(refused(vec![nested(65), vec![linear()]]), deep);
    assert_eq!(refused(vec![nested(100_000), vec![linear()]]), deep);
    assert!(Plan::new(4, vec![nested(64), vec![linear()]]).is_ok());
    let long = vec![vec![Op::Activation(Tanh); 100_000], vec![linear()]];
    let what = "operations of a layer 100000 is not accepted: expected an integer from 0 to 4096";
    assert_eq!(refused(long), what);
    let many = vec![vec![linear()]; 10_004];
    assert_eq!(refused(many), "layers 10004 is not accepted: expected an integer from 0 to 10003");
}

#[test]
fn inputs_that_do_not_fit_and_recipes_that_are_refused_point_at_the_caller() {
    let mut network = Recipe::mlp(2).width(4).build();
    let narrow = Split { inputs: Array2::ones((2, 3)), labels: vec![0, 1] };
    let what = "linear: shapes [2, 3] and [256, 4] do not fit: 3 columns against 256 rows";
    let x = || Tensor::constant(narrow.inputs.clone());
    assert_eq!(said(|| network.forward(&x())), what);
    assert_eq!(said(|| network.trace(&x())), what);
    assert_eq!(said(|| network.loss(&narrow)), what);
    assert_eq!(said(|| network.accuracy(&narrow)), what);
    assert_eq!(said(|| network.probe(&narrow)), what);
    let training = Training::sgd(0.1).batch(2).steps(1);
    let data = Data { train: narrow.clone(), validation: narrow.clone() };
    assert_eq!(said(|| network.train(&data, &training)), what);
    let mut trainer = Trainer::new(&mut network, &narrow, &training);
    assert_eq!(said(|| trainer.step()), what);
    assert_eq!(said(|| trainer.observe(&narrow)), what);
    let none = Recipe::mlp(0);
    let depth = "depth 0 is not accepted: expected an integer from 1 to 10000";
    assert_eq!(said(|| none.predict(&training)), format!("predict: {depth}"));
    for what in [
        said(|| none.build()),
        said(|| none.plan()),
        said(|| Kernel::of(&none)),
        said(|| Propagation::of(&none)),
    ] {
        assert_eq!(what, format!("recipe: {depth}"));
    }
}

#[test]
fn labels_that_do_not_fit_are_named_with_their_counts() {
    let training = Training::sgd(0.1).batch(2).steps(1);
    for (split, what) in [
        (examples(3, &[0, 1]), "2 labels for 3 inputs"),
        (examples(2, &[0, 1, 1]), "3 labels for 2 inputs"),
        (examples(2, &[0, 2]), "label 2 for 2 classes"),
        (examples(0, &[]), "there are no examples"),
    ] {
        let mut network = Recipe::mlp(2).width(4).build();
        assert_eq!(said(|| network.loss(&split)), format!("loss: {what}"));
        assert_eq!(said(|| network.accuracy(&split)), format!("accuracy: {what}"));
        assert_eq!(said(|| network.probe(&split)), format!("probe: {what}"));
        let new = || drop(Trainer::new(&mut network, &split, &training));
        assert_eq!(said(new), format!("training: {what}"));
    }
    let one = Recipe::mlp(2).classes(1).build();
    let what = "loss: classes 1 is not accepted: expected at least 2";
    assert_eq!(said(|| one.loss(&examples(1, &[0]))), what);
}

#[test]
fn a_run_before_its_first_step_has_no_outcome_and_says_so() {
    let data = SignOfSum::sample(10, 0, 0).train;
    let mut network = Recipe::mlp(1).build();
    let run = Trainer::new(&mut network, &data, &Training::sgd(0.1)).run();
    assert_eq!((run.final_loss(), run.loss_at(0), run.diverged_at()), (None, None, None));
    assert_eq!(said(|| run.outcome()), "outcome: there are no losses");
    assert_eq!(said(|| run.initial_loss()), "initial_loss: there are no losses");
    assert_eq!(said(|| Outcome::final_loss(&[])), "final_loss: there are no losses");
}

#[test]
fn nothing_is_computed_of_no_entries() {
    let row = |columns| Tensor::constant(Array2::ones((1, columns)));
    assert_eq!(said(|| matrix(0, 3).mean()), "mean: shape [0, 3] has no entries");
    assert_eq!(said(|| matrix(3, 0).mean_square()), "mean_square: shape [3, 0] has no entries");
    assert_eq!(
        said(|| matrix(0, 0).mean_squared_error(&matrix(0, 0))),
        "mean_squared_error: shape [0, 0] has no entries"
    );
    assert_eq!(matrix(0, 3).sum().item(), 0.0);
    assert_eq!(
        said(|| matrix(0, 0).cross_entropy(&[])),
        "cross_entropy: logits [0, 0] have no rows"
    );
    assert_eq!(
        said(|| matrix(2, 0).cross_entropy(&[0, 0])),
        "cross_entropy: label 0 for logits [2, 0]"
    );
    assert_eq!(said(|| matrix(2, 0).rms_norm(&row(0))), "rms_norm: shape [2, 0] has no columns");
    assert_eq!(
        said(|| matrix(2, 0).layer_norm(&row(0), &row(0))),
        "layer_norm: shape [2, 0] has no columns"
    );
    assert_eq!(
        said(|| matrix(2, 3).linear(&matrix(3, 0), &row(0))),
        "linear: weight [3, 0] has no columns"
    );
    assert_eq!(matrix(0, 3).rms_norm(&row(3)).shape(), [0, 3]);
}

#[test]
fn shapes_that_do_not_fit_say_what_to_do() {
    assert_eq!(
        said(|| &matrix(2, 3) + &matrix(1, 3)),
        "add: shapes [2, 3] and [1, 3] differ: `linear` adds a bias to every row"
    );
    assert_eq!(said(|| &matrix(2, 3) + &matrix(2, 4)), "add: shapes [2, 3] and [2, 4] differ");
    let stranger: Tensor = Tensor::parameter([[1.0, 2.0, 3.0]]);
    let one: Tensor = Tensor::parameter([[1.0]]);
    let gradients = one.sum().backward();
    assert_eq!(
        said(|| gradients.of(&stranger).clone()),
        "gradient of a tensor [1, 3] that the loss does not depend on"
    );
}

#[test]
fn an_update_by_the_loss_of_another_network_is_refused_like_a_step() {
    let data = SignOfSum::sample(8, 0, 0).train;
    let (mut one, other) = (Recipe::mlp(2).width(4).build(), Recipe::mlp(2).width(4).build());
    let loss = |network: &Network| {
        network.forward(&Tensor::constant(data.inputs.clone())).cross_entropy(&data.labels)
    };
    let what = "gradient of a tensor [256, 4] that the loss does not depend on";
    let mut sgd = Sgd::new(0.1, 0.9);
    let gradients = loss(&other).backward();
    assert_eq!(said(|| sgd.step(one.parameters_mut(), &gradients)), what);
    assert_eq!(said(|| one.update(loss(&other), &mut sgd)), what);
    let own = loss(&one);
    one.update(own, &mut sgd);
}

#[test]
fn an_optimizer_refuses_parameters_of_another_shape() {
    let step = |optimizer: &mut dyn Optimizer, size: usize| {
        let mut w: Tensor = Tensor::parameter(Array2::ones((size, size)));
        let grad = Array2::ones((size, size));
        optimizer.begin();
        optimizer.update(0, &mut w, &grad);
    };
    let rules: [Box<dyn Optimizer>; 2] = [Box::new(Sgd::new(0.1, 0.9)), Box::new(Adam::new(0.1))];
    for mut rule in rules {
        step(&mut *rule, 2);
        step(&mut *rule, 2);
        assert_eq!(
            said(|| step(&mut *rule, 3)),
            "update: parameter [3, 3] where an earlier one was [2, 2]: an optimizer serves one network"
        );
    }
}

#[test]
fn rules_refuse_rates_and_decays_by_name() {
    let positive = "is not accepted: expected a finite number above 0";
    let share = "is not accepted: expected a number from 0 to below 1";
    let sgd = |lr, momentum| drop(Sgd::<f32>::new(lr, momentum));
    assert_eq!(said(|| sgd(f64::NAN, 0.9)), format!("Sgd: lr NaN {positive}"));
    assert_eq!(said(|| sgd(0.1, 1.0)), format!("Sgd: momentum 1 {share}"));
    assert_eq!(said(|| drop(Adam::<f32>::new(-1.0))), format!("Adam: lr -1 {positive}"));
    let adam = || Adam::<f32>::new(0.1);
    assert_eq!(said(|| drop(adam().betas(1.0, 1.0))), format!("Adam: beta1 1 {share}"));
    assert_eq!(said(|| drop(adam().betas(0.9, f64::NAN))), format!("Adam: beta2 NaN {share}"));
    assert_eq!(said(|| drop(adam().epsilon(0.0))), format!("Adam: epsilon 0 {positive}"));
    let not_negative = "is not accepted: expected a finite number from 0 up";
    let decayed = || drop(Sgd::<f32>::new(0.1, 0.9).weight_decay(-0.1));
    assert_eq!(said(decayed), format!("Sgd: weight_decay -0.1 {not_negative}"));
    let decayed = || drop(adam().weight_decay(f64::INFINITY));
    assert_eq!(said(decayed), format!("Adam: weight_decay inf {not_negative}"));
}

#[test]
fn windows_refuse_steps_that_no_training_has() {
    for steps in [0, usize::MAX] {
        let what = format!(
            "windows: steps {steps} is not accepted: expected an integer from 1 to 1000000"
        );
        assert_eq!(said(|| Training::sgd(0.1).steps(steps).windows()), what);
    }
}

/// `x^2` overflows f32 above 1.8e19, where the inverse deviation would round to 0.
#[test]
fn a_norm_does_not_hide_an_overflow() {
    let (ones, zeros) = (matrix(1, 4), Tensor::constant(Array2::zeros((1, 4))));
    let x: Tensor = Tensor::constant([[1e20, -1e20, 2e20, 5e19], [1.0, -1.0, 1.0, -1.0]]);
    for y in [x.rms_norm(&ones), x.layer_norm(&ones, &zeros)] {
        assert!(y.values().row(0).iter().all(|y| y.is_nan()), "{y:?}");
        assert!(y.values().row(1).iter().all(|y| (y.abs() - 1.0).abs() < 1e-5), "{y:?}");
    }
    let large: Tensor = Tensor::constant([[1e18, -1e18, 1e18, -1e18]]);
    assert!(large.rms_norm(&ones).values().iter().all(|y| y.abs() == 1.0));
    let data = SignOfSum::sample(64, 0, 0);
    for norm in [Norm::Rms, Norm::Layer] {
        let recipe = Recipe::mlp(4).width(32).norm(norm).init(Init::Sigma(1e20));
        let run = recipe.build().train(&data, &Training::sgd(1e-3).steps(5));
        assert_eq!(run.outcome(), Outcome::Diverges, "{norm}");
    }
}

#[test]
fn infinite_entries_give_the_limits_in_every_vector_and_remainder() {
    for columns in 1..70 {
        for (entry, value, slope) in
            [(f32::NEG_INFINITY, 0.0, 0.0), (f32::INFINITY, f32::INFINITY, 1.0)]
        {
            let x = Tensor::parameter(Array2::from_elem((1, columns), entry));
            for y in [x.gelu(), x.silu()] {
                assert!(y.values().iter().all(|y| *y == value), "{entry}, {columns}: {y:?}");
                let gradient = y.sum().backward();
                assert!(gradient.of(&x).iter().all(|g| *g == slope), "{entry}, {columns}");
            }
        }
    }
    for activation in [Gelu, GeluTanh, Silu, Softplus] {
        assert_eq!(activation.value(f64::NEG_INFINITY), 0.0);
        assert_eq!(activation.derivative(f64::NEG_INFINITY), 0.0);
        assert_eq!(activation.value(f64::INFINITY), f64::INFINITY);
        assert_eq!(activation.derivative(f64::INFINITY), 1.0);
    }
    for activation in Activation::ALL {
        assert!(activation.value(f64::NAN).is_nan(), "{activation}");
    }
}

#[test]
fn a_probe_of_a_diverged_network_says_so() {
    let data = SignOfSum::sample(16, 0, 0).train;
    for activation in [Relu, Tanh, Gelu] {
        let mut network = Recipe::mlp(3).width(8).activation(activation).build();
        let weight = network.linears()[0].weight.values() * f32::NAN;
        network.linears_mut()[0].weight = Tensor::parameter(weight);
        let probe = network.probe(&data);
        assert!(probe.layers[0].correlation.is_nan() && probe.layers[0].dead.is_nan());
        let text = probe.to_string();
        assert!(text.ends_with("loss NaN: diverged, numbers that are not finite"), "{text}");
        assert!(!text.contains("0.000"), "{text}");
    }
    let text = Recipe::mlp(3).width(8).build().probe(&data).to_string();
    assert!(!text.contains("diverged"), "{text}");
    assert!(Recipe::mlp(2).build().probe(&data.first(1)).layers[0].correlation.is_nan());
}

#[test]
fn a_last_update_that_leaves_the_finite_numbers_diverges() {
    let data = SignOfSum::sample(64, 0, 0);
    let training = Training::sgd(1e300).steps(1);
    let run = Recipe::mlp(3).width(8).build().train(&data, &training);
    assert!(run.losses.len() == 1 && run.losses[0].is_finite());
    assert_eq!(
        (run.outcome(), run.diverged_at(), run.final_loss()),
        (Outcome::Diverges, Some(1), None)
    );
}

/// Chunks of rows and all rows at once are the same sums.
#[test]
fn evaluation_by_chunks_changes_no_bit() {
    let data = SignOfSum::sample(201, 0, 1).train;
    let network = Recipe::blocks(2).width(40).activation(Gelu).norm(Norm::Layer).residual().build();
    let logits = network.forward(&Tensor::constant(data.inputs.clone()));
    let loss = logits.cross_entropy(&data.labels).item();
    assert_eq!(network.loss(&data).to_bits(), loss.to_bits());
    let right = logits.values().rows().into_iter().zip(&data.labels);
    let right = right.filter(|(z, label)| (z[1] > z[0]) as usize == **label).count();
    assert_eq!(network.accuracy(&data), right as f64 / 201.0);
}
