//! The hidden layer of a multilayer perceptron.

use super::norm::Normalization;
use super::{activation, residual, Linear};
use crate::random::Random;
use crate::recipe::{Activation, Recipe};
use crate::tensor::{Scalar, Tensor};

/// `z = norm(x W + b)`, `h = phi(z)`, and `x` added where that is asked for and the widths agree.
pub struct Hidden<T: Scalar = f32> {
    /// `[fan_in, fan_out]`.
    pub linear: Linear<T>,
    /// Between linear layer and activation.
    pub norm: Option<Normalization<T>>,
    activation: Activation,
    residual: bool,
}

impl<T: Scalar> Hidden<T> {
    /// A hidden layer of the plain body that `recipe` describes, `gain` being its activation's.
    pub fn new(recipe: &Recipe, fan_in: usize, gain: f64, random: &mut Random) -> Hidden<T> {
        let Recipe { width, init, .. } = *recipe;
        Hidden {
            linear: Linear::new(fan_in, width, init, gain, random),
            norm: Normalization::new(recipe.norm, width),
            activation: recipe.activation,
            residual: recipe.residual && fan_in == width,
        }
    }

    /// Pre-activation, as the activation sees it, and output: both `[batch, fan_out]`.
    ///
    /// # Panics
    /// If `x` has not `fan_in` columns.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
        let z = self.linear.forward(x);
        let z = self.norm.as_ref().map_or(z.clone(), |norm| norm.forward(&z));
        let h = activation::apply(self.activation, &z);
        let h = if self.residual { residual::add(x, &h, 1.0) } else { h };
        (z, h)
    }
}
