//! What runs the experiments of minigrad, draws their figures, and builds and serves the book.

pub mod cli;
pub mod failure;
pub mod registry;
pub mod root;
pub mod serve;
pub mod site;
pub mod warnings;

pub use failure::Failure;
pub use registry::{Lab, LABS};
