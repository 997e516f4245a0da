//! Residual connections, and the block that uses them.

use super::norm::Normalization;
use super::{activation, Linear};
use crate::random::Random;
use crate::recipe::{Activation, OutProj, Placement, Recipe};
use crate::tensor::{Scalar, Tensor};

/// `x + scale f`, the sum of a stream and a branch.
///
/// With `scale` 0 and a finite `f` the result is `x`, to the bit: a zero alone may change its sign.
///
/// # Panics
/// If the shapes differ.
///
/// *Source*: He et al. 2015 "residual", eq. 1.
///
/// ```
/// use minigrad::{nn::residual, prelude::*};
/// let x: Tensor = Tensor::constant([[1.0, 2.0]]);
/// let f = Tensor::constant([[10.0, 20.0]]);
/// assert_eq!(residual::add(&x, &f, 0.5).values(), array![[6.0, 12.0]]);
/// ```
#[track_caller]
pub fn add<T: Scalar>(x: &Tensor<T>, f: &Tensor<T>, scale: f64) -> Tensor<T> {
    if scale == 1.0 {
        x + f
    } else {
        x + &f.scale(scale)
    }
}

/// A block of two linear layers, four times as wide inside.
///
/// ```text
/// none    x + W2 phi(W1 x)          pre    x + W2 phi(W1 norm(x))          post    norm(x + W2 phi(W1 x))
/// ```
/// Without a residual connection the `x +` is missing. Biases are left out of the formulas.
///
/// *Source*: He et al. 2015 "residual"; the two placements as in Xiong et al. 2020, figure 1.
pub struct Block<T: Scalar = f32> {
    /// `[width, 4 width]`.
    pub up: Linear<T>,
    /// `[4 width, width]`.
    pub down: Linear<T>,
    /// At the entry of the branch or after the sum, as `placement` says.
    pub norm: Option<Normalization<T>>,
    placement: Placement,
    activation: Activation,
    residual: bool,
}

impl<T: Scalar> Block<T> {
    /// A block of the body that `recipe` describes, `gain` being its activation's.
    pub fn new(recipe: &Recipe, gain: f64, random: &mut Random) -> Block<T> {
        let Recipe { width, init, depth, .. } = *recipe;
        let up = Linear::new(width, 4 * width, init, gain, random);
        let down =
            Linear::scaled(4 * width, width, init, gain, out_scale(recipe.out_proj, depth), random);
        Block {
            up,
            down,
            norm: Normalization::new(recipe.norm, width),
            placement: recipe.placement,
            activation: recipe.activation,
            residual: recipe.residual,
        }
    }

    /// Pre-activation and output: `[batch, 4 width]` and `[batch, width]`.
    ///
    /// # Panics
    /// If `x` has another width.
    #[track_caller]
    // ANCHOR: forward
    pub fn forward(&self, x: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
        let norm_at = |place, h: Tensor<T>| match &self.norm {
            Some(norm) if self.placement == place => norm.forward(&h),
            _ => h,
        };
        let z = self.up.forward(&norm_at(Placement::Pre, x.clone()));
        let f = self.down.forward(&activation::apply(self.activation, &z));
        let h = if self.residual { add(x, &f, 1.0) } else { f };
        (z, norm_at(Placement::Post, h))
    }
    // ANCHOR_END: forward
}

/// The factor on the weights of a branch's last layer.
///
/// *Source*: zero, Zhang, Dauphin & Ma 2019; `1/sqrt(2 depth)`, Radford et al. 2019,
/// section 2.3, where `2 depth` counts the branches: a transformer's block has two.
fn out_scale(out_proj: OutProj, depth: usize) -> f64 {
    match out_proj {
        OutProj::Plain => 1.0,
        OutProj::Zero => 0.0,
        OutProj::Scaled => 1.0 / libm::sqrt(2.0 * depth as f64),
    }
}
