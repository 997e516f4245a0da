//! Where the norm of a residual block stands, and what hangs on it.

use crate::experiments::placement::shattered::{DEPTHS, STACKS};
use crate::experiments::placement::{run, Placements, Settings, DEPTH};
use crate::experiments::Report;
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

use super::meaning::THEORY;
use super::{by_layer, finish, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "placement",
    about: "Take blocks out of trained networks, and repair Post-LN by warm-up and clipping",
    seed: 0,
    steps: Some(300),
    writes: &[
        "placement.svg",
        "placement-gradient.svg",
        "placement-shattered.svg",
        "placement.json",
    ],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let tables = [
        ("Blocks", "blocks"),
        ("Post-LN, repaired", "repairs"),
        ("Cosine of the gradients at two inputs", "shattered"),
    ];
    let figures = [
        ("placement.svg", blocks(&found, &report)),
        ("placement-gradient.svg", gradient(&found, &report)),
        ("placement-shattered.svg", shattered(&found, &report)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

/// Pre-LN, Post-LN.
const COLORS: [Color; 2] = [Color::A, Color::B];
const NAMES: [&str; 2] = ["Pre-LN", "Post-LN"];

fn blocks(found: &Placements, report: &Report) -> Drawing {
    let title = title(
        report,
        &["With Pre-LN the late", "With Post-LN the late"],
        "A trained Pre-LN network hardly misses its late blocks",
        "What the loss is without one block",
    );
    let x = || Axis::linear("block", 0.0, DEPTH as f64 + 1.0);
    let pre = &found.blocks[0];
    let stream = Chart::new("second moment of the stream, Pre-LN")
        .height(220.0)
        .x(x())
        .y(Axis::log("E x²", 1.0, 200.0))
        .dashed(THEORY, "theory", &by_layer(&pre.theory.stream))
        .marks(Color::F, "start", &by_layer(&pre.middles(|t| &t.start.stream)))
        .line(Color::A, "trained", &by_layer(&pre.middles(|t| &t.end.stream)));
    let mut lost =
        Chart::new("loss without the block").height(240.0).x(x()).y(Axis::log("loss", 1e-4, 10.0));
    for ((arm, color), name) in found.blocks.iter().zip(COLORS).zip(NAMES) {
        let whole = arm.trials.iter().map(|trial| trial.loss);
        let whole = crate::experiments::median(whole);
        lost = lost.dashed(color, "", &[(0.0, whole), (DEPTH as f64 + 1.0, whole)]).line(
            color,
            name,
            &by_layer(&arm.middles(|trial| &trial.without)),
        );
    }
    Panels::new(title, vec![stream, lost])
        .subtitle(&format!(
            "{DEPTH} blocks × 64 GELU, RMSNorm, lr 0.01, {} steps; medians of {} seeds; dashed, below: loss of the whole \
             network",
            found.settings.steps, found.settings.seeds
        ))
        .desc(
            "Two panels over the blocks. First, the second moment of the Pre-LN stream: it grows in a line by \
             theory and at the start, and is larger after training. Second, the loss of the trained network \
             without one block: with Pre-LN the first blocks matter and the late ones do not, with Post-LN \
             all do.",
        )
        .render()
}

fn gradient(found: &Placements, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Before training the gradient"],
        "Before training Pre-LN’s gradient is small at the top, Post-LN’s nowhere",
        "The gradient at each block before training",
    );
    let mut chart = Chart::new(title)
        .height(280.0)
        .subtitle(&format!(
            "{DEPTH} blocks × 64 GELU, RMSNorm; dashed: theory; points: medians of {} seeds",
            found.settings.seeds
        ))
        .desc(
            "Second moment of the gradient by the pre-activations of each block, relative to that by the logits. \
             Post-LN stays near one height. Pre-LN falls towards the last block.",
        )
        .x(Axis::linear("block", 0.0, DEPTH as f64 + 1.0))
        .y(Axis::log("gradient", 1e-4, 1e-2));
    for ((arm, color), name) in found.blocks.iter().zip(COLORS).zip(NAMES) {
        chart = chart.dashed(THEORY, "", &by_layer(&arm.theory.gradient)).marks(
            color,
            name,
            &by_layer(&arm.middles(|trial| &trial.start.gradient)),
        );
    }
    chart.render()
}

fn shattered(found: &Placements, report: &Report) -> Drawing {
    let title = title(
        report,
        &["After 16 layers"],
        "Chaos shatters gradients, ReLU wears them down, a residual connection keeps them",
        "How alike gradients at two nearby inputs are",
    );
    let deepest = DEPTHS[DEPTHS.len() - 1] as f64;
    let mut chart = Chart::new(title)
        .height(300.0)
        .subtitle(&format!(
            "inputs of cosine 0.9, width 64; dashed: theory; points: mean of {} draws",
            found.settings.draws
        ))
        .desc(
            "Cosine between the gradients of a logit by two nearby inputs, over the number of layers or blocks. \
             In chaos it falls to 0 within eight layers, with ReLU to a sixth, in residual blocks \
             it stays above the others.",
        )
        .x(Axis::log("layers or blocks", 0.9, deepest * 1.1))
        .y(Axis::linear("cosine of the gradients", -0.1, 1.0));
    let colors = [Color::F, Color::C, Color::A];
    for (((_, name), course), color) in STACKS.iter().zip(&found.shattered).zip(colors) {
        let points: Vec<(f64, f64)> =
            DEPTHS.iter().zip(&course.measured).map(|(l, c)| (*l as f64, *c)).collect();
        chart = chart.dashed(THEORY, "", &by_layer(&course.theory)).marks(color, name, &points);
    }
    chart.render()
}
