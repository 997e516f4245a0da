//! Chapter 05: on what the numbers of the verdict were fitted, and what each part is worth.

pub mod baselines;
pub mod fit;
pub mod parts;
mod report;

use crate::init_ablation::{recipe, RATES};
use crate::residual_depth;
use crate::score::summary::{percent, score, Summary};
use crate::score::tables::{bands, bins, groups, inside, margins};
use crate::score::{first_half, Bin, Errors, Measured, Pair, Score, Windows};
use crate::spine::prelude::*;
use baselines::BASELINES;
use fit::{cross_validated, Numbers, PATIENT, START};
use minigrad::theory::{Choices, Limits};
use minigrad_plot::Bars;
use parts::{curve_errors, moved, verdict_within, Term, FORMS, RULES, TERMS};

settings! {
    seed = 0;
    /// Runs whose half time is measured, of each network.
    seeds: u64 = 4, small 0;
    /// Updates of each of these.
    steps: usize = 300, small 1;
    /// Other choices are tried on one of so many configurations.
    every: usize = 9, small 20;
    /// One of so many measurements is looked at.
    thin: usize = 1, small 8;
}

/// Networks of all kinds: the first by PyTorch, later ones by PyTorch, and by this crate over a wider
/// range of sizes, half of them near a limit.
const DEVELOPMENT: [&str; 3] = [
    include_str!("../data/development.jsonl"),
    include_str!("../data/later.jsonl"),
    include_str!("../data/wide.jsonl"),
];
/// Deep networks without a stream around their norms. The limits were fitted on both sets.
const DEEP: [&str; 1] = [include_str!("../data/deep.jsonl")];

/// What files of measurements hold, each with its prediction.
pub fn predicted(files: &[&str], thin: usize, progress: &dyn Progress) -> Vec<Pair> {
    let lines = files.iter().flat_map(|file| file.lines()).step_by(thin);
    let measured = lines.map(|line| crate::lines::read_measured(line).expect("a measurement"));
    let measured: Vec<Measured> = measured.collect();
    let predictions = map_in_parallel(&measured, progress, |one| one.recipe.predict(&one.training));
    measured.into_iter().zip(predictions).collect()
}

#[derive(Serialize, Deserialize)]
pub struct Calibration {
    pub settings: Settings,
    /// On all measurements.
    pub fitted: Summary,
    pub curves: Windows<Errors>,
    pub bands: Windows<[usize; 3]>,
    pub deep: Summary,
    pub deep_curves: Windows<Errors>,
    /// Of the largest likelihood on all measurements.
    pub numbers: Numbers,
    /// [`TERMS`], then without haste: by limits that were fitted without the architecture.
    pub crossed: Vec<Summary>,
    /// Of the first of these.
    pub reliability: Vec<Bin>,
    /// One entry each of [`BASELINES`], [`RULES`] and [`FORMS`], the last on a part of the set.
    pub baselines: Vec<Summary>,
    pub rules: Vec<Summary>,
    pub forms: Vec<Summary>,
    /// Each of four limits at five values.
    pub limits: Vec<Summary>,
    /// The shares inside the band at five errors of the curve, on a part of the set.
    #[serde(with = "real")]
    pub band_errors: Vec<[f64; 2]>,
    pub groups: Vec<(String, Summary)>,
    pub margins: Vec<Summary>,
    /// The steps to half the loss of a guess, where that is reached: of each of [`TIMED`] run by run.
    pub half_times: Vec<Vec<Option<usize>>>,
}

/// Networks of labs 01 and 03.
pub fn labs() -> [(Recipe, Training); 6] {
    let [slow, fast] = RATES;
    let lab01 = |init, lr| (recipe(init), sgd(lr).steps(1000));
    let lab03 = |residual, steps| {
        let recipe = residual_depth::recipe(residual_depth::DEPTH, 256, residual);
        (recipe, sgd(residual_depth::LR).steps(steps))
    };
    [
        lab01(Init::Uniform(0.5), slow),
        lab01(Init::Xavier, slow),
        lab01(Init::Kaiming, slow),
        lab01(Init::Xavier, fast),
        lab03(false, 300),
        lab03(true, 150),
    ]
}

/// Of these lab 01's that train.
const TIMED: std::ops::Range<usize> = 2..4;

impl Experiment for Calibration {
    const NAME: &'static str = "calibration";
    const ASKS: &'static str =
        "How often is the verdict right, and what is each of its parts worth?";
    const FIGURES: &'static [&'static str] = &["calibration.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Calibration {
        let development = predicted(&DEVELOPMENT, settings.thin, progress);
        let deep = predicted(&DEEP, settings.thin, progress);
        let all: Vec<&Pair> = development.iter().chain(&deep).collect();
        let part: Vec<&Pair> = development.iter().step_by(settings.every).collect();
        let by = |rule: &dyn Fn(&Prediction) -> Verdict| {
            let mut score = Score::default();
            all.iter().for_each(|(one, p)| score.add(one, rule(p), &p.window_losses()));
            Summary::from(score)
        };
        let form = |(_, choices): (&str, Choices)| {
            let predictions = map_in_parallel(&part, progress, |(one, _)| {
                let prediction = Prediction::with(&one.recipe, &one.training, &choices);
                prediction.expect("covered by theory")
            });
            Score::of(part.iter().map(|(one, _)| one).zip(&predictions)).into()
        };
        let terms = TERMS.map(|(_, term)| (START, term)).into_iter();
        let terms: Vec<(Numbers, Term)> = terms.chain([(PATIENT, TERMS[0].1)]).collect();
        let crossed =
            map_in_parallel(&terms, progress, |(start, term)| cross_validated(&all, start, *term));
        let judged = all.iter().filter_map(|(one, _)| Some((one, one.outcome()?)));
        let judged: Vec<(&Measured, Outcome)> = judged.collect();
        let inside_at = |curve_error| {
            inside(&bands(&part, &Limits { curve_error, ..Limits::FITTED }, progress))
        };
        let arms = labs()[TIMED].to_vec().into_iter().map(|(recipe, training)| {
            let plan = (recipe, training.steps(settings.steps));
            Arm::new((), plan, settings.seed, settings.seeds)
        });
        let half_times = sweep(arms, progress, |(recipe, training)| {
            let run = Trial::of(recipe, training).run;
            first_half(run.losses.iter().map(|&loss| f64::from(loss)))
        });
        let (fitted, of_deep) = (score(all.iter().copied()), score(&deep));
        Calibration {
            settings: settings.clone(),
            curves: fitted.windows(),
            fitted: fitted.into(),
            bands: bands(&all, &Limits::FITTED, progress),
            deep_curves: of_deep.windows(),
            deep: of_deep.into(),
            numbers: fit::fitted_to(&all, &START),
            reliability: bins(&crossed[0]),
            crossed: crossed.into_iter().map(Summary::from).collect(),
            baselines: BASELINES.map(|(_, judge)| baselines::score(&judged, judge).into()).into(),
            rules: RULES.map(|(.., rule)| by(&rule)).into(),
            forms: FORMS.map(form).into(),
            limits: moved().map(|(.., limits)| by(&|p| verdict_within(p, &limits))).collect(),
            band_errors: curve_errors().map(inside_at).into(),
            groups: groups(&development),
            margins: margins(&development),
            half_times: half_times.arms.into_iter().map(|arm| arm.trials).collect(),
        }
    }

    fn report(&self) -> Report {
        let (mut report, crossed) = (Report::default(), &self.crossed[0]);
        self.values(&mut report);
        self.tables(&mut report);
        report.claim_book(
            "held out",
            format!(
                "On architectures it was not fitted on, the verdict is right in {} of {} \
                 configurations",
                percent(crossed.accuracy()),
                crossed.count()
            ),
            crossed.accuracy() > 0.85,
        );
        report.claim_book(
            "each outcome",
            format!(
                "Each outcome alone is predicted right in {} on average",
                percent(crossed.balanced())
            ),
            crossed.balanced() > 0.82,
        );
        self.fitted.claim_end(&mut report);
        let [_, _, curve, push, all] = &self.rules[..] else { unreachable!("one a rule") };
        let [curve, push, all] = [curve, push, all].map(|rule| 100.0 * rule.accuracy());
        report.claim(
            "parts",
            format!(
                "The limits of the push add {:.1} points to the curve alone, that of the collapse \
                 {:.1} more",
                push - curve,
                all - push,
            ),
            curve < push && push < all,
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let title = report.title(
            &["parts"],
            "Each part of the verdict earns its place",
            "The verdict, part by part",
        );
        let count = self.crossed[0].count();
        let mut bars = Bars::new(title, "right verdicts (%)").up_to(100.0).subtitle(&format!(
            "{count} configurations; the last bar: limits fitted without the architecture",
        ));
        let rules = RULES.map(|(_, name, _)| (name, Color::Muted)).into_iter().zip(&self.rules);
        let held_out = (("all three, held out", colors::RIGHT), &self.crossed[0]);
        for ((name, color), summary) in rules.chain([held_out]) {
            // Two standard errors of a share.
            let share = summary.accuracy();
            let error = 2.0 * (share * (1.0 - share) / count as f64).sqrt();
            let text = format!("{:.1}", 100.0 * share);
            let (low, high) = (100.0 * (share - error), 100.0 * (share + error));
            bars = bars.bar(color, name, 100.0 * share, (low, high), &text);
        }
        vec![bars.render()]
    }
}
