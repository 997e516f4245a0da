//! Lab 02's deep network, which trains at a rate at which RMSNorm lets it collapse: is it a catapult?

use super::Settings;
use crate::experiments::{map_in_parallel, norm_ablation, sample, seeds, Progress};
use minigrad::data::Split;
use minigrad::nn::Network;
use minigrad::optim::Sgd;
use minigrad::probe::{norm, sharpness, Loss};
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Norm, Outcome, Recipe, Training};
use minigrad::tensor::Tensor;

/// The rate at which lab 02's two networks part.
pub const LR: f64 = 1.8e-2;
const MOMENTUM: f64 = 0.9;
/// Updates after which the sharpness is measured.
pub const MEASURED: [usize; 9] = [0, 1, 2, 3, 5, 8, 12, 20, 30];
/// Examples that it is measured on.
const EXAMPLES: usize = 100;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// What figures and tables call it.
    pub name: &'static str,
    /// The norm before each ReLU.
    pub norm: Norm,
    /// Whether every weight matrix is given its first length again after each update.
    pub held: bool,
}

/// The three: the second is the first that cannot shorten its weights.
pub const ARMS: [Kind; 3] = [
    Kind { name: "no norm", norm: Norm::None, held: false },
    Kind { name: "no norm, lengths held", norm: Norm::None, held: true },
    Kind { name: "RMSNorm", norm: Norm::Rms, held: false },
];

/// One kind of network, over the seeds.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What it is.
    pub kind: Kind,
    /// One entry a seed.
    pub courses: Vec<Course>,
}

/// One training.
#[derive(Clone, Debug)]
pub struct Course {
    /// The batch losses.
    pub losses: Vec<f32>,
    /// At each of [`MEASURED`]: sharpness relative to the edge of stability `2 (1 + momentum)/lr`,
    /// squared length of all weights relative to the start.
    pub sharpness: Vec<(f64, f64)>,
}

/// Lab 02's deep network.
pub fn recipe(norm: Norm) -> Recipe {
    norm_ablation::deep_recipe(norm)
}

/// Its training.
pub fn training() -> Training {
    Training::sgd(LR).momentum(MOMENTUM)
}

pub(super) fn run(settings: &Settings, progress: &dyn Progress) -> Vec<Arm> {
    let seeds = seeds(settings.seed, settings.deep_seeds);
    let jobs: Vec<(Kind, u64)> =
        ARMS.iter().flat_map(|&kind| seeds.iter().map(move |&seed| (kind, seed))).collect();
    let mut courses =
        map_in_parallel(&jobs, progress, |&(kind, seed)| course(kind, seed, settings.deep_steps))
            .into_iter();
    let arm = |kind| Arm { kind, courses: courses.by_ref().take(seeds.len()).collect() };
    ARMS.into_iter().map(arm).collect()
}

fn course(kind: Kind, seed: u64, steps: usize) -> Course {
    let recipe = recipe(kind.norm).seed(seed);
    let train = sample(seed).train;
    let mut network = recipe.build();
    let first = lengths(&network);
    let few = train.first(EXAMPLES);
    let mut random = Random::new(seed, Stream::Batches);
    let mut sgd = Sgd::new(LR, MOMENTUM);
    let mut course = Course { losses: vec![], sharpness: vec![] };
    for step in 0..steps {
        if MEASURED.contains(&step) {
            let edge = 2.0 * (1.0 + MOMENTUM) / LR;
            let square = |lengths: &[f64]| lengths.iter().map(|l| l * l).sum::<f64>();
            let longer = square(&lengths(&network)) / square(&first);
            course.sharpness.push((curvature(&recipe, &network, &few) / edge, longer));
        }
        // The batches of a training with this seed.
        let rows: Vec<usize> = (0..64).map(|_| random.below(train.labels.len())).collect();
        let batch = train.select(&rows);
        let loss = network.forward(&Tensor::constant(batch.inputs)).cross_entropy(&batch.labels);
        course.losses.push(loss.item());
        if !loss.item().is_finite() {
            break;
        }
        network.update(loss, &mut sgd);
        if kind.held {
            for (linear, first) in network.linears_mut().into_iter().zip(&first) {
                let back = first / length(&linear.weight);
                linear.weight = Tensor::parameter(linear.weight.values() * back as f32);
            }
        }
    }
    course
}

/// Sharpness of the cross-entropy, computed in f64.
fn curvature(recipe: &Recipe, network: &Network, few: &Split) -> f64 {
    let mut double: Network<f64> = recipe.build_as();
    for (double, single) in double.parameters_mut().zip(network.parameters()) {
        *double = Tensor::parameter(single.values().mapv(f64::from));
    }
    let x = Tensor::constant(few.inputs.mapv(f64::from));
    sharpness(&double, &x, Loss::CrossEntropy)
}

fn lengths(network: &Network) -> Vec<f64> {
    network.linears().into_iter().map(|linear| length(&linear.weight)).collect()
}

fn length(weight: &Tensor) -> f64 {
    norm(weight.values())
}

impl Course {
    /// What became of it.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.losses, 2)
    }

    /// Mean loss of the last tenth.
    pub fn last(&self) -> f64 {
        Outcome::final_loss(&self.losses)
    }

    /// Sharpness and squared length after so many of [`MEASURED`] updates; NaN if it did not come there.
    pub fn at(&self, updates: usize) -> (f64, f64) {
        let index = MEASURED.iter().position(|&at| at == updates);
        index.and_then(|at| self.sharpness.get(at)).copied().unwrap_or((f64::NAN, f64::NAN))
    }
}
