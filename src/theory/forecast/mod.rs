//! What follows in training: the first updates, the loss curve, the verdict.

mod adam;
mod band;
mod chance;
mod component;
mod descent;
mod growth;
mod kind;
mod pace;
mod prediction;
mod reason;
mod spectrum;
mod stability;
mod task;
mod update;
mod verdict;
mod windows;

pub use chance::{Limits, Probability, Risks};
pub use descent::Choices;
pub use kind::Kind;
pub use prediction::Prediction;
pub use reason::Cause;
pub use stability::Stability;
pub use task::Task;
pub use update::Update;
pub use verdict::Verdict;
