//! At which learning rate a normalized stack collapses, over its width and its depth.

mod tables;

use std::collections::BTreeMap;

use super::bisect::{bisect, borders};
use super::{number, sample, sweep, Arm, Progress, Sweep, Swept, Trial, Watch};
use minigrad::recipe::{Norm, Recipe, Training};
use minigrad::theory::{Limits, Stability};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: network `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Networks of each size.
    pub seeds: u64,
    /// Widths of the networks of depth [`DEPTH`]; each has twice the width before it.
    pub widths: Vec<usize>,
    /// Depths of the networks of width [`WIDTH`], beside [`DEPTH`].
    pub depths: Vec<usize>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            seed: 0,
            steps: 60,
            seeds: 5,
            widths: vec![64, 128, 256, 512],
            depths: vec![10, 40],
        }
    }
}

impl Settings {
    /// The narrow networks alone, which a test can afford.
    pub fn small() -> Settings {
        Settings { seeds: 2, widths: vec![64, 128], depths: vec![10], ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, widths, depths } = self;
        let [least, most] = [0, RATES - 1].map(|rate| number(lr(1, 1, rate)));
        BTreeMap::from([
            ("network", recipe(DEPTH, WIDTH).to_string()),
            ("widths", format!("{widths:?} at depth {DEPTH}")),
            ("depths", format!("{depths:?} at width {WIDTH}")),
            ("training", training(lr(DEPTH, WIDTH, 0)).steps(*steps).to_string()),
            ("rates", format!("{RATES}, from {least} to {most} over width and depth")),
            ("seeds", format!("{seeds} from {seed}")),
        ])
    }
}

/// Linear layers of the networks over the width.
pub const DEPTH: usize = 20;

/// Width of the networks over the depth.
pub const WIDTH: usize = 128;

/// The learning rates that are tried, times width and depth: from 4.5, by factors of the root of 2.
pub const RATES: usize = 11;

/// A network has collapsed when the mean of one minus the cosine between its inputs' last hidden
/// vectors is below this share of its start.
pub const SHARE: f64 = 0.01;

/// One network trained at one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// Number of the rate, from 0.
    pub rate: usize,
    /// Mean of one minus the cosine after training, over that before it; NaN where the run left
    /// the finite numbers.
    pub share: f64,
    /// Mean loss of the last tenth of the steps; NaN where the run left the finite numbers.
    pub loss: f64,
}

impl Tried {
    /// Whether all inputs have come to look alike.
    pub fn has_collapsed(&self) -> bool {
        self.share < SHARE
    }
}

/// The networks of one depth and width: of each seed, what was tried, by rate.
pub type Size = Swept<(usize, usize), Vec<Tried>>;

/// All that was run.
#[derive(Clone, Debug)]
pub struct Collapses {
    /// What was run.
    pub settings: Settings,
    /// Over the width, then over the depth, each in the order of the settings.
    pub sweep: Sweep<(usize, usize), Vec<Tried>>,
}

/// A stack of linear layers with ReLU and RMSNorm, Kaiming, no residual connection.
pub fn recipe(depth: usize, width: usize) -> Recipe {
    Recipe::mlp(depth).width(width).norm(Norm::Rms)
}

/// The training of the experiment: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// Learning rate number `rate` of a network of this size.
pub fn lr(depth: usize, width: usize, rate: usize) -> f64 {
    4.5 * libm::exp2(0.5 * rate as f64) / (width * depth) as f64
}

/// What is compared.
pub fn arms(settings: &Settings) -> Vec<Arm<(usize, usize)>> {
    let Settings { seed, steps, seeds, ref widths, ref depths } = *settings;
    let sizes = widths.iter().map(|&width| (DEPTH, width));
    let sizes = sizes.chain(depths.iter().map(|&depth| (depth, WIDTH)));
    let arm = |(depth, width)| {
        // The rates are tried one after the other.
        let training = training(lr(depth, width, 0)).steps(steps);
        Arm::new((depth, width), (recipe(depth, width), training), seed, seeds)
    };
    sizes.map(arm).collect()
}

/// Looks for the collapse of every network.
///
/// Bisection over the rates, so that a rate above one that collapses is taken to collapse as well;
/// the narrowest networks try every rate, which checks it.
///
/// # Panics
/// If `settings` asks for no steps, seeds or widths.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Collapses {
    let narrowest = settings.widths[0];
    let sweep = sweep(arms(settings), progress, |(recipe, training)| {
        let tried = |rate| tried(recipe, training, rate);
        if recipe.width == narrowest {
            (0..RATES).map(tried).collect()
        } else {
            bisect(RATES, tried, Tried::has_collapsed)
        }
    });
    Collapses { settings: settings.clone(), sweep }
}

fn tried(recipe: &Recipe, training: &Training, rate: usize) -> Tried {
    let lr = lr(recipe.depth, recipe.width, rate);
    let training = Training { lr, ..training.clone() };
    let watch = Watch { probes: vec![0, training.steps], gradients: false };
    let trial = Trial::watched(&mut recipe.build(), &sample(recipe.seed), &training, &watch);
    let apart = |done| 1.0 - trial.correlation(done, recipe.depth - 1); // last hidden layer
    let loss = trial.run.final_loss();
    let share = loss.map_or(f64::NAN, |_| apart(training.steps) / apart(0));
    Tried { rate, share, loss: loss.unwrap_or(f64::NAN) }
}

impl Size {
    /// The critical learning rate of each seed, in ascending order: halfway, as a ratio, between
    /// the largest rate that was survived and the next one. `None` where no rate of the grid
    /// collapses, or every one.
    pub fn critical_rates(&self) -> Option<Vec<f64>> {
        let (depth, width) = self.key;
        let lr = |rate| lr(depth, width, rate);
        borders(&self.trials, Tried::has_collapsed, |trial| trial.rate, lr)
    }

    /// What theory says of the first updates at this learning rate.
    pub fn stability(&self, lr: f64) -> Stability {
        self.plan.0.predict(&training(lr).steps(1)).stability
    }

    /// The learning rate above which theory says that the network collapses.
    pub fn predicted_rate(&self) -> f64 {
        // Collapse is proportional to the rate.
        let collapse = self.stability(1.0).collapse;
        collapse.map_or(f64::INFINITY, |collapse| Limits::FITTED.collapse / collapse)
    }

    /// Whether no trial survives a rate above one at which its network collapsed.
    pub fn is_monotone(&self) -> bool {
        let sorted = |trials: &Vec<Tried>| {
            trials.windows(2).all(|pair| pair[0].has_collapsed() <= pair[1].has_collapsed())
        };
        self.trials.iter().all(sorted)
    }
}

impl Collapses {
    /// The sizes over the width, in the order of the settings.
    pub fn over_width(&self) -> Vec<&Size> {
        self.settings.widths.iter().map(|&width| self.sweep.of(&(DEPTH, width))).collect()
    }

    /// The sizes over the depth with [`DEPTH`] among them, from small to large.
    pub fn over_depth(&self) -> Vec<&Size> {
        let mut sizes: Vec<&Size> =
            self.sweep.arms.iter().filter(|size| size.key.1 == WIDTH).collect();
        sizes.sort_by_key(|size| size.key.0);
        sizes
    }
}
