//! What one step does to each matrix, by the rule that takes it.

use crate::recipe::{Method, Training};
use crate::theory::mean_field::{Kernel, Pairs, WeightTheory};

/// What theory says of the first step of a weight matrix.
///
/// With `r` the errors of a batch of `B`, and the parts of the matrix's tangent kernel `theta`, one
/// entry of its gradient has the root mean square
///
/// ```text
/// gradient = sqrt(2 (common E mean(r)^2 + (linear + own) E r^2 / B) / (fan_in fan_out))
/// update   = lr gradient                              gradient descent
///            lr gradient / (gradient + epsilon)       Adam
/// moves    = update fan_in sqrt(share / s^2)          s^2 = fan_in Var(W)
/// ```
///
/// A guess has `E r^2 = 1/4`, and errors that cancel; outputs that start at a variance `v` add to
/// both as much as a sigmoid that saturates: `v / (4 v + 16)`.
///
/// *Source*: derived on the book's page on what a step of Adam moves.
///
/// # Example: Adam does not mind a gradient that vanishes
/// ```
/// use minigrad::prelude::*;
/// use minigrad::theory::Update;
///
/// let xavier = Kernel::of(&Recipe::mlp(12).init(Init::Xavier));
/// let first = |training: Training| Update::of(&xavier, &training)[0];
/// let (sgd, adam) = (first(Training::sgd(1e-3)), first(Training::adam(1e-3)));
/// assert_eq!(sgd.gradient, adam.gradient);
/// assert!(sgd.update < 1e-6 && (adam.update / 1e-3 - 1.0).abs() < 1e-3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// Root mean square of an entry of the gradient.
    pub gradient: f64,
    /// Root mean square of what the first step adds to an entry.
    pub update: f64,
    /// Gain of a step that is one sign pattern, relative to that of the matrix: the number of such
    /// steps that rewrite it is one over this.
    pub moves: f64,
}

/// Mean square of an error, and of the mean error of a batch, before the first step.
pub(super) struct Errors {
    own: f64,
    mean: f64,
}

impl Errors {
    pub(super) fn at_start(kernel: &Kernel, batch: usize) -> Errors {
        let saturated = |variance: f64| match variance.is_finite() {
            true => variance / (4.0 * variance + 16.0),
            false => 0.25,
        };
        let own = 0.25 + saturated(2.0 * kernel.function.same);
        let alike = saturated(2.0 * kernel.function.common());
        let batch = batch as f64;
        Errors { own, mean: own / batch + alike * (1.0 - 1.0 / batch) }
    }

    /// Squared length of the gradient of a batch by parameters whose kernel of one logit this is.
    pub(super) fn gradient(&self, part: Pairs, inputs: usize, batch: usize) -> f64 {
        let rest = part.linear(inputs) + part.own(inputs);
        2.0 * (part.common() * self.mean + rest * self.own / batch as f64)
    }
}

impl Update {
    /// Of every matrix, in forward order.
    pub fn of(kernel: &Kernel, training: &Training) -> Vec<Update> {
        let errors = Errors::at_start(kernel, training.batch);
        kernel.weights.iter().map(|w| Update::one(w, kernel.inputs, training, &errors)).collect()
    }

    fn one(w: &WeightTheory, inputs: usize, training: &Training, errors: &Errors) -> Update {
        let entries = (w.fan_in * w.fan_out) as f64;
        let squared = errors.gradient(w.tangent, inputs, training.batch);
        let gradient = libm::sqrt(squared / entries);
        // ANCHOR: update
        let update = match training.method {
            Method::Sgd { .. } => training.lr * gradient,
            Method::Adam { epsilon, .. } => training.lr * gradient / (gradient + epsilon),
        };
        let moves = update * w.fan_in as f64 * libm::sqrt(w.share / w.variance);
        // ANCHOR_END: update
        Update { gradient, update, moves }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Init, Recipe};

    /// A plain ReLU body with Xavier has theta = n 2^-(L-1) in every hidden matrix, and so entries of
    /// sqrt(theta / (2 B n^2)) = 2^-(L+14)/2 for n = 256, B = 64.
    #[test]
    fn an_entry_of_a_gradient_halves_with_every_two_layers() {
        for layers in [12, 40] {
            let kernel = Kernel::of(&Recipe::mlp(layers).init(Init::Xavier));
            let expected = libm::exp2(-0.5 * (layers + 14) as f64);
            let updates = Update::of(&kernel, &Training::adam(1e-3));
            assert_eq!(updates.len(), layers);
            for update in &updates[..layers - 1] {
                assert!((update.gradient / expected - 1.0).abs() < 0.02, "{update:?} {expected}");
                let step = 1e-3 * update.gradient / (update.gradient + 1e-8);
                assert_eq!(update.update, step);
                assert!((update.moves - step * 256.0).abs() < 1e-12 * step);
            }
        }
    }

    /// Outputs that saturate: errors of 0 and 1 in size, as often, all alike in a batch.
    #[test]
    fn errors_of_large_outputs_do_not_cancel() {
        let kernel = Kernel::of(&Recipe::mlp(12).init(Init::Uniform(0.5)));
        let errors = Errors::at_start(&kernel, 64);
        assert!((errors.own - 0.5).abs() < 1e-6, "{}", errors.own);
        assert!(errors.mean > 0.2 && errors.mean < 0.26, "{}", errors.mean);
        let guess = Errors::at_start(&Kernel::of(&Recipe::mlp(40).init(Init::Xavier)), 64);
        assert!((guess.own - 0.25).abs() < 1e-9 && (guess.mean - 0.25 / 64.0).abs() < 1e-9);
    }
}
