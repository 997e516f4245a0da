//! The labs: each runs an experiment, prints its tables, draws its figures and writes its data.

pub mod calibration;
pub mod init_ablation;
pub mod norm_ablation;
mod norm_timing;
pub mod pairs;
pub mod residual_depth;
pub mod scorecard;
pub mod variance_walk;

use minigrad::experiments::{Progress as Hears, Report, Table};

use crate::chart::Color;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;
use crate::{say, table};

/// The colour of an initialization, the same in every figure.
fn color(init: &str) -> Color {
    match init {
        "Kaiming" => Color::A,
        "uniform" => Color::B,
        _ => Color::C,
    }
}

/// Lets an experiment move a progress bar, and tells it how many threads it may use.
pub struct Bar {
    bar: Progress,
    threads: usize,
}

impl Bar {
    /// A bar over `parts` of `name`, whose independent runs share `threads` threads.
    pub fn new(name: &str, parts: usize, threads: usize) -> Bar {
        Bar { bar: Progress::new(name, parts as u64), threads }
    }
}

impl Hears for Bar {
    fn update(&self, done: usize, _: usize) {
        self.bar.set(done as u64);
    }

    fn threads(&self) -> usize {
        self.threads
    }
}

/// A table with its title on standard output.
fn show(title: &str, table: &Table) -> Result<(), Failure> {
    say::print(&format!("{title}\n\n{}\n", table::text(&table.header, &table.rows)))
}

/// The claims on standard output, each with whether it holds.
fn show_claims(report: &Report) -> Result<(), Failure> {
    let line = |claim: &minigrad::experiments::Claim| {
        format!("[{}] {}\n", if claim.holds { "holds" } else { "FAILS" }, claim.sentence)
    };
    say::print(&report.claims.iter().map(line).collect::<String>())
}

/// Writes the figures and the report, as JSON, that stands behind them.
fn write(output: &Output, report: &Report, figures: &[(&str, String)]) -> Result<(), Failure> {
    let json =
        to_json(report).map_err(|error| Failure::new(format!("{}: {error}", report.experiment)))?;
    for (name, svg) in figures {
        output.write(name, svg)?;
    }
    output.write(&format!("{}.json", report.experiment), &json)?;
    Ok(())
}

/// The report as it is written beside its figures, with every series on one line: a column of a
/// thousand lines helps nobody.
///
/// # Errors
/// Those of serde_json, which a report does not cause.
pub fn to_json(report: &Report) -> serde_json::Result<String> {
    let mut value = serde_json::to_value(report)?;
    let series = value["series"].take();
    let lines = series.as_object().into_iter().flatten();
    let lines: Vec<String> =
        lines.map(|(name, column)| format!("    {name:?}: {column}")).collect();
    let open = serde_json::to_string_pretty(&value)?;
    Ok(open.replace("\"series\": null", &format!("\"series\": {{\n{}\n  }}", lines.join(",\n")))
        + "\n")
}
