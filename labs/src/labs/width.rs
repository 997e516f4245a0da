//! Which learning rates a network bears, over its width.

use minigrad::experiments::width::{run, Border, Scaling, Settings, Widths, RATES};
use minigrad::experiments::{Report, Spread};

use super::{finish, meaning, title};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "width",
    about: "Find the learning rate at which a network diverges, over its width",
    seed: 0,
    steps: Some(100),
    writes: &["width.svg", "width.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let tables =
        [("Where the networks diverge", "borders"), ("A rate that follows the width", "scaled")];
    finish(request, &output, &report, &tables, &[("width.svg", draw(&found, &report))])
}

fn draw(found: &Widths, report: &Report) -> Drawing {
    let title = title(
        report,
        &["From width"],
        "The rate that a network bears falls as the root of its width",
        "Which rates a network bears, over its width",
    );
    let borders = &found.borders.arms;
    let widths = || borders.iter().map(|border| border.key as f64);
    let axis = |label: &str| {
        let ends = widths().fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), width| {
            (low.min(width), high.max(width))
        });
        Axis::log(label, 0.8 * ends.0, 1.25 * ends.1)
    };
    let rule = |of: fn(&Border) -> f64| -> Vec<(f64, f64)> {
        borders.iter().map(|border| (border.key as f64, of(border))).collect()
    };
    let points = borders.iter().filter_map(|border| {
        let Spread { low, middle, high } = border.critical();
        middle.is_finite().then_some((border.key as f64, middle, low, high))
    });
    let border = Chart::new("critical learning rate")
        .height(260.0)
        .x(axis("width"))
        .y(Axis::log("lr", 1e-3, 1.0))
        .dashed(meaning::THEORY, "by the push", &rule(Border::by_push))
        .dashed(Color::D, "by the edge of stability", &rule(Border::by_edge))
        .intervals(meaning::MEASURED, "measured", &points.collect::<Vec<_>>());
    let loss = |scaling| -> Vec<(f64, f64)> {
        let arms = found.by(scaling).into_iter();
        arms.map(|arm| (arm.key.1 as f64, arm.losses().middle)).collect()
    };
    let scaled = Chart::new("loss where the rate follows the width")
        .height(260.0)
        .x(axis("width"))
        .y(Axis::log("last loss", 1e-3, 3.0))
        .line(Color::B, "constant: diverges", &loss(Scaling::Constant))
        .line(Color::A, "1/root of the width", &loss(Scaling::Root))
        .line(Color::C, "1/width", &loss(Scaling::Inverse));
    let Settings { seeds, steps, .. } = found.settings;
    Panels::new(title, vec![border, scaled])
        .subtitle(&format!(
            "12 layers, ReLU, Kaiming, {steps} steps, {RATES} learning rates; points: median of \
             {seeds} seeds, with their range"
        ))
        .desc(
            "Two panels over the width, logarithmic. First: the learning rate from which a network \
             diverges; points are measured, one dashed line is the limit of the push, the steeper one \
             the edge of stability. Second: the last loss where the rate stays, falls as one over the \
             root of the width, or as one over the width.",
        )
        .render()
}
