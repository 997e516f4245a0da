//! What a network that learns adds to its kernel.

use crate::theory::mean_field::{WeightTheory, NEARLY_ZERO};

/// Growth of the kernel that no network of this size reaches.
pub(super) const MOST_GROWTH: f64 = 1e3;
/// How far noise brings a kernel down at most.
pub(super) const LEAST_GROWTH: f64 = 1e-3;

/// How the kernel grows as the weights align with what they learn.
///
/// A weight matrix that has moved by `d` along the gradient has grown, in that direction, by
/// `1 + part share d^2 / (s^2 slope)`, where `part` is its part of the kernel: what it has learned
/// lands on active units, and the activation behind it lets all of that pass, but only
/// `slope = E phi'^2` of what is random. The kernel of a matrix is the product of what lies above
/// it, which carries its gradient, and of what lies below it, which carries its input:
///
/// ```text
/// growth = sum over matrices of  part  prod over the others of (1 + part share d^2 / (s^2 slope))
/// ```
///
/// *Source*: derived in the chapter on predicting; a deep linear network (Saxe et al. 2014, section
/// 1.3) grows in the same way.
pub(super) struct Growth {
    /// The kernel, relative to that of the start.
    pub(super) now: f64,
    most: f64,
    /// `(part, part share / (s^2 slope))` of each matrix.
    weights: Vec<(f64, f64)>,
}

impl Growth {
    pub(super) fn new(weights: &[WeightTheory], most: f64) -> Growth {
        let total: f64 = weights.iter().map(|w| w.tangent.same).sum();
        let parts = weights.iter().map(|w| {
            let part = w.tangent.same / total;
            (part, part * (w.share / (w.variance * w.slope)).min(1.0 / NEARLY_ZERO))
        });
        Growth { now: most.min(1.0), most, weights: parts.collect() }
    }

    // ANCHOR: growth
    /// `moved`: squared length of the displacement of all weights.
    pub(super) fn update(&mut self, moved: f64) {
        let factor = |sensitivity: f64| 1.0 + sensitivity * moved;
        let all: f64 = self.weights.iter().map(|(_, s)| factor(*s)).product();
        let others = |sensitivity: f64| (all.min(f64::MAX) / factor(sensitivity)).min(MOST_GROWTH);
        let growth: f64 = self.weights.iter().map(|(part, s)| part * others(*s)).sum();
        self.now = if growth.is_nan() { self.most } else { growth.min(self.most) };
    }
    // ANCHOR_END: growth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Activation, Init, Recipe};
    use crate::theory::Kernel;

    /// Four equal linear layers of unit variance: each has a quarter of the kernel and of the squared
    /// movement d^2, and three others, each of which grows it by 1 + d^2/4.
    #[test]
    fn equal_layers_grow_by_all_others() {
        let recipe = Recipe::mlp(4).width(256).activation(Activation::Identity).init(Init::Xavier);
        let mut growth = Growth::new(&Kernel::of(&recipe).weights, 1e2);
        growth.update(0.0);
        assert_eq!(growth.now, 1.0);
        growth.update(2.0);
        let expected = 1.5 * 1.5 * 1.5;
        assert!((growth.now - expected).abs() < 1e-12, "{}", growth.now);
        growth.update(1e9);
        assert_eq!(growth.now, 1e2);
        growth.update(f64::NAN);
        assert_eq!(growth.now, 1e2);
    }
}
