//! Lab 02: the normalization ablation.

use minigrad::experiments::norm_ablation::{
    parts, run, Ablation, Settings, DEEP_NORMS, DEEP_RATES, NORMS,
};
use std::process::ExitCode;

use super::{norm_timing, show, show_claims, write, Bar};
use crate::chart::{Axis, Chart, Color};
use crate::command::{Lab, Request};
use crate::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "norm-ablation",
    about: "Train one network with no norm, LayerNorm and RMSNorm; then a deep one",
    seed: 4,
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
    let ablation = run(&settings, &Bar::new(LAB.name, parts(&settings), request.threads));
    let report = ablation.report();
    show("Before the first update", &report.tables["start"])?;
    show("Batch losses of the first seed", &report.tables["losses"])?;
    show("Outcomes over the seeds", &report.tables["outcomes"])?;
    show("32 layers of width 64", &report.tables["deep"])?;
    show_claims(&report)?;
    let figures =
        [("norm-ablation.svg", headline(&ablation)), ("norm-ablation-deep.svg", deep(&ablation))];
    write(request, &output, &report, &figures)
}

fn headline(ablation: &Ablation) -> String {
    let mut chart = Chart::new("LayerNorm and RMSNorm train alike; this network needs neither")
        .subtitle("12 × 256 ReLU, Kaiming, lr 0.001; lines: mean of 5 seeds, bands: their range")
        .desc(
            "Training loss against the step, logarithmic. Without a norm, with LayerNorm and with \
             RMSNorm the loss falls from about 0.8 to about 0.001 within 1000 steps.",
        )
        .x(Axis::linear("step", 0.0, (ablation.settings.steps as f64).max(1.0)))
        .y(Axis::log("training loss (nats)", 1e-4, 1e1));
    for ((name, _), curve) in NORMS.into_iter().zip(&ablation.curves) {
        let rows = curve.smoothed();
        let line: Vec<(f64, f64)> = rows.iter().map(|r| (r[0], r[1])).collect();
        let band: Vec<(f64, f64, f64)> = rows.iter().map(|r| (r[0], r[2], r[3])).collect();
        chart = chart.band(color(name), &band).line(color(name), name, &line);
    }
    chart.render()
}

fn deep(ablation: &Ablation) -> String {
    let guess = std::f64::consts::LN_2;
    let mut chart = Chart::new("RMSNorm prevents NaN, not collapse")
        .subtitle("32 × 64 ReLU, Kaiming, 1000 steps; points: median of 3 seeds, with their range")
        .desc(
            "Final training loss against the learning rate, both logarithmic, for a deep narrow \
             network. With RMSNorm the loss stays at that of a guess from lr 0.0056 upwards. \
             Without a norm it falls far below up to 0.018 and leaves the finite numbers from 0.056 upwards, in some seeds or in all.",
        )
        .x(Axis::log("learning rate", 5e-4, 1.0))
        .y(Axis::log("final training loss (nats)", 1e-6, 1e1))
        .dashed(Color::Muted, "", &[(5e-4, guess), (1.0, guess)])
        .note(6e-4, 1.6, "a guess: ln 2");
    for (name, _) in DEEP_NORMS {
        let finals = ablation.deep_with(name).map(|deep| deep.curve.finals());
        // Of the seeds that are finite, if any is.
        let points: Vec<(f64, f64, f64, f64)> = DEEP_RATES
            .into_iter()
            .zip(finals)
            .filter_map(|(lr, mut all)| {
                all.retain(|loss| loss.is_finite());
                Some((lr, *all.get(all.len() / 2)?, *all.first()?, *all.last()?))
            })
            .collect();
        let line: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1)).collect();
        chart = chart.line(color(name), name, &line).intervals(color(name), "", &points);
    }
    chart.note(0.05, 1e-2, "no norm from here: NaN").render()
}
