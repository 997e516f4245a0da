//! Every operation and layer: each entry of each gradient against a difference quotient.

use minigrad::prelude::*;
use minigrad_tests::{check_gradients, gradient_troubles, normals};

type Values = Tensor<f64>;

/// A scalar that weighs every entry differently, so that no wrong gradient cancels.
fn weighed(y: &Values) -> Values {
    let [rows, columns] = y.shape();
    let weights = Array2::from_shape_fn((rows, columns), |(r, c)| {
        0.5 + ((7 * r + 3 * c) % 11) as f64 / 4.0 * if (r + c) % 2 == 0 { 1.0 } else { -1.0 }
    });
    (y * &Tensor::constant(weights)).sum()
}

/// `count` matrices of one shape.
fn alike<const N: usize>(rows: usize, columns: usize) -> [Array2<f64>; N] {
    std::array::from_fn(|k| normals(rows, columns, k as u64))
}

#[test]
fn a_wrong_gradient_is_found() {
    // d(x c) = c where c is a copy of x that the sweep does not know: half of d(x^2).
    let half = |x: &[Values]| (&x[0] * &Tensor::constant(x[0].values().clone())).sum();
    assert_eq!(gradient_troubles(&alike::<1>(2, 3), half).len(), 6);
    // No gradient at all.
    let none = |x: &[Values]| &weighed(&x[0]) + &Tensor::constant(x[1].values().clone()).sum();
    assert_eq!(gradient_troubles(&alike::<2>(2, 3), none), ["input 1 has no gradient"]);
    // Off by two millionths.
    let slightly = |x: &[Values]| {
        let copy = Tensor::constant(x[0].values().clone());
        &(&x[0] * &x[0]).sum() + &(&x[0] * &copy).sum().scale(4e-6)
    };
    let squares = |x: &[Values]| (&x[0] * &x[0]).sum();
    assert!(gradient_troubles(&alike::<1>(2, 3), squares).is_empty());
    assert_eq!(gradient_troubles(&alike::<1>(2, 3), slightly).len(), 6);
}

#[test]
fn adding_passes_the_gradient_to_both() {
    check_gradients(&alike::<2>(3, 4), |x| weighed(&(&x[0] + &x[1])));
}

#[test]
fn subtracting_turns_the_second_gradient_round() {
    check_gradients(&alike::<2>(3, 4), |x| weighed(&(&x[0] - &x[1])));
}

#[test]
fn multiplying_crosses_the_factors() {
    check_gradients(&alike::<2>(3, 4), |x| weighed(&(&x[0] * &x[1])));
}

#[test]
fn scaling_scales_the_gradient() {
    check_gradients(&alike::<1>(3, 4), |x| weighed(&x[0].scale(-2.75)));
}

#[test]
fn sum_and_mean_spread_the_gradient() {
    check_gradients(&alike::<1>(3, 67), |x| (&x[0].sum() * &x[0].mean()).scale(0.5));
}

#[test]
fn matmul_sends_back_through_both_factors() {
    for (batch, fan_in, fan_out) in [(1, 1, 1), (3, 5, 2), (1, 4, 3), (4, 1, 3)] {
        let factors = [normals(batch, fan_in, 0), normals(fan_in, fan_out, 1)];
        check_gradients(&factors, |x| weighed(&x[0].matmul(&x[1])));
    }
}

#[test]
fn linear_sends_back_to_inputs_weights_and_bias() {
    let inputs = [normals(3, 5, 0), normals(5, 4, 1), normals(1, 4, 2)];
    check_gradients(&inputs, |x| weighed(&x[0].linear(&x[1], &x[2])));
}

/// Both signs, large and small, and none within a thousandth of the kink of ReLU.
fn spread() -> Array2<f64> {
    array![[-30.0, -6.0, -2.5, -1.0], [-0.3, -0.01, 0.01, 0.4], [0.9, 2.0, 7.0, 25.0]]
}

#[test]
fn relu_has_its_gradient_away_from_its_kink() {
    check_gradients(&[spread()], |x| weighed(&x[0].relu()));
}

#[test]
fn tanh_has_its_gradient() {
    check_gradients(&[spread()], |x| weighed(&x[0].tanh()));
}

#[test]
fn gelu_has_its_gradient() {
    check_gradients(&[spread()], |x| weighed(&x[0].gelu()));
}

#[test]
fn silu_has_its_gradient() {
    check_gradients(&[spread()], |x| weighed(&x[0].silu()));
}

#[test]
fn cross_entropy_has_its_gradient() {
    check_gradients(&alike::<1>(4, 2), |x| x[0].cross_entropy(&[0, 1, 1, 0]));
    check_gradients(&alike::<1>(3, 5), |x| x[0].cross_entropy(&[4, 0, 2]).scale(3.0));
    check_gradients(&[spread()], |x| x[0].cross_entropy(&[1, 2, 3]));
}

#[test]
fn mean_squared_error_has_its_gradient_by_both_sides() {
    check_gradients(&alike::<2>(3, 4), |x| x[0].mean_squared_error(&x[1]));
}

#[test]
fn a_tensor_used_twice_gets_the_sum() {
    check_gradients(&alike::<1>(3, 3), |x| weighed(&(&x[0] * &x[0])));
    check_gradients(&alike::<1>(3, 3), |x| weighed(&x[0].matmul(&x[0])));
    // A diamond: two paths of different length between the same ends.
    check_gradients(&alike::<1>(3, 3), |x| {
        let h = x[0].tanh();
        weighed(&(&(&h + &h.gelu()) * &(&x[0] - &h)))
    });
}

/// A network of the recipe with these parameters.
fn network(recipe: &Recipe, parameters: &[Values]) -> Network<f64> {
    let mut network = recipe.build_as::<f64>();
    for (parameter, value) in network.parameters_mut().zip(parameters) {
        *parameter = value.clone();
    }
    network
}

#[test]
fn whole_networks_have_their_gradients() {
    for activation in Activation::ALL {
        let recipe = Recipe::mlp(4).inputs(3).width(5).classes(3).activation(activation).seed(1);
        // Biases, too, away from zero; the input is differentiated as well.
        let mut parameters: Vec<Array2<f64>> =
            recipe.build_as::<f64>().parameters().map(|p| p.values().clone()).collect();
        for (k, bias) in parameters.iter_mut().skip(1).step_by(2).enumerate() {
            *bias = normals(1, bias.ncols(), k as u64) * 0.3;
        }
        parameters.push(normals(3, 3, 5));
        let signs = |trace: &minigrad::nn::Trace<f64>| -> Vec<bool> {
            let hidden = trace.layers[..3].iter();
            hidden
                .flat_map(|layer| layer.pre_activation.values().iter().map(|&z| z > 0.0))
                .collect()
        };
        let trace = |x: &[Values]| network(&recipe, &x[..8]).trace(&x[8]);
        let here: Vec<Values> = parameters.iter().cloned().map(Tensor::parameter).collect();
        let expected = signs(&trace(&here));
        check_gradients(&parameters, |x| {
            let trace = trace(x);
            // ReLU has no derivative at 0: no difference quotient may straddle it.
            assert!(activation != Relu || signs(&trace) == expected, "take another seed");
            trace.logits().cross_entropy(&[0, 2, 1])
        });
    }
}

#[test]
fn norms_have_their_gradients() {
    let [x, y] = alike::<2>(3, 5);
    let [gain, shift] = alike::<2>(1, 5);
    check_gradients(&[x.clone(), gain.clone(), shift.clone()], |x| {
        weighed(&x[0].layer_norm(&x[1], &x[2]))
    });
    check_gradients(&[y, gain.clone()], |x| weighed(&x[0].rms_norm(&x[1])));
    // More rows than one shard holds.
    let tall = normals(70, 5, 9);
    check_gradients(&[tall, gain, shift], |x| weighed(&x[0].layer_norm(&x[1], &x[2])));
}

#[test]
fn a_row_of_zeros_has_finite_gradients_through_a_norm() {
    let x: Values = Tensor::parameter([[0.0; 4]]);
    let (gain, shift) = (Tensor::parameter([[1.0; 4]]), Tensor::parameter([[0.0; 4]]));
    for y in [x.layer_norm(&gain, &shift), x.rms_norm(&gain)] {
        assert_eq!(y.values(), array![[0.0; 4]]);
        let gradients = weighed(&y).backward();
        assert!(gradients.of(&x).iter().all(|g| g.is_finite()));
    }
}

#[test]
fn every_body_norm_and_connection_has_its_gradients() {
    let block = |norm| Recipe::blocks(2).norm(norm).activation(Gelu);
    let recipes = [
        Recipe::mlp(3).norm(Norm::Layer).activation(Tanh).residual(),
        Recipe::mlp(3).norm(Norm::Rms).activation(Silu).residual(),
        block(Norm::None).residual(),
        block(Norm::Rms),
        block(Norm::Layer).residual().final_norm(),
        block(Norm::Rms).residual().placement(Placement::Post),
        block(Norm::Layer).placement(Placement::Post).out_proj(OutProj::Scaled),
        block(Norm::Rms).residual().out_proj(OutProj::Zero),
        block(Norm::None).residual().out_proj(OutProj::Fixup),
        block(Norm::None).residual().out_proj(OutProj::SkipInit),
        block(Norm::Rms).residual().placement(Placement::Post).out_proj(OutProj::DeepNorm),
    ];
    for recipe in recipes {
        let recipe = recipe.inputs(4).width(3).classes(3).seed(2);
        let built = recipe.build_as::<f64>();
        // Away from the special values that gains and biases start from.
        let mut parameters: Vec<Array2<f64>> = built
            .parameters()
            .enumerate()
            .map(|(k, p)| p.values() + &(normals(p.shape()[0], p.shape()[1], k as u64) * 0.2))
            .collect();
        parameters.push(normals(3, 4, 5));
        check_gradients(&parameters, |x| {
            let (x, parameters) = x.split_last().expect("an input");
            network(&recipe, parameters).forward(x).cross_entropy(&[0, 2, 1])
        });
    }
}

#[test]
fn a_trace_and_a_forward_pass_agree() {
    let network = Recipe::mlp(5).width(16).build();
    let x = Tensor::constant(SignOfSum::sample(4, 0, 0).train.inputs);
    assert_eq!(network.trace(&x).logits().values(), network.forward(&x).values());
}

#[test]
fn constants_have_no_gradient() {
    let x: Tensor = Tensor::parameter([[1.0, 2.0]]);
    let c = Tensor::constant([[3.0, 4.0]]);
    let loss = (&x * &c).sum();
    let gradients = loss.backward();
    assert_eq!(gradients.of(&x), c.values());
    assert!(gradients.get(&c).is_none());
    // A scalar made of constants alone is one, too.
    let alone = c.sum();
    assert!(alone.backward().get(&alone).is_none());
    assert!(alone.backward().get(&c).is_none());
}

#[test]
fn a_loss_does_not_depend_on_strangers() {
    let (x, stranger): (Tensor, Tensor) = (Tensor::parameter([[1.0]]), Tensor::parameter([[1.0]]));
    assert!(x.sum().backward().get(&stranger).is_none());
}

#[test]
fn a_parameter_is_its_own_derivative() {
    let x: Tensor = Tensor::parameter([[5.0]]);
    assert_eq!(x.backward().of(&x), array![[1.0]]);
}

#[test]
#[should_panic(expected = "[2, 3]")]
fn only_a_scalar_can_be_differentiated() {
    let x: Tensor = Tensor::parameter([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    x.relu().backward();
}

#[test]
fn a_chain_of_a_hundred_thousand_needs_no_stack() {
    let chain = || {
        let x: Tensor = Tensor::parameter([[1.0]]);
        let mut y = x.clone();
        for _ in 0..100_000 {
            y = &y + &x;
        }
        let gradients = y.backward();
        assert_eq!(gradients.of(&x), array![[100_001.0]]);
        drop((y, gradients));
    };
    // A sixteenth of the usual stack: a recursion of this depth needs a hundred times as much.
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(chain);
    thread.expect("a thread").join().expect("no overflow");
}
