//! Sum and mean of all entries.

use ndarray::Array2;

use crate::tensor::{buffers, Operation, Pooled, Scalar, Sink, Tensor};

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
        T::dot(self.slice(), self.slice()) * T::from_f64(1.0 / self.values().len() as f64)
    }

    /// Panics with the shape if there are no entries.
    #[track_caller]
    pub(super) fn not_empty(&self, operation: &str) {
        assert!(!self.slice().is_empty(), "{operation}: shape {:?} has no entries", self.shape());
    }

    fn sum_scaled(&self, factor: f64) -> Tensor<T> {
        let factor = T::from_f64(factor);
        let mut y = buffers::take(1, 1);
        y[[0, 0]] = T::sum(self.slice()) * factor;
        Tensor::from_operation(y, vec![self.clone()], SumOp(factor))
    }
}

struct SumOp<T>(T);

/// Every entry of `dx` is `factor dy`.
impl<T: Scalar> Operation<T> for SumOp<T> {
    fn backward(&self, x: &[Tensor<T>], _: &Array2<T>, dy: Pooled<T>, sink: &mut Sink<T>) {
        let [rows, columns] = x[0].shape();
        let mut dx = buffers::take(rows, columns);
        dx.fill(self.0 * dy[[0, 0]]);
        sink.add(&x[0], dx);
    }
}
