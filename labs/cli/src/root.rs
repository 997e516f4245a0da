//! Where the workspace is.

use crate::Failure;
use std::path::{Path, PathBuf};

/// The folder that holds `book.toml`: the current one or one above it, else the one this program
/// was compiled in.
///
/// # Errors
/// If there is none.
pub fn workspace() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::new(format_args!("the current directory: {error}")))?;
    let compiled_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    above(&here)
        .or_else(|| above(&compiled_in))
        .ok_or_else(|| Failure::new("there is no book.toml here or above: go to the workspace"))
}

fn above(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    folder.ancestors().find(|folder| folder.join("book.toml").is_file()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_found_from_below() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(root.path().join("book.toml"), "").unwrap();
        assert_eq!(above(&deep), root.path().canonicalize().ok());
    }

    #[test]
    fn this_workspace_is_found() {
        assert!(workspace().unwrap().join("labs/Cargo.toml").is_file());
    }
}
