//! How deep networks stretch, and what that does to their training.

use crate::experiments::drawings::{Raced, Spectra, DEEP, SIDES};
use crate::experiments::Report;
use minigrad::recipe::Outcome;
use minigrad_plot::{Axis, Chart, Drawing, Panels};

use crate::labs::meaning::{self, THEORY};
use crate::labs::{title, GUESS};

/// Singular values in descending order, one panel a kind of network, one line a depth.
pub fn spectra(spectra: &[Spectra], report: &Report) -> Drawing {
    let title = title(
        report,
        &["From Gaussian weights the relative", "From orthogonal weights all"],
        "Gaussian weights stretch few directions and lose the rest; orthogonal ones keep them",
        "Singular values of deep networks",
    );
    let panels = spectra.iter().map(|Spectra { kind, depths }| {
        let outcome = if kind.orthogonal { Outcome::Trains } else { Outcome::Vanishes };
        let chart = Chart::new(&kind.name())
            .height(250.0)
            .x(Axis::linear("singular value, by rank", 1.0, SIDES as f64))
            .y(Axis::log("size", 1e-4, 1e2));
        depths.iter().fold(chart, |chart, one| {
            let values = one.values.iter().zip(1u32..);
            let values: Vec<_> = values.map(|(value, rank)| (f64::from(rank), *value)).collect();
            // Those that have all become alike are named once.
            let alike = kind.orthogonal && one.depth != SIDES;
            let label = if alike { String::new() } else { one.depth.to_string() };
            chart.line(meaning::outcome(outcome), &label, &values)
        })
    });
    Panels::new(title, panels.collect())
        .columns(2)
        .subtitle(&format!(
            "Jacobians of 1, 4, 16 and {SIDES} layers of width {SIDES} on the edge of chaos; one draw"
        ))
        .desc(
            "Four panels: singular values in descending order, logarithmic, one line a depth. From \
             Gaussian weights each line falls more steeply than the one before and leaves the frame. \
             From orthogonal weights the linear network has a level line at 1, and that of tanh falls \
             a little at the end.",
        )
        .render()
}

/// Training losses of the deepest networks.
pub fn races(races: &[Raced], report: &Report) -> Drawing {
    let title = title(
        report,
        &["On the edge of chaos"],
        "At this rate tanh as deep as wide trains from orthogonal weights alone",
        "A tanh network as deep as it is wide, from two kinds of weights",
    );
    let panels = races.iter().map(|race| {
        let chart = Chart::new(&format!("{} layers", race.depth))
            .height(220.0)
            .x(Axis::linear("step", 0.0, 200.0))
            .y(Axis::linear("loss (nats)", 0.0, 1.0))
            .dashed(THEORY, "", &[(0.0, GUESS), (200.0, GUESS)]);
        let kinds = [(Outcome::Vanishes, &race.gaussian), (Outcome::Trains, &race.orthogonal)];
        kinds.into_iter().fold(chart, |chart, (outcome, runs)| {
            runs.iter().fold(chart, |chart, run| {
                let means = run.losses.chunks(10).zip(0u32..).map(|(ten, k)| {
                    let mean = ten.iter().map(|&loss| f64::from(loss)).sum::<f64>();
                    (f64::from(10 * k) + 5.0, mean / ten.len() as f64)
                });
                chart.line(meaning::outcome(outcome), "", &means.collect::<Vec<_>>())
            })
        })
    });
    Panels::new(title, panels.collect())
        .columns(DEEP.len())
        .subtitle(&format!(
            "tanh, width {SIDES}, lr 0.01, one line a seed; blue: orthogonal, green: Gaussian; dashed: a \
             guess"
        ))
        .desc(
            "Three panels, one a depth: training loss against the step. At 16 layers all networks \
             learn. At 64 those with orthogonal weights still do, and those with Gaussian weights stay \
             near a guess.",
        )
        .render()
}
