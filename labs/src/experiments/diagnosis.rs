//! What to look at where a network does not train: eight that do not, each with one change that helps;
//! and which update-to-data ratio the networks have that train best.

mod cases;
mod pace;
mod tables;

pub use cases::{cases, Case};
use pace::{course, hidden};
pub use pace::{lr, networks, Course, Paced, Tried, EARLY, FIRST, NETWORKS, RATES};

use std::collections::BTreeMap;

use super::{map_in_parallel, number, one_run, sample, sweep, Arm, Progress, Silent, Sweep};
use minigrad::probe::Histogram;
use minigrad::recipe::{Init, Outcome, Recipe};
use minigrad::train::Observed;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: network `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run over the learning rate.
    pub steps: usize,
    /// Networks at each rate.
    pub seeds: u64,
    /// Every so many steps an update is looked at, after the first ten.
    pub every: usize,
    /// Whose rates are tried: the first so many of [`networks`].
    pub networks: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, steps: 300, seeds: 3, every: 10, networks: NETWORKS }
    }
}

impl Settings {
    /// The smallest network alone, which a test can afford.
    pub fn small() -> Settings {
        Settings { seeds: 1, steps: 200, networks: 1, ..Settings::default() }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, every, networks: count } = self;
        let shown = networks().map(|network| network.recipe.to_string());
        let [least, most] = [0, RATES - 1].map(|rate| number(lr(rate)));
        BTreeMap::from([
            ("networks", shown[..*count].join("; ")),
            (
                "training",
                format!("{steps} steps; looked at: the first {FIRST}, every {every} after them"),
            ),
            ("rates", format!("{RATES}, from {least} to {most}")),
            ("seeds", format!("{seeds} from {seed}")),
        ])
    }
}

/// What became of a case.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The case.
    pub case: Case,
    /// What the command prints.
    pub said: String,
    /// Each picture of it.
    pub observed: Vec<Observed>,
    /// The outcome, and that with the change.
    pub outcomes: [Outcome; 2],
    /// The first line and the last of what the command prints with the change.
    pub changed: [String; 2],
    /// Loss before the first update.
    pub first_loss: f64,
}

/// How large the pre-activations of a layer are in one network, as counts by power of two.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// What stands in the figure.
    pub name: &'static str,
    /// One a hidden layer.
    pub layers: Vec<Histogram>,
    /// Second moment of the last hidden layer.
    pub last: f64,
}

/// Layers of the networks whose sizes are drawn.
pub const DEPTH: usize = 12;

/// All that was run.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// What was run.
    pub settings: Settings,
    /// The networks that do not train.
    pub seen: Vec<Seen>,
    /// The sizes of signals under three initializations.
    pub sizes: Vec<Sizes>,
    /// Every network at every rate.
    pub sweep: Sweep<(usize, usize), Course>,
}

/// Runs every case and every rate.
///
/// # Panics
/// If `settings` asks for no steps, seeds or networks.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Diagnosis {
    let Settings { seed, steps, seeds, every, networks: count } = *settings;
    let all = networks();
    let arm = |(network, rate): (usize, usize)| {
        let paced = &all[network];
        let plan = (paced.recipe.clone(), paced.training(lr(rate)).steps(steps));
        Arm::new((network, rate), plan, seed, seeds)
    };
    let keys = (0..count).flat_map(|network| (0..RATES).map(move |rate| (network, rate)));
    let sweep =
        sweep(keys.map(arm), progress, |(recipe, training)| course(recipe, training, every));
    let quietly = Threads(progress.threads());
    let seen = map_in_parallel(&cases(), &quietly, |case| see(case.clone()));
    let sizes = [("N(0, 0.02²)", Init::Gpt2), ("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];
    let sizes = sizes.into_iter().map(|(name, init)| {
        let network = Recipe::mlp(DEPTH).init(init).seed(seed).build();
        let probe = network.probe(&sample(seed).train.first(64));
        let hidden = &probe.layers[..DEPTH - 1];
        let last = hidden.last().map_or(f64::NAN, |layer| layer.q);
        Sizes { name, layers: hidden.iter().map(|layer| layer.sizes).collect(), last }
    });
    Diagnosis { settings: settings.clone(), seen, sizes: sizes.collect(), sweep }
}

/// As many threads, and no word.
struct Threads(usize);

impl Progress for Threads {
    fn update(&self, done: usize, total: usize) {
        Silent.update(done, total);
    }

    fn threads(&self) -> usize {
        self.0
    }
}

fn see(case: Case) -> Seen {
    let (recipe, training) = &case.plan;
    let mut said = format!("{recipe}; {training}\n\n");
    let mut seen = vec![];
    let run = one_run::watched(recipe, training, case.every, |observed| {
        said += &format!("{observed}\n");
        seen.push(observed.clone());
    });
    said += &run.verdict();
    let (recipe, training) = &case.change;
    let better = one_run::run(recipe, training, &Silent);
    let changed = [format!("{recipe}; {training}"), better.verdict()];
    let outcomes = [run.run.outcome(), better.run.outcome()];
    let first_loss = f64::from(run.run.initial_loss());
    Seen { case, said, observed: seen, outcomes, changed, first_loss }
}
