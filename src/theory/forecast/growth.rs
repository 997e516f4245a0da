//! What a network that learns adds to its kernel.

use crate::theory::mean_field::{WeightTheory, NEARLY_ZERO};

/// Growth of the kernel that no network of this size reaches.
pub(super) const MOST_GROWTH: f64 = 1e3;
/// How far noise brings a kernel down at most.
pub(super) const LEAST_GROWTH: f64 = 1e-3;

/// How the kernel grows as the weights align with what they learn.
///
/// A weight matrix of gain `s` that has moved by `d` along the gradient has grown, in that direction, to
///
/// ```text
/// |W x|^2 = s^2 + 2 s rho d + d^2,    e = d/s:    growth = 1 + 2 rho e + e^2
/// e^2 = part share moved / (s^2 slope)
/// ```
///
/// where `part` is its part of the kernel and so of the squared movement: what it has learned lands on
/// active units, and the activation behind it lets all of that pass, but only `slope = E phi'^2` of
/// what is random.
///
/// `rho` is the cosine between the gradient that arrives from above and the signal that comes from
/// below. At the start it is 0. But the output is their inner product, and what the *other* matrices
/// have learned is in it: of equal parts each has added `d |gradient||signal|`, so that
///
/// ```text
/// rho = e (1 - part)/part,  at most 1           along the label, which all matrices learn
/// rho = 0                                       elsewhere, where what they learn changes its sign
/// ```
///
/// The kernel of a matrix is the product of what lies above it, which carries its gradient, and of what
/// lies below it, which carries its input:
///
/// ```text
/// growth = sum over matrices of  part  prod over the others of their growth
/// ```
///
/// *Source*: derived in the chapter on predicting; a deep linear network (Saxe et al. 2014, section
/// 1.3) grows in the same way.
pub(super) struct Growth {
    /// The kernel along the label, relative to that of the start.
    pub(super) label: f64,
    /// The kernel along everything else.
    pub(super) rest: f64,
    most: f64,
    aligns: bool,
    /// `(part, part share / (s^2 slope))` of each matrix.
    weights: Vec<(f64, f64)>,
}

impl Growth {
    pub(super) fn new(weights: &[WeightTheory], most: f64, aligns: bool) -> Growth {
        let total: f64 = weights.iter().map(|w| w.tangent.same).sum();
        let parts = weights.iter().map(|w| {
            let part = w.tangent.same / total;
            (part, part * (w.share / (w.variance * w.slope)).min(1.0 / NEARLY_ZERO))
        });
        let now = most.min(1.0);
        Growth { label: now, rest: now, most, aligns, weights: parts.collect() }
    }

    // ANCHOR: growth
    /// `label`, `rest`: squared length of the displacement of all weights along the label, and of what
    /// is left of it.
    pub(super) fn update(&mut self, label: f64, rest: f64) {
        let most = if self.aligns { 1.0 } else { 0.0 };
        let cosine = |part: f64, e: f64| (e * (1.0 - part) / part).min(most);
        self.label = self.product(|part, sensitivity| {
            let e = libm::sqrt(sensitivity * label);
            1.0 + 2.0 * cosine(part, e) * e + sensitivity * (label + rest)
        });
        self.rest = self.product(|_, sensitivity| 1.0 + sensitivity * (label + rest));
    }

    fn product(&self, factor: impl Fn(f64, f64) -> f64) -> f64 {
        let all: f64 = self.weights.iter().map(|&(part, s)| factor(part, s)).product();
        let others = |part, s| (all.min(f64::MAX) / factor(part, s)).min(MOST_GROWTH);
        let growth: f64 = self.weights.iter().map(|&(part, s)| part * others(part, s)).sum();
        if growth.is_nan() {
            self.most
        } else {
            growth.min(self.most)
        }
    }
    // ANCHOR_END: growth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Activation, Init, Recipe};
    use crate::theory::Kernel;

    fn four_layers() -> Growth {
        let recipe = Recipe::mlp(4).width(256).activation(Activation::Identity).init(Init::Xavier);
        Growth::new(&Kernel::of(&recipe).weights, 1e2, true)
    }

    /// Four equal linear layers of unit variance: each has a quarter of the kernel and of the squared
    /// movement d^2, and three others, each of which grows it by 1 + d^2/4.
    #[test]
    fn equal_layers_grow_by_all_others() {
        let mut growth = four_layers();
        growth.update(0.0, 0.0);
        assert_eq!((growth.label, growth.rest), (1.0, 1.0));
        growth.update(0.0, 2.0);
        let expected = 1.5 * 1.5 * 1.5;
        assert!((growth.rest - expected).abs() < 1e-12, "{}", growth.rest);
        assert_eq!(growth.label, growth.rest);
        growth.update(0.0, 1e9);
        assert_eq!(growth.rest, 1e2);
        growth.update(f64::NAN, f64::NAN);
        assert_eq!((growth.label, growth.rest), (1e2, 1e2));
    }

    /// Along the label e = d/2, and the cosine is three times that, up to 1: with d^2 = 0.04 a layer
    /// grows by 1 + 2 (0.3)(0.1) + 0.01, with d^2 = 4 by (1 + 1)^2.
    #[test]
    fn along_the_label_layers_grow_by_what_the_others_have_learned() {
        let mut growth = four_layers();
        growth.update(0.04, 0.0);
        assert!((growth.label - 1.07f64.powi(3)).abs() < 1e-12, "{}", growth.label);
        assert!((growth.rest - 1.01f64.powi(3)).abs() < 1e-12, "{}", growth.rest);
        growth.update(4.0, 0.0);
        assert!((growth.label - 64.0).abs() < 1e-9, "{}", growth.label);
        // What lies elsewhere lengthens a matrix, and turns it to nothing.
        growth.update(0.04, 0.04);
        assert!((growth.label - 1.08f64.powi(3)).abs() < 1e-12, "{}", growth.label);
    }
}
