//! Lab 03: fifty blocks with and without residual connections.

use minigrad::experiments::residual_depth::{
    parts, predicted_correlation, run, Depths, Kind, Settings, DEPTH, SWEEP_DEPTHS, SWEEP_RATES,
};
use minigrad::recipe::Activation;

use super::{show, show_claims, write, Bar};
use crate::chart::{Axis, Cells, Chart, Color, Panels};
use crate::command::{Lab, Request};
use crate::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "residual-depth",
    about: "Train 50 normalized blocks with and without adding x: one trains, one collapses",
    seed: 0,
    steps: Some(300),
    writes: &[
        "residual-depth.svg",
        "residual-depth-gradient.svg",
        "residual-depth-correlation.svg",
        "residual-depth-sweep.svg",
        "residual-depth.json",
    ],
    run: main,
};

const WITHOUT: Color = Color::B;
const WITH: Color = Color::A;

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let depths = run(&settings, &Bar::new(LAB.name, parts(&settings), request.threads));
    let report = depths.report();
    show("Loss and layer-1 gradient of the first seed", &report.tables["course"])?;
    show("Over depth", &report.tables["probes"])?;
    show("Final losses of the sweep, without / with", &report.tables["sweep"])?;
    show_claims(&report)?;
    let figures = [
        ("residual-depth.svg", losses(&depths)),
        ("residual-depth-gradient.svg", gradients(&depths)),
        ("residual-depth-correlation.svg", correlations(&depths)),
        ("residual-depth-sweep.svg", sweep(&depths)),
    ];
    write(request, &output, &report, &figures)
}

fn subtitle(depths: &Depths) -> String {
    let seeds = depths.settings.seeds;
    format!("50 blocks × 256 GELU, RMSNorm, lr 0.001; lines: median of {seeds} seeds, bands: range")
}

fn losses(depths: &Depths) -> String {
    let chart = Chart::new("At lr 0.001, fifty blocks train with + x and stand still without")
        .subtitle(&subtitle(depths))
        .desc(
            "Training loss against the step, logarithmic. Without residual connections the loss \
             comes down to that of a guess and stays there; with them the median falls below 0.05.",
        )
        .x(Axis::linear("step", 0.0, depths.settings.steps as f64))
        .y(Axis::log("training loss (nats)", 1e-3, 3e1));
    draw(chart, [depths.without.losses(), depths.with.losses()])
}

fn gradients(depths: &Depths) -> String {
    let chart = Chart::new("Without + x the first layer's gradient is large, then collapses")
        .subtitle(&subtitle(depths))
        .desc(
            "Norm of the gradient by the first layer's weights against the step, logarithmic. \
             Without residual connections it starts near ten and falls by orders of magnitude \
             within a hundred steps; with them it falls as the loss does, and wavers.",
        )
        .x(Axis::linear("step", 0.0, depths.settings.steps as f64))
        .y(Axis::log("gradient norm, layer 1", 1e-7, 1e2));
    draw(chart, [depths.without.gradients(), depths.with.gradients()])
}

fn draw(mut chart: Chart, rows: [Vec<[f64; 4]>; 2]) -> String {
    let names = [(WITHOUT, "without"), (WITH, "with + x")];
    for ((color, name), rows) in names.into_iter().zip(rows) {
        let line: Vec<(f64, f64)> = rows.iter().map(|r| (r[0], r[2])).collect();
        let band: Vec<(f64, f64, f64)> = rows.iter().map(|r| (r[0], r[1], r[3])).collect();
        chart = chart.band(color, &band).line(color, name, &line);
    }
    chart.render()
}

fn correlations(depths: &Depths) -> String {
    let panel = |title: &str, kind: &Kind, residual: bool| {
        let theory = predicted_correlation(Activation::Gelu, DEPTH, residual);
        let theory: Vec<(f64, f64)> =
            theory.iter().enumerate().map(|(l, &c)| ((l + 1) as f64, c)).collect();
        let mut chart = Chart::new(title)
            .height(260.0)
            .x(Axis::linear("block", 0.0, 50.0))
            .y(Axis::linear("mean cosine", 0.0, 1.05))
            .dashed(Color::Muted, "", &theory);
        for ((step, probe), color) in kind.courses[0].probes.iter().zip(Color::ALL) {
            let layers = probe.layers.iter().take(50).enumerate();
            let line: Vec<(f64, f64)> =
                layers.map(|(l, layer)| ((l + 1) as f64, layer.correlation)).collect();
            chart = chart.line(color, &format!("step {step}"), &line);
        }
        chart
    };
    let panels =
        vec![panel("Without", &depths.without, false), panel("With + x", &depths.with, true)];
    Panels::new("Without + x all inputs come to look alike", panels)
        .subtitle("mean cosine of different inputs' pre-activations, first seed; dashed: theory at the start")
        .desc(
            "Two panels: mean cosine between the pre-activations of two different inputs against \
             the block, at several steps. Without residual connections it rises to 1 at every \
             late block within 30 steps; with them it falls.",
        )
        .render()
}

fn sweep(depths: &Depths) -> String {
    let number = |pair| match pair {
        (true, true) => 0,
        (false, true) => 1,
        (true, false) => 2,
        (false, false) => 3,
    };
    let cells: Vec<Vec<Option<usize>>> = depths
        .sweep
        .chunks(SWEEP_RATES.len())
        .map(|row| row.iter().map(|cell| Some(number(cell.trains()))).collect())
        .collect();
    Cells::new("\"Only with residuals\" is a matter of depth and learning rate")
        .subtitle(&format!(
            "blocks × 64 GELU, RMSNorm; who trains within {} steps, one seed",
            depths.settings.sweep_steps
        ))
        .columns("learning rate", &SWEEP_RATES.map(|lr| lr.to_string()))
        .rows("blocks", &SWEEP_DEPTHS.map(|depth| depth.to_string()))
        .category(Color::C, "both")
        .category(Color::A, "only with + x")
        .category(Color::D, "only without")
        .category(Color::B, "neither")
        .cells(&cells)
        .render()
}
