//! What an activation makes of a standard normal, and its gain.

use super::Activation;
use crate::math::double::normal_density as density;
pub use crate::math::gaussian::expectation;
use crate::math::gaussian::{expectations, expectations_in_halves};

/// `E phi(sqrt(q) z)`: the mean after `phi` of a Gaussian pre-activation with second moment `q`.
///
/// ```
/// use minigrad::prelude::*;
/// assert_eq!(gaussian::mean(Tanh, 1.0), 0.0);
/// assert!((gaussian::mean(Relu, 1.0) - 0.398942).abs() < 1e-6);   // 1/sqrt(2 pi)
/// ```
pub fn mean(activation: Activation, q: f64) -> f64 {
    let root = libm::sqrt(q);
    match activation.slope_below() {
        Some(a) => (1.0 - a) * (root / libm::sqrt(2.0 * std::f64::consts::PI)),
        None if activation == Activation::Tanh => 0.0,
        None => integral(activation, |z| [activation.value(root * z)])[0],
    }
}

/// `V(q) = E phi(sqrt(q) z)^2`: the second moment after `phi` of a Gaussian pre-activation with
/// second moment `q`.
///
/// *Source*: Poole et al. 2016, eq. 3.
pub fn second_moment(activation: Activation, q: f64) -> f64 {
    let root = libm::sqrt(q);
    match activation.slope_below() {
        Some(a) => 0.5 * (1.0 + a * a) * q,
        None => {
            let square = |z: f64| activation.value(root * z) * activation.value(root * z);
            integral(activation, |z| [square(z)])[0]
        }
    }
}

/// `E phi'(sqrt(q) z)^2`: the factor by which `phi` scales the second moment of a gradient.
///
/// *Source*: Schoenholz et al. 2017, whose `chi_1` at weight variance 1 it is.
pub fn slope_second_moment(activation: Activation, q: f64) -> f64 {
    match activation.slope_below() {
        Some(a) => 0.5 * (1.0 + a * a),
        None => slope_moments(activation, libm::sqrt(q))[0],
    }
}

/// `E phi'^2` and `E phi'^4` at `root z`, by quadrature.
pub(crate) fn slope_moments(activation: Activation, root: f64) -> [f64; 2] {
    let powers = |z: f64| {
        let square = activation.derivative(z) * activation.derivative(z);
        [square, square * square]
    };
    match width(activation) {
        Some(width) if is_narrow(activation, root) => expectations(|w| {
            let u = width * w;
            powers(u).map(|p| p * (density(u / root) * width) / (root * density(w)))
        }),
        _ => integral(activation, |z| powers(root * z)),
    }
}

/// Expectations of what an activation makes of a standard normal, by the rule that fits it.
pub(crate) fn integral<const N: usize>(
    activation: Activation,
    f: impl FnMut(f64) -> [f64; N],
) -> [f64; N] {
    match activation.has_kink() {
        true => expectations_in_halves(f),
        false => expectations(f),
    }
}

/// Whether the slope is a peak in `u = root z`, too narrow for the nodes in `z`: then it is integrated
/// over `u`.
pub(crate) fn is_narrow(activation: Activation, root: f64) -> bool {
    width(activation).is_some_and(|width| root > 8.0 * width)
}

/// In units of tanh's, how wide the peak is that a slope is, where it is one.
fn width(activation: Activation) -> Option<f64> {
    match activation {
        Activation::Tanh => Some(1.0),
        Activation::Sigmoid => Some(2.0),
        _ => None,
    }
}

/// `gain = 1/sqrt(E phi(z)^2)`, `z ~ N(0, 1)`: weights of variance `gain^2/fan_in` keep the second
/// moment of a pre-activation at 1.
///
/// *Source*: He et al. 2015 "delving", eq. 10, for ReLU; the same argument for the others.
///
/// ```
/// use minigrad::prelude::*;
/// assert_eq!(gaussian::gain(Relu), 2f64.sqrt());
/// assert!((gaussian::gain(Tanh) - 1.592537).abs() < 1e-6);   // not 5/3
/// ```
// ANCHOR: gain
pub fn gain(activation: Activation) -> f64 {
    libm::sqrt(1.0 / second_moment(activation, 1.0))
}
// ANCHOR_END: gain
