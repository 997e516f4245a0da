//! The multilayer perceptron, built from its recipe.

use std::fmt;

use super::{activation, Linear};
use crate::random::{Random, Stream};
use crate::recipe::{Activation, Recipe};
use crate::tensor::{Scalar, Tensor};
use crate::theory::gaussian;

/// A network: linear layers with an activation between each two.
///
/// Its `Display` is one line a layer, with shapes and parameter counts.
///
/// ```
/// use minigrad::prelude::*;
///
/// let network = Recipe::mlp(3).width(64).build();
/// assert_eq!(network.to_string().lines().last(), Some("3 layers, 20738 parameters"));
/// ```
pub struct Network<T: Scalar = f32> {
    /// The linear layers, in forward order; the last is the readout.
    pub layers: Vec<Linear<T>>,
    activation: Activation,
}

/// What a forward pass went through.
pub struct Trace<T: Scalar = f32> {
    /// One entry a linear layer, the readout included.
    pub layers: Vec<TracedLayer<T>>,
}

/// One layer of a [`Trace`].
pub struct TracedLayer<T: Scalar = f32> {
    /// `x W + b`, `[batch, fan_out]`.
    pub pre_activation: Tensor<T>,
    /// After the activation; of the readout, the logits themselves.
    pub output: Tensor<T>,
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
        if let Err(refused) = self.check() {
            panic!("recipe: {refused}");
        }
        let mut random = Random::new(self.seed, Stream::Weights);
        let gain = gaussian::gain(self.activation);
        let layer = |(fan_in, fan_out)| Linear::new(fan_in, fan_out, self.init, gain, &mut random);
        Network {
            layers: self.shapes().into_iter().map(layer).collect(),
            activation: self.activation,
        }
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
        for (l, layer) in self.layers.iter().enumerate() {
            h = self.activate(l, layer.forward(&h));
        }
        h
    }

    /// A forward pass that keeps every layer's pre-activation and output.
    ///
    /// # Panics
    /// As [`forward`](Network::forward).
    #[track_caller]
    pub fn trace(&self, x: &Tensor<T>) -> Trace<T> {
        let mut layers: Vec<TracedLayer<T>> = vec![];
        for (l, layer) in self.layers.iter().enumerate() {
            let pre_activation = layer.forward(layers.last().map_or(x, |before| &before.output));
            let output = self.activate(l, pre_activation.clone());
            layers.push(TracedLayer { pre_activation, output });
        }
        Trace { layers }
    }

    /// The activation between the linear layers.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Weights and biases, in forward order.
    pub fn parameters(&self) -> impl Iterator<Item = &Tensor<T>> {
        self.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias])
    }

    /// Weights and biases to be changed, in forward order.
    pub(crate) fn parameters_mut(&mut self) -> impl Iterator<Item = &mut Tensor<T>> {
        self.layers.iter_mut().flat_map(|layer| [&mut layer.weight, &mut layer.bias])
    }

    /// Number of trained scalars.
    pub fn parameter_count(&self) -> usize {
        self.parameters().map(|p| p.values().len()).sum()
    }

    /// The readout has no activation.
    fn activate(&self, layer: usize, z: Tensor<T>) -> Tensor<T> {
        if layer + 1 == self.layers.len() {
            z
        } else {
            activation::apply(self.activation, &z)
        }
    }
}

impl<T: Scalar> Trace<T> {
    /// The output of the last layer, `[batch, classes]`.
    pub fn logits(&self) -> &Tensor<T> {
        &self.layers.last().expect("a network has at least one layer").output
    }
}

impl<T: Scalar> fmt::Display for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (l, layer) in self.layers.iter().enumerate() {
            let mut name = format!("linear {:?}", layer.weight.shape());
            if l + 1 < self.layers.len() {
                name += &format!(" + {}", self.activation);
            }
            let count = layer.weight.values().len() + layer.bias.values().len();
            writeln!(f, "{:<2} {name:<30} {count:>8}", l + 1)?;
        }
        let (layers, count) = (self.layers.len(), self.parameter_count());
        writeln!(f, "{layers} layers, {count} parameters")
    }
}
