//! Activations, applied to every entry.
//!
//! Values and gradients of size below 2^-60 (f32) become 0 on the way: see `math`.

use super::like;
use crate::kernels::kernels;
use crate::recipe::{activation::SELU, Activation};
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
            Activation::LeakyRelu(slope) => self.leaky_relu(slope),
            Activation::Tanh => self.tanh(),
            Activation::Sigmoid => self.sigmoid(),
            Activation::Gelu => self.gelu(),
            Activation::GeluTanh => self.gelu_tanh(),
            Activation::Silu => self.silu(),
            Activation::Elu => self.exponential_linear(1.0, 1.0),
            Activation::Selu => self.exponential_linear(SELU[0], SELU[0] * SELU[1]),
            Activation::Softplus => self.softplus(),
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

    /// `y = x` above 0 and `slope x` below; at 0 the derivative is `slope`, which is 0 or more.
    ///
    /// *Source*: Maas et al. 2013, section 2.
    pub fn leaky_relu(&self, slope: f64) -> Tensor<T> {
        kernels! {
            fn forward(x: &[T], y: &mut [T], slope: T) {
                for (x, y) in x.iter().zip(y) {
                    *y = math::flush(if *x <= 0.0 { *x * slope } else { *x });
                }
            }
            /// `dx = dy` where `y > 0`, else `dy slope`.
            fn backward(y: &[T], dy: &mut [T], slope: T) {
                for (y, dy) in y.iter().zip(dy) {
                    *dy = math::flush(if *y <= 0.0 { *dy * slope } else { *dy });
                }
            }
        }
        let slope = T::from_f64(slope);
        let mut y = like(self);
        map(self.slice(), slice_mut(&mut y), |x, y| forward(x, y, slope));
        Tensor::from_operation(y, [self], move |[x], y, mut dy, grads| {
            map(slice(y), slice_mut(&mut dy), |y, dy| backward(y, dy, slope));
            grads.add(x, dy);
        })
    }

    /// `y = above x` above 0 and `below (exp(x) - 1)` below: ELU where both are 1, and SELU.
    ///
    /// *Source*: Clevert et al. 2016, eq. 15; Klambauer et al. 2017, eq. 2.
    pub fn exponential_linear(&self, above: f64, below: f64) -> Tensor<T> {
        kernels! {
            fn forward(x: &[T], y: &mut [T], above: T, below: T) {
                for (x, y) in x.iter().zip(y) {
                    let negative = below * math::expm1(if *x > 0.0 { 0.0 } else { *x });
                    *y = math::flush(if *x > 0.0 { above * *x } else { negative });
                }
            }
            /// `dx = above dy` where `y > 0`, else `(y + below) dy`.
            fn backward(y: &[T], dy: &mut [T], above: T, below: T) {
                for (y, dy) in y.iter().zip(dy) {
                    *dy = math::flush(*dy * if *y > 0.0 { above } else { *y + below });
                }
            }
        }
        let [above, below] = [above, below].map(T::from_f64);
        let mut y = like(self);
        map(self.slice(), slice_mut(&mut y), |x, y| forward(x, y, above, below));
        Tensor::from_operation(y, [self], move |[x], y, mut dy, grads| {
            map(slice(y), slice_mut(&mut dy), |y, dy| backward(y, dy, above, below));
            grads.add(x, dy);
        })
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

/// Declares activations whose derivative falls out of their value, with the functions of `math`.
macro_rules! with_slope {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl<T: Scalar> Tensor<T> {$(
            $(#[$doc])*
            pub fn $name(&self) -> Tensor<T> {
                kernels! {
                    fn value_and_slope(x: &[T], y: &mut [T], slope: &mut [T]) {
                        for ((x, y), slope) in x.iter().zip(y).zip(slope) {
                            let (value, derivative) = math::$name(*x);
                            *y = math::flush(value);
                            *slope = derivative;
                        }
                    }
                }
                self.with_slope(value_and_slope)
            }
        )*}
    };
}

with_slope! {
    /// `y = 1/(1 + exp(-x))`.
    sigmoid;

    /// `y = x Phi(x)` with the exact normal distribution function.
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 2.
    gelu;

    /// `y = x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))/2`.
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 2.
    gelu_tanh;

    /// `y = x / (1 + exp(-x))`, also called swish.
    ///
    /// *Source*: Hendrycks & Gimpel 2016, section 4.
    silu;

    /// `y = ln(1 + exp x)`.
    ///
    /// *Source*: Dugas et al. 2001, eq. 3.
    softplus;
}

/// `kernel(from, to)`, piece by piece.
fn map<T: Scalar>(from: &[T], to: &mut [T], kernel: impl Fn(&[T], &mut [T]) + Sync) {
    let piece = threads::piece(from.len(), from.len(), threads::ENTRIES);
    let pieces = from.chunks(piece).zip(to.chunks_mut(piece));
    threads::share(pieces, |(from, to)| kernel(from, to));
}
