//! Behind a norm: weights that only lengthen, and weight decay that shortens them.

use ndarray::Array2;

use super::Settings;
use crate::experiments::{map_in_parallel, median, seeds, Progress};
use minigrad::data::{Data, SignOfSum};
use minigrad::nn::{Linear, Network};
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Norm, Recipe, Training};
use minigrad::tensor::Tensor;
use minigrad::train::Trainer;

/// The hidden weights at the start, relative to those that were drawn.
pub const SCALES: [f64; 3] = [0.1, 0.3, 1.0];
/// Weight decays.
pub const DECAYS: [f64; 2] = [0.0, 0.03];
/// Learning rate.
pub const LR: f64 = 0.1;
/// Steps over which turns are averaged.
pub const WINDOW: usize = 50;
/// The hidden layer that is watched, from 0.
const LAYER: usize = 1;
/// Training examples, and of how many of a hundred the label is wrong: a loss that never comes to 0.
const EXAMPLES: usize = 10_000;
const WRONG: usize = 20;

/// Networks of one start and one decay.
#[derive(Clone, Debug)]
pub struct Arm {
    /// One of [`SCALES`].
    pub scale: f64,
    /// One of [`DECAYS`].
    pub decay: f64,
    /// One entry a seed.
    pub courses: Vec<Course>,
}

/// The watched layer over one training: weights and biases as one vector.
#[derive(Clone, Debug)]
pub struct Course {
    /// Squared length before each update and after the last, relative to that of the weights as drawn.
    pub squares: Vec<f64>,
    /// The same by Pythagoras: `(1 - lr decay)^2` of the last one, plus the square of the step.
    pub by_steps: Vec<f64>,
    /// By what angle each update turned the vector, root mean square over [`WINDOW`] updates.
    pub turns: Vec<f64>,
    /// The batch losses.
    pub losses: Vec<f32>,
}

/// The network: RMSNorm before each ReLU.
pub fn recipe() -> Recipe {
    Recipe::mlp(4).width(128).norm(Norm::Rms)
}

/// Gradient descent without momentum, so that a step is the gradient.
pub fn training(decay: f64) -> Training {
    Training::sgd(LR).weight_decay(decay)
}

/// The angle by which each step turns weights in balance: `cos = 1 - lr decay`.
pub fn balanced_turn(decay: f64) -> f64 {
    libm::acos(1.0 - LR * decay)
}

pub(super) fn run(settings: &Settings, progress: &dyn Progress) -> Vec<Arm> {
    let seeds = seeds(settings.seed, settings.seeds);
    let kinds: Vec<(f64, f64)> =
        DECAYS.iter().flat_map(|&decay| SCALES.map(|scale| (scale, decay))).collect();
    let jobs: Vec<(f64, f64, u64)> = kinds
        .iter()
        .flat_map(|&(scale, decay)| seeds.iter().map(move |&seed| (scale, decay, seed)))
        .collect();
    let mut courses = map_in_parallel(&jobs, progress, |&(scale, decay, seed)| {
        course(scale, &training(decay).steps(settings.steps).seed(seed))
    })
    .into_iter();
    let arm = |(scale, decay)| Arm {
        scale,
        decay,
        courses: courses.by_ref().take(seeds.len()).collect(),
    };
    kinds.into_iter().map(arm).collect()
}

/// Sign-of-sum data of which some labels are wrong.
fn data(seed: u64) -> Data {
    let mut data = SignOfSum::sample(EXAMPLES, 0, seed);
    let mut random = Random::new(seed, Stream::Batches);
    for label in &mut data.train.labels {
        if random.below(100) < WRONG {
            *label = 1 - *label;
        }
    }
    data
}

fn course(scale: f64, training: &Training) -> Course {
    let data = data(training.seed);
    let mut network: Network = recipe().seed(training.seed).build();
    let drawn = square(&vector(network.linears()[LAYER]));
    let hidden = recipe().depth - 1;
    for linear in network.linears_mut().into_iter().take(hidden) {
        linear.weight = Tensor::parameter(linear.weight.values() * scale as f32);
    }
    let kept = 1.0 - training.lr * training.weight_decay;
    let mut before = vector(network.linears()[LAYER]);
    let mut squares = vec![square(&before) / drawn];
    let mut by_steps = squares.clone();
    let mut turns = vec![];
    let mut trainer = Trainer::new(&mut network, &data.train, training);
    while trainer.step().is_some() {
        let now = vector(trainer.network().linears()[LAYER]);
        let step = square(&(&now - &(&before * kept)));
        let cosine = (&now * &before).sum() / libm::sqrt(square(&now) * square(&before));
        turns.push(libm::acos(cosine.min(1.0)));
        by_steps.push(kept * kept * by_steps[by_steps.len() - 1] + step / drawn);
        squares.push(square(&now) / drawn);
        before = now;
    }
    let run = trainer.run();
    let mean =
        |turns: &[f64]| libm::sqrt(turns.iter().map(|t| t * t).sum::<f64>() / turns.len() as f64);
    let turns = turns.chunks(WINDOW).map(mean).collect();
    Course { squares, by_steps, turns, losses: run.losses }
}

/// Weights and biases of a layer in one row.
fn vector(linear: &Linear) -> Array2<f64> {
    let entries = linear.weight.values().iter().chain(linear.bias.values());
    let entries: Vec<f64> = entries.map(|&entry| f64::from(entry)).collect();
    Array2::from_shape_vec((1, entries.len()), entries).expect("one row")
}

fn square(vector: &Array2<f64>) -> f64 {
    vector.iter().map(|x| x * x).sum()
}

impl Course {
    /// Squared length after the last update.
    pub fn end(&self) -> f64 {
        self.squares[self.squares.len() - 1]
    }

    /// The turn of a step over the last quarter of the run.
    pub fn last_turn(&self) -> f64 {
        let last = &self.turns[3 * self.turns.len() / 4..];
        libm::sqrt(last.iter().map(|turn| turn * turn).sum::<f64>() / last.len() as f64)
    }

    /// The largest relative error of the lengths by Pythagoras.
    pub fn worst_sum(&self) -> f64 {
        let errors = self.squares.iter().zip(&self.by_steps).map(|(a, b)| (a / b - 1.0).abs());
        crate::experiments::highest(errors)
    }

    /// The largest share of its squared length that one update took away.
    pub fn worst_fall(&self) -> f64 {
        let falls = self.squares.windows(2).map(|pair| 1.0 - pair[1] / pair[0]);
        crate::experiments::highest(falls)
    }
}

impl Arm {
    /// The middle over the seeds of a number of each course.
    pub fn middle(&self, number: impl Fn(&Course) -> f64) -> f64 {
        median(self.courses.iter().map(number))
    }
}
