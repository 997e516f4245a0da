//! The map `q -> gain² V(q)` of the second moment that layers iterate.

use super::*;

/// Layers of each walk along a map.
pub const LAYERS: usize = 12;

/// What layers make of a number, one after the other.
#[derive(Serialize, Deserialize)]
pub struct Map {
    pub activation: Activation,
    /// The number in front and behind.
    pub curve: Vec<(f64, f64)>,
    /// From layer to layer, from each start.
    pub walks: Vec<Vec<f64>>,
}

impl Map {
    /// With so many points of the curve up to `most`.
    pub(super) fn of(
        activation: Activation,
        next: impl Fn(f64) -> f64,
        (points, most): (u32, f64),
        starts: &[f64],
    ) -> Map {
        let curve = (0..=points).map(|i| most * f64::from(i) / f64::from(points));
        let curve = curve.map(|x| (x, next(x))).collect();
        let walk = |&start| std::iter::successors(Some(start), |&at| Some(next(at)));
        let walks = starts.iter().map(|start| walk(start).take(LAYERS + 1).collect()).collect();
        Map { activation, curve, walks }
    }

    /// The curve up to `most`, the diagonal where nothing changes, and the walks.
    pub(super) fn draw(&self, most: f64, height: f64, x: &str, y: &str) -> Chart {
        let color = colors::activation(self.activation);
        let chart = Chart::new(self.activation.in_words())
            .height(height)
            .x(Axis::linear(x, 0.0, most))
            .y(Axis::linear(y, 0.0, most))
            .dashed(Color::Muted, "", &[(0.0, 0.0), (most, most)])
            .line(color, "", &self.curve);
        self.walks.iter().fold(chart, |chart, walk| {
            let start = [(walk[0], walk[0])];
            // Up to the curve, across to the diagonal, again and again.
            let steps = walk.windows(2).flat_map(|pair| [(pair[0], pair[1]), (pair[1], pair[1])]);
            let line: Vec<_> = start.into_iter().chain(steps).collect();
            chart.thin(color, "", &line).marks(color, "", &start)
        })
    }
}

impl Part for [Map; 3] {
    fn measure(_: u64) -> Self {
        [Relu, Tanh, Gelu].map(|activation| {
            let gain = gaussian::gain(activation);
            let next = |q| gain * gain * gaussian::second_moment(activation, q);
            // From a little below, and from above the fixed point.
            Map::of(activation, next, (40, 3.0), &[0.6, 1.7])
        })
    }

    fn report(&self, report: &mut Report) {
        // Distance of each walk from 1, in logarithms: at the end, over that at the start.
        let all = |map: &Map, holds: fn(f64) -> bool| {
            let ratio = |walk: &Vec<f64>| libm::log(walk[LAYERS]) / libm::log(walk[0]);
            map.walks.iter().map(ratio).all(holds)
        };
        report.claim(
            "fixed points",
            format!(
                "With the exact gain, {LAYERS} layers leave a second moment of 0.6 or 1.7 where it \
                 is with ReLU, bring it to within a hundredth of 1 with tanh, and drive it further \
                 away with GELU."
            ),
            all(&self[0], |ratio| libm::fabs(ratio - 1.0) < 1e-9)
                && all(&self[1], |ratio| libm::fabs(ratio) < 0.02)
                && all(&self[2], |ratio| ratio > 2.0),
        );
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "ReLU keeps any q, tanh returns to 1, GELU is driven away from it";
        let title =
            report.title(&["fixed points"], conclusion, "The map of q, for three activations");
        let panels =
            self.each_ref().map(|map| map.draw(3.0, 280.0, "q of a layer", "q of the next"));
        let subtitle = &format!(
            "gain² V(q); dashed: where nothing changes; steps: {LAYERS} layers from each marker"
        );
        let spoken = "Three panels: the second moment behind a layer against that in front of it. \
            ReLU's map lies on the diagonal. Tanh's crosses it from above at 1, and both walks end \
            there. GELU's crosses it from below at 1, and both walks lead away.";
        vec![drawn(Panels::new(title, panels.into()).columns(3), subtitle, spoken)]
    }
}
