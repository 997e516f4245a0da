//! The two scalar types: f32 for training, f64 for checking gradients.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar};
use std::fmt::{Debug, Display, LowerExp};
use std::ops::{AddAssign, Neg};

use super::buffers::Stored;
use crate::kernels::{self, simd::Float};

/// A scalar that tensors may hold: `f32` or `f64`.
///
/// Sealed by traits of this crate: its loops are compiled here.
pub trait Scalar:
    LinalgScalar
    + Float
    + Stored
    + Neg<Output = Self>
    + AddAssign
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + Send
    + Sync
{
    /// The nearest number of this type.
    fn from_f64(x: f64) -> Self;

    /// The same number in f64.
    fn to_f64(self) -> f64;

    /// `c = a b`, by the fastest product there is; `c` need not be initialised to anything meaningful.
    #[doc(hidden)]
    fn product(a: ArrayView2<Self>, b: ArrayView2<Self>, c: ArrayViewMut2<Self>);
}

macro_rules! scalar {
    ($t:ty, $fast:expr) => {
        impl Scalar for $t {
            fn from_f64(x: f64) -> $t {
                x as $t
            }

            fn to_f64(self) -> f64 {
                self as f64
            }

            fn product(a: ArrayView2<$t>, b: ArrayView2<$t>, mut c: ArrayViewMut2<$t>) {
                if !$fast(a, b, c.view_mut()) {
                    general_mat_mul(1.0, &a, &b, 0.0, &mut c);
                }
            }
        }
    };
}

scalar!(f32, kernels::product);
scalar!(f64, |_, _, _| false);
