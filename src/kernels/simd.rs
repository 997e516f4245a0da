//! Compiles a loop once for each generation of x86-64 and picks one when it runs.
//!
//! Rust neither fuses a multiplication with an addition nor reorders sums, so every version
//! gives the same bits; they differ only in how many entries they handle at a time.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Vector instructions that the CPU has: 0 the baseline, 1 AVX2, 2 AVX-512.
#[inline]
pub(crate) fn level() -> u8 {
    const UNKNOWN: u8 = u8::MAX;
    static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);
    match LEVEL.load(Relaxed) {
        UNKNOWN => {
            let level = detect();
            LEVEL.store(level, Relaxed);
            level
        }
        level => level,
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

/// The same of CPUs that fuse multiplication and addition, 0 for the others.
pub fn fused_level() -> u8 {
    #[cfg(target_arch = "x86_64")]
    let fuses = is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    let fuses = false;
    level() * u8::from(fuses)
}

/// A loop that is compiled for both scalar types.
pub trait Loop {
    /// Its signature.
    type For<T>;
    /// Compiled for f32.
    fn single() -> Self::For<f32>;
    /// Compiled for f64.
    fn double() -> Self::For<f64>;
}

/// f32 or f64: picks its version of a loop.
pub trait Float: Sized {
    /// The loop for this type.
    fn version<L: Loop>() -> L::For<Self>;
}

impl Float for f32 {
    fn version<L: Loop>() -> L::For<f32> {
        L::single()
    }
}

impl Float for f64 {
    fn version<L: Loop>() -> L::For<f64> {
        L::double()
    }
}

/// Declares loops over slices where they are used, beside the operation that they serve.
///
/// Bodies are written once, in terms of `T` and of `math`, its transcendental functions. Callers see
/// a generic function; behind it stand two concrete ones, which are compiled here, optimised, and
/// not in a caller that may be a snippet built without optimisation.
macro_rules! kernels {
    ($(
        $(#[$doc:meta])*
        $visible:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {$(
        $(#[$doc])*
        #[allow(clippy::too_many_arguments)]
        $visible fn $name<T: crate::kernels::simd::Float>($($arg: $type),*) $(-> $result)? {
            enum Both {}
            impl crate::kernels::simd::Loop for Both {
                type For<T> = fn($($type),*) $(-> $result)?;

                fn single() -> Self::For<f32> {
                    #[allow(unused_imports)]
                    use crate::math::single as math;
                    type T = f32;
                    crate::kernels::simd::dispatch! { ($($arg: $type),*) $(-> $result)? $body }
                }

                fn double() -> Self::For<f64> {
                    #[allow(unused_imports)]
                    use crate::math::double as math;
                    type T = f64;
                    crate::kernels::simd::dispatch! { ($($arg: $type),*) $(-> $result)? $body }
                }
            }
            T::version::<Both>()($($arg),*)
        }
    )*};
}

/// A function that runs the version of the loop for this CPU.
macro_rules! dispatch {
    (($($arg:ident: $type:ty),*) $(-> $result:ty)? $body:block) => {{
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        fn plain($($arg: $type),*) $(-> $result)? $body

        #[allow(clippy::too_many_arguments, unsafe_code)]
        fn best($($arg: $type),*) $(-> $result)? {
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

        best
    }};
}

pub(crate) use {dispatch, kernels};
