//! What theory says of the correlation between two inputs before training.

use crate::recipe::Activation;
use crate::theory::gaussian::{expectation, gain};

/// Terms of the expansion. For GELU at the second moment of its gain, the rest is below 1e-6.
const TERMS: usize = 32;

/// Squares of the coefficients of `phi(sqrt(q) z)` in normalized Hermite polynomials `h_k`.
///
/// For two standard normals of correlation `c`, `E h_j(z) h_k(z') = c^k` if `j = k` and 0 else, so
///
/// ```text
/// E phi(sqrt(q) z) phi(sqrt(q) z') = sum_k a_k^2 c^k,      a_k = E phi(sqrt(q) z) h_k(z)
/// ```
///
/// *Source*: Daniely, Frostig & Singer 2016, section 8 (the dual activation function).
fn hermite(phi: Activation, q: f64) -> [f64; TERMS] {
    let h = |k: usize, z: f64| {
        let next = |(k, now, before): (usize, f64, f64), _| {
            let root = |n: usize| libm::sqrt(n as f64);
            (k + 1, (z * now - root(k) * before) / root(k + 1), now)
        };
        (0..k).fold((0, 1.0, 0.0), next).1
    };
    let root = libm::sqrt(q);
    std::array::from_fn(|k| {
        let a = expectation(|z| phi.value(root * z) * h(k, z));
        a * a
    })
}

/// Correlation of two orthogonal inputs at the entry of every block of pre-normalized blocks with
/// Kaiming weights, at infinite width.
///
/// The branch sees a second moment of 1 and the stream's correlation `c`, and returns a covariance
/// `f(c)`. Without a residual connection the stream is replaced, `c' = f(c)/f(1)`. With one the
/// covariances add up, and so do the second moments.
///
/// ```
/// use minigrad::{experiments::residual_depth::predicted_correlation, prelude::*};
/// let (without, with) =
///     (predicted_correlation(Gelu, 50, false), predicted_correlation(Gelu, 50, true));
/// assert_eq!((without[0], with[0]), (0.0, 0.0));
/// assert!(without[49] > 0.8 && with[49] < 0.6);
/// ```
// ANCHOR: predicted
pub fn predicted_correlation(phi: Activation, depth: usize, residual: bool) -> Vec<f64> {
    let gain2 = gain(phi) * gain(phi);
    let squares = hermite(phi, gain2);
    let branch = |c: f64| gain2 * squares.iter().rev().fold(0.0, |sum, a2| sum * c + a2);
    let (mut covariance, mut moment) = (0.0, 1.0);
    let block = |_| {
        let c = covariance / moment;
        let kept = if residual { 1.0 } else { 0.0 };
        covariance = kept * covariance + branch(c);
        moment = kept * moment + branch(1.0);
        c
    };
    (0..depth).map(block).collect()
}
// ANCHOR_END: predicted
