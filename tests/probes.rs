//! What is read off a network, of numbers small enough to work out by hand: a probe, an accuracy,
//! the windows of a curve, the shapes of a recipe, the number of threads.

use minigrad::{prelude::*, threads};

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
