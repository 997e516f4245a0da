//! The map of the correlation of two inputs that layers iterate, at unit second moment.

use super::maps::{Map, LAYERS};
use super::*;

impl Part for [Map; 2] {
    fn measure(_: u64) -> Self {
        [(Relu, 0.0), (Tanh, 0.9)].map(|(activation, start)| {
            let map = CorrelationMap::new(activation, 1.0);
            Map::of(activation, |c| map.value(c) / map.value(1.0), (50, 1.0), &[start])
        })
    }

    fn report(&self, report: &mut Report) {
        let [relu, tanh] = self.each_ref().map(|map| &map.walks[0]);
        report.claim(
            "alike",
            format!(
                "ReLU brings two orthogonal inputs closer in each of {LAYERS} layers; tanh takes \
                 two inputs of correlation 0.9 further apart in each."
            ),
            relu.windows(2).all(|pair| pair[1] > pair[0])
                && tanh.windows(2).all(|pair| pair[1] < pair[0]),
        );
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "ReLU makes inputs alike, tanh takes them apart";
        let title =
            report.title(&["alike"], conclusion, "The map of the correlation, for two activations");
        let panel = |map: &Map| map.draw(1.0, 330.0, "correlation c in front", "behind");
        let subtitle = &format!("C(c)/C(1) at q = 1; steps: {LAYERS} layers from the marker");
        let spoken = "Two panels: the correlation of two inputs behind an activation against that \
            in front of it. ReLU's curve lies above the diagonal, and steps climb from 0 towards \
            1. Tanh's lies a little below it, and steps go down from 0.9.";
        vec![drawn(
            Panels::new(title, self.each_ref().map(panel).into()).columns(2),
            subtitle,
            spoken,
        )]
    }
}
