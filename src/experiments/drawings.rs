//! The drawn explanations of the chapters: small computations, by theory or on tiny networks.

mod blocks;
mod edge;
mod graph;
mod kernels;
mod maps;
mod odds;
mod runs;
mod signal;
mod symmetry;

pub use blocks::{Blocks, Canonical, Kind, BLOCKS};
pub use edge::{Oscillation, MOMENTUM};
pub use graph::Graph;
pub use kernels::{KernelCurve, DEPTHS};
pub use maps::{CorrelationWalk, Map, LAYERS};
pub use odds::{Odd, Odds};
pub use runs::{Fate, PredictedRun};
pub use signal::{Signal, UNITS};
pub use symmetry::{Start, Symmetry, HIDDEN, MATRICES, SIDE, STARTS, STEPS, WATCHED};

use std::collections::BTreeMap;

use super::{Progress, Report};

/// What is drawn: settings of the book by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Seed of every network that is built.
    pub seed: u64,
}

impl Settings {
    /// The book's: they take seconds.
    pub fn small() -> Settings {
        Settings::default()
    }

    /// What was drawn, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([("seed", self.seed.to_string())])
    }
}

/// What is behind the drawings, in the order in which the book shows them.
#[derive(Clone, Debug)]
pub struct Drawings {
    /// What was drawn.
    pub settings: Settings,
    /// A computation and its derivatives.
    pub graph: Graph,
    /// Three trainings, one of each outcome.
    pub fates: Vec<Fate>,
    /// A signal on its way through three networks.
    pub signals: Vec<Signal>,
    /// The map of the second moment, of three activations.
    pub maps: Vec<Map>,
    /// Which units differ, from weights of which some are equal.
    pub symmetries: Vec<Symmetry>,
    /// The signal in four ways to stack blocks.
    pub blocks: Vec<Blocks>,
    /// The first and the last of fifty canonical blocks.
    pub canonical: Canonical,
    /// The map of the correlation, of two activations.
    pub correlations: Vec<CorrelationWalk>,
    /// The tangent kernel over the correlation, of a shallow and a deep network.
    pub kernels: Vec<KernelCurve>,
    /// The mean mode below and above the edge of stability.
    pub oscillations: Vec<Oscillation>,
    /// A loss curve, predicted and measured.
    pub curve: PredictedRun,
    /// The probability of each outcome over the learning rate.
    pub odds: Odds,
}

/// Computes all of them.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Drawings {
    const PARTS: usize = 5;
    let seed = settings.seed;
    let fates = runs::fates(seed);
    progress.update(1, PARTS);
    let curve = runs::predicted(seed);
    progress.update(2, PARTS);
    let odds = odds::odds();
    progress.update(3, PARTS);
    let symmetries = symmetry::symmetries(seed);
    progress.update(4, PARTS);
    let drawings = Drawings {
        settings: settings.clone(),
        graph: graph::graph(),
        fates,
        signals: signal::signals(seed),
        maps: maps::maps(),
        symmetries,
        blocks: blocks::blocks(),
        canonical: blocks::canonical(),
        correlations: maps::correlations(),
        kernels: kernels::kernels(),
        oscillations: edge::oscillations(),
        curve,
        odds,
    };
    progress.update(PARTS, PARTS);
    drawings
}

impl Drawings {
    /// Claims, numbers and the data of each drawing.
    pub fn report(&self) -> Report {
        let mut report =
            Report::new("drawings", "What does it look like, what the chapters derive?");
        report.settings = self.settings.shown();
        graph::say(&mut report, &self.graph);
        runs::say_fates(&mut report, &self.fates);
        signal::say(&mut report, &self.signals);
        maps::say(&mut report, &self.maps);
        symmetry::say(&mut report, &self.symmetries);
        blocks::say(&mut report, &self.blocks, &self.canonical);
        maps::say_correlations(&mut report, &self.correlations);
        kernels::say(&mut report, &self.kernels);
        edge::say(&mut report, &self.oscillations);
        runs::say_predicted(&mut report, &self.curve);
        odds::say(&mut report, &self.odds);
        report
    }
}
