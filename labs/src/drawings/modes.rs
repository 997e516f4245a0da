//! How fast the parts of a function are learned.

use super::edge::MOMENTUM;
use super::*;

/// The rate of the book's headline.
const LR: f64 = 1e-3;
const STEPS: usize = 1000;
const EXAMPLES: f64 = 1000.0;

/// A part of the function of twelve Kaiming layers.
#[derive(Serialize, Deserialize)]
pub struct Mode {
    pub name: String,
    /// Its kernel on a thousand inputs.
    pub rate: f64,
}

impl Mode {
    /// The share of it that is not yet learned, from the first step on.
    fn left(&self) -> Vec<f64> {
        let (mut at, mut velocity) = (1.0, 0.0);
        let step = |_| {
            // The slope of a guess is p (1 - p) = 1/4.
            velocity = MOMENTUM * velocity + 0.25 * self.rate * at;
            at -= LR * velocity;
            at
        };
        (0..STEPS).map(step).collect()
    }
}

/// The step, counted from 1, behind which half or less is left.
fn half(left: &[f64]) -> Option<usize> {
    left.iter().position(|&left| left <= 0.5).map(|step| step + 1)
}

impl Part for [Mode; 3] {
    fn measure(_: u64) -> Self {
        let Kernel { tangent, inputs, .. } = Kernel::of(&Recipe::mlp(12));
        let parts = [
            ("mean", tangent.common()),
            ("own", tangent.own(inputs) / EXAMPLES),
            ("line", tangent.linear(inputs) / inputs as f64),
        ];
        // Two logits double the kernel.
        parts.map(|(name, part)| Mode { name: name.into(), rate: 2.0 * part })
    }

    fn report(&self, report: &mut Report) {
        let left = self.each_ref().map(Mode::left);
        let halves = left.each_ref().map(|left| half(left));
        for (Mode { name, .. }, half) in self.iter().zip(halves) {
            report.value(format!("half_{name}"), half.map_or(f64::NAN, |step| step as f64));
        }
        report.claim(
            "modes",
            "Of twelve Kaiming layers at lr 0.001 the mean is half learned within 2 steps, and \
             swings beyond its target; the line takes more than fifty times as many.",
            matches!(halves, [Some(mean), Some(own), Some(line)]
                if mean <= 2 && own > 10 && own < line && line > 50 * mean)
                && left[0].iter().any(|&left| left < -0.5),
        );
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "The mean swings before anything else has moved";
        let neutral = "Three parts of a function, and how fast each is learned";
        let title = report.title(&["modes"], conclusion, neutral);
        let steps = STEPS as f64;
        let chart = Chart::new(title)
            .x(Axis::log("step", 1.0, steps))
            .y(Axis::linear("share left to learn", -1.0, 1.0))
            .dashed(Color::Muted, "", &[(1.0, 0.0), (steps, 0.0)]);
        // As in the drawing of the kernel.
        let colors = [Color::D, Color::E, Color::F];
        let chart = self.iter().zip(colors).fold(chart, |chart, (mode, color)| {
            let left = mode.left();
            let (x, y) = half(&left).map_or((1.0, 0.5), |step| (step as f64, left[step - 1]));
            chart.line(color, "", &by_layer(&left)).name(color, x, y, &mode.name)
        });
        let subtitle = &format!(
            "12 × 256 ReLU, Kaiming, lr {LR}, momentum {MOMENTUM}; by theory, near a guess"
        );
        let spoken = "The share that is left to learn against the step, on a logarithmic axis, of \
            three parts. The mean falls from 1 to below 0 within two steps and swings until about \
            step 50. The own part falls around step 100, the line around step 200.";
        vec![drawn(chart, subtitle, spoken)]
    }
}
