//! Lab 07: order, chaos and the edge between them, and networks trained on both sides.

mod tables;

use std::collections::BTreeMap;

use super::{sample, sweep, Arm, Progress, Sweep, Swept};
use minigrad::recipe::{Activation, Init, Outcome, Recipe, Training};
use minigrad::theory::Phase;
use minigrad::train::Run;

/// What is run: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: network `s` draws weights, data and batches from seed `seed + s`.
    pub seed: u64,
    /// Updates of each run.
    pub steps: usize,
    /// Networks of each point.
    pub seeds: u64,
    /// Deviations of a weight, times the root of its fan_in.
    pub weights: Vec<f64>,
    /// Deviations of a bias at [`DEPTH`].
    pub biases: Vec<f64>,
    /// Depths at [`BIAS`].
    pub depths: Vec<usize>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            seed: 0,
            steps: 200,
            seeds: 2,
            weights: vec![0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.8, 2.2],
            biases: vec![0.0, 0.15, 0.3, 0.45, 0.6],
            depths: vec![4, 8, 16, 24, 32, 64],
        }
    }
}

impl Settings {
    /// Few points, which a test can afford.
    pub fn small() -> Settings {
        Settings {
            seeds: 1,
            weights: vec![0.8, 1.1, 2.2],
            biases: vec![0.0, 0.6],
            depths: vec![8, 32],
            ..Settings::default()
        }
    }

    /// What was run, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, steps, seeds, weights, biases, depths } = self;
        BTreeMap::from([
            ("network", format!("tanh, width {WIDTH}")),
            ("deviations of weights", format!("{weights:?}")),
            ("plane", format!("depth {DEPTH}, deviations of biases {biases:?}")),
            ("depths", format!("{depths:?}, deviation of biases {BIAS}")),
            ("training", training(*steps).to_string()),
            ("seeds", format!("{seeds} from {seed}")),
        ])
    }
}

/// Units of a hidden layer.
pub const WIDTH: usize = 64;
/// Linear layers of the networks whose biases differ.
pub const DEPTH: usize = 24;
/// Deviation of the biases of the networks whose depths differ.
pub const BIAS: f64 = 0.1;
/// Depth scales that a network may have layers, to train: what Schoenholz et al. 2017 found.
pub const SCALES: f64 = 6.0;

/// One kind of network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// `sqrt(fan_in Var(W))`.
    pub weight_std: f64,
    /// Deviation of a bias.
    pub bias_std: f64,
    /// Linear layers.
    pub depth: usize,
}

/// The networks of one point, of each seed its training.
pub type Trained = Swept<Point, Run>;

/// All that was run.
#[derive(Clone, Debug)]
pub struct Phases {
    /// What was run.
    pub settings: Settings,
    /// Weights and biases, at [`DEPTH`].
    pub plane: Sweep<Point, Run>,
    /// Weights and depths, at [`BIAS`].
    pub column: Sweep<Point, Run>,
}

impl Point {
    /// The network without end.
    pub fn phase(&self) -> Phase {
        let Point { weight_std, bias_std, .. } = *self;
        Phase { activation: Activation::Tanh, weight_std, bias_std }
    }

    /// Linear layers with tanh.
    ///
    /// ```
    /// use minigrad_labs::experiments::phase::Point;
    /// let point = Point { weight_std: 1.1, bias_std: 0.1, depth: 24 };
    /// assert_eq!(point.recipe().to_string(), "24 x 64 tanh, sigma(1.1), biases 0.1");
    /// ```
    pub fn recipe(&self) -> Recipe {
        let Point { weight_std, bias_std, depth } = *self;
        let bare = Recipe::mlp(depth).width(WIDTH).activation(Activation::Tanh);
        bare.init(Init::Sigma(weight_std)).bias_std(bias_std)
    }

    /// The largest depth that trains, by the scale of the correlation: `6 xi_c`.
    pub fn by_correlation(&self) -> f64 {
        SCALES * self.phase().correlation_depth().unwrap_or(f64::NAN)
    }

    /// The same by that of the gradient: `6/|ln chi_1|`.
    pub fn by_gradient(&self) -> f64 {
        SCALES * self.phase().gradient_depth().unwrap_or(f64::NAN)
    }

    /// Whether `chi_1` is above 1.
    pub fn is_chaotic(&self) -> bool {
        self.phase().chi().is_some_and(|chi| chi > 1.0)
    }
}

/// Deviations of weights and biases at which `chi_1` is `chi`: up to a second moment of 4.
pub fn contour(chi: f64) -> Vec<(f64, f64)> {
    let at = |i| Phase::at(Activation::Tanh, 1e-5 + 0.01 * f64::from(i), chi);
    (0..=400).filter_map(at).map(|phase| (phase.weight_std, phase.bias_std)).collect()
}

impl Trained {
    /// How many of the runs trained.
    pub fn trained(&self) -> usize {
        self.trials.iter().filter(|run| run.outcome() == Outcome::Trains).count()
    }

    /// How many of the runs end as a largest depth says.
    pub fn as_said(&self, deepest: f64) -> usize {
        match self.key.depth as f64 <= deepest {
            true => self.trained(),
            false => self.trials.len() - self.trained(),
        }
    }
}

/// The training of the experiment: SGD with momentum 0.9, batch 64.
pub fn training(steps: usize) -> Training {
    Training::sgd(1e-2).momentum(0.9).batch(64).steps(steps)
}

/// Trains all networks.
///
/// # Panics
/// If `settings` asks for no steps or seeds.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Phases {
    let Settings { seed, steps, seeds, weights, biases, depths } = settings;
    let train = |points: Vec<Point>| {
        let arm = |point: Point| Arm::new(point, (point.recipe(), training(*steps)), *seed, *seeds);
        sweep(points.into_iter().map(arm), progress, |(recipe, training)| {
            recipe.build().train(&sample(recipe.seed), training)
        })
    };
    let of = |point: &dyn Fn(f64) -> Vec<Point>| weights.iter().copied().flat_map(point).collect();
    let plane = of(&|weight_std| {
        let point = |&bias_std| Point { weight_std, bias_std, depth: DEPTH };
        biases.iter().map(point).collect()
    });
    let column = of(&|weight_std| {
        depths.iter().map(|&depth| Point { weight_std, bias_std: BIAS, depth }).collect()
    });
    Phases { settings: settings.clone(), plane: train(plane), column: train(column) }
}
