//! Networks at many learning rates, and how far an update moves them.

use super::Diagnosis;
use crate::experiments::{median, sample, Spread, Swept};
use minigrad::recipe::{Activation, Norm, Outcome, Recipe, Training};
use minigrad::train::{Run, Trainer};

/// The learning rates that are tried: from 1e-5, by factors of the root of 10.
pub const RATES: usize = 11;

/// Learning rate number `rate`.
pub fn lr(rate: usize) -> f64 {
    1e-5 * libm::pow(10.0, 0.5 * rate as f64)
}

/// Steps each of which is looked at, and of which no median is taken.
pub const FIRST: usize = 10;

/// Steps with which a training begins, and those with which it ends.
pub const EARLY: usize = 50;

/// How many networks' rates are tried.
pub const NETWORKS: usize = 5;

/// A network whose rates are tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Paced {
    /// What stands in tables.
    pub name: &'static str,
    /// Its values in the text begin so.
    pub key: &'static str,
    /// The network.
    pub recipe: Recipe,
    /// Whether it is trained with Adam, else with SGD and momentum 0.9.
    pub adam: bool,
}

impl Paced {
    /// Its training at a rate.
    pub fn training(&self, lr: f64) -> Training {
        if self.adam {
            Training::adam(lr)
        } else {
            Training::sgd(lr).momentum(0.9)
        }
    }
}

/// The networks whose rates are tried, the smallest first.
pub fn networks() -> [Paced; NETWORKS] {
    let paced = |name, key, recipe, adam| Paced { name, key, recipe, adam };
    let blocks = Recipe::blocks(8).width(64).activation(Activation::Gelu).norm(Norm::Rms);
    [
        paced("8 layers of 64, ReLU", "small", Recipe::mlp(8).width(64), false),
        paced("12 layers of 256, ReLU", "plain", Recipe::mlp(12), false),
        paced("the same with RMSNorm", "rms", Recipe::mlp(12).norm(Norm::Rms), false),
        paced("8 blocks of 64, RMSNorm", "blocks", blocks.residual().final_norm(), false),
        paced("12 layers of 256, Adam", "adam", Recipe::mlp(12), true),
    ]
}

/// A training whose updates were looked at.
#[derive(Clone, Debug)]
pub struct Course {
    /// The losses.
    pub run: Run,
    /// `(step, update-to-data ratio of each matrix, the readout's last)`.
    pub updates: Vec<(usize, Vec<f64>)>,
}

/// The networks at one rate, by the number of the network and of the rate.
pub type Tried = Swept<(usize, usize), Course>;

pub(super) fn course(recipe: &Recipe, training: &Training, every: usize) -> Course {
    let data = sample(recipe.seed);
    let first = data.train.first(8); // Of the picture nothing is kept but the updates.
    let mut network = recipe.build();
    let mut trainer = Trainer::new(&mut network, &data.train, training);
    let mut updates = vec![];
    for index in 0.. {
        let step = if index < FIRST || index % every == 0 {
            trainer.observe(&first).map(|seen| updates.push((index, seen.updates)))
        } else {
            trainer.step().map(drop)
        };
        if step.is_none() {
            break;
        }
    }
    Course { run: trainer.run(), updates }
}

impl Course {
    /// Median update-to-data ratio of the matrices but the readout's, over the looks at steps from
    /// `start` to before `end`.
    pub fn ratio(&self, start: usize, end: usize) -> f64 {
        let looks = self.updates.iter().filter(|(step, _)| (start..end).contains(step));
        median(looks.flat_map(|(_, updates)| hidden(updates).to_vec()))
    }

    /// The same of the readout.
    fn readout(&self, start: usize, end: usize) -> f64 {
        let looks = self.updates.iter().filter(|(step, _)| (start..end).contains(step));
        median(looks.filter_map(|(_, updates)| updates.last().copied()))
    }

    /// Median and range over the matrices but the readout's, at each look.
    pub fn ratios(&self) -> Vec<(f64, Spread)> {
        let spread = |updates: &[f64]| Spread::of(hidden(updates).iter().copied());
        self.updates.iter().map(|(step, updates)| (*step as f64, spread(updates))).collect()
    }
}

pub(super) fn hidden(updates: &[f64]) -> &[f64] {
    updates.split_last().map_or(&[], |(_, hidden)| hidden)
}

impl Tried {
    /// Loss of the last tenth of the steps, one a seed; infinite where a run diverged.
    pub fn losses(&self) -> Vec<f64> {
        let loss = |course: &Course| match course.run.outcome() {
            Outcome::Diverges => f64::INFINITY,
            _ => course.run.final_loss().unwrap_or(f64::INFINITY),
        };
        self.trials.iter().map(loss).collect()
    }

    /// Median ratio over the seeds while the training begins: the looks of the first fifty steps, but
    /// for the ten very first.
    pub fn early(&self) -> f64 {
        median(self.trials.iter().map(|course| course.ratio(FIRST, EARLY)))
    }

    /// The same of the readout.
    pub fn readout(&self) -> f64 {
        median(self.trials.iter().map(|course| course.readout(FIRST, EARLY)))
    }

    /// The same of the hidden matrices, over the last fifty steps.
    pub fn late(&self) -> f64 {
        let steps = self.plan.1.steps;
        median(self.trials.iter().map(|course| course.ratio(steps.saturating_sub(EARLY), steps)))
    }

    /// Whether more than half of the seeds train.
    pub fn trains(&self) -> bool {
        let trained = |course: &&Course| course.run.outcome() == Outcome::Trains;
        2 * self.trials.iter().filter(trained).count() > self.trials.len()
    }
}

impl Diagnosis {
    /// The rates of one network, from small to large.
    pub fn rates(&self, network: usize) -> impl Iterator<Item = &Tried> {
        self.sweep.arms.iter().filter(move |arm| arm.key.0 == network)
    }

    /// The rate with the lowest median loss.
    pub fn best(&self, network: usize) -> Option<&Tried> {
        let loss = |arm: &&Tried| median(arm.losses());
        self.rates(network).min_by(|a, b| loss(a).total_cmp(&loss(b)))
    }
}
