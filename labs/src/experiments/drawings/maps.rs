//! The maps that layers iterate: of the second moment, and of the correlation of two inputs.

use crate::experiments::{Claim, Report};
use minigrad::recipe::Activation;
use minigrad::theory::{gaussian, CorrelationMap};

/// Layers of each walk along a map.
pub const LAYERS: usize = 12;

/// The map `q -> gain^2 V(q)` of an activation, and walks along it.
#[derive(Clone, Debug)]
pub struct Map {
    /// The activation.
    pub activation: Activation,
    /// `q` and what the map returns.
    pub curve: Vec<(f64, f64)>,
    /// `q` of layer after layer, from two starts.
    pub walks: Vec<Vec<f64>>,
}

/// From a little below, and from above the fixed point.
const STARTS: [f64; 2] = [0.6, 1.7];
/// How far the curves go.
const MOST: f64 = 3.0;

pub(super) fn maps() -> Vec<Map> {
    let map = |activation| {
        let gain = gaussian::gain(activation);
        let next = |q: f64| gain * gain * gaussian::second_moment(activation, q);
        let curve = (0..=40).map(|i| MOST * f64::from(i) / 40.0).map(|q| (q, next(q))).collect();
        let walks = STARTS.map(|start| walk(start, next)).into();
        Map { activation, curve, walks }
    };
    [Activation::Relu, Activation::Tanh, Activation::Gelu].map(map).into()
}

fn walk(start: f64, next: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut at = start;
    let mut walk = vec![at];
    for _ in 0..LAYERS {
        at = next(at);
        walk.push(at);
    }
    walk
}

pub(super) fn say(report: &mut Report, maps: &[Map]) {
    for map in maps {
        let (q, next): (Vec<f64>, Vec<f64>) = map.curve.iter().copied().unzip();
        report.series(format!("map {} q", map.activation), q);
        report.series(format!("map {} next", map.activation), next);
        for (start, walk) in STARTS.iter().zip(&map.walks) {
            report.series(format!("map {} from {start}", map.activation), walk.iter().copied());
        }
    }
    // Distance of each walk from 1, in logarithms: at the end, over that at the start.
    let strays = |activation| {
        let map = maps.iter().find(|map| map.activation == activation);
        let ratio = |walk: &Vec<f64>| libm::log(walk[LAYERS]) / libm::log(walk[0]);
        map.map_or(vec![], |map| map.walks.iter().map(ratio).collect())
    };
    let all = |activation, holds: fn(f64) -> bool| {
        let strays: Vec<f64> = strays(activation);
        strays.len() == 2 && strays.into_iter().all(holds)
    };
    report.claims.push(Claim::new(
        format!(
            "With the exact gain, {LAYERS} layers leave a second moment of 0.6 or 1.7 where it is \
             with ReLU, bring it to within a hundredth of 1 with tanh, and drive it further away \
             with GELU."
        ),
        all(Activation::Relu, |ratio| libm::fabs(ratio - 1.0) < 1e-9)
            && all(Activation::Tanh, |ratio| libm::fabs(ratio) < 0.02)
            && all(Activation::Gelu, |ratio| ratio > 2.0),
    ));
}

/// The map of the correlation of two inputs through an activation at unit second moment, and a walk
/// along it.
#[derive(Clone, Debug)]
pub struct CorrelationWalk {
    /// The activation.
    pub activation: Activation,
    /// Correlation in front and behind.
    pub curve: Vec<(f64, f64)>,
    /// The correlation of layer after layer.
    pub walk: Vec<f64>,
}

pub(super) fn correlations() -> Vec<CorrelationWalk> {
    let of = |(activation, start)| {
        let map = CorrelationMap::new(activation, 1.0);
        let next = |c: f64| map.value(c) / map.value(1.0);
        let curve = (0..=50).map(|i| f64::from(i) / 50.0).map(|c| (c, next(c))).collect();
        CorrelationWalk { activation, curve, walk: walk(start, next) }
    };
    [(Activation::Relu, 0.0), (Activation::Tanh, 0.9)].map(of).into()
}

pub(super) fn say_correlations(report: &mut Report, walks: &[CorrelationWalk]) {
    for CorrelationWalk { activation, curve, walk } in walks {
        let (c, next): (Vec<f64>, Vec<f64>) = curve.iter().copied().unzip();
        report.series(format!("correlation {activation} c"), c);
        report.series(format!("correlation {activation} next"), next);
        report.series(format!("correlation {activation} walk"), walk.iter().copied());
    }
    let rises = |walk: &[f64]| walk.windows(2).all(|pair| pair[1] > pair[0]);
    let falls = |walk: &[f64]| walk.windows(2).all(|pair| pair[1] < pair[0]);
    report.claims.push(Claim::new(
        format!(
            "ReLU brings two orthogonal inputs closer in each of {LAYERS} layers; tanh takes two \
             inputs of correlation 0.9 further apart in each."
        ),
        matches!(walks, [relu, tanh] if rises(&relu.walk) && falls(&tanh.walk)),
    ));
}
