//! Chapter 04: what init, norm and residual connection do to each other, pair by pair.

mod relation;
mod tables;

pub use relation::Relation;

use std::collections::BTreeMap;

use super::{mean, median, number, sweep, Arm, Claim, Progress, Report, Sweep, Swept, Trial};
use minigrad::recipe::{Activation, Body, Init, Norm, Outcome, Recipe, Training};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Runs of each cell.
    pub seeds: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 300, seeds: 3 }
    }
}

impl Settings {
    /// One seed of each cell, and 150 updates.
    pub fn small() -> Settings {
        Settings { steps: 150, seeds: 1, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let choice = |body| Choice { body, init: "Kaiming", norm: true, residual: true };
        BTreeMap::from([
            ("plain", choice(Body::Plain).recipe().to_string()),
            ("block", choice(Body::Block).recipe().to_string()),
            ("training", training(RATES[0]).steps(self.steps).to_string()),
            ("seeds", format!("{} from {}", self.seeds, self.seed)),
        ])
    }
}

/// The learning rates, in the order of the tables.
pub const RATES: [f64; 2] = [1e-2, 1e-1];

/// The initializations: too large, exact, too small.
pub const INITS: [(&str, Init); 3] =
    [("uniform", Init::Uniform(0.5)), ("Kaiming", Init::Kaiming), ("GPT-2", Init::Gpt2)];

/// The bodies, in the order of the tables.
pub const BODIES: [Body; 2] = [Body::Plain, Body::Block];

/// Everything that is varied but the learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Plain or blocks.
    pub body: Body,
    /// What tables call the initialization, one of [`INITS`].
    pub init: &'static str,
    /// Whether there is RMSNorm: before each activation of a plain body, at the entry of each block
    /// and before the readout of blocks.
    pub norm: bool,
    /// Whether there are residual connections.
    pub residual: bool,
}

/// One choice trained at one rate, over all seeds.
pub type Cell = Swept<(Choice, f64), Trial>;

/// All cells.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// What was run.
    pub settings: Settings,
    /// By body, init, norm, residual and rate, the last fastest.
    pub sweep: Sweep<(Choice, f64), Trial>,
}

impl Choice {
    /// Every choice, in the order of the cells.
    pub fn all() -> Vec<Choice> {
        let mut all = vec![];
        for body in BODIES {
            for (init, _) in INITS {
                for norm in [false, true] {
                    all.extend([false, true].map(|residual| Choice { body, init, norm, residual }));
                }
            }
        }
        all
    }

    /// The network: 16 linear layers of width 96 and ReLU, or 8 blocks of width 32 and GELU.
    // ANCHOR: recipe
    pub fn recipe(&self) -> Recipe {
        let recipe = match self.body {
            Body::Plain => Recipe::mlp(16).width(96).activation(Activation::Relu),
            Body::Block => Recipe::blocks(8).width(32).activation(Activation::Gelu),
        };
        let init = INITS.iter().find(|(name, _)| *name == self.init);
        let recipe = recipe.init(init.expect("an init of the experiment").1);
        let recipe = if self.residual { recipe.residual() } else { recipe };
        match (self.norm, self.body) {
            (false, _) => recipe,
            (true, Body::Plain) => recipe.norm(Norm::Rms),
            (true, Body::Block) => recipe.norm(Norm::Rms).final_norm(),
        }
    }
    // ANCHOR_END: recipe
}

/// The training of every cell: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// What is compared.
pub fn arms(settings: &Settings) -> Vec<Arm<(Choice, f64)>> {
    let Settings { seed, steps, seeds } = *settings;
    let arm = |choice: Choice, lr| {
        Arm::new((choice, lr), (choice.recipe(), training(lr).steps(steps)), seed, seeds)
    };
    Choice::all().into_iter().flat_map(|choice| RATES.map(|lr| arm(choice, lr))).collect()
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Pairs {
    let sweep = sweep(arms(settings), progress, |(recipe, training)| Trial::of(recipe, training));
    Pairs { settings: settings.clone(), sweep }
}

impl Cell {
    /// Whether every seed trains.
    pub fn trains(&self) -> bool {
        self.all(Outcome::Trains)
    }

    /// Median of the final losses over the seeds; runs that left the finite numbers count as the
    /// largest.
    pub fn final_loss(&self) -> f64 {
        median(self.finals())
    }
}

impl Pairs {
    /// The cell of a choice at a rate.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn cell(&self, choice: Choice, lr: f64) -> &Cell {
        self.sweep.of(&(choice, lr))
    }

    /// The relation of two tricks, given the four choices with neither, one, the other and both.
    pub fn relation(&self, four: [Choice; 4], lr: f64) -> Relation {
        let [neither, first, second, both] = four.map(|choice| self.cell(choice, lr).trains());
        Relation::of(neither, first, second, both)
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "pairs",
            "Of init, norm and residual connection, which two replace, need or harm each other?",
        );
        report.settings = self.settings.shown();
        for cell in &self.sweep.arms {
            let key = cell.name();
            report.value(format!("{key}_final"), number(cell.final_loss()));
            // A network of NaNs chooses no class.
            if !cell.any_diverged() {
                let mean = mean(cell.trials.iter().map(|trial| trial.accuracy));
                report.value(format!("{key}_accuracy"), format!("{:.0}", 100.0 * mean));
            }
            let finals = cell.runs().map(|run| run.final_loss().unwrap_or(f64::NAN));
            report.series(format!("final {key}"), finals);
        }
        for (name, count) in self.counts() {
            report.value(name, count);
        }
        report.tables.insert("plain", self.outcomes(Body::Plain));
        report.tables.insert("block", self.outcomes(Body::Block));
        report.tables.insert("pairs", self.relations());
        report.claims = self.claims();
        report
    }

    fn claims(&self) -> Vec<Claim> {
        let cell = |body, init, norm, residual, rate: usize| {
            self.cell(Choice { body, init, norm, residual }, RATES[rate])
        };
        let both = |test: &dyn Fn(Body) -> bool| BODIES.into_iter().all(test);
        let everywhere = |test: &dyn Fn(Body, &'static str, usize) -> bool| {
            both(&|body| {
                INITS.iter().all(|(init, _)| (0..RATES.len()).all(|rate| test(body, init, rate)))
            })
        };
        vec![
            Claim::new(
                "With norm and residual connections every init trains, in both bodies, at both \
                 rates, in every seed.",
                everywhere(&|body, init, rate| cell(body, init, true, true, rate).trains()),
            ),
            Claim::new(
                "Kaiming and residual connections harm each other: without a norm they diverge \
                 together in both bodies at both rates.",
                both(&|body| {
                    let outcome = |rate| cell(body, "Kaiming", false, true, rate).outcome();
                    (0..RATES.len()).all(|rate| outcome(rate) == Some(Outcome::Diverges))
                }),
            ),
            Claim::new(
                "A norm alone does not replace the init: GPT-2's small weights with RMSNorm and \
                 without residual connections vanish in both bodies at both rates.",
                both(&|body| {
                    let outcome = |rate| cell(body, "GPT-2", true, false, rate).outcome();
                    (0..RATES.len()).all(|rate| outcome(rate) == Some(Outcome::Vanishes))
                }),
            ),
            Claim::new(
                "Small weights and residual connections need no norm: GPT-2's init with residual \
                 connections trains in both bodies at both rates.",
                everywhere(&|body, _, rate| cell(body, "GPT-2", false, true, rate).trains()),
            ),
            Claim::new(
                "No normalized network leaves the finite numbers, with any init, at either rate.",
                self.sweep.arms.iter().all(|cell| !(cell.key.0.norm && cell.any_diverged())),
            ),
        ]
    }
}
