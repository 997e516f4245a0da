//! Lab 06: which learning rates a network bears, over its width, and how a rate should follow it.

mod tables;

use std::collections::BTreeMap;

use super::bisect::{bisect, borders};
use super::{number, sample, sweep, Arm, Progress, Sweep, Swept, Trial};
use crate::recipe::{Outcome, Recipe, Training};
use crate::theory::{Limits, Stability};
use crate::train::Run;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: network `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Networks of each width.
    pub seeds: u64,
    /// Widths, from narrow to wide.
    pub widths: Vec<usize>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 100, seeds: 5, widths: vec![64, 128, 256, 512] }
    }
}

impl Settings {
    /// The narrow networks alone, which a test can afford.
    pub fn small() -> Settings {
        Settings { seeds: 2, widths: vec![64, 128], ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, widths } = self;
        let [least, most] = [0, RATES - 1].map(|rate| number(lr(rate)));
        BTreeMap::from([
            ("network", recipe(widths[0]).to_string()),
            ("widths", format!("{widths:?}")),
            ("training", training(lr(0)).steps(*steps).to_string()),
            ("rates", format!("{RATES}, from {least} to {most}")),
            ("scaled", format!("{} at width {}", number(START), widths[0])),
            ("seeds", format!("{seeds} from {seed}")),
        ])
    }
}

/// Linear layers of the networks.
pub const DEPTH: usize = 12;

/// The learning rates that are tried at every width: from 0.005, by factors of the root of 2.
pub const RATES: usize = 15;

/// The learning rate of the narrowest network, from which the others follow by a [`Scaling`].
pub const START: f64 = 0.08;

/// How a learning rate follows the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// It does not.
    Constant,
    /// As one over the root of the width: what keeps the relative movement of the weights.
    Root,
    /// As one over the width: what keeps the sharpness, and the curve of infinite width.
    Inverse,
}

impl Scaling {
    /// All of them, from large rates to small ones.
    pub const ALL: [Scaling; 3] = [Scaling::Constant, Scaling::Root, Scaling::Inverse];

    /// What stands in tables.
    pub fn name(self) -> &'static str {
        match self {
            Scaling::Constant => "constant",
            Scaling::Root => "one over the root of the width",
            Scaling::Inverse => "one over the width",
        }
    }

    /// The power of the width.
    pub fn power(self) -> f64 {
        match self {
            Scaling::Constant => 0.0,
            Scaling::Root => -0.5,
            Scaling::Inverse => -1.0,
        }
    }

    /// The learning rate of a network that is so many times wider than the narrowest.
    pub fn lr(self, wider: f64) -> f64 {
        START * libm::pow(wider, self.power())
    }
}

/// One network trained at one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// Number of the rate, from 0.
    pub rate: usize,
    /// Whether the run diverged.
    pub diverged: bool,
}

/// The networks of one width: of each seed, what was tried, by rate.
pub type Border = Swept<usize, Vec<Tried>>;

/// The networks of one width whose rate follows it.
pub type Scaled = Swept<(Scaling, usize), Run>;

/// All that was run.
#[derive(Clone, Debug)]
pub struct Widths {
    /// What was run.
    pub settings: Settings,
    /// From which rate on a network diverges: one arm a width.
    pub borders: Sweep<usize, Vec<Tried>>,
    /// Every [`Scaling`] at every width.
    pub scaled: Sweep<(Scaling, usize), Run>,
}

/// Linear layers with ReLU, Kaiming, nothing else.
///
/// ```
/// use minigrad::experiments::width::recipe;
/// assert_eq!(recipe(64).to_string(), "12 x 64 relu, kaiming");
/// ```
pub fn recipe(width: usize) -> Recipe {
    Recipe::mlp(DEPTH).width(width)
}

/// The training of the experiment: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// Learning rate number `rate`.
pub fn lr(rate: usize) -> f64 {
    0.005 * libm::exp2(0.5 * rate as f64)
}

/// Trains all networks.
///
/// The border is found by bisection, as if every rate above one that diverges did as well; the
/// narrowest networks try every rate, which shows how often that is so.
///
/// # Panics
/// If `settings` asks for no steps, seeds or widths.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Widths {
    let Settings { seed, steps, seeds, ref widths } = *settings;
    let narrowest = widths[0];
    let arm = |&width: &usize| {
        // The rates are tried one after the other.
        let plan = (recipe(width), training(lr(0)).steps(steps));
        Arm::new(width, plan, seed, seeds)
    };
    let bordering = sweep(widths.iter().map(arm), progress, |(recipe, training)| {
        let tried = |rate| {
            let run = Trial::of(recipe, &Training { lr: lr(rate), ..training.clone() }).run;
            Tried { rate, diverged: run.outcome() == Outcome::Diverges }
        };
        if recipe.width == narrowest {
            (0..RATES).map(tried).collect()
        } else {
            bisect(RATES, tried, |tried| tried.diverged)
        }
    });
    let arm = |(scaling, width): (Scaling, usize)| {
        let lr = scaling.lr(width as f64 / narrowest as f64);
        Arm::new((scaling, width), (recipe(width), training(lr).steps(steps)), seed, seeds)
    };
    let all =
        Scaling::ALL.into_iter().flat_map(|scaling| widths.iter().map(move |&w| (scaling, w)));
    let scaled = sweep(all.map(arm), progress, |(recipe, training)| {
        recipe.build().train(&sample(recipe.seed), training)
    });
    Widths { settings: settings.clone(), borders: bordering, scaled }
}

impl Border {
    /// The critical learning rate of each seed, in ascending order: halfway, as a ratio, between
    /// the largest rate that was survived and the next one. `None` where no rate of the grid
    /// diverges, or every one.
    pub fn critical_rates(&self) -> Option<Vec<f64>> {
        borders(&self.trials, |trial| trial.diverged, |trial| trial.rate, lr)
    }

    /// What theory says of the first updates at this learning rate.
    pub fn stability(&self, lr: f64) -> Stability {
        self.plan.0.predict(&training(lr).steps(1)).stability
    }

    /// The learning rate at which the push comes to its limit: it is proportional to the rate.
    pub fn by_push(&self) -> f64 {
        Limits::FITTED.bare / self.stability(1.0).push
    }

    /// The learning rate at which the sharpest mode comes to the edge of stability.
    pub fn by_edge(&self) -> f64 {
        1.0 / self.stability(1.0).sharpness
    }

    /// Of the trials at rates above the first at which their network diverged, how many were survived,
    /// and how many there are.
    pub fn survived_beyond(&self) -> (usize, usize) {
        let beyond = self
            .trials
            .iter()
            .flat_map(|trials| trials.iter().skip_while(|trial| !trial.diverged).skip(1));
        (beyond.clone().filter(|trial| !trial.diverged).count(), beyond.count())
    }
}
