//! How far a network of finite width strays from the infinite-width prediction.

/// Relative variance of the measured second moment of a deep linear walk.
///
/// `batch` inputs with independent standard normal entries go through `depth` linear layers of
/// `width` units with independent normal weights; `m` is the mean of `y^2` over batch and units
/// after the last. With `n` the width, `B` the batch, and values relative to `E[m]^2`:
///
/// ```text
/// A = E (h_a . h_b)^2      A' = A (1 + 1/n) + P / n      A_0 = 1/n
/// P = E |h_a|^2 |h_b|^2    P' = P + 2 A / n              P_0 = 1
/// D = E |h_a|^4            D' = D (1 + 2/n)              D_0 = 1 + 2/n
/// Var(m) / E[m]^2 = D / B + (1 - 1/B) P - 1
/// ```
///
/// Exact for normal weights: the three lines are Isserlis' theorem applied to one layer. Weights
/// with lighter tails, such as uniform ones, stray slightly less.
///
/// *Source*: derived in the chapter on the variance walk; the growth of `D` is that of Hanin & Nica
/// 2018.
///
/// ```
/// use minigrad::theory::finite_width::walk_variance;
/// // One layer, one input: y^2 averages n chi-squares, and |x|^2 itself strays by 2/n.
/// let once = walk_variance(256, 1, 1);
/// assert!((once - (1.0f64 + 2.0 / 256.0).powi(2) + 1.0).abs() < 1e-15);
/// ```
// ANCHOR: walk_variance
pub fn walk_variance(width: usize, batch: usize, depth: usize) -> f64 {
    let (n, b) = (width as f64, batch as f64);
    let (mut a, mut p, mut d) = (1.0 / n, 1.0, 1.0 + 2.0 / n);
    for _ in 0..depth {
        (a, p) = (a * (1.0 + 1.0 / n) + p / n, p + 2.0 * a / n);
        d *= 1.0 + 2.0 / n;
    }
    d / b + (1.0 - 1.0 / b) * p - 1.0
}
// ANCHOR_END: walk_variance
