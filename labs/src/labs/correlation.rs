//! What brings two inputs together before training.

use minigrad::experiments::correlation::{run, Correlations, Key, Settings, BLOCKS, STACKS};
use minigrad::experiments::Report;

use super::{by_layer, finish, title};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Color, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "correlation",
    about: "Draw many networks: the activation brings inputs together, the norm does not",
    seed: 0,
    steps: None,
    writes: &["correlation.svg", "correlation.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let tables = [("Mean cosine before training", "stacks")];
    finish(request, &output, &report, &tables, &[("correlation.svg", draw(&found, &report))])
}

fn draw(found: &Correlations, report: &Report) -> String {
    let title = title(
        report,
        &["Without a residual connection RMSNorm"],
        "The activation brings inputs together, the norm leaves them as they are",
        "What brings inputs together before training",
    );
    let Settings { draws, block_draws, .. } = found.settings;
    let panel = |name: &str, axis: &str, kinds: [(Key, &str); 2]| {
        let kinds = kinds.map(|(key, name)| (found.sweep.of(&key), name));
        let layers = kinds[0].0.trials[0].len() as f64;
        let chart = Chart::new(name)
            .height(260.0)
            .x(Axis::linear(axis, 0.0, layers))
            .y(Axis::linear("mean cosine", 0.0, 1.05));
        kinds.into_iter().zip([Color::B, Color::A]).fold(chart, |chart, ((drawn, name), color)| {
            let spread = drawn.spread().into_iter().zip(1..);
            let (line, band): (Vec<_>, Vec<_>) = spread
                .map(|([mean, low, high], layer)| (f64::from(layer), mean, low, high))
                .map(|(x, mean, low, high)| ((x, mean), (x, low, high)))
                .unzip();
            let theory = by_layer(&drawn.predicted());
            chart.band(color, &band).dashed(Color::Muted, "", &theory).line(color, name, &line)
        })
    };
    let named = |key: Key| (key, key.name());
    let [bare, normed, bare_residual, normed_residual] = STACKS.map(named);
    let stack = format!("{}, {draws} draws", STACKS[0].recipe());
    let blocks = format!("{}, {block_draws} draws", BLOCKS[0].recipe());
    let panels = vec![
        panel(&stack, "layer", [bare, normed]),
        panel("The same with + x around each ReLU", "layer", [bare_residual, normed_residual]),
        panel(&blocks, "block", [(BLOCKS[0], "without"), (BLOCKS[1], "with + x")]),
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
