//! What can be said of a network from its [`Recipe`](crate::recipe::Recipe) alone.
//!
//! Nothing here knows of tensors, networks or data, so that theory can contradict them.

mod correlation;
mod draws;
mod dynamics;
pub mod finite_width;
mod growth;
mod kernel;
mod moments;
mod pairs;
mod predict;
mod propagation;
mod spectrum;
mod stability;
mod task;
mod walk;

pub use crate::recipe::gaussian;
pub use correlation::CorrelationMap;
pub use dynamics::Choices;
pub use kernel::{Kernel, WeightTheory};
pub use pairs::Pairs;
pub use predict::{Prediction, Verdict};
pub use propagation::{LayerTheory, Propagation};
pub use stability::{Limits, Stability, Start};
