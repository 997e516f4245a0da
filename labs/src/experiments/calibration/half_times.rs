//! When the loss has fallen to half that of a guess, predicted and measured.

use super::Settings;
use crate::experiments::score::first_half;
use crate::experiments::{sweep, Arm, Progress, Swept, Trial};
use crate::init_ablation::{recipe, RATES};
use crate::spine::sgd as training;
use minigrad::recipe::{Init, Recipe, Training};

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

/// Steps that are predicted: as many as lab 01 has.
const PREDICTED: usize = 1000;

/// Lab 01's networks that train, with their learning rates.
fn arms(settings: &Settings) -> [Arm<()>; 2] {
    let [slow, fast] = RATES;
    [(Init::Kaiming, slow), (Init::Xavier, fast)].map(|(init, lr)| {
        Arm::new(
            (),
            (recipe(init), training(lr).steps(settings.steps)),
            settings.seed,
            settings.seeds,
        )
    })
}

/// Predicts and measures the half times of each.
pub(super) fn timed(settings: &Settings, progress: &dyn Progress) -> Vec<Timed> {
    if settings.seeds == 0 {
        return vec![];
    }
    let measured = sweep(arms(settings), progress, |(recipe, training)| {
        let run = Trial::of(recipe, training).run;
        first_half(run.losses.iter().map(|&loss| f64::from(loss)))
    });
    let timed = |Swept { plan: (recipe, training), trials, .. }: Swept<(), Option<usize>>| {
        let training = training.steps(PREDICTED);
        let predicted = first_half(recipe.predict(&training).losses().iter().copied());
        Timed { recipe, training, predicted, measured: trials }
    };
    measured.arms.into_iter().map(timed).collect()
}
