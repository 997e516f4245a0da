//! At which learning rate a normalized stack collapses, over width and depth.

use minigrad::experiments::collapse::{run, Collapses, Settings, Size, DEPTH, RATES, WIDTH};
use minigrad::experiments::{Report, Spread};

use super::{finish, title};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Color, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "collapse",
    about: "Find the learning rate at which a normalized stack collapses, over width and depth",
    seed: 0,
    steps: Some(60),
    writes: &["collapse.svg", "collapse.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let tables = [("Where the networks collapse", "sizes")];
    finish(request, &output, &report, &tables, &[("collapse.svg", draw(&found, &report))])
}

fn draw(found: &Collapses, report: &Report) -> String {
    let title = title(
        report,
        &["From width"],
        "Width moves the collapse as theory says",
        "Where a normalized stack collapses",
    );
    let panel = |name: &str, label: &str, sizes: &[&Size], of: &dyn Fn(&Size) -> f64| {
        let ends = |f: f64, size: &&Size| f * of(size);
        let (first, last) = (sizes.first(), sizes.last());
        let axis = (first.map_or(1.0, |s| ends(0.8, s)), last.map_or(2.0, |s| ends(1.25, s)));
        let points = sizes.iter().filter_map(|size| {
            let Spread { low, middle, high } = size.critical_sharpness();
            middle.is_finite().then_some((of(size), middle, low, high))
        });
        let limits: Vec<(f64, f64)> = sizes.iter().map(|size| (of(size), size.limit())).collect();
        Chart::new(name)
            .height(260.0)
            .x(Axis::log(label, axis.0, axis.1))
            .y(Axis::log("critical sharpness", 0.1, 20.0))
            .dashed(Color::Muted, "theory", &limits)
            .intervals(Color::A, "measured", &points.collect::<Vec<_>>())
    };
    let over_width =
        panel(&format!("{DEPTH} layers"), "width", &found.over_width(), &|size| size.key.1 as f64);
    let over_depth =
        panel(&format!("width {WIDTH}"), "depth", &found.over_depth(), &|size| size.key.0 as f64);
    let Settings { seeds, steps, .. } = found.settings;
    Panels::new(title, vec![over_width, over_depth])
        .subtitle(&format!(
            "ReLU, RMSNorm, Kaiming, {steps} steps, {RATES} learning rates; points: median of \
             {seeds} seeds, with their range"
        ))
        .desc(
            "Two panels: the sharpness above which networks collapse, against the width and \
             against the depth, all logarithmic. Points are measured, the dashed line is theory's \
             limit.",
        )
        .render()
}
