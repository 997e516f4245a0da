//! Starts of a branch, at two depths and six rates.

use crate::experiments::starts::{run, Settings, Start, Starts, WIDTH};
use crate::experiments::Report;
use minigrad_plot::{Cells, Drawing};

use super::{category, finish, outcomes_named, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "starts",
    about: "Train stacks whose branches start as nothing, and those with norms",
    seed: 0,
    steps: Some(200),
    writes: &["starts.svg", "starts-deep.svg", "starts.json"],
    run: main,
};

/// What the figures show, where these claims hold.
const SHALLOW: (&str, &[&str]) =
    ("A few blocks train from almost every start", &["With four times the blocks"]);
const DEEP: (&str, &[&str]) = (
    "Fixup comes close to a norm, and DeepNorm mends post-norm",
    &["Of the starts without a norm", "With a norm of each sum"],
);

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let (shallow, deep) = (settings.depths[0], settings.depths[settings.depths.len() - 1]);
    let figures = [
        ("starts.svg", outcomes(&found, &report, shallow, SHALLOW)),
        ("starts-deep.svg", outcomes(&found, &report, deep, DEEP)),
    ];
    let tables = [("Largest rate that trains", "largest"), ("First step", "steps")];
    finish(request, &output, &report, &tables, &figures)
}

fn outcomes(
    found: &Starts,
    report: &Report,
    depth: usize,
    (conclusion, claims): (&str, &[&str]),
) -> Drawing {
    let row = |start: &Start| {
        found.row(*start, depth).map(|cell| Some(category(cell.outcome()))).collect()
    };
    let cells: Vec<Vec<Option<usize>>> = Start::ALL.iter().map(row).collect();
    let names = Start::ALL.map(|start| start.name().to_owned());
    let rates: Vec<String> = found.settings.rates.iter().map(|lr| lr.to_string()).collect();
    let count = |category| cells.iter().flatten().filter(|&&cell| cell == Some(category)).count();
    let question = format!("{depth} blocks: which start bears which rate?");
    let drawn = Cells::new(title(report, claims, conclusion, &question))
        .subtitle(&format!(
            "{depth} blocks × {WIDTH} GELU with + x, {} steps, {} seeds",
            found.settings.steps, found.settings.seeds
        ))
        .desc(&format!(
            "Outcome of {} starts of {depth} residual blocks at {} learning rates: {} train, {} \
             vanish, {} diverge, in {} the seeds disagree.",
            names.len(),
            rates.len(),
            count(0),
            count(1),
            count(2),
            count(3)
        ))
        .columns("learning rate", &rates)
        .rows("start", &names);
    outcomes_named(drawn).cells(&cells).render()
}
