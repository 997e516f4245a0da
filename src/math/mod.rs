//! Transcendental functions whose bits are the same on every machine.
//!
//! `std` calls the C library of the platform for these. Here f64 comes from the `libm` crate, and
//! f32 from polynomials with separate multiplications and additions, which vectorise and which
//! no CPU rounds differently. Both modules offer the same functions:
//!
//! - `exp(x)`; f32 results below the smallest normal number are 0;
//! - `tanh(x)`;
//! - `gelu(x)`, `silu(x)`: value and derivative, which share one exponential.

pub(crate) mod double;
pub(crate) mod single;
