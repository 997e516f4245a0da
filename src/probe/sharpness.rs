//! The largest curvature of a loss, measured.

use ndarray::Array2;

use crate::nn::Network;
use crate::random::{Random, Stream};
use crate::tensor::Tensor;

/// What the loss adds to the curvature of the logits: `H v` for each input, mean over inputs taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// `H = 2/outputs`: the mean squared error over all entries.
    Squares,
    /// `H = diag(p) - p p^T`: cross-entropy.
    CrossEntropy,
}

/// Rounds of the power iteration: the largest of these eigenvalues stands alone.
const ROUNDS: usize = 12;
/// The share of a unit step in the weights by which the logits are differentiated.
const STEP: f64 = 1e-5;

/// The largest eigenvalue of the Gauss-Newton matrix `J^T H J` of the mean loss over the rows of `x`,
/// where `J` is the Jacobian of the logits by all parameters: twelve rounds of power iteration, from a
/// start that is always the same. NaN where the network has diverged.
///
/// # Panics
/// If `x` has not as many columns as the network has inputs.
///
/// # Example: logits `x w + b` of zero weights, where the eigenvalue is `(|x|^2 + 1)/2`
/// ```
/// use minigrad::{prelude::*, probe::{sharpness, Loss}};
///
/// let mut network: Network<f64> = Recipe::mlp(1).inputs(2).build_as();
/// network.linears_mut()[0].weight = Tensor::parameter([[0.0; 2]; 2]);
/// let x = Tensor::constant([[2.0, 0.0]]);
/// let found = sharpness(&network, &x, Loss::CrossEntropy);
/// assert!((found - 2.5).abs() < 1e-6);
/// ```
#[track_caller]
pub fn sharpness(network: &Network<f64>, x: &Tensor<f64>, loss: Loss) -> f64 {
    let here: Vec<Array2<f64>> = network.parameters().map(|p| p.values().clone()).collect();
    let logits = network.forward(x);
    let mut random = Random::new(0, Stream::Weights);
    let mut v: Vec<Array2<f64>> = here.iter().map(|p| p.mapv(|_| random.normal())).collect();
    let mut moved = network.clone();
    let mut at = |v: &[Array2<f64>], step: f64| {
        for ((parameter, here), v) in moved.parameters_mut().zip(&here).zip(v) {
            *parameter = Tensor::parameter(here + &(v * step));
        }
        moved.forward(x).values().clone()
    };
    let mut largest = f64::NAN;
    for _ in 0..ROUNDS {
        let length = libm::sqrt(dot(&v, &v));
        v.iter_mut().for_each(|v| *v /= length);
        let mut along = (at(&v, STEP) - at(&v, -STEP)) / (2.0 * STEP);
        weigh(&mut along, logits.values(), loss);
        let gradients = logits.backward_from(&along);
        let next: Vec<Array2<f64>> =
            network.parameters().map(|p| gradients.of(p).clone()).collect();
        largest = dot(&next, &v);
        v = next;
    }
    largest
}

fn dot(a: &[Array2<f64>], b: &[Array2<f64>]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).sum()).sum()
}

/// `H v / inputs`, row by row.
fn weigh(v: &mut Array2<f64>, logits: &Array2<f64>, loss: Loss) {
    let (inputs, outputs) = v.dim();
    for (mut v, z) in v.rows_mut().into_iter().zip(logits.rows()) {
        match loss {
            Loss::Squares => v *= 2.0 / outputs as f64,
            Loss::CrossEntropy => {
                let most = z.fold(f64::NEG_INFINITY, |most, &z| most.max(z));
                let p = z.mapv(|z| libm::exp(z - most));
                let p = &p / p.sum();
                let mean = p.dot(&v);
                v.zip_mut_with(&p, |v, p| *v = p * (*v - mean));
            }
        }
    }
    *v /= inputs as f64;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Recipe;
    use ndarray::array;

    /// A linear network: `J^T H J` is the mean of `(x, 1)(x, 1)^T` times `H`, here with orthogonal
    /// rows `(2, 0, 1)` and `(0, 0, 1)` of which the sums of squares and products give
    /// `[[4, 2], [2, 2]]/2`, whose largest eigenvalue is `(3 + sqrt 5)/2`.
    #[test]
    fn of_a_linear_network_it_is_that_of_the_inputs() {
        let mut network: Network<f64> = Recipe::mlp(1).inputs(2).build_as();
        for parameter in network.parameters_mut() {
            *parameter = Tensor::parameter(parameter.values() * 0.0);
        }
        let x = Tensor::constant(array![[2.0, 0.0], [0.0, 0.0]]);
        let expected = (3.0 + 5f64.sqrt()) / 2.0;
        let squares = sharpness(&network, &x, Loss::Squares);
        assert!((squares / expected - 1.0).abs() < 1e-6, "{squares}");
        // Of two equal logits H is [[1, -1], [-1, 1]]/4, whose largest eigenvalue is a half.
        let entropy = sharpness(&network, &x, Loss::CrossEntropy);
        assert!((entropy / expected - 0.5).abs() < 1e-6, "{entropy}");
    }
}
