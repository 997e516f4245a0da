//! What is read off a network, of numbers small enough to work out by hand: a probe, an accuracy,
//! the windows of a curve, the shapes of a recipe, the number of threads.

use minigrad::{prelude::*, threads, train::Trainer};

/// Two units wide throughout, so that every pre-activation of the first layer is the input.
fn transparent(activation: Activation) -> Network {
    let mut network = Recipe::mlp(2).inputs(2).width(2).activation(activation).classes(2).build();
    for linear in network.linears_mut() {
        linear.weight = Tensor::parameter(array![[1.0, 0.0], [0.0, 1.0]]);
    }
    network
}

fn split(inputs: Array2<f32>, labels: &[usize]) -> Split {
    Split { inputs, labels: labels.to_vec() }
}

#[test]
fn a_probe_sees_the_second_moment_and_the_mean_cosine() {
    // Cosines of the pairs: 0, 1/sqrt 2, 1/sqrt 2. Squares: 9 + 4 + 1 + 1 over six entries.
    let batch = split(array![[3.0, 0.0], [0.0, 2.0], [1.0, 1.0]], &[0, 1, 0]);
    let layer = transparent(Relu).probe(&batch).layers[0];
    assert_eq!(layer.q, 2.5);
    let cosine = 2.0 / 3.0 * std::f64::consts::FRAC_1_SQRT_2;
    assert!((layer.correlation - cosine).abs() < 1e-12, "{}", layer.correlation);
}

#[test]
fn a_row_of_zeros_is_orthogonal_to_every_other() {
    let batch = split(array![[3.0, 0.0], [0.0, 0.0], [1.0, 1.0]], &[0, 1, 0]);
    let layer = transparent(Relu).probe(&batch).layers[0];
    let cosine = std::f64::consts::FRAC_1_SQRT_2 / 3.0;
    assert!((layer.correlation - cosine).abs() < 1e-12, "{}", layer.correlation);
    // One input has no other to be compared with.
    let alone = split(array![[3.0, 4.0]], &[0]);
    assert!(transparent(Relu).probe(&alone).layers[0].correlation.is_nan());
}

#[test]
fn a_unit_is_dead_where_its_slope_is_below_a_hundredth_for_every_input() {
    let dead = |phi, inputs| transparent(phi).probe(&split(inputs, &[0, 1])).layers[0].dead;
    // ReLU: the second unit never fires, the first once.
    assert_eq!(dead(Relu, array![[-1.0, -2.0], [1.0, -1.0]]), 0.5);
    assert_eq!(dead(Relu, array![[-1.0, -2.0], [-1.0, -1.0]]), 1.0);
    // tanh'(3) = 0.0099, tanh'(2.9) = 0.0120.
    assert_eq!(dead(Tanh, array![[3.0, 2.9], [-3.0, -2.9]]), 0.5);
    // No activation follows the readout.
    let probe = transparent(Relu).probe(&split(array![[-1.0, -1.0], [-1.0, -2.0]], &[0, 1]));
    assert_eq!(probe.layers[1].dead, 0.0);
}

#[test]
fn a_probe_counts_sizes_by_powers_of_two() {
    let batch = split(array![[3.0, 0.0], [0.0, -2.0], [1.0, 0.75]], &[0, 1, 0]);
    let layer = transparent(Relu).probe(&batch).layers[0];
    assert_eq!(layer.sizes.zeros, 2);
    assert_eq!([-2, -1, 0, 1, 2].map(|e| layer.sizes.count(e)), [0, 1, 1, 2, 0]);
    // A single input (1, 0): row 0 of the readout's gradient is p - y, which is 1/(1 + e) = 0.269 in
    // size; row 1, of a unit that is off, is zero.
    let probe = transparent(Relu).probe(&split(array![[1.0, 0.0]], &[0]));
    let readout = &probe.layers[1].gradient_sizes;
    assert_eq!((readout.zeros, readout.count(-2), readout.range()), (2, 2, Some((-2, -2))));
}

/// Every pre-activation of the first layer is a standard normal number, if all inputs are 1.
#[test]
fn the_sizes_of_a_drawn_layer_are_those_of_a_normal_law() {
    let recipe = Recipe::mlp(2).width(8192).init(Init::Xavier).seed(3);
    let probe = recipe.build().probe(&split(Array2::ones((1, 256)), &[0]));
    let below = |x: f64| libm::erf(x / std::f64::consts::SQRT_2);
    for e in -6..2 {
        let (low, high) = (libm::exp2(f64::from(e)), libm::exp2(f64::from(e + 1)));
        let share = below(high) - below(low);
        let (mean, deviation) = (8192.0 * share, (8192.0 * share * (1.0 - share)).sqrt());
        let count = probe.layers[0].sizes.count(e) as f64;
        // Of eight counts one is off by 4.5 deviations once in 18,000 seeds.
        assert!((count - mean).abs() < 4.5 * deviation, "2^{e}: {count}, expected {mean:.0}");
    }
}

/// One layer, W the identity, one input (1, 0) of class 0: the logits differ by 1, each entry of the
/// gradient's first row is 1/(1 + e) in size, and |W| is the root of 2.
#[test]
fn the_update_ratio_of_a_layer_is_how_far_it_moves_beside_its_size() {
    let examples = split(array![[1.0, 0.0]], &[0]);
    let network = || {
        let mut network = Recipe::mlp(1).inputs(2).classes(2).build();
        network.linears_mut()[0].weight = Tensor::parameter(array![[1.0, 0.0], [0.0, 1.0]]);
        network
    };
    let slope = |difference: f64| 1.0 / (1.0 + difference.exp());
    let (mut network, lr) = (network(), 0.125);
    let training = Training::sgd(lr).momentum(0.5).batch(4).steps(2);
    let mut trainer = Trainer::new(&mut network, &examples, &training);
    let mut update = || trainer.observe(&examples).expect("two steps").updates[0];
    let first = lr * slope(1.0);
    assert!((update() - first).abs() < 1e-6, "both roots of 2 cancel");
    // Weight and bias have each moved the two logits apart by twice the step; momentum adds half of it.
    let moved = lr * (0.5 * slope(1.0) + slope(1.0 + 4.0 * first));
    let size = ((1.0 + first).powi(2) + first.powi(2) + 1.0).sqrt();
    let expected = std::f64::consts::SQRT_2 * moved / size;
    let second = update();
    assert!((second - expected).abs() < 1e-6, "{second}, expected {expected}");
}

#[test]
fn weights_that_do_not_move_have_no_update_and_zeros_that_do_an_infinite_one() {
    let examples = split(array![[1.0, 0.0]], &[0]);
    for (first, updates) in [(0.0, [0.0, 0.0]), (1.0, [0.0, f64::INFINITY])] {
        let mut network = Recipe::mlp(2).inputs(2).width(2).classes(2).build();
        for (linear, value) in network.linears_mut().into_iter().zip([first, 0.0]) {
            linear.weight = Tensor::parameter(Array2::from_elem((2, 2), value));
        }
        let training = Training::sgd(0.1).steps(1);
        let mut trainer = Trainer::new(&mut network, &examples, &training);
        // The gradient comes back through a readout of zeros.
        assert_eq!(trainer.observe(&examples).expect("a step").updates, updates);
        assert!(trainer.observe(&examples).is_none());
    }
}

#[test]
fn a_training_that_is_watched_keeps_every_bit() {
    let data = SignOfSum::sample(200, 50, 4);
    let first = data.train.first(64);
    let blocks = Recipe::blocks(2).width(16).activation(Gelu).norm(Norm::Rms).residual();
    for (recipe, training) in [
        (Recipe::mlp(4).width(32), Training::sgd(1e-2).momentum(0.9).steps(20)),
        (blocks.final_norm(), Training::adam(1e-2).steps(20)),
    ] {
        let (mut alone, mut seen) = (recipe.build(), recipe.build());
        let run = alone.train(&data, &training);
        let mut trainer = Trainer::new(&mut seen, &data.train, &training);
        while let Some(observed) = trainer.observe(&first) {
            assert!(observed.updates.iter().all(|update| *update > 0.0), "{observed}");
        }
        assert_eq!(trainer.run(), run, "{recipe}");
        let bits = |network: &Network| -> Vec<u32> {
            network.parameters().flat_map(|p| p.values()).map(|w| w.to_bits()).collect()
        };
        assert_eq!(bits(&alone), bits(&seen), "{recipe}");
    }
}

#[test]
fn a_picture_has_a_line_a_layer_and_says_what_is_not_finite() {
    // Of 3, 0.5, -1 and 1e30 the last lies beyond the columns. The first input's p - y is 0.0379 over
    // the batch, so that gradients are 0.114 and 0.0190; the second input is right, and has none.
    let batch = split(array![[3.0, 0.5], [-1.0, 1e30]], &[0, 1]);
    let probe = transparent(Relu).probe(&batch);
    assert_eq!(
        probe.picture(&[1e-3, f64::INFINITY]).lines().collect::<Vec<_>>(),
        [
            "layer  |z| 2^-20 to 2^12  correlation   dead  |g| 2^-32 to 2^8        update",
            "    1  ·········▄█····▄         0.164   0.00  ·············██·····    1.0e-3",
            "    2  ·········██····█         0.164   0.00  ·············██·····       inf",
        ]
    );
    let nan = transparent(Relu).probe(&split(array![[f32::NAN, 0.0]], &[0])).picture(&[]);
    assert!(nan.lines().nth(2).is_some_and(|line| line.contains("not finite")), "{nan}");
}

#[test]
fn accuracy_counts_the_rows_whose_own_logit_is_alone_on_top() {
    let network = transparent(Identity);
    let inputs = array![[2.0, 1.0], [1.0, 2.0], [1.0, 1.0], [0.0, 3.0]];
    assert_eq!(network.accuracy(&split(inputs.clone(), &[0, 0, 0, 1])), 0.5);
    assert_eq!(network.accuracy(&split(inputs, &[0, 1, 1, 1])), 0.75);
}

#[test]
fn windows_double_and_end_with_the_last_tenth() {
    let windows = |steps| Training::sgd(0.1).steps(steps).windows();
    assert_eq!(windows(1), [(0, 1), (0, 1)]);
    assert_eq!(windows(5), [(0, 1), (1, 2), (2, 4), (4, 5), (4, 5)]);
    assert_eq!(windows(40)[5..], [(16, 32), (32, 40), (36, 40)]);
}

#[test]
fn shapes_chain_from_the_inputs_to_the_classes() {
    let mlp = Recipe::mlp(3).inputs(5).width(7).classes(4);
    assert_eq!(mlp.shapes(), [(5, 7), (7, 7), (7, 4)]);
    assert_eq!(Recipe::mlp(1).inputs(5).width(7).classes(4).shapes(), [(5, 4)]);
    let blocks = Recipe::blocks(2).inputs(3).width(3).classes(2);
    assert_eq!(blocks.shapes(), [(3, 12), (12, 3), (3, 12), (12, 3), (3, 2)]);
    assert_eq!(blocks.inputs(5).shapes()[..2], [(5, 3), (3, 12)]);
}

#[test]
fn a_thread_count_holds_for_the_work_inside() {
    for count in [1, 2, 3, 5] {
        assert_eq!(threads::with(count, threads::count), count);
    }
    assert_eq!(threads::count(), 1);
}
