//! Tests that take seconds.

#[path = "../bits.rs"]
mod bits;
#[path = "../gradients.rs"]
mod gradients;
#[path = "../samples.rs"]
mod samples;
