//! Lab 04: the predictions held to account against networks that nothing was fitted on.

mod design;
mod plane;
mod starts;
mod tables;

pub use design::{design, Design};
pub(crate) use design::{structure, INITS};
pub use plane::Place;
pub use starts::{other_starts, STARTS};

use std::collections::BTreeMap;

use super::score::Measured;
use super::{map_in_parallel, mean_loss, median, seeds, Progress, Report, Seeded, Trial};
use minigrad::theory::Prediction;
use minigrad::train::Run;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Seed of the design; run `s` of a configuration draws weights, data and batches from `s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Runs of each configuration.
    pub seeds: u64,
    /// Configurations.
    pub count: usize,
    /// Configurations whose branches start as in no set that a limit was fitted to.
    pub starts: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 2, steps: 200, seeds: 3, count: 210, starts: 48 }
    }
}

impl Settings {
    /// Fewer networks, one seed each, and a quarter of the updates.
    pub fn small() -> Settings {
        Settings { steps: 50, seeds: 1, count: 24, starts: 8, ..Settings::default() }
    }

    /// The larger grid of `--full`: five times as many of each.
    pub fn full() -> Settings {
        let Settings { count, starts, .. } = Settings::default();
        Settings { count: 5 * count, starts: 5 * starts, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("configurations", self.count.to_string()),
            ("other starts", self.starts.to_string()),
            ("steps", self.steps.to_string()),
            ("seeds", self.seeds.to_string()),
            ("seed", self.seed.to_string()),
        ])
    }
}

/// Configurations, measured and predicted.
#[derive(Clone, Debug)]
pub struct Scorecard {
    /// What was run.
    pub settings: Settings,
    /// In the order of the design.
    pub pairs: Vec<(Measured, Prediction)>,
    /// Those of [`other_starts`], in its order.
    pub starts: Vec<(Measured, Prediction)>,
    /// Recipes of the book's own labs, with a name each.
    pub chosen: Vec<(&'static str, Measured, Prediction)>,
}

/// Trains and predicts both designs and the chosen recipes.
///
/// A configuration that `known` returns is not trained again; each one that was is handed to
/// `finished`, from any thread.
pub fn run(
    settings: &Settings,
    known: &(dyn Fn(&Design) -> Option<Measured> + Sync),
    finished: &(dyn Fn(&Measured) + Sync),
    progress: &dyn Progress,
) -> Scorecard {
    let chosen = design::chosen(settings);
    let mut all = design(settings);
    all.extend(other_starts(settings));
    all.extend(chosen.iter().map(|(_, design)| design.clone()));
    let mut pairs = map_in_parallel(&all, progress, |design| {
        let measured = known(design).unwrap_or_else(|| {
            let measured = measure(design, settings.seeds);
            finished(&measured);
            measured
        });
        let prediction = design.recipe.predict(&design.training);
        (measured, prediction)
    });
    let of_chosen = pairs.split_off(settings.count + settings.starts);
    let starts = pairs.split_off(settings.count);
    let named = chosen.iter().zip(of_chosen);
    let chosen = named.map(|((name, _), (measured, prediction))| (*name, measured, prediction));
    Scorecard { settings: settings.clone(), pairs, starts, chosen: chosen.collect() }
}

/// Trains one configuration with seeds 0, 1, ...
pub fn measure(Design { recipe, training }: &Design, count: u64) -> Measured {
    let plan = (recipe.clone(), training.clone());
    let train = |seed: u64| {
        let (recipe, training) = plan.seeded(seed);
        Trial::of(&recipe, &training).run
    };
    let runs: Vec<Run> = seeds(0, count).into_iter().map(train).collect();
    let windows = training.windows();
    let loss = |&(start, end)| median(runs.iter().map(|run| mean_loss(run, start, end)));
    Measured {
        outcomes: runs.iter().map(Run::outcome).collect(),
        losses: windows.iter().map(loss).collect(),
        recipe: plan.0,
        training: plan.1,
    }
}

impl Scorecard {
    /// What a lab writes and a chapter includes.
    pub fn report(&self) -> Report {
        tables::report(self)
    }
}
