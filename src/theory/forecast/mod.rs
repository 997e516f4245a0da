//! What follows in training: the first updates, the loss curve, the verdict.

mod descent;
mod growth;
mod prediction;
mod spectrum;
mod stability;
mod task;
mod verdict;

pub use descent::Choices;
pub use prediction::Prediction;
pub use stability::{Limits, Stability, Start};
pub use task::Task;
pub use verdict::Verdict;
