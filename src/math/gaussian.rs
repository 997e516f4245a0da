//! Expectations over a standard normal.

use std::sync::OnceLock;

use super::double::normal_density;

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
    let [value] = expectations(|z| [f(z)]);
    value
}

/// As [`expectation`], of several functions that share work.
pub(crate) fn expectations<const N: usize>(f: impl FnMut(f64) -> [f64; N]) -> [f64; N] {
    sums(smooth(), STEP, f)
}

fn sums<const N: usize>(
    nodes: &[(f64, f64)],
    step: f64,
    mut f: impl FnMut(f64) -> [f64; N],
) -> [f64; N] {
    let mut sums = [0.0; N];
    for (node, weight) in nodes {
        sums.iter_mut().zip(f(*node)).for_each(|(sum, value)| *sum += weight * value);
    }
    sums.map(|sum| sum * step)
}

pub(crate) const STEP: f64 = 1.0 / 64.0;
const NODES: i32 = 12 * 64;
// ANCHOR_END: expectation

/// As [`expectations`], of functions that are smooth on both sides of 0.
///
/// On each side the trapezoid rule in `t`, with `z = 6 (1 + tanh(pi/2 sinh t))`, whose nodes crowd at
/// both ends.
///
/// *Source*: Takahasi & Mori 1974, the double exponential formula.
pub(crate) fn expectations_in_halves<const N: usize>(f: impl FnMut(f64) -> [f64; N]) -> [f64; N] {
    sums(halves(), 1.0, f)
}

/// The nodes of the trapezoid rule, with the density at each.
pub(crate) fn smooth() -> &'static [(f64, f64)] {
    static NODES_AND_WEIGHTS: OnceLock<Vec<(f64, f64)>> = OnceLock::new();
    NODES_AND_WEIGHTS.get_or_init(|| {
        let nodes = (-NODES..=NODES).map(|node| f64::from(node) * STEP);
        nodes.map(|node| (node, normal_density(node))).collect()
    })
}

/// The nodes on both sides of 0, with their weights.
pub(crate) fn halves() -> &'static [(f64, f64)] {
    static NODES_AND_WEIGHTS: OnceLock<Vec<(f64, f64)>> = OnceLock::new();
    NODES_AND_WEIGHTS.get_or_init(|| {
        let (end, step, half_pi) = (12.0, 1.0 / 32.0, std::f64::consts::FRAC_PI_2);
        let side = |sign: f64| {
            (-112..=112).map(move |node| {
                let t = f64::from(node) * step;
                // 1 + tanh u = 2/(1 + exp(-2 u)), which keeps its digits next to 0.
                let e = libm::exp(-2.0 * half_pi * libm::sinh(t));
                let z = end / (1.0 + e);
                let slope = 2.0 * half_pi * libm::cosh(t) * z * e / (1.0 + e);
                (sign * z, step * slope * normal_density(z))
            })
        };
        side(-1.0).chain(side(1.0)).collect()
    })
}
