//! Transcendental functions whose bits are the same on every machine.
//!
//! `std` calls the C library of the platform for these. Here f64 comes from the `libm` crate, and
//! f32 from polynomials with separate multiplications and additions, which vectorise and which
//! no CPU rounds differently. Both modules offer the same functions:
//!
//! - `exp(x)`; f32 results below the smallest normal number are 0;
//! - `tanh(x)`;
//! - `expm1(x)`, `exp(x) - 1`, of an `x` up to 0;
//! - `gelu(x)`, `gelu_tanh(x)`, `silu(x)`, `sigmoid(x)`, `softplus(x)`: value and derivative, which
//!   share one exponential;
//! - `flush(x)`: 0 for an `x` of size below `TINY`.
//!
//! Denormal numbers, below 1e-38 in f32, make most CPUs several times slower. A vanished signal, a
//! vanished gradient and an idle momentum decay into them within a few hundred steps. `TINY` is the
//! root of the smallest normal number, so that the product of two numbers that survived a flush
//! is no denormal; as an update of a weight, 1e-18 is nothing.

pub(crate) mod double;
pub(crate) mod gaussian;
pub(crate) mod single;
