//! Lab 02: the normalization ablation.

use minigrad::experiments::norm_ablation::{
    deep_recipe, recipe, run, Ablation, Curve, Settings, DEEP_NORMS, LR, NORMS,
};
use minigrad::experiments::{median, number, Report};
use minigrad::recipe::{Norm, Recipe};
use std::process::ExitCode;

use super::{course, finish, norm_timing, title};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Color};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "norm-ablation",
    about: "Train one network with no norm, LayerNorm and RMSNorm; then a deep one",
    seed: 0,
    steps: Some(1000),
    writes: &["norm-ablation.svg", "norm-ablation-deep.svg", "norm-ablation.json"],
    run: ablate,
};

/// The lab's own flag.
#[derive(clap::Args)]
struct Flags {
    /// Time both norms instead, and write norm-timing.svg and norm-timing.json; needs --release
    #[arg(long, display_order = 3)]
    time: bool,
}

/// The whole `main` of the lab.
pub fn main() -> ExitCode {
    LAB.main_with(
        |request, flags: &Flags| {
            if flags.time {
                norm_timing::time(request)
            } else {
                ablate(request)
            }
        },
    )
}

/// The colour of a norm, the same in every figure.
pub(super) fn color(norm: &str) -> Color {
    match norm {
        "RMSNorm" => Color::A,
        "LayerNorm" => Color::B,
        _ => Color::C,
    }
}

fn ablate(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let ablation = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = ablation.report();
    let tables = [
        ("Before the first update", "start"),
        ("Batch losses of the first seed", "losses"),
        ("Outcomes over the seeds", "outcomes"),
        (&*report.settings["deep network"], "deep"),
    ];
    let figures = [
        ("norm-ablation.svg", headline(&ablation, &report)),
        ("norm-ablation-deep.svg", deep(&ablation, &report)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

/// `12 × 256 ReLU, Kaiming`: every network of the lab has these two.
fn network(recipe: &Recipe) -> String {
    format!("{} × {} ReLU, Kaiming", recipe.depth, recipe.width)
}

fn headline(ablation: &Ablation, report: &Report) -> String {
    let Settings { steps, seeds, .. } = ablation.settings;
    let claims = ["No norm, LayerNorm and RMSNorm all train", "LayerNorm and RMSNorm are within"];
    let conclusion = "LayerNorm and RMSNorm train alike; this network needs neither";
    let value = |name: &str, what: &str| {
        &report.values[&format!("{}_{what}", name.to_lowercase().replace(' ', "_"))]
    };
    let falls = NORMS.map(|(name, _)| {
        format!("{name} from {} to {}", value(name, "initial"), value(name, "final"))
    });
    let mut chart = Chart::new(title(report, &claims, conclusion, report.question))
        .subtitle(&format!(
            "{}, lr {LR}; lines: median of {seeds} seeds, bands: their range",
            network(&recipe(Norm::None))
        ))
        .desc(&format!(
            "Training loss over {steps} steps, logarithmic, from that of the first seed before \
             training to the median at the end: {}.",
            falls.join("; ")
        ))
        .x(Axis::linear("step", 0.0, (steps as f64).max(1.0)))
        .y(Axis::log("training loss (nats)", 1e-4, 1e1));
    for curve in ablation.norms() {
        let name = curve.key.name();
        chart = course(chart, color(name), name, &curve.losses());
    }
    chart.render()
}

/// Final losses of the deep network at a rate: how many runs are finite, and these in order.
struct Finals {
    lr: f64,
    runs: usize,
    finite: Vec<f64>,
}

impl Finals {
    fn of(curve: &Curve) -> Finals {
        let mut finite = curve.finals();
        let runs = finite.len();
        finite.retain(|loss| loss.is_finite());
        Finals { lr: curve.plan.1.lr, runs, finite }
    }

    /// For a screen reader: `at lr 0.056 0.69 (1 of 3 runs)`.
    fn said(&self) -> String {
        let Finals { lr, runs, finite } = self;
        match finite.len() {
            0 => format!("at lr {lr} not finite"),
            n if n == *runs => format!("at lr {lr} {}", number(median(finite.clone()))),
            n => format!("at lr {lr} {} ({n} of {runs} runs)", number(median(finite.clone()))),
        }
    }

    /// Rate, median and range of the runs that are finite.
    fn point(&self) -> Option<(f64, f64, f64, f64)> {
        let (low, high) = (*self.finite.first()?, *self.finite.last()?);
        Some((self.lr, median(self.finite.clone()), low, high))
    }
}

fn deep(ablation: &Ablation, report: &Report) -> String {
    let guess = std::f64::consts::LN_2;
    let Settings { steps, deep_seeds, .. } = ablation.settings;
    let conclusion = "RMSNorm prevents NaN, not collapse";
    let claims = ["With RMSNorm no run of the deep", "With RMSNorm every run of the deep"];
    let of = |name| ablation.deep_with(name).map(Finals::of);
    let said = DEEP_NORMS.map(|(name, _)| {
        let rates: Vec<String> = of(name).iter().map(Finals::said).collect();
        format!("{name}: {}", rates.join(", "))
    });
    let mut chart = Chart::new(title(report, &claims, conclusion, report.question))
        .subtitle(&format!(
            "{}, {steps} steps; points: median of the finite among {deep_seeds} seeds, with their range",
            network(&deep_recipe(Norm::None))
        ))
        .desc(&format!(
            "Final training loss of a deep narrow network against the learning rate, both \
             logarithmic. {}. A guess has 0.69.",
            said.join(". ")
        ))
        .x(Axis::log("learning rate", 5e-4, 1.0))
        .y(Axis::log("final training loss (nats)", 1e-6, 1e1))
        .dashed(Color::Muted, "", &[(5e-4, guess), (1.0, guess)])
        .note(6e-4, 1.6, "a guess: ln 2");
    for (name, _) in DEEP_NORMS {
        let points: Vec<_> = of(name).iter().filter_map(Finals::point).collect();
        let line: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1)).collect();
        chart = chart.line(color(name), name, &line).intervals(color(name), "", &points);
    }
    let gone = of(NORMS[0].0);
    let gone = || gone.iter().filter(|finals| finals.finite.len() < finals.runs);
    if let Some(Finals { lr, .. }) = gone().next() {
        let counted = gone().map(|Finals { lr, runs, finite }| {
            format!("{} of {runs} at lr {lr}", runs - finite.len())
        });
        let text = format!("no norm: NaN in {}", counted.collect::<Vec<_>>().join(", "));
        chart = chart.note(0.9 * lr, 1e-2, &text);
    }
    chart.render()
}
