//! Tests that take seconds.

#[path = "../bits.rs"]
mod bits;
#[path = "../gradients.rs"]
mod gradients;
#[path = "../plans.rs"]
mod plans;
#[path = "../samples.rs"]
mod samples;
