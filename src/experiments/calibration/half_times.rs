//! When the loss has fallen to half that of a guess, predicted and measured.

use super::Settings;
use crate::data::SignOfSum;
use crate::experiments::init_ablation::{recipe, training, RATES};
use crate::experiments::score::first_half;
use crate::recipe::{Init, Recipe, Training};

/// A network with its half times.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    /// The network.
    pub recipe: Recipe,
    /// Its training, as predicted.
    pub training: Training,
    /// The step at which theory sees half the loss of a guess.
    pub predicted: Option<usize>,
    /// The same of every run; `None` where it is not reached in the steps that were measured.
    pub measured: Vec<Option<usize>>,
}

/// Networks that are timed.
pub(super) const COUNT: usize = 2;

/// Steps that are predicted: as many as lab 01 has.
const PREDICTED: usize = 1000;

fn network(index: usize) -> (Recipe, Training) {
    let [slow, fast] = RATES;
    let (init, lr) = [(Init::Kaiming, slow), (Init::Xavier, fast)][index];
    (recipe(init), training(lr))
}

pub(super) fn measured(index: usize, seed: u64, settings: &Settings) -> Option<usize> {
    let (recipe, training) = network(index);
    let data = SignOfSum::sample(1000, 1, seed);
    let training = training.steps(settings.steps).seed(seed);
    let run = recipe.seed(seed).build().train(&data, &training);
    first_half(run.losses.iter().map(|&loss| f64::from(loss)))
}

/// `times`: seed by seed, network by network.
pub(super) fn table(times: &[Option<usize>], settings: &Settings) -> Vec<Timed> {
    let seeds = settings.seeds.max(1) as usize;
    let of = |(index, times): (usize, &[Option<usize>])| {
        let (recipe, training) = network(index);
        let training = training.steps(PREDICTED);
        let prediction = recipe.predict(&training);
        let predicted = first_half(prediction.losses().iter().copied());
        Timed { recipe, training, predicted, measured: times.to_vec() }
    };
    times.chunks(seeds).enumerate().map(of).collect()
}
