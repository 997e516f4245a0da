//! The drawn explanations of the chapters: small computations, by theory or on tiny networks.

mod asked;
mod blocks;
mod edge;
mod graph;
mod isometry;
mod kernels;
mod maps;
mod modes;
mod odds;
mod pairs;
mod runs;
mod signal;
mod singular;
mod symmetry;

pub use asked::{limits, Asked};
pub use blocks::{Blocks, Canonical, Kind, BLOCKS};
pub use edge::{Oscillation, MOMENTUM};
pub use graph::Graph;
pub use isometry::{Raced, Spectra, Stretched, Weighed, DEEP, LOOKED, SIDES};
pub use kernels::{KernelCurve, DEPTHS};
pub use maps::{CorrelationWalk, Map, LAYERS};
pub use modes::{Mode, Turn, LR};
pub use odds::{Odd, Odds};
pub use pairs::{Meeting, Reach, DRAWS};
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
    /// How deep networks stretch, from Gaussian and from orthogonal weights.
    pub spectra: Vec<Spectra>,
    /// Their trainings.
    pub races: Vec<Raced>,
    /// The signal in four ways to stack blocks.
    pub blocks: Vec<Blocks>,
    /// The first and the last of fifty canonical blocks.
    pub canonical: Canonical,
    /// The map of the correlation, of two activations.
    pub correlations: Vec<CorrelationWalk>,
    /// Two inputs on their way through networks of either activation.
    pub meetings: Vec<Meeting>,
    /// The tangent kernel over the correlation, of a shallow and a deep network.
    pub kernels: Vec<KernelCurve>,
    /// What a step on one input moves, measured in networks of both depths.
    pub reaches: Vec<Reach>,
    /// How fast each part of a function is learned.
    pub modes: Vec<Mode>,
    /// The mean mode below and above the edge of stability.
    pub oscillations: Vec<Oscillation>,
    /// A loss curve, predicted and measured; and two by the theory of infinite width alone.
    pub curves: [PredictedRun; 3],
    /// A step on a matrix that feeds a norm.
    pub turn: Turn,
    /// The probability of each outcome over the learning rate.
    pub odds: Odds,
    /// The networks of the labs, and the questions of the verdict.
    pub asked: Vec<Asked>,
    /// A stack that no recipe describes, predicted and measured.
    pub waist: Option<PredictedRun>,
}

/// Computes all of them.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Drawings {
    const PARTS: usize = 8;
    let seed = settings.seed;
    let fates = runs::fates(seed);
    progress.update(1, PARTS);
    let curves = runs::predicted(seed);
    progress.update(2, PARTS);
    let odds = odds::odds();
    progress.update(3, PARTS);
    let symmetries = symmetry::symmetries(seed);
    progress.update(4, PARTS);
    let (asked, waist) = (asked::asked(), asked::waist(seed));
    progress.update(5, PARTS);
    let (meetings, reaches) = (pairs::meetings(seed), pairs::reaches(seed));
    progress.update(6, PARTS);
    let (spectra, races) = (isometry::spectra(seed), isometry::races(seed));
    progress.update(7, PARTS);
    let drawings = Drawings {
        settings: settings.clone(),
        graph: graph::graph(),
        fates,
        signals: signal::signals(seed),
        maps: maps::maps(),
        symmetries,
        spectra,
        races,
        blocks: blocks::blocks(),
        canonical: blocks::canonical(),
        correlations: maps::correlations(),
        meetings,
        kernels: kernels::kernels(),
        reaches,
        modes: modes::modes(),
        oscillations: edge::oscillations(),
        curves,
        turn: modes::turn(seed),
        odds,
        asked,
        waist,
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
        isometry::say(&mut report, &self.spectra, &self.races);
        blocks::say(&mut report, &self.blocks, &self.canonical);
        maps::say_correlations(&mut report, &self.correlations);
        pairs::say_meetings(&mut report, &self.meetings);
        kernels::say(&mut report, &self.kernels);
        pairs::say_reaches(&mut report, &self.reaches);
        modes::say(&mut report, &self.modes);
        edge::say(&mut report, &self.oscillations);
        runs::say_predicted(&mut report, &self.curves);
        modes::say_turn(&mut report, &self.turn);
        odds::say(&mut report, &self.odds);
        asked::say(&mut report, &self.asked);
        asked::say_waist(&mut report, self.waist.as_ref());
        report
    }
}
