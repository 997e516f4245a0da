//! Networks: layers of modules, built from a [`Recipe`](crate::recipe::Recipe) or a
//! [`Plan`](crate::recipe::Plan).

pub mod init;
mod linear;
mod module;
mod network;
pub mod norm;

pub use linear::Linear;
pub use module::{Layer, Module};
pub use network::{Network, Trace, TracedLayer};
