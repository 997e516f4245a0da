//! What holds at initialization: second moments and correlations on their way through a plan, and
//! gradients on their way back.

mod correlation;
mod draws;
pub mod finite_width;
mod kernel;
mod moments;
mod pairs;
mod phase;
mod propagation;
mod walk;

pub use correlation::CorrelationMap;
pub(super) use correlation::Maps;
pub(super) use kernel::NEARLY_ZERO;
pub use kernel::{Kernel, WeightTheory};
pub use pairs::Pairs;
pub use phase::Phase;
pub use propagation::{LayerTheory, Propagation};
