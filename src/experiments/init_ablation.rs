//! Lab 01, the headline: one network, one data set, one optimizer, three initializations.

mod tables;

use std::collections::BTreeMap;

use super::{map_in_parallel, number, Claim, Progress, Report};
use crate::data::SignOfSum;
use crate::probe::Probe;
use crate::recipe::{Init, Outcome, Recipe, Training};
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
    /// Runs of Xavier at the small learning rate, to see how typical the first few are.
    pub many: u64,
}

impl Default for Settings {
    /// The first base seed whose five Xavier runs all crawl, as most do; the chapter shows the
    /// distribution over 20.
    fn default() -> Settings {
        Settings { seed: 4, steps: 1000, seeds: 5, many: 20 }
    }
}

impl Settings {
    /// One seed of each kind, two of Xavier, and 200 updates.
    pub fn small() -> Settings {
        Settings { steps: 200, seeds: 1, many: 2, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("network", recipe(Init::Kaiming).to_string().replace(", kaiming", "")),
            ("training", training(RATES[0]).steps(self.steps).to_string()),
            ("seeds", format!("{} from {}; {} of Xavier", self.seeds, self.seed, self.many)),
        ])
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

/// One network trained at one rate, over all seeds.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What figures and tables call the initialization.
    pub name: &'static str,
    /// The initialization.
    pub init: Init,
    /// Learning rate.
    pub lr: f64,
    /// One run a seed.
    pub runs: Vec<Run>,
    /// Validation accuracy after training, one a seed; a guess gets 0.5.
    pub accuracy: Vec<f64>,
}

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
    /// Final losses of [`Settings::many`] Xavier runs at the small rate.
    pub xavier_finals: Vec<f64>,
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
    let seeds = || (0..settings.seeds).map(|s| settings.seed.wrapping_add(s));
    let more = (settings.seeds..settings.many).map(|s| settings.seed.wrapping_add(s));
    let jobs: Vec<(Init, f64, u64)> = kinds
        .iter()
        .flat_map(|&(_, init, lr)| seeds().map(move |seed| (init, lr, seed)))
        .chain(more.map(|seed| (Init::Xavier, RATES[0], seed)))
        .collect();
    let mut results = map_in_parallel(&jobs, progress, |&(init, lr, seed)| {
        let data = SignOfSum::sample(1000, 200, seed);
        let mut network = recipe(init).seed(seed).build();
        let run = network.train(&data, &training(lr).steps(settings.steps).seed(seed));
        (run, network.accuracy(&data.validation))
    })
    .into_iter();

    let curves: Vec<Curve> = kinds
        .into_iter()
        .map(|(name, init, lr)| {
            let (runs, accuracy) = results.by_ref().take(settings.seeds as usize).unzip();
            Curve { name, init, lr, runs, accuracy }
        })
        .collect();
    let first = SignOfSum::sample(1000, 200, settings.seed).train.first(64);
    let start = |(_, init)| recipe(init).seed(settings.seed).build().probe(&first);
    let starts = INITS.map(start).to_vec();
    let finals = |run: &Run| run.final_loss().unwrap_or(f64::NAN);
    let xavier_finals = curves[1].runs.iter().map(finals).chain(results.map(|r| finals(&r.0)));
    let xavier_finals = xavier_finals.collect();
    Ablation { settings: settings.clone(), curves, starts, xavier_finals }
}

impl Curve {
    /// Final losses over the seeds, smallest first; NaN for runs that diverged, at the end.
    pub fn finals(&self) -> Vec<f64> {
        let mut finals: Vec<f64> =
            self.runs.iter().map(|run| run.final_loss().unwrap_or(f64::NAN)).collect();
        finals.sort_by(f64::total_cmp);
        finals
    }

    /// `(step, mean, low, high)` over the seeds: the loss averaged over windows of ten steps, each
    /// window at its middle, after the loss before the first update. Ends where a run diverges.
    pub fn smoothed(&self) -> Vec<[f64; 4]> {
        let common = self.runs.iter().map(|run| run.losses.len()).min().unwrap_or(0);
        let windows = (0..common).step_by(10).map(|start| (start, (start + 10).min(common)));
        [(0, 1)]
            .into_iter()
            .chain(windows)
            .map(|(start, end)| {
                let mean_loss = |run: &Run| {
                    let losses = run.losses[start..end].iter();
                    losses.map(|&loss| f64::from(loss)).sum::<f64>() / (end - start) as f64
                };
                let losses: Vec<f64> = self.runs.iter().map(mean_loss).collect();
                let step = if end == 1 { 0.0 } else { (start + end) as f64 / 2.0 };
                let mean = losses.iter().sum::<f64>() / losses.len() as f64;
                let low = losses.iter().copied().fold(f64::INFINITY, f64::min);
                [step, mean, low, losses.iter().copied().fold(0.0, f64::max)]
            })
            .collect()
    }

    /// The step at which the last of the seeds had left the finite numbers, if all did.
    pub fn diverged_by(&self) -> Option<usize> {
        self.runs.iter().map(Run::diverged_at).try_fold(0, |last, at| Some(last.max(at?)))
    }

    /// Whether every seed came to `outcome`.
    pub fn all(&self, outcome: Outcome) -> bool {
        self.runs.iter().all(|run| run.outcome() == outcome)
    }
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

    /// Share of the many Xavier runs whose final loss is at most `bound`, as a count.
    fn xavier_below(&self, bound: f64) -> usize {
        self.xavier_finals.iter().filter(|&&loss| loss <= bound).count()
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "init-ablation",
            "Same network, data and optimizer: what does the initialization alone decide?",
        );
        report.settings = self.settings.shown();
        for curve in &self.curves {
            let name = self.key(curve);
            let finals = curve.finals();
            report.value(format!("{name}_initial"), number(curve.runs[0].initial_loss().into()));
            let initial = curve.runs.iter().map(|run| f64::from(run.initial_loss()));
            let lowest = initial.clone().fold(f64::INFINITY, f64::min);
            report.value(format!("{name}_initial_lowest"), number(lowest));
            report.value(format!("{name}_initial_highest"), number(initial.fold(0.0, f64::max)));
            report.value(format!("{name}_final"), number(finals[finals.len() / 2]));
            report.value(format!("{name}_lowest"), number(finals[0]));
            report.value(format!("{name}_highest"), number(finals[finals.len() - 1]));
            // A network of NaNs chooses no class: its accuracy means nothing.
            if curve.runs.iter().all(|run| run.diverged_at().is_none()) {
                let accuracy = curve.accuracy.iter().copied();
                let percent = |x: f64| format!("{:.0}", 100.0 * x);
                let low = accuracy.clone().fold(f64::INFINITY, f64::min);
                report.value(format!("{name}_accuracy_low"), percent(low));
                let high = accuracy.fold(0.0, f64::max);
                report.value(format!("{name}_accuracy_high"), percent(high));
            }
            if let Some(step) = curve.diverged_by() {
                report.value(format!("{name}_diverged_by"), step.to_string());
            }
            let columns = ["step", "mean", "low", "high"];
            for (k, column) in columns.into_iter().enumerate() {
                let values = curve.smoothed().into_iter().map(|row| row[k]);
                report.series(format!("{name} {column}"), values);
            }
        }
        let mut finals = self.xavier_finals.clone();
        finals.sort_by(f64::total_cmp);
        report.value("many", finals.len().to_string());
        report.value("many_median", number(finals[finals.len() / 2]));
        report.value("many_lowest", number(finals[0]));
        report.value("many_highest", number(finals[finals.len() - 1]));
        report.value("many_below_06", self.xavier_below(0.6).to_string());
        let trained = 0.5 * std::f64::consts::LN_2;
        report.value("many_trained", self.xavier_below(trained).to_string());
        report.series("xavier finals", finals);
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
        let finals = |name, k| curve(name, k).finals();
        let median = |mut v: Vec<f64>| {
            v.sort_by(f64::total_cmp);
            v[v.len() / 2]
        };
        vec![
            Claim::new(
                "Uniform weights diverge: every seed starts at a loss above 1e5 and leaves the \
                 finite numbers by step 10.",
                curve("uniform", 0).diverged_by().is_some_and(|step| step <= 10)
                    && curve("uniform", 0).runs.iter().all(|run| run.initial_loss() > 1e5),
            ),
            Claim::new(
                "Xavier crawls at lr 1e-3: the five seeds of the figure end above 0.6, and so does \
                 the median of twenty.",
                finals("Xavier", 0).iter().all(|&loss| loss > 0.6)
                    && median(self.xavier_finals.clone()) > 0.6,
            ),
            Claim::book(
                "Kaiming trains at lr 1e-3: every seed ends below 0.01.",
                finals("Kaiming", 0).iter().all(|&loss| loss < 0.01),
            ),
            Claim::new(
                "At lr 1e-2 Xavier trains too, in every seed: the verdict belongs to the whole \
                 recipe, not to the initialization.",
                curve("Xavier", 1).all(Outcome::Trains),
            ),
        ]
    }
}
