//! Post-LN at rates at which it fails, with warm-up, with clipping, with both.

use super::{recipe, Settings};
use crate::spine::prelude::*;

/// Learning rates.
pub const RATES: [f64; 2] = [0.03, 0.1];
/// The first seed, relative to the base seed: those before it were spent on choosing.
const FIRST: u64 = 10;
/// The norm to which gradients are shortened.
const CLIP: f64 = 0.3;

/// Nothing, each, both; and the other placement with nothing: where the norm stands, whether the rate
/// rises over the first half of the steps, whether gradients are clipped.
pub const REPAIRS: [(&str, Placement, bool, bool); 5] = [
    ("Post-LN", Placement::Post, false, false),
    ("Post-LN, warm-up", Placement::Post, true, false),
    ("Post-LN, clipping", Placement::Post, false, true),
    ("Post-LN, both", Placement::Post, true, true),
    ("Pre-LN", Placement::Pre, false, false),
];

/// One repair at one rate.
#[derive(Serialize, Deserialize)]
pub struct Repaired {
    pub name: String,
    /// How many networks train.
    pub trained: usize,
    pub finals: Spread,
}

pub(super) fn measure(settings: &Settings, progress: &dyn Progress) -> Vec<Repaired> {
    let Settings { seed, steps, seeds, .. } = *settings;
    let kinds = RATES.into_iter().flat_map(|lr| REPAIRS.map(|repair| (lr, repair)));
    let arms = kinds.map(|(lr, (name, placement, warm_up, clip))| {
        let training = sgd(lr).steps(steps).warm_up(if warm_up { steps / 2 } else { 0 });
        let training = if clip { training.clip_norm(CLIP) } else { training };
        Arm::new(name, (recipe(placement), training), seed.wrapping_add(FIRST), seeds)
    });
    let runs = sweep(arms, progress, |(recipe, training)| {
        recipe.build().train(&sample(recipe.seed), training)
    });
    let repaired = |arm: &Swept<&str, Run>| Repaired {
        name: arm.key.into(),
        trained: arm.trials.iter().filter(|run| run.outcome() == Outcome::Trains).count(),
        finals: arm.over_seeds(|run| run.final_loss().unwrap_or(f64::NAN)),
    };
    runs.arms.iter().map(repaired).collect()
}

pub(super) fn report(repairs: &[Repaired], seeds: usize, report: &mut Report) {
    let (slow, fast) = repairs.split_at(REPAIRS.len());
    let header = RATES.map(|lr| [format!("trains at lr {lr}"), "final loss".into()]);
    let rows = slow.iter().zip(fast).map(|(slow, fast)| {
        let cells = |Repaired { trained, finals: Spread { low, high, .. }, .. }: &Repaired| {
            let ends = format!("{} to {}", number(*low), number(*high));
            [format!("{trained} of {seeds}"), ends].map(Cell::number)
        };
        cells![&*slow.name].into_iter().chain([slow, fast].into_iter().flat_map(cells))
    });
    let header = ["network".into()].into_iter().chain(header.into_iter().flatten());
    report.table("repairs", "Post-LN, repaired", header.collect::<Vec<String>>(), rows);

    let trained = |rate: &[Repaired]| rate.iter().map(|one| one.trained).collect::<Vec<_>>();
    let (slow, fast) = (trained(slow), trained(fast));
    report.claim_book(
        "slow",
        "At lr 0.03 Post-LN trains in no seed, and in every seed with warm-up, with clipping, and with \
         both.",
        slow[..4] == [0, seeds, seeds, seeds],
    );
    report.claim_book(
        "fast",
        "At lr 0.1 Post-LN trains in no seed, in none with warm-up, and in every seed with clipping.",
        fast[..4] == [0, 0, seeds, seeds],
    );
    report.claim_book(
        "Pre-LN",
        "Pre-LN trains at both rates, in every seed, with neither.",
        [slow[4], fast[4]] == [seeds; 2],
    );
}
