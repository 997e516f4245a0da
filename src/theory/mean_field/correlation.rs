//! The correlation map: what an activation makes of the correlation of two pre-activations.

use super::moments::{Moments, Scatter};
use crate::math::gaussian;
use crate::recipe::Activation;

/// Powers of the series: the error is below 1e-9 for `q` up to 5 and `c` up to 0.9, and below 1 %
/// for `q` up to 30 at any `c`.
const TERMS: usize = 64;
/// Powers that stand for all beyond, of the value and of the slope, where the coefficients fade
/// more slowly: a choice, within the error above.
const VALUE_TAIL: f64 = 96.0;
const SLOPE_TAIL: f64 = 128.0;

/// `E phi(u) phi(v)` and `E phi'(u) phi'(v)` for Gaussian `u`, `v` of second moment `q` and
/// correlation `c`, as functions of `c`.
///
/// Expanded in normalized Hermite polynomials, `phi(sqrt(q) z) = a_0 + a_1 He_1(z) + ...`, both are
/// power series whose coefficients are never negative:
///
/// ```text
/// E phi(u) phi(v) = a_0^2 + a_1^2 c + a_2^2 c^2 + ...        E phi'(u) phi'(v) = its derivative / q
/// ```
///
/// The moments at `c = 1` are known; what the first 64 powers leave of them is put on one power
/// more. What is linear on both sides of 0 has closed forms; of a kink in another one, the part of
/// ReLU is taken out and added in its closed form.
///
/// *Source*: Daniely, Frostig & Singer 2016 (the dual activation); Cho & Saul 2009, the arc-cosine
/// kernels of order 0 and 1 (ReLU).
///
/// # Example: ReLU makes orthogonal inputs alike
/// ```
/// use minigrad::prelude::*;
/// use minigrad::theory::CorrelationMap;
///
/// let relu = CorrelationMap::new(Relu, 1.0);
/// assert!((relu.value(0.0) - 0.5 / std::f64::consts::PI).abs() < 1e-15);
/// assert_eq!(relu.value(1.0), 0.5);
/// assert_eq!(relu.slope(0.0), 0.25);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelationMap {
    /// The activation.
    pub activation: Activation,
    /// Second moment of the pre-activations.
    pub q: f64,
    moments: Moments,
    /// `a_k^2`; empty where there is a closed form.
    series: Vec<f64>,
}

impl CorrelationMap {
    /// The map of pre-activations of second moment `q`.
    pub fn new(activation: Activation, q: f64) -> CorrelationMap {
        let mut values = vec![];
        let moments = Moments::new(activation, q, |value| values.push(value));
        let mut series = squared_coefficients(&weighted(activation, &values));
        // Of `kink relu`, whose map is known: `r_0^2 = q / 2 pi`, `r_1^2 = q / 4`, and from there on
        // `r_{k+2}^2 = r_k^2 (k - 1)^2 / ((k + 1) (k + 2))`.
        let mut relu = [q / (2.0 * std::f64::consts::PI), q / 4.0];
        let square = activation.kink() * activation.kink();
        for (k, power) in series.iter_mut().enumerate().filter(|_| square > 0.0) {
            *power -= square * relu[k % 2];
            let k = k as f64;
            relu[k as usize % 2] *= (k - 1.0) * (k - 1.0) / ((k + 1.0) * (k + 2.0));
        }
        CorrelationMap { activation, q, moments, series }
    }

    /// `E phi`.
    pub fn mean(&self) -> f64 {
        self.moments.mean
    }

    /// `E phi(u) phi(v)` at correlation `c`, in `[-1, 1]`.
    pub fn value(&self, c: f64) -> f64 {
        if c >= 1.0 {
            return self.moments.second;
        }
        let kink = self.activation.kink();
        let relu = if kink == 0.0 { 0.0 } else { kink * kink * self.relu(c) };
        // `phi(z) = a z + (1 - a) relu(z)`, and `E u relu(v) = q c / 2`.
        if let Some(a) = self.activation.slope_below() {
            return a * (self.q * c) + relu;
        }
        let powers = self.series.iter().rev().fold(0.0, |sum, a| sum * c + a);
        let known = kink * kink * (0.5 * self.q);
        let rest = self.moments.second - known - self.series.iter().sum::<f64>();
        relu + powers + self.signed(rest) * libm::pow(c, VALUE_TAIL)
    }

    /// `E phi'(u) phi'(v)` at correlation `c`, in `[-1, 1]`.
    pub fn slope(&self, c: f64) -> f64 {
        if c >= 1.0 {
            return self.moments.slope_second;
        }
        let kink = self.activation.kink();
        let half = || 0.5 - libm::acos(c.max(-1.0)) / (2.0 * std::f64::consts::PI);
        let relu = if kink == 0.0 { 0.0 } else { kink * kink * half() };
        if let Some(a) = self.activation.slope_below() {
            return a + relu;
        }
        let derivative = |k: usize| k as f64 * self.series[k] / self.q;
        let powers = (1..self.series.len()).rev().fold(0.0, |sum, k| sum * c + derivative(k));
        let known = kink * kink * 0.5;
        let rest =
            self.moments.slope_second - known - (1..self.series.len()).map(derivative).sum::<f64>();
        relu + powers + self.signed(rest) * libm::pow(c, SLOPE_TAIL)
    }

    /// `E relu(u) relu(v)`.
    fn relu(&self, c: f64) -> f64 {
        let angle = libm::acos(c.max(-1.0));
        let (sin, half_turn) = (libm::sqrt((1.0 - c * c).max(0.0)), std::f64::consts::PI);
        self.q * (sin + c * (half_turn - angle)) / (2.0 * half_turn)
    }

    /// What a series leaves, which without a kink is rounding where it is below 0.
    fn signed(&self, rest: f64) -> f64 {
        match self.activation.kink() == 0.0 {
            true => rest.max(0.0),
            false => rest,
        }
    }

    /// How unequal the units are.
    pub(super) fn scatter(&self) -> Scatter {
        self.moments.scatter
    }

    /// `E phi'^4 / (E phi'^2)^2`: how unequally the units let a gradient pass.
    pub fn slope_kurtosis(&self) -> f64 {
        (self.moments.scatter.slope + 1.0) / 3.0
    }
}

/// The nodes of the quadrature, each with the value there times its weight.
fn weighted(activation: Activation, values: &[f64]) -> Vec<(f64, f64)> {
    let all = |nodes: &'static [(f64, f64)], share: f64| {
        nodes.iter().zip(values).map(move |((z, weight), value)| (*z, value * weight * share))
    };
    match activation.has_kink() {
        true => all(gaussian::halves(), 1.0).collect(),
        // Every second node is plenty.
        false => all(gaussian::smooth(), 2.0 * gaussian::STEP).step_by(2).collect(),
    }
}

/// The squares of the first coefficients, in normalized Hermite polynomials, of a function whose
/// weighted values are given at nodes; nothing of nothing.
fn squared_coefficients(nodes: &[(f64, f64)]) -> Vec<f64> {
    // Eight nodes at a time keep the processor busy.
    const LANES: usize = 8;
    if nodes.is_empty() {
        return vec![];
    }
    // h_{k+1} = (z h_k - sqrt(k) h_{k-1}) / sqrt(k+1)
    let roots: Vec<f64> = (0..=TERMS).map(|k| libm::sqrt(k as f64)).collect();
    let inverse: Vec<f64> = roots.iter().map(|root| 1.0 / root).collect();
    let mut coefficients = vec![[0.0; LANES]; TERMS];
    for chunk in nodes.chunks(LANES) {
        let (mut z, mut weighted) = ([0.0; LANES], [0.0; LANES]);
        for (lane, node) in chunk.iter().enumerate() {
            (z[lane], weighted[lane]) = *node;
        }
        let (mut before, mut polynomial) = ([0.0; LANES], [1.0; LANES]);
        for (k, coefficient) in coefficients.iter_mut().enumerate() {
            for lane in 0..LANES {
                coefficient[lane] += polynomial[lane] * weighted[lane];
                let next = (z[lane] * polynomial[lane] - roots[k] * before[lane]) * inverse[k + 1];
                (before[lane], polynomial[lane]) = (polynomial[lane], next);
            }
        }
    }
    coefficients.iter().map(|lanes| lanes.iter().sum::<f64>()).map(|a| a * a).collect()
}

/// The maps that a network needs: normalized layers share one.
#[derive(Default)]
pub(in crate::theory) struct Maps {
    known: Vec<CorrelationMap>,
}

impl Maps {
    /// The map of an activation at second moment `q`.
    pub(super) fn at(&mut self, activation: Activation, q: f64) -> &CorrelationMap {
        let is_it = |map: &CorrelationMap| map.q == q && map.activation == activation;
        let known = self.known.iter().position(is_it).unwrap_or_else(|| {
            self.known.push(CorrelationMap::new(activation, q));
            self.known.len() - 1
        });
        &self.known[known]
    }
}
