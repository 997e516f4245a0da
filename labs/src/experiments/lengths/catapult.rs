//! Without a norm: gradient descent beyond the edge of stability, in a network of two layers.

use ndarray::Array2;

use super::Settings;
use crate::experiments::{map_in_parallel, Progress};
use minigrad::data::SignOfSum;
use minigrad::nn::Network;
use minigrad::optim::{Optimizer, Sgd};
use minigrad::probe::{sharpness, Loss};
use minigrad::recipe::Recipe;
use minigrad::tensor::Tensor;

/// Learning rates, relative to the edge of stability `2/sharpness` at the start.
pub const RATES: [f64; 6] = [0.5, 0.9, 1.2, 1.5, 1.8, 4.0];
/// Training examples, all of them in each step.
const EXAMPLES: usize = 200;
/// Updates after which the sharpness is measured.
const MEASURED: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 8, 12, 20, 30, 59];

/// What one rate came to.
#[derive(Clone, Debug)]
pub struct Throw {
    /// One of [`RATES`].
    pub rate: f64,
    /// Mean squared error before each update; the last may not be finite.
    pub losses: Vec<f64>,
    /// Updates done, and then: sharpness relative to the edge of this rate, squared length of all
    /// weights relative to the start.
    pub course: Vec<(usize, f64, f64)>,
}

/// The network: one hidden layer of ReLU.
pub fn recipe() -> Recipe {
    Recipe::mlp(2)
}

pub(super) fn run(settings: &Settings, progress: &dyn Progress) -> Vec<Throw> {
    let recipe = recipe().seed(settings.seed);
    let data = SignOfSum::sample(EXAMPLES, 0, settings.seed).train;
    let x = Tensor::constant(data.inputs.mapv(f64::from));
    let signs = |(input, class)| if data.labels[input] == class { 1.0 } else { -1.0 };
    let targets = Tensor::constant(Array2::from_shape_fn((EXAMPLES, 2), signs));
    let start = sharpness(&recipe.build_as(), &x, Loss::Squares);
    map_in_parallel(&RATES, progress, |&rate| {
        let lr = rate * 2.0 / start;
        let mut network: Network<f64> = recipe.build_as();
        let mut sgd = Sgd::new(lr, 0.0);
        let first = square(&network);
        let (mut losses, mut course) = (vec![], vec![]);
        for step in 0..settings.shallow_steps {
            let loss = network.forward(&x).mean_squared_error(&targets);
            losses.push(loss.item());
            if !loss.item().is_finite() {
                break;
            }
            if MEASURED.contains(&step) {
                let sharpness = sharpness(&network, &x, Loss::Squares);
                course.push((step, lr * sharpness / 2.0, square(&network) / first));
            }
            let gradients = loss.backward();
            sgd.step(network.parameters_mut(), &gradients);
        }
        Throw { rate, losses, course }
    })
}

/// Squared length of all weights.
fn square(network: &Network<f64>) -> f64 {
    let square = |weight: &Tensor<f64>| weight.values().iter().map(|w| w * w).sum::<f64>();
    network.linears().into_iter().map(|linear| square(&linear.weight)).sum()
}

impl Throw {
    /// The largest loss, relative to the first.
    pub fn rise(&self) -> f64 {
        crate::experiments::highest(self.losses.iter().copied()) / self.losses[0]
    }

    /// The last loss.
    pub fn last(&self) -> f64 {
        self.losses[self.losses.len() - 1]
    }

    /// Sharpness, relative to the edge, and squared length when they were last measured.
    pub fn end(&self) -> (f64, f64) {
        self.course
            .last()
            .map_or((f64::NAN, f64::NAN), |&(_, sharpness, square)| (sharpness, square))
    }
}
