//! Whether the first updates leave a network near where it was initialized.

use super::gaussian::Moments;
use super::kernel::Kernel;
use crate::recipe::{Body, Norm, Placement, Recipe, Training};

/// Inputs of the training set that the theory assumes.
pub(super) const EXAMPLES: usize = 1000;

/// How large the first updates may be: the two fitted numbers of the verdict.
///
/// Both were fitted on the development set, `labs/data/development.jsonl`; what each buys is in the
/// book's page on calibration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Relative weight movement from which the first updates rewrite a network.
    pub movement: f64,
    /// Kernel change in one step of the mean mode, relative to the kernel, from which a network
    /// without a stream around its norms collapses. That it is of order 1 is the argument; that it
    /// is 1 is the fit.
    pub collapse: f64,
}

impl Limits {
    /// Those of every prediction.
    pub const FITTED: Limits = Limits { movement: 13.0, collapse: 1.0 };
}

/// How large the first updates are.
///
/// With `lambda` the largest eigenvalue of the loss's second derivative over the weights, `m` the
/// momentum, and the kernel as in [`Kernel`]:
///
/// ```text
/// lambda    = (tangent(0) + tangent(1)/examples) / 2       half: p (1 - p) of a guess, two logits
/// sharpness = lambda lr / (2 (1 + m))                       above 1, gradient descent oscillates
/// movement  = sum of R, of atan R where a norm follows       R = lr sqrt(theta share / s^2)
/// spread    = exp(noise) - 1                                variance of the kernel over networks
/// collapse  = sharpness spread                              where no stream goes around the norms
/// ```
///
/// `R` is the length of one update of a weight matrix, relative to the matrix, along the direction
/// that changes the output most. A norm hides the length of the weights in front of it, and their
/// gradient is orthogonal to them: the update only turns them, by the angle `atan R`.
///
/// *Source*: the edge of stability with momentum, Cohen et al. 2021; the others are derived
/// in the chapter on predicting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// Largest eigenvalue of the loss's second derivative, relative to the edge of stability.
    pub sharpness: f64,
    /// Relative movement of the weights in one step, summed over the matrices.
    pub movement: f64,
    /// Relative variance of the kernel over networks of this width.
    pub spread: f64,
    /// `sharpness spread` where every path goes through a norm, else `None`.
    pub collapse: Option<f64>,
    /// Whether a network whose weights move too far ends at the loss of a guess, its logits held by
    /// norms, rather than above its start: where norms enclose every path and the network is deep
    /// (noise above 0.5) or post-norm.
    pub is_held: bool,
}

/// What the first updates do to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// They leave it near where it was initialized.
    Stable,
    /// They drive all inputs to one output.
    Collapses,
    /// They rewrite it, and its loss leaves its start upwards.
    Bursts,
    /// They rewrite it, and norms hold its loss near that of a guess.
    BurstsHeld,
}

impl Stability {
    /// Of a recipe whose kernel is known.
    pub(super) fn new(recipe: &Recipe, kernel: &Kernel, training: &Training) -> Stability {
        let (lr, momentum) = (training.lr, training.momentum_share());
        // ANCHOR: measures
        let own = kernel.tangent.same / EXAMPLES as f64;
        let sharpness = 0.5 * (kernel.tangent.common() + own) * lr / (2.0 * (1.0 + momentum));
        let movement = kernel.weights.iter().map(|weights| {
            let theta = weights.tangent.same * weights.share / weights.variance;
            let step = lr * libm::sqrt(theta);
            if weights.feeds_norm {
                libm::atan(step)
            } else {
                step
            }
        });
        let movement = movement.sum();
        let noise = noise_without_streams(recipe);
        let spread = libm::expm1(noise);
        // ANCHOR_END: measures
        let enclosed =
            recipe.norm != Norm::None && (!recipe.residual || recipe.placement == Placement::Post);
        Stability {
            sharpness,
            movement,
            spread,
            collapse: enclosed.then_some(sharpness * spread),
            is_held: enclosed && (noise > 0.5 || recipe.placement == Placement::Post),
        }
    }

    /// What the first updates do, given how large they may be.
    pub fn start(&self, limits: &Limits) -> Start {
        match self.collapse {
            Some(collapse) if collapse > limits.collapse => Start::Collapses,
            _ if self.movement <= limits.movement => Start::Stable,
            _ if self.is_held => Start::BurstsHeld,
            _ => Start::Bursts,
        }
    }
}

/// [`Kernel::noise`] as if all of the signal went through every branch, at unit pre-activations.
fn noise_without_streams(recipe: &Recipe) -> f64 {
    let moments = Moments::new(recipe.activation, 1.0, |_, _| ());
    let kurtosis = moments.slope_fourth / (moments.slope_second * moments.slope_second);
    let (depth, width) = (recipe.depth as f64, recipe.width as f64);
    let activated = 3.0 * kurtosis - 1.0;
    match recipe.body {
        Body::Plain => (depth - 1.0) * activated / width,
        Body::Block => depth * (activated / (4.0 * width) + 2.0 / width),
    }
}
