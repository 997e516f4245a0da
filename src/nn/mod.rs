//! Networks: layers of weights, built from a [`Recipe`](crate::recipe::Recipe).

pub mod activation;
pub mod init;
mod linear;
pub mod mlp;
mod network;
pub mod norm;
pub mod residual;

pub use linear::Linear;
pub use network::{Layer, Network, Trace, TracedLayer};
