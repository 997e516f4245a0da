//! Lab 03: fifty blocks with and without residual connections.

use minigrad::experiments::correlation::predicted;
use minigrad::experiments::residual_depth::{
    recipe, run, Depths, Settings, LR, SWEEP_DEPTHS, SWEEP_RATES, SWEEP_WIDTH,
};
use minigrad::experiments::{Report, Spread};

use super::{by_layer, course, finish, title};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Cells, Chart, Color, Panels};

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
    let depths = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = depths.report();
    let tables = [
        ("Loss and layer-1 gradient of the first seed", "course"),
        ("Over depth", "probes"),
        ("Final losses of the sweep, without / with", "sweep"),
    ];
    let figures = [
        ("residual-depth.svg", losses(&depths, &report)),
        ("residual-depth-gradient.svg", gradients(&depths, &report)),
        ("residual-depth-correlation.svg", correlations(&depths, &report)),
        ("residual-depth-sweep.svg", sweep(&depths, &report)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

fn subtitle(depths: &Depths) -> String {
    let Settings { depth, width, seeds, .. } = depths.settings;
    format!(
        "{depth} blocks × {width} GELU, RMSNorm, lr {LR}; lines: median of {seeds} seeds, bands: \
         range"
    )
}

fn losses(depths: &Depths, report: &Report) -> String {
    let blocks = depths.settings.depth;
    let conclusion = format!("At lr {LR}, {blocks} blocks train with + x and stand still without");
    let title = title(
        report,
        &["Fifty blocks without residual connections", "With residual connections every seed"],
        &conclusion,
        "Training loss with and without + x",
    );
    let chart = Chart::new(title)
        .subtitle(&subtitle(depths))
        .desc("Training loss against the step, logarithmic, without and with residual connections.")
        .x(Axis::linear("step", 0.0, depths.settings.steps as f64))
        .y(Axis::log("training loss (nats)", 1e-3, 3e1));
    draw(chart, [false, true].map(|residual| depths.flagship(residual).losses()))
}

fn gradients(depths: &Depths, report: &Report) -> String {
    let title = title(
        report,
        &["Their layer-1 gradient does not start small"],
        "Without + x the first layer's gradient is large, then collapses",
        "The first layer's gradient with and without + x",
    );
    let chart = Chart::new(title)
        .subtitle(&subtitle(depths))
        .desc(
            "Norm of the gradient by the first layer's weights against the step, logarithmic, \
             without and with residual connections.",
        )
        .x(Axis::linear("step", 0.0, depths.settings.steps as f64))
        .y(Axis::log("gradient norm, layer 1", 1e-7, 1e2));
    let gradients =
        |residual| depths.flagship(residual).at_each_step(|course| &course.trial.gradients);
    draw(chart, [false, true].map(gradients))
}

fn draw(chart: Chart, [without, with]: [Vec<(f64, Spread)>; 2]) -> String {
    let chart = course(chart, WITHOUT, "without", &without);
    course(chart, WITH, "with + x", &with).render()
}

fn correlations(depths: &Depths, report: &Report) -> String {
    let Settings { depth, width, .. } = depths.settings;
    let panel = |title: &str, residual: bool| {
        let theory = predicted(&recipe(depth, width, residual));
        let chart = Chart::new(title)
            .height(260.0)
            .x(Axis::linear("block", 0.0, depth as f64))
            .y(Axis::linear("mean cosine", 0.0, 1.05))
            .dashed(Color::Muted, "", &by_layer(&theory));
        let probes = &depths.flagship(residual).trials[0].trial.probes;
        probes.iter().zip(Color::ALL).fold(chart, |chart, ((step, probe), color)| {
            let blocks = probe.layers[..depth].iter();
            let cosines: Vec<f64> = blocks.map(|block| block.correlation).collect();
            chart.line(color, &format!("step {step}"), &by_layer(&cosines))
        })
    };
    let panels = vec![panel("Without", false), panel("With + x", true)];
    let title = title(
        report,
        &["Without them the cosine between different inputs"],
        "Without + x all inputs come to look alike",
        "How alike inputs come to look, with and without + x",
    );
    Panels::new(title, panels)
        .subtitle(
            "mean cosine of different inputs' pre-activations, first seed; dashed: theory at the \
             start",
        )
        .desc(
            "Two panels: mean cosine between the pre-activations of two different inputs against \
             the block, at several steps, without and with residual connections.",
        )
        .render()
}

fn sweep(depths: &Depths, report: &Report) -> String {
    let number = |pair| match pair {
        (true, true) => 0,
        (false, true) => 1,
        (true, false) => 2,
        (false, false) => 3,
    };
    let row = |depth| SWEEP_RATES.map(|lr| Some(number(depths.trains(depth, lr)))).to_vec();
    let cells: Vec<Vec<Option<usize>>> = SWEEP_DEPTHS.map(row).to_vec();
    let title = title(
        report,
        &["At 32 blocks no learning rate", "At 4 blocks residual connections decide nothing"],
        "\"Only with residuals\" is a matter of depth and learning rate",
        "Who trains, over depth and learning rate",
    );
    Cells::new(title)
        .subtitle(&format!(
            "blocks × {SWEEP_WIDTH} GELU, RMSNorm; who trains within {} steps, one seed",
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
