//! Lab 09: where the norm of a residual block stands: late blocks, the gradient at the start, and what
//! warm-up and clipping repair.

pub mod blocks;
pub mod repairs;
pub mod shattered;

use crate::spine::prelude::*;

settings! {
    seed = 0;
    steps = 300, small 100;
    /// Networks of each kind.
    seeds: u64 = 5, small 1;
    /// Pairs of networks and inputs whose gradients are compared, at each depth.
    draws: u64 = 40, small 20;
}

/// Blocks of a network.
const DEPTH: usize = 16;

/// The network: blocks of GELU with RMSNorm and residual connections; Pre-LN with a final norm.
fn recipe(placement: Placement) -> Recipe {
    let blocks = Recipe::blocks(DEPTH).width(64).activation(Activation::Gelu);
    let blocks = blocks.norm(Norm::Rms).residual().placement(placement);
    match placement {
        Placement::Pre => blocks.final_norm(),
        _ => blocks,
    }
}

#[derive(Serialize, Deserialize)]
pub struct Placements {
    pub settings: Settings,
    /// Pre-LN, then Post-LN.
    pub blocks: Vec<blocks::Blocks>,
    /// At each of [`repairs::RATES`], each of [`repairs::REPAIRS`].
    pub repairs: Vec<repairs::Repaired>,
    /// Each of [`shattered::STACKS`].
    pub shattered: Vec<shattered::Cosines>,
}

impl Experiment for Placements {
    const NAME: &'static str = "placement";
    const ASKS: &'static str =
        "What does the place of the norm do to late blocks, and to the start?";
    const FIGURES: &'static [&'static str] =
        &["placement.svg", "placement-gradient.svg", "placement-shattered.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Placements {
        Placements {
            settings: settings.clone(),
            blocks: blocks::measure(settings, progress),
            repairs: repairs::measure(settings, progress),
            shattered: shattered::measure(settings, progress),
        }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        let Settings { steps, seeds, draws, .. } = self.settings;
        let seeds = seeds as usize;
        report.counts([("steps", steps), ("seeds", seeds), ("draws", draws as usize)]);
        blocks::report(&self.blocks, &mut report);
        repairs::report(&self.repairs, seeds, &mut report);
        shattered::report(&self.shattered, &mut report);
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![
            blocks::figure(&self.blocks, &self.settings, report),
            blocks::gradient(&self.blocks, self.settings.seeds, report),
            shattered::figure(&self.shattered, self.settings.draws, report),
        ]
    }
}
