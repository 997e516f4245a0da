//! Lab 01: the initialization ablation, the book's headline figure.

use minigrad::experiments::init_ablation::{run, Ablation, Settings, INITS, RATES};

use super::{color, show, show_claims, write, Bar};
use crate::chart::{Axis, Chart};
use crate::command::{Lab, Request};
use crate::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "init-ablation",
    about: "Train one network from three initializations: diverges, crawls, trains",
    seed: 4,
    steps: Some(1000),
    writes: &["init-ablation.svg", "init-ablation-fast.svg", "init-ablation.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let runs =
        INITS.len() as u64 * RATES.len() as u64 * settings.seeds + (settings.many - settings.seeds);
    let ablation = run(&settings, &Bar::new(LAB.name, runs as usize, request.threads));
    let report = ablation.report();
    show("Batch losses of the first seed at lr 0.001", &report.tables["losses"])?;
    show("The same at lr 0.01", &report.tables["losses_fast"])?;
    show("Outcomes over five seeds", &report.tables["outcomes"])?;
    show_claims(&report)?;
    let figures =
        [("init-ablation.svg", headline(&ablation)), ("init-ablation-fast.svg", fast(&ablation))];
    write(request, &output, &report, &figures)
}

fn headline(ablation: &Ablation) -> String {
    let chart =
        Chart::new("Same network, same data: uniform diverges, Xavier crawls, Kaiming trains")
            .desc(
            "Training loss against the step, logarithmic. The uniform curve starts above 100,000 \
             and leaves the axis at once; Xavier stays at 0.69; Kaiming falls to 0.0007.",
        );
    draw(chart, ablation, RATES[0])
}

fn fast(ablation: &Ablation) -> String {
    let chart = Chart::new("At ten times the learning rate, Xavier trains too").desc(
        "Training loss against the step at lr 0.01, logarithmic. Uniform leaves the axis at once; \
         Xavier follows Kaiming down after a plateau.",
    );
    draw(chart, ablation, RATES[1])
}

fn draw(chart: Chart, ablation: &Ablation, lr: f64) -> String {
    let steps = ablation.settings.steps as f64;
    let mut chart = chart
        .subtitle(&format!(
            "12 × 256 ReLU, lr {lr}; lines: mean of {} seeds, bands: their range",
            ablation.settings.seeds
        ))
        .x(Axis::linear("step", 0.0, steps.max(1.0)))
        .y(Axis::log("training loss (nats)", 1e-6, 1e7));
    for (name, _) in INITS {
        let color = color(name);
        let curve = ablation.curve(name, lr);
        if let Some(step) = curve.diverged_by() {
            // Too short for the axis: the start, and a straight way out of it.
            let start = f64::from(curve.runs[0].initial_loss());
            let leaves = [(0.0, start), (f64::max(1.0, steps / 500.0), 1e9)];
            let text = format!("{name}: {start:.0e} at the start, NaN by step {step}");
            chart = chart.line(color, "", &leaves).note(steps / 40.0, 1e5, &text);
        } else {
            let rows = curve.smoothed();
            let line: Vec<(f64, f64)> = rows.iter().map(|r| (r[0], r[1])).collect();
            let band: Vec<(f64, f64, f64)> = rows.iter().map(|r| (r[0], r[2], r[3])).collect();
            chart = chart.band(color, &band).line(color, name, &line);
        }
    }
    chart.render()
}
