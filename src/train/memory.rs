//! What the store of buffers holds after networks have come and gone.

use crate::data::SignOfSum;
use crate::optim::Sgd;
use crate::recipe::{Activation, Norm, Recipe, Training};
use crate::tensor::buffers::held;
use crate::tensor::Tensor;

fn recipe(width: usize) -> Recipe {
    Recipe::blocks(3).width(width).activation(Activation::Gelu).norm(Norm::Rms).residual()
}

#[test]
fn twenty_trained_networks_leave_nothing() {
    let data = SignOfSum::sample(100, 20, 0);
    for seed in 0..20 {
        let mut network = recipe(32).seed(seed).build();
        network.train(&data, &Training::sgd(1e-3).momentum(0.9).steps(3));
        assert_eq!(held::<f32>(), (0, 0), "network {seed}");
        network.accuracy(&data.validation);
        network.probe(&data.validation);
        drop(network);
        let (free, taken) = held::<f32>();
        // The graph of the probe at most: nothing like the 30,000 weights of each network.
        assert!(free < 20 * 3 * 32 * 30 && taken == 0, "network {seed}: {free}, {taken}");
    }
}

/// A loop by hand, which has no end to clear the store at.
#[test]
fn twenty_networks_stepped_by_hand_hold_no_more_than_one() {
    let data = SignOfSum::sample(64, 0, 0).train;
    let mut first = None;
    for seed in 0..20 {
        let mut network = recipe(32).seed(seed).build();
        let mut sgd = Sgd::new(1e-3, 0.9);
        for _ in 0..3 {
            let x = Tensor::constant(data.inputs.clone());
            let loss = network.forward(&x).cross_entropy(&data.labels);
            network.update(loss, &mut sgd);
        }
        drop(network);
        assert_eq!(held::<f32>(), *first.get_or_insert(held::<f32>()), "network {seed}");
    }
}

#[test]
fn networks_of_ever_other_sizes_hold_no_more_than_the_largest_twice() {
    let data = SignOfSum::sample(64, 0, 0).train;
    let x = Tensor::constant(data.inputs.clone());
    let mut most = 0;
    for width in 16..36 {
        let network = recipe(width).build();
        let loss = network.forward(&x).cross_entropy(&data.labels);
        most = most.max(held::<f32>().1);
        drop((loss.backward(), loss, network));
        let (free, taken) = held::<f32>();
        assert!(taken == 0 && free < 6 * most, "width {width}: {free} of at most {most} forwards");
    }
}

#[test]
fn weights_that_are_replaced_never_enter_the_store() {
    let mut network = recipe(32).build();
    for linear in network.linears_mut() {
        linear.weight = Tensor::parameter(linear.weight.values() * 0.5);
    }
    drop(network);
    assert_eq!(held::<f32>(), (0, 0));
}
