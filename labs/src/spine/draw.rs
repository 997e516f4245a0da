//! What many figures share.

use super::{colors, Spread};
use minigrad::recipe::Outcome;
use minigrad_plot::{Cells, Chart, Color};

/// The loss of a guess between two classes.
pub const GUESS: f64 = std::f64::consts::LN_2;

/// Where a loss is that has left the finite numbers at `step`, counted from 0: at that step,
/// counted from 1, beyond the largest float.
pub fn leaves(step: usize) -> (f64, f64) {
    ((step + 1) as f64, f64::from(f32::MAX))
}

/// The middle of a course over the steps as a line, its range over the seeds as a band.
pub fn course(chart: Chart, color: Color, name: &str, rows: &[(f64, Spread)]) -> Chart {
    let line: Vec<(f64, f64)> = rows.iter().map(|(x, spread)| (*x, spread.middle)).collect();
    let band = |(x, Spread { low, high, .. }): &(f64, Spread)| (*x, *low, *high);
    let band: Vec<(f64, f64, f64)> = rows.iter().map(band).collect();
    chart.band(color, &band).line(color, name, &line)
}

/// Steps counted from 1, for a logarithmic axis.
pub fn from_one(rows: &[(f64, Spread)]) -> Vec<(f64, Spread)> {
    rows.iter().map(|&(step, loss)| (step + 1.0, loss)).collect()
}

/// Values of the layers 1, 2, ... as points of a line.
pub fn by_layer(values: &[f64]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(l, value)| ((l + 1) as f64, *value)).collect()
}

/// The category of a cell in a drawing with [`outcomes_named`]: an outcome, or that the seeds disagree.
pub fn category(outcome: Option<Outcome>) -> usize {
    match outcome {
        Some(Outcome::Trains) => 0,
        Some(Outcome::Vanishes) => 1,
        Some(Outcome::Diverges) => 2,
        None => 3,
    }
}

/// The names and colours of the categories, in the order of [`category`].
pub fn outcomes_named(cells: Cells) -> Cells {
    cells
        .category(colors::outcome(Outcome::Trains), "trains")
        .category(colors::outcome(Outcome::Vanishes), "vanishes")
        .category(colors::outcome(Outcome::Diverges), "diverges")
        .category(Color::Muted, "seeds disagree")
}

/// A sentence begins with a capital.
pub fn capital(text: &str) -> String {
    text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect()
}
