//! Lab 08: what training does to the length of weights, behind a norm and without one.

pub mod catapult;
pub mod decay;
pub mod surprise;
mod tables;

use std::collections::BTreeMap;

use super::Progress;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: network `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of the networks with weight decay.
    pub steps: usize,
    /// Networks of each start and decay.
    pub seeds: u64,
    /// Updates of lab 02's deep network, which starts once a seed.
    pub deep_steps: usize,
    /// Its seeds.
    pub deep_seeds: u64,
    /// Updates of the shallow network.
    pub shallow_steps: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            seed: 0,
            steps: 2000,
            seeds: 2,
            deep_steps: 600,
            deep_seeds: 5,
            shallow_steps: 60,
        }
    }
}

impl Settings {
    /// One network of each kind, and fewer updates.
    pub fn small() -> Settings {
        Settings {
            steps: 1000,
            seeds: 1,
            deep_steps: 400,
            deep_seeds: 1,
            shallow_steps: 31,
            ..Settings::default()
        }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, deep_steps, deep_seeds, shallow_steps } = self;
        let decayed = decay::training(decay::DECAYS[1]).steps(*steps);
        BTreeMap::from([
            ("behind a norm", format!("{}, starts times {:?}", decay::recipe(), decay::SCALES)),
            ("its training", format!("{decayed}, and without decay")),
            ("its seeds", format!("{seeds} from {seed}")),
            ("shallow", format!("{}, full batch, {shallow_steps} steps", catapult::recipe())),
            ("rates", format!("{:?} times the edge", catapult::RATES)),
            ("deep", surprise::recipe(surprise::ARMS[0].norm).to_string()),
            ("its training, lab 02's", surprise::training().steps(*deep_steps).to_string()),
            ("deep seeds", format!("{deep_seeds} from {seed}")),
        ])
    }
}

/// All that was run.
#[derive(Clone, Debug)]
pub struct Lengths {
    /// What was run.
    pub settings: Settings,
    /// Behind a norm, with and without decay.
    pub decays: Vec<decay::Arm>,
    /// A shallow network without a norm, one entry a rate.
    pub throws: Vec<catapult::Throw>,
    /// Lab 02's deep network.
    pub deep: Vec<surprise::Arm>,
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Lengths {
    Lengths {
        settings: settings.clone(),
        decays: decay::run(settings, progress),
        throws: catapult::run(settings, progress),
        deep: surprise::run(settings, progress),
    }
}
