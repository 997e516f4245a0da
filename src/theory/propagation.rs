//! The variance map: how a signal's second moment travels through the layers of a plain network,
//! and how a gradient's travels back.

use super::gaussian::{gain, second_moment, slope_second_moment};
use crate::recipe::Recipe;

/// Second moments of a recipe, layer by layer, at infinite width and from the description alone.
///
/// With `s^2 = fan_in Var(W)` of layer `l`, and `h_0` an input of unit second moment:
///
/// ```text
/// q_l = s^2 E h_{l-1}^2          E h_l^2 = V(q_l) = E phi(sqrt(q_l) z)^2
/// g_l = fan_out Var(W_{l+1}) E phi'(sqrt(q_l) z)^2  g_{l+1},      g_last = 1
/// ```
///
/// *Source*: Poole et al. 2016, eq. 3 (forwards); Schoenholz et al. 2017, eqs. 5 and 7 (backwards).
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
    /// One entry a linear layer, the readout included.
    pub layers: Vec<LayerTheory>,
}

/// What theory says of one linear layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerTheory {
    /// `fan_in Var(W)`, dimensionless.
    pub weight_variance: f64,
    /// Second moment of the pre-activation.
    pub q: f64,
    /// Second moment after the activation; that of the pre-activation for the readout.
    pub output: f64,
    /// Second moment of the loss's derivative by one entry of the pre-activation, relative to
    /// that of the readout's.
    pub gradient: f64,
}

impl Propagation {
    /// Propagates an input of unit second moment. Values may overflow to infinity: that is the
    /// answer.
    // ANCHOR: of
    pub fn of(recipe: &Recipe) -> Propagation {
        let gain = gain(recipe.activation);
        let shapes = recipe.shapes();
        let mut layers: Vec<LayerTheory> = vec![];
        let mut h = 1.0;
        for (l, &(fan_in, fan_out)) in shapes.iter().enumerate() {
            let weight_variance = fan_in as f64 * recipe.init.variance(fan_in, fan_out, gain);
            let q = weight_variance * h;
            let last = l + 1 == shapes.len();
            h = if last { q } else { second_moment(recipe.activation, q) };
            layers.push(LayerTheory { weight_variance, q, output: h, gradient: 1.0 });
        }
        for l in (0..layers.len() - 1).rev() {
            let (fan_in, fan_out) = shapes[l + 1];
            let back = fan_out as f64 * recipe.init.variance(fan_in, fan_out, gain);
            let chi = back * slope_second_moment(recipe.activation, layers[l].q);
            layers[l].gradient = chi * layers[l + 1].gradient;
        }
        Propagation { layers }
    }
    // ANCHOR_END: of
}
