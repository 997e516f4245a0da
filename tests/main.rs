//! Every test of minigrad and of its book but for the snippets, in one binary: each more would link
//! mdBook's crates again.

mod book;
mod closed_forms;
mod gradients;
mod laws;
mod layers;
mod misuse;
mod norms;
mod parity;
mod plans;
mod predictor;
mod probes;
mod recipes;
mod residuals;
mod rounding;
mod samples;
mod snapshots;
mod theory;
