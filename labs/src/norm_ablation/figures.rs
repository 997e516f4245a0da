//! What is drawn.

use super::*;

impl NormAblation {
    pub(super) fn draw_norms(&self, report: &Report) -> Drawing {
        let Settings { steps, seeds, .. } = self.settings;
        let conclusion = "LayerNorm and RMSNorm train alike; this network needs neither";
        let fall = |(name, _)| {
            let fates = self.shallow(name);
            format!("{name} from {} to {}", number(fates.first[0]), number(fates.last().middle))
        };
        let chart =
            Chart::new(report.title(&["all train", "alike"], conclusion, NormAblation::ASKS))
                .subtitle(&format!(
                    "{}, lr {LR}; lines: median of {seeds} seeds, bands: their range",
                    network(&recipe(Norm::None))
                ))
                .desc(&format!(
                "Training loss over {steps} steps, logarithmic, from that of the first seed before \
                 training to the median at the end: {}.",
                NORMS.map(fall).join("; ")
            ))
                .x(Axis::linear("step", 0.0, (steps as f64).max(1.0)))
                .y(Axis::log("training loss (nats)", 1e-4, 1e1));
        let draw =
            |chart, (name, _)| course(chart, colors::norm(name), name, &self.shallow(name).losses);
        NORMS.into_iter().fold(chart, draw).render()
    }

    pub(super) fn draw_deep(&self, report: &Report) -> Drawing {
        let Settings { steps, deep_seeds, .. } = self.settings;
        let conclusion = "RMSNorm prevents NaN, not collapse";
        let finals = |name: &str| -> Vec<(f64, Spread)> {
            let ends = |curve: &Curve| {
                let [.., high] = curve.fates.finals[..] else { unreachable!("runs") };
                let (low, middle) = (curve.fates.finals[0], curve.fates.last().middle);
                (curve.lr, Spread { low, middle, high })
            };
            self.deep_with(name).into_iter().map(ends).collect()
        };
        let said = [NORMS[0], NORMS[2]].map(|(name, _)| {
            let rate = |(lr, Spread { middle, .. })| match f64::is_finite(middle) {
                true => format!("at lr {lr} {}", number(middle)),
                false => format!("at lr {lr} not finite"),
            };
            let rates: Vec<String> = finals(name).into_iter().map(rate).collect();
            format!("{name}: {}", rates.join(", "))
        });
        let mut chart =
            Chart::new(report.title(&["no NaN", "collapse"], conclusion, NormAblation::ASKS))
                .subtitle(&format!(
                    "{}, {steps} steps; points: median of {deep_seeds} seeds, with their range",
                    network(&deep_recipe(Norm::None))
                ))
                .desc(&format!(
                    "Final training loss of a deep narrow network against the learning rate, both \
                 logarithmic. {}. A guess has 0.69.",
                    said.join(". ")
                ))
                .x(Axis::log("learning rate", 5e-4, 1.0))
                .y(Axis::log("final training loss (nats)", 1e-6, 1e1))
                .dashed(colors::THEORY, "", &[(5e-4, GUESS), (1.0, GUESS)])
                .note(6e-4, 1.6, "a guess: ln 2");
        // A little to either side of the rate: one range would hide the other.
        for (name, aside) in [("no norm", 0.96), ("RMSNorm", 1.04)] {
            let finite = finals(name).into_iter().filter(|(_, loss)| loss.middle.is_finite());
            let points: Vec<_> =
                finite.map(|(lr, loss)| (lr * aside, loss.middle, loss.low, loss.high)).collect();
            let line: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1)).collect();
            let color = colors::norm(name);
            chart = chart.line(color, name, &line).intervals(color, "", &points);
        }
        let gone: Vec<f64> = finals("no norm")
            .into_iter()
            .filter_map(|(lr, loss)| (!loss.high.is_finite()).then_some(lr))
            .collect();
        if let Some(lr) = gone.first() {
            let rates: Vec<String> = gone.iter().map(f64::to_string).collect();
            chart = chart.note(0.9 * lr, 1e-2, &format!("no norm: NaN at lr {}", rates.join(", ")));
        }
        chart.render()
    }
}

/// `12 × 256 ReLU, Kaiming`: every network of the lab has these two.
fn network(recipe: &Recipe) -> String {
    format!("{} × {} ReLU, Kaiming", recipe.depth, recipe.width)
}
