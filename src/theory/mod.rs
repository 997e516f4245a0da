//! What can be said of a network from its [`Recipe`](crate::recipe::Recipe) alone.
//!
//! Nothing here knows of tensors, networks or data, so that theory can contradict them.

pub mod finite_width;
pub mod gaussian;
mod propagation;

pub use propagation::{LayerTheory, Propagation};
