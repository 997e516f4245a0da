//! Lab 02: lab 01's network with no normalization, LayerNorm and RMSNorm; then where a norm helps,
//! and where it does not.

mod tables;

use std::collections::BTreeMap;

use super::init_ablation::{recipe as plain, training, Curve};
use super::{highest, lowest, map_in_parallel, median, number, Claim, Progress, Report};
use crate::data::SignOfSum;
use crate::probe::Probe;
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

/// How many kinds the network of lab 01 has here: a norm or a start each.
const SHALLOW: usize = NORMS.len() + STARTS.len();

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

/// All curves of the lab.
#[derive(Clone, Debug)]
pub struct Ablation {
    /// What was run.
    pub settings: Settings,
    /// One a norm, in the order of [`NORMS`].
    pub curves: Vec<Curve>,
    /// One a bad start, in the order of [`STARTS`].
    pub starts: Vec<Curve>,
    /// Rates first, then [`DEEP_NORMS`].
    pub deep: Vec<Deep>,
    /// The base seed's networks before training, on their first 64 inputs: [`NORMS`], then
    /// [`STARTS`].
    pub probes: Vec<(&'static str, Recipe, Probe)>,
    /// The deep network with RMSNorm of the base seed before training.
    pub deep_probe: Probe,
}

/// The deep network with one norm at one rate.
#[derive(Clone, Debug)]
pub struct Deep {
    /// Its runs.
    pub curve: Curve,
    /// Mean cosine between the last hidden pre-activations of different inputs, after training,
    /// one a seed.
    pub correlation: Vec<f64>,
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Ablation {
    let kinds = kinds();
    let seeds = |kind: usize| match kind < SHALLOW {
        true => settings.seeds,
        false => settings.deep_seeds,
    };
    let jobs: Vec<(&Recipe, f64, u64)> = kinds
        .iter()
        .enumerate()
        .flat_map(|(kind, (_, recipe, lr))| {
            (0..seeds(kind)).map(move |s| (recipe, *lr, settings.seed.wrapping_add(s)))
        })
        .collect();
    let mut results = map_in_parallel(&jobs, progress, |&(recipe, lr, seed)| {
        let data = SignOfSum::sample(1000, 200, seed);
        let mut network = recipe.clone().seed(seed).build();
        let run = network.train(&data, &training(lr).steps(settings.steps).seed(seed));
        let after = network.probe(&data.train.first(64));
        let correlation = after.layers[recipe.depth - 2].correlation;
        (run, network.accuracy(&data.validation), correlation)
    })
    .into_iter();
    let mut all = kinds.iter().enumerate().map(|(kind, &(name, ref recipe, lr))| {
        let mut curve = Curve { name, init: recipe.init, lr, runs: vec![], accuracy: vec![] };
        let mut correlation = vec![];
        for (run, accuracy, c) in results.by_ref().take(seeds(kind) as usize) {
            curve.runs.push(run);
            curve.accuracy.push(accuracy);
            correlation.push(c);
        }
        Deep { curve, correlation }
    });
    let curves = all.by_ref().take(NORMS.len()).map(|one| one.curve).collect();
    let starts = all.by_ref().take(STARTS.len()).map(|one| one.curve).collect();
    let deep = all.collect();
    let first = SignOfSum::sample(1000, 200, settings.seed).train.first(64);
    let probe = |recipe: &Recipe| recipe.clone().seed(settings.seed).build().probe(&first);
    let shallow = &kinds[..SHALLOW];
    let probes =
        shallow.iter().map(|(name, recipe, _)| (*name, recipe.clone(), probe(recipe))).collect();
    let deep_probe = probe(&deep_recipe(Norm::Rms));
    Ablation { settings: settings.clone(), curves, starts, deep, probes, deep_probe }
}

/// Name, network and rate of every curve, in the order of [`Ablation`].
fn kinds() -> Vec<(&'static str, Recipe, f64)> {
    let norms = NORMS.map(|(name, norm)| (name, recipe(norm), LR));
    let starts = STARTS.map(|(name, init)| (name, recipe(Norm::Rms).init(init), LR));
    let deep = DEEP_RATES
        .into_iter()
        .flat_map(|lr| DEEP_NORMS.map(|(name, norm)| (name, deep_recipe(norm), lr)));
    norms.into_iter().chain(starts).chain(deep).collect()
}

/// How many networks [`run`] trains.
pub fn parts(settings: &Settings) -> usize {
    let deep = DEEP_NORMS.len() * DEEP_RATES.len();
    SHALLOW * settings.seeds as usize + deep * settings.deep_seeds as usize
}

impl Ablation {
    /// The deep network with the norm of this name, at every rate.
    pub fn deep_with<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Deep> {
        self.deep.iter().filter(move |deep| deep.curve.name == name)
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "norm-ablation",
            "Same network, data and optimizer: what does a normalization change?",
        );
        report.settings = self.settings.shown();
        for curve in self.curves.iter().chain(&self.starts) {
            let key = key(curve.name);
            let finals = curve.finals();
            report.value(format!("{key}_initial"), number(curve.runs[0].initial_loss().into()));
            report.value(format!("{key}_final"), number(median(finals.iter().copied())));
            report.value(format!("{key}_lowest"), number(finals[0]));
            report.value(format!("{key}_highest"), number(finals[finals.len() - 1]));
            let columns = ["step", "median", "low", "high"];
            for (k, column) in columns.into_iter().enumerate() {
                let values = curve.smoothed().into_iter().map(|row| row[k]);
                report.series(format!("{} {column}", curve.name), values);
            }
        }
        let hidden = &self.deep_probe.layers[..deep_recipe(Norm::Rms).depth - 1];
        let last = hidden.last().map_or(f64::NAN, |layer| layer.correlation);
        report.value("deep_start_correlation", format!("{last:.3}"));
        report.value("deep_start_gradient", number(self.deep_probe.layers[0].gradient_norm));
        report.series("deep lr", DEEP_RATES);
        for (name, _) in DEEP_NORMS {
            let finals: Vec<Vec<f64>> =
                self.deep_with(name).map(|deep| deep.curve.finals()).collect();
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
        let all = || self.curves.iter().flat_map(Curve::finals);
        let (low, high) = (|curve: &Curve| lowest(curve.finals()), |c: &Curve| highest(c.finals()));
        // A run that diverged has no place below, above or within a range.
        let below = |a: &Curve, b: &Curve| high(a) < low(b);
        let overlap = |a: &Curve, b: &Curve| low(a) <= high(b) && low(b) <= high(a);
        let [_, layer, rms] = &self.curves[..] else { return vec![] };
        let [xavier, uniform] = &self.starts[..] else { return vec![] };
        let deep = |name, least: f64, most: f64| {
            self.deep_with(name)
                .map(|deep| &deep.curve)
                .filter(move |curve| (least..=most).contains(&curve.lr))
                .flat_map(|curve| &curve.runs)
        };
        let nan = |run: &Run| run.diverged_at().is_some();
        let guess = |run: &Run| run.final_loss().is_some_and(|loss| loss > 0.6);
        vec![
            Claim::new(
                "No norm, LayerNorm and RMSNorm all train in every seed, to final losses within a \
                 factor of 2 of each other.",
                self.curves.iter().all(|curve| curve.all(Outcome::Trains))
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

/// The name of a curve as the name of a value.
fn key(name: &str) -> String {
    name.to_lowercase().replace(", ", "_").replace(' ', "_")
}
