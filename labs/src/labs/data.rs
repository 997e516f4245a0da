//! The data behind the figures of a lab: from a run, or from the file that an earlier one has left.

use crate::experiments::{Cell, Report, Spread, Table};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

use minigrad_cli::failure::Failure;

/// What a figure is drawn from.
pub struct Data {
    claims: Vec<(String, bool)>,
    /// Settings and values, as text.
    texts: BTreeMap<String, String>,
    /// Rows of each table.
    tables: BTreeMap<String, Vec<Vec<String>>>,
    series: BTreeMap<String, Vec<f64>>,
}

fn rows(table: &Table) -> Vec<Vec<String>> {
    let row = |row: &Vec<Cell>| row.iter().map(|cell| cell.text().to_owned()).collect();
    table.rows.iter().map(row).collect()
}

impl From<&Report> for Data {
    fn from(report: &Report) -> Data {
        let claims = report.claims.iter().map(|claim| (claim.sentence.clone(), claim.holds));
        let numbers = |column: &Vec<Option<f64>>| {
            column.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
        };
        let series = report.series.iter().map(|(name, column)| (name.clone(), numbers(column)));
        let settings = report.settings.iter().map(|(name, text)| (name.to_string(), text.clone()));
        let values = report.values.iter().map(|(name, text)| (name.clone(), text.clone()));
        Data {
            claims: claims.collect(),
            texts: settings.chain(values).collect(),
            tables: report.tables.iter().map(|(name, t)| (name.to_string(), rows(t))).collect(),
            series: series.collect(),
        }
    }
}

impl Data {
    /// Reads what a run of `lab` has written into `folder`.
    ///
    /// # Errors
    /// If there is no such file, or it holds something else.
    pub fn read(folder: &Path, lab: &str) -> Result<Data, Failure> {
        let path = folder.join(format!("{lab}.json"));
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::io(&path, &error))?;
        let refuse = |why: &str| {
            Failure::usage(format_args!("{}: {why}: expected the data of {lab}", path.display()))
        };
        let data: Value =
            serde_json::from_str(&text).map_err(|error| refuse(&error.to_string()))?;
        if data["experiment"] != lab {
            return Err(refuse("another experiment's"));
        }
        let claim = |claim: &Value| {
            Some((claim["sentence"].as_str()?.to_owned(), claim["holds"].as_bool()?))
        };
        let claims = data["claims"].as_array().into_iter().flatten().map(claim);
        let column = |(name, column): (&String, &Value)| {
            // What is not finite is null.
            let numbers = column.as_array()?.iter().map(|value| value.as_f64().unwrap_or(f64::NAN));
            Some((name.clone(), numbers.collect()))
        };
        let series = data["series"].as_object().into_iter().flatten().map(column);
        let text =
            |(name, text): (&String, &Value)| Some((name.clone(), text.as_str()?.to_owned()));
        let texts = ["settings", "values"].map(|kind| data[kind].as_object());
        let texts = texts.into_iter().flatten().flatten().map(text);
        let table = |(name, table): (&String, &Value)| {
            let row = |row: &Value| {
                let cells = row.as_array()?.iter().map(|cell| cell.as_str().map(str::to_owned));
                cells.collect::<Option<Vec<String>>>()
            };
            let rows = table["rows"].as_array()?.iter().map(row).collect::<Option<_>>()?;
            Some((name.clone(), rows))
        };
        let tables = data["tables"].as_object().into_iter().flatten().map(table);
        Ok(Data {
            tables: tables.collect::<Option<_>>().ok_or_else(|| refuse("tables"))?,
            texts: texts.collect::<Option<_>>().ok_or_else(|| refuse("values"))?,
            claims: claims.collect::<Option<_>>().ok_or_else(|| refuse("claims"))?,
            series: series.collect::<Option<_>>().ok_or_else(|| refuse("series"))?,
        })
    }

    /// As `title`, of these claims.
    pub fn title<'a>(&self, claims: &[&str], conclusion: &'a str, neutral: &'a str) -> &'a str {
        let holds = |beginning: &&str| {
            let mut found = self.claims.iter().filter(|(text, _)| text.starts_with(beginning));
            found.next().is_some_and(|(_, holds)| *holds)
        };
        if claims.iter().all(holds) {
            conclusion
        } else {
            neutral
        }
    }

    /// A setting or a value; nothing where there is none of that name.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// A value that is a count.
    pub fn count(&self, name: &str) -> Option<usize> {
        self.text(name).parse().ok()
    }

    /// The rows of a table; none where there is no table of that name.
    pub fn rows(&self, table: &str) -> &[Vec<String>] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// A column; nothing where there is none of that name.
    pub fn series(&self, name: &str) -> &[f64] {
        self.series.get(name).map_or(&[], Vec::as_slice)
    }

    /// A course as [`Report::course`] has written it.
    pub fn course(&self, prefix: &str, middle: &str) -> Vec<(f64, Spread)> {
        let column = |name: &str| self.series(&format!("{prefix} {name}"));
        let (steps, lows) = (column("step").iter(), column("low"));
        let ends = lows.iter().zip(column(middle)).zip(column("high"));
        let spread = ends.map(|((&low, &middle), &high)| Spread { low, middle, high });
        steps.copied().zip(spread).collect()
    }

    /// The columns `PREFIX NUMBER`, by number.
    pub fn numbered(&self, prefix: &str) -> Vec<(usize, &[f64])> {
        let number = |name: &String| name.strip_prefix(prefix)?.trim().parse().ok();
        let columns = self.series.iter();
        let mut columns: Vec<(usize, &[f64])> =
            columns.filter_map(|(name, column)| Some((number(name)?, &column[..]))).collect();
        columns.sort_by_key(|(number, _)| *number);
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::Claim;

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut report = Report::new("tea", "Is it hot?");
        report.claims.push(Claim::new("Hot: above 80.", true));
        report.settings.insert("cup", "blue".to_owned());
        report.value("sips", 3);
        let mut table = Table::new(["cup", "heat"]);
        table.row([Cell::from("first"), Cell::from(80.0)]);
        report.tables.insert("cups", table);
        let spread = |middle| Spread { low: 0.1, middle, high: f64::NAN };
        report.course("heat", "middle", &[(0.0, spread(0.3)), (1.0, spread(0.7))]);
        report.series("heat at 10", [1.0]);
        report.series("heat at 9", [2.0]);
        let text = crate::labs::to_json(&report).unwrap();
        std::fs::write(folder.path().join("tea.json"), text).unwrap();
        for data in [Data::from(&report), Data::read(folder.path(), "tea").unwrap()] {
            let course = data.course("heat", "middle");
            assert_eq!((course.len(), course[1].1.middle), (2, 0.7));
            assert!(course[0].1.high.is_nan());
            assert_eq!(data.numbered("heat at"), [(9, &[2.0][..]), (10, &[1.0][..])]);
            assert_eq!(data.title(&["Hot"], "The tea is good", "The tea"), "The tea is good");
            assert_eq!(data.title(&["Hot", "Sweet"], "The tea is good", "The tea"), "The tea");
            assert!(data.series("cold").is_empty());
            assert_eq!(data.rows("cups"), [["first", "80.0"]]);
            assert_eq!(
                (data.text("cup"), data.count("sips"), data.text("milk")),
                ("blue", Some(3), "")
            );
        }
    }

    #[test]
    fn another_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |text: Option<&str>| {
            if let Some(text) = text {
                std::fs::write(folder.path().join("tea.json"), text).unwrap();
            }
            Data::read(folder.path(), "tea").err().map(|failure| failure.to_string()).unwrap()
        };
        assert!(refused(None).contains("tea.json"));
        for text in
            ["{", "{\"experiment\": \"milk\"}", "{\"experiment\": \"tea\", \"claims\": [1]}"]
        {
            assert!(refused(Some(text)).contains("expected the data of tea"), "{text}");
        }
    }
}
