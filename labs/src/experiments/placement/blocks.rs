//! What each block adds, before and after training, and what is lost without it.

use super::{recipe, Settings, DEPTH};
use crate::experiments::{map_in_parallel, median, sample, seeds, Progress};
use minigrad::data::Split;
use minigrad::nn::Network;
use minigrad::recipe::{Placement, Training};
use minigrad::tensor::Tensor;
use minigrad::theory::Propagation;

/// Where the norm stands, in the order of the arms.
pub const PLACEMENTS: [Placement; 2] = [Placement::Pre, Placement::Post];

/// Networks of one placement.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What theory says of the start.
    pub theory: Sizes,
    /// One entry a seed.
    pub trials: Vec<Trial>,
}

/// One number a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// Second moment of the stream behind it.
    pub stream: Vec<f64>,
    /// Second moment of the gradient by its first pre-activations, relative to that by the logits.
    pub gradient: Vec<f64>,
}

/// One network.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Before training.
    pub start: Sizes,
    /// After it.
    pub end: Sizes,
    /// Loss of all training examples after training.
    pub loss: f64,
    /// The same with one block taken out, one entry a block.
    pub without: Vec<f64>,
}

/// A rate at which both placements train.
pub fn training() -> Training {
    Training::sgd(1e-2).momentum(0.9)
}

pub(super) fn run(settings: &Settings, progress: &dyn Progress) -> [Arm; 2] {
    let seeds = seeds(settings.seed, settings.seeds);
    let jobs: Vec<(Placement, u64)> =
        PLACEMENTS.iter().flat_map(|&at| seeds.iter().map(move |&seed| (at, seed))).collect();
    let mut trials =
        map_in_parallel(&jobs, progress, |&(at, seed)| trial(at, seed, settings.steps)).into_iter();
    PLACEMENTS.map(|at| {
        let layers = Propagation::of(&recipe(at)).layers;
        let of = |number: fn(&minigrad::theory::LayerTheory) -> f64| {
            layers[1..=DEPTH].iter().map(number).collect()
        };
        let theory =
            Sizes { stream: of(|layer| layer.output), gradient: of(|layer| layer.gradient) };
        Arm { theory, trials: trials.by_ref().take(seeds.len()).collect() }
    })
}

fn trial(at: Placement, seed: u64, steps: usize) -> Trial {
    let data = sample(seed);
    let few = data.train.first(200);
    let mut network = recipe(at).seed(seed).build();
    let start = sizes(&network, &few);
    network.train(&data, &training().steps(steps).seed(seed));
    let end = sizes(&network, &few);
    let loss = f64::from(network.loss(&data.train));
    // The embedding comes first, the blocks after it.
    let without = (1..=DEPTH).map(|block| {
        let taken = network.layers.remove(block);
        let loss = network.loss(&data.train);
        network.layers.insert(block, taken);
        f64::from(loss)
    });
    let without = without.collect();
    Trial { start, end, loss, without }
}

fn sizes(network: &Network, few: &Split) -> Sizes {
    let trace = network.trace(&Tensor::constant(few.inputs.clone()));
    let gradients = trace.logits().cross_entropy(&few.labels).backward();
    let square = |values: &ndarray::Array2<f32>| {
        values.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / values.len() as f64
    };
    let readout = square(gradients.of(trace.logits()));
    let blocks = &trace.layers[1..=DEPTH];
    Sizes {
        stream: blocks.iter().map(|block| square(block.output.values())).collect(),
        gradient: blocks
            .iter()
            .map(|block| square(gradients.of(&block.pre_activation)) / readout)
            .collect(),
    }
}

impl Arm {
    /// Middle over the seeds of a number of each block.
    pub fn middles(&self, of: impl Fn(&Trial) -> &[f64]) -> Vec<f64> {
        (0..DEPTH).map(|block| median(self.trials.iter().map(|trial| of(trial)[block]))).collect()
    }

    /// What taking out one of the blocks `from..to`, from 0, adds to the loss at the worst: middle over the
    /// seeds.
    pub fn added(&self, from: usize, to: usize) -> f64 {
        let worst = |trial: &Trial| {
            crate::experiments::highest(trial.without[from..to].iter().copied()) - trial.loss
        };
        median(self.trials.iter().map(worst))
    }
}
