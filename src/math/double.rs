//! f64, by the `libm` crate: for gradient checks, where accuracy counts and speed does not.

pub(crate) use libm::{exp, expm1, tanh};

/// Signals and gradients below it count as vanished.
pub(crate) const TINY: f64 = 3.054_936_363_499_605e-151; // 2^-500

/// `x`, or 0 if its size is below [`TINY`]; NaN stays.
#[inline(always)]
pub(crate) fn flush(x: f64) -> f64 {
    if x.abs() < TINY {
        0.0
    } else {
        x
    }
}

/// `tanh x` and `1 - tanh^2 x`.
pub(crate) fn tanh_and_slope(x: f64) -> (f64, f64) {
    let y = tanh(x);
    (y, 1.0 - y * y)
}

/// `x Phi(x)` and `Phi(x) + x exp(-x^2/2)/sqrt(2 pi)`.
pub(crate) fn gelu(x: f64) -> (f64, f64) {
    let phi = normal_cdf(x);
    (times(x, phi), phi + times(x, normal_density(x)))
}

/// `x s` and `s (1 + x (1 - s))` with `s = 1/(1 + exp(-x))`.
pub(crate) fn silu(x: f64) -> (f64, f64) {
    let s = 1.0 / (1.0 + libm::exp(-x));
    (times(x, s), times(1.0 + times(x, 1.0 - s), s))
}

/// `s = 1/(1 + exp(-x))` and `s (1 - s)`.
pub(crate) fn sigmoid(x: f64) -> (f64, f64) {
    let e = libm::exp(-libm::fabs(x));
    let small = e / (1.0 + e);
    (if x > 0.0 { 1.0 / (1.0 + e) } else { small }, small / (1.0 + e))
}

/// `x s` and `s + x s' `, with `s = sigmoid(2 u)` and `u = sqrt(2/pi) (x + 0.044715 x^3)`: with
/// `1 + tanh u = 2 s` the tail keeps its relative accuracy.
pub(crate) fn gelu_tanh(x: f64) -> (f64, f64) {
    let root = libm::sqrt(8.0 / std::f64::consts::PI);
    let (s, slope) = sigmoid(root * (x + 0.044715 * x * x * x));
    (times(x, s), s + times(x * root * (1.0 + 3.0 * 0.044715 * x * x), slope))
}

/// `ln(1 + exp x)` and `1/(1 + exp(-x))`.
pub(crate) fn softplus(x: f64) -> (f64, f64) {
    (x.max(0.0) + libm::log1p(libm::exp(-libm::fabs(x))), sigmoid(x).0)
}

/// `Phi(x)`; `erfc` keeps the relative accuracy of the left tail.
fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// The density of a standard normal.
pub(crate) fn normal_density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * std::f64::consts::PI)
}

/// `x factor`, where a factor that has vanished takes an infinite `x` with it.
fn times(x: f64, factor: f64) -> f64 {
    if factor == 0.0 {
        0.0
    } else {
        x * factor
    }
}
