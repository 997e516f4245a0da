//! The two scalar types: f32 for training, f64 for checking gradients.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar};
use std::cell::RefCell;
use std::fmt::{Debug, Display, LowerExp};
use std::ops::{AddAssign, Neg};
use std::thread::LocalKey;

use super::buffers::Buffers;
use crate::kernels::{self, simd::Float};

/// A scalar that tensors may hold: `f32` or `f64`.
///
/// Sealed: its loops are compiled inside this crate.
pub trait Scalar:
    LinalgScalar
    + Float
    + Neg<Output = Self>
    + AddAssign
    + Default
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + Send
    + Sync
    + sealed::Sealed
{
    /// The nearest number of this type.
    fn from_f64(x: f64) -> Self;

    /// The same number in f64.
    fn to_f64(self) -> f64;

    /// `c = a b`, by the fastest product there is; `c` need not be initialised to anything meaningful.
    #[doc(hidden)]
    fn product(a: ArrayView2<Self>, b: ArrayView2<Self>, c: ArrayViewMut2<Self>);

    /// This thread's store of buffers to be used again.
    #[doc(hidden)]
    fn buffers() -> &'static LocalKey<RefCell<Buffers<Self>>>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
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

            fn buffers() -> &'static LocalKey<RefCell<Buffers<$t>>> {
                thread_local!(static BUFFERS: RefCell<Buffers<$t>> = RefCell::default());
                &BUFFERS
            }
        }
    };
}

scalar!(f32, kernels::product);
scalar!(f64, |_, _, _| false);
