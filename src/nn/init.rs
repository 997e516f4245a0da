//! Drawing weights.

use ndarray::Array2;

use crate::random::Random;
use crate::recipe::{Distribution, Init};

/// A weight matrix `[fan_in, fan_out]` drawn as [`Init`] says, `gain` being the activation's.
///
/// Entries are drawn row by row. Normal and uniform entries are independent, and every entry of a
/// uniform or normal matrix takes exactly one number from `random`.
///
/// # Shapes
/// `[fan_in, fan_out]`.
///
/// # Panics
/// If a fan is 0.
///
/// *Source*: see the table of [`Init`].
///
/// # Example: an orthogonal square keeps lengths
/// ```
/// use minigrad::{nn::init, prelude::*};
///
/// let w = init::sample(Init::Orthogonal(1.0), 8, 8, 1.0, &mut Random::new(0, Stream::Weights));
/// let wtw = w.t().dot(&w);
/// assert!((wtw[[3, 3]] - 1.0).abs() < 1e-12 && wtw[[3, 5]].abs() < 1e-12);
/// ```
// ANCHOR: sample
pub fn sample(
    init: Init,
    fan_in: usize,
    fan_out: usize,
    gain: f64,
    random: &mut Random,
) -> Array2<f64> {
    assert!(fan_in > 0 && fan_out > 0, "init: weights [{fan_in}, {fan_out}] have no entries");
    let variance = init.variance(fan_in, fan_out, gain);
    let shape = (fan_in, fan_out);
    match init.distribution() {
        Distribution::Uniform => {
            let bound = libm::sqrt(3.0 * variance);
            Array2::from_shape_simple_fn(shape, || bound * (2.0 * random.uniform() - 1.0))
        }
        Distribution::Normal => {
            let deviation = libm::sqrt(variance);
            Array2::from_shape_simple_fn(shape, || deviation * random.normal())
        }
        Distribution::Orthogonal => {
            // Orthonormal vectors of length n have entries of variance 1/n.
            let scale = libm::sqrt(variance * fan_in.max(fan_out) as f64);
            orthonormal(fan_in, fan_out, random) * scale
        }
    }
}
// ANCHOR_END: sample

/// Orthonormal columns, or orthonormal rows where the matrix is wide: the Gram-Schmidt process on
/// a matrix of normals, which makes every orientation equally likely.
fn orthonormal(rows: usize, columns: usize, random: &mut Random) -> Array2<f64> {
    let (long, short) = (rows.max(columns), rows.min(columns));
    // One vector a row.
    let mut vectors = Array2::from_shape_simple_fn((short, long), || random.normal());
    for i in 0..short {
        let (done, mut rest) = vectors.view_mut().split_at(ndarray::Axis(0), i);
        let mut v = rest.row_mut(0);
        // Twice is enough: the second pass removes what rounding left of the first.
        for _ in 0..2 {
            for u in done.rows() {
                let along = u.iter().zip(&v).map(|(u, v)| u * v).sum::<f64>();
                v.scaled_add(-along, &u);
            }
        }
        let length = libm::sqrt(v.iter().map(|v| v * v).sum());
        v /= length;
    }
    if rows == short {
        vectors
    } else {
        vectors.reversed_axes()
    }
}
