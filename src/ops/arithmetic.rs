//! `a + b`, `a - b`, `a * b` entry by entry, and `a` times a number, given or learned.

use std::ops::{Add, Mul, Sub};

use super::reduce::dot;
use super::same_shape;
use crate::kernels::{add, kernels, scale};
use crate::tensor::buffers::{self, copy, slice, slice_mut};
use crate::tensor::{Scalar, Tensor};

kernels! {
    /// `y -= x`.
    fn subtract(x: &[T], y: &mut [T]) {
        for (x, y) in x.iter().zip(y) {
            *y -= *x;
        }
    }

    /// `y *= x`.
    fn multiply(x: &[T], y: &mut [T]) {
        for (x, y) in x.iter().zip(y) {
            *y *= *x;
        }
    }
}

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
        let mut y = copy(self.values());
        add(b.slice(), slice_mut(&mut y));
        Tensor::from_operation(y, [self, b], |[a, b], _, dy, grads| {
            grads.add(a, copy(&dy));
            grads.add(b, dy);
        })
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
        let mut y = copy(self.values());
        subtract(b.slice(), slice_mut(&mut y));
        Tensor::from_operation(y, [self, b], |[a, b], _, mut dy, grads| {
            grads.add(a, copy(&dy));
            scale(slice_mut(&mut dy), -T::one());
            grads.add(b, dy);
        })
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
        let mut y = copy(self.values());
        multiply(b.slice(), slice_mut(&mut y));
        Tensor::from_operation(y, [self, b], |[a, b], _, mut dy, grads| {
            let mut da = copy(&dy);
            multiply(b.slice(), slice_mut(&mut da));
            grads.add(a, da);
            multiply(a.slice(), slice_mut(&mut dy));
            grads.add(b, dy);
        })
    }
}

impl<T: Scalar> Tensor<T> {
    /// `y = factor x`.
    pub fn scale(&self, factor: f64) -> Tensor<T> {
        let factor = T::from_f64(factor);
        let mut y = copy(self.values());
        scale(slice_mut(&mut y), factor);
        Tensor::from_operation(y, [self], move |[x], _, mut dy, grads| {
            scale(slice_mut(&mut dy), factor);
            grads.add(x, dy);
        })
    }

    /// `y = factor x`, with a factor `[1, 1]` that may be a parameter.
    ///
    /// # Panics
    /// If the factor has another shape.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[1.0, 2.0], [3.0, 4.0]]);
    /// let factor = Tensor::parameter([[0.5]]);
    /// let y = x.scale_by(&factor);
    /// assert_eq!(y.values(), array![[0.5, 1.0], [1.5, 2.0]]);
    /// assert_eq!(y.sum().backward().of(&factor), array![[10.0]]);
    /// ```
    #[track_caller]
    pub fn scale_by(&self, factor: &Tensor<T>) -> Tensor<T> {
        let shape = factor.shape();
        assert!(shape == [1, 1], "scale_by: shape {shape:?} of the factor is not [1, 1]");
        let mut y = copy(self.values());
        scale(slice_mut(&mut y), factor.item());
        Tensor::from_operation(y, [self, factor], |[x, factor], _, mut dy, grads| {
            let mut d_factor = buffers::take(1, 1);
            d_factor[[0, 0]] = dot(x.slice(), slice(&dy));
            grads.add(factor, d_factor);
            scale(slice_mut(&mut dy), factor.item());
            grads.add(x, dy);
        })
    }
}
