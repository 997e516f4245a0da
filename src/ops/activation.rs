//! ReLU, tanh, GELU and SiLU, applied to every entry.
//!
//! Values and gradients of size below 2^-60 (f32) become 0 on the way: see `math`.

use super::like;
use crate::kernels::kernels;
use crate::recipe::Activation;
use crate::tensor::buffers::{slice, slice_mut};
use crate::tensor::{Scalar, Tensor};
use crate::threads;

impl<T: Scalar> Tensor<T> {
    /// `y = phi(x)`, entry by entry.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[-1.0, 2.0]]);
    /// assert_eq!(x.activation(Relu).values(), array![[0.0, 2.0]]);
    /// ```
    pub fn activation(&self, phi: Activation) -> Tensor<T> {
        match phi {
            Activation::Identity => self.clone(),
            Activation::Relu => self.relu(),
            Activation::Tanh => self.tanh(),
            Activation::Gelu => self.gelu(),
            Activation::Silu => self.silu(),
        }
    }

    /// `y = max(0, x)`; the derivative at 0 is 0.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[-1.0, 2.0]]);
    /// assert_eq!(x.relu().values(), array![[0.0, 2.0]]);
    /// ```
    // ANCHOR: relu
    pub fn relu(&self) -> Tensor<T> {
        kernels! {
            /// `y = max(0, x)`; NaN stays NaN.
            fn forward(x: &[T], y: &mut [T]) {
                for (x, y) in x.iter().zip(y) {
                    *y = if *x < math::TINY { 0.0 } else { *x };
                }
            }
            /// `dx = dy` where `y > 0`, else 0; where `y` is NaN, `dy` stays.
            fn backward(y: &[T], dy: &mut [T]) {
                for (y, dy) in y.iter().zip(dy) {
                    *dy = if *y <= 0.0 { 0.0 } else { math::flush(*dy) };
                }
            }
        }
        let mut y = like(self);
        map(self.slice(), slice_mut(&mut y), forward);
        Tensor::from_operation(y, [self], |[x], y, mut dy, grads| {
            map(slice(y), slice_mut(&mut dy), backward);
            grads.add(x, dy);
        })
    }
    // ANCHOR_END: relu

    /// `y = tanh x`.
    pub fn tanh(&self) -> Tensor<T> {
        kernels! {
            fn forward(x: &[T], y: &mut [T]) {
                for (x, y) in x.iter().zip(y) {
                    *y = math::flush(math::tanh(*x));
                }
            }
            /// `dx = dy (1 - y^2)`.
            fn backward(y: &[T], dy: &mut [T]) {
                for (y, dy) in y.iter().zip(dy) {
                    *dy = math::flush(*dy * (1.0 - *y * *y));
                }
            }
        }
        let mut y = like(self);
        map(self.slice(), slice_mut(&mut y), forward);
        Tensor::from_operation(y, [self], |[x], y, mut dy, grads| {
            map(slice(y), slice_mut(&mut dy), backward);
            grads.add(x, dy);
        })
    }

    /// `y = x Phi(x)` with the exact normal distribution function (not its tanh approximation).
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 2.
    pub fn gelu(&self) -> Tensor<T> {
        kernels! {
            fn value_and_slope(x: &[T], y: &mut [T], slope: &mut [T]) {
                for ((x, y), slope) in x.iter().zip(y).zip(slope) {
                    let (value, derivative) = math::gelu(*x);
                    *y = math::flush(value);
                    *slope = derivative;
                }
            }
        }
        self.with_slope(value_and_slope)
    }

    /// `y = x / (1 + exp(-x))`, also called swish.
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 4.
    pub fn silu(&self) -> Tensor<T> {
        kernels! {
            fn value_and_slope(x: &[T], y: &mut [T], slope: &mut [T]) {
                for ((x, y), slope) in x.iter().zip(y).zip(slope) {
                    let (value, derivative) = math::silu(*x);
                    *y = math::flush(value);
                    *slope = derivative;
                }
            }
        }
        self.with_slope(value_and_slope)
    }

    /// An activation whose derivative falls out of its value: one pass computes both.
    fn with_slope(&self, forward: fn(&[T], &mut [T], &mut [T])) -> Tensor<T> {
        kernels! {
            /// `dx = dy phi'(x)`.
            fn backward(slope: &[T], dy: &mut [T]) {
                for (slope, dy) in slope.iter().zip(dy) {
                    *dy = math::flush(*dy * *slope);
                }
            }
        }
        let (mut y, mut slope) = (like(self), like(self));
        let piece = threads::piece(y.len(), y.len(), threads::ENTRIES);
        let x = self.slice().chunks(piece);
        let pieces = x.zip(slice_mut(&mut y).chunks_mut(piece));
        let pieces = pieces.zip(slice_mut(&mut slope).chunks_mut(piece));
        threads::share(pieces, |((x, y), slope)| forward(x, y, slope));
        Tensor::from_operation(y, [self], move |[x], _, mut dy, grads| {
            map(slice(&slope), slice_mut(&mut dy), backward);
            grads.add(x, dy);
        })
    }
}

/// `kernel(from, to)`, piece by piece.
fn map<T: Scalar>(from: &[T], to: &mut [T], kernel: fn(&[T], &mut [T])) {
    let piece = threads::piece(from.len(), from.len(), threads::ENTRIES);
    let pieces = from.chunks(piece).zip(to.chunks_mut(piece));
    threads::share(pieces, |(from, to)| kernel(from, to));
}
