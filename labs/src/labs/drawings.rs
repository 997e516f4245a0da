//! The drawn explanations of the chapters.

mod charts;
mod diagrams;
mod predicting;
mod stacks;
mod symmetry;

use minigrad::experiments::drawings::{run, Settings};

use super::finish;
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "drawings",
    about: "Draw what the chapters derive: signals, maps, blocks, kernels, verdicts",
    seed: 0,
    steps: None,
    writes: &[
        "drawings-graph.svg",
        "drawings-outcomes.svg",
        "drawings-signal.svg",
        "drawings-fixed-points.svg",
        "drawings-symmetry.svg",
        "drawings-symmetry-loss.svg",
        "drawings-norms.svg",
        "drawings-blocks.svg",
        "drawings-canonical.svg",
        "drawings-alike.svg",
        "drawings-kernel.svg",
        "drawings-edge.svg",
        "drawings-curve.svg",
        "drawings-odds.svg",
        "drawings.json",
    ],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let drawings = run(&Settings { seed: request.seed }, &Bar::new(LAB.name, request.threads));
    let report = drawings.report();
    let figures = [
        ("drawings-graph.svg", diagrams::graph(&drawings.graph)),
        ("drawings-outcomes.svg", charts::outcomes(&drawings.fates, &report)),
        ("drawings-signal.svg", charts::signal(&drawings.signals, &report)),
        ("drawings-fixed-points.svg", charts::fixed_points(&drawings.maps, &report)),
        ("drawings-symmetry.svg", symmetry::units(&drawings.symmetries, &report)),
        ("drawings-symmetry-loss.svg", symmetry::losses(&drawings.symmetries, &report)),
        ("drawings-norms.svg", diagrams::norms()),
        ("drawings-blocks.svg", stacks::blocks(&drawings.blocks, &report)),
        ("drawings-canonical.svg", stacks::canonical(&drawings.canonical, &report)),
        ("drawings-alike.svg", charts::alike(&drawings.correlations, &report)),
        ("drawings-kernel.svg", predicting::kernel(&drawings.kernels, &report)),
        ("drawings-edge.svg", predicting::edge(&drawings.oscillations, &report)),
        ("drawings-curve.svg", predicting::curve(&drawings.curve, &report)),
        ("drawings-odds.svg", predicting::odds(&drawings.odds, &report)),
    ];
    let tables = [
        ("The signal in stacks of blocks", "sizes"),
        ("Units that differ, from eight starts", "symmetry"),
    ];
    finish(request, &output, &report, &tables, &figures)
}
