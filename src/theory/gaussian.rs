//! Expectations over a standard normal, and the constants of each activation that follow.

use crate::recipe::Activation;

/// `E f(z)` for a standard normal `z`, by the trapezoid rule.
///
/// On `[-12, 12]` with step `1/64` the rule converges exponentially for a smooth `f`: it
/// integrates a Gaussian times a function that varies over lengths of 1/4 or more to 15 digits.
/// A kink or a jump in `f` leaves an error of the order of `step^2` or `step`.
///
/// ```
/// use minigrad::theory::gaussian::expectation;
/// assert!((expectation(|z| z.powi(4)) - 3.0).abs() < 1e-14);
/// ```
// ANCHOR: expectation
pub fn expectation(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 64.0;
    const NODES: i32 = 12 * 64;
    let density = |z: f64| libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI);
    (-NODES..=NODES).map(|k| f64::from(k) * STEP).map(|z| density(z) * f(z)).sum::<f64>() * STEP
}
// ANCHOR_END: expectation

/// `E phi(sqrt(q) z)`: the mean after `phi` of a Gaussian pre-activation with second moment `q`.
///
/// ```
/// use minigrad::prelude::*;
/// assert_eq!(gaussian::mean(Tanh, 1.0), 0.0);
/// assert!((gaussian::mean(Relu, 1.0) - 0.398942).abs() < 1e-6);   // 1/sqrt(2 pi)
/// ```
pub fn mean(activation: Activation, q: f64) -> f64 {
    let root = libm::sqrt(q);
    match activation {
        Activation::Identity | Activation::Tanh => 0.0,
        Activation::Relu => root / libm::sqrt(2.0 * std::f64::consts::PI),
        phi => expectation(|z| phi.value(root * z)),
    }
}

/// `V(q) = E phi(sqrt(q) z)^2`: the second moment after `phi` of a Gaussian pre-activation with
/// second moment `q`.
///
/// *Source*: Poole et al. 2016, eq. 3.
pub fn second_moment(activation: Activation, q: f64) -> f64 {
    let root = libm::sqrt(q);
    match activation {
        // Closed forms: the kink of ReLU would cost the quadrature its accuracy.
        Activation::Identity => q,
        Activation::Relu => q / 2.0,
        phi => expectation(|z| phi.value(root * z) * phi.value(root * z)),
    }
}

/// `E phi'(sqrt(q) z)^2`: the factor by which `phi` scales the second moment of a gradient.
///
/// *Source*: Schoenholz et al. 2017, eq. 5.
pub fn slope_second_moment(activation: Activation, q: f64) -> f64 {
    let root = libm::sqrt(q);
    match activation {
        Activation::Identity => 1.0,
        Activation::Relu => 0.5,
        phi => expectation(|z| phi.derivative(root * z) * phi.derivative(root * z)),
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
