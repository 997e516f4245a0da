//! Starts: what a branch may begin as, and which beginning replaces a norm.

mod tables;

use std::collections::BTreeMap;

use super::{median, sweep, Arm, Progress, Sweep, Swept, Trial};
use minigrad::recipe::{Activation, Norm, OutProj, Outcome, Placement, Recipe, Training};
use minigrad::theory::Kernel;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Runs of each cell.
    pub seeds: u64,
    /// Numbers of blocks, ascending.
    pub depths: Vec<usize>,
    /// Learning rates, ascending.
    pub rates: Vec<f64>,
}

impl Default for Settings {
    fn default() -> Settings {
        let rates = vec![1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1];
        Settings { seed: 0, steps: 200, seeds: 2, depths: vec![6, 24], rates }
    }
}

impl Settings {
    /// Few runs, which a test can afford.
    pub fn small() -> Settings {
        Settings {
            steps: 60,
            seeds: 1,
            depths: vec![2, 8],
            rates: vec![1e-2, 1e-1],
            ..Settings::default()
        }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, depths, rates } = self;
        BTreeMap::from([
            ("network", Start::Plain.recipe(depths[depths.len() - 1]).to_string()),
            ("depths", format!("{depths:?}")),
            ("rates", format!("{rates:?}")),
            ("training", training(rates[0]).steps(*steps).to_string()),
            ("seeds", format!("{seeds} from {seed}")),
        ])
    }
}

/// Units of the stream.
pub const WIDTH: usize = 32;

/// How a stack of residual blocks starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// As Kaiming draws it.
    Plain,
    /// Last weights of each branch times `1/sqrt(2 depth)`.
    Scaled,
    /// Last weights zero.
    Zero,
    /// Last weights zero, the first times `1/sqrt(depth)`.
    Fixup,
    /// Branches times a learned number that starts at zero.
    SkipInit,
    /// RMSNorm at the entry of each branch and before the readout.
    PreNorm,
    /// RMSNorm of each sum.
    PostNorm,
    /// RMSNorm of each sum, and DeepNorm's weights.
    DeepNorm,
}

impl Start {
    /// All of them, in the order of the tables: first those without a norm.
    pub const ALL: [Start; 8] = [
        Start::Plain,
        Start::Scaled,
        Start::Zero,
        Start::Fixup,
        Start::SkipInit,
        Start::PreNorm,
        Start::PostNorm,
        Start::DeepNorm,
    ];

    /// What tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Start::Plain => "plain",
            Start::Scaled => "scaled",
            Start::Zero => "zero",
            Start::Fixup => "Fixup",
            Start::SkipInit => "SkipInit",
            Start::PreNorm => "pre-norm",
            Start::PostNorm => "post-norm",
            Start::DeepNorm => "DeepNorm",
        }
    }

    /// The network: blocks of width 32 with GELU and residual connections.
    ///
    /// ```
    /// use minigrad_labs::experiments::starts::Start;
    /// assert_eq!(
    ///     Start::Fixup.recipe(32).to_string(),
    ///     "32 blocks x 32 gelu, kaiming, residual, fixup out_proj"
    /// );
    /// ```
    // ANCHOR: recipe
    pub fn recipe(self, depth: usize) -> Recipe {
        let blocks = Recipe::blocks(depth).width(WIDTH).activation(Activation::Gelu).residual();
        let post = || blocks.clone().norm(Norm::Rms).placement(Placement::Post);
        match self {
            Start::Plain => blocks,
            Start::Scaled => blocks.out_proj(OutProj::Scaled),
            Start::Zero => blocks.out_proj(OutProj::Zero),
            Start::Fixup => blocks.out_proj(OutProj::Fixup),
            Start::SkipInit => blocks.out_proj(OutProj::SkipInit),
            Start::PreNorm => blocks.norm(Norm::Rms).final_norm(),
            Start::PostNorm => post(),
            Start::DeepNorm => post().out_proj(OutProj::DeepNorm),
        }
    }
    // ANCHOR_END: recipe

    /// How far a step of rate 1 moves a logit, in units of the residual: `Theta(x, x)` at the start.
    pub fn step(self, depth: usize) -> f64 {
        Kernel::of(&self.recipe(depth)).tangent.same
    }
}

/// The training of every cell: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// One start at one depth and rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// How the branches start.
    pub start: Start,
    /// Number of blocks.
    pub depth: usize,
    /// Learning rate.
    pub lr: f64,
}

/// The networks of one key, of each seed its training.
pub type Trained = Swept<Key, Trial>;

/// All cells.
#[derive(Clone, Debug)]
pub struct Starts {
    /// What was run.
    pub settings: Settings,
    /// By start, depth and rate, the last fastest.
    pub sweep: Sweep<Key, Trial>,
}

impl Trained {
    /// How many of the runs trained.
    pub fn trained(&self) -> usize {
        self.runs().filter(|run| run.outcome() == Outcome::Trains).count()
    }

    /// Whether every run did.
    pub fn trains(&self) -> bool {
        self.trained() == self.trials.len()
    }

    /// Median of the final losses; runs that left the finite numbers count as the largest.
    pub fn final_loss(&self) -> f64 {
        median(self.finals())
    }
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Starts {
    let Settings { seed, steps, seeds, depths, rates } = settings;
    let mut arms = vec![];
    for start in Start::ALL {
        for &depth in depths {
            arms.extend(rates.iter().map(|&lr| {
                let plan = (start.recipe(depth), training(lr).steps(*steps));
                Arm::new(Key { start, depth, lr }, plan, *seed, *seeds)
            }));
        }
    }
    let sweep = sweep(arms, progress, |(recipe, training)| Trial::of(recipe, training));
    Starts { settings: settings.clone(), sweep }
}

impl Starts {
    /// The cells of a start at a depth, by rate.
    pub fn row(&self, start: Start, depth: usize) -> impl Iterator<Item = &Trained> {
        self.sweep.arms.iter().filter(move |arm| arm.key.start == start && arm.key.depth == depth)
    }

    /// The largest rate at which every run of a start trains.
    pub fn largest(&self, start: Start, depth: usize) -> Option<f64> {
        self.row(start, depth).filter(|arm| arm.trains()).map(|arm| arm.key.lr).reduce(f64::max)
    }
}
