//! The spectrum of the linear part of the kernel at finite width.

use crate::random::{normal_quantile, Random, Stream};
use crate::theory::mean_field::{Kernel, WeightTheory};

/// Relative rates at which the coordinates of the input are learned; their mean is 1.
///
/// At infinite width all are 1. A random matrix of `n` units spreads the squared singular values of
/// what passes by a relative variance of `inputs/n`, and a product of them makes the spread
/// lognormal:
///
/// ```text
/// spread of what matrix l sees = sum over the matrices below it of  w (2 - w) inputs a
/// a      = 1/fan_out; of an orthogonal matrix 1/fan_out - 1/fan_in, or 0 where it widens
/// rate_j = sum over l of part_l exp(sqrt(v_l) z_j - v_l / 2),    v_l = ln(1 + spread_l)
/// ```
///
/// `part_l` is the matrix's part of the linear kernel, `w` the share of its branch (1 without a
/// residual connection), `z_j` normal quantiles.
///
/// *Source*: derived in the chapter on predicting; products of random matrices as in Hanin & Nica
/// 2018.
pub(super) fn spectrum(kernel: &Kernel) -> Vec<f64> {
    let inputs = kernel.inputs;
    let parts: Vec<f64> =
        kernel.weights.iter().map(|weights| weights.tangent.linear(inputs)).collect();
    let total: f64 = parts.iter().sum();
    if !(total > 0.0 && total.is_finite()) {
        return vec![1.0; inputs];
    }
    let spreads = spreads(kernel);
    let logs: Vec<f64> = spreads.iter().map(|spread| libm::log1p(*spread)).collect();
    let rate = |z: f64| {
        let each = parts.iter().zip(&logs);
        each.map(|(part, v)| part / total * libm::exp(libm::sqrt(*v) * z - 0.5 * v)).sum::<f64>()
    };
    let mut rates: Vec<f64> = quantiles(inputs).into_iter().map(rate).collect();
    let mean = rates.iter().sum::<f64>() / inputs as f64;
    rates.iter_mut().for_each(|rate| *rate /= mean);
    rates
}

/// The largest variance of `examples` samples along any direction, where the coordinates have the
/// variances `rates`: the upper edge of the spectrum of a sample covariance,
///
/// ```text
/// min over z > max rate of  z (1 + sum_j rate_j / (examples (z - rate_j)))
/// ```
///
/// Equal rates give `(1 + sqrt(inputs/examples))^2`.
///
/// *Source*: Marchenko & Pastur 1967; Silverstein & Choi 1995 for the edges.
pub(super) fn edge(rates: &[f64], examples: usize) -> f64 {
    let largest = rates.iter().copied().fold(0.0, f64::max);
    let value = |log: f64| {
        let z = largest * (1.0 + libm::exp(log));
        let sum = rates.iter().map(|rate| rate / (z - rate)).sum::<f64>();
        z * (1.0 + sum / examples as f64)
    };
    // Convex in z: a ternary search in the logarithm of the distance from the largest rate.
    let (mut low, mut high) = (-12.0, 4.0);
    for _ in 0..40 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if value(a) < value(b) {
            high = b;
        } else {
            low = a;
        }
    }
    value(0.5 * (low + high))
}

/// The spread of what each matrix sees.
fn spreads(kernel: &Kernel) -> Vec<f64> {
    let mut spreads: Vec<f64> = vec![];
    // Of the stream; of what the branch carries on top, and the branch and its share.
    let (mut stream, mut inside) = (0.0, 0.0);
    let mut open = (None, 1.0);
    for weights in &kernel.weights {
        if weights.branch.is_none() || weights.branch != open.0 {
            let (_, share) = open;
            stream += share * (2.0 - share) * inside;
            inside = 0.0;
            open = (weights.branch, weights.share.clamp(0.0, 1.0));
        }
        spreads.push(stream + inside);
        inside += kernel.inputs as f64 * added(weights);
    }
    spreads
}

/// What a matrix adds to the relative variance of squared singular values, for one direction: an
/// orthogonal one adds none where it widens, and takes directions away where it narrows.
fn added(weights: &WeightTheory) -> f64 {
    let (fan_in, fan_out) = (weights.fan_in as f64, weights.fan_out as f64);
    if weights.orthogonal {
        (1.0 / fan_out - 1.0 / fan_in).max(0.0)
    } else {
        1.0 / fan_out
    }
}

/// Normal quantiles in an order that has nothing to do with any label.
fn quantiles(count: usize) -> Vec<f64> {
    let mut quantiles: Vec<f64> =
        (0..count).map(|j| normal_quantile((j as f64 + 0.5) / count as f64)).collect();
    let mut random = Random::new(1, Stream::Theory);
    for last in (1..count).rev() {
        quantiles.swap(last, random.below(last + 1));
    }
    quantiles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Activation, Init, Recipe};

    fn variance(rates: &[f64]) -> f64 {
        let n = rates.len() as f64;
        rates.iter().map(|r| r * r).sum::<f64>() / n - (rates.iter().sum::<f64>() / n).powi(2)
    }

    #[test]
    fn the_edge_of_equal_rates_is_that_of_marchenko_and_pastur() {
        let root = (256.0f64 / 1000.0).sqrt();
        assert!((edge(&[1.0; 256], 1000) / (1.0 + root).powi(2) - 1.0).abs() < 1e-6);
        // One direction far above the others: a spike z of its own, z (1 + sum of the others).
        let mut rates = vec![1.0; 256];
        rates[7] = 50.0;
        let spike = 50.0 * (1.0 + 255.0 / (1000.0 * 49.0));
        assert!((edge(&rates, 1000) / spike - 1.0).abs() < 0.08);
    }

    /// Two linear layers: the first sees the inputs, the readout what n units make of them, whose
    /// rates have the variance D/n; their parts are D and n.
    #[test]
    fn two_linear_layers_have_the_spread_of_one_random_matrix() {
        for n in [512.0, 1024.0] {
            let recipe = Recipe::mlp(2).width(n as usize).activation(Activation::Identity);
            let rates = spectrum(&Kernel::of(&recipe.clone().init(Init::Xavier)));
            let mean = rates.iter().sum::<f64>() / 256.0;
            let of_readout = n / (256.0 + n);
            let expected = of_readout * of_readout * 256.0 / n;
            assert!((mean - 1.0).abs() < 1e-12);
            // 256 quantiles leave out the ends of a lognormal.
            assert!((variance(&rates) / expected - 1.0).abs() < 0.1, "{}", variance(&rates));
            // An orthogonal matrix that widens turns, and no more.
            let turned = spectrum(&Kernel::of(&recipe.init(Init::Orthogonal(1.0))));
            assert!(turned.iter().all(|rate| (rate - 1.0).abs() < 1e-12));
        }
    }
}
