//! Lab 01, the headline: one network, one data set, one optimizer, three initializations.

pub(super) mod tables;

use std::collections::BTreeMap;

use super::{highest, lowest, median, sample, sweep, Arm, Claim, Progress, Report};
use super::{Sweep, Swept, Trial, Watch};
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

/// What figures and tables call the initialization, and the learning rate.
pub type Key = (&'static str, f64);

/// One network trained at one rate, over all seeds.
pub type Curve = Swept<Key, Trial>;

/// All curves of the lab.
#[derive(Clone, Debug)]
pub struct Ablation {
    /// What was run.
    pub settings: Settings,
    /// Rates first, then [`INITS`].
    pub sweep: Sweep<Key, Trial>,
}

/// The network of the lab: 12 linear layers, hidden width 256, ReLU.
pub fn recipe(init: Init) -> Recipe {
    Recipe::mlp(12).width(256).init(init)
}

/// The training of the lab: SGD with momentum 0.9, batch 64.
pub fn training(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// What is compared.
pub fn arms(settings: &Settings) -> Vec<Arm<Key>> {
    let Settings { seed, steps, seeds, fast_seeds } = *settings;
    let at = |lr, count| {
        INITS.map(|(name, init)| {
            Arm::new((name, lr), (recipe(init), training(lr).steps(steps)), seed, count)
        })
    };
    let [slow, fast] = RATES;
    at(slow, seeds).into_iter().chain(at(fast, fast_seeds)).collect()
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Ablation {
    let start = Watch { probes: vec![0], gradients: false };
    let sweep = sweep(arms(settings), progress, |(recipe, training)| {
        Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &start)
    });
    Ablation { settings: settings.clone(), sweep }
}

impl Ablation {
    /// The curves at a rate, in the order of [`INITS`].
    pub fn at(&self, lr: f64) -> [&Curve; 3] {
        INITS.map(|(name, _)| self.sweep.of(&(name, lr)))
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "init-ablation",
            "Same network, data and optimizer: what does the initialization alone decide?",
        );
        let [slow, fast] = RATES;
        report.settings = self.settings.shown();
        report.value("seeds", self.settings.seeds);
        report.value("fast_seeds", self.settings.fast_seeds);
        for curve in &self.sweep.arms {
            describe(curve, &mut report);
        }
        let crawling = self.sweep.of(&("Xavier", slow)).finals();
        report.value("xavier_below_06", crawling.iter().filter(|&&loss| loss <= 0.6).count());
        report.tables.insert("start", self.start());
        report.tables.insert("losses", self.losses(slow));
        report.tables.insert("losses_fast", self.losses(fast));
        report.tables.insert("outcomes", self.outcomes());
        report.claims = self.claims();
        report
    }

    fn claims(&self) -> Vec<Claim> {
        let Settings { seeds, .. } = self.settings;
        let [slow, fast] = RATES;
        let [uniform, xavier, kaiming] = self.at(slow);
        let [stands, trains] = [Outcome::Vanishes, Outcome::Trains].map(|o| xavier.count(o));
        vec![
            Claim::new(
                format!(
                    "Uniform weights diverge in each of {seeds} seeds: the loss starts above 1e5 and \
                     leaves the finite numbers by step 10."
                ),
                uniform.diverged_by().is_some_and(|step| step <= 10)
                    && uniform.runs().all(|run| run.initial_loss() > 1e5),
            ),
            Claim::new(
                format!(
                    "Xavier crawls at lr 1e-3: {stands} of {seeds} seeds end above half the loss of a \
                     guess, {trains} below, and the median of their final losses is above 0.6."
                ),
                stands > 3 * trains && stands + trains == xavier.trials.len() && {
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
                self.sweep.of(&("Xavier", fast)).all(Outcome::Trains),
            ),
        ]
    }
}

/// The numbers and the figure's data of one curve.
fn describe(curve: &Curve, report: &mut Report) {
    let (init, lr) = curve.key;
    let rate = if lr == RATES[0] { "" } else { "_fast" };
    let name = format!("{}{rate}", init.to_lowercase());
    let initial = curve.over_seeds(|trial| f64::from(trial.run.initial_loss()));
    let finals = curve.finals();
    report.numbers(
        &name,
        [
            ("initial", initial.middle),
            ("initial_lowest", initial.low),
            ("initial_highest", initial.high),
            ("final", median(finals.iter().copied())),
            ("lowest", finals[0]),
            ("highest", finals[finals.len() - 1]),
        ],
    );
    for outcome in [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains] {
        report.value(format!("{name}_{outcome}"), curve.count(outcome));
    }
    // A network of NaNs chooses no class: its accuracy means nothing.
    if !curve.any_diverged() {
        let accuracy = curve.over_seeds(|trial| 100.0 * trial.accuracy);
        report.value(format!("{name}_accuracy_low"), format!("{:.0}", accuracy.low));
        report.value(format!("{name}_accuracy_high"), format!("{:.0}", accuracy.high));
    }
    if let Some(step) = curve.diverged_by() {
        report.value(format!("{name}_diverged_by"), step);
    }
    report.course(&name, "median", &curve.losses());
    report.series(format!("{name} finals"), finals);
}
