//! Lab 02: the normalization ablation.

use minigrad::experiments::norm_ablation::{
    deep_recipe, recipe, run, Settings, DEEP_NORMS, LR, NORMS,
};
use minigrad::experiments::number;
use minigrad::recipe::{Norm, Recipe};
use std::process::ExitCode;

use super::data::Data;
use super::{course, finish, meaning, norm_timing, redraw, GUESS};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Drawing};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "norm-ablation",
    about: "Train one network with no norm, LayerNorm and RMSNorm; then a deep one",
    seed: 0,
    steps: Some(1000),
    writes: &["norm-ablation.svg", "norm-ablation-deep.svg", "norm-ablation.json"],
    run: ablate,
};

/// The lab's own flags.
#[derive(clap::Args)]
struct Flags {
    /// Time both norms instead, and write norm-timing.svg and norm-timing.json; needs --release
    #[arg(long, display_order = 3)]
    time: bool,
    /// Draw all figures again, those of the times too, from the data of earlier runs, and run nothing
    #[arg(long, display_order = 3, conflicts_with = "time")]
    redraw: bool,
}

/// The whole `main` of the lab.
pub fn main() -> ExitCode {
    LAB.main_with(|request, flags: &Flags| match (flags.time, flags.redraw) {
        (true, _) => norm_timing::time(request),
        (_, true) => {
            let data = Data::read(&request.dir, LAB.name)?;
            redraw(request, &figures(&data, &settings(request)))?;
            norm_timing::redraw(request)
        }
        _ => ablate(request),
    })
}

fn settings(request: &Request) -> Settings {
    Settings { seed: request.seed, steps: request.steps, ..Settings::default() }
}

fn ablate(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = settings(request);
    let report = run(&settings, &Bar::new(LAB.name, request.threads)).report();
    let tables = [
        ("Before the first update", "start"),
        ("Batch losses of the first seed", "losses"),
        ("Outcomes over the seeds", "outcomes"),
        (&*report.settings["deep network"], "deep"),
    ];
    let figures = figures(&Data::from(&report), &settings);
    finish(request, &output, &report, &tables, &figures)
}

fn figures(data: &Data, settings: &Settings) -> [(&'static str, Drawing); 2] {
    [
        ("norm-ablation.svg", headline(data, settings)),
        ("norm-ablation-deep.svg", deep(data, settings)),
    ]
}

/// `12 × 256 ReLU, Kaiming`: every network of the lab has these two.
fn network(recipe: &Recipe) -> String {
    format!("{} × {} ReLU, Kaiming", recipe.depth, recipe.width)
}

/// What stands above the figures where the claims do not bear out more.
const QUESTION: &str = "Same network, data and optimizer: what does a normalization change?";

fn headline(data: &Data, settings: &Settings) -> Drawing {
    let Settings { steps, seeds, .. } = settings;
    let claims = ["No norm, LayerNorm and RMSNorm all train", "LayerNorm and RMSNorm are within"];
    let conclusion = "LayerNorm and RMSNorm train alike; this network needs neither";
    let value = |name: &str, what: &str| {
        data.text(&format!("{}_{what}", name.to_lowercase().replace(' ', "_")))
    };
    let falls = NORMS.map(|(name, _)| {
        format!("{name} from {} to {}", value(name, "initial"), value(name, "final"))
    });
    let mut chart = Chart::new(data.title(&claims, conclusion, QUESTION))
        .subtitle(&format!(
            "{}, lr {LR}; lines: median of {seeds} seeds, bands: their range",
            network(&recipe(Norm::None))
        ))
        .desc(&format!(
            "Training loss over {steps} steps, logarithmic, from that of the first seed before \
             training to the median at the end: {}.",
            falls.join("; ")
        ))
        .x(Axis::linear("step", 0.0, (*steps as f64).max(1.0)))
        .y(Axis::log("training loss (nats)", 1e-4, 1e1));
    for (name, _) in NORMS {
        chart = course(chart, meaning::norm(name), name, &data.course(name, "median"));
    }
    chart.render()
}

/// Final losses of the deep network: rate, median, lowest and highest of its seeds.
fn finals(data: &Data, name: &str) -> Vec<(f64, f64, f64, f64)> {
    let column = |what: &str| data.series(&format!("deep {name} {what}")).iter().copied();
    let losses = column("median").zip(column("low").zip(column("high")));
    let rates = data.series("deep lr").iter().copied();
    rates.zip(losses).map(|(lr, (middle, (low, high)))| (lr, middle, low, high)).collect()
}

fn deep(data: &Data, settings: &Settings) -> Drawing {
    let Settings { steps, deep_seeds, .. } = settings;
    let conclusion = "RMSNorm prevents NaN, not collapse";
    let claims = ["With RMSNorm no run of the deep", "With RMSNorm every run of the deep"];
    let said = DEEP_NORMS.map(|(name, _)| {
        let rate = |&(lr, middle, ..): &(f64, f64, f64, f64)| match middle.is_finite() {
            true => format!("at lr {lr} {}", number(middle)),
            false => format!("at lr {lr} not finite"),
        };
        let rates: Vec<String> = finals(data, name).iter().map(rate).collect();
        format!("{name}: {}", rates.join(", "))
    });
    let mut chart = Chart::new(data.title(&claims, conclusion, QUESTION))
        .subtitle(&format!(
            "{}, {steps} steps; points: median of {deep_seeds} seeds, with their range",
            network(&deep_recipe(Norm::None))
        ))
        .desc(&format!(
            "Final training loss of a deep narrow network against the learning rate, both \
             logarithmic. {}. A guess has 0.69.",
            said.join(". ")
        ))
        .x(Axis::log("learning rate", 5e-4, 1.0))
        .y(Axis::log("final training loss (nats)", 1e-6, 1e1))
        .dashed(meaning::THEORY, "", &[(5e-4, GUESS), (1.0, GUESS)])
        .note(6e-4, 1.6, "a guess: ln 2");
    for (name, _) in DEEP_NORMS {
        // A little to either side of the rate: one range would hide the other.
        let aside = if name == NORMS[0].0 { 0.96 } else { 1.04 };
        let finite = finals(data, name).into_iter().filter(|point| point.1.is_finite());
        let points: Vec<_> = finite.map(|(lr, m, low, high)| (lr * aside, m, low, high)).collect();
        let line: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1)).collect();
        let color = meaning::norm(name);
        chart = chart.line(color, name, &line).intervals(color, "", &points);
    }
    // Runs are in ascending order, and what is not finite comes last.
    let gone = finals(data, NORMS[0].0).into_iter().filter(|(.., high)| !high.is_finite());
    let gone: Vec<String> = gone.map(|(lr, ..)| lr.to_string()).collect();
    if let Some(lr) = gone.first().and_then(|lr| lr.parse::<f64>().ok()) {
        let text = format!("no norm: NaN at lr {}", gone.join(", "));
        chart = chart.note(0.9 * lr, 1e-2, &text);
    }
    chart.render()
}
