//! Post-LN at rates at which it fails, with warm-up, with clipping, with both.

use super::{recipe, Settings};
use crate::experiments::{sample, sweep, Progress, Swept};
use minigrad::recipe::{Outcome, Placement, Recipe, Training};
use minigrad::train::Run;

/// Learning rates.
pub const RATES: [f64; 2] = [0.03, 0.1];
/// The first seed, relative to the base seed: those before it were spent on choosing.
pub const FIRST: u64 = 10;
/// The norm to which gradients are shortened.
pub const CLIP: f64 = 0.3;

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repair {
    /// What tables call it.
    pub name: &'static str,
    /// Where the norm stands.
    pub placement: Placement,
    /// Whether the rate rises over the first half of the steps.
    pub warm_up: bool,
    /// Whether gradients are clipped.
    pub clip: bool,
}

/// Nothing, each, both; and the other placement with nothing.
pub const REPAIRS: [Repair; 5] = [
    Repair { name: "Post-LN", placement: Placement::Post, warm_up: false, clip: false },
    Repair { name: "Post-LN, warm-up", placement: Placement::Post, warm_up: true, clip: false },
    Repair { name: "Post-LN, clipping", placement: Placement::Post, warm_up: false, clip: true },
    Repair { name: "Post-LN, both", placement: Placement::Post, warm_up: true, clip: true },
    Repair { name: "Pre-LN", placement: Placement::Pre, warm_up: false, clip: false },
];

/// One repair at one rate, over the seeds.
pub type Arm = Swept<(Repair, f64), Run>;

/// The training of a repair.
pub fn training(repair: Repair, lr: f64, steps: usize) -> Training {
    let bare = Training::sgd(lr).momentum(0.9).steps(steps);
    let warmed = if repair.warm_up { bare.warm_up(steps / 2) } else { bare };
    if repair.clip {
        warmed.clip_norm(CLIP)
    } else {
        warmed
    }
}

pub(super) fn run(settings: &Settings, progress: &dyn Progress) -> Vec<Arm> {
    let arm = |(repair, lr): (Repair, f64)| {
        let plan = (recipe(repair.placement), training(repair, lr, settings.steps));
        let first = settings.seed.wrapping_add(FIRST);
        crate::experiments::Arm::new((repair, lr), plan, first, settings.seeds)
    };
    let kinds = RATES.into_iter().flat_map(|lr| REPAIRS.map(|repair| (repair, lr)));
    let train = |(recipe, training): &(Recipe, Training)| {
        recipe.build().train(&sample(recipe.seed), training)
    };
    sweep(kinds.map(arm), progress, train).arms
}

/// How many of an arm's runs train.
pub fn trained(arm: &Arm) -> usize {
    arm.trials.iter().filter(|run| run.outcome() == Outcome::Trains).count()
}
