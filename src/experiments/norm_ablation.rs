//! Lab 02: lab 01's network with no normalization, LayerNorm and RMSNorm; then where a norm helps,
//! and where it does not.

mod tables;

use std::collections::BTreeMap;

use super::init_ablation::{recipe as plain, training};
use super::{highest, lowest, median, number, sample, sweep, Arm, Claim, Progress, Report};
use super::{Sweep, Swept, Trial, Watch};
use crate::recipe::{Init, Norm, Outcome, Recipe};
use crate::train::Run;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Runs of each kind.
    pub seeds: u64,
    /// Runs of each kind of the deep network.
    pub deep_seeds: u64,
}

impl Default for Settings {
    /// The seeds of lab 01, so that the curve without a norm is its Kaiming curve.
    fn default() -> Settings {
        Settings { seed: 0, steps: 1000, seeds: 5, deep_seeds: 3 }
    }
}

impl Settings {
    /// One seed of each kind, and 150 updates.
    pub fn small() -> Settings {
        Settings { steps: 150, seeds: 1, deep_seeds: 1, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, deep_seeds } = self;
        BTreeMap::from([
            ("network", recipe(Norm::None).to_string()),
            ("deep network", deep_recipe(Norm::None).to_string()),
            ("training", training(LR).steps(*steps).to_string()),
            ("seeds", format!("{seeds} from {seed}; {deep_seeds} of the deep network")),
        ])
    }
}

/// The learning rate of the first two parts.
pub const LR: f64 = 1e-3;

/// The normalizations, with the names that figures and tables use.
pub const NORMS: [(&str, Norm); 3] =
    [("no norm", Norm::None), ("LayerNorm", Norm::Layer), ("RMSNorm", Norm::Rms)];

/// The starts that lab 01 found bad, now with RMSNorm.
pub const STARTS: [(&str, Init); 2] =
    [("RMSNorm, Xavier", Init::Xavier), ("RMSNorm, uniform", Init::Uniform(0.5))];

/// The two that meet in the deep network.
pub const DEEP_NORMS: [(&str, Norm); 2] = [NORMS[0], NORMS[2]];

/// The learning rates of the deep network.
pub const DEEP_RATES: [f64; 5] = [1e-3, 5.6e-3, 1.8e-2, 5.6e-2, 0.56];

/// The network of the lab: that of lab 01, Kaiming, with a norm before each ReLU.
pub fn recipe(norm: Norm) -> Recipe {
    plain(Init::Kaiming).norm(norm)
}

/// The deep and narrow one: 32 linear layers, width 64.
pub fn deep_recipe(norm: Norm) -> Recipe {
    Recipe { depth: 32, width: 64, ..recipe(norm) }
}

/// What tells one curve from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    /// The network of lab 01: one of [`NORMS`], or of [`STARTS`].
    Shallow(&'static str),
    /// The deep one: one of [`DEEP_NORMS`], at one of [`DEEP_RATES`].
    Deep(&'static str, f64),
}

impl Key {
    /// What figures and tables call it.
    pub fn name(&self) -> &'static str {
        match self {
            Key::Shallow(name) | Key::Deep(name, _) => name,
        }
    }
}

/// One network trained at one rate, over all seeds, probed before the first update and after the
/// last.
pub type Curve = Swept<Key, Trial>;

/// All curves of the lab.
#[derive(Clone, Debug)]
pub struct Ablation {
    /// What was run.
    pub settings: Settings,
    /// [`NORMS`], [`STARTS`], then [`DEEP_RATES`] and, faster, [`DEEP_NORMS`].
    pub sweep: Sweep<Key, Trial>,
}

/// What is compared.
pub fn arms(settings: &Settings) -> Vec<Arm<Key>> {
    let Settings { seed, steps, seeds, deep_seeds } = *settings;
    let shallow = |name, recipe| {
        Arm::new(Key::Shallow(name), (recipe, training(LR).steps(steps)), seed, seeds)
    };
    let deep = |(name, norm), lr| {
        let plan = (deep_recipe(norm), training(lr).steps(steps));
        Arm::new(Key::Deep(name, lr), plan, seed, deep_seeds)
    };
    let norms = NORMS.map(|(name, norm)| shallow(name, recipe(norm)));
    let starts = STARTS.map(|(name, init)| shallow(name, recipe(Norm::Rms).init(init)));
    let deep = DEEP_RATES.into_iter().flat_map(|lr| DEEP_NORMS.map(|norm| deep(norm, lr)));
    norms.into_iter().chain(starts).chain(deep).collect()
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Ablation {
    let ends = Watch { probes: vec![0, settings.steps], gradients: false };
    let sweep = sweep(arms(settings), progress, |(recipe, training)| {
        Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &ends)
    });
    Ablation { settings: settings.clone(), sweep }
}

impl Ablation {
    /// The network of lab 01 with the norm or start of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn shallow(&self, name: &'static str) -> &Curve {
        self.sweep.of(&Key::Shallow(name))
    }

    /// The curves of [`NORMS`].
    pub fn norms(&self) -> [&Curve; 3] {
        NORMS.map(|(name, _)| self.shallow(name))
    }

    /// The curves of [`NORMS`] and of [`STARTS`].
    pub fn all_shallow(&self) -> impl Iterator<Item = &Curve> {
        self.norms().into_iter().chain(STARTS.map(|(name, _)| self.shallow(name)))
    }

    /// The deep network with the norm of this name, at every rate.
    pub fn deep_with(&self, name: &'static str) -> [&Curve; 5] {
        DEEP_RATES.map(|lr| self.sweep.of(&Key::Deep(name, lr)))
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "norm-ablation",
            "Same network, data and optimizer: what does a normalization change?",
        );
        report.settings = self.settings.shown();
        for curve in self.all_shallow() {
            let (name, finals) = (curve.key.name(), curve.finals());
            let key = name.to_lowercase().replace(", ", "_").replace(' ', "_");
            report.numbers(
                &key,
                [
                    ("initial", curve.trials[0].run.initial_loss().into()),
                    ("final", median(finals.iter().copied())),
                    ("lowest", finals[0]),
                    ("highest", finals[finals.len() - 1]),
                ],
            );
            report.course(name, "median", &curve.losses());
        }
        let start = &self.deep_with("RMSNorm")[0].trials[0];
        let correlation = start.correlation(0, deep_recipe(Norm::Rms).depth - 1);
        report.value("deep_start_correlation", format!("{correlation:.3}"));
        let gradient = start.probes.first().map_or(f64::NAN, |p| p.1.layers[0].gradient_norm);
        report.value("deep_start_gradient", number(gradient));
        report.series("deep lr", DEEP_RATES);
        for (name, _) in DEEP_NORMS {
            let finals = self.deep_with(name).map(Curve::finals);
            report.series(format!("deep {name} low"), finals.iter().map(|all| all[0]));
            let medians = finals.iter().map(|all| median(all.iter().copied()));
            report.series(format!("deep {name} median"), medians);
            report.series(format!("deep {name} high"), finals.iter().map(|all| all[all.len() - 1]));
        }
        report.tables.insert("start", self.start());
        report.tables.insert("losses", self.losses());
        report.tables.insert("outcomes", self.outcomes());
        report.tables.insert("deep", self.deep_table());
        report.claims = self.claims();
        report
    }

    fn claims(&self) -> Vec<Claim> {
        let norms = self.norms();
        let [_, layer, rms] = norms;
        let [xavier, uniform] = STARTS.map(|(name, _)| self.shallow(name));
        let all = || norms.into_iter().flat_map(Curve::finals);
        let (low, high) = (|curve: &Curve| lowest(curve.finals()), |c: &Curve| highest(c.finals()));
        // A run that diverged has no place below, above or within a range.
        let below = |a: &Curve, b: &Curve| high(a) < low(b);
        let overlap = |a: &Curve, b: &Curve| low(a) <= high(b) && low(b) <= high(a);
        let deep = |name, least: f64, most: f64| {
            let within = move |(_, lr): &(usize, f64)| (least..=most).contains(lr);
            let rates = DEEP_RATES.into_iter().enumerate().filter(within);
            rates.flat_map(move |(rate, _)| self.deep_with(name)[rate].runs())
        };
        let nan = |run: &Run| run.diverged_at().is_some();
        let guess = |run: &Run| run.final_loss().is_some_and(|loss| loss > 0.6);
        vec![
            Claim::new(
                "No norm, LayerNorm and RMSNorm all train in every seed, to final losses within a \
                 factor of 2 of each other.",
                norms.iter().all(|curve| curve.all(Outcome::Trains))
                    && highest(all()) < 2.0 * lowest(all()),
            ),
            Claim::book(
                "LayerNorm and RMSNorm are within noise of each other: the ranges of their final \
                 losses over the seeds overlap.",
                overlap(layer, rms),
            ),
            Claim::book(
                "With RMSNorm the uniform start, which diverges without it, trains in every seed.",
                uniform.all(Outcome::Trains),
            ),
            Claim::new(
                "With RMSNorm the smaller start ends lower: every Xavier run below every Kaiming run, \
                 and that below every uniform run.",
                below(xavier, rms) && below(rms, uniform),
            ),
            Claim::new(
                "With RMSNorm no run of the deep network leaves the finite numbers, at any of the \
                 learning rates; without it, every run at lr 0.56 does.",
                !deep("RMSNorm", 0.0, 1.0).any(nan) && deep("no norm", 0.5, 1.0).all(nan),
            ),
            Claim::new(
                "With RMSNorm every run of the deep network at lr 0.018 and above ends above 0.6: it \
                 is finite, and it has learned nothing.",
                deep("RMSNorm", 0.018, 1.0).all(guess),
            ),
            Claim::book(
                "At lr 0.018 the deep network without a norm trains in every seed.",
                deep("no norm", 0.018, 0.018).all(|run| run.outcome() == Outcome::Trains),
            ),
            Claim::book(
                "Without a norm, too, a learning rate that is too large can end near ln 2 instead of \
                 NaN: at lr 0.056 some runs do, and some train.",
                deep("no norm", 0.056, 0.056).any(guess)
                    && deep("no norm", 0.056, 0.056).any(|run| run.outcome() == Outcome::Trains),
            ),
        ]
    }
}
