//! The variance map: how a signal's second moment travels through a network, and how a gradient's
//! travels back.

use super::gaussian::{gain, mean, second_moment, slope_second_moment};
use crate::recipe::{Body, Init, Norm, OutProj, Placement, Recipe};

/// What a normalization adds under its root.
const EPSILON: f64 = 1e-5;

/// Second moments of a recipe, layer by layer, at infinite width and from the description alone.
///
/// With `s^2 = fan_in Var(W)` of layer `l`, and `h_0` an input of unit second moment, a plain
/// body without norm and residual obeys
///
/// ```text
/// q_l = s^2 E h_{l-1}^2          E h_l^2 = V(q_l) = E phi(sqrt(q_l) z)^2
/// g_l = fan_out Var(W_{l+1}) E phi'(sqrt(q_l) z)^2  g_{l+1},      g_last = 1
/// ```
///
/// A norm divides its input's second moment `d` out: forwards by `d + 1e-5`, backwards likewise.
/// A residual connection adds: forwards `E h^2` of stream and branch (and, for a plain body, twice
/// the product of their means), backwards the two gradients.
///
/// *Source*: Poole et al. 2016, eq. 3 (forwards); Schoenholz et al. 2017, eqs. 5 and 7 (backwards);
/// Yang & Schoenholz 2017, section 3 (residuals).
///
/// # Example: ReLU halves, Kaiming doubles
/// ```
/// use minigrad::prelude::*;
///
/// let xavier = Propagation::of(&Recipe::mlp(12).init(Init::Xavier));
/// assert_eq!(xavier.layers[11].q, 0.5f64.powi(11));
///
/// let kaiming = Propagation::of(&Recipe::mlp(12).init(Init::Kaiming));
/// assert!((kaiming.layers[11].q - 2.0).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Propagation {
    /// One entry a layer with weights, the readout included: as in a trace of the network.
    pub layers: Vec<LayerTheory>,
}

/// What theory says of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerTheory {
    /// `fan_in Var(W)` of its weights, of a block those of its first linear layer; dimensionless.
    pub weight_variance: f64,
    /// Second moment of the pre-activation, as the activation sees it.
    pub q: f64,
    /// Second moment of what the next layer sees; of the readout, of the logits.
    pub output: f64,
    /// Second moment of the loss's derivative by one entry of the pre-activation, relative to
    /// that by a logit.
    pub gradient: f64,
}

/// How to go back through one layer: `S` is the second moment of the derivative by its output.
struct Back {
    /// `S` to the derivative by the pre-activation.
    to_pre_activation: f64,
    /// `S` through the branch to the derivative by the input.
    branch: f64,
    /// `S` around the branch.
    stream: f64,
}

impl Propagation {
    /// Propagates an input of unit second moment. Values may overflow to infinity: that is the
    /// answer.
    pub fn of(recipe: &Recipe) -> Propagation {
        let mut walk =
            Walk { recipe, gain: gain(recipe.activation), h: 1.0, mean: 0.0, out: vec![] };
        match recipe.body {
            Body::Plain => (1..recipe.depth).for_each(|layer| walk.hidden(layer)),
            Body::Block => {
                if recipe.embeds() {
                    walk.linear(recipe.inputs, recipe.width, Init::Xavier);
                }
                (0..recipe.depth).for_each(|_| walk.block());
            }
        }
        let (&(fan_in, fan_out), init) = match (recipe.shapes().last(), recipe.body) {
            (Some(shape), Body::Plain) => (shape, recipe.init),
            (Some(shape), Body::Block) => (shape, Init::Xavier),
            (None, _) => unreachable!("a recipe has a readout"),
        };
        let before_readout = if recipe.final_norm { walk.h + EPSILON } else { 1.0 };
        walk.h /= before_readout;
        walk.linear(fan_in, fan_out, init);
        if let Some((_, readout)) = walk.out.last_mut() {
            readout.branch /= before_readout;
        }
        walk.back()
    }
}

/// The walk forwards, which notes the way back.
struct Walk<'r> {
    recipe: &'r Recipe,
    gain: f64,
    /// Second moment of the stream.
    h: f64,
    /// Mean of the stream: activations that are positive on average add up along a residual.
    mean: f64,
    out: Vec<(LayerTheory, Back)>,
}

impl Walk<'_> {
    fn variance(&self, init: Init, fan_in: usize, fan_out: usize) -> f64 {
        init.variance(fan_in, fan_out, self.gain)
    }

    /// A layer without activation.
    fn linear(&mut self, fan_in: usize, fan_out: usize, init: Init) {
        let variance = self.variance(init, fan_in, fan_out);
        let weight_variance = fan_in as f64 * variance;
        self.h *= weight_variance;
        let back = Back { to_pre_activation: 1.0, branch: fan_out as f64 * variance, stream: 0.0 };
        self.push(weight_variance, self.h, back);
    }

    /// `h -> phi(norm(h W))`, plus `h`.
    fn hidden(&mut self, layer: usize) {
        let Recipe { width, inputs, activation, init, norm, residual, .. } = *self.recipe;
        let fan_in = if layer == 1 { inputs } else { width };
        let variance = self.variance(init, fan_in, width);
        let weight_variance = fan_in as f64 * variance;
        let z = weight_variance * self.h;
        let divisor = if norm == Norm::None { 1.0 } else { z + EPSILON };
        let q = z / divisor;
        let (branch, branch_mean) = (second_moment(activation, q), mean(activation, q));
        let skips = residual && fan_in == width;
        (self.h, self.mean) = if skips {
            (self.h + 2.0 * self.mean * branch_mean + branch, self.mean + branch_mean)
        } else {
            (branch, branch_mean)
        };
        let slope = slope_second_moment(activation, q);
        let back = Back {
            to_pre_activation: slope,
            branch: width as f64 * variance * slope / divisor,
            stream: skips as u8 as f64,
        };
        self.push(weight_variance, q, back);
    }

    /// `h -> W2 phi(W1 norm(h))`, plus `h`; or the norm after the sum.
    fn block(&mut self) {
        let Recipe { width, activation, init, placement, residual, .. } = *self.recipe;
        let up = self.variance(init, width, 4 * width);
        let down = self.variance(init, 4 * width, width) * self.out_variance();
        let divisor = |place, h: f64| if placement == place { h + EPSILON } else { 1.0 };
        let before = divisor(Placement::Pre, self.h);
        let q = width as f64 * up * self.h / before;
        let branch = 4.0 * width as f64 * down * second_moment(activation, q);
        let sum = branch + if residual { self.h } else { 0.0 };
        let after = divisor(Placement::Post, sum);
        self.h = sum / after;
        let to_pre_activation = width as f64 * down * slope_second_moment(activation, q) / after;
        let back = Back {
            to_pre_activation,
            branch: 4.0 * width as f64 * up * to_pre_activation / before,
            stream: if residual { 1.0 / after } else { 0.0 },
        };
        self.push(width as f64 * up, q, back);
    }

    fn out_variance(&self) -> f64 {
        match self.recipe.out_proj {
            OutProj::Plain => 1.0,
            OutProj::Zero => 0.0,
            OutProj::Scaled => 1.0 / (2.0 * self.recipe.depth as f64),
        }
    }

    fn push(&mut self, weight_variance: f64, q: f64, back: Back) {
        let layer = LayerTheory { weight_variance, q, output: self.h, gradient: 0.0 };
        self.out.push((layer, back));
    }

    fn back(self) -> Propagation {
        let mut layers = vec![];
        let mut grad = 1.0;
        for (layer, back) in self.out.into_iter().rev() {
            layers.push(LayerTheory { gradient: grad * back.to_pre_activation, ..layer });
            grad *= back.branch + back.stream;
        }
        layers.reverse();
        Propagation { layers }
    }
}
