//! How much of a loss comes from one number that all inputs share.

use minigrad::data::Split;
use minigrad::nn::Network;
use minigrad::tensor::Tensor;

/// Inputs sent through at once: a graph of a thousand would not fit beside another run.
const CHUNK: usize = 200;

/// Three losses over many examples, in nats.
#[derive(Clone, Copy, Debug)]
pub struct Losses {
    /// The mean cross-entropy.
    pub loss: f64,
    /// The same with the best common shift of the logits: the number that lowers it most when it is
    /// added to the second logit of every example.
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
    let count = examples.labels.len();
    let mut margins = vec![]; // Second logit minus first, and 1 for the second class.
    for start in (0..count).step_by(CHUNK) {
        let chunk = examples.select(&(start..(start + CHUNK).min(count)).collect::<Vec<_>>());
        let logits = network.forward(&Tensor::constant(chunk.inputs));
        let rows = logits.values().rows().into_iter().zip(&chunk.labels);
        margins.extend(rows.map(|(z, &class)| (f64::from(z[1]) - f64::from(z[0]), class as f64)));
    }
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        margins.iter().map(|&(d, y)| of(d, y)).sum::<f64>() / count as f64
    };
    let loss = |shift: f64| mean(&|d, y| softplus(d + shift) - y * (d + shift));
    let slope = |shift: f64| mean(&|d, y| 1.0 / (1.0 + libm::exp(-d - shift)) - y);
    // Convex in the shift: halve the interval in which the slope changes sign.
    let largest = margins.iter().fold(0.0f64, |most, (d, _)| most.max(d.abs()));
    let bound = largest + 50.0;
    let halve = |(low, high): (f64, f64), _| {
        let middle = 0.5 * (low + high);
        if slope(middle) < 0.0 {
            (middle, high)
        } else {
            (low, middle)
        }
    };
    let (low, high) = (0..60).fold((-bound, bound), halve);
    let shifted = loss(0.5 * (low + high));
    let share = mean(&|_, y| y);
    let part = |p: f64| if p > 0.0 { -p * libm::log(p) } else { 0.0 };
    Losses { loss: loss(0.0), shifted, entropy: part(share) + part(1.0 - share) }
}

/// `ln(1 + e^x)`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::data::SignOfSum;
    use minigrad::recipe::Recipe;

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
