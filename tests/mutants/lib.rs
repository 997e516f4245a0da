//! The helpers of the tests, and the reader of measurements, which the commands share.

#[path = "../lib.rs"]
pub mod helpers;

pub use helpers::{check_gradients, gradient_troubles, normals};
pub use minigrad_lines as lines;

/// The workspace.
pub fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
