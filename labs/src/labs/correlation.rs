//! What brings two inputs together before training.

use crate::experiments::correlation::{run, Key, Settings, BLOCKS, STACKS};

use super::data::Data;
use super::{by_layer, finish, meaning, redraw, Redraw};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "correlation",
    about: "Draw many networks: the activation brings inputs together, the norm does not",
    seed: 0,
    steps: None,
    writes: &["correlation.svg", "correlation.json"],
    run: |request| main(request, &Redraw::default()),
};

/// Runs the lab.
///
/// # Errors
/// If a file cannot be read or written.
pub fn main(request: &Request, flags: &Redraw) -> Result<(), Failure> {
    let settings = Settings { seed: request.seed, ..Settings::default() };
    if flags.redraw {
        let data = Data::read(&request.dir, LAB.name)?;
        return redraw(request, &[("correlation.svg", draw(&data, &settings))]);
    }
    let output = request.output()?;
    let report = run(&settings, &Bar::new(LAB.name, request.threads)).report();
    let tables = [("Mean cosine before training", "stacks")];
    let figures = [("correlation.svg", draw(&Data::from(&report), &settings))];
    finish(request, &output, &report, &tables, &figures)
}

fn draw(data: &Data, settings: &Settings) -> Drawing {
    let title = data.title(
        &["Without a residual connection RMSNorm"],
        "The activation brings inputs together, the norm leaves them as they are",
        "What brings inputs together before training",
    );
    let Settings { draws, block_draws, .. } = settings;
    let norms = [meaning::norm("no norm"), meaning::norm("RMSNorm")];
    let residuals = [false, true].map(meaning::residual);
    let panel = |name: &str, axis: &str, kinds: [(Key, &str); 2], colors: [Color; 2]| {
        let column =
            |key: Key, what: &str| by_layer(data.series(&format!("{} {what}", key.name())));
        let layers = column(kinds[0].0, "mean").len().max(1) as f64;
        let chart = Chart::new(name)
            .height(260.0)
            .x(Axis::linear(axis, 0.0, layers))
            .y(Axis::linear("mean cosine", 0.0, 1.05));
        kinds.into_iter().zip(colors).fold(chart, |chart, ((key, name), color)| {
            let ends = column(key, "5 %").into_iter().zip(column(key, "95 %"));
            let band: Vec<_> = ends.map(|((x, low), (_, high))| (x, low, high)).collect();
            let theory = column(key, "predicted");
            let chart = chart.band(color, &band).dashed(meaning::THEORY, "", &theory);
            chart.line(color, name, &column(key, "mean"))
        })
    };
    let named = |key: Key| (key, key.name());
    let [bare, normed, bare_residual, normed_residual] = STACKS.map(named);
    let stack = format!("{}, {draws} draws", STACKS[0].recipe());
    let blocks = format!("{}, {block_draws} draws", BLOCKS[0].recipe());
    let panels = vec![
        panel(&stack, "layer", [bare, normed], norms),
        panel(
            "The same with + x around each ReLU",
            "layer",
            [bare_residual, normed_residual],
            norms,
        ),
        panel(&blocks, "block", [(BLOCKS[0], "without"), (BLOCKS[1], "with + x")], residuals),
    ];
    Panels::new(title, panels)
        .subtitle("before training; lines: mean of the draws, bands: 5 % to 95 %; dashed: theory")
        .desc(
            "Three panels: mean cosine between the pre-activations of different inputs against \
             layer or block, before training. First a stack of ReLU layers without a norm and \
             with RMSNorm, then the same with residual connections, then the fifty blocks of lab \
             03 without and with residual connections.",
        )
        .render()
}
