//! Operations on tensors. Each is one function: its loops, its value, and the closure that takes a
//! gradient back to its operands, which are on one screen.
//!
//! A shape mismatch panics with the name of the operation and both shapes.

mod activation;
mod arithmetic;
mod cross_entropy;
mod linear;
mod mean_squared_error;
mod norm;
mod reduce;

pub use linear::product;

use crate::tensor::{buffers, Pooled, Scalar, Tensor};

/// Panics with both shapes unless they are equal.
#[track_caller]
fn same_shape<T: Scalar>(operation: &str, a: &Tensor<T>, b: &Tensor<T>) {
    let (a, b) = (a.shape(), b.shape());
    assert!(a == b, "{operation}: shapes {a:?} and {b:?} differ");
}

/// An array of the shape of `x`, to be written.
fn like<T: Scalar>(x: &Tensor<T>) -> Pooled<T> {
    let [rows, columns] = x.shape();
    buffers::take(rows, columns)
}
