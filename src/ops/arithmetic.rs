//! `a + b`, `a - b`, `a * b` entry by entry, and `a * number`.

use ndarray::Array2;
use std::ops::{Add, Mul, Sub};

use super::same_shape;
use crate::tensor::{buffers, Operation, Pooled, Scalar, Sink, Tensor};

/// `y = a + b`.
impl<T: Scalar> Add for &Tensor<T> {
    type Output = Tensor<T>;

    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    fn add(self, b: &Tensor<T>) -> Tensor<T> {
        let ([rows, columns], row) = (self.shape(), b.shape());
        assert!(
            rows == row[0] || row != [1, columns],
            "add: shapes {:?} and {row:?} differ: `linear` adds a bias to every row",
            self.shape()
        );
        same_shape("add", self, b);
        let mut y = buffers::copy(self.values());
        T::accumulate(b.slice(), buffers::slice_mut(&mut y));
        Tensor::from_operation(y, vec![self.clone(), b.clone()], AddOp)
    }
}

struct AddOp;

/// `da = dy`, `db = dy`.
impl<T: Scalar> Operation<T> for AddOp {
    fn backward(&self, ab: &[Tensor<T>], _: &Array2<T>, dy: Pooled<T>, sink: &mut Sink<T>) {
        sink.add(&ab[0], buffers::copy(&dy));
        sink.add(&ab[1], dy);
    }
}

/// `y = a - b`.
impl<T: Scalar> Sub for &Tensor<T> {
    type Output = Tensor<T>;

    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    fn sub(self, b: &Tensor<T>) -> Tensor<T> {
        same_shape("subtract", self, b);
        let mut y = buffers::copy(self.values());
        T::subtract(b.slice(), buffers::slice_mut(&mut y));
        Tensor::from_operation(y, vec![self.clone(), b.clone()], SubtractOp)
    }
}

struct SubtractOp;

/// `da = dy`, `db = -dy`.
impl<T: Scalar> Operation<T> for SubtractOp {
    fn backward(&self, ab: &[Tensor<T>], _: &Array2<T>, mut dy: Pooled<T>, sink: &mut Sink<T>) {
        sink.add(&ab[0], buffers::copy(&dy));
        T::scale(buffers::slice_mut(&mut dy), -T::one());
        sink.add(&ab[1], dy);
    }
}

/// `y = a * b`, entry by entry.
impl<T: Scalar> Mul for &Tensor<T> {
    type Output = Tensor<T>;

    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    fn mul(self, b: &Tensor<T>) -> Tensor<T> {
        same_shape("multiply", self, b);
        let mut y = buffers::copy(self.values());
        T::multiply(b.slice(), buffers::slice_mut(&mut y));
        Tensor::from_operation(y, vec![self.clone(), b.clone()], MultiplyOp)
    }
}

struct MultiplyOp;

/// `da = dy * b`, `db = dy * a`.
impl<T: Scalar> Operation<T> for MultiplyOp {
    fn backward(&self, ab: &[Tensor<T>], _: &Array2<T>, mut dy: Pooled<T>, sink: &mut Sink<T>) {
        let mut da = buffers::copy(&dy);
        T::multiply(ab[1].slice(), buffers::slice_mut(&mut da));
        sink.add(&ab[0], da);
        T::multiply(ab[0].slice(), buffers::slice_mut(&mut dy));
        sink.add(&ab[1], dy);
    }
}

impl<T: Scalar> Tensor<T> {
    /// `y = factor x`.
    pub fn scale(&self, factor: f64) -> Tensor<T> {
        let factor = T::from_f64(factor);
        let mut y = buffers::copy(self.values());
        T::scale(buffers::slice_mut(&mut y), factor);
        Tensor::from_operation(y, vec![self.clone()], ScaleOp(factor))
    }
}

struct ScaleOp<T>(T);

/// `dx = factor dy`.
impl<T: Scalar> Operation<T> for ScaleOp<T> {
    fn backward(&self, x: &[Tensor<T>], _: &Array2<T>, mut dy: Pooled<T>, sink: &mut Sink<T>) {
        T::scale(buffers::slice_mut(&mut dy), self.0);
        sink.add(&x[0], dy);
    }
}
