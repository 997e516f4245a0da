//! What the curves and their times are worth, as tables and a claim.

use super::tables::share;
use super::{Calibration, Timed, FORMS};
use crate::experiments::score::{CurveScore, Score};
use crate::experiments::{cells, number, Cell, Claim, Table};

/// What curves are worth where it counts.
pub(in crate::experiments) fn curve_claim(score: &Score) -> Claim {
    let last = score.last();
    Claim::new(
        format!(
            "In the last tenth of the steps half of the predicted losses of networks that train are \
             within a factor of {} of the measured ones; ln 2 is within a factor of {}",
            number(last.factor()),
            number(libm::pow(10.0, last.guess)),
        ),
        last.theory < 0.6 * last.guess,
    )
}

/// Medians of the curve errors in decades, window by window: of theory and of always saying `ln 2`.
pub(in crate::experiments) fn curves(score: &Score) -> Table {
    let mut table = Table::new(["steps", "networks", "theory", "ln 2", "skill"]);
    let mut row = |name: String, curve: &CurveScore| {
        let CurveScore { count, theory, guess } = *curve;
        let [theory, guess] = [theory, guess].map(|error| Cell::number(decades(error)));
        table.row(cells![name, count, theory, guess, Cell::number(skill(curve))]);
    };
    for (start, curve) in score.windows() {
        let name = if start < 2 {
            format!("{}", start + 1)
        } else {
            format!("{} to {}", start + 1, 2 * start)
        };
        row(name, &curve);
    }
    row("last tenth".to_owned(), &score.last());
    table
}

pub(super) fn decades(error: f64) -> String {
    if error.is_finite() {
        format!("{error:.3}")
    } else {
        NOTHING.to_owned()
    }
}

/// Two digits, or the dash that stands for nothing to measure.
pub(super) fn skill(curve: &CurveScore) -> String {
    let skill = curve.skill();
    if skill.is_finite() {
        format!("{skill:.2}")
    } else {
        NOTHING.to_owned()
    }
}

pub(super) const NOTHING: &str = "–";

/// What other choices would make of the curves.
pub(super) fn choices(calibration: &Calibration) -> Table {
    let mut table = Table::new(["choices", "right", "curve error", "at the end", "half time"]);
    for ((name, _), score) in FORMS.iter().zip(&calibration.forms) {
        table.row(cells![
            *name,
            share(score.accuracy()),
            Cell::number(decades(score.curve().theory)),
            Cell::number(decades(score.last().theory)),
            share(score.half_time_share()),
        ]);
    }
    table
}

pub(super) fn half_times(timed: &[Timed]) -> Table {
    let mut table = Table::new(["network", "lr", "predicted step", "measured steps"]);
    let step = |time: Option<usize>| time.map_or("none".to_owned(), |step| step.to_string());
    for one in timed {
        let measured = one.measured.iter().map(|&time| step(time)).collect::<Vec<_>>();
        table.row(cells![
            one.recipe.to_string(),
            one.training.lr,
            one.predicted.map_or(Cell::from("none"), Cell::from),
            Cell::number(measured.join(", ")),
        ]);
    }
    table
}
