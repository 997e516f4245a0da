//! Lab 09: where the norm of a residual block stands: late blocks, the gradient at the start, and what
//! warm-up and clipping repair.

pub mod blocks;
pub mod repairs;
pub mod shattered;
mod tables;

use std::collections::BTreeMap;

use super::Progress;
use minigrad::recipe::{Activation, Norm, Placement, Recipe};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: network `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Networks of each kind.
    pub seeds: u64,
    /// Pairs of networks and inputs whose gradients are compared, at each depth.
    pub draws: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 300, seeds: 3, draws: 40 }
    }
}

impl Settings {
    /// One network of each kind, and a third of the updates.
    pub fn small() -> Settings {
        Settings { steps: 100, seeds: 1, draws: 20, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, draws } = self;
        BTreeMap::from([
            ("pre", recipe(Placement::Pre).to_string()),
            ("post", recipe(Placement::Post).to_string()),
            ("training", blocks::training().steps(*steps).to_string()),
            ("rates of the repairs", format!("{:?}", repairs::RATES)),
            (
                "seeds",
                format!("{seeds} from {seed}, of the repairs from {}", seed + repairs::FIRST),
            ),
            ("gradients", format!("{draws} draws at depths {:?}", shattered::DEPTHS)),
        ])
    }
}

/// Blocks of a network.
pub const DEPTH: usize = 16;

/// The network: blocks of GELU with RMSNorm and residual connections; Pre-LN with a final norm.
pub fn recipe(placement: Placement) -> Recipe {
    let blocks = Recipe::blocks(DEPTH).width(64).activation(Activation::Gelu);
    let blocks = blocks.norm(Norm::Rms).residual().placement(placement);
    match placement {
        Placement::Pre => blocks.final_norm(),
        _ => blocks,
    }
}

/// All that was run.
#[derive(Clone, Debug)]
pub struct Placements {
    /// What was run.
    pub settings: Settings,
    /// Pre-LN, then Post-LN.
    pub blocks: [blocks::Arm; 2],
    /// At each of [`repairs::RATES`], each of [`repairs::REPAIRS`].
    pub repairs: Vec<repairs::Arm>,
    /// Each of [`shattered::STACKS`].
    pub shattered: Vec<shattered::Course>,
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Placements {
    Placements {
        settings: settings.clone(),
        blocks: blocks::run(settings, progress),
        repairs: repairs::run(settings, progress),
        shattered: shattered::run(settings, progress),
    }
}
