//! LayerNorm and RMSNorm.

use ndarray::Array2;

use crate::tensor::{buffers, Operation, Pooled, Scalar, Sink, Tensor};
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
        fits("layer_norm", "shift", self, shift);
        self.normalize("layer_norm", gain, Some(shift))
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
    #[track_caller]
    pub fn rms_norm(&self, gain: &Tensor<T>) -> Tensor<T> {
        self.normalize("rms_norm", gain, None)
    }

    #[track_caller]
    fn normalize(&self, name: &str, gain: &Tensor<T>, shift: Option<&Tensor<T>>) -> Tensor<T> {
        fits(name, "gain", self, gain);
        let [rows, width] = self.shape();
        assert!(width > 0, "{name}: shape {:?} has no columns", self.shape());
        let mut y = buffers::take(rows, width);
        let mut stats = buffers::take(rows, 2);
        let (gains, shifts) = (gain.slice(), shift.map_or(&[][..], Tensor::slice));
        let rows_a_piece = threads::piece(rows, y.len(), threads::ENTRIES);
        let pieces = self
            .slice()
            .chunks(rows_a_piece * width)
            .zip(buffers::slice_mut(&mut y).chunks_mut(rows_a_piece * width))
            .zip(buffers::slice_mut(&mut stats).chunks_mut(rows_a_piece * 2));
        threads::share(pieces, |((x, y), stats)| {
            T::norm(x, gains, shifts, T::from_f64(EPSILON), y, stats);
        });
        let parents = [self, gain].into_iter().chain(shift).cloned().collect();
        Tensor::from_operation(y, parents, NormOp { stats })
    }
}

#[track_caller]
fn fits<T: Scalar>(operation: &str, name: &str, x: &Tensor<T>, row: &Tensor<T>) {
    let (x, row) = (x.shape(), row.shape());
    assert!(row == [1, x[1]], "{operation}: {name} {row:?} does not fit {x:?}");
}

/// Serves both: a shift is the third parent.
struct NormOp<T: Scalar> {
    /// Mean and inverse deviation of each row.
    stats: Pooled<T>,
}

impl<T: Scalar> Operation<T> for NormOp<T> {
    fn backward(
        &self,
        parents: &[Tensor<T>],
        _: &Array2<T>,
        mut grad: Pooled<T>,
        sink: &mut Sink<T>,
    ) {
        let (x, gain) = (&parents[0], &parents[1]);
        let [rows, width] = x.shape();
        let shards = rows.div_ceil(SHARD);
        // One row a shard: gradients by the gain, then by the shift.
        let centred = parents.len() == 3;
        let part = if centred { 2 * width } else { width };
        let mut parts = buffers::take(shards, part);
        parts.fill(T::zero());
        let shards = buffers::slice_mut(&mut grad)
            .chunks_mut(SHARD * width)
            .zip(x.slice().chunks(SHARD * width))
            .zip(buffers::slice(&self.stats).chunks(SHARD * 2))
            .zip(buffers::slice_mut(&mut parts).chunks_mut(part));
        threads::share_from(
            rows * width,
            threads::ENTRIES,
            shards,
            |(((grad, x), stats), part)| {
                let (dgain, dshift) = part.split_at_mut(width);
                T::norm_backward(grad, x, gain.slice(), stats, dgain, dshift);
            },
        );
        let mut total = buffers::take(1, parts.ncols());
        T::sum_of_rows(buffers::slice(&parts), buffers::slice_mut(&mut total));
        for (parent, part) in parents[1..].iter().zip(buffers::slice(&total).chunks(width)) {
            let mut d = buffers::take(1, width);
            buffers::slice_mut(&mut d).copy_from_slice(part);
            sink.add(parent, d);
        }
        sink.add(x, grad);
    }
}
