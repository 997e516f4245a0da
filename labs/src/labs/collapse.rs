//! At which learning rate a normalized stack collapses, over width and depth.

use crate::experiments::collapse::{run, Settings, DEPTH, RATES, WIDTH};

use super::data::Data;
use super::{finish, meaning, redraw, Redraw};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Axis, Chart, Drawing, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "collapse",
    about: "Find the learning rate at which a normalized stack collapses, over width and depth",
    seed: 0,
    steps: Some(60),
    writes: &["collapse.svg", "collapse.json"],
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
        return redraw(request, &[("collapse.svg", draw(&data, &settings))]);
    }
    let output = request.output()?;
    let report = run(&settings, &Bar::new(LAB.name, request.threads)).report();
    let tables = [("Where the networks collapse", "sizes")];
    let figures = [("collapse.svg", draw(&Data::from(&report), &settings))];
    finish(request, &output, &report, &tables, &figures)
}

fn draw(data: &Data, settings: &Settings) -> Drawing {
    let title = data.title(
        &["From width"],
        "Width moves the collapse as theory says",
        "Where a normalized stack collapses",
    );
    let panel = |name: &str, over: &str, sizes: &[f64]| {
        let (first, last) = (sizes.first().unwrap_or(&1.0), sizes.last().unwrap_or(&1.0));
        let column = |what: &str| data.series(&format!("{over} {what}"));
        let measured = sizes.iter().zip(column("sharpness median"));
        let ends = column("sharpness low").iter().zip(column("sharpness high"));
        let points =
            measured.zip(ends).map(|((&x, &middle), (&low, &high))| (x, middle, low, high));
        let limits = sizes.iter().copied().zip(column("limit").iter().copied());
        Chart::new(name)
            .height(260.0)
            .x(Axis::log(over, 0.8 * first, 1.25 * last))
            .y(Axis::log("critical sharpness", 0.1, 20.0))
            .dashed(meaning::THEORY, "theory", &limits.collect::<Vec<_>>())
            .intervals(meaning::MEASURED, "measured", &points.collect::<Vec<_>>())
    };
    let widths: Vec<f64> = settings.widths.iter().map(|&width| width as f64).collect();
    let mut depths: Vec<f64> = settings.depths.iter().map(|&depth| depth as f64).collect();
    depths.push(DEPTH as f64);
    depths.sort_by(f64::total_cmp);
    let over_width = panel(&format!("{DEPTH} layers"), "width", &widths);
    let over_depth = panel(&format!("width {WIDTH}"), "depth", &depths);
    let Settings { seeds, steps, .. } = settings;
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
