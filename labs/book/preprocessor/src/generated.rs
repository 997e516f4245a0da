//! What the labs have written down: `figures/NAME.json` beside the drawings.
//!
//! ```json
//! {
//!   "values": { "kaiming_final": "0.0008" },
//!   "tables": { "losses": { "header": ["init", "loss"], "rows": [["Kaiming", "0.0008"]] } },
//!   "claims": [ { "sentence": "Kaiming trains.", "holds": true } ]
//! }
//! ```
//!
//! Numbers are strings: the lab decides how many digits its measurement deserves.

use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Reads the labs' results, each file once.
#[derive(Debug)]
pub struct Results {
    folder: PathBuf,
    read: HashMap<String, Result<Value, String>>,
}

impl Results {
    /// The results under `folder`, the book's `figures/`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let read = HashMap::new();
        Self { folder, read }
    }

    /// The string at `.values.KEY` of `NAME.json`.
    ///
    /// # Errors
    /// If there is no such file or key (the message lists those there are), or it is no string.
    pub fn value(&mut self, name: &str, key: &str) -> Result<String, String> {
        match self.entry(name, "values", key)? {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("value {key:?} of figures/{name}.json is no string")),
        }
    }

    /// The Markdown table of `.tables.KEY` of `NAME.json`: its first column to the left, like all
    /// columns of words; columns with numbers to the right. One string a line.
    ///
    /// # Errors
    /// As [`Results::value`], and if a row has not as many cells as the header.
    pub fn table(&mut self, name: &str, key: &str) -> Result<Vec<String>, String> {
        let table = self.entry(name, "tables", key)?;
        let place = format!("table {key:?} of figures/{name}.json");
        let header = cells(&table["header"]).ok_or(format!("{place} has no header of strings"))?;
        let rows = table["rows"].as_array().ok_or(format!("{place} has no rows"))?;
        let strings = |(row, number): (_, usize)| {
            cells(row)
                .filter(|row| row.len() == header.len())
                .ok_or(format!("row {number} of {place} has not {} strings", header.len()))
        };
        let rows: Vec<Vec<&str>> = rows.iter().zip(1..).map(strings).collect::<Result<_, _>>()?;
        let powers: Vec<bool> =
            (0..header.len()).map(|column| rows.iter().any(|row| is_power(row[column]))).collect();
        let side = |column: usize| {
            let numbers = column > 0 && rows.iter().any(|row| is_number(row[column]));
            if numbers {
                "---:"
            } else {
                ":---"
            }
        };
        let ruler: Vec<&str> = (0..header.len()).map(side).collect();
        let rows = rows.iter().map(|row| {
            let cells = row.iter().zip(&powers);
            let cells: Vec<String> = cells.map(|(cell, &powers)| alike(cell, powers)).collect();
            line(&cells.iter().map(String::as_str).collect::<Vec<_>>())
        });
        Ok([line(&header), line(&ruler)].into_iter().chain(rows).collect())
    }

    /// The sentences of `.claims` of `NAME.json` as a numbered list, one a line.
    ///
    /// # Errors
    /// If there is no such file, it makes no claim, or a claim does not hold.
    pub fn claims(&mut self, name: &str) -> Result<Vec<String>, String> {
        let claims = self.file(name)?["claims"]
            .as_array()
            .filter(|claims| !claims.is_empty())
            .ok_or(format!("figures/{name}.json makes no claims"))?;
        claims
            .iter()
            .zip(1..)
            .map(|(claim, number)| {
                let sentence = claim["sentence"]
                    .as_str()
                    .ok_or(format!("claim {number} of figures/{name}.json has no sentence"))?;
                match claim["holds"].as_bool() {
                    Some(true) => Ok(format!("{number}. {}", sentence.replace('\n', " "))),
                    Some(false) => Err(format!(
                        "claim {number} of figures/{name}.json does not hold: {sentence}"
                    )),
                    None => Err(format!(
                        "claim {number} of figures/{name}.json does not say whether it holds"
                    )),
                }
            })
            .collect()
    }

    fn entry(&mut self, name: &str, kind: &str, key: &str) -> Result<&Value, String> {
        let entries = self.file(name)?[kind]
            .as_object()
            .ok_or(format!("figures/{name}.json has no {kind}"))?;
        entries.get(key).ok_or_else(|| {
            let known: Vec<&str> = entries.keys().map(String::as_str).collect();
            let known = known.join(", ");
            format!("figures/{name}.json has no {key:?} among its {kind}: {known}")
        })
    }

    fn file(&mut self, name: &str) -> Result<&Value, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !name.chars().all(plain) {
            return Err(format!("{name:?} is no lab's name"));
        }
        let folder = &self.folder;
        self.read
            .entry(name.to_owned())
            .or_insert_with(|| read(folder, name))
            .as_ref()
            .map_err(Clone::clone)
    }
}

fn read(folder: &Path, name: &str) -> Result<Value, String> {
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).map_err(|_| {
        let mut known: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|file| {
                let name = file.file_name().into_string().ok()?;
                Some(name.strip_suffix(".json")?.to_owned())
            })
            .collect();
        known.sort();
        let known = known.join(", ");
        format!("there is no figures/{name}.json; the labs have written: {known}")
    })?;
    serde_json::from_str(&text).map_err(|error| format!("figures/{name}.json: {error}"))
}

fn cells(row: &Value) -> Option<Vec<&str>> {
    row.as_array()?.iter().map(Value::as_str).collect()
}

/// A number, or several, with no words but units and the like of at most two letters.
fn is_number(cell: &str) -> bool {
    let mut words = cell.split_whitespace();
    let is_float = |word: &str| word.parse::<f64>().is_ok();
    words.next().is_some_and(is_float)
        && words.all(|word| is_float(word) || word.chars().count() <= 2)
}

fn is_power(cell: &str) -> bool {
    cell.contains('e') && cell.parse::<f64>().is_ok()
}

/// A cell of a column in which some numbers are powers of ten: `0.000272` is `2.72e-4` there.
fn alike(cell: &str, powers: bool) -> String {
    let digits = cell.trim_start_matches(['-', '0', '.']).len();
    match cell.parse::<f64>() {
        Ok(value) if powers && digits > 0 && value.abs() < 1e-3 && !is_power(cell) => {
            format!("{value:.*e}", digits - 1)
        }
        _ => cell.to_owned(),
    }
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| {
            whole(&cell.replace('|', "\\|").replace('\n', " ")).replace(" × ", "\u{a0}×\u{a0}")
        })
        .collect();
    format!("| {} |", cells.join(" | "))
}

/// A name with a hyphen, such as `W1-vanished`, kept on one line.
fn whole(cell: &str) -> String {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let hyphen = cell.trim_matches('-').contains('-');
    if hyphen && cell.chars().all(name) && cell.parse::<f64>().is_err() {
        format!("<span class=\"whole\">{cell}</span>")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A folder with the results of one lab, `lab`.
    pub(crate) fn folder(json: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lab.json"), json).unwrap();
        folder
    }

    #[test]
    fn a_missing_key_lists_the_keys_there_are() {
        let folder = folder(r#"{"values": {"a": "1", "b": "2"}}"#);
        let error = Results::new(folder.path()).value("lab", "c").unwrap_err();
        assert_eq!(error, r#"figures/lab.json has no "c" among its values: a, b"#);
    }

    #[test]
    fn a_missing_file_lists_the_files_there_are() {
        let folder = folder("{}");
        let error = Results::new(folder.path()).value("bal", "c").unwrap_err();
        assert_eq!(error, "there is no figures/bal.json; the labs have written: lab");
    }

    #[test]
    fn a_number_that_is_no_string_is_refused() {
        let folder = folder(r#"{"values": {"a": 1.5}}"#);
        let error = Results::new(folder.path()).value("lab", "a").unwrap_err();
        assert!(error.contains("is no string"), "{error}");
    }

    #[test]
    fn a_table_aligns_its_numbers_to_the_right() {
        let folder =
            folder(r#"{"tables": {"t": {"header": ["init", "loss"], "rows": [["a|b", "0.5"]]}}}"#);
        let table = Results::new(folder.path()).table("lab", "t").unwrap();
        let expected = ["| init | loss |", "| :--- | ---: |", r"| a\|b | 0.5 |"];
        assert_eq!(table, expected);
    }

    #[test]
    fn a_table_aligns_its_words_to_the_left() {
        let folder = folder(
            r#"{"tables": {"t": {"header": ["lr", "outcome", "loss", "what", "share"], "rows": [
            ["0.1", "trains", "-", "12 x 256 ReLU", "61 %"],
            ["0.2", "diverges", "0.2 / NaN", "-", ""]]}}}"#,
        );
        let table = Results::new(folder.path()).table("lab", "t").unwrap();
        assert_eq!(table[1], "| :--- | :--- | ---: | :--- | ---: |");
    }

    #[test]
    fn a_column_writes_small_numbers_in_one_way() {
        let folder = folder(
            r#"{"tables": {"t": {"header": ["a", "b", "c"], "rows": [
            ["x", "0.000272", "0.000272"], ["y", "5.90e-5", "0.5"], ["z", "0.25", "0.0"]]}}}"#,
        );
        let table = Results::new(folder.path()).table("lab", "t").unwrap();
        assert_eq!(table[2], "| x | 2.72e-4 | 0.000272 |");
        assert_eq!(table[4], "| z | 0.25 | 0.0 |");
    }

    #[test]
    fn a_name_with_a_hyphen_stays_whole() {
        assert_eq!(
            line(&["W1-vanished", "-", "2e-5"]),
            "| <span class=\"whole\">W1-vanished</span> | - | 2e-5 |"
        );
    }

    #[test]
    fn a_short_row_is_refused() {
        let folder = folder(r#"{"tables": {"t": {"header": ["a", "b"], "rows": [["1"]]}}}"#);
        let error = Results::new(folder.path()).table("lab", "t").unwrap_err();
        assert!(error.contains("row 1"), "{error}");
    }

    #[test]
    fn claims_are_numbered() {
        let folder = folder(
            r#"{"claims": [{"sentence": "A.", "holds": true}, {"sentence": "B.", "holds": true}]}"#,
        );
        let claims = Results::new(folder.path()).claims("lab").unwrap();
        assert_eq!(claims, ["1. A.", "2. B."]);
    }

    #[test]
    fn a_claim_that_does_not_hold_stops_the_book() {
        let folder = folder(r#"{"claims": [{"sentence": "A.", "holds": false}]}"#);
        let error = Results::new(folder.path()).claims("lab").unwrap_err();
        assert_eq!(error, "claim 1 of figures/lab.json does not hold: A.");
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let folder = folder("{}");
        assert!(Results::new(folder.path()).value("../lab", "a").is_err());
    }
}
