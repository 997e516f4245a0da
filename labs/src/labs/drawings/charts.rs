//! What layers do to a signal and to two inputs, and what becomes of a loss.

use crate::experiments::drawings::{CorrelationWalk, Fate, Map, Signal, LAYERS, UNITS};
use crate::experiments::{number, Report};
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

use crate::labs::meaning::{self, THEORY};
use crate::labs::{leaves, title, GUESS};

/// Three losses, one of each outcome.
pub fn outcomes(fates: &[Fate], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Twelve layers of width 64"],
        "A loss explodes, stands still or falls",
        "Three losses",
    );
    let steps = fates.iter().map(|fate| fate.run.losses.len()).max().unwrap_or(2) as f64;
    let chart = Chart::new(title)
        .subtitle(
            "12 × 64 ReLU, lr 0.01, three inits, one seed each; dashed: a guess, and half of it",
        )
        .desc(
            "Training loss against the step of three networks: one lies far above the frame and \
             leaves the finite numbers, one stays at the loss of a guess, one falls below half of it.",
        )
        .x(Axis::log("step (the first is 1)", 1.0, steps))
        .y(Axis::linear("training loss (nats)", 0.0, 1.8))
        .dashed(THEORY, "", &[(1.0, GUESS), (steps, GUESS)])
        .dashed(THEORY, "", &[(1.0, 0.5 * GUESS), (steps, 0.5 * GUESS)])
        .note(1.05, 0.5 * GUESS, "half the loss of a guess");
    let chart = fates.iter().fold(chart, |chart, fate| {
        let outcome = fate.run.outcome();
        let mut course = fate.course();
        let label = match fate.run.diverged_at() {
            Some(step) => {
                course.push(leaves(step));
                let from = number(course[0].1);
                format!("{outcome}: {from} at the start, NaN by step {}", step + 1)
            }
            None => outcome.to_string(),
        };
        chart.line(meaning::outcome(outcome), &label, &course)
    });
    chart.render()
}

/// A band two standard deviations wide on either side, and units of a drawn network.
pub fn signal(signals: &[Signal], report: &Report) -> Drawing {
    let title = title(
        report,
        &["In twelve ReLU layers"],
        "Uniform weights blow a signal up, Xavier's let it fade, Kaiming's hold it",
        "A signal through twelve layers, from three inits",
    );
    let panels = signals.iter().map(|signal| {
        let color = meaning::init(signal.init);
        let band = |(q, layer): (&f64, u32)| {
            let reach = 2.0 * q.sqrt();
            (f64::from(layer), -reach, reach)
        };
        let band: Vec<_> = signal.predicted.iter().zip(1u32..).map(band).collect();
        let units = signal.units.iter().zip(1u32..);
        let units: Vec<(f64, f64)> = units
            .flat_map(|(units, layer)| units.iter().map(move |z| (f64::from(layer), *z)))
            .collect();
        let layers = signal.predicted.len();
        let deviation = |layer: usize| number(signal.predicted[layer].sqrt());
        let heading = format!("{}: {} → {}", signal.init, deviation(0), deviation(layers - 1));
        Chart::new(&heading)
            .height(250.0)
            .x(Axis::linear("layer", 1.0, layers as f64))
            .y(Axis::linear("pre-activation z", -6.0, 6.0))
            .band(color, &band)
            .dots(color, &units)
    });
    Panels::new(title, panels.collect())
        .columns(3)
        .subtitle(&format!(
            "12 × 256 ReLU; bands: two standard deviations by theory, their size above; dots: {UNITS} \
             units of a drawn network"
        ))
        .desc(
            "Three panels: pre-activations over twelve layers. The first band fills the panel from \
             the first layer on, the second narrows to a line, the third stays as wide as it was.",
        )
        .render()
}

/// A walk along a map: up to the curve, across to the diagonal.
fn cobweb(walk: &[f64]) -> Vec<(f64, f64)> {
    let steps = walk.windows(2).flat_map(|pair| [(pair[0], pair[1]), (pair[1], pair[1])]);
    walk.first().map(|&start| (start, start)).into_iter().chain(steps).collect()
}

/// The second moment from layer to layer.
pub fn fixed_points(maps: &[Map], report: &Report) -> Drawing {
    let title = title(
        report,
        &["With the exact gain"],
        "ReLU keeps any q, tanh returns to 1, GELU is driven away from it",
        "The map of q, for three activations",
    );
    let panels = maps.iter().map(|map| {
        let color = meaning::activation(map.activation);
        let chart = Chart::new(meaning::spelled(map.activation))
            .height(280.0)
            .x(Axis::linear("q of a layer", 0.0, 3.0))
            .y(Axis::linear("q of the next", 0.0, 3.0))
            .dashed(Color::Muted, "", &[(0.0, 0.0), (3.0, 3.0)])
            .line(color, "", &map.curve);
        map.walks.iter().fold(chart, |chart, walk| {
            let start = (walk[0], walk[0]);
            chart.thin(color, "", &cobweb(walk)).marks(color, "", &[start])
        })
    });
    Panels::new(title, panels.collect())
        .columns(3)
        .subtitle(&format!(
            "gain² V(q); dashed: where nothing changes; steps: {LAYERS} layers from each marker"
        ))
        .desc(
            "Three panels: the second moment behind a layer against that in front of it. ReLU's map \
             lies on the diagonal. Tanh's crosses it from above at 1, and both walks end there. \
             GELU's crosses it from below at 1, and both walks lead away.",
        )
        .render()
}

/// The correlation of two inputs from layer to layer.
pub fn alike(walks: &[CorrelationWalk], report: &Report) -> Drawing {
    let title = title(
        report,
        &["ReLU brings two orthogonal inputs closer"],
        "ReLU makes inputs alike, tanh takes them apart",
        "The map of the correlation, for two activations",
    );
    let panels = walks.iter().map(|CorrelationWalk { activation, curve, walk }| {
        let color = meaning::activation(*activation);
        Chart::new(meaning::spelled(*activation))
            .height(330.0)
            .x(Axis::linear("correlation c in front", 0.0, 1.0))
            .y(Axis::linear("behind", 0.0, 1.0))
            .dashed(Color::Muted, "", &[(0.0, 0.0), (1.0, 1.0)])
            .line(color, "", curve)
            .thin(color, "", &cobweb(walk))
            .marks(color, "", &[(walk[0], walk[0])])
    });
    Panels::new(title, panels.collect())
        .columns(2)
        .subtitle(&format!("C(c)/C(1) at q = 1; steps: {LAYERS} layers from the marker"))
        .desc(
            "Two panels: the correlation of two inputs behind an activation against that in front of \
             it. ReLU's curve lies above the diagonal, and steps climb from 0 towards 1. Tanh's lies \
             a little below it, and steps go down from 0.9.",
        )
        .render()
}
