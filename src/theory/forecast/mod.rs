//! What follows in training: the first updates, the loss curve, the verdict.

mod adam;
mod band;
mod chance;
mod component;
mod descent;
mod growth;
mod pace;
mod prediction;
mod spectrum;
mod stability;
mod task;
mod update;
mod verdict;
mod windows;

pub use chance::{Limits, Probability, Risks};
pub use descent::Choices;
pub use prediction::Prediction;
pub use stability::{Kind, Stability};
pub use task::Task;
pub use update::Update;
pub use verdict::{Cause, Verdict};
