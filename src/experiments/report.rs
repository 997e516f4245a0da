//! What an experiment hands to its readers.

use serde::Serialize;
use std::collections::BTreeMap;

/// A result in the form in which it is written beside its figures and included in the book.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name of the experiment and of its lab.
    pub experiment: &'static str,
    /// What it asks, in one sentence.
    pub question: &'static str,
    /// What was run, by name.
    pub settings: BTreeMap<&'static str, String>,
    /// What the result shows.
    pub claims: Vec<Claim>,
    /// Numbers for the running text, formatted.
    pub values: BTreeMap<String, String>,
    /// Tables for the chapters.
    pub tables: BTreeMap<&'static str, Table>,
    /// The data behind each figure: named columns of numbers, `null` where not finite.
    pub series: BTreeMap<String, Vec<Option<f64>>>,
}

/// Of which results a claim says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Of the experiment's small settings, which `cargo test` runs, and of the book's.
    Small,
    /// Of the book's settings alone: the lab that draws the book's figures fails where it does not.
    Book,
    /// Of times, which no second run repeats: said of the run at hand, and never a failure.
    Times,
}

/// A sentence about a result, and whether the result bears it out.
///
/// ```
/// use minigrad::experiments::{Claim, Scope};
/// assert_eq!(Claim::new("Kaiming trains.", true).scope, Scope::Small);
/// assert_eq!(Claim::book("Fifty blocks collapse.", true).scope, Scope::Book);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// The sentence, as the chapter prints it.
    pub sentence: String,
    /// Whether it is true of this result.
    pub holds: bool,
    /// Of which results it must be.
    pub scope: Scope,
}

impl Claim {
    /// A claim on every result from the small settings upwards.
    pub fn new(sentence: impl Into<String>, holds: bool) -> Claim {
        Claim { sentence: sentence.into(), holds, scope: Scope::Small }
    }

    /// A claim on results at the book's settings alone.
    pub fn book(sentence: impl Into<String>, holds: bool) -> Claim {
        Claim { scope: Scope::Book, ..Claim::new(sentence, holds) }
    }

    /// A claim on times.
    pub fn times(sentence: impl Into<String>, holds: bool) -> Claim {
        Claim { scope: Scope::Times, ..Claim::new(sentence, holds) }
    }
}

/// Cells for reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// One name a column.
    pub header: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Table {
        Table { header: header.into_iter().map(Into::into).collect(), rows: vec![] }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not one cell a column.
    #[track_caller]
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        assert_eq!(cells.len(), self.header.len(), "table: one cell a column");
        self.rows.push(cells);
    }
}

impl Report {
    /// A report with nothing in it yet.
    pub fn new(experiment: &'static str, question: &'static str) -> Report {
        Report {
            experiment,
            question,
            settings: BTreeMap::new(),
            claims: vec![],
            values: BTreeMap::new(),
            tables: BTreeMap::new(),
            series: BTreeMap::new(),
        }
    }

    /// Whether the claim holds whose sentence begins so: what a figure's title may say.
    ///
    /// # Panics
    /// If there is no such claim, or more than one.
    ///
    /// ```
    /// use minigrad::experiments::{Claim, Report};
    /// let mut report = Report::new("tea", "Is it hot?");
    /// report.claims.push(Claim::new("It is hot: above 80.", false));
    /// assert!(!report.bears_out("It is hot"));
    /// ```
    #[track_caller]
    pub fn bears_out(&self, beginning: &str) -> bool {
        let mut found = self.claims.iter().filter(|claim| claim.sentence.starts_with(beginning));
        match (found.next(), found.next()) {
            (Some(claim), None) => claim.holds,
            _ => panic!("{}: not one claim begins {beginning:?}", self.experiment),
        }
    }

    /// Adds a number for the running text.
    pub fn value(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), value.into());
    }

    /// Adds a column of figure data.
    pub fn series(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = f64>) {
        let values = values.into_iter().map(|v| Some(v).filter(|v| v.is_finite()));
        self.series.insert(name.into(), values.collect());
    }
}

/// A number with three significant digits, for tables: `0.000783`, `12.4`, `1.27e6`, `NaN`.
///
/// ```
/// use minigrad::experiments::number;
/// assert_eq!(number(0.00078268), "0.000783");
/// assert_eq!(number(1268025.8), "1.27e6");
/// assert_eq!(number(0.6931), "0.693");
/// assert_eq!(number(f64::NAN), "NaN");
/// ```
pub fn number(x: f64) -> String {
    if !x.is_finite() || x == 0.0 {
        return x.to_string();
    }
    let rounded = format!("{x:.2e}");
    let exponent: i32 = rounded.split_once('e').map_or(0, |(_, e)| e.parse().unwrap_or(0));
    if (-4..4).contains(&exponent) {
        let x: f64 = rounded.parse().unwrap_or(x);
        format!("{x:.*}", (2 - exponent).max(0) as usize)
    } else {
        rounded
    }
}
