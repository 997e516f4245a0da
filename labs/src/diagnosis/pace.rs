//! Networks at many learning rates, and how far an update moves them.

use super::cases::hidden;
use crate::spine::prelude::*;
use minigrad::train::Trainer;
use std::ops::Range;

/// Steps each of which is looked at, and of which no median is taken.
pub const FIRST: usize = 10;

/// Steps with which a training begins, and those with which it ends.
pub const EARLY: usize = 50;

/// The networks whose rates are tried, the smallest first: the name in tables, and whether Adam
/// trains it, else gradient descent.
pub fn networks() -> [(&'static str, Recipe, bool); 5] {
    let blocks = Recipe::blocks(8).width(64).activation(Gelu).norm(Norm::Rms);
    [
        ("8 layers of 64, ReLU", Recipe::mlp(8).width(64), false),
        ("12 layers of 256, ReLU", Recipe::mlp(12), false),
        ("the same with RMSNorm", Recipe::mlp(12).norm(Norm::Rms), false),
        ("8 blocks of 64, RMSNorm", blocks.residual().final_norm(), false),
        ("12 layers of 256, Adam", Recipe::mlp(12), true),
    ]
}

/// A network at one rate, over the seeds.
#[derive(Serialize, Deserialize)]
pub struct Pace {
    pub network: usize,
    pub lr: f64,
    /// Median loss of the last tenth of the steps; that of a run that diverged is infinite.
    #[serde(with = "real")]
    pub loss: f64,
    /// Whether more than half of the seeds train.
    pub trains: bool,
    /// Median update-to-data ratio of the hidden matrices from step [`FIRST`] to [`EARLY`]; of a run
    /// that ends before, that of the base seed at its very first step.
    #[serde(with = "real")]
    pub early: f64,
    /// Over the last steps.
    #[serde(with = "real")]
    pub late: f64,
    /// From step [`FIRST`] to [`EARLY`], of the readout.
    #[serde(with = "real")]
    pub readout: f64,
    /// Of the base seed of the smallest network, over the hidden matrices, at each look.
    pub looks: Vec<(f64, Spread)>,
}

/// `(step, update-to-data ratio of each matrix)` wherever a training was looked at.
type Looks = Vec<(usize, Vec<f64>)>;

/// Trains one network, and looks at the first updates and every so many after them.
fn course(recipe: &Recipe, training: &Training, every: usize) -> (Run, Looks) {
    let data = sample(recipe.seed);
    let first = data.train.first(8); // Of the picture nothing is kept but the updates.
    let mut network = recipe.build();
    let mut trainer = Trainer::new(&mut network, &data.train, training);
    let mut looks = vec![];
    for index in 0.. {
        if index < FIRST || index % every == 0 {
            let Some(seen) = trainer.observe(&first) else { break };
            looks.push((index, seen.updates));
        } else if trainer.step().is_none() {
            break;
        }
    }
    (trainer.run(), looks)
}

/// Median ratio of some matrices over the looks at some steps.
fn ratio(looks: &Looks, steps: &Range<usize>, of: fn(&[f64]) -> &[f64]) -> f64 {
    let looks = looks.iter().filter(|(step, _)| steps.contains(step));
    median(looks.flat_map(|(_, updates)| of(updates).iter().copied()))
}

fn pace(arm: &Swept<(usize, f64), (Run, Looks)>) -> Pace {
    let ((network, lr), trials, steps) = (arm.key, &arm.trials, arm.plan.1.steps);
    let ratio_at =
        |steps: Range<usize>, of| arm.over_seeds(|(_, looks)| ratio(looks, &steps, of)).middle;
    let loss = |(run, _): &(Run, Looks)| match run.outcome() {
        Outcome::Diverges => f64::INFINITY,
        _ => run.final_loss().unwrap_or(f64::INFINITY),
    };
    let trained = trials.iter().filter(|(run, _)| run.outcome() == Outcome::Trains).count();
    let (early, looks) = (ratio_at(FIRST..EARLY, hidden), &trials[0].1);
    let look = |(step, updates): &(usize, Vec<f64>)| {
        (*step as f64, Spread::of(hidden(updates).iter().copied()))
    };
    Pace {
        network,
        lr,
        loss: arm.over_seeds(loss).middle,
        trains: 2 * trained > trials.len(),
        early: if early.is_finite() { early } else { ratio(looks, &(0..1), hidden) },
        late: ratio_at(steps.saturating_sub(EARLY)..steps, hidden),
        readout: ratio_at(FIRST..EARLY, |updates| &updates[updates.len() - 1..]),
        looks: looks.iter().filter(|_| network == 0).map(look).collect(),
    }
}

/// The first so many networks at every rate: from 1e-5, by factors of the root of 10.
pub fn paces(settings: &super::Settings, progress: &dyn Progress) -> Vec<Pace> {
    let super::Settings { seed, steps, seeds, every, networks: count } = *settings;
    let rates = (0..11).map(|rate| 1e-5 * libm::pow(10.0, 0.5 * f64::from(rate)));
    let networks = networks().into_iter().take(count).enumerate();
    let arms = networks.flat_map(|(network, (_, recipe, adam))| {
        rates.clone().map(move |lr| {
            let training = if adam { Training::adam(lr) } else { sgd(lr) };
            Arm::new((network, lr), (recipe.clone(), training.steps(steps)), seed, seeds)
        })
    });
    let sweep = sweep(arms, progress, |(recipe, training)| course(recipe, training, every));
    sweep.arms.iter().map(pace).collect()
}
