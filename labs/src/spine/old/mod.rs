//! What an experiment hands to its readers.

mod claim;

pub use claim::{Claim, Scope};

use super::Table;

use serde::Serialize;
use std::collections::BTreeMap;

use super::{number, Spread};

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
    /// use minigrad_labs::experiments::{Claim, Report};
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

    /// Adds something for the running text.
    pub fn value(&mut self, name: impl Into<String>, value: impl ToString) {
        self.values.insert(name.into(), value.to_string());
    }

    /// Adds numbers for the running text, as `PREFIX_NAME`.
    pub fn numbers<'a>(&mut self, prefix: &str, values: impl IntoIterator<Item = (&'a str, f64)>) {
        for (name, value) in values {
            self.value(format!("{prefix}_{name}"), number(value));
        }
    }

    /// Adds a column of figure data.
    pub fn series(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = f64>) {
        let values = values.into_iter().map(|v| Some(v).filter(|v| v.is_finite()));
        self.series.insert(name.into(), values.collect());
    }

    /// Adds the columns `PREFIX step`, `low`, `high` and, under the name given, the middle of a
    /// course over the steps.
    pub fn course(&mut self, prefix: &str, middle: &str, course: &[(f64, Spread)]) {
        let mut column = |name: &str, of: fn(&(f64, Spread)) -> f64| {
            self.series(format!("{prefix} {name}"), course.iter().map(of));
        };
        column("step", |row| row.0);
        column("low", |row| row.1.low);
        column(middle, |row| row.1.middle);
        column("high", |row| row.1.high);
    }
}
