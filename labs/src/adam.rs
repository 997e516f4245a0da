//! Lab 05: Adam beside gradient descent, where gradients vanish and where steps are too large.

mod figures;
pub mod grids;
mod report;

pub use grids::{design, measure_again, Grid, Grids, GRID_STEPS};

use crate::score::first_half;
use crate::spine::prelude::*;
use minigrad::probe::norm;
use minigrad::theory::Update;

settings! {
    seed = 0;
    steps = 300, small 120;
    /// Runs of each rule on the plateau.
    seeds: u64 = 5, small 2;
    /// Updates of each run at fifty layers, and at each rate.
    short_steps: usize = 200, small 60;
    /// Runs of each of these.
    short_seeds: u64 = 5, small 1;
    /// One of so many networks of the grids is looked at.
    thin: usize = 1, small 8;
}

/// The learning rate at which the rules meet: that of lab 01.
pub const LR: f64 = 1e-3;

/// The rates at which Adam is tried: four decades in steps of a half.
pub const RATES: [f64; 9] = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

/// The update rules, the last with an epsilon that no gradient of the lab comes near.
pub fn rules() -> [(&'static str, Training); 3] {
    let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-20 };
    let adam = Training::adam(LR);
    let tiny = Training { method, ..adam.clone() };
    [("SGD", sgd(LR)), ("Adam", adam), ("Adam, epsilon 1e-20", tiny)]
}

/// What the first step of a network does to one matrix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstStep {
    /// Root mean square of an entry of the gradient.
    #[serde(with = "real")]
    pub gradient: f64,
    /// Root mean square of what the step adds to an entry whose gradient is not 0.
    #[serde(with = "real")]
    pub update: f64,
}

/// A network trained by one rule, over all seeds.
#[derive(Serialize, Deserialize)]
pub struct Curve {
    /// That of its rule, or of its initialization.
    pub name: String,
    pub recipe: Recipe,
    pub training: Training,
    /// Without the losses of single steps.
    pub fates: Fates,
    /// Median step by which the mean of ten losses is half that of a guess.
    #[serde(with = "real")]
    pub half_time: f64,
    /// The first step of the base seed, matrix by matrix.
    pub first: Vec<FirstStep>,
}

impl Curve {
    fn of(arm: &Swept<&str, Trial>, seed: u64) -> Curve {
        let (recipe, training) = arm.plan.clone();
        let half = |trial: &Trial| {
            let losses = trial.run.losses.iter().map(|&loss| f64::from(loss));
            first_half(losses).map_or(f64::NAN, |step| step as f64)
        };
        Curve {
            name: arm.key.into(),
            fates: Fates { first: vec![], ..Fates::of(arm) },
            half_time: arm.over_seeds(half).middle,
            first: first_step(&recipe, &training, seed),
            recipe,
            training,
        }
    }

    /// What theory says of it.
    pub fn predict(&self) -> Prediction {
        self.recipe.predict(&self.training)
    }

    /// What theory says of its first step.
    pub fn expected(&self) -> Vec<FirstStep> {
        let expected = Update::of(&self.predict().kernel, &self.training).into_iter();
        expected.map(|Update { gradient, update, .. }| FirstStep { gradient, update }).collect()
    }
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

#[derive(Serialize, Deserialize)]
pub struct Adam {
    pub settings: Settings,
    /// By gradient descent and by Adam.
    pub plateau: [Curve; 2],
    /// By every one of [`rules`].
    pub deep: [Curve; 3],
    /// From Xavier at all [`RATES`], then from Kaiming.
    pub rates: Vec<Curve>,
    pub grids: Grids,
}

/// What it does instead by a flag of its own.
pub const BY_FLAG: &[Other] = &[Other {
    flag: "measure",
    help: "Train the networks of labs/data/adam*.jsonl again instead, and write them to --out: some minutes",
    run: measure_again,
}];

impl Experiment for Adam {
    const NAME: &'static str = "adam";
    const ASKS: &'static str =
        "Does a rule that divides each gradient by its own size need a careful start?";
    const FIGURES: &'static [&'static str] = &["adam.svg", "adam-steps.svg", "adam-rates.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Adam {
        let Settings { seed, steps, seeds, short_steps, short_seeds, thin } = *settings;
        let short = |name, recipe: &Recipe, training: Training| {
            Arm::new(name, (recipe.clone(), training.steps(short_steps)), seed, short_seeds)
        };
        // Lab 01's network; fifty hidden layers of the same kind, half as wide; a narrower one of lab 01.
        let plateau = crate::init_ablation::recipe(Init::Xavier);
        let deep = Recipe::mlp(51).width(128).init(Init::Xavier);
        let narrow = Recipe::mlp(12).width(128);
        let plateau = rules().map(|(name, training)| {
            Arm::new(name, (plateau.clone(), training.steps(steps)), seed, seeds)
        });
        let deep = rules().map(|(name, training)| short(name, &deep, training));
        let inits = [("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];
        let rates = inits.into_iter().flat_map(|(name, init)| {
            let recipe = narrow.clone().init(init);
            RATES.map(|lr| short(name, &recipe, Training::adam(lr)))
        });
        let arms = plateau.into_iter().take(2).chain(deep).chain(rates);
        let sweep = sweep(arms, progress, |(recipe, training)| Trial::of(recipe, training));
        let mut curves = sweep.arms.iter().map(|arm| Curve::of(arm, seed));
        let mut next = || curves.next().expect("as many as arms");
        Adam {
            settings: settings.clone(),
            plateau: [(); 2].map(|()| next()),
            deep: [(); 3].map(|()| next()),
            rates: curves.collect(),
            grids: Grids::of(thin, progress),
        }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        self.values(&mut report);
        self.tables(&mut report);
        self.claims(&mut report);
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![self.draw_courses(report), self.draw_first_steps(report), self.draw_rates()]
    }
}
