//! The spectrum of the linear part of the kernel at finite width.

use super::kernel::Kernel;
use crate::random::{normal_quantile, Random, Stream};

/// Relative rates at which the coordinates of the input are learned; their mean is 1.
///
/// At infinite width all are 1. A random matrix of `n` units spreads the squared singular values of
/// what passes by a relative variance of `inputs/n`, and a product of them makes the spread
/// lognormal:
///
/// ```text
/// spread of what matrix l sees = sum over the matrices below it of  w (2 - w) inputs / fan_out
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
        inside += kernel.inputs as f64 / weights.fan_out as f64;
    }
    spreads
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
