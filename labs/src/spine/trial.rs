//! One network's training, watched.

use minigrad::data::{Data, SignOfSum};
use minigrad::nn::Network;
use minigrad::probe::Probe;
use minigrad::recipe::{Recipe, Training};
use minigrad::theory::Propagation;
use minigrad::train::{Run, Trainer};

/// What is taken down beside the losses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watch {
    /// Numbers of updates after which the first 64 inputs are sent through.
    pub probes: Vec<usize>,
    /// Whether the norm of the gradient by the first layer's weights is, at every step.
    pub gradients: bool,
}

/// What came of one network's training.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The losses.
    pub run: Run,
    /// Norm of the gradient by the first layer's weights, one a step, where it was watched.
    pub gradients: Vec<f64>,
    /// `(updates done, first 64 inputs sent through)`; those after the run's end are missing.
    pub probes: Vec<(usize, Probe)>,
    /// Validation accuracy after training; a guess gets 0.5.
    pub accuracy: f64,
}

impl AsRef<Run> for Trial {
    fn as_ref(&self) -> &Run {
        &self.run
    }
}

/// The data of every experiment: 1000 examples to train on, 200 to validate.
pub fn sample(seed: u64) -> Data {
    SignOfSum::sample(1000, 200, seed)
}

impl Trial {
    /// Builds the network of a recipe and trains it on the data of its seed.
    ///
    /// # Panics
    /// If recipe or training is refused.
    pub fn of(recipe: &Recipe, training: &Training) -> Trial {
        let nothing = Watch::default();
        Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &nothing)
    }

    /// Trains a network and watches it.
    ///
    /// # Panics
    /// As [`Trainer::new`].
    pub fn watched(
        network: &mut Network,
        data: &Data,
        training: &Training,
        watch: &Watch,
    ) -> Trial {
        let first = data.train.first(64);
        let mut trainer = Trainer::new(network, &data.train, training);
        if watch.gradients {
            trainer = trainer.watching(0);
        }
        let (mut gradients, mut probes) = (vec![], vec![]);
        for done in 0..=training.steps {
            if watch.probes.contains(&done) {
                probes.push((done, trainer.network().probe(&first)));
            }
            let Some(step) = trainer.step() else { break };
            gradients.extend(step.gradient_norm);
        }
        let run = trainer.run();
        Trial { run, gradients, probes, accuracy: network.accuracy(&data.validation) }
    }

    /// Mean cosine between different inputs at the pre-activations of layer or block `number`, from
    /// 1, after `done` updates; NaN where no such probe was made.
    pub fn correlation(&self, done: usize, number: usize) -> f64 {
        let probe = self.probes.iter().find(|(at, _)| *at == done);
        probe.map_or(f64::NAN, |(_, probe)| probe.layers[number - 1].correlation)
    }
}

/// What theory says of [`Trial::correlation`] at the start, at each hidden layer or block of a recipe:
/// the correlation of two orthogonal inputs at infinite width.
///
/// ```
/// use minigrad_labs::{residual_depth::recipe, spine::predicted_correlations};
/// let [without, with] = [false, true].map(|residual| predicted_correlations(&recipe(50, 256, residual)));
/// assert_eq!((without[0], with[0]), (0.0, 0.0));
/// assert!(without[49] > 0.8 && with[49] < 0.6 && with.len() == 50);
/// ```
pub fn predicted_correlations(recipe: &Recipe) -> Vec<f64> {
    let layers = Propagation::of(recipe).layers;
    // What leaves one layer is what the next one sees; the readout is none of them.
    let seen = layers.iter().map(|layer| layer.correlation);
    std::iter::once(0.0).chain(seen).take(layers.len() - 1).collect()
}

/// Mean loss of the steps from `start` to before `end`; NaN where the run has not all of them.
pub fn mean_loss(run: &Run, start: usize, end: usize) -> f64 {
    let losses = run.losses.get(start..end).unwrap_or_default();
    losses.iter().map(|&loss| f64::from(loss)).sum::<f64>() / losses.len() as f64
}
