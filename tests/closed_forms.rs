//! Theory against closed forms: moments far out, tails of a series, what finite width adds, what a
//! kernel says of its weights.

use minigrad::prelude::*;
use minigrad::theory::finite_width::walk_variance;
use minigrad::theory::gaussian::{expectation, mean, slope_second_moment};
use minigrad::theory::{CorrelationMap, Kernel};
use std::f64::consts::PI;

#[track_caller]
fn near(found: f64, expected: f64, relative: f64) {
    assert!((found / expected - 1.0).abs() < relative, "{found} instead of {expected}");
}

#[test]
fn means_are_those_of_the_half_normal_and_of_stein() {
    for q in [0.25f64, 1.0, 3.0] {
        // E max(0, x) = sqrt(q / 2 pi); E x Phi(x) = q E density(x) by Stein's lemma.
        let [relu, gelu] = [(q / (2.0 * PI)).sqrt(), q / (2.0 * PI * (1.0 + q)).sqrt()];
        near(mean(Relu, q), relu, 1e-14);
        near(mean(Gelu, q), gelu, 1e-12);
        near(CorrelationMap::new(Relu, q).mean(), relu, 1e-14);
        near(CorrelationMap::new(Gelu, q).mean(), gelu, 1e-12);
        assert_eq!(CorrelationMap::new(Tanh, q).mean(), 0.0);
    }
}

#[test]
fn the_slope_of_a_saturated_tanh_is_a_narrow_peak() {
    // E sech^4 = (int sech^4 - int u^2 sech^4 / 2q) / sqrt(2 pi q) + O(q^-5/2), the integrals 4/3
    // and (pi^2 - 6)/9.
    for q in [400.0f64, 2500.0] {
        let peak = 4.0 / 3.0 - (PI * PI - 6.0) / 18.0 / q;
        near(slope_second_moment(Tanh, q), peak / (2.0 * PI * q).sqrt(), 1e-6);
    }
}

#[test]
fn a_correlation_map_keeps_its_tail_where_tanh_is_almost_a_sign() {
    let (q, c) = (30.0f64, 0.999f64);
    let (root, apart) = (q.sqrt(), (1.0 - c * c).sqrt());
    let inner = |u: f64| expectation(|w| (root * (c * u + apart * w)).tanh());
    let value = expectation(|u| (root * u).tanh() * inner(u));
    near(CorrelationMap::new(Tanh, q).value(c), value, 1e-4);
}

#[test]
fn the_variance_of_a_walk_is_a_sum_of_two_powers() {
    // The recursion has the eigenvalues 1 + 2/n and 1 - 1/n.
    for (width, batch, depth) in [(2, 1, 1), (2, 2, 2), (3, 4, 3), (256, 64, 20)] {
        let (n, b, layers) = (width as f64, batch as f64, depth as i32 + 1);
        let (up, down) = ((1.0 + 2.0 / n).powi(layers), (1.0 - 1.0 / n).powi(layers));
        let variance = up / b + (1.0 - 1.0 / b) * (up + 2.0 * down) / 3.0 - 1.0;
        near(walk_variance(width, batch, depth), variance, 1e-11);
    }
}

#[test]
fn a_kernel_is_finite_only_with_all_of_its_parts() {
    let kernel = Kernel::of(&Recipe::mlp(3));
    assert!(kernel.is_finite());
    let spoilt = |spoil: fn(&mut Kernel)| {
        let mut kernel = kernel.clone();
        spoil(&mut kernel);
        !kernel.is_finite()
    };
    assert!(spoilt(|kernel| kernel.function.same = f64::INFINITY));
    assert!(spoilt(|kernel| kernel.tangent.same = f64::NAN));
    assert!(spoilt(|kernel| kernel.tangent.towards = f64::INFINITY));
    assert!(spoilt(|kernel| kernel.tangent.away = f64::INFINITY));
}

#[test]
fn a_norm_hides_the_scale_of_the_weights_in_front_of_it() {
    let hidden = |recipe: Recipe| -> Vec<bool> {
        Kernel::of(&recipe).weights.iter().map(|weight| weight.feeds_norm).collect()
    };
    let blocks = |phi| Recipe::blocks(2).width(64).inputs(64).norm(Norm::Rms).activation(phi);
    // Up and down of two blocks, and the readout. ReLU passes a scale on, GELU does not.
    assert_eq!(hidden(blocks(Relu)), [true, true, false, false, false]);
    assert_eq!(hidden(blocks(Gelu)), [false, true, false, false, false]);
    assert_eq!(hidden(blocks(Relu).final_norm()), [true, true, true, true, false]);
    assert_eq!(hidden(blocks(Relu).residual()), [false; 5]);
    let post = blocks(Relu).placement(Placement::Post);
    assert_eq!(hidden(post), [true, true, true, true, false]);
    assert_eq!(hidden(Recipe::mlp(3).norm(Norm::Layer)), [true, true, false]);
}

/// A norm before the readout hides all that is written on the stream: what is left is the readout, of
/// 64 inputs of size 1 behind a norm, all of it linear. A step moves its logit by lr 64, along a
/// gradient of length 8.
#[test]
fn a_final_norm_leaves_the_readout_alone_to_carry_a_stream_away() {
    let blocks = Recipe::blocks(3).width(64).inputs(64).norm(Norm::Rms).activation(Identity);
    let stability = |recipe: Recipe| recipe.predict(&Training::sgd(0.01).steps(1)).stability;
    let normed = stability(blocks.clone().residual().final_norm());
    assert!((normed.push - 0.08).abs() < 1e-6, "{normed:?}");
    assert!((normed.readout - 0.64).abs() < 1e-4, "{normed:?}");
    // Without it the last matrix of each branch counts, too.
    assert!(stability(blocks.residual()).push > 2.0 * normed.push);
}

/// Behind norms ReLU leaves 1/2 of a unit signal: weights of s^2 = 2 make outputs of variance 1, of
/// s^2 = 4 of variance 2. Norms and noise are the same.
#[test]
fn outputs_that_lie_apart_collapse_later() {
    let relative = |init| {
        let recipe = Recipe::mlp(6).norm(Norm::Rms).init(init);
        let stability = recipe.predict(&Training::sgd(0.01).steps(1)).stability;
        stability.collapse.expect("no stream") / stability.sharpness
    };
    let ratio = relative(Init::Sigma(2.0)) / relative(Init::Kaiming);
    assert!((ratio - 0.5f64.sqrt()).abs() < 1e-3, "{ratio}");
}

#[test]
fn a_linear_model_of_few_inputs_is_predicted_as_it_trains() {
    // The sign of a sum of 16 entries, learned by one linear layer.
    let mut random = Random::new(5, Stream::Data);
    let inputs = Array2::from_shape_simple_fn((1000, 16), || random.normal() as f32);
    let labels = inputs.rows().into_iter().map(|row| usize::from(row.sum() >= 0.0)).collect();
    let train = Split { inputs, labels };
    let data = Data { validation: train.clone(), train };
    let recipe = Recipe::mlp(1).inputs(16).init(Init::Xavier);
    let training = Training::sgd(0.1).momentum(0.0).batch(250).steps(200);
    let run = recipe.build().train(&data, &training);
    let measured = Outcome::final_loss(&run.losses);
    let prediction = recipe.predict(&training);
    let predicted = prediction.losses()[180..].iter().sum::<f64>() / 20.0;
    // Twenty batches of 250, in which a loss spreads by about as much as its mean: one in seventy.
    near(predicted, measured, 0.1);
    assert!(measured < 0.5, "{measured}");
}

#[test]
fn a_prediction_is_half_way_at_half_the_loss_of_a_guess_and_says_why() {
    let half = 0.5 * std::f64::consts::LN_2;
    let training = Training::sgd(0.01).momentum(0.9).batch(64).steps(150);
    let prediction = Recipe::mlp(3).predict(&training);
    let losses = prediction.losses();
    let step = prediction.half_time().expect("it trains");
    let ten = |end: usize| losses[end - 10..end].iter().sum::<f64>() / 10.0;
    assert!(ten(step) <= half && (10..step).all(|end| ten(end) > half), "{step}");
    assert!(step > 10, "{step}");
    assert_eq!(prediction.verdict(), Verdict::Trains);
    let last: f64 = losses[135..].iter().sum::<f64>() / 15.0;
    let windows = prediction.window_losses();
    assert_eq!((windows.len(), windows[0]), (training.windows().len(), losses[0]));
    near(windows[windows.len() - 1], last, 1e-12);
    assert!(!prediction.reason().is_empty());
    let overflow = Recipe::mlp(200).init(Init::Uniform(1e3)).predict(&training);
    assert!(overflow.reason().contains("finite"), "{}", overflow.reason());
}

#[test]
fn the_noise_of_a_kernel_is_that_of_its_layers_over_the_width() {
    // Hanin & Nica 2018: 5 a ReLU layer, whose slopes have E phi'^4 / (E phi'^2)^2 = 2; 2 a linear one.
    let noise = |recipe: Recipe| Kernel::of(&recipe.activation(Relu)).noise;
    near(noise(Recipe::mlp(11).width(100)), 5.0 * 10.0 / 100.0, 1e-12);
    // An embedding stands in front of the blocks.
    let blocks = 2.0 / 64.0 + 4.0 * (5.0 / (4.0 * 64.0) + 2.0 / 64.0);
    near(noise(Recipe::blocks(4).width(64)), blocks, 1e-12);
}

#[test]
fn scaled_output_weights_have_the_variance_over_twice_the_depth() {
    let variance = |out_proj| {
        let recipe = Recipe::blocks(3).width(64).inputs(64).residual().out_proj(out_proj);
        Kernel::of(&recipe).weights[1].variance
    };
    near(variance(OutProj::Scaled) / variance(OutProj::Plain), 1.0 / 6.0, 1e-12);
}

/// After a gradient of 1 and one of 0 the moments are those of the two decays alone.
#[test]
fn each_beta_of_adam_is_the_decay_that_was_given() {
    for (first, second) in [(0.5f64, 0.75f64), (0.9, 0.5)] {
        let mut adam: Adam<f64> = Adam::new(1.0).betas(first, second).epsilon(1e-300);
        let mut parameter = Tensor::parameter(array![[0.0]]);
        for gradient in [1.0, 0.0] {
            adam.begin();
            adam.update(0, &mut parameter, &array![[gradient]]);
        }
        // m = b1 (1 - b1) over 1 - b1^2, v = b2 (1 - b2) over 1 - b2^2.
        let step = first / (1.0 + first) / (second / (1.0 + second)).sqrt();
        near(parameter.values()[[0, 0]], -1.0 - step, 1e-12);
    }
}

/// The first step is `lr g / |g|` as long as f32 holds `(1 - beta2) g^2`, a thousandth of the square;
/// `1 - beta2` itself is off by half an ulp of 0.999, 3e-5 of it, of which the root halves.
#[test]
fn adam_overflows_no_sooner_than_its_second_moment() {
    for gradient in [1.0f32, 1e19, 1e20, 5e20] {
        let mut parameter = Tensor::parameter(array![[0.0f32]]);
        let mut adam = Adam::new(0.5);
        adam.begin();
        adam.update(0, &mut parameter, &array![[gradient]]);
        near(f64::from(parameter.values()[[0, 0]]), -0.5, 1e-5);
    }
}

/// Without a gradient only the decay moves a weight: by SGD `w (1 - lr wd)` a step, the velocity
/// adding to it, and by Adam the same product apart from the moments, at the rate of the warm-up.
#[test]
fn without_a_gradient_weight_decay_is_a_geometric_series() {
    let steps = |rule: &mut dyn Optimizer<f64>| -> f64 {
        let mut w = Tensor::parameter(array![[1.0]]);
        for _ in 0..3 {
            rule.begin();
            rule.update(0, &mut w, &array![[0.0]]);
        }
        w.values()[[0, 0]]
    };
    near(steps(&mut Sgd::new(0.5, 0.0).weight_decay(0.25)), 0.875f64.powi(3), 1e-15);
    let warm = [0.25, 0.5, 0.75].map(|share| 1.0 - 0.125 * share).iter().product();
    near(steps(&mut Sgd::new(0.5, 0.0).weight_decay(0.25).warm_up(4)), warm, 1e-15);
    near(steps(&mut Adam::new(0.5).weight_decay(0.25).warm_up(4)), warm, 1e-15);
    near(steps(&mut Adam::new(0.5).weight_decay(0.25)), 0.875f64.powi(3), 1e-15);
    // v = 0.25 + 0.5 v: the velocity remembers a decay.
    let (w, v) = (0..3).fold((1.0, 0.0), |(w, v), _| {
        let v = 0.5 * v + 0.25 * w;
        (w - 0.5 * v, v)
    });
    assert!(v > 0.0);
    near(steps(&mut Sgd::new(0.5, 0.5).weight_decay(0.25)), w, 1e-15);
}
