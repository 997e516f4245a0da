//! Chapter 05: on what the two limits of the verdict were fitted, and what each part is worth.

pub(super) mod curves;
mod half_times;
pub(super) mod tables;

pub use half_times::Timed;

use std::collections::BTreeMap;

use super::score::{Measured, Score};
use super::{map_in_parallel, Progress, Report};
use crate::theory::{Choices, Limits, Prediction, Verdict};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed of the runs whose half time is measured.
    pub seed: u64,
    /// How many these are, of each network.
    pub seeds: u64,
    /// Updates of each of these runs.
    pub steps: usize,
    /// Other choices are tried on one of so many configurations.
    pub every: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, seeds: 4, steps: 300, every: 9 }
    }
}

impl Settings {
    /// No training, and few of the other choices.
    pub fn small() -> Settings {
        Settings { seeds: 0, steps: 1, every: 20, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, seeds, steps, every } = self;
        BTreeMap::from([
            ("movement", Limits::FITTED.movement.to_string()),
            ("collapse", Limits::FITTED.collapse.to_string()),
            ("half times", format!("{seeds} seeds from {seed}, {steps} steps")),
            ("choices", format!("on one configuration in {every}")),
        ])
    }
}

/// The measurements, each with its prediction.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// What was run.
    pub settings: Settings,
    /// The development set: the limits were fitted on it.
    pub development: Vec<(Measured, Prediction)>,
    /// Deep networks without a stream around their norms, measured later.
    pub deep: Vec<(Measured, Prediction)>,
    /// The score of each of [`FORMS`], on a part of the development set.
    pub forms: Vec<Score>,
    /// Predicted and measured half times of networks of the book.
    pub timed: Vec<Timed>,
}

/// The choices of the curve, and others.
pub const FORMS: [(&str, Choices); 7] = {
    let book = Choices::BOOK;
    [
        ("those of the book", book),
        ("16 shared features", Choices { features: 16, ..book }),
        ("256 shared features", Choices { features: 256, ..book }),
        ("no shared features", Choices { features: 0, ..book }),
        ("mean kernel, not the typical one", Choices { is_typical: false, ..book }),
        ("one rate for all coordinates", Choices { has_spectrum: false, ..book }),
        ("no growth", Choices { grows: false, ..book }),
    ]
};

/// Every eighth of `set`: what a test can afford to predict.
pub fn small(set: Vec<Measured>) -> Vec<Measured> {
    set.into_iter().step_by(8).collect()
}

/// Predicts everything, and trains the networks whose half times are measured.
///
/// # Panics
/// On a configuration that theory does not cover.
pub fn run(
    development: Vec<Measured>,
    deep: Vec<Measured>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Calibration {
    let (all, part) =
        (|| development.iter().chain(&deep), || development.iter().step_by(settings.every));
    let book = all().map(|one| (one, Choices::BOOK));
    let forms = FORMS.iter().flat_map(|(_, form)| part().map(|one| (one, *form)));
    let jobs: Vec<(&Measured, Choices)> = book.chain(forms).collect();
    let timed = half_times::timed(settings, progress);
    let mut predicted = map_in_parallel(&jobs, progress, |(one, choices)| {
        let prediction = Prediction::with(&one.recipe, &one.training, choices);
        prediction.unwrap_or_else(|refused| panic!("{refused}"))
    });
    let of_forms = predicted.split_off(development.len() + deep.len());
    let forms = of_forms.chunks(part().count().max(1));
    let forms = forms.map(|predictions| Score::of(part().zip(predictions))).collect();
    let mut pairs: Vec<_> = all().cloned().zip(predicted).collect();
    let deep = pairs.split_off(development.len());
    Calibration { settings: settings.clone(), development: pairs, deep, forms, timed }
}

/// A way to reach a verdict, with fewer parts than the whole.
pub type Rule = fn(&Prediction) -> Verdict;

const NEVER: f64 = f64::INFINITY;

/// The parts of the verdict, added one by one.
pub const RULES: [(&str, Rule); 5] = [
    ("always trains, the most frequent outcome", |_| Verdict::Trains),
    ("loss curve, and diverges beyond the edge of stability", |p| {
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
pub const COLLAPSES: [f64; 9] = [0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0];

/// The limits of the largest sum of accuracy and half the balanced accuracy; among equals, those
/// that come first in the lists, movements before collapses.
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
