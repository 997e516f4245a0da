//! How much of a loss comes from one number that all inputs share.

use crate::spine::prelude::*;

/// Three losses over many examples, in nats.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Losses {
    /// The mean cross-entropy.
    #[serde(with = "real")]
    pub loss: f64,
    /// The same with the best common shift of the logits: the number that lowers it most when it is
    /// added to the second logit of every example.
    #[serde(with = "real")]
    pub shifted: f64,
    /// The entropy of the classes: what `shifted` is where all inputs have the same logits.
    pub entropy: f64,
}

/// The losses of `network` over `examples`.
///
/// # Panics
/// If the network has not two classes.
pub fn losses(network: &Network, examples: &Split) -> Losses {
    assert_eq!(network.classes(), 2, "a common shift is that of two classes");
    let logits = network.logits(examples);
    // Second logit minus first, and 1 for the second class.
    let margins = logits.rows().into_iter().map(|z| f64::from(z[1]) - f64::from(z[0]));
    let margins: Vec<_> = margins.zip(examples.labels.iter().map(|&class| class as f64)).collect();
    let over = |of: &dyn Fn(f64, f64) -> f64| mean(margins.iter().map(|&(d, y)| of(d, y)));
    let loss = |shift: f64| over(&|d, y| softplus(d + shift) - y * (d + shift));
    let slope = |shift: f64| over(&|d, y| 1.0 / (1.0 + libm::exp(-d - shift)) - y);
    // Convex in the shift: halve the interval in which the slope changes sign.
    let bound = margins.iter().fold(0.0f64, |most, (d, _)| most.max(d.abs())) + 50.0;
    let (mut low, mut high) = (-bound, bound);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        *(if slope(middle) < 0.0 { &mut low } else { &mut high }) = middle;
    }
    let share = over(&|_, y| y);
    let part = |p: f64| if p > 0.0 { -p * libm::log(p) } else { 0.0 };
    let entropy = part(share) + part(1.0 - share);
    Losses { loss: loss(0.0), shifted: loss(0.5 * (low + high)), entropy }
}

/// `ln(1 + e^x)`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A readout of zeros: the logits are the readout's bias.
    #[test]
    fn equal_logits_cost_the_entropy_of_the_classes_wherever_they_stand() {
        let examples = SignOfSum::sample(300, 0, 0).train;
        for bias in [0.0, 3.0, -20.0] {
            let mut network = Recipe::mlp(2).build();
            let readout = network.linears_mut().pop().expect("a readout");
            readout.weight = Tensor::parameter(ndarray::Array2::zeros((256, 2)));
            readout.bias = Tensor::parameter([[0.0, bias]]);
            let Losses { loss, shifted, entropy } = losses(&network, &examples);
            assert!((loss - f64::from(network.loss(&examples))).abs() < 1e-5 * loss);
            assert!(
                entropy > 0.6 && (shifted - entropy).abs() < 1e-9,
                "{bias}: {shifted} against {entropy}"
            );
        }
    }
}
