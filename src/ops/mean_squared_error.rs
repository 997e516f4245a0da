//! Mean squared error.

use super::same_shape;
use crate::tensor::{Scalar, Tensor};

impl<T: Scalar> Tensor<T> {
    /// Mean of `(y - target)^2` over all entries, as a `[1, 1]` tensor.
    ///
    /// # Panics
    /// If the shapes differ, or there are no entries.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let y: Tensor = Tensor::constant([[1.0, 5.0]]);
    /// assert_eq!(y.mean_squared_error(&Tensor::constant([[2.0, 2.0]])).item(), 5.0);
    /// ```
    #[track_caller]
    pub fn mean_squared_error(&self, target: &Tensor<T>) -> Tensor<T> {
        same_shape("mean_squared_error", self, target);
        self.not_empty("mean_squared_error");
        let error = self - target;
        (&error * &error).mean()
    }
}
