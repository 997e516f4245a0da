//! What every hot loop is made of: [`kernels!`](simd) compiles it for each CPU, [`sum_in_lanes`] adds
//! in an order that no CPU changes, a [`team`] of threads shares it. The matrix product has a
//! module of its own.
//!
//! The loops themselves stand beside the operations that they serve, two that many use here. Everything is row-major and
//! contiguous, and each loop makes one pass.

mod lanes;
pub mod peak;
mod product;
pub(crate) mod simd;
pub(crate) mod team;

pub(crate) use lanes::sum_in_lanes;
pub(crate) use product::product;
pub(crate) use simd::kernels;

kernels! {
    /// `y += x`.
    pub(crate) fn add(x: &[T], y: &mut [T]) {
        for (x, y) in x.iter().zip(y) {
            *y += *x;
        }
    }

    /// `y *= factor`.
    pub(crate) fn scale(y: &mut [T], factor: T) {
        for y in y {
            *y *= factor;
        }
    }
}
