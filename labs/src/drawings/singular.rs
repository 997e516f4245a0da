//! Singular values, by the one-sided Jacobi method.

use super::*;
use ndarray::Array1;

/// The singular values of a matrix with at least as many rows as columns, from the largest to the
/// smallest.
///
/// Pairs of columns are rotated until all are orthogonal; then their lengths are the singular values.
///
/// *Source*: Hestenes 1958.
pub(super) fn singular_values(matrix: &Array2<f64>) -> Vec<f64> {
    let mut columns: Vec<Array1<f64>> =
        matrix.columns().into_iter().map(|c| c.to_owned()).collect();
    let mut settled = false;
    // It converges quadratically.
    for _ in 0..30 {
        if std::mem::replace(&mut settled, true) {
            break;
        }
        for i in 1..columns.len() {
            let (above, [b, ..]) = columns.split_at_mut(i) else { unreachable!("i is a column") };
            for a in above {
                let (aa, bb, ab) = (a.dot(a), b.dot(b), a.dot(b));
                if libm::fabs(ab) <= 1e-14 * libm::sqrt(aa * bb) {
                    continue;
                }
                settled = false;
                // The smaller of the two angles at which the pair becomes orthogonal.
                let zeta = (bb - aa) / (2.0 * ab);
                let tan = zeta.signum() / (libm::fabs(zeta) + libm::sqrt(1.0 + zeta * zeta));
                let cos = 1.0 / libm::sqrt(1.0 + tan * tan);
                let sin = cos * tan;
                (*a, *b) = (cos * &*a - sin * &*b, sin * &*a + cos * &*b);
            }
        }
    }
    let mut lengths: Vec<f64> = columns.iter().map(|c| libm::sqrt(c.dot(c))).collect();
    lengths.sort_by(|a, b| b.total_cmp(a));
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::nn::init;

    #[test]
    fn singular_values_are_those_that_were_put_in() {
        // By hand: W^T W = [[9, 12], [12, 41]] has the eigenvalues 45 and 5.
        let by_hand = singular_values(&array![[3.0, 4.0], [0.0, 5.0]]);
        assert!((by_hand[0] - 45f64.sqrt()).abs() < 1e-12, "{by_hand:?}");
        assert!((by_hand[1] - 5f64.sqrt()).abs() < 1e-12, "{by_hand:?}");
        // Between two orthogonal matrices stand the singular values, over six decades.
        let mut random = Random::new(0, Stream::Weights);
        let mut orthogonal = || init::sample(Init::Orthogonal(1.0), 16, 16, 1.0, &mut random);
        let (u, v) = (orthogonal(), orthogonal());
        let put = |i: usize| 10f64.powf(2.0 - 0.4 * i as f64);
        let diagonal = Array2::from_diag(&Array1::from_shape_fn(16, put));
        for (i, value) in singular_values(&u.dot(&diagonal).dot(&v)).into_iter().enumerate() {
            assert!((value / put(i) - 1.0).abs() < 1e-8, "{i}: {value} for {}", put(i));
        }
    }
}
