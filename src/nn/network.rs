//! Networks, built from their recipes.

use std::fmt;

use super::mlp::Hidden;
use super::norm::Normalization;
use super::residual::Block;
use super::Linear;
use crate::random::{Random, Stream};
use crate::recipe::{gaussian, Activation, Body, Init, Recipe};
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
pub struct Network<T: Scalar = f32> {
    /// The layers, in forward order; the last is the readout.
    pub layers: Vec<Layer<T>>,
    activation: Activation,
}

/// One layer of a [`Network`].
pub enum Layer<T: Scalar = f32> {
    /// A hidden layer of a plain body.
    Hidden(Hidden<T>),
    /// A block.
    Block(Box<Block<T>>),
    /// A normalization on its own, before the readout.
    Norm(Normalization<T>),
    /// A linear layer on its own: an embedding, or the readout.
    Linear(Linear<T>),
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
    /// Whether an activation follows the pre-activation.
    pub activated: bool,
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
    /// Weights are drawn in forward order. The readout of a plain body is drawn like its hidden
    /// layers; embedding and readout of blocks are `N(0, 1/fan_in)`.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses the recipe.
    #[track_caller]
    pub fn build_as<T: Scalar>(&self) -> Network<T> {
        if let Err(refused) = self.check() {
            panic!("recipe: {refused}");
        }
        let mut random = Random::new(self.seed, Stream::Weights);
        let random = &mut random;
        let gain = gaussian::gain(self.activation);
        let Recipe { depth, width, inputs, classes, init, .. } = *self;
        let mut layers = vec![];
        match self.body {
            Body::Plain => {
                for l in 1..depth {
                    let fan_in = if l == 1 { inputs } else { width };
                    layers.push(Layer::Hidden(Hidden::new(self, fan_in, gain, random)));
                }
                let fan_in = if depth == 1 { inputs } else { width };
                layers.push(Layer::Linear(Linear::new(fan_in, classes, init, gain, random)));
            }
            Body::Block => {
                if self.embeds() {
                    layers.push(Layer::Linear(Linear::new(
                        inputs,
                        width,
                        Init::Xavier,
                        1.0,
                        random,
                    )));
                }
                layers.extend(
                    (0..depth).map(|_| Layer::Block(Box::new(Block::new(self, gain, random)))),
                );
                if self.final_norm {
                    layers.extend(Normalization::new(self.norm, width).map(Layer::Norm));
                }
                layers.push(Layer::Linear(Linear::new(width, classes, Init::Xavier, 1.0, random)));
            }
        }
        Network { layers, activation: self.activation }
    }
}

impl<T: Scalar> Network<T> {
    /// The logits: `[batch, inputs] -> [batch, classes]`.
    ///
    /// # Panics
    /// If `x` has not as many columns as the network has inputs.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        self.layers.iter().fold(x.clone(), |h, layer| layer.forward(&h).1)
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
            let (pre_activation, output) = layer.forward(&h);
            h = output.clone();
            if let Some(linear) = layer.linears().first() {
                layers.push(TracedLayer {
                    pre_activation,
                    output,
                    weight: linear.weight.clone(),
                    activated: !matches!(layer, Layer::Linear(_)),
                });
            }
        }
        Trace { layers }
    }

    /// The activation of all hidden layers or blocks.
    pub fn activation(&self) -> Activation {
        self.activation
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

impl<T: Scalar> Layer<T> {
    /// Pre-activation and output; the same where there is no activation.
    #[track_caller]
    fn forward(&self, x: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
        let alone = |y: Tensor<T>| (y.clone(), y);
        match self {
            Layer::Hidden(hidden) => hidden.forward(x),
            Layer::Block(block) => block.forward(x),
            Layer::Norm(norm) => alone(norm.forward(x)),
            Layer::Linear(linear) => alone(linear.forward(x)),
        }
    }

    fn linears(&self) -> Vec<&Linear<T>> {
        match self {
            Layer::Hidden(hidden) => vec![&hidden.linear],
            Layer::Block(block) => vec![&block.up, &block.down],
            Layer::Norm(_) => vec![],
            Layer::Linear(linear) => vec![linear],
        }
    }

    fn linears_mut(&mut self) -> Vec<&mut Linear<T>> {
        match self {
            Layer::Hidden(hidden) => vec![&mut hidden.linear],
            Layer::Block(block) => vec![&mut block.up, &mut block.down],
            Layer::Norm(_) => vec![],
            Layer::Linear(linear) => vec![linear],
        }
    }

    fn norm(&self) -> Option<&Normalization<T>> {
        match self {
            Layer::Hidden(hidden) => hidden.norm.as_ref(),
            Layer::Block(block) => block.norm.as_ref(),
            Layer::Norm(norm) => Some(norm),
            Layer::Linear(_) => None,
        }
    }

    fn parameters(&self) -> Vec<&Tensor<T>> {
        let linears = self.linears().into_iter().flat_map(Linear::parameters);
        linears.chain(self.norm().into_iter().flat_map(Normalization::parameters)).collect()
    }

    fn parameters_mut(&mut self) -> Vec<&mut Tensor<T>> {
        let (linears, norm) = match self {
            Layer::Hidden(hidden) => (vec![&mut hidden.linear], hidden.norm.as_mut()),
            Layer::Block(block) => (vec![&mut block.up, &mut block.down], block.norm.as_mut()),
            Layer::Norm(norm) => (vec![], Some(norm)),
            Layer::Linear(linear) => (vec![linear], None),
        };
        let linears = linears.into_iter().flat_map(Linear::parameters_mut);
        linears.chain(norm.into_iter().flat_map(Normalization::parameters_mut)).collect()
    }

    /// What the layer is, with its shapes.
    fn describe(&self, activation: Activation) -> String {
        let norm = self.norm().map_or(String::new(), |norm| format!(" + {}", norm.name()));
        match self {
            Layer::Hidden(hidden) => {
                format!("linear {:?}{norm} + {activation}", hidden.linear.weight.shape())
            }
            Layer::Block(block) => {
                let [width, inner] = block.up.weight.shape();
                format!("block {width} -> {inner} {activation} -> {width}{norm}")
            }
            Layer::Norm(norm) => norm.name().to_owned(),
            Layer::Linear(linear) => format!("linear {:?}", linear.weight.shape()),
        }
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
            writeln!(f, "{:<3} {:<36} {count:>9}", l + 1, layer.describe(self.activation))?;
        }
        let (layers, count) = (self.layers.len(), self.parameter_count());
        writeln!(f, "{layers} layers, {count} parameters")
    }
}
