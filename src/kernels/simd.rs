//! Compiles a loop once for each generation of x86-64 and picks one when it runs.
//!
//! Rust neither fuses a multiplication with an addition nor reorders sums, so every version
//! gives the same bits; they differ only in how many entries they handle at a time.

use std::sync::atomic::{AtomicU8, Ordering};

/// Vector instructions that the CPU has: 0 the baseline, 1 AVX2, 2 AVX-512.
#[inline]
pub(crate) fn level() -> u8 {
    static LEVEL: AtomicU8 = AtomicU8::new(u8::MAX);
    match LEVEL.load(Ordering::Relaxed) {
        u8::MAX => {
            let found = detect();
            LEVEL.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    }
}

#[cfg(target_arch = "x86_64")]
fn detect() -> u8 {
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw");
    avx512 as u8 + is_x86_feature_detected!("avx2") as u8
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> u8 {
    0
}

/// Declares the trait `Kernels<T>` with one method a loop, and implements it for f32 and f64.
///
/// Bodies are written once, in terms of `T` and of `math`, its transcendental functions. They are
/// concrete methods rather than generic functions so that they are compiled here, optimised,
/// and not in a caller that may be a snippet built without optimisation.
macro_rules! kernels {
    ($(
        $(#[$doc:meta])*
        fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {
        /// The loops over slices, for one scalar type.
        #[allow(clippy::too_many_arguments)]
        pub trait Kernels<T> {
            $($(#[$doc])* fn $name($($arg: $type),*) $(-> $result)?;)*
        }

        mod single {
            use super::*;
            use crate::math::single as math;
            type T = f32;
            impl Kernels<T> for f32 {
                $(crate::kernels::simd::dispatch! { fn $name($($arg: $type),*) $(-> $result)? $body })*
            }
        }

        mod double {
            use super::*;
            use crate::math::double as math;
            type T = f64;
            impl Kernels<T> for f64 {
                $(crate::kernels::simd::dispatch! { fn $name($($arg: $type),*) $(-> $result)? $body })*
            }
        }
    };
}

macro_rules! dispatch {
    (fn $name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)? $body:block) => {
        fn $name($($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments)]
            fn plain($($arg: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2")]
                #[allow(clippy::too_many_arguments)]
                fn avx512($($arg: $type),*) $(-> $result)? { plain($($arg),*) }
                #[target_feature(enable = "avx2")]
                #[allow(clippy::too_many_arguments)]
                fn avx2($($arg: $type),*) $(-> $result)? { plain($($arg),*) }
                match crate::kernels::simd::level() {
                    // SAFETY: `level` has found that this CPU has these instructions.
                    2 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    1 => return unsafe { avx2($($arg),*) },
                    _ => {}
                }
            }
            plain($($arg),*)
        }
    };
}

pub(crate) use {dispatch, kernels};
