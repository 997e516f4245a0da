//! Networks, built from their plans.

use std::fmt;

use super::{Layer, Linear};
use crate::random::{Random, Stream};
use crate::recipe::{Activation, Plan, Recipe};
use crate::tensor::{Scalar, Tensor};

/// A network: a stack of layers that ends in a linear readout.
///
/// Its `Display` is one line a layer, with shapes and parameter counts.
///
/// ```
/// use minigrad::prelude::*;
///
/// let network = Recipe::mlp(3).width(64).build();
/// assert_eq!(network.to_string().lines().last(), Some("3 layers, 20738 parameters"));
/// assert_eq!(network.linears()[0].weight.shape(), [256, 64]);
/// ```
#[derive(Clone)]
pub struct Network<T: Scalar = f32> {
    /// The layers of its plan, in forward order; the last is the readout.
    pub layers: Vec<Layer<T>>,
}

/// What a forward pass went through.
pub struct Trace<T: Scalar = f32> {
    /// One entry a layer that holds a linear layer, the readout included.
    pub layers: Vec<TracedLayer<T>>,
}

/// One layer of a [`Trace`].
pub struct TracedLayer<T: Scalar = f32> {
    /// What the activation sees, `[batch, units]`; of a layer without one, the output.
    pub pre_activation: Tensor<T>,
    /// What the next layer sees, `[batch, width]`; of the readout, the logits.
    pub output: Tensor<T>,
    /// The weights of the layer, of a block those of its first linear layer.
    pub weight: Tensor<T>,
    /// The activation that follows the pre-activation, of several the first.
    pub activation: Option<Activation>,
}

impl Recipe {
    /// Draws the weights of the network that this recipe describes.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses the recipe.
    #[track_caller]
    pub fn build(&self) -> Network {
        self.build_as()
    }

    /// The same network with scalars of type `T`: the weights are those of
    /// [`build`](Recipe::build) before rounding. f64 is for checking gradients.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses the recipe.
    #[track_caller]
    pub fn build_as<T: Scalar>(&self) -> Network<T> {
        self.plan().build_as(self.seed)
    }
}

impl Plan {
    /// Draws the weights of the network that this plan describes, in forward order.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let recipe = Recipe::mlp(3).seed(7);
    /// let (a, b) = (recipe.build(), recipe.plan().build(7));
    /// assert_eq!(a.linears()[2].weight.values(), b.linears()[2].weight.values());
    /// ```
    pub fn build(&self, seed: u64) -> Network {
        self.build_as(seed)
    }

    /// The same network with scalars of type `T`.
    pub fn build_as<T: Scalar>(&self, seed: u64) -> Network<T> {
        let mut random = Random::new(seed, Stream::Weights);
        let layers = self.layers().iter().map(|ops| Layer::new(ops, &mut random));
        Network { layers: layers.collect() }
    }
}

impl<T: Scalar> Network<T> {
    /// The logits: `[batch, inputs] -> [batch, classes]`.
    ///
    /// # Panics
    /// If `x` has not as many columns as the network has inputs.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        let mut h = x.clone();
        for layer in &self.layers {
            h = layer.forward(&h).1; // A closure would stand between a panic and its caller.
        }
        h
    }

    /// A forward pass that keeps every layer's pre-activation and output.
    ///
    /// # Panics
    /// As [`forward`](Network::forward).
    #[track_caller]
    pub fn trace(&self, x: &Tensor<T>) -> Trace<T> {
        let mut layers = vec![];
        let mut h = x.clone();
        for layer in &self.layers {
            let (seen, output) = layer.forward(&h);
            h = output.clone();
            if let Some(first) = layer.linears().first() {
                let (activation, pre_activation) = match seen {
                    Some((activation, z)) => (Some(activation), z),
                    None => (None, output.clone()),
                };
                let weight = first.weight.clone();
                layers.push(TracedLayer { pre_activation, output, weight, activation });
            }
        }
        Trace { layers }
    }

    /// The linear layers, in forward order.
    pub fn linears(&self) -> Vec<&Linear<T>> {
        self.layers.iter().flat_map(Layer::linears).collect()
    }

    /// The linear layers to be changed, in forward order.
    pub fn linears_mut(&mut self) -> Vec<&mut Linear<T>> {
        self.layers.iter_mut().flat_map(Layer::linears_mut).collect()
    }

    /// Everything that is trained, in forward order.
    pub fn parameters(&self) -> impl Iterator<Item = &Tensor<T>> {
        self.layers.iter().flat_map(Layer::parameters)
    }

    /// Everything that is trained, to be changed, in forward order.
    ///
    /// ```
    /// use minigrad::prelude::*;
    ///
    /// let data = SignOfSum::sample(64, 0, 0).train;
    /// let mut network = Recipe::mlp(2).build();
    /// let logits = network.forward(&Tensor::constant(data.inputs.clone()));
    /// let gradients = logits.cross_entropy(&data.labels).backward();
    /// Sgd::new(1e-2, 0.9).step(network.parameters_mut(), &gradients);
    /// ```
    pub fn parameters_mut(&mut self) -> impl Iterator<Item = &mut Tensor<T>> {
        self.layers.iter_mut().flat_map(Layer::parameters_mut)
    }

    /// Number of trained scalars.
    pub fn parameter_count(&self) -> usize {
        self.parameters().map(|p| p.values().len()).sum()
    }

    /// Number of logits.
    pub fn classes(&self) -> usize {
        self.linears().last().map_or(0, |readout| readout.weight.shape()[1])
    }
}

impl<T: Scalar> Trace<T> {
    /// The output of the last layer, `[batch, classes]`.
    pub fn logits(&self) -> &Tensor<T> {
        &self.layers.last().expect("a network ends in its readout").output
    }
}

impl<T: Scalar> fmt::Display for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (l, layer) in self.layers.iter().enumerate() {
            let count: usize = layer.parameters().iter().map(|p| p.values().len()).sum();
            writeln!(f, "{:<3} {layer:<36} {count:>9}", l + 1)?;
        }
        let (layers, count) = (self.layers.len(), self.parameter_count());
        writeln!(f, "{layers} layers, {count} parameters")
    }
}
