//! Softmax and cross-entropy in one pass.

use crate::kernels::{kernels, scale, sum_in_lanes};
use crate::tensor::{buffers, Scalar, Tensor};

impl<T: Scalar> Tensor<T> {
    /// Mean cross-entropy of rows of logits `z` against one class each, as a `[1, 1]` tensor.
    ///
    /// ```text
    /// loss = mean over rows r of  ln sum_k exp(z[r,k]) - z[r, label[r]]
    /// ```
    /// In nats. The row's maximum is subtracted before `exp`, so that the loss overflows only where
    /// its value does; no probability is clamped, which would hide a divergence.
    ///
    /// # Panics
    /// If there is not one label a row, a label is not a column, or there are no rows.
    ///
    /// # Example: a guess costs ln 2
    /// ```
    /// use minigrad::prelude::*;
    /// let logits: Tensor = Tensor::constant([[0.0, 0.0]]);
    /// assert_eq!(logits.cross_entropy(&[1]).item(), 2f32.ln());
    /// ```
    #[track_caller]
    pub fn cross_entropy(&self, labels: &[usize]) -> Tensor<T> {
        let [rows, classes] = self.shape();
        assert!(
            labels.len() == rows,
            "cross_entropy: {} labels for logits {:?}",
            labels.len(),
            self.shape()
        );
        assert!(rows > 0, "cross_entropy: logits {:?} have no rows", self.shape());
        if let Some(label) = labels.iter().find(|&&label| label >= classes) {
            panic!("cross_entropy: label {label} for logits {:?}", self.shape());
        }
        kernels! {
            /// `p = exp(z - max z)` for one row; returns the maximum and the sum of `p`.
            fn exp_of_row(z: &[T], p: &mut [T]) -> (T, T) {
                let max = z.iter().fold(T::NEG_INFINITY, |m, z| if *z > m { *z } else { m });
                for (z, p) in z.iter().zip(p.iter_mut()) {
                    *p = math::exp(*z - max);
                }
                (max, sum_in_lanes(0.0, [p], |[p]| p))
            }
        }
        let share = T::from_f64(1.0 / rows as f64);
        // The derivative by z, (softmax(z) - one-hot(label)) / rows, falls out of the value.
        let mut slope = buffers::take(rows, classes);
        let mut total = T::zero();
        for ((z, d), &label) in self
            .slice()
            .chunks(classes)
            .zip(buffers::slice_mut(&mut slope).chunks_mut(classes))
            .zip(labels)
        {
            let (max, sum) = exp_of_row(z, d);
            // A scalar a row: f64 costs nothing here.
            total += T::from_f64(libm::log(sum.to_f64())) + (max - z[label]);
            scale(d, share / sum); // softmax / rows
            d[label] = d[label] - share;
        }
        let mut loss = buffers::take(1, 1);
        loss[[0, 0]] = total * share;
        Tensor::from_operation(loss, [self], move |[z], _, dloss, grads| {
            let mut dz = buffers::copy(&slope);
            scale(buffers::slice_mut(&mut dz), dloss[[0, 0]]);
            grads.add(z, dz);
        })
    }
}
