//! Tables as plain text.

use minigrad::experiments::{Cell, Table};

/// A table in aligned columns: columns of numbers to the right, all others to the left.
///
/// ```
/// use minigrad::experiments::{Cell, Table};
/// use minigrad_labs::table::text;
///
/// let mut table = Table::new(["init", "loss"]);
/// table.row([Cell::from("Xavier"), Cell::from(0.69)]);
/// table.row([Cell::from("Kaiming"), Cell::from(0.0008)]);
/// assert_eq!(
///     text(&table),
///     "init         loss\n-------  --------\nXavier      0.690\nKaiming  0.000800\n"
/// );
/// ```
pub fn text(table: &Table) -> String {
    let Table { header, rows } = table;
    let size = |text: &str| text.chars().count();
    let column = |c: usize| rows.iter().map(move |row| &row[c]);
    let widths: Vec<usize> = (0..header.len())
        .map(|c| column(c).map(|cell| size(cell.text())).fold(size(&header[c]), usize::max))
        .collect();
    // Of words there are the empty ones, which are on no side.
    let is_word = |cell: &Cell| matches!(cell, Cell::Word(text) if !text.is_empty());
    let is_number = |cell: &Cell| matches!(cell, Cell::Number(_));
    let right: Vec<bool> =
        (0..header.len()).map(|c| column(c).any(is_number) && !column(c).any(is_word)).collect();

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
            text(&table),
            "init     loss      start  end\n\
             -------  ----  ---------  ---\n\
             uniform   NaN  6.1e5 ± 2  NaN\n\
             λ        −0.5          —  1\n\
             short\n"
        );
    }
}
