//! Where a book is built before it takes its place, such that an earlier one is never lost: not by
//! an error, nor by a build that is killed at any moment.
//!
//! A build works in a folder beside the book's place and, when it is complete, moves the earlier
//! book into that folder and the new one out of it. Whoever finds the folder of a build that is no
//! longer alive puts back what it had moved away.

use minigrad_cli::Failure;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How the folders of builds begin.
const PREFIX: &str = ".minigrad-book-";

/// The new book inside such a folder.
const NEW: &str = "new";

/// The folder inside it that keeps the earlier book, under the name of its place.
const EARLIER: &str = "earlier";

/// A build under way.
pub struct Staging {
    folder: TempDir,
    place: PathBuf,
    /// Held as long as the build lives; the system lets go of it when the process ends.
    _alive: Option<File>,
}

impl Staging {
    /// Begins a build for `place`; waits for another one that is under way beside it.
    ///
    /// # Errors
    /// If there cannot be a folder at that place.
    pub fn beside(place: &Path) -> Result<Staging, Failure> {
        let refuse = |error: &dyn std::fmt::Display| {
            Failure::usage(format_args!("{}: no place for a book: {error}", place.display()))
        };
        // Beside it: a rename cannot cross file systems.
        let parent = place.parent().ok_or_else(|| refuse(&"expected a folder in another one"))?;
        fs::create_dir_all(parent).map_err(|error| refuse(&error))?;
        let alive = File::open(parent).and_then(|folder| folder.lock().map(|()| folder)).ok();
        if alive.is_some() {
            clean(parent).map_err(|error| refuse(&error))?;
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        let folder = folder.map_err(|error| refuse(&error))?;
        Ok(Staging { folder, place: place.to_path_buf(), _alive: alive })
    }

    /// Where the new book is built.
    pub fn fresh(&self) -> PathBuf {
        self.folder.path().join(NEW)
    }

    /// Moves the new book to its place.
    ///
    /// # Errors
    /// If that is not possible; the earlier book is where it was, or where the message says.
    pub fn finish(self) -> Result<(), Failure> {
        let kept =
            self.folder.path().join(EARLIER).join(self.place.file_name().unwrap_or_default());
        let replaced = replace(&self.place, &self.fresh(), &kept);
        let Err(error) = replaced else { return Ok(()) };
        let failure = Failure::io(&self.place, &error);
        if !kept.exists() || self.place.exists() {
            return Err(failure);
        }
        let folder = self.folder.keep().join(EARLIER);
        Err(failure.within(format_args!("the earlier book is kept in {}", folder.display())))
    }
}

/// Puts back the book that a killed build had moved away from `place`.
///
/// # Errors
/// If it cannot be moved.
pub fn recover(place: &Path) -> Result<(), Failure> {
    let Some(parent) = place.parent() else { return Ok(()) };
    let Ok(folder) = File::open(parent) else { return Ok(()) };
    // A build under way has cleaned up before it began.
    match folder.try_lock() {
        Ok(()) => clean(parent).map_err(|error| Failure::io(parent, &error)),
        Err(_) => Ok(()),
    }
}

/// Removes the folders of builds that were killed, after putting back the books in them.
fn clean(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let folder = entry?.path();
        let named = folder.file_name().and_then(|name| name.to_str());
        if !named.is_some_and(|name| name.starts_with(PREFIX)) || !folder.is_dir() {
            continue;
        }
        let earlier = folder.join(EARLIER);
        for book in fs::read_dir(&earlier).into_iter().flatten() {
            let book = book?;
            let place = parent.join(book.file_name());
            if !place.exists() {
                fs::rename(book.path(), place)?;
            }
        }
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn replace(place: &Path, fresh: &Path, kept: &Path) -> io::Result<()> {
    if !place.exists() {
        return fs::rename(fresh, place);
    }
    fs::create_dir_all(kept.parent().unwrap_or(kept))?;
    fs::rename(place, kept)?;
    fs::rename(fresh, place).inspect_err(|_| {
        // What this leaves undone is said by `finish`, and done by the next build.
        let _ = fs::rename(kept, place);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &Path, text: &str) {
        fs::create_dir_all(path).unwrap();
        fs::write(path.join("index.html"), text).unwrap();
    }

    fn said(path: &Path) -> String {
        fs::read_to_string(path.join("index.html")).unwrap()
    }

    fn names(path: &Path) -> Vec<std::ffi::OsString> {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_second_rename_that_fails_leaves_the_earlier_book() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("book");
        folder(&place, "earlier");
        let staging = Staging::beside(&place).unwrap();
        // Nothing was built: what should take the place is not there.
        let failure = staging.finish().unwrap_err();
        assert!(failure.to_string().contains("book: "), "{failure}");
        assert_eq!(said(&place), "earlier");
        assert_eq!(names(root.path()), ["book"]);
    }

    #[test]
    fn a_build_killed_between_its_renames_is_undone_by_the_next() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("book");
        for next in ["build", "serve"] {
            // As the process leaves them: the earlier book is away, the new one not yet there.
            let killed = root.path().join(format!("{PREFIX}x"));
            let _ = fs::remove_dir_all(&place);
            folder(&killed.join(EARLIER).join("book"), "earlier");
            folder(&killed.join(NEW), "half");
            match next {
                "build" => drop(Staging::beside(&place).unwrap()),
                _ => recover(&place).unwrap(),
            }
            assert_eq!(said(&place), "earlier");
            assert_eq!(names(root.path()), ["book"]);
        }
    }

    #[test]
    fn a_build_killed_after_its_renames_keeps_the_new_book() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("book");
        folder(&place, "new");
        folder(&root.path().join(format!("{PREFIX}x")).join(EARLIER).join("book"), "earlier");
        // Others' folders are none of its business.
        folder(&root.path().join(".book-notes"), "mine");
        recover(&place).unwrap();
        assert_eq!(said(&place), "new");
        assert_eq!(names(root.path()).len(), 2);
    }

    #[test]
    fn a_build_under_way_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("book");
        let staging = Staging::beside(&place).unwrap();
        folder(&staging.fresh(), "new");
        recover(&place).unwrap();
        staging.finish().unwrap();
        assert_eq!(said(&place), "new");
        assert_eq!(names(root.path()), ["book"]);
    }
}
