//! The labs: each runs an experiment, prints its tables, draws its figures and writes its data.

pub mod calibration;
pub mod collapse;
pub mod correlation;
pub mod init_ablation;
pub mod norm_ablation;
mod norm_timing;
pub mod pairs;
pub mod residual_depth;
pub mod scorecard;
pub mod variance_walk;

use minigrad::experiments::{Claim, Progress as Hears, Report, Scope, Table};

use crate::command::Request;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;
use crate::{say, table};
use minigrad_plot::Color;

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

/// What a figure is called: the conclusion if all claims hold that begin so, else the question.
fn title<'a>(report: &Report, claims: &[&str], conclusion: &'a str) -> &'a str {
    let borne_out = claims.iter().all(|beginning| report.bears_out(beginning));
    if borne_out {
        conclusion
    } else {
        report.question
    }
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

/// The claims on standard output, each with whether it holds.
fn show_claims(report: &Report) -> Result<(), Failure> {
    say::print(&report.claims.iter().map(line).collect::<String>())
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

/// What stands above a figure: `claim` where all claims hold that begin as said, else `neutral`,
/// which is true of every result.
///
/// # Panics
/// If the report has no claim that begins so.
fn titled<'a>(report: &Report, beginnings: &[&str], claim: &'a str, neutral: &'a str) -> &'a str {
    let holds = |beginning: &&str| {
        let found = report.claims.iter().find(|claim| claim.sentence.starts_with(beginning));
        found.unwrap_or_else(|| panic!("no claim begins with {beginning:?}")).holds
    };
    if beginnings.iter().all(holds) {
        claim
    } else {
        neutral
    }
}

/// Writes the figures and the report, as JSON, that stands behind them.
///
/// # Errors
/// If they cannot be written; when all are, if a claim does not [hold].
fn write(
    request: &Request,
    output: &Output,
    report: &Report,
    figures: &[(&str, String)],
) -> Result<(), Failure> {
    let json =
        to_json(report).map_err(|error| Failure::new(format!("{}: {error}", report.experiment)))?;
    for (name, svg) in figures {
        output.write(name, svg)?;
    }
    output.write(&format!("{}.json", report.experiment), &json)?;
    hold(request, report)
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
        let failure = write(&request(false), &output, &book, &[("tea.svg", String::new())]);
        let failure = failure.unwrap_err();
        assert_eq!(failure.to_string(), "tea: 1 of 2 claims fail: Sweet.");
        assert_eq!(failure.code(), 1);
        assert!(
            folder.path().join("tea.svg").is_file() && folder.path().join("tea.json").is_file()
        );
        assert!(hold(&request(true), &book).is_ok());
    }

    #[test]
    fn claims_on_times_never_end_a_lab() {
        assert!(hold(&request(false), &report(vec![Claim::times("Fast.", false)])).is_ok());
    }

    #[test]
    fn a_title_concludes_only_what_holds() {
        let report = report(vec![Claim::new("Hot: above 80.", true), Claim::new("Sweet.", false)]);
        assert_eq!(title(&report, &["Hot"], "The tea is hot"), "The tea is hot");
        assert_eq!(title(&report, &["Hot", "Sweet"], "Hot and sweet"), "Is it hot?");
    }

    #[test]
    fn a_line_says_whether_and_of_what() {
        let fails = Claim::book("Sweet.", false);
        assert_eq!(line(&fails), "[FAILS] Sweet. (said of the book's settings)\n");
        assert_eq!(line(&Claim::new("Hot.", true)), "[holds] Hot.\n");
    }
}
