//! Shattered gradients: how alike the gradients at two nearby inputs are, over depth.

use super::Settings;
use crate::experiments::{map_in_parallel, mean, Progress};
use minigrad::random::{Random, Stream};
use minigrad::recipe::{gaussian, Activation, Init, Norm, Recipe};
use minigrad::tensor::Tensor;
use minigrad::theory::CorrelationMap;
use ndarray::Array2;

/// Cosine of the two inputs.
pub const COSINE: f64 = 0.9;
/// Layers, or blocks, of the networks.
pub const DEPTHS: [usize; 5] = [1, 2, 4, 8, 16];
const WIDTH: usize = 64;
/// Weights of the chaotic stack.
const CHAOTIC: f64 = 2.0;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stack {
    /// tanh with weights of deviation 2: chaos.
    Chaos,
    /// ReLU, Kaiming.
    Plain,
    /// Blocks of ReLU with RMSNorm and residual connections.
    Residual,
}

/// All, with their names.
pub const STACKS: [(Stack, &str); 3] =
    [(Stack::Chaos, "tanh in chaos"), (Stack::Plain, "ReLU"), (Stack::Residual, "residual blocks")];

/// One stack.
#[derive(Clone, Debug)]
pub struct Course {
    /// Which.
    pub stack: Stack,
    /// Cosine of the two gradients by theory, after 1, 2, ... hidden layers or blocks.
    pub theory: Vec<f64>,
    /// Mean over the draws at each of [`DEPTHS`].
    pub measured: Vec<f64>,
}

impl Stack {
    /// The network with so many hidden layers or blocks.
    pub fn recipe(self, depth: usize) -> Recipe {
        let plain = |phi| Recipe::mlp(depth + 1).activation(phi);
        let recipe = match self {
            Stack::Chaos => plain(Activation::Tanh).init(Init::Sigma(CHAOTIC)),
            Stack::Plain => plain(Activation::Relu),
            Stack::Residual => {
                Recipe::blocks(depth).activation(Activation::Relu).norm(Norm::Rms).residual()
            }
        };
        recipe.width(WIDTH).inputs(WIDTH)
    }

    /// The gradients' cosine after each layer or block: the share of a unit's slopes that two inputs have
    /// in common, multiplied over the layers; around a branch, the stream's share is common to both.
    pub fn theory(self, depth: usize) -> Vec<f64> {
        let (phi, gain2) = match self {
            Stack::Chaos => (Activation::Tanh, CHAOTIC * CHAOTIC),
            Stack::Plain | Stack::Residual => (Activation::Relu, 2.0),
        };
        let is_block = self == Stack::Residual;
        let (mut moment, mut covariance, mut cosine) = (1.0, COSINE, 1.0);
        let layer = |_| {
            let c = covariance / moment;
            let seen = if is_block { gain2 } else { gain2 * moment };
            let map = CorrelationMap::new(phi, seen);
            let common = map.slope(c) / map.slope(1.0);
            let chi = gain2 * gain2 * gaussian::slope_second_moment(phi, seen) / moment;
            // A block multiplies by its second matrix, a plain layer by the next one's.
            if is_block {
                cosine *= (1.0 + chi * common) / (1.0 + chi);
                covariance += gain2 * map.value(c);
                moment += gain2 * map.value(1.0);
            } else {
                cosine *= common;
                covariance = map.value(c);
                moment = map.value(1.0);
            }
            cosine
        };
        (0..depth).map(layer).collect()
    }
}

pub(super) fn run(settings: &Settings, progress: &dyn Progress) -> Vec<Course> {
    let jobs: Vec<(Stack, usize)> =
        STACKS.iter().flat_map(|&(stack, _)| DEPTHS.map(|depth| (stack, depth))).collect();
    let mut means = map_in_parallel(&jobs, progress, |&(stack, depth)| {
        let draw = |draw| cosine(&stack.recipe(depth).seed(settings.seed.wrapping_add(draw)));
        mean((0..settings.draws).map(draw))
    })
    .into_iter();
    let course = |(stack, _): (Stack, &str)| {
        let theory = stack.theory(DEPTHS[DEPTHS.len() - 1]);
        Course { stack, theory, measured: means.by_ref().take(DEPTHS.len()).collect() }
    };
    STACKS.into_iter().map(course).collect()
}

/// The cosine between the gradients of a logit by two inputs whose cosine is [`COSINE`].
fn cosine(recipe: &Recipe) -> f64 {
    let network = recipe.build_as::<f64>();
    let mut random = Random::new(recipe.seed, Stream::Data);
    let mut row = || (0..WIDTH).map(|_| random.normal()).collect::<Vec<f64>>();
    let (a, b) = (row(), row());
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let along = dot(&a, &b) / dot(&a, &a);
    let b: Vec<f64> = b.iter().zip(&a).map(|(b, a)| b - along * a).collect();
    // Both as long as a typical input.
    let long = |x: &[f64]| libm::sqrt(WIDTH as f64 / dot(x, x));
    let (to_a, to_b) = (long(&a), long(&b));
    let across = libm::sqrt(1.0 - COSINE * COSINE);
    let inputs = [
        a.iter().map(|a| to_a * a).collect::<Vec<f64>>(),
        a.iter().zip(&b).map(|(a, b)| COSINE * to_a * a + across * to_b * b).collect(),
    ];
    let [one, other] = inputs.map(|input| {
        let x = Array2::from_shape_vec((1, WIDTH), input).expect("one row");
        let x = Tensor::parameter(x);
        let logits = network.forward(&x);
        let first = Array2::from_shape_fn((1, 2), |(_, logit)| f64::from(logit == 0));
        logits.backward_from(&first).of(&x).iter().copied().collect::<Vec<f64>>()
    });
    dot(&one, &other) / libm::sqrt(dot(&one, &one) * dot(&other, &other))
}
