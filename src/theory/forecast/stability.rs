//! Whether the first updates leave a network near where it was initialized.

use super::spectrum::{edge, spectrum};
use crate::recipe::plan::opened;
use crate::recipe::{Op, Plan, Training};
use crate::theory::mean_field::Kernel;

/// How large the first updates may be: the two fitted numbers of the verdict.
///
/// Both were fitted on the development set, `labs/data/development.jsonl`; what each buys is in the
/// book's page on calibration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Relative weight movement from which the first updates rewrite a network.
    pub movement: f64,
    /// Kernel change in one step of the mean mode, relative to the kernel, from which a network
    /// without a stream around its norms collapses. That it is of order 1 is the argument, its
    /// value the fit.
    pub collapse: f64,
}

impl Limits {
    /// Those of every prediction.
    pub const FITTED: Limits = Limits { movement: 13.0, collapse: 0.9 };
}

/// How large the first updates are.
///
/// The loss's second derivative by the weights has two large eigenvalues: that of the mean mode, in
/// which a step moves all inputs alike, and that of the linear mode, in which it moves them along
/// the direction that is learned fastest. With `N` examples of `D` inputs, `m` the momentum, `mu`
/// the relative rates of learning of the `D` directions, and the [`Kernel`]'s parts:
///
/// ```text
/// of the mean    = (common + same/N) / 2                    half: p (1 - p) of a guess, two logits
/// of the line    = (linear/D) edge(mu) / 2                   edge: largest variance of N samples
/// lambda         = the larger of the two
/// sharpness      = lambda lr / (2 (1 + m))                   above 1, gradient descent oscillates
/// movement       = sum of R, of atan R where a norm follows       R = lr sqrt(theta share / s^2)
/// collapse       = of the mean  lr / (2 (1 + m))  spread      where no stream goes around the norms
/// ```
///
/// `R` is the length of one update of a weight matrix, relative to the matrix, along the direction
/// that changes the output most. A norm hides the length of the weights in front of it, and their
/// gradient is orthogonal to them: the update only turns them, by the angle `atan R`.
///
/// *Source*: the edge of stability with momentum, Cohen et al. 2021; the largest variance of
/// samples, Marchenko & Pastur 1967; the others are derived in the chapter on predicting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// Largest eigenvalue `lambda` of the loss's second derivative at a guess.
    pub lambda: f64,
    /// `lambda`, relative to the edge of stability.
    pub sharpness: f64,
    /// Eigenvalue of the mean mode, relative to the edge of stability: `sharpness` where the mean
    /// mode is the sharpest.
    pub mean_sharpness: f64,
    /// Relative movement of the weights in one step, summed over the matrices.
    pub movement: f64,
    /// Relative variance of the kernel over networks of this width, where every path goes through
    /// a norm: [`Kernel::spread`].
    pub spread: Option<f64>,
    /// `mean_sharpness spread`, where there is a spread.
    pub collapse: Option<f64>,
    /// Whether a network whose weights move too far ends at the loss of a guess, its logits held by
    /// norms, rather than above its start: where a norm stands behind the last sum or layer.
    pub is_held: bool,
}

/// What the first updates do to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// There are none: the signal is not finite.
    Overflows,
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
    /// Of a plan whose kernel is known, trained on this many examples.
    pub(super) fn new(
        plan: &Plan,
        kernel: &Kernel,
        training: &Training,
        examples: usize,
    ) -> Stability {
        let (lr, momentum) = (training.lr, training.momentum_share());
        // ANCHOR: measures
        let tangent = &kernel.tangent;
        let mean = 0.5 * (tangent.common() + tangent.same / examples as f64);
        let fastest = edge(&spectrum(kernel), examples);
        let line = 0.5 * tangent.linear(kernel.inputs) / kernel.inputs as f64 * fastest;
        let stable = 2.0 * (1.0 + momentum) / lr;
        let movement = kernel.weights.iter().map(|weights| {
            let theta = weights.tangent.same * weights.share / weights.variance;
            let step = lr * libm::sqrt(theta);
            if weights.feeds_norm {
                libm::atan(step)
            } else {
                step
            }
        });
        // ANCHOR_END: measures
        let is_enclosed = is_enclosed(plan);
        let spread = is_enclosed.then_some(kernel.spread);
        let lambda = mean.max(line);
        Stability {
            lambda,
            sharpness: lambda / stable,
            mean_sharpness: mean / stable,
            movement: movement.sum(),
            spread,
            collapse: spread.map(|spread| mean / stable * spread),
            is_held: is_enclosed && last_hidden_ends_in_norm(plan),
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

fn is_norm(op: &Op) -> bool {
    matches!(op, Op::Norm { .. }) && !op.is_nothing()
}

/// Whether there are norms and no stream goes around one.
fn is_enclosed(plan: &Plan) -> bool {
    let goes_around = |op: &Op| match op {
        Op::Residual(branch) => opened(branch).into_iter().any(is_norm),
        _ => false,
    };
    let mut ops = plan.layers().iter().flatten();
    ops.clone().any(is_norm) && !ops.any(goes_around)
}

/// Whether what leaves the last layer with weights before the readout comes from a norm.
fn last_hidden_ends_in_norm(plan: &Plan) -> bool {
    let has_weights = |ops: &&Vec<Op>| opened(ops).iter().any(|op| matches!(op, Op::Linear(_)));
    let last = plan.layers().iter().rev().filter(has_weights).nth(1);
    last.and_then(|ops| ops.last()).is_some_and(is_norm)
}
