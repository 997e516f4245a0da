//! A step of training, looked at from inside.

use ndarray::Array2;
use std::fmt;

use super::{Step, Trainer};
use crate::data::Split;
use crate::nn::Network;
use crate::probe::{norm, Probe};

/// One step of a [`Trainer`], and what the network looked like before it. Its `Display` is a picture,
/// one line a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The step.
    pub step: Step,
    /// The network before the update, on the batch that was handed in.
    pub probe: Probe,
    /// How far the update moved each layer's weights, as a share of their size: `|W' - W| / |W|`, in
    /// Euclidean norms of the matrix, of a block that of its first layer. The **update-to-data ratio**,
    /// momentum and all; 0 where nothing moved, infinite where zeros did.
    pub updates: Vec<f64>,
}

impl Trainer<'_> {
    /// One update, or `None`, as [`step`](Trainer::step) has it; and what it looks like from inside.
    /// `batch` goes through the network before the update, and nothing of it enters the training, whose
    /// bits stay the same.
    ///
    /// # Panics
    /// As [`step`](Trainer::step) and [`Network::probe`].
    ///
    /// ```
    /// use minigrad::{prelude::*, train::Trainer};
    ///
    /// let data = SignOfSum::sample(1000, 200, 0);
    /// let mut network = Recipe::mlp(3).width(64).build();
    /// let training = Training::sgd(1e-2).steps(20);
    /// let mut trainer = Trainer::new(&mut network, &data.train, &training);
    /// let observed = trainer.observe(&data.train.first(64)).expect("twenty steps");
    /// println!("{observed}");
    /// assert!(observed.updates.iter().all(|&update| 1e-6 < update && update < 1e-1));
    /// ```
    #[track_caller]
    pub fn observe(&mut self, batch: &Split) -> Option<Observed> {
        let probe = self.network().probe(batch);
        let before = first_weights(self.network());
        let step = self.step()?;
        let after = first_weights(self.network());
        let updates = before.iter().zip(&after).map(|(before, after)| {
            let moved = norm(&(after - before));
            if moved == 0.0 {
                0.0
            } else {
                moved / norm(before)
            }
        });
        Some(Observed { step, probe, updates: updates.collect() })
    }
}

/// Of every layer that has some, the first weights.
fn first_weights(network: &Network) -> Vec<Array2<f32>> {
    let first = |layer: &crate::nn::Layer| Some(layer.linears().first()?.weight.values().clone());
    network.layers.iter().filter_map(first).collect()
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { index, loss, .. } = self.step;
        writeln!(f, "step {index}, loss {loss:.4}")?;
        f.write_str(&self.probe.picture(&self.updates))
    }
}
