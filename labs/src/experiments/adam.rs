//! Lab 05: Adam beside gradient descent, where gradients vanish and where steps are too large.

mod claims;
mod design;
mod scored;
mod tables;

pub use design::{design, Grid, GRID_STEPS};

use std::collections::BTreeMap;

use ndarray::Array2;

use super::score::Measured;
use super::scorecard::measure;
use super::{map_in_parallel, sample, sweep, Arm, Progress, Report, Sweep, Swept, Trial, Watch};
use minigrad::nn::Network;
use minigrad::probe::norm;
use minigrad::recipe::{Init, Method, Recipe, Training};
use minigrad::tensor::Tensor;
use minigrad::theory::{Limits, Prediction, Update};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run on the plateau.
    pub steps: usize,
    /// Runs of each rule on the plateau.
    pub seeds: u64,
    /// Updates of each run at fifty layers, and at each rate.
    pub short_steps: usize,
    /// Runs of each of these.
    pub short_seeds: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 300, seeds: 3, short_steps: 200, short_seeds: 2 }
    }
}

impl Settings {
    /// Fewer seeds and steps.
    pub fn small() -> Settings {
        Settings { steps: 120, seeds: 2, short_steps: 60, short_seeds: 1, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, short_steps, short_seeds } = *self;
        BTreeMap::from([
            ("network", plateau().to_string()),
            ("deep network", deep().to_string()),
            ("training", training(Rule::Adam, LR).steps(steps).to_string()),
            ("seeds", format!("{seeds} from {seed}; {short_seeds} of the others")),
            ("steps of the others", short_steps.to_string()),
        ])
    }
}

/// The learning rate at which the rules meet: that of lab 01.
pub const LR: f64 = 1e-3;

/// The rates at which Adam is tried: four decades in steps of a half.
pub const RATES: [f64; 9] = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

/// An epsilon that no gradient of the lab comes near.
pub const TINY: f64 = 1e-20;

/// An update rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Gradient descent with momentum 0.9.
    Sgd,
    /// Adam with the paper's constants.
    Adam,
    /// Adam with [`TINY`] for epsilon.
    TinyEpsilon,
}

impl Rule {
    /// As figures and tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Sgd => "SGD",
            Rule::Adam => "Adam",
            Rule::TinyEpsilon => "Adam, epsilon 1e-20",
        }
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    /// Lab 01's network with Xavier.
    Plateau(Rule),
    /// Fifty layers.
    Deep(Rule),
    /// A narrower network of lab 01, from this initialization, at a rate.
    Rate(&'static str, f64),
}

/// One network trained by one rule, over all seeds.
pub type Curve = Swept<Key, Trial>;

/// The network of the plateau: lab 01's with Xavier.
pub fn plateau() -> Recipe {
    super::init_ablation::recipe(Init::Xavier)
}

/// Fifty hidden layers of the same kind, half as wide.
pub fn deep() -> Recipe {
    Recipe::mlp(51).width(128).init(Init::Xavier)
}

/// The network of the rates.
pub fn narrow(init: Init) -> Recipe {
    Recipe::mlp(12).width(128).init(init)
}

/// The initializations of the rates.
pub const INITS: [(&str, Init); 2] = [("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];

/// A training by a rule: batch 64.
pub fn training(rule: Rule, lr: f64) -> Training {
    match rule {
        Rule::Sgd => Training::sgd(lr).momentum(0.9),
        Rule::Adam => Training::adam(lr),
        Rule::TinyEpsilon => {
            let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: TINY };
            Training { method, ..Training::adam(lr) }
        }
    }
}

/// What is run.
pub fn arms(settings: &Settings) -> Vec<Arm<Key>> {
    let Settings { seed, steps, seeds, short_steps, short_seeds } = *settings;
    let on_plateau = [Rule::Sgd, Rule::Adam].map(|rule| {
        Arm::new(Key::Plateau(rule), (plateau(), training(rule, LR).steps(steps)), seed, seeds)
    });
    let short = |key, recipe, rule, lr| {
        Arm::new(key, (recipe, training(rule, lr).steps(short_steps)), seed, short_seeds)
    };
    let at_depth = [Rule::Sgd, Rule::Adam, Rule::TinyEpsilon]
        .map(|rule| short(Key::Deep(rule), deep(), rule, LR));
    let rates = INITS.into_iter().flat_map(|(name, init)| {
        RATES.map(|lr| short(Key::Rate(name, lr), narrow(init), Rule::Adam, lr))
    });
    on_plateau.into_iter().chain(at_depth).chain(rates).collect()
}

/// What the first step of a network does to one matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstStep {
    /// Root mean square of an entry of the gradient.
    pub gradient: f64,
    /// Root mean square of what the step adds to an entry whose gradient is not 0.
    pub update: f64,
}

/// All that was run.
#[derive(Clone, Debug)]
pub struct Adams {
    /// What was run.
    pub settings: Settings,
    /// In the order of [`arms`].
    pub sweep: Sweep<Key, Trial>,
    /// What theory says of each of them.
    pub predicted: Vec<Prediction>,
    /// The first step of the base seed on the plateau and at fifty layers.
    pub first: Vec<(Key, Vec<FirstStep>)>,
    /// The networks of [`Grid::FIT`], each with its prediction.
    pub fit: Vec<(Measured, Prediction)>,
    /// Those of [`Grid::FRESH`].
    pub fresh: Vec<(Measured, Prediction)>,
}

/// Trains the networks of the lab, and predicts those of the grids, which were measured before.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(
    fit: Vec<Measured>,
    fresh: Vec<Measured>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Adams {
    let arms = arms(settings);
    let predict = |(recipe, training): &(Recipe, Training)| recipe.predict(training);
    let plans: Vec<(Recipe, Training)> = arms.iter().map(|arm| arm.plan.clone()).collect();
    let first = arms.iter().filter(|arm| !matches!(arm.key, Key::Rate(..)));
    let first = first.map(|arm| (arm.key, first_step(&arm.plan.0, &arm.plan.1, settings.seed)));
    let first = first.collect();
    let grid = |all: Vec<Measured>| {
        let plans: Vec<(Recipe, Training)> =
            all.iter().map(|one| (one.recipe.clone(), one.training.clone())).collect();
        all.into_iter().zip(map_in_parallel(&plans, progress, predict)).collect()
    };
    let (fit, fresh) = (grid(fit), grid(fresh));
    let predicted = map_in_parallel(&plans, progress, predict);
    let watch = Watch { probes: vec![], gradients: true };
    let sweep = sweep(arms, progress, |(recipe, training)| {
        Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &watch)
    });
    Adams { settings: settings.clone(), sweep, predicted, first, fit, fresh }
}

// ANCHOR: first
/// The first step on the first 64 examples, matrix by matrix.
fn first_step(recipe: &Recipe, training: &Training, seed: u64) -> Vec<FirstStep> {
    let batch = sample(seed).train.first(64);
    let mut network = recipe.clone().seed(seed).build();
    let weights = |network: &Network| -> Vec<Tensor> {
        network.linears().into_iter().map(|linear| linear.weight.clone()).collect()
    };
    let before = weights(&network);
    let loss =
        || network.forward(&Tensor::constant(batch.inputs.clone())).cross_entropy(&batch.labels);
    let gradients = loss().backward();
    let loss = loss();
    network.update(loss, &mut *training.optimizer());
    let after = weights(&network);
    let moved = before.iter().zip(&after).map(|(old, new)| {
        let gradient = gradients.of(old);
        // A unit that no input makes active has no gradient, and no rule moves its weights.
        let active = gradient.iter().filter(|&&entry| entry != 0.0).count();
        let rms = |matrix: &Array2<f32>, count| norm(matrix) / libm::sqrt(count as f64);
        let step = new.values() - old.values();
        FirstStep { gradient: rms(gradient, gradient.len()), update: rms(&step, active) }
    });
    moved.collect()
}
// ANCHOR_END: first

/// Trains the networks of a grid, as `labs/data` has them.
pub fn measured(grid: Grid, progress: &dyn Progress) -> Vec<Measured> {
    map_in_parallel(&design(grid), progress, |design| measure(design, grid.runs))
}

impl Adams {
    /// Every curve with its prediction.
    pub fn curves(&self) -> impl Iterator<Item = (&Curve, &Prediction)> {
        self.sweep.arms.iter().zip(&self.predicted)
    }

    /// What theory says of an arm.
    ///
    /// # Panics
    /// If there is none of this key.
    #[track_caller]
    pub fn prediction(&self, key: &Key) -> &Prediction {
        let found = self.curves().find(|(curve, _)| curve.key == *key);
        found.unwrap_or_else(|| panic!("no arm {key:?}")).1
    }

    /// What theory says of the first step of an arm, matrix by matrix.
    ///
    /// # Panics
    /// If there is none of this key.
    #[track_caller]
    pub fn expected(&self, key: &Key) -> Vec<Update> {
        let prediction = self.prediction(key);
        Update::of(&prediction.kernel, prediction.training())
    }

    /// What the first step of an arm did; nothing where it was not watched.
    pub fn first_step(&self, key: &Key) -> &[FirstStep] {
        let found = self.first.iter().find(|(other, _)| other == key);
        found.map_or(&[], |(_, steps)| steps)
    }

    /// The limits that the grid of the fit is likeliest by.
    pub fn fitted(&self) -> Limits {
        scored::limits(&self.fit)
    }

    /// What a lab writes and a chapter includes.
    pub fn report(&self) -> Report {
        tables::report(self)
    }
}
