//! Operations on tensors: one file each, the forward half above the backward half.
//!
//! A shape mismatch panics with the name of the operation and both shapes.

mod activation;
mod arithmetic;
mod cross_entropy;
mod linear;
mod mean_squared_error;
mod norm;
mod reduce;

use crate::tensor::{Scalar, Tensor};

/// Panics with both shapes unless they are equal.
#[track_caller]
fn same_shape<T: Scalar>(operation: &str, a: &Tensor<T>, b: &Tensor<T>) {
    let (a, b) = (a.shape(), b.shape());
    assert!(a == b, "{operation}: shapes {a:?} and {b:?} differ");
}
