//! Networks: layers of weights, built from a [`Recipe`](crate::recipe::Recipe).

pub mod activation;
pub mod init;
mod linear;
mod mlp;

pub use linear::Linear;
pub use mlp::{Network, Trace, TracedLayer};
