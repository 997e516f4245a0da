//! The figures of lab 05.

use super::{Adam, Curve, FirstStep, Settings, LR, RATES};
use crate::spine::prelude::*;

const COLORS: [Color; 3] = [Color::C, Color::A, Color::B];

impl Adam {
    /// Losses of both rules, on the plateau and at fifty layers, beside the predicted ones.
    pub(super) fn draw_courses(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["plateau"],
            "Adam leaves the plateau on which gradient descent crawls",
            "Adam and gradient descent from Xavier weights",
        );
        let panel = |curves: &[Curve]| {
            let steps = (curves[0].training.steps as f64).max(2.0);
            let chart = Chart::new(&curves[0].recipe.to_string())
                .height(280.0)
                .x(Axis::log("step (the first is 1)", 1.0, steps))
                .y(Axis::log("loss (nats)", 1e-3, 10.0))
                .dashed(Color::Muted, "", &[(1.0, GUESS), (steps, GUESS)]);
            curves.iter().zip(COLORS).fold(chart, |chart, (curve, color)| {
                let predicted = by_layer(curve.predict().losses());
                course(chart, color, &curve.name, &from_one(&curve.fates.losses))
                    .dashed(color, "", &predicted)
            })
        };
        let Settings { seeds, short_seeds, .. } = self.settings;
        Panels::new(title, vec![panel(&self.plateau), panel(&self.deep)])
            .subtitle(&format!(
                "lr {LR}; lines: median of {seeds} seeds, below of {short_seeds}; bands: their range; \
                 dashed: theory"
            ))
            .desc(
                "Training loss against the step, both logarithmic, in two panels: twelve layers and \
                 fifty-one, Xavier weights. Each shows gradient descent and Adam, measured and \
                 predicted, the second also Adam with a smaller epsilon.",
            )
            .render()
    }

    /// The size of gradients and updates, matrix by matrix.
    pub(super) fn draw_first_steps(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["by lr", "below epsilon"],
            "Adam steps by lr until a gradient is below epsilon",
            "The first step, matrix by matrix",
        );
        let [gradient, update]: [fn(&FirstStep) -> f64; 2] =
            [|step| step.gradient, |step| step.update];
        let points = |steps: &[FirstStep], of| by_layer(&steps.iter().map(of).collect::<Vec<_>>());
        let panel = |curves: &[Curve]| {
            let [sgd, adam] = [0, 1].map(|rule: usize| &curves[rule]);
            let (layers, theory) = (adam.first.len() as f64, adam.expected());
            Chart::new(&adam.recipe.to_string())
                .height(300.0)
                .x(Axis::linear("matrix", 1.0, layers))
                .y(Axis::log("root mean square of an entry", 1e-14, 1e-1))
                .dashed(Color::Muted, "epsilon", &[(1.0, 1e-8), (layers, 1e-8)])
                .dashed(Color::B, "", &points(&theory, gradient))
                .dashed(Color::A, "", &points(&theory, update))
                .dashed(Color::C, "", &points(&sgd.expected(), update))
                .marks(Color::B, "gradient", &points(&adam.first, gradient))
                .marks(Color::A, "Adam's step", &points(&adam.first, update))
                .marks(Color::C, "SGD's step", &points(&sgd.first, update))
        };
        Panels::new(title, vec![panel(&self.plateau), panel(&self.deep)])
            .subtitle(&format!("lr {LR}, the first 64 examples; dots: one network; dashed: theory"))
            .desc(
                "Root mean square of an entry's gradient and of its first update against the number \
                 of the matrix, logarithmic, in two panels: twelve layers and fifty-one. Dots are \
                 measured, dashed lines predicted, and a dashed grey line is epsilon.",
            )
            .render()
    }

    /// Final losses over the rates, measured and predicted.
    pub(super) fn draw_rates(&self) -> Drawing {
        let [low, high] = [RATES[0] / 1.5, RATES[RATES.len() - 1] * 1.5];
        let panel = |curves: &[Curve]| {
            let measured = curves.iter().map(|curve| {
                let Spread { low, middle, high } = curve.fates.last();
                (curve.training.lr, middle, low, high)
            });
            let measured: Vec<_> = measured.filter(|(.., high)| high.is_finite()).collect();
            let predicted = curves.iter().filter_map(|curve| {
                let last = curve.predict().window_losses().pop()?;
                last.is_finite().then_some((curve.training.lr, last))
            });
            Chart::new(&curves[0].name)
                .height(260.0)
                .x(Axis::log("learning rate", low, high))
                .y(Axis::log("final loss (nats)", 1e-5, 1e3))
                .thin(Color::Muted, "", &[(low, 0.5 * GUESS), (high, 0.5 * GUESS)])
                .dashed(colors::THEORY, "theory", &predicted.collect::<Vec<_>>())
                .intervals(colors::MEASURED, "measured", &measured)
        };
        let Settings { short_steps, short_seeds, .. } = self.settings;
        Panels::new("Adam at nine rates", self.rates.chunks(RATES.len()).map(panel).collect())
            .subtitle(&format!(
                "{}, {short_steps} steps; bars: range of {short_seeds} seeds; thin: half the loss of \
                 a guess",
                self.rates[0].recipe.to_string().replace(", xavier", ""),
            ))
            .desc(
                "Mean loss of the last tenth of the steps against Adam's learning rate, both \
                 logarithmic, in two panels: Xavier and Kaiming. Points are measured, a dashed line \
                 is predicted.",
            )
            .render()
    }
}
