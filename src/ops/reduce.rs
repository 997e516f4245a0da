//! Sum and mean of all entries.

use super::like;
use crate::kernels::{kernels, sum_in_lanes};
use crate::tensor::{buffers, Scalar, Tensor};

kernels! {
    /// Sum of all entries.
    fn sum(x: &[T]) -> T {
        sum_in_lanes(0.0, [x], |[x]| x)
    }

    /// Sum of the products of two slices of the same length.
    pub(super) fn dot(x: &[T], y: &[T]) -> T {
        sum_in_lanes(0.0, [x, y], |[x, y]| x * y)
    }

    /// `total = rows[0] + rows[1] + ...`, in this order.
    pub(super) fn sum_of_rows(rows: &[T], total: &mut [T]) {
        total.fill(0.0);
        for row in rows.chunks_exact(total.len()) {
            for (total, x) in total.iter_mut().zip(row) {
                *total += *x;
            }
        }
    }
}

impl<T: Scalar> Tensor<T> {
    /// Sum of all entries, as a `[1, 1]` tensor.
    pub fn sum(&self) -> Tensor<T> {
        self.sum_scaled(1.0)
    }

    /// Mean of all entries, as a `[1, 1]` tensor.
    ///
    /// # Panics
    /// If there are none.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[1.0, 2.0], [3.0, 6.0]]);
    /// assert_eq!(x.mean().item(), 3.0);
    /// ```
    #[track_caller]
    pub fn mean(&self) -> Tensor<T> {
        self.not_empty("mean");
        self.sum_scaled(1.0 / self.values().len() as f64)
    }

    /// Mean of the squares of all entries: a number, not a tensor to go back through.
    ///
    /// # Panics
    /// If there are none.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[1.0, 7.0]]);
    /// assert_eq!(x.mean_square(), 25.0);
    /// ```
    #[track_caller]
    pub fn mean_square(&self) -> T {
        self.not_empty("mean_square");
        dot(self.slice(), self.slice()) * T::from_f64(1.0 / self.values().len() as f64)
    }

    /// Panics with the shape if there are no entries.
    #[track_caller]
    pub(super) fn not_empty(&self, operation: &str) {
        assert!(!self.slice().is_empty(), "{operation}: shape {:?} has no entries", self.shape());
    }

    fn sum_scaled(&self, factor: f64) -> Tensor<T> {
        let factor = T::from_f64(factor);
        let mut y = buffers::take(1, 1);
        y[[0, 0]] = sum(self.slice()) * factor;
        Tensor::from_operation(y, [self], move |[x], _, dy, grads| {
            let mut dx = like(x);
            dx.fill(factor * dy[[0, 0]]);
            grads.add(x, dx);
        })
    }
}
