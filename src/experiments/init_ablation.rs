//! Lab 01, the headline: one network, one data set, one optimizer, three initializations.

mod curve;
mod tables;

pub use curve::Curve;

use std::collections::BTreeMap;

use super::{highest, lowest, map_in_parallel, median, number, Claim, Progress, Report};
use crate::data::SignOfSum;
use crate::probe::Probe;
use crate::recipe::{Init, Outcome, Recipe, Training};

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Runs of each initialization at the small learning rate.
    pub seeds: u64,
    /// Runs of each initialization at the large one, the first of the same seeds.
    pub fast_seeds: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 1000, seeds: 20, fast_seeds: 5 }
    }
}

impl Settings {
    /// Two seeds of each kind, and 200 updates.
    pub fn small() -> Settings {
        Settings { steps: 200, seeds: 2, fast_seeds: 1, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, fast_seeds } = *self;
        let [slow, fast] = RATES;
        BTreeMap::from([
            ("network", recipe(Init::Kaiming).to_string().replace(", kaiming", "")),
            ("training", training(slow).steps(steps).to_string()),
            ("seeds", format!("from {seed}: {seeds} at lr {slow}, {fast_seeds} at lr {fast}")),
        ])
    }

    /// Runs of each initialization at a rate.
    fn seeds_at(&self, lr: f64) -> u64 {
        if lr == RATES[0] {
            self.seeds
        } else {
            self.fast_seeds
        }
    }

    /// How many networks [`run`] trains.
    pub fn runs(&self) -> usize {
        INITS.len() * RATES.map(|lr| self.seeds_at(lr) as usize).iter().sum::<usize>()
    }
}

/// The learning rates, in the order of the figures.
pub const RATES: [f64; 2] = [1e-3, 1e-2];

/// The initializations, with the names that figures and tables use.
pub const INITS: [(&str, Init); 3] =
    [("uniform", Init::Uniform(0.5)), ("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];

/// The steps at which the loss tables look.
pub const TABLE_STEPS: [usize; 6] = [0, 1, 10, 100, 300, 999];

/// The layers at which the table of the start looks.
pub const TABLE_LAYERS: [usize; 3] = [1, 6, 12];

/// All curves of the lab.
#[derive(Clone, Debug)]
pub struct Ablation {
    /// What was run.
    pub settings: Settings,
    /// One entry for each rate and each initialization, rates first.
    pub curves: Vec<Curve>,
    /// The base seed's networks before training, on their first 64 inputs, in the order of
    /// [`INITS`].
    pub starts: Vec<Probe>,
}

/// The network of the lab: 12 linear layers, hidden width 256, ReLU.
pub fn recipe(init: Init) -> Recipe {
    Recipe::mlp(12).width(256).init(init)
}

/// The training of the lab: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Ablation {
    let kinds: Vec<(&'static str, Init, f64)> =
        RATES.iter().flat_map(|&lr| INITS.map(|(name, init)| (name, init, lr))).collect();
    let seeds = |lr| (0..settings.seeds_at(lr)).map(|s| settings.seed.wrapping_add(s));
    let jobs: Vec<(Init, f64, u64)> = kinds
        .iter()
        .flat_map(|&(_, init, lr)| seeds(lr).map(move |seed| (init, lr, seed)))
        .collect();
    let mut results = map_in_parallel(&jobs, progress, |&(init, lr, seed)| {
        let data = SignOfSum::sample(1000, 200, seed);
        let mut network = recipe(init).seed(seed).build();
        let run = network.train(&data, &training(lr).steps(settings.steps).seed(seed));
        (run, network.accuracy(&data.validation))
    })
    .into_iter();

    let curves = kinds
        .into_iter()
        .map(|(name, init, lr)| {
            let (runs, accuracy) = results.by_ref().take(settings.seeds_at(lr) as usize).unzip();
            Curve { name, init, lr, runs, accuracy }
        })
        .collect();
    let first = SignOfSum::sample(1000, 200, settings.seed).train.first(64);
    let start = |(_, init)| recipe(init).seed(settings.seed).build().probe(&first);
    Ablation { settings: settings.clone(), curves, starts: INITS.map(start).to_vec() }
}

impl Ablation {
    /// The curve of an initialization, by name, at a rate.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn curve(&self, name: &str, lr: f64) -> &Curve {
        let found = self.curves.iter().find(|curve| curve.name == name && curve.lr == lr);
        found.unwrap_or_else(|| panic!("no curve {name} at lr {lr}"))
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "init-ablation",
            "Same network, data and optimizer: what does the initialization alone decide?",
        );
        report.settings = self.settings.shown();
        let Settings { seeds, fast_seeds, .. } = self.settings;
        report.value("seeds", seeds.to_string());
        report.value("fast_seeds", fast_seeds.to_string());
        for curve in &self.curves {
            let name = self.key(curve);
            let finals = curve.finals();
            let initials = || curve.runs.iter().map(|run| f64::from(run.initial_loss()));
            report.value(format!("{name}_initial"), number(median(initials())));
            report.value(format!("{name}_initial_lowest"), number(lowest(initials())));
            report.value(format!("{name}_initial_highest"), number(highest(initials())));
            report.value(format!("{name}_final"), number(median(finals.iter().copied())));
            report.value(format!("{name}_lowest"), number(finals[0]));
            report.value(format!("{name}_highest"), number(finals[finals.len() - 1]));
            for outcome in [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains] {
                report.value(format!("{name}_{outcome}"), curve.count(outcome).to_string());
            }
            // A network of NaNs chooses no class: its accuracy means nothing.
            if curve.runs.iter().all(|run| run.diverged_at().is_none()) {
                let accuracy = || curve.accuracy.iter().copied();
                let percent = |x: f64| format!("{:.0}", 100.0 * x);
                report.value(format!("{name}_accuracy_low"), percent(lowest(accuracy())));
                report.value(format!("{name}_accuracy_high"), percent(highest(accuracy())));
            }
            if let Some(step) = curve.diverged_by() {
                report.value(format!("{name}_diverged_by"), step.to_string());
            }
            let columns = ["step", "median", "low", "high"];
            for (k, column) in columns.into_iter().enumerate() {
                let values = curve.smoothed().into_iter().map(|row| row[k]);
                report.series(format!("{name} {column}"), values);
            }
            report.series(format!("{name} finals"), finals);
        }
        let crawling = self.curve("Xavier", RATES[0]);
        let low = crawling.finals().into_iter().filter(|&loss| loss <= 0.6).count();
        report.value("xavier_below_06", low.to_string());
        report.tables.insert("start", self.start());
        report.tables.insert("losses", self.losses(RATES[0]));
        report.tables.insert("losses_fast", self.losses(RATES[1]));
        report.tables.insert("outcomes", self.outcomes());
        report.claims = self.claims();
        report
    }

    fn key(&self, curve: &Curve) -> String {
        let rate = if curve.lr == RATES[0] { "" } else { "_fast" };
        format!("{}{rate}", curve.name.to_lowercase())
    }

    fn claims(&self) -> Vec<Claim> {
        let curve = |name, k: usize| self.curve(name, RATES[k]);
        let Settings { seeds, .. } = self.settings;
        let [uniform, xavier, kaiming] = INITS.map(|(name, _)| curve(name, 0));
        let [stands, trains] = [Outcome::Vanishes, Outcome::Trains].map(|o| xavier.count(o));
        vec![
            Claim::new(
                format!(
                    "Uniform weights diverge in each of {seeds} seeds: the loss starts above 1e5 and \
                     leaves the finite numbers by step 10."
                ),
                uniform.diverged_by().is_some_and(|step| step <= 10)
                    && uniform.runs.iter().all(|run| run.initial_loss() > 1e5),
            ),
            Claim::new(
                format!(
                    "Xavier crawls at lr 1e-3: {stands} of {seeds} seeds end above half the loss of a \
                     guess, {trains} below, and the median of their final losses is above 0.6."
                ),
                stands > 3 * trains && stands + trains == xavier.runs.len() && {
                    median(xavier.finals()) > 0.6
                },
            ),
            Claim::new(
                "Kaiming leads: each of its runs ends below every run of Xavier at the same rate.",
                highest(kaiming.finals()) < lowest(xavier.finals()),
            ),
            Claim::book(
                format!("Kaiming trains at lr 1e-3: each of {seeds} seeds ends below 0.01."),
                highest(kaiming.finals()) < 0.01,
            ),
            Claim::book(
                "At lr 1e-2 Xavier trains too, in every seed: the verdict belongs to the whole \
                 recipe, not to the initialization.",
                curve("Xavier", 1).all(Outcome::Trains),
            ),
        ]
    }
}
