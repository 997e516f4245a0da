//! All moments of an activation that theory uses, from one pass of the quadrature.

use crate::recipe::gaussian::{
    integral, is_narrow, mean, second_moment, slope_moments, slope_second_moment,
};
use crate::recipe::Activation;

/// All moments of an activation that theory uses, at one second moment `q` of the pre-activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    /// `E phi`.
    pub(super) mean: f64,
    /// `E phi^2`.
    pub(super) second: f64,
    /// `E phi'^2`.
    pub(super) slope_second: f64,
    /// How unequal its units are.
    pub(super) scatter: Scatter,
}

/// Relative variances of one unit, `z` standard normal and `d` another that is independent of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scatter {
    /// Of `phi^2`: `E phi^4 / (E phi^2)^2 - 1`.
    pub(super) value: f64,
    /// Of `d^2 phi'^2`: `3 E phi'^4 / (E phi'^2)^2 - 1`.
    pub(super) slope: f64,
    /// Their covariance: `E phi^2 phi'^2 / (E phi^2 E phi'^2) - 1`.
    pub(super) both: f64,
    /// The covariances of the first two with `z^2`.
    with_length: [f64; 2],
}

impl Scatter {
    /// From `E phi^2`, `phi'^2`, `phi^4`, `phi'^4`, `phi^2 phi'^2`, `phi^2 z^2` and `phi'^2 z^2`.
    fn new([p, s, pp, ss, ps, pz, sz]: [f64; 7]) -> Scatter {
        Scatter {
            value: pp / (p * p) - 1.0,
            slope: 3.0 * ss / (s * s) - 1.0,
            both: ps / (p * s) - 1.0,
            with_length: [pz / p - 1.0, sz / s - 1.0],
        }
    }

    /// Where a norm has fixed the length of all `z`: less what that length explains, a regression
    /// on `z^2`, whose variance is 2.
    pub(super) fn at_fixed_length(self) -> Scatter {
        let [value, slope] = self.with_length;
        Scatter {
            value: self.value - 0.5 * value * value,
            slope: self.slope - 0.5 * slope * slope,
            both: self.both - 0.5 * value * slope,
            with_length: [0.0, 0.0],
        }
    }
}

impl Moments {
    /// The moments, and what `seen` makes of every node `z` and `phi(sqrt(q) z)`.
    pub(super) fn new(activation: Activation, q: f64, mut seen: impl FnMut(f64)) -> Moments {
        let root = libm::sqrt(q);
        if let Some(a) = activation.slope_below() {
            let [second, fourth] = [0.5 * (1.0 + a * a), 0.5 * (1.0 + a * a * a * a)];
            let scatter = [second, second, 3.0 * fourth, fourth, fourth, 3.0 * second, second];
            return Moments {
                mean: mean(activation, q),
                second: second_moment(activation, q),
                slope_second: slope_second_moment(activation, q),
                scatter: Scatter::new(scatter),
            };
        }
        let [mean, p, s, pp, ss, ps, pz, sz] = integral(activation, |z| {
            let (value, slope) = activation.value_and_derivative(root * z);
            seen(value);
            let (p, s, z) = (value * value, slope * slope, z * z);
            [value, p, s, p * p, s * s, p * s, p * z, s * z]
        });
        let mean = if activation == Activation::Tanh { 0.0 } else { mean };
        let [s, ss] = match is_narrow(activation, root) {
            true => slope_moments(activation, root),
            false => [s, ss],
        };
        let scatter = Scatter::new([p, s, pp, ss, ps, pz, sz]);
        Moments { mean, second: p, slope_second: s, scatter }
    }
}
