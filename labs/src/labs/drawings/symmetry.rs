//! Which units differ where some weights are equal, and what that is worth.

use crate::experiments::drawings::{Symmetry, HIDDEN, MATRICES, SIDE, STEPS, WATCHED};
use crate::experiments::Report;
use minigrad_plot::{Axis, Chart, Drawing};

use crate::labs::meaning::{self, THEORY};
use crate::labs::{title, GUESS};

const UNITS: usize = HIDDEN * SIDE;

/// How many units differ, step by step.
pub fn units(symmetries: &[Symmetry], report: &Report) -> Drawing {
    let title = title(
        report,
        &["A random matrix makes the units"],
        "A random matrix sets apart the layers on both its sides, and no others",
        "Units that differ, from eight starts",
    );
    let chart = Chart::new(title)
        .height(330.0)
        .subtitle(&format!(
            "{MATRICES} matrices, {HIDDEN} hidden layers of {SIDE} units; at each line: what of the \
             weights is drawn, the rest is one constant a matrix"
        ))
        .desc(
            "Units that differ against the step. From zeros and from constants they are as few as the \
             layers for ever. A random entry adds one or two, a random matrix a layer or two; two \
             matrices that have a layer on each side make all units differ within a few steps.",
        )
        .x(Axis::linear("step", 0.0, WATCHED as f64))
        .y(Axis::log(&format!("units that differ, of {UNITS}"), 3.0, 100.0));
    symmetries
        .iter()
        .fold(chart, |chart, one| {
            let course = one.course().into_iter().zip(0u32..);
            let course: Vec<(f64, f64)> =
                course.map(|(units, step)| (f64::from(step), units as f64)).collect();
            chart.line(meaning::outcome(one.outcome()), one.name, &course)
        })
        .render()
}

/// What each start makes of a task that takes more than one unit.
pub fn losses(symmetries: &[Symmetry], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Whether two signs agree is learned"],
        "Which weights are drawn counts for more than how many units differ",
        "Whether two signs agree, learned from eight starts",
    );
    let chart = Chart::new(title)
        .subtitle(&format!(
            "{MATRICES} matrices, {HIDDEN} hidden layers of {SIDE} ReLUs, lr 0.05, one seed; at each \
             line: what of the weights is drawn; dashed: a guess"
        ))
        .desc(
            "Training loss against the step, one line a start. Zeros stay at a guess. Constants, a \
             random entry and matrix 2 alone stay little below it. Matrix 1 alone, matrices 2 and 4, and \
             all five fall to zero.",
        )
        .x(Axis::log("step (the first is 1)", 1.0, STEPS as f64))
        .y(Axis::linear("training loss (nats)", 0.0, 0.9))
        .dashed(THEORY, "", &[(1.0, GUESS), (STEPS as f64, GUESS)]);
    symmetries
        .iter()
        .fold(chart, |chart, one| {
            // Every step at first, then every tenth.
            let course =
                one.losses.iter().zip(1u32..).filter(|(_, step)| *step < 10 || step % 10 == 0);
            let course: Vec<(f64, f64)> =
                course.map(|(&loss, step)| (f64::from(step), f64::from(loss))).collect();
            chart.line(meaning::outcome(one.outcome()), one.name, &course)
        })
        .render()
}
