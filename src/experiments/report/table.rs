//! Cells for reading, each a word or a number.

use serde::Serialize;

use super::number;

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
    ($($cell:expr),* $(,)?) => { [$($crate::experiments::Cell::from($cell)),*] };
}
pub(crate) use cells;

/// Named columns, and rows of as many cells.
///
/// ```
/// use minigrad::experiments::{Cell, Table};
/// let mut table = Table::new(["init", "loss"]);
/// table.row([Cell::from("Kaiming"), Cell::from(0.000_783_1)]);
/// assert_eq!(table.rows[0][1], Cell::number("0.000783"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// One name a column.
    pub header: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
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
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.header.len(), "table: one cell a column");
        self.rows.push(cells);
    }
}
