//! Lab 00: what does depth do to the variance of a signal?

use std::collections::BTreeMap;

use super::{cells, highest, mean, number, sweep};
use super::{Arm, Claim, Progress, Report, Spread, Sweep, Swept, Table};
use crate::probe::walk;
use crate::recipe::{Activation, Init, Recipe};
use crate::theory::finite_width::walk_variance;
use crate::theory::Propagation;

/// Linear layers of the walk.
pub const DEPTH: usize = 20;
/// Units of every layer, and entries of an input.
pub const WIDTH: usize = 256;
/// Inputs of a walk.
pub const BATCH: usize = 64;
/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: walk `s` draws weights and inputs from seed `seed + s`.
    pub seed: u64,
    /// Walks of each kind.
    pub seeds: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, seeds: 16 }
    }
}

impl Settings {
    /// The book's: they take seconds.
    pub fn small() -> Settings {
        Settings::default()
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("depth", DEPTH.to_string()),
            ("width", WIDTH.to_string()),
            ("batch", BATCH.to_string()),
            ("seeds", format!("{} from {}", self.seeds, self.seed)),
        ])
    }
}

/// The three initializations of the linear walk. Kaiming is written as `sigma(sqrt 2)`: it is made
/// for ReLU, and its exact gain for the identity would be that of Xavier.
pub fn linear_inits() -> [(&'static str, Init); 3] {
    let root2 = std::f64::consts::SQRT_2;
    [("uniform", Init::Uniform(0.5)), ("Xavier", Init::Xavier), ("Kaiming", Init::Sigma(root2))]
}

/// One kind of network: measured second moments of the pre-activations, one list a seed, one entry
/// a layer. Its key is what figures and tables call it.
pub type Walk = Swept<&'static str, Vec<f64>, Recipe>;

/// All walks of the lab.
#[derive(Clone, Debug)]
pub struct Walks {
    /// What was run.
    pub settings: Settings,
    /// Without activation, one entry of [`linear_inits`] each; then with an activation each, and
    /// Kaiming weights of its exact gain.
    pub sweep: Sweep<&'static str, Vec<f64>, Recipe>,
}

/// The activations of the other walks.
pub const ACTIVATIONS: [Activation; 4] =
    [Activation::Relu, Activation::Tanh, Activation::Gelu, Activation::Silu];

/// What is compared.
pub fn arms(settings: &Settings) -> Vec<Arm<&'static str, Recipe>> {
    let base = || Recipe::mlp(DEPTH).width(WIDTH).inputs(WIDTH).classes(WIDTH);
    let arm = |name, recipe| Arm::new(name, recipe, settings.seed, settings.seeds);
    let linear = linear_inits()
        .map(|(name, init)| arm(name, base().activation(Activation::Identity).init(init)));
    let activated = ACTIVATIONS.map(|phi| arm(phi.name(), base().activation(phi)));
    linear.into_iter().chain(activated).collect()
}

/// Walks through all networks.
///
/// # Panics
/// If `settings` asks for no seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Walks {
    assert!(settings.seeds > 0, "variance walk: no seeds");
    let sweep = sweep(arms(settings), progress, |recipe| walk(recipe, BATCH));
    Walks { settings: settings.clone(), sweep }
}

impl Walk {
    /// Predicted second moment of each layer's pre-activation.
    pub fn predicted(&self) -> Vec<f64> {
        Propagation::of(&self.plan).layers.iter().map(|layer| layer.q).collect()
    }

    /// Mean over the seeds, layer by layer.
    pub fn mean(&self) -> Vec<f64> {
        (0..DEPTH).map(|l| mean(self.trials.iter().map(|m| m[l]))).collect()
    }

    /// Smallest and largest over the seeds, layer by layer.
    pub fn range(&self) -> Vec<(f64, f64)> {
        let spread = self.at_each_step(|moments| moments);
        spread.into_iter().map(|(_, Spread { low, high, .. })| (low, high)).collect()
    }

    /// Standard deviation over the seeds after the last layer (`ddof` 1), relative to the
    /// prediction.
    pub fn spread(&self) -> f64 {
        let last = DEPTH - 1;
        let mean = self.mean()[last];
        let square = |m: &Vec<f64>| (m[last] - mean) * (m[last] - mean);
        let total = self.trials.iter().map(square).sum::<f64>();
        libm::sqrt(total / (self.trials.len() - 1) as f64) / self.predicted()[last]
    }

    /// The largest distance of the mean from the prediction over all layers, in standard errors of
    /// that mean as [`walk_variance`] gives them: for linear walks.
    pub fn worst_deviation(&self) -> f64 {
        let seeds = self.trials.len() as f64;
        let deviation = |(l, (mean, predicted)): (usize, (f64, f64))| {
            let error = (walk_variance(WIDTH, BATCH, l + 1) / seeds).sqrt();
            ((mean / predicted - 1.0) / error).abs()
        };
        let layers = self.mean().into_iter().zip(self.predicted()).enumerate();
        highest(layers.map(deviation))
    }
}

impl Walks {
    /// Those without activation.
    pub fn linear(&self) -> impl Iterator<Item = &Walk> {
        self.sweep.arms.iter().filter(|walk| walk.plan.activation == Activation::Identity)
    }

    /// Those with one.
    pub fn activated(&self) -> impl Iterator<Item = &Walk> {
        self.sweep.arms.iter().filter(|walk| walk.plan.activation != Activation::Identity)
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report =
            Report::new("variance-walk", "What does depth do to the variance of a signal?");
        report.settings = self.settings.shown();
        let last = DEPTH - 1;
        let [first_error, last_error] = [1, DEPTH].map(|l| walk_variance(WIDTH, BATCH, l));
        report.value("error_1", number(100.0 * first_error.sqrt()));
        report.value("error_20", number(100.0 * last_error.sqrt()));
        let mean_error = (last_error / self.settings.seeds as f64).sqrt();
        report.value("mean_error_20", number(100.0 * mean_error));
        for walk in &self.sweep.arms {
            let name = walk.key.to_lowercase();
            let (predicted, mean) = (walk.predicted(), walk.mean());
            let (low, high): (Vec<f64>, Vec<f64>) = walk.range().into_iter().unzip();
            report.numbers(
                &name,
                [
                    ("predicted", predicted[last]),
                    ("measured", mean[last]),
                    ("first", predicted[0]),
                    ("factor", predicted[last] / predicted[last - 1]),
                    ("low", low[last]),
                    ("high", high[last]),
                ],
            );
            report.value(format!("{name}_spread"), format!("{:.0}", 100.0 * walk.spread()));
            report.series(format!("{name} predicted"), predicted);
            report.series(format!("{name} mean"), mean);
            report.series(format!("{name} low"), low);
            report.series(format!("{name} high"), high);
        }
        for walk in self.linear() {
            let name = format!("{}_deviation", walk.key.to_lowercase());
            report.value(name, format!("{:.1}", walk.worst_deviation()));
        }
        let some = [1, 2, 5, 10, 15, 20];
        report.tables.insert("linear", table(self.linear().collect(), some));
        report.tables.insert("activated", table(self.activated().collect(), some));
        report.tables.insert("walk", table(self.linear().collect(), 1..=DEPTH));
        report.claims = self.claims();
        report
    }

    fn claims(&self) -> Vec<Claim> {
        let end = |name| self.sweep.of(&name).mean()[DEPTH - 1];
        let within = self.linear().all(|walk| walk.worst_deviation() < 4.0);
        vec![
            Claim::new(
                "In a linear walk the measured variance follows Var(z) = n sigma^2 Var(x): at every \
                 layer the mean over the seeds lies within 4 standard errors of it.",
                within,
            ),
            Claim::new(
                format!(
                    "After {DEPTH} linear layers the variance is above 1e26 from uniform weights in \
                     [-0.5, 0.5], about 1 from Xavier, about 1e6 from Kaiming."
                ),
                end("uniform") > 1e26
                    && (0.5..2.0).contains(&end("Xavier"))
                    && (5e5..2e6).contains(&end("Kaiming")),
            ),
            Claim::new(
                "With ReLU, Kaiming holds the second moment where the first layer put it: at 2.",
                (1.4..2.8).contains(&end("relu")),
            ),
            Claim::new(
                "tanh corrects itself: from 2.5 at the first layer its second moment falls to 1.",
                (0.9..1.1).contains(&end("tanh")),
            ),
            Claim::new(
                "GELU and SiLU do not: with their exact gain the second moment leaves 1 and grows \
                 by more than a tenth a layer.",
                ["gelu", "silu"].into_iter().all(|phi| end(phi) > libm::pow(1.1, 19.0)),
            ),
        ]
    }
}

/// Measured mean and prediction of each walk, at the given layers.
fn table(walks: Vec<&Walk>, layers: impl IntoIterator<Item = usize>) -> Table {
    let header = walks.iter().flat_map(|walk| [walk.key, "predicted"]);
    let mut table = Table::new(["layer"].into_iter().chain(header));
    for layer in layers {
        let cells = walks
            .iter()
            .flat_map(|walk| cells![walk.mean()[layer - 1], walk.predicted()[layer - 1]]);
        table.row(cells![layer].into_iter().chain(cells));
    }
    table
}
