//! What the labs have written down: `figures/NAME.json` beside the drawings.
//!
//! Numbers are strings: the lab decides how many digits its measurement deserves.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// What stands in a file, of what pages include.
#[derive(Debug, Deserialize)]
struct Written {
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    tables: BTreeMap<String, Table>,
    #[serde(default)]
    claims: Vec<Claim>,
    #[serde(default)]
    data: Data,
}

/// What was measured: of it, what was set.
#[derive(Debug, Default, Deserialize)]
struct Data {
    #[serde(default)]
    settings: serde_json::Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Table {
    header: Vec<String>,
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Claim {
    name: String,
    sentence: String,
    holds: bool,
}

/// Reads the labs' results, each file once.
#[derive(Debug)]
pub struct Results {
    folder: PathBuf,
    read: HashMap<String, Result<Written, String>>,
}

impl Results {
    /// The results under `folder`, the book's `figures/`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), read: HashMap::new() }
    }

    /// The string at `.values.KEY` of `NAME.json`.
    ///
    /// # Errors
    /// If there is no such file or key (the message lists those there are), or it is no string.
    pub fn value(&mut self, name: &str, key: &str) -> Result<String, String> {
        entry(&self.file(name)?.values, name, "values", key).cloned()
    }

    /// The Markdown table of `.tables.KEY` of `NAME.json`: its first column to the left, like all
    /// columns of words; columns with numbers to the right. One string a line.
    ///
    /// # Errors
    /// As [`Results::value`], and if a row has not as many cells as the header.
    pub fn table(&mut self, name: &str, key: &str) -> Result<Vec<String>, String> {
        let Table { header, right, rows } = entry(&self.file(name)?.tables, name, "tables", key)?;
        let fits = |row: &Vec<String>| row.len() == header.len() && right.len() == header.len();
        if let Some(row) = rows.iter().position(|row| !fits(row)) {
            let (row, count) = (row + 1, header.len());
            return Err(format!(
                "row {row} of table {key:?} of figures/{name}.json: not {count} cells"
            ));
        }
        let column = |c: usize| rows.iter().map(move |row| &row[c]);
        let powers: Vec<bool> =
            (0..header.len()).map(|c| column(c).any(|cell| is_power(cell))).collect();
        let side = |(c, &right): (usize, &bool)| if right && c > 0 { "---:" } else { ":---" };
        let ruler: Vec<String> = right.iter().enumerate().map(side).map(str::to_owned).collect();
        let rows = rows.iter().map(|row| {
            let cells = row.iter().zip(&powers);
            line(&cells.map(|(cell, &powers)| alike(cell, powers)).collect::<Vec<_>>())
        });
        Ok([line(header), line(&ruler)].into_iter().chain(rows).collect())
    }

    /// What the claims of `NAME.json` were tried with, and their sentences as a numbered list, one a line.
    ///
    /// # Errors
    /// If there is no such file, it makes no claim, or a claim does not hold.
    pub fn claims(&mut self, name: &str) -> Result<Vec<String>, String> {
        let Written { claims, data, .. } = self.file(name)?;
        if claims.is_empty() {
            return Err(format!("figures/{name}.json makes no claims"));
        }
        let said = |(Claim { name: own, sentence, holds }, number): (&Claim, usize)| match holds {
            true => Ok(format!(
                "{number}. <a id=\"{}\"></a>{}",
                anchor(name, own),
                sentence.replace('\n', " ")
            )),
            false => {
                Err(format!("claim {number} of figures/{name}.json does not hold: {sentence}"))
            }
        };
        let sentences: Vec<String> = claims.iter().zip(1..).map(said).collect::<Result<_, _>>()?;
        let set: Vec<String> =
            data.settings.iter().map(|(name, value)| setting(name, value)).collect();
        let set = (!set.is_empty()).then(|| format!("Tried with {}:", set.join(", ")));
        Ok(set.into_iter().flat_map(|set| [set, String::new()]).chain(sentences).collect())
    }

    fn file(&mut self, name: &str) -> Result<&Written, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !name.chars().all(plain) {
            return Err(format!("{name:?} is no lab's name"));
        }
        let folder = &self.folder;
        let found = self.read.entry(name.to_owned()).or_insert_with(|| read(folder, name));
        found.as_ref().map_err(Clone::clone)
    }
}

fn entry<'a, T>(
    entries: &'a BTreeMap<String, T>,
    name: &str,
    kind: &str,
    key: &str,
) -> Result<&'a T, String> {
    entries.get(key).ok_or_else(|| {
        let known: Vec<&str> = entries.keys().map(String::as_str).collect();
        let known = known.join(", ");
        format!("figures/{name}.json has no {key:?} among its {kind}: {known}")
    })
}

fn read(folder: &Path, name: &str) -> Result<Written, String> {
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).map_err(|_| {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = files.filter_map(|file| file.file_name().into_string().ok());
        let mut known: Vec<String> =
            names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned())).collect();
        known.sort();
        let known = known.join(", ");
        format!("there is no figures/{name}.json; the labs have written: {known}")
    })?;
    serde_json::from_str(&text).map_err(|error| format!("figures/{name}.json: {error}"))
}

/// The id of a claim on the page that lists it.
pub fn anchor(lab: &str, claim: &str) -> String {
    let words = claim.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!("claim-{lab}-{}", words.collect::<Vec<_>>().join("-"))
}

/// A setting as a page says it: `deep seeds 5`, `widths 64/128`.
fn setting(name: &str, value: &Value) -> String {
    let values = match value {
        Value::Array(values) => values.iter().map(Value::to_string).collect(),
        one => vec![one.to_string()],
    };
    format!("{} {}", name.replace('_', " "), values.join("/"))
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

fn line(cells: &[String]) -> String {
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
        assert!(error.contains("expected a string"), "{error}");
    }

    #[test]
    fn columns_of_numbers_but_the_first_stand_to_the_right() {
        let folder = folder(
            r#"{"tables": {"t": {"header": ["init", "loss"], "right": [true, true], "rows": [["a|b", "0.5"]]}}}"#,
        );
        let table = Results::new(folder.path()).table("lab", "t").unwrap();
        let expected = ["| init | loss |", "| :--- | ---: |", r"| a\|b | 0.5 |"];
        assert_eq!(table, expected);
    }

    #[test]
    fn a_column_writes_small_numbers_in_one_way() {
        let folder = folder(
            r#"{"tables": {"t": {"header": ["a", "b", "c"], "right": [false, true, true], "rows": [
            ["x", "0.000272", "0.000272"], ["y", "5.90e-5", "0.5"], ["z", "0.25", "0.0"]]}}}"#,
        );
        let table = Results::new(folder.path()).table("lab", "t").unwrap();
        assert_eq!(table[2], "| x | 2.72e-4 | 0.000272 |");
        assert_eq!(table[4], "| z | 0.25 | 0.0 |");
    }

    #[test]
    fn a_name_with_a_hyphen_stays_whole() {
        assert_eq!(
            line(&["W1-vanished", "-", "2e-5"].map(String::from)),
            "| <span class=\"whole\">W1-vanished</span> | - | 2e-5 |"
        );
    }

    #[test]
    fn a_short_row_is_refused() {
        let folder = folder(
            r#"{"tables": {"t": {"header": ["a", "b"], "right": [false, true], "rows": [["1"]]}}}"#,
        );
        let error = Results::new(folder.path()).table("lab", "t").unwrap_err();
        assert!(error.contains("row 1"), "{error}");
    }

    #[test]
    fn claims_are_numbered() {
        let folder = folder(
            r#"{"claims": [{"name": "a b", "sentence": "A.", "holds": true}],
            "data": {"settings": {"deep_seeds": 5, "widths": [64, 128]}}}"#,
        );
        let claims = Results::new(folder.path()).claims("lab").unwrap();
        let a = "1. <a id=\"claim-lab-a-b\"></a>A.";
        assert_eq!(claims, ["Tried with deep seeds 5, widths 64/128:", "", a]);
    }

    #[test]
    fn a_claim_that_does_not_hold_stops_the_book() {
        let folder = folder(r#"{"claims": [{"name": "a", "sentence": "A.", "holds": false}]}"#);
        let error = Results::new(folder.path()).claims("lab").unwrap_err();
        assert_eq!(error, "claim 1 of figures/lab.json does not hold: A.");
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let folder = folder("{}");
        assert!(Results::new(folder.path()).value("../lab", "a").is_err());
    }
}
