//! The helpers of the tests.

#[path = "../lib.rs"]
pub mod helpers;

pub use helpers::{check_gradients, gradient_troubles, normals};

/// The workspace.
pub fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
