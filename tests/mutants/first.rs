//! Tests that take milliseconds, but for those that `.ci/mutants` leaves to its second pass.

#[path = "../closed_forms.rs"]
mod closed_forms;
#[path = "../laws.rs"]
mod laws;
#[path = "../norms.rs"]
mod norms;
#[path = "../parity.rs"]
mod parity;
#[path = "../predictor.rs"]
mod predictor;
#[path = "../probes.rs"]
mod probes;
#[path = "../recipes.rs"]
mod recipes;
#[path = "../residuals.rs"]
mod residuals;
#[path = "../rounding.rs"]
mod rounding;
#[path = "../theory.rs"]
mod theory;
