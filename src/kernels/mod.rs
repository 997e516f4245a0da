//! The few hot loops. Everything is row-major and contiguous; each loop makes one pass.
//!
//! A sum is taken in a fixed tree, 64 interleaved partial sums folded in halves, so that
//! its bits depend neither on the CPU nor on the width of its vectors.

mod lanes;
pub(crate) mod simd;
pub(crate) mod team;

use lanes::sum_in_lanes;
use simd::kernels;

kernels! {
    /// `y += x`.
    fn accumulate(x: &[T], y: &mut [T]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += *x;
        }
    }

    /// `y -= x`.
    fn subtract(x: &[T], y: &mut [T]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y -= *x;
        }
    }

    /// `y *= x`, entry by entry.
    fn multiply(x: &[T], y: &mut [T]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y *= *x;
        }
    }

    /// `y *= factor`.
    fn scale(y: &mut [T], factor: T) {
        for y in y {
            *y *= factor;
        }
    }

    /// `rows[r] += row` for every row.
    fn add_to_rows(rows: &mut [T], row: &[T]) {
        for r in rows.chunks_exact_mut(row.len()) {
            for (y, x) in r.iter_mut().zip(row) {
                *y += *x;
            }
        }
    }

    /// `total = rows[0] + rows[1] + ...`, in this order.
    fn sum_of_rows(rows: &[T], total: &mut [T]) {
        total.fill(0.0);
        for r in rows.chunks_exact(total.len()) {
            for (y, x) in total.iter_mut().zip(r) {
                *y += *x;
            }
        }
    }

    /// Sum of all entries.
    fn sum(x: &[T]) -> T {
        sum_in_lanes(0.0, [x], |[x]| x)
    }

    /// Sum of the products of two slices of the same length.
    fn dot(x: &[T], y: &[T]) -> T {
        sum_in_lanes(0.0, [x, y], |[x, y]| x * y)
    }

    /// `y = max(0, x)`, flushed; NaN stays NaN.
    fn relu(x: &[T], y: &mut [T]) {
        for (x, y) in x.iter().zip(y) {
            *y = if *x < math::TINY { 0.0 } else { *x };
        }
    }

    /// `grad = grad` where the output `y > 0`, else 0; where it is NaN, `grad` stays.
    fn relu_backward(y: &[T], grad: &mut [T]) {
        for (g, y) in grad.iter_mut().zip(y) {
            *g = if *y <= 0.0 { 0.0 } else { math::flush(*g) };
        }
    }

    /// `y = tanh x`.
    fn tanh(x: &[T], y: &mut [T]) {
        for (x, y) in x.iter().zip(y) {
            *y = math::flush(math::tanh(*x));
        }
    }

    /// `grad *= 1 - y^2` for the output `y`.
    fn tanh_backward(y: &[T], grad: &mut [T]) {
        for (g, y) in grad.iter_mut().zip(y) {
            *g = math::flush(*g * (1.0 - *y * *y));
        }
    }

    /// `y = x Phi(x)` and its derivative.
    fn gelu(x: &[T], y: &mut [T], slope: &mut [T]) {
        for ((x, y), slope) in x.iter().zip(y).zip(slope) {
            let (value, derivative) = math::gelu(*x);
            *y = math::flush(value);
            *slope = derivative;
        }
    }

    /// `y = x / (1 + exp(-x))` and its derivative.
    fn silu(x: &[T], y: &mut [T], slope: &mut [T]) {
        for ((x, y), slope) in x.iter().zip(y).zip(slope) {
            let (value, derivative) = math::silu(*x);
            *y = math::flush(value);
            *slope = derivative;
        }
    }

    /// `grad *= slope`, flushed.
    fn slope_backward(slope: &[T], grad: &mut [T]) {
        for (g, slope) in grad.iter_mut().zip(slope) {
            *g = math::flush(*g * *slope);
        }
    }

    /// `p = exp(x - max x)` for one row; returns the maximum and the sum of `p`.
    fn exp_of_row(x: &[T], p: &mut [T]) -> (T, T) {
        let max = x.iter().fold(T::NEG_INFINITY, |m, x| if *x > m { *x } else { m });
        for (x, p) in x.iter().zip(p.iter_mut()) {
            *p = math::exp(*x - max);
        }
        (max, sum_in_lanes(0.0, [p], |[p]| p))
    }

    /// Normalizes every row of `x`; `shift` is empty for RMSNorm, which centres nothing.
    ///
    /// ```text
    /// m = mean x (LayerNorm) or 0      r = 1 / sqrt(mean (x - m)^2 + epsilon)
    /// y = (x - m) r gain + shift       stats = m, r of each row
    /// ```
    /// A row whose squares overflow becomes NaN.
    // ANCHOR: norm
    fn norm(x: &[T], gain: &[T], shift: &[T], epsilon: T, y: &mut [T], stats: &mut [T]) {
        let n = gain.len();
        let share = 1.0 / n as T;
        let rows = x.chunks_exact(n).zip(y.chunks_exact_mut(n)).zip(stats.chunks_exact_mut(2));
        for ((x, y), stats) in rows {
            let m = if shift.is_empty() { 0.0 } else { sum_in_lanes(0.0, [x], |[x]| x) * share };
            let square = sum_in_lanes(0.0, [x], |[x]| (x - m) * (x - m)) * share;
            let r = 1.0 / (square + epsilon).sqrt();
            // 0 means that the squares overflowed: no vanished row, but a diverged one.
            let r = if r == 0.0 { T::NAN } else { r };
            stats.copy_from_slice(&[m, r]);
            if shift.is_empty() {
                for ((y, x), gain) in y.iter_mut().zip(x).zip(gain) {
                    *y = *x * r * *gain;
                }
            } else {
                for (((y, x), gain), shift) in y.iter_mut().zip(x).zip(gain).zip(shift) {
                    *y = (*x - m) * r * *gain + *shift;
                }
            }
        }
    }
    // ANCHOR_END: norm

    /// The way back through [`norm`](Kernels::norm); `grad` turns from dy into dx in place.
    ///
    /// With `u = (x - m) r`, `a = gain dy`, and means over the units of a row:
    /// ```text
    /// dx = r (a - u mean(a u) - mean(a))      the last term for LayerNorm only
    /// dgain += dy u       dshift += dy        summed over the rows
    /// ```
    // ANCHOR: norm_backward
    fn norm_backward(grad: &mut [T], x: &[T], gain: &[T], stats: &[T], dgain: &mut [T], dshift: &mut [T]) {
        let n = gain.len();
        let (gain, dgain) = (&gain[..n], &mut dgain[..n]);
        let share = 1.0 / n as T;
        let rows = grad.chunks_exact_mut(n).zip(x.chunks_exact(n)).zip(stats.chunks_exact(2));
        for ((grad, x), stats) in rows {
            let (m, r) = (stats[0], stats[1]);
            let along = sum_in_lanes(0.0, [grad, gain, x], |[g, a, x]| g * a * ((x - m) * r)) * share;
            if dshift.is_empty() {
                for (((grad, x), gain), dgain) in grad.iter_mut().zip(x).zip(gain).zip(&mut *dgain) {
                    let u = *x * r;
                    *dgain += *grad * u;
                    *grad = (*grad * *gain - u * along) * r;
                }
            } else {
                let mean = sum_in_lanes(0.0, [grad, gain], |[g, a]| g * a) * share;
                let sums = dgain.iter_mut().zip(&mut *dshift);
                for (((grad, x), gain), (dgain, dshift)) in grad.iter_mut().zip(x).zip(gain).zip(sums) {
                    let u = (*x - m) * r;
                    *dgain += *grad * u;
                    *dshift += *grad;
                    *grad = (*grad * *gain - mean - u * along) * r;
                }
            }
        }
    }
    // ANCHOR_END: norm_backward

    // ANCHOR: sgd
    /// `velocity = momentum velocity + grad`, `w -= lr velocity`, in one pass.
    fn sgd(w: &mut [T], velocity: &mut [T], grad: &[T], lr: T, momentum: T) {
        for ((w, v), g) in w.iter_mut().zip(velocity).zip(grad) {
            let new = math::flush(momentum * *v + *g);
            *v = new;
            *w -= lr * new;
        }
    }
    // ANCHOR_END: sgd

    /// Moments `m` and `v` updated, `w -= (lr correct1) m / (sqrt(correct2 v) + epsilon)`, in one pass.
    fn adam(w: &mut [T], m: &mut [T], v: &mut [T], grad: &[T], rate: T, beta1: T, beta2: T, correct2: T, epsilon: T) {
        for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(grad) {
            let first = beta1 * *m + (1.0 - beta1) * *g;
            let second = beta2 * *v + (1.0 - beta2) * (*g * *g);
            let first = math::flush(first);
            let second = if second < math::TINY * math::TINY { 0.0 } else { second };
            *m = first;
            *v = second;
            *w -= rate * first / ((second * correct2).sqrt() + epsilon);
        }
    }
}
