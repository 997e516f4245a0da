//! The book checks itself: its sources, then what a browser gets.
//!
//! A check is a function from a folder to the troubles it finds there. Beside the test that runs
//! it on the book stands one that shows it can fail.

mod answers;
mod conditions;
mod figures;
mod page;
mod rendered;
mod repository;
mod settings;
mod slips;
mod sources;
mod titles;
mod tracked;

use std::path::{Path, PathBuf};

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Fails with every trouble on a line of its own.
#[track_caller]
fn none(troubles: Vec<String>) {
    assert!(troubles.is_empty(), "\n{}\n", troubles.join("\n"));
}

/// Fails unless `check` finds exactly one trouble, and says `expected` about it, in `files`.
#[track_caller]
fn finds(check: fn(&Path) -> Vec<String>, files: &[(&str, &str)], expected: &str) {
    let folder = folder_of(files);
    let troubles = check(folder.path());
    assert!(
        troubles.len() == 1 && troubles[0].contains(expected),
        "expected {expected:?}, found {troubles:?}"
    );
}

fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// The files below `folder` with this extension, or with any if it is empty, as paths from
/// `folder`, sorted. Links to folders are not followed.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|end| end == extension) {
                let below = path.strip_prefix(folder).expect("it was found below");
                found.push(below.to_path_buf());
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
