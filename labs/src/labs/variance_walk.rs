//! Lab 00: the variance walk.

use crate::experiments::variance_walk::{run, Settings, Walk, Walks, DEPTH};
use crate::experiments::Report;

use super::{by_layer, finish, meaning, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Axis, Chart, Color, Drawing};

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
    let walks = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = walks.report();
    let tables = [
        ("Linear layers: measured mean and prediction of E z^2", "linear"),
        ("With activations, Kaiming of the exact gain", "activated"),
    ];
    let figures = [
        ("variance-walk.svg", linear(&walks, &report)),
        ("variance-walk-activations.svg", activated(&walks, &report)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

fn subtitle(walks: &Walks) -> String {
    let seeds = walks.settings.seeds;
    format!("lines: theory; points: mean of {seeds} seeds, with their range")
}

/// Where each walk ends, measured and predicted, for a screen reader.
fn ends<'a>(walks: impl Iterator<Item = &'a Walk>, report: &Report) -> String {
    let end = |walk: &Walk| {
        let value = |what| &report.values[&format!("{}_{what}", walk.key.to_lowercase())];
        format!("{} {}, predicted {}", walk.key, value("measured"), value("predicted"))
    };
    let ends: Vec<String> = walks.map(end).collect();
    format!("After {DEPTH} layers: {}.", ends.join("; "))
}

fn linear<'w>(walks: &'w Walks, report: &Report) -> Drawing {
    let conclusion = "Each layer multiplies the variance by n·σ²: twenty times over";
    let chart = Chart::new(title(report, &["In a linear walk"], conclusion, report.question))
        .subtitle(&subtitle(walks))
        .desc(&format!(
            "Second moment of the pre-activation against the layer, logarithmic: a straight line \
             for each way to draw weights. {}",
            ends(walks.linear(), report)
        ))
        .x(Axis::linear("layer", 0.0, DEPTH as f64))
        .y(Axis::log("variance of z", 1e-3, 1e30));
    let named = |walk: &'w Walk| (walk, walk.key, meaning::init(walk.key));
    draw(chart, walks.linear().map(named)).render()
}

fn activated<'w>(walks: &'w Walks, report: &Report) -> Drawing {
    let conclusion = "The exact gain holds ReLU and tanh; GELU and SiLU slip away";
    let claims = ["With ReLU", "tanh corrects itself", "GELU and SiLU do not"];
    let chart = Chart::new(title(report, &claims, conclusion, report.question))
        .subtitle(&subtitle(walks))
        .desc(&format!(
            "Second moment of the pre-activation against the layer, logarithmic, with Kaiming \
             weights of each activation's exact gain. {}",
            ends(walks.activated(), report)
        ))
        .x(Axis::linear("layer", 0.0, DEPTH as f64))
        .y(Axis::log("second moment q", 0.1, 1e4));
    let named = |walk: &'w Walk| {
        let activation = walk.plan.activation;
        (walk, meaning::spelled(activation), meaning::activation(activation))
    };
    draw(chart, walks.activated().map(named)).render()
}

fn draw<'a>(chart: Chart, walks: impl Iterator<Item = (&'a Walk, &'static str, Color)>) -> Chart {
    walks.fold(chart, |chart, (walk, name, color)| {
        let points = by_layer(&walk.mean()).into_iter().zip(walk.range());
        let points = points.map(|((layer, mean), (low, high))| (layer, mean, low, high));
        let theory = by_layer(&walk.predicted());
        chart.line(color, name, &theory).intervals(color, "", &points.collect::<Vec<_>>())
    })
}
