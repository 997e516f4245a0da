//! What brings two inputs together before training: activation, norm, residual connection.

mod tables;

pub use tables::NAMES;

use std::collections::BTreeMap;

use super::{map_in_parallel, residual_depth, Progress};
use crate::data::SignOfSum;
use crate::nn::Network;
use crate::probe::mean_cosine;
use crate::recipe::{Norm, Recipe};
use crate::tensor::Tensor;
use crate::theory::Propagation;

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

/// The four stacks: with a norm, with a residual connection.
pub const STACKS: [(Norm, bool); 4] =
    [(Norm::None, false), (Norm::Rms, false), (Norm::None, true), (Norm::Rms, true)];

/// Layer by layer, over many draws.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The network, seed apart.
    pub recipe: Recipe,
    /// One list a draw: mean cosine between the pre-activations of two different inputs, of each
    /// hidden layer or block.
    pub draws: Vec<Vec<f64>>,
}

/// All that was drawn.
#[derive(Clone, Debug)]
pub struct Correlations {
    /// What was drawn.
    pub settings: Settings,
    /// In the order of [`STACKS`].
    pub stacks: Vec<Drawn>,
    /// Lab 03's fifty blocks, without and with residual connections.
    pub blocks: [Drawn; 2],
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

/// Draws all networks.
///
/// # Panics
/// If `settings` asks for no draws.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Correlations {
    let recipes = STACKS.map(|(norm, residual)| stack(norm, residual));
    let blocks = [false, true].map(blocks);
    let jobs: Vec<(u64, bool)> = (0..settings.block_draws)
        .map(|draw| (draw, true))
        .chain((0..settings.draws).map(|draw| (draw, false)))
        .collect();
    let drawn = map_in_parallel(&jobs, progress, |&(draw, of_blocks)| {
        let seed = settings.seed.wrapping_add(draw);
        let inputs = SignOfSum::sample(INPUTS, 0, seed).train.inputs;
        let x = Tensor::constant(inputs);
        if of_blocks {
            // One draw of the weights serves both kinds: what differs is the sum.
            let network = blocks[0].clone().seed(seed).build();
            vec![cosines(&network, &x, false), cosines(&network, &x, true)]
        } else {
            let of = |recipe: &Recipe| cosines(&recipe.clone().seed(seed).build(), &x, false);
            recipes.iter().map(of).collect()
        }
    });
    let gather = |recipe: &Recipe, of_blocks: bool, kind: usize| Drawn {
        recipe: recipe.clone(),
        draws: drawn
            .iter()
            .zip(&jobs)
            .filter(|(_, job)| job.1 == of_blocks)
            .map(|(kinds, _)| kinds[kind].clone())
            .collect(),
    };
    Correlations {
        settings: settings.clone(),
        stacks: recipes.iter().enumerate().map(|(kind, r)| gather(r, false, kind)).collect(),
        blocks: [0, 1].map(|kind| gather(&blocks[kind], true, kind)),
    }
}

/// How many draws [`run`] makes.
pub fn parts(settings: &Settings) -> usize {
    (settings.draws + settings.block_draws) as usize
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
/// use minigrad::experiments::{correlation::predicted, residual_depth::recipe};
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
        predicted(&self.recipe)
    }

    /// The cosines of all draws at hidden layer or block `index`, from 0, in ascending order.
    pub fn sorted(&self, index: usize) -> Vec<f64> {
        let mut all: Vec<f64> = self.draws.iter().map(|draw| draw[index]).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    /// The cosines of all draws at the last hidden layer or block, in ascending order.
    pub fn last(&self) -> Vec<f64> {
        self.sorted(self.draws[0].len() - 1)
    }
}
