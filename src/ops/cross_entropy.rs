//! Softmax and cross-entropy in one pass.

use ndarray::Array2;

use crate::tensor::{buffers, Operation, Pooled, Scalar, Sink, Tensor};

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
        let share = T::from_f64(1.0 / rows as f64);
        let mut slope = buffers::take(rows, classes);
        let mut total = T::zero();
        for ((z, d), &label) in self
            .slice()
            .chunks(classes)
            .zip(buffers::slice_mut(&mut slope).chunks_mut(classes))
            .zip(labels)
        {
            let (max, sum) = T::exp_of_row(z, d);
            // A scalar a row: f64 costs nothing here.
            total += T::from_f64(libm::log(sum.to_f64())) + (max - z[label]);
            T::scale(d, share / sum); // softmax / rows
            d[label] = d[label] - share;
        }
        let mut loss = buffers::take(1, 1);
        loss[[0, 0]] = total * share;
        Tensor::from_operation(loss, vec![self.clone()], CrossEntropyOp { slope })
    }
}

struct CrossEntropyOp<T: Scalar> {
    /// `(softmax(z) - one-hot(label)) / rows`.
    slope: Pooled<T>,
}

/// `dz = dloss (softmax(z) - one-hot(label)) / rows`.
impl<T: Scalar> Operation<T> for CrossEntropyOp<T> {
    fn backward(&self, z: &[Tensor<T>], _: &Array2<T>, dloss: Pooled<T>, sink: &mut Sink<T>) {
        let mut dz = buffers::copy(&self.slope);
        T::scale(buffers::slice_mut(&mut dz), dloss[[0, 0]]);
        sink.add(&z[0], dz);
    }
}
