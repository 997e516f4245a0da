//! Lab 03: fifty blocks with and without residual connections.

use crate::experiments::residual_depth::{
    name, run, Settings, LR, SWEEP_DEPTHS, SWEEP_RATES, SWEEP_WIDTH,
};
use crate::experiments::Spread;
use minigrad::recipe::Outcome;

use super::data::Data;
use super::{by_layer, course, finish, meaning, redraw, Redraw, GUESS};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Axis, Cells, Chart, Color, Drawing, Panels};

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
    run: |request| main(request, &Redraw::default()),
};

/// Runs the lab.
///
/// # Errors
/// If a file cannot be read or written.
pub fn main(request: &Request, flags: &Redraw) -> Result<(), Failure> {
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    if flags.redraw {
        let data = Data::read(&request.dir, LAB.name)?;
        return redraw(request, &figures(&data, &settings));
    }
    train(request, &settings)
}

fn train(request: &Request, settings: &Settings) -> Result<(), Failure> {
    let output = request.output()?;
    let depths = run(settings, &Bar::new(LAB.name, request.threads));
    let report = depths.report();
    let tables = [
        ("Loss and layer-1 gradient of the first seed", "course"),
        ("Over depth", "probes"),
        ("Final losses of the sweep, without / with", "sweep"),
    ];
    let figures = figures(&Data::from(&report), settings);
    finish(request, &output, &report, &tables, &figures)
}

fn figures(data: &Data, settings: &Settings) -> [(&'static str, Drawing); 4] {
    [
        ("residual-depth.svg", losses(data, settings)),
        ("residual-depth-gradient.svg", gradients(data, settings)),
        ("residual-depth-correlation.svg", correlations(data, settings)),
        ("residual-depth-sweep.svg", sweep(data, settings)),
    ]
}

fn subtitle(settings: &Settings) -> String {
    let Settings { depth, width, seeds, .. } = settings;
    format!(
        "{depth} blocks × {width} GELU, RMSNorm, lr {LR}; lines: median of {seeds} seeds, bands: \
         range"
    )
}

fn losses(data: &Data, settings: &Settings) -> Drawing {
    let blocks = settings.depth;
    let conclusion = format!("At lr {LR}, {blocks} blocks train with + x and stand still without");
    let title = data.title(
        &["Fifty blocks without residual connections", "With residual connections every seed"],
        &conclusion,
        "Training loss with and without + x",
    );
    let chart = Chart::new(title)
        .subtitle(&subtitle(settings))
        .desc("Training loss against the step, logarithmic, without and with residual connections.")
        .x(Axis::linear("step", 0.0, settings.steps as f64))
        .y(Axis::log("training loss (nats)", 1e-3, 3e1));
    draw(
        chart,
        settings,
        [false, true].map(|with| data.course(&format!("{} loss", name(with)), "middle")),
    )
}

fn gradients(data: &Data, settings: &Settings) -> Drawing {
    let title = data.title(
        &["Their layer-1 gradient does not start small"],
        "Without + x the first layer's gradient is large, then collapses",
        "The first layer's gradient with and without + x",
    );
    let chart = Chart::new(title)
        .subtitle(&subtitle(settings))
        .desc(
            "Norm of the gradient by the first layer's weights against the step, logarithmic, \
             without and with residual connections.",
        )
        .x(Axis::linear("step", 0.0, settings.steps as f64))
        .y(Axis::log("gradient norm, layer 1", 1e-7, 1e2));
    let gradients = |with| data.course(&format!("{} gradient", name(with)), "middle");
    draw(chart, settings, [false, true].map(gradients))
}

fn draw(chart: Chart, settings: &Settings, [without, with]: [Vec<(f64, Spread)>; 2]) -> Drawing {
    let chart = course(chart, meaning::residual(false), "without", &without);
    // It has learned long before the other one's steps are over.
    let steps = settings.steps_of(true);
    course(chart, meaning::residual(true), &format!("with + x, {steps} steps"), &with).render()
}

/// Curves that nobody could tell apart count as one, named by the first and the last of its steps.
fn merged<'d>(courses: &[(usize, &'d [f64])]) -> Vec<(String, &'d [f64])> {
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| libm::fabs(a - b) < 0.06);
    let mut runs: Vec<(usize, usize, &[f64])> = vec![];
    for &(step, course) in courses {
        match runs.last_mut() {
            Some((_, last, shown)) if close(shown, course) => *last = step,
            _ => runs.push((step, step, course)),
        }
    }
    let name = |first: usize, last: usize| match first == last {
        true => format!("step {first}"),
        false => format!("steps {first} to {last}"),
    };
    runs.into_iter().map(|(first, last, course)| (name(first, last), course)).collect()
}

fn correlations(data: &Data, settings: &Settings) -> Drawing {
    let panel = |title: &str, with: bool| {
        let column = format!("{} correlation", name(with));
        let chart = Chart::new(title)
            .height(260.0)
            .x(Axis::linear("block", 0.0, settings.depth as f64))
            .y(Axis::linear("mean cosine", 0.0, 1.05))
            .dashed(meaning::THEORY, "", &by_layer(data.series(&format!("{column} predicted"))));
        let courses = merged(&data.numbered(&format!("{column} at")));
        courses.iter().fold(chart, |chart, (name, cosines)| {
            chart.line(meaning::residual(with), name, &by_layer(cosines))
        })
    };
    let panels = vec![panel("Without", false), panel("With + x", true)];
    let title = data.title(
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

fn sweep(data: &Data, settings: &Settings) -> Drawing {
    let number = |pair| match pair {
        (true, true) => 0,
        (false, true) => 1,
        (true, false) => 2,
        (false, false) => 3,
    };
    let finals = [false, true].map(|with| data.series(&format!("sweep {} final", name(with))));
    let trains = |loss: f64| loss <= 0.5 * GUESS;
    let pairs: Vec<_> = finals[0].iter().zip(finals[1]).collect();
    // Depth by depth, each with all rates.
    let row = |row: &[(&f64, &f64)]| {
        row.iter().map(|&(without, with)| Some(number((trains(*without), trains(*with))))).collect()
    };
    let mut cells: Vec<Vec<Option<usize>>> = pairs.chunks(SWEEP_RATES.len()).map(row).collect();
    cells.resize(SWEEP_DEPTHS.len(), vec![None; SWEEP_RATES.len()]);
    let title = data.title(
        &["At 32 blocks no learning rate", "At 4 blocks residual connections decide nothing"],
        "\"Only with residuals\" is a matter of depth and learning rate",
        "Who trains, over depth and learning rate",
    );
    Cells::new(title)
        .subtitle(&format!(
            "blocks × {SWEEP_WIDTH} GELU, RMSNorm; who trains within {} steps, one seed",
            settings.sweep_steps
        ))
        .columns("learning rate", &SWEEP_RATES.map(|lr| lr.to_string()))
        .rows("blocks", &SWEEP_DEPTHS.map(|depth| depth.to_string()))
        .category(meaning::outcome(Outcome::Trains), "both")
        .category(Color::F, "only with + x")
        .category(Color::E, "only without")
        .category(Color::Muted, "neither")
        .cells(&cells)
        .render()
}
