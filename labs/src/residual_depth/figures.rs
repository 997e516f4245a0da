//! The figures.

use super::*;
use minigrad_plot::Cells;

impl ResidualDepth {
    pub(super) fn drawn(&self, report: &Report) -> Vec<Drawing> {
        vec![
            self.draw_losses(report),
            self.draw_gradients(report),
            self.draw_cosines(report),
            self.draw_sweep(report),
        ]
    }

    fn draw_losses(&self, report: &Report) -> Drawing {
        let blocks = self.settings.depth;
        let conclusion =
            format!("At lr {LR}, {blocks} blocks train with + x and stand still without");
        let neutral = "Training loss with and without + x";
        let chart = Chart::new(report.title(&["a guess", "trains"], &conclusion, neutral))
            .desc(
                "Training loss against the step, logarithmic, without and with residual connections.",
            )
            .y(Axis::log("training loss (nats)", 1e-3, 3e1));
        self.draw_courses(chart, |one| one.fates.losses.clone())
    }

    fn draw_gradients(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["gradient"],
            "Without + x the first layer's gradient is large, then collapses",
            "The first layer's gradient with and without + x",
        );
        let chart = Chart::new(title)
            .desc(
                "Norm of the gradient by the first layer's weights against the step, logarithmic, \
                 without and with residual connections.",
            )
            .y(Axis::log("gradient norm, layer 1", 1e-7, 1e2));
        self.draw_courses(chart, |Flagship { gradients, .. }| {
            let steps = gradients.iter().map(Vec::len).min().unwrap_or(0);
            let at = |step| Spread::of(gradients.iter().map(|norms| norms[step]));
            (0..steps).map(|step| (step as f64, at(step))).collect()
        })
    }

    fn draw_courses(&self, chart: Chart, rows: fn(&Flagship) -> Vec<(f64, Spread)>) -> Drawing {
        let Settings { depth, width, seeds, steps, .. } = self.settings;
        let [without, with] = &self.flagships;
        let chart = chart.x(Axis::linear("step", 0.0, steps as f64)).subtitle(&format!(
            "{depth} blocks × {width} GELU, RMSNorm, lr {LR}; lines: median of {seeds} seeds, bands: \
             range"
        ));
        let chart = course(chart, colors::residual(false), "without", &rows(without));
        // It has learned long before the other one's steps are over.
        let name = format!("with + x, {} steps", self.settings.steps_of(true));
        course(chart, colors::residual(true), &name, &rows(with)).render()
    }

    fn draw_cosines(&self, report: &Report) -> Drawing {
        let panel = |title: &str, residual: bool| {
            let Flagship { predicted, probes, .. } = &self.flagships[usize::from(residual)];
            let chart = Chart::new(title)
                .height(260.0)
                .x(Axis::linear("block", 0.0, self.settings.depth as f64))
                .y(Axis::linear("mean cosine", 0.0, 1.05))
                .dashed(colors::THEORY, "", &by_layer(predicted));
            merged(probes).into_iter().fold(chart, |chart, (name, cosines)| {
                chart.line(colors::residual(residual), &name, &by_layer(cosines))
            })
        };
        let title = report.title(
            &["alike"],
            "Without + x all inputs come to look alike",
            "How alike inputs come to look, with and without + x",
        );
        Panels::new(title, vec![panel("Without", false), panel("With + x", true)])
            .subtitle(
                "mean cosine of different inputs' pre-activations, first seed; dashed: theory at the \
                 start",
            )
            .desc(
                "Two panels: mean cosine between the pre-activations of two different inputs against \
                 the block, at several steps, without and with residual connections.",
            )
            .render()
    }

    fn draw_sweep(&self, report: &Report) -> Drawing {
        let category = |square: &Square| PAIRS.iter().position(|pair| pair.0 == square.trains);
        let rows = self.squares.chunks(SWEEP_RATES.len());
        let cells: Vec<Vec<_>> = rows.map(|row| row.iter().map(category).collect()).collect();
        let title = report.title(
            &["deep", "shallow"],
            "\"Only with residuals\" is a matter of depth and learning rate",
            "Who trains, over depth and learning rate",
        );
        let colors = [colors::outcome(Outcome::Trains), Color::F, Color::E, Color::Muted];
        let chart = Cells::new(title)
            .subtitle(&format!(
                "blocks × {SWEEP_WIDTH} GELU, RMSNorm; who trains within {} steps, one seed",
                self.settings.sweep_steps
            ))
            .columns("learning rate", &SWEEP_RATES.map(|lr| lr.to_string()))
            .rows("blocks", &SWEEP_DEPTHS.map(|depth| depth.to_string()));
        let pairs = PAIRS.iter().zip(colors);
        let chart = pairs.fold(chart, |chart, ((.., name), color)| chart.category(color, name));
        chart.cells(&cells).render()
    }
}

/// Curves that nobody could tell apart count as one, named by the first and the last of its steps.
fn merged(probes: &[Probed]) -> Vec<(String, &[f64])> {
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| libm::fabs(a - b) < 0.06);
    let mut runs: Vec<(usize, usize, &[f64])> = vec![];
    for Probed { step, cosines, .. } in probes {
        match runs.last_mut() {
            Some((_, last, shown)) if close(shown, cosines) => *last = *step,
            _ => runs.push((*step, *step, cosines)),
        }
    }
    let name = |first: usize, last: usize| match first == last {
        true => format!("step {first}"),
        false => format!("steps {first} to {last}"),
    };
    runs.into_iter().map(|(first, last, cosines)| (name(first, last), cosines)).collect()
}
