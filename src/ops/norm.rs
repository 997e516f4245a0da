//! LayerNorm and RMSNorm.

use super::like;
use super::reduce::sum_of_rows;
use crate::kernels::{kernels, sum_in_lanes};
use crate::tensor::buffers::{self, slice, slice_mut};
use crate::tensor::{Pooled, Scalar, Sink, Tensor};
use crate::threads;

/// Keeps the root away from zero: a row of zeros stays zero and its gradient finite.
///
/// It stands under the root, as in both papers' code. Outside, `x / (sqrt(mean x^2) + epsilon)`
/// would have an infinite slope of its root at zero.
pub(crate) const EPSILON: f64 = 1e-5;

/// Rows whose gradients by the gain are summed one after the other; such sums are then added in
/// order. Fixed, so that the bits do not depend on how many threads share the rows.
const SHARD: usize = 32;

impl<T: Scalar> Tensor<T> {
    /// LayerNorm: every row centred, brought to unit variance, scaled and shifted.
    ///
    /// ```text
    /// y = gain (x - mean x) / sqrt(var x + 1e-5) + shift       means over the units of a row, ddof 0
    /// ```
    ///
    /// # Shapes
    /// `x [batch, width]`, `gain` and `shift [1, width]`.
    ///
    /// A row whose squares overflow becomes NaN, not zeros: it has diverged.
    ///
    /// # Panics
    /// If the widths differ or are 0.
    ///
    /// *Source*: Ba, Kiros & Hinton 2016, eq. 4.
    #[track_caller]
    pub fn layer_norm(&self, gain: &Tensor<T>, shift: &Tensor<T>) -> Tensor<T> {
        kernels! {
            /// `m = mean x`, `r = 1 / sqrt(mean (x - m)^2 + epsilon)`, `y = (x - m) r gain + shift`.
            ///
            /// `m` is the sum of a `near` and a `rest`: a constant row becomes exactly 0, and a mean
            /// far from 0 costs no digits.
            fn forward(x: &[T], gain: &[T], shift: &[T], y: &mut [T], stats: &mut [T]) {
                let n = gain.len();
                let share = 1.0 / n as T;
                let rows = x.chunks_exact(n).zip(y.chunks_exact_mut(n)).zip(stats.chunks_exact_mut(3));
                for ((x, y), stats) in rows {
                    let near = x[0] + sum_in_lanes(0.0, [x], |[entry]| entry - x[0]) * share;
                    let rest = sum_in_lanes(0.0, [x], |[x]| x - near) * share;
                    let square = |[x]: [T; 1]| (x - near - rest) * (x - near - rest);
                    let square = sum_in_lanes(0.0, [x], square) * share;
                    let r = 1.0 / (square + EPSILON as T).sqrt();
                    let r = if r == 0.0 { T::NAN } else { r }; // the squares overflowed
                    stats.copy_from_slice(&[near, rest, r]);
                    for (((y, x), gain), shift) in y.iter_mut().zip(x).zip(gain).zip(shift) {
                        *y = (*x - near - rest) * r * *gain + *shift;
                    }
                }
            }
            // ANCHOR: layer_norm_backward
            /// With `u = (x - m) r` and `a = gain dy`: `dx = r (a - mean a - u mean(a u))`,
            /// `dgain += dy u` and `dshift += dy`, row by row.
            fn backward(dy: &mut [T], x: &[T], gain: &[T], stats: &[T], dgain: &mut [T], dshift: &mut [T]) {
                let n = gain.len();
                let (gain, dgain, dshift) = (&gain[..n], &mut dgain[..n], &mut dshift[..n]);
                let share = 1.0 / n as T;
                let rows = dy.chunks_exact_mut(n).zip(x.chunks_exact(n)).zip(stats.chunks_exact(3));
                for ((dy, x), stats) in rows {
                    let (near, rest, r) = (stats[0], stats[1], stats[2]);
                    let along = |[dy, a, x]: [T; 3]| dy * a * ((x - near - rest) * r);
                    let along = sum_in_lanes(0.0, [dy, gain, x], along) * share;
                    let mean = sum_in_lanes(0.0, [dy, gain], |[dy, a]| dy * a) * share;
                    let sums = dgain.iter_mut().zip(&mut *dshift);
                    for (((dy, x), gain), (dgain, dshift)) in dy.iter_mut().zip(x).zip(gain).zip(sums) {
                        let u = (*x - near - rest) * r;
                        *dgain += *dy * u;
                        *dshift += *dy;
                        *dy = (*dy * *gain - mean - u * along) * r; // now dx
                    }
                }
            }
            // ANCHOR_END: layer_norm_backward
        }
        fits("layer_norm", "shift", self, shift);
        fits("layer_norm", "gain", self, gain);
        let (gains, shifts) = (gain.slice(), shift.slice());
        let (y, stats) = rows("layer_norm", self, 3, |x, y, stats| {
            forward(x, gains, shifts, y, stats);
        });
        Tensor::from_operation(y, [self, gain, shift], move |[x, gain, shift], _, dy, grads| {
            rows_backward(x, [gain, shift], &stats, dy, grads, |dy, x, stats, [dgain, dshift]| {
                backward(dy, x, gain.slice(), stats, dgain, dshift);
            });
        })
    }

    /// RMSNorm: every row brought to unit second moment, and scaled.
    ///
    /// ```text
    /// y = gain x / sqrt(mean x^2 + 1e-5)       mean over the units of a row
    /// ```
    ///
    /// # Shapes
    /// `x [batch, width]`, `gain [1, width]`.
    ///
    /// A row whose squares overflow becomes NaN, not zeros: it has diverged.
    ///
    /// # Panics
    /// If the widths differ or are 0.
    ///
    /// *Source*: Zhang & Sennrich 2019, eq. 4.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[3.0, -3.0, 3.0, 3.0]]);
    /// let y = x.rms_norm(&Tensor::constant([[1.0; 4]]));
    /// assert!((y.values()[[0, 0]] - 1.0).abs() < 1e-6);
    /// ```
    // ANCHOR: rms_norm
    #[track_caller]
    pub fn rms_norm(&self, gain: &Tensor<T>) -> Tensor<T> {
        kernels! {
            /// `r = 1 / sqrt(mean x^2 + epsilon)`, `y = x r gain`.
            fn forward(x: &[T], gain: &[T], y: &mut [T], stats: &mut [T]) {
                let n = gain.len();
                let share = 1.0 / n as T;
                for ((x, y), stats) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).zip(stats) {
                    let square = sum_in_lanes(0.0, [x], |[x]| x * x) * share;
                    let r = 1.0 / (square + EPSILON as T).sqrt();
                    let r = if r == 0.0 { T::NAN } else { r }; // the squares overflowed
                    *stats = r;
                    for ((y, x), gain) in y.iter_mut().zip(x).zip(gain) {
                        *y = *x * r * *gain;
                    }
                }
            }
            /// With `u = x r` and `a = gain dy`: `dx = r (a - u mean(a u))` and `dgain += dy u`, row by row.
            fn backward(dy: &mut [T], x: &[T], gain: &[T], stats: &[T], dgain: &mut [T]) {
                let n = gain.len();
                let (gain, dgain) = (&gain[..n], &mut dgain[..n]);
                let share = 1.0 / n as T;
                for ((dy, x), r) in dy.chunks_exact_mut(n).zip(x.chunks_exact(n)).zip(stats) {
                    let along = sum_in_lanes(0.0, [dy, gain, x], |[dy, a, x]| dy * a * (x * *r)) * share;
                    for (((dy, x), gain), dgain) in dy.iter_mut().zip(x).zip(gain).zip(&mut *dgain) {
                        let u = *x * *r;
                        *dgain += *dy * u;
                        *dy = (*dy * *gain - u * along) * *r; // now dx
                    }
                }
            }
        }
        fits("rms_norm", "gain", self, gain);
        let gains = gain.slice();
        let (y, stats) = rows("rms_norm", self, 1, |x, y, stats| forward(x, gains, y, stats));
        Tensor::from_operation(y, [self, gain], move |[x, gain], _, dy, grads| {
            rows_backward(x, [gain], &stats, dy, grads, |dy, x, stats, [dgain]| {
                backward(dy, x, gain.slice(), stats, dgain);
            });
        })
    }
    // ANCHOR_END: rms_norm
}

#[track_caller]
fn fits<T: Scalar>(operation: &str, name: &str, x: &Tensor<T>, row: &Tensor<T>) {
    let (x, row) = (x.shape(), row.shape());
    assert!(row == [1, x[1]], "{operation}: {name} {row:?} does not fit {x:?}");
}

/// `forward(x, y, stats)` on rows of `x`, shared among the threads: the result `y`, and the
/// `numbers` that each row keeps for its way back.
#[track_caller]
fn rows<T: Scalar>(
    operation: &str,
    x: &Tensor<T>,
    numbers: usize,
    forward: impl Fn(&[T], &mut [T], &mut [T]) + Sync,
) -> (Pooled<T>, Pooled<T>) {
    let [rows, width] = x.shape();
    assert!(width > 0, "{operation}: shape {:?} has no columns", x.shape());
    let (mut y, mut stats) = (like(x), buffers::take(rows, numbers));
    let piece = threads::piece(rows, y.len(), threads::ENTRIES);
    let pieces = x.slice().chunks(piece * width).zip(slice_mut(&mut y).chunks_mut(piece * width));
    let pieces = pieces.zip(slice_mut(&mut stats).chunks_mut(piece * numbers));
    threads::share(pieces, |((x, y), stats)| forward(x, y, stats));
    (y, stats)
}

/// `backward(dy, x, stats, sums)` on shards of the rows, which turns `dy` into `dx` and adds to the
/// gradients of the `parameters`, one row each; these are summed over the shards at the end.
fn rows_backward<T: Scalar, const N: usize>(
    x: &Tensor<T>,
    parameters: [&Tensor<T>; N],
    stats: &Pooled<T>,
    mut dy: Pooled<T>,
    grads: &mut Sink<T>,
    backward: impl Fn(&mut [T], &[T], &[T], [&mut [T]; N]) + Sync,
) {
    let [rows, width] = x.shape();
    let mut parts = buffers::take(rows.div_ceil(SHARD), N * width);
    parts.fill(T::zero());
    let pieces = slice_mut(&mut dy).chunks_mut(SHARD * width).zip(x.slice().chunks(SHARD * width));
    let pieces = pieces.zip(slice(stats).chunks(SHARD * stats.ncols()));
    let pieces = pieces.zip(slice_mut(&mut parts).chunks_mut(N * width));
    let work = |(((dy, x), stats), part): (_, &mut [T])| {
        let mut sums = part.chunks_mut(width);
        backward(dy, x, stats, std::array::from_fn(|_| sums.next().expect("one a parameter")));
    };
    match rows * width < threads::ENTRIES {
        true => pieces.for_each(work),
        false => threads::share(pieces, work),
    }
    let mut total = buffers::take(1, N * width);
    sum_of_rows(slice(&parts), slice_mut(&mut total));
    for (parameter, sum) in parameters.into_iter().zip(slice(&total).chunks(width)) {
        let mut d = buffers::take(1, width);
        slice_mut(&mut d).copy_from_slice(sum);
        grads.add(parameter, d);
    }
    grads.add(x, dy);
}
