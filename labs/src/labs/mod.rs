//! The labs: each runs an experiment, prints its tables, draws its figures and writes its data.

pub mod collapse;
pub mod correlation;
pub mod data;
pub mod diagnosis;
pub mod drawings;
pub mod lengths;
pub use crate::spine::colors as meaning;
pub mod pairs;
pub mod phase;
pub mod placement;
pub mod residual_depth;
pub mod scorecard;
pub mod starts;
pub mod variance_walk;

use crate::experiments::{Claim, Report, Scope, Spread};

use crate::command::Request;
use minigrad::recipe::Outcome;
use minigrad_cli::failure::Failure;
use minigrad_cli::output::Output;
use minigrad_cli::terminal;
use minigrad_plot::{Cells, Chart, Color, Drawing};

/// The loss of a guess between two classes.
const GUESS: f64 = std::f64::consts::LN_2;

/// Where a loss is that has left the finite numbers at `step`, counted from 0: at that step,
/// counted from 1, beyond the largest float.
fn leaves(step: usize) -> (f64, f64) {
    ((step + 1) as f64, f64::from(f32::MAX))
}

/// What stands above a figure: the conclusion where all claims hold that begin as said, else
/// `neutral`, which is true of every result.
///
/// # Panics
/// If the report has not one claim that begins so.
fn title<'a>(report: &Report, claims: &[&str], conclusion: &'a str, neutral: &'a str) -> &'a str {
    if claims.iter().all(|beginning| report.bears_out(beginning)) {
        conclusion
    } else {
        neutral
    }
}

/// The middle of a course over the steps as a line, its range over the seeds as a band.
fn course(chart: Chart, color: Color, name: &str, rows: &[(f64, Spread)]) -> Chart {
    let line: Vec<(f64, f64)> = rows.iter().map(|(x, spread)| (*x, spread.middle)).collect();
    let band = |(x, Spread { low, high, .. }): &(f64, Spread)| (*x, *low, *high);
    let band: Vec<(f64, f64, f64)> = rows.iter().map(band).collect();
    chart.band(color, &band).line(color, name, &line)
}

/// The category of a cell in a drawing with [`outcomes_named`]: an outcome, or that the seeds disagree.
fn category(outcome: Option<Outcome>) -> usize {
    match outcome {
        Some(Outcome::Trains) => 0,
        Some(Outcome::Vanishes) => 1,
        Some(Outcome::Diverges) => 2,
        None => 3,
    }
}

/// The names and colours of the categories, in the order of [`category`].
fn outcomes_named(cells: Cells) -> Cells {
    cells
        .category(meaning::outcome(Outcome::Trains), "trains")
        .category(meaning::outcome(Outcome::Vanishes), "vanishes")
        .category(meaning::outcome(Outcome::Diverges), "diverges")
        .category(Color::Muted, "seeds disagree")
}

/// Values of the layers 1, 2, ... as points of a line.
fn by_layer(values: &[f64]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(l, value)| ((l + 1) as f64, *value)).collect()
}

/// One line: whether the claim holds, of what it says so, the sentence.
fn line(claim: &Claim) -> String {
    let scope = match claim.scope {
        Scope::Small => "",
        Scope::Book => " (said of the book's settings)",
        Scope::Times => " (said of this run's times)",
    };
    format!("[{}] {}{scope}\n", if claim.holds { "holds" } else { "FAILS" }, claim.sentence)
}

/// At the book's settings, that every claim holds which is not about times; a trial only says so.
///
/// # Errors
/// The first sentence that does not hold, and how many more there are.
fn hold(request: &Request, report: &Report) -> Result<(), Failure> {
    let broken = report.claims.iter().filter(|claim| !claim.holds && claim.scope != Scope::Times);
    let broken: Vec<&Claim> = broken.collect();
    match broken[..] {
        [first, ..] if !request.trial => Err(Failure::new(format_args!(
            "{}: {} of {} claims fail: {}",
            report.experiment,
            broken.len(),
            report.claims.len(),
            first.sentence
        ))),
        _ => Ok(()),
    }
}

/// What every lab does with its result: prints the tables, each under its title, and the claims;
/// writes the figures, in both layouts, and the report that stands behind them, as JSON.
///
/// # Errors
/// If a file cannot be written; when all are, if a claim does not [hold].
fn finish(
    request: &Request,
    output: &Output,
    report: &Report,
    tables: &[(&str, &str)],
    figures: &[(&str, Drawing)],
) -> Result<(), Failure> {
    let table =
        |(title, name): &(&str, &str)| format!("{title}\n\n{}\n", report.tables[name].text());
    let text: String = tables.iter().map(table).chain(report.claims.iter().map(line)).collect();
    // Where nothing can be said, the results are written all the same.
    let said = terminal::print(&text);
    let json =
        to_json(report).map_err(|error| Failure::new(format!("{}: {error}", report.experiment)))?;
    for (name, drawing) in figures {
        for (file, svg) in drawing.files(name) {
            output.write(&file, svg)?;
        }
    }
    output.write(&format!("{}.json", report.experiment), &json)?;
    said?;
    hold(request, report)
}

/// The flag of a lab that can draw without running its experiment.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct Redraw {
    /// Draw the figures again from the data of an earlier run, and run nothing
    #[arg(long, display_order = 3)]
    pub redraw: bool,
}

/// Writes figures that were drawn from earlier data.
///
/// # Errors
/// If a file cannot be written.
fn redraw(request: &Request, figures: &[(&str, Drawing)]) -> Result<(), Failure> {
    let output = request.output()?;
    for (name, drawing) in figures {
        for (file, svg) in drawing.files(name) {
            output.write(&file, svg)?;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn report(claims: Vec<Claim>) -> Report {
        let mut report = Report::new("tea", "Is it hot?");
        report.claims = claims;
        report
    }

    fn request(trial: bool) -> Request {
        Request { seed: 0, steps: 0, dir: "target".into(), trial, threads: 1 }
    }

    #[test]
    fn a_claim_that_fails_at_the_books_settings_ends_the_lab_after_writing() {
        let folder = tempfile::tempdir().unwrap();
        let output = Output::new(folder.path()).unwrap();
        let book = report(vec![Claim::new("Hot.", true), Claim::book("Sweet.", false)]);
        let failure =
            finish(&request(false), &output, &book, &[], &[("tea.svg", Drawing::default())]);
        let failure = failure.unwrap_err();
        assert_eq!(failure.to_string(), "tea: 1 of 2 claims fail: Sweet.");
        assert_eq!(failure.code(), 1);
        for file in ["tea.svg", "tea-small.svg", "tea.json"] {
            assert!(folder.path().join(file).is_file(), "{file}");
        }
        assert!(hold(&request(true), &book).is_ok());
    }

    #[test]
    fn claims_on_times_never_end_a_lab() {
        assert!(hold(&request(false), &report(vec![Claim::times("Fast.", false)])).is_ok());
    }

    #[test]
    fn a_title_concludes_only_what_holds() {
        let report = report(vec![Claim::new("Hot: above 80.", true), Claim::new("Sweet.", false)]);
        let of = |claims: &[&str]| title(&report, claims, "The tea is good", "The tea").to_owned();
        assert_eq!(of(&["Hot"]), "The tea is good");
        assert_eq!(of(&["Hot", "Sweet"]), "The tea");
    }

    #[test]
    fn a_line_says_whether_and_of_what() {
        let fails = Claim::book("Sweet.", false);
        assert_eq!(line(&fails), "[FAILS] Sweet. (said of the book's settings)\n");
        assert_eq!(line(&Claim::new("Hot.", true)), "[holds] Hot.\n");
    }
}
