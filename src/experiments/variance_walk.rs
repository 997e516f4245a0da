//! Lab 00: what does depth do to the variance of a signal?

use ndarray::Array2;
use std::collections::BTreeMap;

use super::{highest, lowest, map_in_parallel, number, Claim, Progress, Report, Table};
use crate::random::{Random, Stream};
use crate::recipe::{Activation, Init, Recipe};
use crate::tensor::Tensor;
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

/// One kind of walk: the prediction, and the measurements of all seeds.
#[derive(Clone, Debug)]
pub struct Walk {
    /// What the figures call it.
    pub name: String,
    /// What was built.
    pub recipe: Recipe,
    /// Predicted second moment of each layer's pre-activation.
    pub predicted: Vec<f64>,
    /// Measured second moments: one vector a seed, one entry a layer.
    pub measured: Vec<Vec<f64>>,
}

/// Both walks of the lab.
#[derive(Clone, Debug)]
pub struct Walks {
    /// What was run.
    pub settings: Settings,
    /// Without activation, one entry of [`linear_inits`] each.
    pub linear: Vec<Walk>,
    /// With an activation and Kaiming weights of its exact gain.
    pub activated: Vec<Walk>,
}

/// Walks through all networks.
///
/// # Panics
/// If `settings` asks for no seeds.
///
/// # Example: one linear walk, typed
/// ```
/// use minigrad::{experiments::variance_walk, prelude::*};
///
/// let recipe = Recipe::mlp(20).activation(Identity).init(Init::Uniform(0.5)).classes(256);
/// let measured = variance_walk::walk(&recipe, 64);
/// let predicted = Propagation::of(&recipe);
/// assert!((measured[0] / predicted.layers[0].q - 1.0).abs() < 0.1);
/// assert!(measured[19] > 1e26);
/// ```
pub fn run(settings: &Settings, progress: &dyn Progress) -> Walks {
    let Settings { seed, seeds } = *settings;
    assert!(seeds > 0, "variance walk: no seeds");
    let base = Recipe::mlp(DEPTH).width(WIDTH).inputs(WIDTH).classes(WIDTH);
    let named = |name: &str, recipe: Recipe| (name.to_owned(), recipe);
    let linear = linear_inits()
        .map(|(name, init)| named(name, base.clone().activation(Activation::Identity).init(init)));
    let activated = [Activation::Relu, Activation::Tanh, Activation::Gelu, Activation::Silu]
        .map(|phi| named(phi.name(), base.clone().activation(phi).init(Init::Kaiming)));
    let kinds: Vec<(String, Recipe)> = linear.into_iter().chain(activated).collect();

    let jobs: Vec<Recipe> = kinds
        .iter()
        .flat_map(|(_, recipe)| (0..seeds).map(|s| recipe.clone().seed(seed.wrapping_add(s))))
        .collect();
    let mut measured = map_in_parallel(&jobs, progress, |recipe| walk(recipe, BATCH)).into_iter();
    let mut walks = kinds.into_iter().map(|(name, recipe)| Walk {
        predicted: Propagation::of(&recipe).layers.iter().map(|layer| layer.q).collect(),
        measured: measured.by_ref().take(seeds as usize).collect(),
        name,
        recipe,
    });
    let linear = walks.by_ref().take(3).collect();
    Walks { settings: settings.clone(), linear, activated: walks.collect() }
}

/// Sends `batch` standard normal inputs through the network of `recipe`; returns the mean of `z^2`
/// over batch and units of every layer's pre-activation `z`. The mean of `z` is 0 by symmetry and
/// is not subtracted.
///
/// # Panics
/// If [`check`](Recipe::check) refuses the recipe.
// ANCHOR: walk
pub fn walk(recipe: &Recipe, batch: usize) -> Vec<f64> {
    let mut random = Random::new(recipe.seed, Stream::Data);
    let x = Array2::from_shape_simple_fn((batch, recipe.inputs), || random.normal() as f32);
    let trace = recipe.build().trace(&Tensor::constant(x));
    let square = |z: &f32| f64::from(*z) * f64::from(*z);
    let moment = |z: &Array2<f32>| z.iter().map(square).sum::<f64>() / z.len() as f64;
    trace.layers.iter().map(|layer| moment(layer.pre_activation.values())).collect()
}
// ANCHOR_END: walk

impl Walk {
    /// Mean over the seeds, layer by layer.
    pub fn mean(&self) -> Vec<f64> {
        let mean = |l: usize| self.measured.iter().map(|m| m[l]).sum::<f64>();
        (0..self.predicted.len()).map(|l| mean(l) / self.measured.len() as f64).collect()
    }

    /// Smallest and largest over the seeds, layer by layer.
    pub fn range(&self) -> Vec<(f64, f64)> {
        let layer = |l: usize| self.measured.iter().map(move |m| m[l]);
        (0..self.predicted.len()).map(|l| (lowest(layer(l)), highest(layer(l)))).collect()
    }

    /// Standard deviation over the seeds after the last layer (`ddof` 1), relative to the
    /// prediction.
    pub fn spread(&self) -> f64 {
        let last = self.predicted.len() - 1;
        let mean = self.mean()[last];
        let square = |m: &Vec<f64>| (m[last] - mean) * (m[last] - mean);
        let total = self.measured.iter().map(square).sum::<f64>();
        libm::sqrt(total / (self.measured.len() - 1) as f64) / self.predicted[last]
    }

    /// The largest distance of the mean from the prediction over all layers, in standard errors of
    /// that mean as [`walk_variance`] gives them: for linear walks.
    pub fn worst_deviation(&self) -> f64 {
        let seeds = self.measured.len() as f64;
        let deviation = |(l, (mean, predicted)): (usize, (f64, &f64))| {
            let error = (walk_variance(WIDTH, BATCH, l + 1) / seeds).sqrt();
            ((mean / predicted - 1.0) / error).abs()
        };
        let layers = self.mean().into_iter().zip(&self.predicted).enumerate();
        highest(layers.map(deviation))
    }
}

impl Walks {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report =
            Report::new("variance-walk", "What does depth do to the variance of a signal?");
        report.settings = self.settings.shown();
        let last = DEPTH - 1;
        report.value("error_1", number(100.0 * walk_variance(WIDTH, BATCH, 1).sqrt()));
        report.value("error_20", number(100.0 * walk_variance(WIDTH, BATCH, DEPTH).sqrt()));
        let mean_error = (walk_variance(WIDTH, BATCH, DEPTH) / self.settings.seeds as f64).sqrt();
        report.value("mean_error_20", number(100.0 * mean_error));
        for walk in self.linear.iter().chain(&self.activated) {
            let name = walk.name.to_lowercase();
            report.value(format!("{name}_predicted"), number(walk.predicted[last]));
            report.value(format!("{name}_measured"), number(walk.mean()[last]));
            report.value(format!("{name}_first"), number(walk.predicted[0]));
            let growth = walk.predicted[last] / walk.predicted[last - 1];
            report.value(format!("{name}_factor"), number(growth));
            let (low, high) = walk.range()[last];
            report.value(format!("{name}_low"), number(low));
            report.value(format!("{name}_high"), number(high));
            report.value(format!("{name}_spread"), format!("{:.0}", 100.0 * walk.spread()));
            report.series(format!("{name} predicted"), walk.predicted.iter().copied());
            report.series(format!("{name} mean"), walk.mean());
            report.series(format!("{name} low"), walk.range().into_iter().map(|r| r.0));
            report.series(format!("{name} high"), walk.range().into_iter().map(|r| r.1));
        }
        for walk in &self.linear {
            let name = format!("{}_deviation", walk.name.to_lowercase());
            report.value(name, format!("{:.1}", walk.worst_deviation()));
        }
        report.tables.insert("linear", table(&self.linear, &[1, 2, 5, 10, 15, 20]));
        report.tables.insert("activated", table(&self.activated, &[1, 2, 5, 10, 15, 20]));
        report.tables.insert("walk", table(&self.linear, &(1..=DEPTH).collect::<Vec<_>>()));
        report.claims = self.claims();
        report
    }

    fn claims(&self) -> Vec<Claim> {
        let [uniform, xavier, kaiming] = [0, 1, 2].map(|k| &self.linear[k]);
        let end = |walk: &Walk| walk.mean()[DEPTH - 1];
        let activated = |phi: &str| self.activated.iter().find(|w| w.name == phi);
        let measured_end = |phi| activated(phi).map_or(f64::NAN, end);
        let within = self.linear.iter().all(|walk| walk.worst_deviation() < 4.0);
        vec![
            Claim::new(
                "In a linear walk the measured variance follows Var(y) = n sigma^2 Var(x): at every \
                 layer the mean over the seeds lies within 4 standard errors of it.",
                within,
            ),
            Claim::new(
                "After 20 linear layers the variance is above 1e26 from uniform weights in \
                 [-0.5, 0.5], about 1 from Xavier, about 1e6 from Kaiming.",
                end(uniform) > 1e26
                    && (0.5..2.0).contains(&end(xavier))
                    && (5e5..2e6).contains(&end(kaiming)),
            ),
            Claim::new(
                "With ReLU, Kaiming holds the second moment where the first layer put it: at 2.",
                (1.4..2.8).contains(&measured_end("relu")),
            ),
            Claim::new(
                "tanh corrects itself: from 2.5 at the first layer its second moment falls to 1.",
                (0.9..1.1).contains(&measured_end("tanh")),
            ),
            Claim::new(
                "GELU and SiLU do not: with their exact gain the second moment leaves 1 and grows \
                 by more than a tenth a layer.",
                ["gelu", "silu"].into_iter().all(|phi| measured_end(phi) > libm::pow(1.1, 19.0)),
            ),
        ]
    }
}

/// Measured mean and prediction of each walk, at the given layers.
fn table(walks: &[Walk], layers: &[usize]) -> Table {
    let header = walks.iter().flat_map(|w| [w.name.clone(), String::from("predicted")]);
    let mut table = Table::new(["layer".to_owned()].into_iter().chain(header));
    for &layer in layers {
        let cells = walks
            .iter()
            .flat_map(|walk| [number(walk.mean()[layer - 1]), number(walk.predicted[layer - 1])]);
        table.row([layer.to_string()].into_iter().chain(cells));
    }
    table
}
