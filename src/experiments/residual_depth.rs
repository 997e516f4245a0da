//! Lab 03: fifty normalized blocks, with and without `+ x`.

mod shift;
mod tables;

pub use shift::{losses, Losses};

use std::collections::BTreeMap;

use super::{highest, lowest, map_large_alone, median, Progress};
use crate::data::SignOfSum;
use crate::probe::Probe;
use crate::recipe::{Activation, Norm, Outcome, Recipe, Training};
use crate::train::{Run, Trainer};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run without residual connections; those with them need half as many.
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
        let Settings { seed, steps, seeds, sweep_steps, depth, width } = *self;
        let sweep = format!(
            "blocks {SWEEP_DEPTHS:?} x {SWEEP_WIDTH}, lr {SWEEP_RATES:?}, {sweep_steps} steps"
        );
        BTreeMap::from([
            ("network", recipe(depth, width, false).to_string()),
            ("training", training(LR).steps(steps).to_string()),
            ("training, residual", training(LR).steps(steps.div_ceil(2)).to_string()),
            ("seeds", format!("{seeds} from {seed}")),
            ("sweep", format!("{sweep}, seed {seed}")),
        ])
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

/// One network's training, watched.
#[derive(Clone, Debug)]
pub struct Course {
    /// The losses.
    pub run: Run,
    /// Norm of the gradient by the weights of the first block's first layer, one a step.
    pub gradients: Vec<f64>,
    /// `(updates done, first 64 inputs sent through)` at [`PROBED`] and at the end.
    pub probes: Vec<(usize, Probe)>,
    /// Validation accuracy after training; a guess gets 0.5.
    pub accuracy: f64,
    /// Over all training inputs, after training.
    pub all_inputs: Losses,
}

/// All runs of one kind.
#[derive(Clone, Debug)]
pub struct Kind {
    /// `without` or `with`.
    pub name: &'static str,
    /// One course a seed.
    pub courses: Vec<Course>,
}

/// One cell of the sweep.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Number of blocks.
    pub depth: usize,
    /// Learning rate.
    pub lr: f64,
    /// Without residual connections.
    pub without: Run,
    /// With them.
    pub with: Run,
}

/// All that the lab ran.
#[derive(Clone, Debug)]
pub struct Depths {
    /// What was run.
    pub settings: Settings,
    /// Without residual connections.
    pub without: Kind,
    /// With them.
    pub with: Kind,
    /// Row by row of [`SWEEP_DEPTHS`], in the order of [`SWEEP_RATES`].
    pub sweep: Vec<Cell>,
}

/// The blocks of the lab: RMSNorm, 256 to 1024, GELU, 1024 to 256, Kaiming.
///
/// ```
/// use minigrad::experiments::residual_depth::recipe;
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

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Depths {
    let Settings { seed, steps, seeds, sweep_steps, depth, width } = *settings;
    let flagship = [false, true].into_iter().flat_map(|residual| {
        let training = training(LR).steps(if residual { steps.div_ceil(2) } else { steps });
        let seeded = move |s| {
            let seed = seed.wrapping_add(s);
            (recipe(depth, width, residual).seed(seed), training.clone().seed(seed), true)
        };
        (0..seeds).map(seeded)
    });
    let grid = || SWEEP_DEPTHS.into_iter().flat_map(|d| SWEEP_RATES.map(|lr| (d, lr)));
    let sweep = grid().flat_map(|(depth, lr)| {
        let training = training(lr).steps(sweep_steps).seed(seed);
        [false, true].map(|residual| {
            (recipe(depth, SWEEP_WIDTH, residual).seed(seed), training.clone(), false)
        })
    });
    let jobs: Vec<(Recipe, Training, bool)> = flagship.chain(sweep).collect();
    // Two flagship networks at once would take half a gigabyte.
    let courses = map_large_alone(
        &jobs,
        progress,
        |job| job.2,
        |(recipe, training, probed)| course(recipe, training, *probed),
    );

    let mut courses = courses.into_iter();
    let mut kind = |name| Kind { name, courses: courses.by_ref().take(seeds as usize).collect() };
    let (without, with) = (kind("without"), kind("with"));
    let mut runs = courses.map(|course| course.run);
    let mut next = || runs.next().expect("two runs a cell");
    let cell = |(depth, lr)| Cell { depth, lr, without: next(), with: next() };
    Depths { settings: settings.clone(), without, with, sweep: grid().map(cell).collect() }
}

/// How many networks [`run`] trains.
pub fn parts(settings: &Settings) -> usize {
    2 * settings.seeds as usize + 2 * SWEEP_DEPTHS.len() * SWEEP_RATES.len()
}

/// Trains one network on the data of its seed, watching the first layer; probes it on the way if
/// `probed`.
// ANCHOR: course
pub fn course(recipe: &Recipe, training: &Training, probed: bool) -> Course {
    let data = SignOfSum::sample(1000, 200, recipe.seed);
    let first = data.train.first(64);
    let mut network = recipe.build();
    let mut trainer = Trainer::new(&mut network, &data.train, training).watching(0);
    let (mut gradients, mut probes) = (vec![], vec![]);
    for done in 0..=training.steps {
        if probed && (PROBED.contains(&done) || done == training.steps) {
            probes.push((done, trainer.network().probe(&first)));
        }
        let Some(step) = trainer.step() else { break };
        gradients.extend(step.gradient_norm);
    }
    let run = trainer.run();
    let accuracy = network.accuracy(&data.validation);
    let all_inputs = losses(&network, &data.train);
    Course { run, gradients, probes, accuracy, all_inputs }
}
// ANCHOR_END: course

impl Course {
    /// The first layer's first gradient norm; NaN where the first loss was not finite.
    pub fn first_gradient(&self) -> f64 {
        self.gradients.first().copied().unwrap_or(f64::NAN)
    }

    /// The smallest of the first layer's gradient norms; NaN if one of them is, or there are none.
    pub fn least_gradient(&self) -> f64 {
        lowest(self.gradients.iter().copied())
    }

    /// Mean cosine at the pre-activations of a block, from 1, at probe `index`; NaN where the run
    /// ended before it.
    pub fn correlation(&self, index: usize, block: usize) -> f64 {
        self.probes.get(index).map_or(f64::NAN, |(_, probe)| probe.layers[block - 1].correlation)
    }
}

impl Kind {
    /// `(step, lowest, middle, highest)` over the seeds: the loss averaged over windows of ten
    /// steps, each window at its middle, after the loss before the first update.
    pub fn losses(&self) -> Vec<[f64; 4]> {
        let losses = self.courses.iter().map(|course| &course.run.losses);
        let length = losses.clone().map(Vec::len).min().unwrap_or(0);
        let windows = (0..length).step_by(10).map(|start| (start, (start + 10).min(length)));
        let row = |(start, end): (usize, usize)| {
            let mean = |all: &Vec<f32>| {
                let window = all[start..end].iter().map(|&loss| f64::from(loss));
                window.sum::<f64>() / (end - start) as f64
            };
            let step = if end == 1 { 0.0 } else { (start + end) as f64 / 2.0 };
            spread(step, losses.clone().map(mean).collect())
        };
        [(0, 1)].into_iter().chain(windows).map(row).collect()
    }

    /// `(step, lowest, middle, highest)` over the seeds of the first layer's gradient norm.
    pub fn gradients(&self) -> Vec<[f64; 4]> {
        let all = self.courses.iter().map(|course| &course.gradients);
        let length = all.clone().map(Vec::len).min().unwrap_or(0);
        let row = |step| spread(step as f64, all.clone().map(|norms| norms[step]).collect());
        (0..length).map(row).collect()
    }

    /// `[lowest, middle, highest]` over the seeds of a number of each course.
    pub fn over_seeds(&self, number: impl Fn(&Course) -> f64) -> [f64; 3] {
        let [_, low, middle, high] = spread(0.0, self.courses.iter().map(number).collect());
        [low, middle, high]
    }
}

fn spread(step: f64, values: Vec<f64>) -> [f64; 4] {
    let [low, high] = [lowest, highest].map(|of: fn(Vec<f64>) -> f64| of(values.clone()));
    [step, low, median(values), high]
}

impl Cell {
    /// Whether it trains without residual connections, and with them.
    pub fn trains(&self) -> (bool, bool) {
        let trains = |run: &Run| run.outcome() == Outcome::Trains;
        (trains(&self.without), trains(&self.with))
    }
}
