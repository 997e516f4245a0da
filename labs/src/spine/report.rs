//! What an experiment says of what was measured.

use super::{number, Cell, Spread, Table};
use serde::Serialize;
use std::collections::BTreeMap;

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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// What figures call it by.
    pub name: &'static str,
    /// As the chapter prints it.
    pub sentence: String,
    /// Whether it is true of this result.
    pub holds: bool,
    /// Of which results it must be.
    pub scope: Scope,
}

/// What an experiment says: written beside its figures, and included in the book.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What the result shows.
    pub claims: Vec<Claim>,
    /// Numbers for the running text, formatted.
    pub values: BTreeMap<String, String>,
    /// Tables for the chapters.
    pub tables: BTreeMap<&'static str, Table>,
    /// Titles and names of the tables that the lab prints, in order.
    #[serde(skip)]
    pub printed: Vec<(String, &'static str)>,
}

impl Report {
    /// Claims of every result from the small settings upwards.
    pub fn claim(&mut self, name: &'static str, sentence: impl Into<String>, holds: bool) {
        self.add(name, sentence.into(), holds, Scope::Small);
    }

    /// Claims of the book's settings alone.
    pub fn claim_book(&mut self, name: &'static str, sentence: impl Into<String>, holds: bool) {
        self.add(name, sentence.into(), holds, Scope::Book);
    }

    /// Claims of the times at hand.
    pub fn claim_times(&mut self, name: &'static str, sentence: impl Into<String>, holds: bool) {
        self.add(name, sentence.into(), holds, Scope::Times);
    }

    fn add(&mut self, name: &'static str, sentence: String, holds: bool, scope: Scope) {
        let is_new = self.claims.iter().all(|claim| claim.name != name);
        assert!(is_new, "two claims are called {name:?}");
        self.claims.push(Claim { name, sentence, holds, scope });
    }

    /// Whether a claim holds.
    ///
    /// # Panics
    /// If there is no claim of this name.
    #[track_caller]
    pub fn holds(&self, name: &str) -> bool {
        let claim = self.claims.iter().find(|claim| claim.name == name);
        claim.unwrap_or_else(|| panic!("no claim is called {name:?}")).holds
    }

    /// What stands above a figure: the conclusion where all these claims hold, else what is true of
    /// every result.
    #[track_caller]
    pub fn title<'a>(&self, claims: &[&str], conclusion: &'a str, neutral: &'a str) -> &'a str {
        if claims.iter().all(|name| self.holds(name)) {
            conclusion
        } else {
            neutral
        }
    }

    /// Adds something for the running text.
    pub fn value(&mut self, name: impl Into<String>, value: impl ToString) {
        self.values.insert(name.into(), value.to_string());
    }

    /// Adds counts.
    pub fn counts<const N: usize>(&mut self, counts: [(&str, usize); N]) {
        counts.into_iter().for_each(|(name, count)| self.value(name, count));
    }

    /// Adds numbers as `OF_NAME`.
    pub fn numbers<'a>(&mut self, of: &str, numbers: impl IntoIterator<Item = (&'a str, f64)>) {
        numbers.into_iter().for_each(|(name, x)| self.value(format!("{of}_{name}"), number(x)));
    }

    /// Adds `NAME_low`, `NAME` and `NAME_high`.
    pub fn spread(&mut self, name: &str, Spread { low, middle, high }: Spread) {
        self.value(name, number(middle));
        self.numbers(name, [("low", low), ("high", high)]);
    }

    /// Adds a table, which the lab prints under its title; without a title it is the chapters' alone.
    pub fn table<R: IntoIterator<Item = Cell>>(
        &mut self,
        name: &'static str,
        title: &str,
        header: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = R>,
    ) {
        let mut table = Table::new(header);
        rows.into_iter().for_each(|row| table.row(row));
        self.tables.insert(name, table);
        if !title.is_empty() {
            self.printed.push((title.to_owned(), name));
        }
    }

    /// The tables under their titles, and the claims: whether each holds, and of what it says so.
    pub fn text(&self) -> String {
        let table =
            |(title, name): &(String, &str)| format!("{title}\n\n{}\n", self.tables[name].text());
        let claim = |Claim { sentence, holds, scope, .. }: &Claim| {
            let scope = match scope {
                Scope::Small => "",
                Scope::Book => " (said of the book's settings)",
                Scope::Times => " (said of this run's times)",
            };
            format!("[{}] {sentence}{scope}\n", if *holds { "holds" } else { "FAILS" })
        };
        self.printed.iter().map(table).chain(self.claims.iter().map(claim)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea() -> Report {
        let mut report = Report::default();
        report.claim("hot", "Hot: above 80.", true);
        report.claim_book("sweet", "Sweet.", false);
        report
    }

    #[test]
    fn a_title_concludes_only_what_holds() {
        let title = |claims: &[&str]| tea().title(claims, "The tea is good", "The tea").to_owned();
        assert_eq!(title(&["hot"]), "The tea is good");
        assert_eq!(title(&["hot", "sweet"]), "The tea");
    }

    #[test]
    #[should_panic(expected = "no claim is called \"cold\"")]
    fn a_title_can_stand_on_no_claim_that_is_not_there() {
        tea().holds("cold");
    }

    #[test]
    fn a_line_says_whether_and_of_what() {
        let expected = "[holds] Hot: above 80.\n[FAILS] Sweet. (said of the book's settings)\n";
        assert_eq!(tea().text(), expected);
    }
}
