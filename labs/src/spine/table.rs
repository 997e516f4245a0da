//! Cells for reading, each a word or a number.

use serde::Serialize;

/// What stands in one place of a table; written as its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Text, an empty one where there is nothing to say.
    Word(String),
    /// A number as it is shown, perhaps with a unit or a range, or the dash of none.
    Number(String),
}

impl Cell {
    /// A number that is formatted already.
    pub fn number(text: impl Into<String>) -> Cell {
        Cell::Number(text.into())
    }

    /// The dash of a number that there is not.
    pub fn none() -> Cell {
        Cell::number("-")
    }

    /// What a reader sees.
    pub fn text(&self) -> &str {
        match self {
            Cell::Word(text) | Cell::Number(text) => text,
        }
    }
}

impl From<&str> for Cell {
    fn from(word: &str) -> Cell {
        Cell::Word(word.to_owned())
    }
}

impl From<String> for Cell {
    fn from(word: String) -> Cell {
        Cell::Word(word)
    }
}

/// With three significant digits.
impl From<f64> for Cell {
    fn from(value: f64) -> Cell {
        Cell::Number(number(value))
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Cell {
        Cell::Number(count.to_string())
    }
}

/// One array of cells from words, counts and numbers.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { [$($crate::spine::Cell::from($cell)),*] };
}
pub(crate) use cells;

/// Named columns, and rows of as many cells.
///
/// ```
/// use minigrad_labs::spine::{Cell, Table};
/// let mut table = Table::new(["init", "loss"]);
/// table.row([Cell::from("Kaiming"), Cell::from(0.000_783_1)]);
/// assert_eq!(table.rows[0][1], Cell::number("0.000783"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// One name a column.
    pub header: Vec<String>,
    /// Which columns have numbers, and stand to the right.
    pub right: Vec<bool>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Table {
        let header: Vec<String> = header.into_iter().map(Into::into).collect();
        Table { right: vec![false; header.len()], header, rows: vec![] }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not one cell a column.
    #[track_caller]
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.header.len(), "table: one cell a column");
        let is_number = |cell: &Cell| matches!(cell, Cell::Number(text) if text != "-");
        self.right.iter_mut().zip(&cells).for_each(|(right, cell)| *right |= is_number(cell));
        self.rows.push(cells);
    }

    /// In aligned columns: those of numbers to the right, all others to the left.
    ///
    /// ```
    /// use minigrad_labs::spine::{Cell, Table};
    /// let mut table = Table::new(["init", "loss"]);
    /// table.row([Cell::from("Xavier"), Cell::from(0.69)]);
    /// table.row([Cell::from("Kaiming"), Cell::from(0.0008)]);
    /// assert_eq!(
    ///     table.text(),
    ///     "init         loss\n-------  --------\nXavier      0.690\nKaiming  0.000800\n"
    /// );
    /// ```
    pub fn text(&self) -> String {
        let Table { header, rows, .. } = self;
        let size = |text: &str| text.chars().count();
        let column = |c: usize| rows.iter().map(move |row| &row[c]);
        let widths: Vec<usize> = (0..header.len())
            .map(|c| column(c).map(|cell| size(cell.text())).fold(size(&header[c]), usize::max))
            .collect();
        // Of words there are the empty ones, which are on no side.
        let is_word = |cell: &Cell| matches!(cell, Cell::Word(text) if !text.is_empty());
        let is_number = |cell: &Cell| matches!(cell, Cell::Number(_));
        let right: Vec<bool> = (0..header.len())
            .map(|c| column(c).any(is_number) && !column(c).any(is_word))
            .collect();

        let line = |row: Vec<&str>| {
            let cells = row.into_iter().zip(&widths).zip(&right).map(|((text, wide), right)| {
                if *right {
                    format!("{text:>wide$}")
                } else {
                    format!("{text:<wide$}")
                }
            });
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        let rule: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
        let mut out = line(header.iter().map(String::as_str).collect())
            + &line(rule.iter().map(String::as_str).collect());
        for row in rows {
            out += &line(row.iter().map(Cell::text).collect());
        }
        out
    }
}

/// A number with three significant digits, for tables: `0.000783`, `12.4`, `1.27e6`, `NaN`.
///
/// ```
/// use minigrad_labs::spine::number;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_names_left() {
        let mut table = Table::new(["init", "loss", "start", "end"]);
        let number = Cell::number;
        table.row([Cell::from("uniform"), f64::NAN.into(), number("6.1e5 ± 2"), "NaN".into()]);
        table.row([Cell::from("λ"), number("−0.5"), number("—"), number("1")]);
        table.row([Cell::from("short"), "".into(), "".into(), "".into()]);
        assert_eq!(
            table.text(),
            "init     loss      start  end\n\
             -------  ----  ---------  ---\n\
             uniform   NaN  6.1e5 ± 2  NaN\n\
             λ        −0.5          —  1\n\
             short\n"
        );
    }
}
