//! What the curves and their times are worth, as tables and a claim.

use super::tables::share;
use super::{Calibration, Timed, FORMS};
use crate::experiments::score::{Errors as CurveScore, Measured, Score};
use crate::experiments::{cells, map_in_parallel, number, Cell, Claim, Silent, Table};
use minigrad::theory::{Limits, Prediction};
use std::collections::BTreeMap;

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
        row(start.map_or("last tenth".to_owned(), steps), &curve);
    }
    table
}

/// The window that begins at this step, counted from 0, in the words of a table.
fn steps(start: usize) -> String {
    if start < 2 {
        format!("{}", start + 1)
    } else {
        format!("{} to {}", start + 1, 2 * start)
    }
}

/// Measured losses beside their bands, of networks with any outcome.
pub(in crate::experiments) fn coverage<'a>(
    pairs: impl Iterator<Item = &'a (Measured, Prediction)>,
    limits: impl Fn(&Prediction) -> Limits + Sync,
) -> Coverage {
    let pairs: Vec<_> = pairs.collect();
    let bands = map_in_parallel(&pairs, &Silent, |(_, p)| p.band_within(&limits(p)));
    let mut coverage = Coverage::default();
    for ((measured, _), band) in pairs.into_iter().zip(bands) {
        coverage.add(measured, &band);
    }
    coverage
}

/// Where measured losses lie beside their bands, window by window.
pub(in crate::experiments) fn bands(coverage: &Coverage) -> Table {
    let mut table = Table::new(["steps", "networks", "below", "inside", "above"]);
    let mut row = |name: String, covered: &Covered| {
        let of = |count: usize| share(count as f64 / covered.count() as f64);
        let Covered { below, inside, above } = *covered;
        table.row(cells![name, covered.count(), of(below), of(inside), of(above)]);
    };
    for (&start, covered) in &coverage.windows {
        row(steps(start), covered);
    }
    row("last tenth".to_owned(), &coverage.last);
    table
}

/// Shares inside the band at other errors of the curve, on a part of the networks.
pub(super) fn band_errors(calibration: &Calibration) -> Table {
    const FACTORS: [f64; 5] = [0.0, 0.5, 1.0, 1.5, 2.0];
    let mut table = Table::new(["error of the curve", "inside", "inside in the last tenth"]);
    for factor in FACTORS {
        let part = calibration.development.iter().step_by(calibration.settings.every);
        let curve_error = factor * Limits::FITTED.curve_error;
        let coverage = coverage(part, |_| Limits { curve_error, ..Limits::FITTED });
        table.row(cells![
            Cell::number(number(curve_error)),
            share(coverage.all().share()),
            share(coverage.last.share()),
        ]);
    }
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

const LEAST: f64 = 1e-3;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    pub below: usize,
    pub inside: usize,
    pub above: usize,
}

impl Covered {
    pub fn add(&mut self, measured: f64, (low, high): (f64, f64)) {
        let measured = if measured.is_nan() { f64::INFINITY } else { measured.max(LEAST) };
        if measured < low.max(LEAST) {
            self.below += 1;
        } else if measured > high.max(LEAST) {
            self.above += 1;
        } else {
            self.inside += 1;
        }
    }

    pub fn count(&self) -> usize {
        self.below + self.inside + self.above
    }

    pub fn share(&self) -> f64 {
        self.inside as f64 / self.count() as f64
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    pub windows: BTreeMap<usize, Covered>,
    pub last: Covered,
}

impl Coverage {
    pub fn add(&mut self, measured: &Measured, band: &[(f64, f64)]) {
        let windows = measured.training.windows();
        let Some(last) = windows.len().checked_sub(1) else { return };
        let all = windows.into_iter().zip(measured.losses.iter().zip(band)).enumerate();
        for (index, ((start, _), (&loss, &band))) in all {
            let covered =
                if index == last { &mut self.last } else { self.windows.entry(start).or_default() };
            covered.add(loss, band);
        }
    }

    pub fn all(&self) -> Covered {
        self.windows.iter().filter(|(start, _)| **start > 0).fold(
            Covered::default(),
            |sum, (_, one)| Covered {
                below: sum.below + one.below,
                inside: sum.inside + one.inside,
                above: sum.above + one.above,
            },
        )
    }
}
