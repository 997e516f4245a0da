//! Lab 03: fifty normalized blocks, with and without `+ x`.

mod shift;
mod tables;

pub use shift::{losses, Losses};

use std::collections::BTreeMap;

use super::{sample, sweep, Arm, Progress, Sweep, Swept, Trial, Watch};
use minigrad::recipe::{Activation, Norm, Outcome, Recipe, Training};
use minigrad::train::Run;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run without residual connections.
    pub steps: usize,
    /// Runs of each kind.
    pub seeds: u64,
    /// Updates of each run of the sweep, which has the base seed alone.
    pub sweep_steps: usize,
    /// Blocks of the flagship network.
    pub depth: usize,
    /// Its width.
    pub width: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 300, seeds: 3, sweep_steps: 200, depth: DEPTH, width: WIDTH }
    }
}

impl Settings {
    /// Sixteen blocks of width 64, 60 updates and one seed; the sweep has 5.
    pub fn small() -> Settings {
        Settings {
            depth: 16,
            width: 64,
            steps: 60,
            seeds: 1,
            sweep_steps: 5,
            ..Settings::default()
        }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, seeds, sweep_steps, depth, width, .. } = *self;
        let [without, with] =
            [false, true].map(|residual| training(LR).steps(self.steps_of(residual)).to_string());
        let sweep = format!(
            "blocks {SWEEP_DEPTHS:?} x {SWEEP_WIDTH}, lr {SWEEP_RATES:?}, {sweep_steps} steps"
        );
        BTreeMap::from([
            ("network", recipe(depth, width, false).to_string()),
            ("training", without),
            ("training, residual", with),
            ("seeds", format!("{seeds} from {seed}")),
            ("sweep", format!("{sweep}, seed {seed}")),
        ])
    }

    /// Updates of each run of a flagship: those with residual connections need half as many.
    pub fn steps_of(&self, residual: bool) -> usize {
        if residual {
            self.steps.div_ceil(2)
        } else {
            self.steps
        }
    }
}

/// Blocks of the flagship network.
pub const DEPTH: usize = 50;

/// Its width.
pub const WIDTH: usize = 256;

/// Learning rate of the flagship network.
pub const LR: f64 = 1e-3;

/// Updates after which the networks are probed, besides the last one.
pub const PROBED: [usize; 3] = [0, 30, 100];

/// Depths of the sweep, in blocks.
pub const SWEEP_DEPTHS: [usize; 4] = [4, 8, 16, 32];

/// Learning rates of the sweep.
pub const SWEEP_RATES: [f64; 5] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2];

/// Width of the sweep's networks.
pub const SWEEP_WIDTH: usize = 64;

/// What tells one network from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    /// The flagship, with residual connections or without.
    Flagship(bool),
    /// A network of the sweep.
    Sweep {
        /// Number of blocks.
        depth: usize,
        /// Learning rate.
        lr: f64,
        /// Whether it has residual connections.
        residual: bool,
    },
}

/// One network's training, watched.
#[derive(Clone, Debug)]
pub struct Course {
    /// Losses, gradients of the first block's first layer, and probes: of a flagship after
    /// [`PROBED`] updates and at the end.
    pub trial: Trial,
    /// Over all training inputs, after training.
    pub all_inputs: Losses,
}

impl AsRef<Run> for Course {
    fn as_ref(&self) -> &Run {
        &self.trial.run
    }
}

/// All runs of one kind.
pub type Kind = Swept<Key, Course>;

/// All that the lab ran.
#[derive(Clone, Debug)]
pub struct Depths {
    /// What was run.
    pub settings: Settings,
    /// The flagship without residual connections and with them, then [`SWEEP_DEPTHS`] by
    /// [`SWEEP_RATES`].
    pub sweep: Sweep<Key, Course>,
}

/// The blocks of the lab: RMSNorm, 256 to 1024, GELU, 1024 to 256, Kaiming.
///
/// ```
/// use minigrad_labs::experiments::residual_depth::recipe;
/// assert_eq!(recipe(50, 256, true).to_string(), "50 blocks x 256 gelu, kaiming, pre rms, residual");
/// ```
pub fn recipe(depth: usize, width: usize, residual: bool) -> Recipe {
    let blocks = Recipe::blocks(depth).width(width).activation(Activation::Gelu).norm(Norm::Rms);
    if residual {
        blocks.residual()
    } else {
        blocks
    }
}

/// The training of the lab: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// What is compared.
pub fn arms(settings: &Settings) -> Vec<Arm<Key>> {
    let Settings { seed, seeds, sweep_steps, depth, width, .. } = *settings;
    let flagship = [false, true].map(|residual| {
        let training = training(LR).steps(settings.steps_of(residual));
        Arm::new(Key::Flagship(residual), (recipe(depth, width, residual), training), seed, seeds)
    });
    let cell = |(depth, lr)| {
        [false, true].map(|residual| {
            let plan = (recipe(depth, SWEEP_WIDTH, residual), training(lr).steps(sweep_steps));
            Arm::new(Key::Sweep { depth, lr, residual }, plan, seed, 1)
        })
    };
    let grid = SWEEP_DEPTHS.into_iter().flat_map(|depth| SWEEP_RATES.map(|lr| (depth, lr)));
    flagship.into_iter().chain(grid.flat_map(cell)).collect()
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Depths {
    let sweep = sweep(arms(settings), progress, course);
    Depths { settings: settings.clone(), sweep }
}

/// Trains one network on the data of its seed and watches it.
fn course((recipe, training): &(Recipe, Training)) -> Course {
    let probes = PROBED.into_iter().chain([training.steps]).collect();
    let (mut network, data) = (recipe.build(), sample(recipe.seed));
    let watch = Watch { probes, gradients: true };
    let trial = Trial::watched(&mut network, &data, training, &watch);
    Course { trial, all_inputs: losses(&network, &data.train) }
}

impl Depths {
    /// The flagship, with residual connections or without.
    pub fn flagship(&self, residual: bool) -> &Kind {
        self.sweep.of(&Key::Flagship(residual))
    }

    /// A network of the sweep: whether it trains without residual connections, and with them.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn trains(&self, depth: usize, lr: f64) -> (bool, bool) {
        let trains =
            |residual| self.sweep.of(&Key::Sweep { depth, lr, residual }).all(Outcome::Trains);
        (trains(false), trains(true))
    }
}

/// What figures and tables call a flagship.
pub fn name(residual: bool) -> &'static str {
    if residual {
        "with"
    } else {
        "without"
    }
}
