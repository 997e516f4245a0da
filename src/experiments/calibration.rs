//! Chapter 05: on what the two limits of the verdict were fitted, and what each is worth.

pub(super) mod tables;

use std::collections::BTreeMap;

use super::score::{Measured, Score};
use super::{map_in_parallel, Progress, Report};
use crate::theory::{Limits, Prediction, Verdict};

/// The measurements, each with its prediction.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The development set: the limits were fitted on it.
    pub development: Vec<(Measured, Prediction)>,
    /// Deep networks without a stream around their norms, measured later.
    pub deep: Vec<(Measured, Prediction)>,
}

/// Number of predictions that `run` makes, for a progress bar.
pub fn predictions(development: &[Measured], deep: &[Measured]) -> usize {
    development.len() + deep.len()
}

/// What was run, by name, as the report has it.
pub fn settings() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("movement", Limits::FITTED.movement.to_string()),
        ("collapse", Limits::FITTED.collapse.to_string()),
    ])
}

/// Every eighth of `set`: what a test can afford to predict.
pub fn small(set: Vec<Measured>) -> Vec<Measured> {
    set.into_iter().step_by(8).collect()
}

/// Predicts everything.
///
/// # Panics
/// On a configuration that theory does not cover.
pub fn run(
    development: Vec<Measured>,
    deep: Vec<Measured>,
    progress: &dyn Progress,
) -> Calibration {
    let split = development.len();
    let all: Vec<Measured> = development.into_iter().chain(deep).collect();
    let predicted = map_in_parallel(&all, progress, |one| one.recipe.predict(&one.training));
    let mut pairs: Vec<_> = all.into_iter().zip(predicted).collect();
    let deep = pairs.split_off(split);
    Calibration { development: pairs, deep }
}

/// A way to reach a verdict, with fewer parts than the whole.
pub type Rule = fn(&Prediction) -> Verdict;

const NEVER: f64 = f64::INFINITY;

/// The parts of the verdict, added one by one.
pub const RULES: [(&str, Rule); 5] = [
    ("always trains, the most frequent outcome", |_| Verdict::Trains),
    ("edge of stability: diverges where sharpness is above 1", |p| {
        let stable = p.verdict_within(&Limits { movement: NEVER, collapse: NEVER });
        if p.stability.sharpness > 1.0 {
            Verdict::Diverges
        } else {
            stable
        }
    }),
    ("loss curve alone", |p| p.verdict_within(&Limits { movement: NEVER, collapse: NEVER })),
    ("loss curve and movement", |p| {
        p.verdict_within(&Limits { collapse: NEVER, ..Limits::FITTED })
    }),
    ("loss curve, movement and collapse: the verdict", |p| p.verdict()),
];

impl Calibration {
    /// The score on the development set by another way to a verdict.
    pub fn score(&self, rule: impl Fn(&Prediction) -> Verdict) -> Score {
        score(&self.development, rule)
    }

    /// The score when both limits are fitted anew for each of ten groups of architectures, on the
    /// nine others: what the limits are worth on networks that nobody has seen.
    pub fn cross_validated(&self) -> Score {
        let mut architectures: Vec<String> =
            self.development.iter().map(|(measured, _)| measured.architecture()).collect();
        architectures.sort();
        architectures.dedup();
        let group = |measured: &Measured| {
            architectures.binary_search(&measured.architecture()).map_or(0, |index| index % GROUPS)
        };
        let mut total = Score::default();
        for held_out in 0..GROUPS {
            let (test, fit): (Vec<_>, Vec<_>) =
                self.development.iter().cloned().partition(|pair| group(&pair.0) == held_out);
            let limits = fitted(&fit);
            for (measured, prediction) in &test {
                let verdict = prediction.verdict_within(&limits);
                total.add(measured, verdict, &prediction.window_losses());
            }
        }
        total
    }

    /// What a lab writes and a chapter includes.
    pub fn report(&self) -> Report {
        tables::report(self)
    }
}

const GROUPS: usize = 10;

fn score(pairs: &[(Measured, Prediction)], rule: impl Fn(&Prediction) -> Verdict) -> Score {
    let mut score = Score::default();
    for (measured, prediction) in pairs {
        score.add(measured, rule(prediction), &prediction.window_losses());
    }
    score
}

/// The limits tried in a fit.
pub const MOVEMENTS: [f64; 9] = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 15.0, 17.0];
/// The limits tried in a fit.
pub const COLLAPSES: [f64; 7] = [0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0];

/// The limits with the most right verdicts; among equals, the ones nearest to the middle of the
/// lists.
fn fitted(pairs: &[(Measured, Prediction)]) -> Limits {
    let mut best = (0.0, Limits::FITTED);
    for movement in MOVEMENTS {
        for collapse in COLLAPSES {
            let limits = Limits { movement, collapse };
            let score = score(pairs, |prediction| prediction.verdict_within(&limits));
            // Accuracy, and half as much for balance: one alone favours an outcome.
            let quality = score.accuracy() + 0.5 * score.balanced();
            if quality > best.0 {
                best = (quality, limits);
            }
        }
    }
    best.1
}
