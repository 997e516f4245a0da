//! How large the first updates are, relative to the network that they move.

use super::adam;
use super::spectrum::{edge, spectrum};
use crate::recipe::plan::opened;
use crate::recipe::{Method, Op, Plan, Training};
use crate::theory::mean_field::{Kernel, WeightTheory};

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
/// push           = the part of the movement that can carry the function away, by kind:
///                  bare      sqrt(movement * movement by the linear part of theta)
///                  streamed  sum of R over the matrices that no norm follows
///                  enclosed  movement
/// collapse       = sharpness sqrt(norms noise)                where no stream goes around the norms
/// ```
///
/// `R` is the length of one update of a weight matrix, relative to the matrix, along the direction
/// that changes the output most. A norm hides the length of the weights in front of it, and their
/// gradient is orthogonal to them: the update only turns them, by the angle `atan R`.
///
/// The common part of the kernel overshoots and has nothing to learn; the linear part pushes step
/// after step. A bare network feels both. Beside a stream a norm keeps what it follows from scaling
/// the function at all.
///
/// Under Adam each matrix has its own rate, and `R` is `moves` of the [`Update`](super::Update).
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
    /// The part of the movement that can carry the function away.
    pub push: f64,
    /// `sharpness sqrt(norms noise)`, where every path goes through norms: how far a step drives
    /// inputs to one output. `noise` is that of the [`Kernel`]. `None` elsewhere, and for Adam.
    pub collapse: Option<f64>,
    /// Where norms stand.
    pub kind: Kind,
}

/// Where norms stand, which decides what large updates do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nowhere.
    Bare,
    /// Beside a stream that goes around them.
    Streamed,
    /// On every path.
    Enclosed,
}

impl Stability {
    /// Of a plan whose kernel is known, trained on this many examples.
    pub(super) fn new(
        plan: &Plan,
        kernel: &Kernel,
        training: &Training,
        examples: usize,
    ) -> Stability {
        if matches!(training.method, Method::Adam { .. }) {
            return adam::stability(plan, kernel, training, examples);
        }
        let (lr, momentum) = (training.lr, training.momentum_share());
        // ANCHOR: measures
        let tangent = &kernel.tangent;
        let mean = 0.5 * (tangent.common() + tangent.same / examples as f64);
        let fastest = edge(&spectrum(kernel), examples);
        let line = 0.5 * tangent.linear(kernel.inputs) / kernel.inputs as f64 * fastest;
        let stable = 2.0 * (1.0 + momentum) / lr;
        let moves = |weights: &WeightTheory, theta: f64| {
            lr * libm::sqrt(theta.max(0.0) * weights.share / weights.variance)
        };
        let all = || kernel.weights.iter().map(|w| (w, moves(w, w.tangent.same)));
        let turned = |(w, r): (&WeightTheory, f64)| if w.feeds_norm { libm::atan(r) } else { r };
        let movement: f64 = all().map(turned).sum();
        let pushes = |w: &WeightTheory| moves(w, w.tangent.linear(kernel.inputs));
        let coherent: f64 = kernel.weights.iter().map(pushes).sum();
        let unhidden: f64 = all().filter(|(w, _)| !w.feeds_norm).map(|(_, r)| r).sum();
        let kind = kind(plan);
        let push = match kind {
            Kind::Bare => libm::sqrt(movement * coherent),
            Kind::Streamed => unhidden,
            Kind::Enclosed => movement,
        };
        let lambda = mean.max(line);
        let sharpness = lambda / stable;
        let depth = norms(plan.layers().iter().flatten()) as f64;
        let collapse = sharpness * libm::sqrt(depth * kernel.noise);
        // ANCHOR_END: measures
        Stability {
            lambda,
            sharpness,
            mean_sharpness: mean / stable,
            movement,
            push,
            collapse: (kind == Kind::Enclosed).then_some(collapse),
            kind,
        }
    }
}

fn is_norm(op: &Op) -> bool {
    matches!(op, Op::Norm { .. }) && !op.is_nothing()
}

fn norms<'a>(ops: impl Iterator<Item = &'a Op>) -> usize {
    ops.map(|op| opened(std::slice::from_ref(op)).into_iter().filter(|op| is_norm(op)).count())
        .sum()
}

pub(super) fn kind(plan: &Plan) -> Kind {
    let goes_around = |op: &Op| matches!(op, Op::Residual(branch) if norms(branch.iter()) > 0);
    let mut ops = plan.layers().iter().flatten();
    match norms(ops.clone()) {
        0 => Kind::Bare,
        _ if ops.any(goes_around) => Kind::Streamed,
        _ => Kind::Enclosed,
    }
}
