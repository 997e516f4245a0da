//! The variance map: how a signal's second moment travels through a network, and how a gradient's
//! travels back.

use super::correlation::Maps;
use super::pairs::Pairs;
use super::walk::{pass, visit, Passed, Step};
use crate::recipe::{Plan, Recipe};

/// Second moments of a recipe, layer by layer, at infinite width and from the description alone.
///
/// With `s^2 = fan_in Var(W)` of layer `l`, and `h_0` an input of unit second moment, a plain
/// body without norm and residual obeys
///
/// ```text
/// q_l = s^2 E h_{l-1}^2 + bias_std^2          E h_l^2 = V(q_l) = E phi(sqrt(q_l) z)^2
/// g_l = fan_out Var(W_{l+1}) E phi'(sqrt(q_l) z)^2  g_{l+1},      g_last = 1
/// ```
///
/// A norm divides its input's second moment `d` out: forwards by `d + 1e-5`, backwards likewise.
/// A residual connection adds: forwards `E h^2` of stream and branch (and, for a plain body, twice
/// the product of their means), backwards the two gradients.
///
/// *Source*: Poole et al. 2016, eq. 3 (forwards); Schoenholz et al. 2017 (backwards); Yang &
/// Schoenholz 2017 (residuals).
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
    /// Correlation there of two orthogonal inputs.
    pub correlation: f64,
    /// Second moment of the loss's derivative by one entry of the pre-activation, relative to
    /// that by a logit.
    pub gradient: f64,
}

impl Propagation {
    /// Propagates an input of unit second moment. Values may overflow to infinity: that is the
    /// answer.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses the recipe.
    #[track_caller]
    pub fn of(recipe: &Recipe) -> Propagation {
        Propagation::of_plan(&recipe.plan())
    }

    /// The same through a plan. Each activation is taken to see Gaussian numbers of mean zero: what
    /// comes from a linear operation, from a sum of such, or from the inputs.
    pub fn of_plan(plan: &Plan) -> Propagation {
        Propagation::with(plan, &mut Maps::default())
    }

    /// The same, with maps that others may have made.
    pub(in crate::theory) fn with(plan: &Plan, maps: &mut Maps) -> Propagation {
        let classes = plan.classes() as f64;
        let mut grad = Pairs::constant(1.0);
        let mut layers: Vec<LayerTheory> = vec![];
        for Passed { steps, output } in pass(plan, maps, 0.0).iter().rev() {
            let mut layer = LayerTheory {
                weight_variance: f64::NAN,
                q: output.same,
                output: output.same,
                correlation: output.correlation().apart,
                gradient: f64::NAN,
            };
            let mut has_weights = false;
            let mut at_pre_activation = grad.same;
            grad = visit(steps, grad, 1.0, &mut |step, grad, _| match *step {
                Step::Activation { q, slope, .. } => {
                    (layer.q, at_pre_activation) = (q, grad.same * slope.same);
                }
                // The last to be visited is the first of the layer: it makes the pre-activation.
                Step::Linear { weights, variance, .. } => {
                    layer.weight_variance = variance;
                    has_weights = true;
                    layer.gradient = classes * at_pre_activation / weights.fan_out as f64;
                }
                Step::Norm { .. } | Step::Residual(_) | Step::Scale { .. } => {}
            });
            layers.extend(has_weights.then_some(layer));
        }
        layers.reverse();
        Propagation { layers }
    }
}
