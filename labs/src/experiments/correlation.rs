//! What brings two inputs together before training: activation, norm, residual connection.

mod tables;

use std::collections::BTreeMap;

use super::{residual_depth, sweep, Arm, Progress, Sweep, Swept};
use minigrad::data::SignOfSum;
use minigrad::nn::Network;
use minigrad::probe::mean_cosine;
use minigrad::recipe::{Body, Norm, Recipe};
use minigrad::tensor::Tensor;
use minigrad::theory::Propagation;

/// What is drawn: settings of the book by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base seed: draw `s` has weights and inputs from seed `seed + s`.
    pub seed: u64,
    /// Draws of each of the four stacks of ReLU.
    pub draws: u64,
    /// Draws of lab 03's fifty blocks.
    pub block_draws: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 0, draws: 200, block_draws: 50 }
    }
}

impl Settings {
    /// Few draws, which a test can afford.
    pub fn small() -> Settings {
        Settings { draws: 20, block_draws: 2, ..Settings::default() }
    }

    /// What was drawn, by name, as the report has it.
    pub fn shown(&self) -> BTreeMap<&'static str, String> {
        let Settings { seed, draws, block_draws } = self;
        BTreeMap::from([
            ("stack", stack(Norm::None, false).to_string()),
            ("blocks", blocks(false).to_string()),
            ("inputs", INPUTS.to_string()),
            ("draws", format!("{draws} and {block_draws} from seed {seed}")),
        ])
    }
}

/// Inputs whose cosines are averaged.
pub const INPUTS: usize = 64;

/// What tells one kind of network from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    /// A stack of ReLU, with this norm, with a residual connection around each ReLU or without.
    Stack(Norm, bool),
    /// Lab 03's fifty blocks, with residual connections or without.
    Blocks(bool),
}

impl Key {
    /// What figures and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Key::Stack(Norm::None, false) => "no norm",
            Key::Stack(_, false) => "RMSNorm",
            Key::Stack(Norm::None, true) => "no norm, + x",
            Key::Stack(_, true) => "RMSNorm, + x",
            Key::Blocks(false) => "blocks",
            Key::Blocks(true) => "blocks, + x",
        }
    }

    /// The network.
    pub fn recipe(self) -> Recipe {
        match self {
            Key::Stack(norm, residual) => stack(norm, residual),
            Key::Blocks(residual) => blocks(residual),
        }
    }
}

/// The four stacks: with a norm, with a residual connection.
pub const STACKS: [Key; 4] = [
    Key::Stack(Norm::None, false),
    Key::Stack(Norm::Rms, false),
    Key::Stack(Norm::None, true),
    Key::Stack(Norm::Rms, true),
];

/// The blocks, without residual connections and with them.
pub const BLOCKS: [Key; 2] = [Key::Blocks(false), Key::Blocks(true)];

/// Many draws of one network: of each, the mean cosine between the pre-activations of two different
/// inputs, at each hidden layer or block.
pub type Drawn = Swept<Key, Vec<f64>, Recipe>;

/// All that was drawn.
#[derive(Clone, Debug)]
pub struct Correlations {
    /// What was drawn.
    pub settings: Settings,
    /// [`STACKS`], then [`BLOCKS`].
    pub sweep: Sweep<Key, Vec<f64>, Recipe>,
}

/// Lab 02's deep network: 32 linear layers of width 64, ReLU, Kaiming.
pub fn stack(norm: Norm, residual: bool) -> Recipe {
    let plain = Recipe::mlp(32).width(64).norm(norm);
    if residual {
        plain.residual()
    } else {
        plain
    }
}

/// Lab 03's fifty blocks.
pub fn blocks(residual: bool) -> Recipe {
    residual_depth::recipe(residual_depth::DEPTH, residual_depth::WIDTH, residual)
}

/// What is compared. The blocks are one arm: one draw of the weights serves both kinds, as what
/// differs is the sum.
pub fn arms(settings: &Settings) -> Vec<Arm<Key, Recipe>> {
    let Settings { seed, draws, block_draws } = *settings;
    let arm = |key: Key, count| Arm::new(key, key.recipe(), seed, count);
    let stacks = STACKS.map(|key| arm(key, draws));
    stacks.into_iter().chain([arm(Key::Blocks(false), block_draws)]).collect()
}

/// Draws all networks.
///
/// # Panics
/// If `settings` asks for no draws.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Correlations {
    let drawn = sweep(arms(settings), progress, |recipe| {
        let x = Tensor::constant(SignOfSum::sample(INPUTS, 0, recipe.seed).train.inputs);
        let network = recipe.build();
        let added = (recipe.body == Body::Block).then(|| cosines(&network, &x, true));
        (cosines(&network, &x, false), added)
    });
    let mut arms = vec![];
    for Swept { key, plan, trials } in drawn.arms {
        let (plain, added): (Vec<_>, Vec<_>) = trials.into_iter().unzip();
        arms.push(Swept { key, plan, trials: plain });
        if let (Key::Blocks(_), trials) = (key, added.into_iter().flatten().collect()) {
            arms.push(Swept { key: Key::Blocks(true), plan: blocks(true), trials });
        }
    }
    Correlations { settings: settings.clone(), sweep: Sweep { arms } }
}

/// Mean cosine of the pre-activations of each hidden layer or block; `add` adds to each block, drawn
/// without a residual connection, its input.
fn cosines(network: &Network, x: &Tensor, add: bool) -> Vec<f64> {
    let mut h = x.clone();
    let mut cosines = vec![];
    for layer in &network.layers {
        let (Some((_, z)), out) = layer.forward(&h) else { break }; // the readout
        cosines.push(mean_cosine(&z.values().mapv(f64::from)));
        h = if add { &h + &out } else { out };
    }
    cosines
}

/// Correlation of two orthogonal inputs at the pre-activations of each hidden layer or block of a
/// recipe, at infinite width.
///
/// ```
/// use minigrad_labs::experiments::{correlation::predicted, residual_depth::recipe};
/// let (without, with) = (predicted(&recipe(50, 256, false)), predicted(&recipe(50, 256, true)));
/// assert_eq!((without[0], with[0]), (0.0, 0.0));
/// assert!(without[49] > 0.8 && with[49] < 0.6 && with.len() == 50);
/// ```
pub fn predicted(recipe: &Recipe) -> Vec<f64> {
    let layers = Propagation::of(recipe).layers;
    // What leaves one layer is what the next one sees; the readout is none of them.
    let seen = layers.iter().map(|layer| layer.correlation);
    std::iter::once(0.0).chain(seen).take(layers.len() - 1).collect()
}

impl Drawn {
    /// What theory says of the pre-activations of each hidden layer or block.
    pub fn predicted(&self) -> Vec<f64> {
        predicted(&self.plan)
    }

    /// The cosines of all draws at hidden layer or block `index`, from 0, in ascending order.
    pub fn sorted(&self, index: usize) -> Vec<f64> {
        let mut all: Vec<f64> = self.trials.iter().map(|draw| draw[index]).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    /// The cosines of all draws at the last hidden layer or block, in ascending order.
    pub fn last(&self) -> Vec<f64> {
        self.sorted(self.trials[0].len() - 1)
    }
}
