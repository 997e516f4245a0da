//! What brings two inputs together before training.

use minigrad::experiments::correlation::{parts, run, Correlations, Drawn, Settings, NAMES};

use super::{show, show_claims, titled, write, Bar};
use crate::command::{Lab, Request};
use crate::failure::Failure;
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
    let found = run(&settings, &Bar::new(LAB.name, parts(&settings), request.threads));
    let report = found.report();
    show("Mean cosine before training", &report.tables["stacks"])?;
    show_claims(&report)?;
    let title = titled(
        &report,
        &["Without a residual connection RMSNorm"],
        "The activation brings inputs together, the norm leaves them as they are",
        "What brings inputs together before training",
    );
    write(request, &output, &report, &[("correlation.svg", draw(&found, title))])
}

fn draw(found: &Correlations, title: &str) -> String {
    let Settings { draws, block_draws, .. } = found.settings;
    let add = |chart: Chart, color: Color, name: &str, drawn: &Drawn| {
        let spread = drawn.spread();
        let at = |index: usize| (index + 1) as f64;
        let line: Vec<(f64, f64)> =
            spread.iter().enumerate().map(|(l, [mean, ..])| (at(l), *mean)).collect();
        let band: Vec<(f64, f64, f64)> =
            spread.iter().enumerate().map(|(l, [_, low, high])| (at(l), *low, *high)).collect();
        let theory: Vec<(f64, f64)> =
            drawn.predicted().iter().enumerate().map(|(l, c)| (at(l), *c)).collect();
        chart.band(color, &band).dashed(Color::Muted, "", &theory).line(color, name, &line)
    };
    let layers = found.stacks[0].draws[0].len() as f64;
    let empty = |name: &str| {
        Chart::new(name).height(260.0).x(Axis::linear("layer", 0.0, layers)).y(Axis::linear(
            "mean cosine",
            0.0,
            1.05,
        ))
    };
    let stacks = |name: &str, kinds: [usize; 2]| {
        let colors = [Color::B, Color::A];
        kinds.into_iter().zip(colors).fold(empty(name), |chart, (kind, color)| {
            add(chart, color, NAMES[kind], &found.stacks[kind])
        })
    };
    let blocks = Chart::new(&format!("{}, {block_draws} draws", found.blocks[0].recipe))
        .height(260.0)
        .x(Axis::linear("block", 0.0, found.blocks[0].draws[0].len() as f64))
        .y(Axis::linear("mean cosine", 0.0, 1.05));
    let blocks = add(blocks, Color::B, "without", &found.blocks[0]);
    let blocks = add(blocks, Color::A, "with + x", &found.blocks[1]);
    let stack = &found.stacks[0].recipe;
    let panels = vec![
        stacks(&format!("{stack}, {draws} draws"), [0, 1]),
        stacks("The same with + x around each ReLU", [2, 3]),
        blocks,
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
