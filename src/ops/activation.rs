//! ReLU, tanh, GELU and SiLU, applied to every entry.
//!
//! Values and gradients of size below 2^-60 (f32) become 0 on the way: see `math`.

use ndarray::Array2;

use crate::tensor::{buffers, Operation, Pooled, Scalar, Sink, Tensor};
use crate::threads;

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
        map(self.slice(), &mut y, T::relu);
        Tensor::from_operation(y, vec![self.clone()], ReluOp)
    }
    // ANCHOR_END: relu

    /// `y = tanh x`.
    pub fn tanh(&self) -> Tensor<T> {
        let mut y = self.like();
        map(self.slice(), &mut y, T::tanh);
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
        let piece = threads::piece(y.len(), y.len(), threads::ENTRIES);
        let pieces = self
            .slice()
            .chunks(piece)
            .zip(buffers::slice_mut(&mut y).chunks_mut(piece))
            .zip(buffers::slice_mut(&mut slope).chunks_mut(piece));
        threads::share(pieces, |((x, y), slope)| forward(x, y, slope));
        Tensor::from_operation(y, vec![self.clone()], SlopeOp { slope })
    }

    /// An array of this shape, to be written.
    fn like(&self) -> Pooled<T> {
        let [rows, columns] = self.shape();
        buffers::take(rows, columns)
    }
}

/// `kernel(from, to)`, piece by piece.
fn map<T: Scalar>(from: &[T], to: &mut Array2<T>, kernel: fn(&[T], &mut [T])) {
    let piece = threads::piece(from.len(), from.len(), threads::ENTRIES);
    let pieces = from.chunks(piece).zip(buffers::slice_mut(to).chunks_mut(piece));
    threads::share(pieces, |(from, to)| kernel(from, to));
}

// ANCHOR: relu_backward
struct ReluOp;

/// `dx = dy` where `y > 0`, else 0.
impl<T: Scalar> Operation<T> for ReluOp {
    fn backward(&self, x: &[Tensor<T>], y: &Array2<T>, mut dy: Pooled<T>, sink: &mut Sink<T>) {
        map(buffers::slice(y), &mut dy, T::relu_backward);
        sink.add(&x[0], dy);
    }
}
// ANCHOR_END: relu_backward

struct TanhOp;

/// `dx = dy (1 - y^2)`.
impl<T: Scalar> Operation<T> for TanhOp {
    fn backward(&self, x: &[Tensor<T>], y: &Array2<T>, mut dy: Pooled<T>, sink: &mut Sink<T>) {
        map(buffers::slice(y), &mut dy, T::tanh_backward);
        sink.add(&x[0], dy);
    }
}

struct SlopeOp<T: Scalar> {
    slope: Pooled<T>,
}

/// `dx = dy phi'(x)`.
impl<T: Scalar> Operation<T> for SlopeOp<T> {
    fn backward(&self, x: &[Tensor<T>], _: &Array2<T>, mut dy: Pooled<T>, sink: &mut Sink<T>) {
        map(buffers::slice(&self.slope), &mut dy, T::slope_backward);
        sink.add(&x[0], dy);
    }
}
