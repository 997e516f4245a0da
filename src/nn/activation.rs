//! Activations, applied to tensors.

use crate::recipe::Activation;
use crate::tensor::{Scalar, Tensor};

/// `phi(z)`, entry by entry.
///
/// ```
/// use minigrad::{nn::activation, prelude::*};
/// let z: Tensor = Tensor::constant([[-1.0, 2.0]]);
/// assert_eq!(activation::apply(Relu, &z).values(), array![[0.0, 2.0]]);
/// ```
pub fn apply<T: Scalar>(activation: Activation, z: &Tensor<T>) -> Tensor<T> {
    match activation {
        Activation::Identity => z.clone(),
        Activation::Relu => z.relu(),
        Activation::Tanh => z.tanh(),
        Activation::Gelu => z.gelu(),
        Activation::Silu => z.silu(),
    }
}
