//! Residual connections.

use crate::tensor::{Scalar, Tensor};

/// `x + scale f`, the sum of a stream and a branch.
///
/// With `scale` 0 and a finite `f` the result is `x`, to the bit: a zero alone may change its sign.
///
/// # Panics
/// If the shapes differ.
///
/// *Source*: He et al. 2015 "residual", eq. 1.
///
/// ```
/// use minigrad::{nn::residual, prelude::*};
/// let x: Tensor = Tensor::constant([[1.0, 2.0]]);
/// let f = Tensor::constant([[10.0, 20.0]]);
/// assert_eq!(residual::add(&x, &f, 0.5).values(), array![[6.0, 12.0]]);
/// ```
#[track_caller]
pub fn add<T: Scalar>(x: &Tensor<T>, f: &Tensor<T>, scale: f64) -> Tensor<T> {
    if scale == 1.0 {
        x + f
    } else {
        x + &f.scale(scale)
    }
}
