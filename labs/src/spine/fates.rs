//! What became of one arm's runs: what claims, tables and figures ask of any of them.

use super::{cells, mean, real, Cell, Report, Spread, Swept, Trial};
use minigrad::recipe::{Outcome, Recipe};
use minigrad::theory::Propagation;
use minigrad_lines::OUTCOMES;
use serde::{Deserialize, Serialize};

/// What became of one arm's runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fates {
    /// How many diverge, vanish and train.
    pub counts: [usize; 3],
    /// The step by which all have left the finite numbers, if all did.
    pub diverged_by: Option<usize>,
    /// The losses before the first update.
    pub initial: Spread,
    /// Final losses, smallest first; NaN, at the end, of runs that diverged.
    #[serde(with = "real")]
    pub finals: Vec<f64>,
    /// Mean and spread over the seeds; nothing where a run diverged: NaNs choose no class.
    pub accuracy: Option<(f64, Spread)>,
    /// Over windows of ten steps, each at its middle, after the loss before the first update.
    pub losses: Vec<(f64, Spread)>,
    /// Of the base seed, step by step.
    #[serde(with = "real")]
    pub first: Vec<f64>,
}

impl Fates {
    /// Those of an arm that was run.
    pub fn of<K>(arm: &Swept<K, Trial>) -> Fates {
        let accuracies = || arm.trials.iter().map(|trial| trial.accuracy);
        let accuracy = || (mean(accuracies()), Spread::of(accuracies()));
        Fates {
            counts: OUTCOMES.map(|outcome| arm.count(outcome)),
            diverged_by: arm.diverged_by(),
            initial: arm.over_seeds(|trial| f64::from(trial.run.initial_loss())),
            finals: arm.finals(),
            accuracy: (!arm.any_diverged()).then(accuracy),
            losses: arm.losses(),
            first: arm.trials[0].run.losses.iter().map(|&loss| f64::from(loss)).collect(),
        }
    }

    /// Without the losses on the way.
    pub fn brief(self) -> Fates {
        Fates { losses: vec![], first: vec![], ..self }
    }

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.finals.len()
    }

    /// How many came to this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        OUTCOMES.into_iter().zip(self.counts).find(|(one, _)| *one == outcome).map_or(0, |(_, n)| n)
    }

    /// Whether all did.
    pub fn all(&self, outcome: Outcome) -> bool {
        self.count(outcome) == self.runs()
    }

    /// What all came to; `None` where they disagree.
    pub fn outcome(&self) -> Option<Outcome> {
        OUTCOMES.into_iter().find(|&outcome| self.all(outcome))
    }

    /// The final losses.
    pub fn last(&self) -> Spread {
        Spread::of(self.finals.iter().copied())
    }

    /// The commonest fate in these words, and how many came to it.
    pub fn most<'a>(&self, words: [&'a str; 3]) -> (usize, &'a str) {
        self.counts.into_iter().zip(words).max().unwrap_or_default()
    }

    /// The outcomes that occur: `vanishes or trains`.
    pub fn outcomes(&self) -> String {
        let there = OUTCOMES.into_iter().filter(|&outcome| self.count(outcome) > 0);
        there.map(|outcome| outcome.to_string()).collect::<Vec<_>>().join(" or ")
    }

    /// Reports the first loss of the base seed, and the final losses.
    pub fn ends(&self, name: &str, report: &mut Report) {
        let [low, high] = [self.finals[0], self.finals[self.runs() - 1]];
        report.numbers(name, [("initial", self.first[0]), ("final", self.last().middle)]);
        report.numbers(name, [("lowest", low), ("highest", high)]);
    }

    /// Reports the values of this name that every arm has.
    pub fn values(&self, name: &str, report: &mut Report) {
        let Fates { initial, finals, .. } = self;
        let ends = [finals[0], finals[finals.len() - 1]];
        report.numbers(name, [("initial", initial.middle), ("initial_lowest", initial.low)]);
        report.numbers(name, [("initial_highest", initial.high), ("final", self.last().middle)]);
        report.numbers(name, [("lowest", ends[0]), ("highest", ends[1])]);
        for (outcome, count) in OUTCOMES.into_iter().zip(self.counts) {
            report.value(format!("{name}_{outcome}"), count);
        }
        if let Some((_, Spread { low, high, .. })) = self.accuracy {
            report.value(format!("{name}_accuracy_low"), format!("{:.0}", 100.0 * low));
            report.value(format!("{name}_accuracy_high"), format!("{:.0}", 100.0 * high));
        }
        if let Some(step) = self.diverged_by {
            report.value(format!("{name}_diverged_by"), step);
        }
    }

    /// For tables: the outcomes, the lowest and the highest final loss, the mean accuracy.
    pub fn cells(&self) -> [Cell; 4] {
        let loss = |x: f64| if x.is_nan() { Cell::none() } else { Cell::from(x) };
        let accuracy = |(mean, _)| Cell::number(format!("{:.0} %", 100.0 * mean));
        let [low, high] = [self.finals[0], self.finals[self.runs() - 1]].map(loss);
        cells![self.outcomes(), low, high, self.accuracy.map_or(Cell::none(), accuracy)]
    }
}

/// The steps at which tables of batch losses look.
const LOOKS: [usize; 6] = [0, 1, 10, 100, 300, 999];

/// Batch losses of the base seed at some steps, one column an arm.
pub fn batch_losses(arms: [&Fates; 3]) -> Vec<[Cell; 4]> {
    let row = |step: usize| {
        let [a, b, c] = arms.map(|one| match one.first.get(step) {
            Some(loss) if loss.is_finite() => Cell::from(*loss),
            _ => Cell::from("diverged"),
        });
        [Cell::from(step), a, b, c]
    };
    let longest = arms.iter().map(|one| one.first.len()).max().unwrap_or(0);
    LOOKS.into_iter().filter(|&step| step < longest).map(row).collect()
}

/// One layer before the first update.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Its number, from 1.
    pub layer: usize,
    /// Second moment of its pre-activations, predicted and measured.
    pub q: [f64; 2],
    /// Norm of the gradient by its weights.
    pub gradient: f64,
}

impl Start {
    /// The layers 1, 6 and 12 of a network that was probed before its first update.
    pub fn of(recipe: &Recipe, trial: &Trial) -> Vec<Start> {
        let (theory, probe) = (Propagation::of(recipe).layers, &trial.probes[0].1);
        let layer = |layer: usize| {
            let seen = &probe.layers[layer - 1];
            let q = [theory[layer - 1].q, seen.q];
            Start { layer, q, gradient: seen.gradient_norm }
        };
        [1, 6, 12].map(layer).into()
    }

    /// For tables.
    pub fn cells(&self) -> [Cell; 4] {
        cells![self.layer, self.q[0], self.q[1], self.gradient]
    }
}
