//! What must hold exactly, or as exactly as rounding allows.

use minigrad::prelude::*;
use minigrad::theory::gaussian::{second_moment, slope_second_moment};
use minigrad_tests::normals;

fn single(values: &Array2<f64>) -> Tensor {
    Tensor::parameter(values.mapv(|x| x as f32))
}

/// Bits, not values: -0 differs from 0, and a NaN equals itself.
fn bits(values: &Array2<f32>) -> Vec<u32> {
    values.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn relu_of_x_less_relu_of_minus_x_is_x() {
    let x = single(&normals(9, 31, 0));
    let back = &x.relu() - &x.scale(-1.0).relu();
    assert_eq!(back.values(), x.values());
}

#[test]
fn the_gradient_of_cross_entropy_sums_to_zero_in_every_row() {
    for (rows, classes) in [(5, 2), (3, 7), (2, 130)] {
        let z = single(&(normals(rows, classes, 1) * 4.0));
        let labels: Vec<usize> = (0..rows).map(|r| r % classes).collect();
        let gradients = z.cross_entropy(&labels).backward();
        for row in gradients.of(&z).rows() {
            let sum: f64 = row.iter().map(|&g| f64::from(g)).sum();
            // Entries add up to 2/rows in size; the sum of exponentials errs by one rounding a
            // class at most, and each entry by four of its own.
            let bound = (classes as f64 + 8.0) * f64::from(f32::EPSILON) * 2.0 / rows as f64;
            assert!(sum.abs() <= bound, "{sum:e} > {bound:e}");
            assert!(row.iter().any(|&g| g != 0.0));
        }
    }
}

#[test]
fn equal_logits_cost_the_logarithm_of_the_classes() {
    for classes in [2usize, 3, 10, 1000] {
        let z: Tensor<f64> = Tensor::constant(Array2::from_elem((1, classes), -7.25));
        assert_eq!(z.cross_entropy(&[classes - 1]).item(), libm::log(classes as f64));
    }
}

#[test]
fn a_shift_of_all_logits_changes_no_bit() {
    // Eighths: adding 1024 is exact.
    let z = normals(6, 5, 2).mapv(|z| (z * 8.0) as i32 as f32 / 8.0);
    let labels = [0, 1, 2, 3, 4, 0];
    let (plain, shifted) = (Tensor::parameter(z.clone()), Tensor::parameter(z + 1024.0));
    let (a, b) = (plain.cross_entropy(&labels), shifted.cross_entropy(&labels));
    assert_eq!(bits(a.values()), bits(b.values()));
    assert_eq!(bits(a.backward().of(&plain)), bits(b.backward().of(&shifted)));
}

#[test]
fn a_certain_and_wrong_answer_costs_its_distance() {
    let z: Tensor = Tensor::parameter([[0.0, 3e38]]);
    let loss = z.cross_entropy(&[0]);
    assert_eq!(loss.item(), 3e38);
    assert_eq!(loss.backward().of(&z), array![[-1.0, 1.0]]);
}

#[test]
fn kaiming_for_the_identity_is_xavier() {
    let recipe = Recipe::mlp(3).width(20).activation(Identity).seed(4);
    let [kaiming, xavier] = [Init::Kaiming, Init::Xavier].map(|i| recipe.clone().init(i).build());
    for (a, b) in kaiming.parameters().zip(xavier.parameters()) {
        assert_eq!(bits(a.values()), bits(b.values()));
    }
}

#[test]
fn biases_start_at_zero() {
    for layer in Recipe::mlp(3).width(20).build().linears() {
        assert!(layer.bias.values().iter().all(|&b| b == 0.0));
        assert!(layer.weight.values().iter().all(|&w| w != 0.0));
    }
}

#[test]
fn labels_are_the_sign_of_the_sum_of_ten() {
    let data = SignOfSum::sample(1000, 200, 9);
    for split in [&data.train, &data.validation] {
        for (x, &label) in split.inputs.rows().into_iter().zip(&split.labels) {
            let sum: f64 = x.iter().take(10).map(|&x| f64::from(x)).sum();
            assert_eq!(label == 1, sum >= 0.0);
        }
        // Both classes, within five standard deviations of one half.
        let n = split.labels.len() as f64;
        let ones = split.labels.iter().sum::<usize>() as f64;
        assert!((ones - n / 2.0).abs() < 5.0 * 0.5 * n.sqrt());
    }
}

fn weights(seed: u64) -> Vec<u32> {
    Recipe::mlp(3)
        .width(16)
        .seed(seed)
        .build()
        .parameters()
        .flat_map(|p| bits(p.values()))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    assert_eq!(weights(3), weights(3));
    assert_ne!(weights(3), weights(4));
    let data = |seed| bits(&SignOfSum::sample(50, 10, seed).train.inputs);
    assert_eq!(data(3), data(3));
    assert_ne!(data(3), data(4));
    let run = || {
        let training = Training::sgd(1e-2).batch(8).steps(20).seed(1);
        let data = SignOfSum::sample(100, 10, 2);
        let mut network = Recipe::mlp(3).width(16).build();
        let run = network.train(&data, &training);
        let last: Vec<u32> = network.parameters().flat_map(|p| bits(p.values())).collect();
        (run.losses, last)
    };
    assert_eq!(run(), run());
}

#[test]
fn streams_of_one_seed_are_independent() {
    const N: usize = 100_000;
    let draw = |stream| {
        let mut random = Random::new(7, stream);
        (0..N).map(|_| random.normal()).collect::<Vec<f64>>()
    };
    let [weights, data, batches] = [Stream::Weights, Stream::Data, Stream::Batches].map(draw);
    for (a, b) in [(&weights, &data), (&weights, &batches), (&data, &batches)] {
        let correlation = a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / N as f64;
        assert!(correlation.abs() < 5.0 / (N as f64).sqrt(), "{correlation}");
    }
}

#[test]
fn another_weight_seed_leaves_data_and_batches_alone() {
    // At an lr this small no weight moves: the losses of batches of one are a function of the
    // examples that were drawn, and of nothing else.
    let data = SignOfSum::sample(100, 10, 0);
    let rows = |seed: u64| {
        let mut network = Recipe::mlp(1).seed(seed).build();
        // Weights of its own, the same for every seed: they read the first entry of an input.
        let mut weight = Array2::zeros((256, 2));
        weight[[0, 0]] = 1.0;
        network.linears_mut()[0].weight = Tensor::parameter(weight);
        let training = Training::sgd(1e-30).batch(1).steps(30);
        network.train(&data, &training).losses
    };
    assert_eq!(rows(0), rows(1));
    let mut distinct = rows(0);
    distinct.sort_by(f32::total_cmp);
    distinct.dedup();
    assert!(distinct.len() > 10);
}

#[test]
fn an_update_does_not_change_a_tensor_held_elsewhere() {
    let data = SignOfSum::sample(64, 10, 0);
    let mut network = Recipe::mlp(3).width(16).build();
    let held: Vec<Tensor> = network.parameters().cloned().collect();
    let before: Vec<Vec<u32>> = held.iter().map(|t| bits(t.values())).collect();
    let x = Tensor::constant(data.train.inputs.clone());
    let logits = network.forward(&x);
    let seen = bits(logits.values());
    for training in [Training::sgd(0.1).steps(3), Training::adam(0.1).steps(3)] {
        network.train(&data, &training);
    }
    for ((held, before), now) in held.iter().zip(&before).zip(network.parameters()) {
        assert_eq!(&bits(held.values()), before);
        assert_ne!(&bits(now.values()), before);
    }
    assert_eq!(bits(logits.values()), seen);
    // A step by hand is no different.
    let mut w: Tensor = Tensor::parameter([[3.0]]);
    let (held, gradients) = (w.clone(), (&w * &w).sum().backward());
    Sgd::new(0.5, 0.0).step([&mut w], &gradients);
    assert_eq!((held.item(), w.item()), (3.0, 0.0));
}

#[test]
fn an_overflow_is_an_outcome() {
    let data = SignOfSum::sample(200, 10, 0);
    let recipe = Recipe::mlp(12).init(Init::Uniform(0.5));
    let run = recipe.build().train(&data, &Training::sgd(1e-3).momentum(0.9).steps(50));
    assert_eq!(run.outcome(), Outcome::Diverges);
    let at = run.diverged_at().expect("it leaves the finite numbers");
    // The run stops there, and everything before is finite.
    assert_eq!(run.losses.len(), at + 1);
    assert_eq!((run.loss_at(at), run.final_loss()), (None, None));
    assert!(run.initial_loss() > 1e4 && run.initial_loss().is_finite());
}

#[test]
fn outcomes_change_at_their_borders() {
    let guess = std::f64::consts::LN_2;
    let of = |initial: f32, last: f32| Outcome::of(&[initial, last], 2);
    // `largest(b)` is the largest f32 that does not exceed b.
    let largest = |b: f64| if f64::from(b as f32) > b { (b as f32).next_down() } else { b as f32 };
    let half = largest(0.5 * guess);
    assert_eq!(of(0.7, half), Outcome::Trains);
    assert_eq!(of(0.7, half.next_up()), Outcome::Vanishes);
    // Below a guess at the start, the guess counts; above it, the start.
    let top = largest(1.05 * guess);
    assert_eq!(of(0.1, top), Outcome::Vanishes);
    assert_eq!(of(0.1, top.next_up()), Outcome::Diverges);
    let top = largest(1.05 * f64::from(3.0f32));
    assert_eq!(of(3.0, top), Outcome::Vanishes);
    assert_eq!(of(3.0, top.next_up()), Outcome::Diverges);
    for lost in [f32::NAN, f32::INFINITY] {
        assert_eq!(of(0.7, lost), Outcome::Diverges);
        assert_eq!(Outcome::of(&[0.7, lost, 0.1], 2), Outcome::Diverges);
    }
    // More classes, a dearer guess.
    assert_eq!(Outcome::of(&[2.3, 1.15], 10), Outcome::Trains);
    assert_eq!(Outcome::of(&[2.3, 1.16], 10), Outcome::Vanishes);
}

#[test]
fn the_final_loss_is_the_mean_of_the_last_tenth() {
    let losses: Vec<f32> = (0..30).map(|k| k as f32).collect();
    assert_eq!(Outcome::final_loss(&losses), 28.0);
    assert_eq!(Outcome::final_loss(&losses[..29]), 27.5);
    assert_eq!(Outcome::final_loss(&losses[..9]), 8.0);
    assert_eq!(Outcome::final_loss(&losses[..1]), 0.0);
}

#[test]
fn gains_are_those_of_quadrature() {
    // Six digits, from 64 nodes of Gauss-Hermite and from scipy's adaptive quadrature alike.
    let table = [
        (Identity, 1.0, 1.0, 1.0, 1.0),
        (Relu, 0.5, 2.0, std::f64::consts::SQRT_2, 0.5),
        (Tanh, 0.394294, 2.536175, 1.592537, 0.464403),
        (Gelu, 0.425221, 2.351716, 1.533530, 0.455851),
        (Silu, 0.355776, 2.810761, 1.676532, 0.379482),
        // From here on mpmath's, 30 digits. SELU is made to have moments 0 and 1 (Klambauer et al. 2017).
        (LeakyRelu(0.01), 0.500050, 1.999800, 1.414143, 0.500050),
        (Sigmoid, 0.293379, 3.408560, 1.846229, 0.044836),
        (GeluTanh, 0.425194, 2.351869, 1.533581, 0.455818),
        (Elu, 0.644945, 1.550519, 1.245198, 0.668102),
        (Selu, 1.0, 1.0, 1.0, 1.071575),
        (Softplus, 0.921246, 1.085487, 1.041867, 0.293379),
    ];
    for (phi, moment, gain2, gain, slope) in table {
        let near = |found: f64, six: f64| {
            assert!((found - six).abs() <= 0.5000001e-6, "{phi}: {found} instead of {six}");
        };
        near(second_moment(phi, 1.0), moment);
        near(1.0 / second_moment(phi, 1.0), gain2);
        near(gaussian::gain(phi), gain);
        near(slope_second_moment(phi, 1.0), slope);
    }
    assert!(gaussian::mean(Selu, 1.0).abs() < 1e-12);
}

/// Hidden layers as wide as the input, and a readout of two.
fn layers(activation: Activation, init: Init, depth: usize) -> Vec<minigrad::theory::LayerTheory> {
    Propagation::of(&Recipe::mlp(depth).activation(activation).init(init)).layers
}

#[track_caller]
fn about(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-12, "{found} instead of {expected}");
}

#[test]
fn a_linear_network_multiplies_by_n_sigma_squared() {
    let factor: f64 = 256.0 * 0.25 / 3.0;
    let (mut q, mut back) = (1.0, 1.0);
    let found = layers(Identity, Init::Uniform(0.5), 9);
    for layer in &found {
        q *= factor;
        about(layer.q, q);
        about(layer.output, q);
    }
    // Backwards by fan_out: two for the readout, 256 below it.
    for (step, layer) in found.iter().rev().enumerate().skip(1) {
        back *= if step == 1 { factor * 2.0 / 256.0 } else { factor };
        about(layer.gradient, back);
    }
}

#[test]
fn relu_halves_and_kaiming_doubles() {
    for (init, s2) in [(Init::Xavier, 1.0), (Init::Kaiming, 2.0), (Init::Sigma(3.0), 9.0)] {
        let found = layers(Relu, init, 12);
        let (mut h, mut back) = (1.0, 1.0);
        for layer in &found[..11] {
            about(layer.q, s2 * h);
            h *= s2 / 2.0;
            about(layer.output, h);
        }
        for (step, layer) in found.iter().rev().enumerate().skip(1) {
            back *= s2 / 2.0 * if step == 1 { 2.0 / 256.0 } else { 1.0 };
            about(layer.gradient, back);
        }
    }
}

#[test]
fn tanh_with_its_gain_comes_to_rest_at_one() {
    // From above and from below; the slope of the map at 1 is .461, so that 40 layers reach 1e-13.
    for init in [Init::Kaiming, Init::Sigma(gaussian::gain(Tanh))] {
        about(layers(Tanh, init, 41)[39].q, 1.0);
    }
    let gain2 = 1.0 / second_moment(Tanh, 1.0);
    let below = (0..40).fold(0.2, |q, _| gain2 * second_moment(Tanh, q));
    about(below, 1.0);
    // While that of gelu and silu is left for good.
    for (phi, growth) in [(Gelu, 1.15), (Silu, 1.35)] {
        let found = layers(phi, Init::Kaiming, 41);
        assert!(found[39].q / found[38].q > growth);
    }
}
