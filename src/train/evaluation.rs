//! A network against examples: loss and accuracy.

use ndarray::{s, Array2, ArrayView1};

use crate::data::Split;
use crate::nn::Network;
use crate::tensor::Tensor;

/// Examples sent through at once: the graph of a thousand, which nothing goes back through, would
/// take ten times the memory of a training step.
const CHUNK: usize = 64;

impl Network {
    /// Mean cross-entropy of all examples, in nats.
    ///
    /// # Panics
    /// If there are none, if there is not one label an input, if a label is none of the network's
    /// classes, or if the inputs do not fit the network.
    #[track_caller]
    pub fn loss(&self, examples: &Split) -> f32 {
        examples.fits("loss", self.classes());
        Tensor::constant(self.logits(examples)).cross_entropy(&examples.labels).item()
    }

    /// Share of the examples whose largest logit is that of their class.
    ///
    /// # Panics
    /// As [`loss`](Network::loss).
    #[track_caller]
    pub fn accuracy(&self, examples: &Split) -> f64 {
        examples.fits("accuracy", self.classes());
        let right = |(z, &label): (ArrayView1<f32>, &usize)| {
            z.iter().enumerate().all(|(class, &other)| class == label || other < z[label])
        };
        let logits = self.logits(examples);
        let rows = logits.rows().into_iter().zip(&examples.labels);
        rows.filter(|row| right((row.0, row.1))).count() as f64 / examples.labels.len() as f64
    }

    /// The logits of each example, `[count, classes]`: with the bits of all at once, since each row is
    /// its own sum.
    ///
    /// # Panics
    /// If the inputs do not fit the network.
    #[track_caller]
    pub fn logits(&self, examples: &Split) -> Array2<f32> {
        let count = examples.labels.len();
        let mut logits = Array2::zeros((count, self.classes()));
        for start in (0..count).step_by(CHUNK) {
            let rows = s![start..(start + CHUNK).min(count), ..];
            let chunk = Tensor::constant(examples.inputs.slice(rows).to_owned());
            logits.slice_mut(rows).assign(self.forward(&chunk).values());
        }
        logits
    }
}
