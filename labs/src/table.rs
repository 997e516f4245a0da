//! Tables as plain text.

/// A table in aligned columns: columns of numbers to the right, all others to the left.
///
/// ```
/// use minigrad_labs::table::text;
///
/// let header = ["init", "loss"].map(String::from);
/// let rows = [["Xavier", "0.69"], ["Kaiming", "0.0008"]].map(|r| r.map(String::from).to_vec());
/// assert_eq!(
///     text(&header, &rows),
///     "init       loss\n-------  ------\nXavier     0.69\nKaiming  0.0008\n"
/// );
/// ```
pub fn text(header: &[String], rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).fold(header.len(), usize::max);
    let cell = |row: &[String], c: usize| row.get(c).cloned().unwrap_or_default();
    let size = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|c| {
            let cells = rows.iter().map(|row| size(&cell(row, c)));
            cells.fold(size(&cell(header, c)), usize::max)
        })
        .collect();
    let right: Vec<bool> = (0..columns)
        .map(|c| {
            let mut cells = rows.iter().map(|row| cell(row, c)).filter(|t| !t.is_empty());
            cells.clone().next().is_some() && cells.all(|t| is_number(&t))
        })
        .collect();

    let line = |row: &[String]| {
        let cells = (0..columns).map(|c| {
            let (text, wide) = (cell(row, c), widths[c]);
            if right[c] {
                format!("{text:>wide$}")
            } else {
                format!("{text:<wide$}")
            }
        });
        let joined = cells.collect::<Vec<_>>().join("  ");
        format!("{}\n", joined.trim_end())
    };
    let rule: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
    let mut out = line(header) + &line(&rule);
    for row in rows {
        out += &line(row);
    }
    out
}

/// Numbers, with a unit or an interval behind them, and the signs for "no number".
fn is_number(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let plain = first.replace('−', "-");
    let plain = plain.trim_end_matches(['%', '×', 'x', ',']);
    matches!(plain, "-" | "–" | "—") || plain.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_names_left() {
        let own = |row: &[&str]| row.iter().map(|s| (*s).to_string()).collect::<Vec<_>>();
        let rows =
            [own(&["uniform", "NaN", "6.1e5 ± 2"]), own(&["λ", "−0.5", "—"]), own(&["short"])];
        let table = text(&own(&["init", "loss", "start"]), &rows);
        assert_eq!(
            table,
            "init     loss      start\n\
             -------  ----  ---------\n\
             uniform   NaN  6.1e5 ± 2\n\
             λ        −0.5          —\n\
             short\n"
        );
    }
}
