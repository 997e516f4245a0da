//! f64, by the `libm` crate: for gradient checks, where accuracy counts and speed does not.

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

pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

pub(crate) fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// `x Phi(x)` and `Phi(x) + x exp(-x^2/2)/sqrt(2 pi)`.
pub(crate) fn gelu(x: f64) -> (f64, f64) {
    let phi = 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2);
    let density = libm::exp(-0.5 * x * x) * 0.398_942_280_401_432_7;
    (times(x, phi), phi + times(x, density))
}

/// `x s` and `s (1 + x (1 - s))` with `s = 1/(1 + exp(-x))`.
pub(crate) fn silu(x: f64) -> (f64, f64) {
    let s = 1.0 / (1.0 + libm::exp(-x));
    (times(x, s), times(1.0 + times(x, 1.0 - s), s))
}

/// `x factor`, where a factor that has vanished takes an infinite `x` with it.
fn times(x: f64, factor: f64) -> f64 {
    if factor == 0.0 {
        0.0
    } else {
        x * factor
    }
}
