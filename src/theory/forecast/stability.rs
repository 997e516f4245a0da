//! How large the first updates are, relative to the network that they move.

use super::kind::{ends_in_norm, norms, Kind};
use super::spectrum::{edge, spectrum};
use crate::recipe::{Plan, Training};
use crate::theory::mean_field::{Kernel, Pairs, WeightTheory, NEARLY_ZERO};

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
///                  streamed  the same, over the matrices that no norm follows
///                  enclosed  movement
/// collapse       = sharpness sqrt(norms noise / E f^2)        where no stream goes around the norms
/// readout        = lr theta of the readout
/// ```
///
/// `R` is the length of one update of a weight matrix, relative to the matrix, along the direction
/// that changes the output most. A norm hides the length of the weights in front of it, and their
/// gradient is orthogonal to them: the update only turns them, by the angle `atan R`.
///
/// The common part of the kernel overshoots and has nothing to learn; the linear part pushes step
/// after step. Where a path avoids the norms, a network feels both. Beside a stream a norm keeps what
/// it follows from scaling the function at all: a final norm does so with all that is written on the
/// stream. Of a streamed network the readout's `R` is `lr sqrt(theta)`: what stands behind norms has
/// one size, and a logit is measured by a guess.
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
    /// `sharpness sqrt(norms noise / E f^2)`, where every path goes through norms: how far a step
    /// drives inputs to one output, relative to how far their outputs `f` lie apart. `noise` and
    /// `E f^2` are those of the [`Kernel`]. `None` elsewhere, and for Adam.
    pub collapse: Option<f64>,
    /// How far a step on one input moves its logit by the readout alone, per unit of the error; 0 for
    /// Adam.
    pub readout: f64,
    /// Where norms stand.
    pub kind: Kind,
}

impl Stability {
    /// Of gradient descent, on a plan whose kernel is known and this many examples.
    pub(super) fn of_descent(
        plan: &Plan,
        kernel: &Kernel,
        training: &Training,
        examples: usize,
    ) -> Stability {
        let (lr, momentum) = (training.lr, training.momentum_share());
        // ANCHOR: measures
        let modes = modes(kernel.tangent, kernel, examples);
        let stable = 2.0 * (1.0 + momentum) / lr;
        let same = |w: &WeightTheory| w.tangent.same.max(0.0);
        let linear = |w: &WeightTheory| w.tangent.linear(kernel.inputs);
        let moves = |w: &WeightTheory, theta: f64| lr * libm::sqrt(theta * w.share / w.variance);
        let movement: f64 = kernel.weights.iter().map(|w| turned(w, moves(w, same(w)))).sum();
        let coherent: f64 = kernel.weights.iter().map(|w| moves(w, linear(w))).sum();
        let (readout, others) = split(&kernel.weights);
        let is_normed = ends_in_norm(plan);
        let is_hidden = |w: &&WeightTheory| w.feeds_norm || (is_normed && w.branch.is_some());
        let unhidden = |theta: &dyn Fn(&WeightTheory) -> f64| {
            let scaling = others.iter().filter(|w| !is_hidden(w)).map(|w| moves(w, theta(w)));
            lr * libm::sqrt(theta(readout)) + scaling.sum::<f64>()
        };
        let kind = Kind::of(plan);
        let push = match kind {
            Kind::Bare => libm::sqrt(movement * coherent),
            Kind::Streamed => libm::sqrt(unhidden(&same) * unhidden(&linear)),
            Kind::Enclosed => movement,
        };
        let first = Stability::new(modes, stable, movement, push, kind);
        let depth = norms(plan.layers().iter().flatten()) as f64;
        let apart = kernel.function.same.max(NEARLY_ZERO);
        let collapse = first.sharpness * libm::sqrt(depth * kernel.noise / apart);
        // ANCHOR_END: measures
        let collapse = (kind == Kind::Enclosed).then_some(collapse);
        Stability { collapse, readout: lr * same(readout), ..first }
    }

    /// Of the curvatures of the [`modes`], where `stable` is the edge of stability.
    pub(super) fn new(
        [mean, line]: [f64; 2],
        stable: f64,
        movement: f64,
        push: f64,
        kind: Kind,
    ) -> Stability {
        let lambda = mean.max(line);
        let (sharpness, mean_sharpness) = (lambda / stable, mean / stable);
        let (collapse, readout) = (None, 0.0);
        Stability { lambda, sharpness, mean_sharpness, movement, push, collapse, readout, kind }
    }
}

// ANCHOR: modes
/// Curvature of the mean mode and of the linear mode under a kernel that the function feels.
pub(super) fn modes(felt: Pairs, kernel: &Kernel, examples: usize) -> [f64; 2] {
    let mean = 0.5 * (felt.common() + felt.same / examples as f64);
    let fastest = edge(&spectrum(kernel), examples);
    [mean, 0.5 * felt.linear(kernel.inputs) / kernel.inputs as f64 * fastest]
}
// ANCHOR_END: modes

/// What an update that moves a matrix by `r` does in front of a norm: it turns it.
pub(super) fn turned(w: &WeightTheory, r: f64) -> f64 {
    match w.feeds_norm {
        true => libm::atan(r),
        false => r,
    }
}

/// The readout, and the matrices in front of it.
///
/// # Panics
/// Without a matrix, which a plan that is predicted has.
fn split(weights: &[WeightTheory]) -> (&WeightTheory, &[WeightTheory]) {
    weights.split_last().expect("a readout")
}
