//! Chapter 04: init, norm and residual connection, every combination.

use crate::experiments::pairs::{run, Choice, Pairs, Settings, BODIES, RATES};
use crate::experiments::Report;

use super::{category, finish, outcomes_named, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Cells, Drawing};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "pairs",
    about: "Combine init, norm and residual: which two replace, need or harm each other?",
    seed: 0,
    steps: Some(300),
    writes: &["pairs.svg", "pairs.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let pairs = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = pairs.report();
    let tables = [("Plain body", "plain"), ("Blocks", "block"), ("Pairs", "pairs")];
    finish(request, &output, &report, &tables, &[("pairs.svg", outcomes(&pairs, &report))])
}

fn outcomes(pairs: &Pairs, report: &Report) -> Drawing {
    let choices = Choice::all();
    let rows = &choices[..choices.len() / BODIES.len()];
    let name = |choice: &Choice| {
        let tricks = match (choice.norm, choice.residual) {
            (false, false) => "",
            (true, false) => " + norm",
            (false, true) => " + residual",
            (true, true) => " + both",
        };
        format!("{}{tricks}", choice.init)
    };
    let names: Vec<String> = rows.iter().map(name).collect();
    let columns: Vec<_> = BODIES.into_iter().flat_map(|b| RATES.map(|lr| (b, lr))).collect();
    let heads: Vec<String> = columns.iter().map(|(body, lr)| format!("{body} {lr}")).collect();
    let cell = |choice: &Choice| {
        let of = |&(body, lr): &_| pairs.cell(Choice { body, ..*choice }, lr).outcome();
        columns.iter().map(|column| Some(category(of(column)))).collect()
    };
    let cells: Vec<Vec<Option<usize>>> = rows.iter().map(cell).collect();
    let count = |category| cells.iter().flatten().filter(|&&cell| cell == Some(category)).count();
    let [plain, block] = BODIES.map(|body| Choice { body, ..rows[0] }.recipe());
    let conclusion = "With norm and residual connections, every init trains";
    let claims = ["With norm and residual connections every init"];
    let drawn = Cells::new(title(report, &claims, conclusion, report.question))
        .subtitle(&format!(
            "{} × {} ReLU and {} blocks × {} GELU, {} steps, {} seeds",
            plain.depth,
            plain.width,
            block.depth,
            block.width,
            pairs.settings.steps,
            pairs.settings.seeds
        ))
        .desc(&format!(
            "Outcome of {} combinations of init, norm and residual connection, in two bodies at \
             two learning rates: {} train, {} vanish, {} diverge, in {} the seeds disagree.",
            rows.len(),
            count(0),
            count(1),
            count(2),
            count(3)
        ))
        .columns("body and lr", &heads)
        .rows("combination", &names);
    outcomes_named(drawn).cells(&cells).render()
}
