//! Lab 00: the variance walk.

use minigrad::experiments::variance_walk::{run, Settings, Walk, Walks, DEPTH};
use minigrad::experiments::Report;

use super::{color, show, show_claims, title, write, Bar};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use minigrad_plot::{Axis, Chart, Color};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "variance-walk",
    about: "Walk a signal through 20 layers: does its variance explode, vanish or stay?",
    seed: 0,
    steps: None,
    writes: &["variance-walk.svg", "variance-walk-activations.svg", "variance-walk.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, ..Settings::default() };
    let parts = 7 * settings.seeds as usize;
    let walks = run(&settings, &Bar::new(LAB.name, parts, request.threads));
    let report = walks.report();
    show("Linear layers: measured mean and prediction of E z^2", &report.tables["linear"])?;
    show("With activations, Kaiming of the exact gain", &report.tables["activated"])?;
    show_claims(&report)?;
    let figures = [
        ("variance-walk.svg", linear(&walks, &report)),
        ("variance-walk-activations.svg", activated(&walks, &report)),
    ];
    write(request, &output, &report, &figures)
}

fn subtitle(walks: &Walks) -> String {
    let seeds = walks.settings.seeds;
    format!("lines: theory; points: mean of {seeds} seeds, with their range")
}

/// Where each walk ends, measured and predicted, for a screen reader.
fn ends(walks: &[Walk], report: &Report) -> String {
    let value = |walk: &Walk, what| &report.values[&format!("{}_{what}", walk.name.to_lowercase())];
    let end = |walk: &Walk| {
        let (measured, predicted) = (value(walk, "measured"), value(walk, "predicted"));
        format!("{} {measured}, predicted {predicted}", walk.name)
    };
    let ends: Vec<String> = walks.iter().map(end).collect();
    format!("After {DEPTH} layers: {}.", ends.join("; "))
}

fn linear(walks: &Walks, report: &Report) -> String {
    let conclusion = "Each layer multiplies the variance by n·σ²: twenty times over";
    let chart = Chart::new(title(report, &["In a linear walk"], conclusion))
        .subtitle(&subtitle(walks))
        .desc(&format!(
            "Second moment of the pre-activation against the layer, logarithmic: a straight line \
             for each way to draw weights. {}",
            ends(&walks.linear, report)
        ))
        .x(Axis::linear("layer", 0.0, DEPTH as f64))
        .y(Axis::log("variance of y", 1e-3, 1e30));
    let colors = walks.linear.iter().map(|walk| color(&walk.name));
    draw(chart, &walks.linear, colors).render()
}

fn activated(walks: &Walks, report: &Report) -> String {
    let conclusion = "The exact gain holds ReLU and tanh; GELU and SiLU slip away";
    let claims = ["With ReLU", "tanh corrects itself", "GELU and SiLU do not"];
    let chart = Chart::new(title(report, &claims, conclusion))
        .subtitle(&subtitle(walks))
        .desc(&format!(
            "Second moment of the pre-activation against the layer, logarithmic, with Kaiming \
             weights of each activation's exact gain. {}",
            ends(&walks.activated, report)
        ))
        .x(Axis::linear("layer", 0.0, DEPTH as f64))
        .y(Axis::log("second moment q", 0.1, 1e4));
    draw(chart, &walks.activated, Color::ALL).render()
}

fn draw(mut chart: Chart, walks: &[Walk], colors: impl IntoIterator<Item = Color>) -> Chart {
    for (walk, color) in walks.iter().zip(colors) {
        let at = |(l, q): (usize, &f64)| ((l + 1) as f64, *q);
        let theory: Vec<(f64, f64)> = walk.predicted.iter().enumerate().map(at).collect();
        let mean = walk.mean();
        let points: Vec<(f64, f64, f64, f64)> = mean
            .iter()
            .zip(walk.range())
            .enumerate()
            .map(|(l, (mean, (low, high)))| ((l + 1) as f64, *mean, low, high))
            .collect();
        chart = chart.line(color, &walk.name, &theory).intervals(color, "", &points);
    }
    chart
}
