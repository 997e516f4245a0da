//! Order, chaos and the edge between them, with trained networks on it.

use crate::experiments::phase::{
    contour, run, Phases, Point, Settings, Trained, BIAS, DEPTH, SCALES, WIDTH,
};
use crate::experiments::Report;
use minigrad::recipe::Outcome;
use minigrad_plot::{Axis, Chart, Color, Drawing};

use super::meaning::{self, THEORY};
use super::{finish, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "phase",
    about: "Train networks in order, in chaos and on the edge between them",
    seed: 0,
    steps: Some(200),
    writes: &["phase.svg", "phase-depth.svg", "phase.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let figures =
        [("phase.svg", plane(&found, &report)), ("phase-depth.svg", depths(&found, &report))];
    finish(request, &output, &report, &[("Depth scales", "scales")], &figures)
}

/// The points of which all runs trained, some, and none.
fn points(chart: Chart, arms: &[Trained], y: fn(&Point) -> f64) -> Chart {
    let of = |kind: fn(usize, usize) -> bool| -> Vec<(f64, f64)> {
        let arms = arms.iter().filter(|arm| kind(arm.trained(), arm.trials.len()));
        arms.map(|arm| (arm.key.weight_std, y(&arm.key))).collect()
    };
    chart
        .marks(meaning::outcome(Outcome::Trains), "", &of(|trained, all| trained == all))
        .marks(Color::Muted, "", &of(|trained, all| trained > 0 && trained < all))
        .marks(meaning::outcome(Outcome::Vanishes), "", &of(|trained, _| trained == 0))
}

const WEIGHTS: (f64, f64) = (0.5, 2.4);
const BIASES: f64 = 0.65;
const DEEPEST: f64 = 150.0;

fn plane(found: &Phases, report: &Report) -> Drawing {
    let title = title(
        report,
        &["At depth 24"],
        "Networks train along the edge between order and chaos",
        "Order, chaos and the edge between them",
    );
    // As many layers as six depth scales of the gradient.
    let fades = libm::exp(-SCALES / DEPTH as f64);
    let inside = |chi| -> Vec<(f64, f64)> {
        contour(chi).into_iter().filter(|(_, bias_std)| *bias_std < BIASES).collect()
    };
    let chart = Chart::new(title)
        .height(330.0)
        .subtitle(&format!(
            "tanh, {DEPTH} layers of width {WIDTH}, lr 0.01, {} steps, {} seeds; line: χ = 1; dashed: \
             depth = {SCALES} depth scales of the gradient; blue: all train, green: none, grey: some",
            found.settings.steps, found.settings.seeds
        ))
        .desc(
            "Deviation of the biases against that of the weights. The edge rises from a deviation of the \
             weights of 1 without biases to the right. Networks near it train; those far to the left, in \
             order, and far to the right, in chaos, do not.",
        )
        .x(Axis::linear("deviation of weights σ_w", WEIGHTS.0, WEIGHTS.1))
        .y(Axis::linear("deviation of biases σ_b", -0.03, BIASES))
        .line(Color::F, "", &inside(1.0))
        .dashed(THEORY, "", &inside(fades))
        .dashed(THEORY, "", &inside(1.0 / fades))
        .note(0.56, 0.52, "order")
        .note(2.1, 0.52, "chaos");
    points(chart, &found.plane.arms, |point| point.bias_std).render()
}

fn depths(found: &Phases, report: &Report) -> Drawing {
    let title = title(
        report,
        &["In order", "In chaos"],
        "How deep a network trains follows the depth scale of its gradient",
        "How deep a network trains, from order to chaos",
    );
    // A line on either side of the edge, up to the frame.
    let course = |chaotic: bool, of: fn(&Point) -> f64| -> Vec<(f64, f64)> {
        let point =
            |i: i32| Point { weight_std: 0.01 * f64::from(i), bias_std: BIAS, depth: DEPTH };
        let side = (50..=240).map(point).filter(|point| point.is_chaotic() == chaotic);
        side.map(|point| (point.weight_std, of(&point))).filter(|(_, y)| *y < DEEPEST).collect()
    };
    let chart = Chart::new(title)
        .height(330.0)
        .subtitle(&format!(
            "tanh, width {WIDTH}, biases {BIAS}, lr 0.01, {} steps, {} seeds; blue: all train, green: \
             none, grey: some",
            found.settings.steps, found.settings.seeds
        ))
        .desc(
            "Depth against the deviation of the weights. Two lines rise towards the edge of chaos and fall \
             beyond it, together in order; in chaos that of the gradient is lower. Networks below it train.",
        )
        .x(Axis::linear("deviation of weights σ_w", WEIGHTS.0, WEIGHTS.1))
        .y(Axis::log("depth (layers)", 3.0, DEEPEST))
        .dashed(THEORY, "", &course(false, Point::by_correlation))
        .dashed(THEORY, "6 ξ_c", &course(true, Point::by_correlation))
        .dashed(Color::D, "6/|ln χ|", &course(true, Point::by_gradient));
    points(chart, &found.column.arms, |point| point.depth as f64).render()
}
