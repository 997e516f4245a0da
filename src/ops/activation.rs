//! ReLU, tanh, GELU and SiLU, applied to every entry.

use ndarray::Array2;

use crate::tensor::{buffers, Operation, Scalar, Sink, Tensor};

impl<T: Scalar> Tensor<T> {
    /// `y = max(0, x)`; the derivative at 0 is 0.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[-1.0, 2.0]]);
    /// assert_eq!(x.relu().values(), array![[0.0, 2.0]]);
    /// ```
    // ANCHOR: relu
    pub fn relu(&self) -> Tensor<T> {
        let mut y = self.like();
        T::relu(self.slice(), buffers::slice_mut(&mut y));
        Tensor::from_operation(y, vec![self.clone()], ReluOp)
    }
    // ANCHOR_END: relu

    /// `y = tanh x`.
    pub fn tanh(&self) -> Tensor<T> {
        let mut y = self.like();
        T::tanh(self.slice(), buffers::slice_mut(&mut y));
        Tensor::from_operation(y, vec![self.clone()], TanhOp)
    }

    /// `y = x Phi(x)` with the exact normal distribution function (not its tanh approximation).
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 2.
    pub fn gelu(&self) -> Tensor<T> {
        self.with_slope(T::gelu)
    }

    /// `y = x / (1 + exp(-x))`, also called swish.
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 4.
    pub fn silu(&self) -> Tensor<T> {
        self.with_slope(T::silu)
    }

    /// An activation whose derivative falls out of its value: one pass computes both.
    fn with_slope(&self, forward: fn(&[T], &mut [T], &mut [T])) -> Tensor<T> {
        let (mut y, mut slope) = (self.like(), self.like());
        forward(self.slice(), buffers::slice_mut(&mut y), buffers::slice_mut(&mut slope));
        Tensor::from_operation(y, vec![self.clone()], SlopeOp { slope })
    }

    /// An array of this shape, to be written.
    fn like(&self) -> Array2<T> {
        let [rows, columns] = self.shape();
        buffers::take(rows, columns)
    }
}

// ANCHOR: relu_backward
struct ReluOp;

/// `dx = dy` where `y > 0`, else 0.
impl<T: Scalar> Operation<T> for ReluOp {
    fn backward(&self, x: &[Tensor<T>], y: &Array2<T>, mut dy: Array2<T>, sink: &mut Sink<T>) {
        T::relu_backward(buffers::slice_mut(&mut dy), buffers::slice(y));
        sink.add(&x[0], dy);
    }
}
// ANCHOR_END: relu_backward

struct TanhOp;

/// `dx = dy (1 - y^2)`.
impl<T: Scalar> Operation<T> for TanhOp {
    fn backward(&self, x: &[Tensor<T>], y: &Array2<T>, mut dy: Array2<T>, sink: &mut Sink<T>) {
        T::tanh_backward(buffers::slice_mut(&mut dy), buffers::slice(y));
        sink.add(&x[0], dy);
    }
}

struct SlopeOp<T: Scalar> {
    slope: Array2<T>,
}

/// `dx = dy phi'(x)`.
impl<T: Scalar> Operation<T> for SlopeOp<T> {
    fn backward(&self, x: &[Tensor<T>], _: &Array2<T>, mut dy: Array2<T>, sink: &mut Sink<T>) {
        T::multiply(buffers::slice_mut(&mut dy), buffers::slice(&self.slope));
        sink.add(&x[0], dy);
    }
}

impl<T: Scalar> Drop for SlopeOp<T> {
    fn drop(&mut self) {
        buffers::give(std::mem::take(&mut self.slope));
    }
}
