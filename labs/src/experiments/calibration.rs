//! Chapter 05: on what the numbers of the verdict were fitted, and what each part is worth.

pub(super) mod curves;
pub(super) mod fit;
mod half_times;
mod logistic;
mod neighbours;
pub(super) mod odds;
pub(super) mod tables;
mod terms;

pub use half_times::Timed;

use std::collections::BTreeMap;

use super::score::{Measured, Score};
use super::{map_in_parallel, Progress, Report};
use fit::Case;
use minigrad::recipe::Outcome;
use minigrad::theory::{Choices, Kernel, Limits, Pairs, Prediction, Probability, Verdict};
use terms::Term;

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
            ("limits", format!("{:?}", Limits::FITTED)),
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
    /// Networks of all kinds.
    pub development: Vec<(Measured, Prediction)>,
    /// Deep networks without a stream around their norms. The limits were fitted on both sets.
    pub deep: Vec<(Measured, Prediction)>,
    /// The score of each of [`FORMS`], on a part of the development set.
    pub forms: Vec<Score>,
    /// Predicted and measured half times of networks of the book.
    pub timed: Vec<Timed>,
}

/// The choices of the curve, and others.
pub const FORMS: [(&str, Choices); 8] = {
    let book = Choices::BOOK;
    [
        ("those of the book", book),
        ("16 shared features", Choices { features: 16, ..book }),
        ("256 shared features", Choices { features: 256, ..book }),
        ("no shared features", Choices { features: 0, ..book }),
        ("mean kernel, not the typical one", Choices { is_typical: false, ..book }),
        ("one rate for all coordinates", Choices { has_spectrum: false, ..book }),
        ("growth, but no matrix turns to what others learn", Choices { aligns: false, ..book }),
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
const CURVE: Limits =
    Limits { bare: NEVER, streamed: NEVER, enclosed: NEVER, collapse: NEVER, ..Limits::FITTED };

fn within(prediction: &Prediction, limits: &Limits) -> Verdict {
    prediction.probability_within(limits).ranked()[0]
}

/// The parts of the verdict, added one by one.
pub const RULES: [(&str, Rule); 5] = [
    ("always trains, the most frequent outcome", |_| Verdict::Trains),
    ("loss curve, and diverges beyond the edge of stability", |p| {
        if p.stability.sharpness > 1.0 {
            Verdict::Diverges
        } else {
            within(p, &CURVE)
        }
    }),
    ("loss curve alone", |p| within(p, &CURVE)),
    ("loss curve and push", |p| within(p, &Limits { collapse: NEVER, ..Limits::FITTED })),
    ("loss curve, push and collapse: the verdict", |p| p.verdict()),
];

/// Of every training set.
const EXAMPLES: f64 = 1000.0;

/// How much longer than the steps counted by hand a network takes.
pub(super) const SLACK: f64 = 1.7;

/// How fast a kernel moves an input by itself and along the line, per unit of the rate.
pub(super) fn speed_by_hand(tangent: Pairs, inputs: usize) -> f64 {
    tangent.own(inputs) / EXAMPLES + 0.64 * tangent.linear(inputs) / inputs as f64
}

/// The steps to half the loss of a guess at the speed of a mean kernel: a typical one is smaller, and
/// what the start has put on the wrong side comes on top.
pub(super) fn steps_by_hand(kernel: &Kernel, speed: f64) -> f64 {
    let Kernel { inputs, function, noise, .. } = kernel;
    let start = 2.0 * (function.own(*inputs) + function.linear(*inputs)).max(0.0);
    (2.0 + libm::sqrt(start)) / (libm::exp(-0.5 * noise) * speed)
}

impl Calibration {
    /// The score on all measurements by another way to a verdict.
    pub fn score(&self, rule: impl Fn(&Prediction) -> Verdict) -> Score {
        score(self.all(), rule)
    }

    fn all(&self) -> impl Iterator<Item = &(Measured, Prediction)> {
        self.development.iter().chain(&self.deep)
    }

    /// The limits of the largest likelihood on all measurements.
    pub fn fitted(&self) -> Limits {
        let cases: Vec<Case> = self.all().filter_map(Case::of).collect();
        fit::fitted(&cases.iter().collect::<Vec<_>>(), &fit::START)
    }

    /// The score on all measurements when the limits are fitted anew for each of ten groups of
    /// architectures, on the nine others: what they are worth on networks that nobody has seen.
    pub fn cross_validated(&self) -> Score {
        self.crossed(|_, _| ())
    }

    /// The same with a term changed.
    fn crossed(&self, change: Term) -> Score {
        self.crossed_from(&fit::START, change)
    }

    /// The same if updates of any size learn as the curve says.
    pub(super) fn patient(&self) -> Score {
        self.crossed_from(&fit::PATIENT, |_, _| ())
    }

    fn crossed_from(&self, start: &[f64; 10], change: Term) -> Score {
        let judged: Vec<_> = self.all().filter(|pair| pair.0.outcome().is_some()).collect();
        let case = |pair: &&(Measured, Prediction)| {
            let mut case = Case::of(pair)?;
            change(&mut case, &pair.1);
            Some(case)
        };
        let cases: Vec<Case> = judged.iter().filter_map(case).collect();
        let mut score = Score::default();
        for ((pair, case), probability) in
            judged.iter().zip(&cases).zip(fit::crossed(&cases, start))
        {
            score.add(&pair.0, probability.ranked()[0], &pair.1.window_losses());
            score.odds.add(case.outcome, probability);
        }
        score
    }

    /// What the most similar networks of other architectures did.
    pub fn by_neighbours(&self) -> Score {
        self.without_theory(neighbours::by_neighbours)
    }

    /// What a logistic model of the recipe's fields says, fitted on other architectures.
    pub fn by_logistic(&self) -> Score {
        self.without_theory(logistic::by_logistic)
    }

    fn without_theory(&self, judge: fn(&[(&Measured, Outcome)]) -> Vec<Probability>) -> Score {
        let judged = self.all().filter_map(|(one, _)| Some((one, one.outcome()?)));
        let judged: Vec<(&Measured, Outcome)> = judged.collect();
        let probabilities: Vec<Probability> = judge(&judged);
        let mut score = Score::default();
        for ((measured, outcome), probability) in judged.into_iter().zip(probabilities) {
            score.add(measured, probability.ranked()[0], &[]);
            score.odds.add(outcome, probability);
        }
        score
    }

    /// What a lab writes and a chapter includes.
    pub fn report(&self) -> Report {
        tables::report(self)
    }
}

fn score<'a>(
    pairs: impl Iterator<Item = &'a (Measured, Prediction)>,
    rule: impl Fn(&Prediction) -> Verdict,
) -> Score {
    let mut score = Score::default();
    for (measured, prediction) in pairs {
        score.add(measured, rule(prediction), &prediction.window_losses());
    }
    score
}
