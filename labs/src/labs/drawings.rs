//! The drawn explanations of the chapters.

mod charts;
mod diagrams;
mod hand;
mod isometry;
mod parts;
mod predicting;
mod stacks;
mod symmetry;
mod verdicts;

use crate::experiments::drawings::{run, Settings};

use super::finish;
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;

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
        "drawings-isometry.svg",
        "drawings-isometry-loss.svg",
        "drawings-norms.svg",
        "drawings-blocks.svg",
        "drawings-canonical.svg",
        "drawings-alike.svg",
        "drawings-meeting.svg",
        "drawings-kernel.svg",
        "drawings-reach.svg",
        "drawings-modes.svg",
        "drawings-infinite.svg",
        "drawings-edge.svg",
        "drawings-curve.svg",
        "drawings-turn.svg",
        "drawings-odds.svg",
        "drawings-way.svg",
        "drawings-fifty.svg",
        "drawings-questions.svg",
        "drawings-waist.svg",
        "drawings-hand.svg",
        "drawings.json",
    ],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let drawings = run(&Settings { seed: request.seed }, &Bar::new(LAB.name, request.threads));
    let report = drawings.report();
    let [curve, infinite @ ..] = &drawings.curves;
    let figures = [
        ("drawings-graph.svg", diagrams::graph(&drawings.graph)),
        ("drawings-outcomes.svg", charts::outcomes(&drawings.fates, &report)),
        ("drawings-signal.svg", charts::signal(&drawings.signals, &report)),
        ("drawings-fixed-points.svg", charts::fixed_points(&drawings.maps, &report)),
        ("drawings-symmetry.svg", symmetry::units(&drawings.symmetries, &report)),
        ("drawings-symmetry-loss.svg", symmetry::losses(&drawings.symmetries, &report)),
        ("drawings-isometry.svg", isometry::spectra(&drawings.spectra, &report)),
        ("drawings-isometry-loss.svg", isometry::races(&drawings.races, &report)),
        ("drawings-norms.svg", diagrams::norms()),
        ("drawings-blocks.svg", stacks::blocks(&drawings.blocks, &report)),
        ("drawings-canonical.svg", stacks::canonical(&drawings.canonical, &report)),
        ("drawings-alike.svg", charts::alike(&drawings.correlations, &report)),
        ("drawings-meeting.svg", parts::meetings(&drawings.meetings, &report)),
        ("drawings-kernel.svg", predicting::kernel(&drawings.kernels, &report)),
        ("drawings-reach.svg", parts::reaches(&drawings.reaches, &drawings.kernels, &report)),
        ("drawings-modes.svg", parts::modes(&drawings.modes, &report)),
        ("drawings-infinite.svg", predicting::infinite(infinite, &report)),
        ("drawings-edge.svg", predicting::edge(&drawings.oscillations, &report)),
        ("drawings-curve.svg", predicting::curve(curve, &report)),
        ("drawings-turn.svg", parts::turn(&drawings.turn, &report)),
        ("drawings-odds.svg", predicting::odds(&drawings.odds, &report)),
        ("drawings-way.svg", verdicts::way(&drawings.asked, &report)),
        ("drawings-fifty.svg", verdicts::fifty(&drawings.asked, &report)),
        ("drawings-questions.svg", verdicts::questions(&drawings.asked, &report)),
        ("drawings-waist.svg", verdicts::waist(drawings.waist.as_ref(), &report)),
        ("drawings-hand.svg", hand::hand()),
    ];
    let tables = [
        ("The signal in stacks of blocks", "sizes"),
        ("Units that differ, from eight starts", "symmetry"),
        ("Relative variance of squared singular values", "isometry"),
        ("Last losses on the edge of chaos", "isometry_losses"),
    ];
    finish(request, &output, &report, &tables, &figures)
}
