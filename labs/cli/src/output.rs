//! Files that appear whole or not at all.

use crate::failure::Failure;
use crate::terminal::note;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// How a file begins that is being written.
const UNFINISHED: &str = ".unfinished-";

/// A directory of results.
#[derive(Debug)]
pub struct Output {
    dir: PathBuf,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The file is new or has new content.
    Changed,
    /// The file already had this content and was left alone.
    Same,
}

impl Output {
    /// Opens a directory for results and creates it if needed.
    ///
    /// # Errors
    /// If it cannot be created or written; the message names it.
    pub fn new(dir: impl Into<PathBuf>) -> Result<Self, Failure> {
        let dir = dir.into();
        fs::create_dir_all(&dir).map_err(|e| {
            Failure::usage(format!(
                "cannot create directory {}: {e}; expected one that can be written",
                dir.display()
            ))
        })?;
        let output = Output { dir };
        output.clean();
        // Whether it can be written is known before anything is computed.
        let probe = output.unfinished();
        probe.map_err(|error| output.refuse(&output.dir, &error))?;
        Ok(output)
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes a file through a temporary one beside it, so that no reader and no error ever sees
    /// half of it; says on stderr what was written. A file with this content is not touched.
    ///
    /// # Errors
    /// If the file cannot be written; the message names it.
    pub fn write(&self, name: &str, content: &str) -> Result<Written, Failure> {
        let path = self.dir.join(name);
        if fs::read(&path).is_ok_and(|old| old == content.as_bytes()) {
            note(format_args!("unchanged {}", shown(&path).display()));
            return Ok(Written::Same);
        }
        let fail = |error: &std::io::Error| self.refuse(&path, error);
        let _writing = File::open(&self.dir).and_then(|dir| dir.lock_shared().map(|()| dir)).ok();
        let mut file = self.unfinished().map_err(|error| fail(&error))?;
        file.write_all(content.as_bytes()).map_err(|error| fail(&error))?;
        file.persist(&path).map_err(|error| fail(&error.error))?;
        note(format_args!("wrote {}", shown(&path).display()));
        Ok(Written::Changed)
    }
}

impl Output {
    fn unfinished(&self) -> std::io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        // Results are for everyone to read; a temporary file is private unless told.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.prefix(UNFINISHED).tempfile_in(&self.dir)
    }

    /// Removes what killed labs have left, unless another one is writing here just now.
    fn clean(&self) {
        let Ok(dir) = File::open(&self.dir) else { return };
        if dir.try_lock().is_err() {
            return;
        }
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn refuse(&self, path: &Path, error: &std::io::Error) -> Failure {
        Failure::usage(format_args!("cannot write {}: {error}", path.display()))
    }
}

/// A path as a person in this directory would write it.
pub fn shown(path: &Path) -> &Path {
    std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok())
        .filter(|rest| !rest.as_os_str().is_empty())
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_whole_and_nothing_else_does() {
        let root = tempfile::tempdir().unwrap();
        let out = Output::new(root.path().join("a/b")).unwrap();
        assert_eq!(out.write("x.svg", "one").unwrap(), Written::Changed);
        assert_eq!(out.write("x.svg", "two").unwrap(), Written::Changed);
        assert_eq!(fs::read_to_string(out.dir().join("x.svg")).unwrap(), "two");
        assert_eq!(fs::read_dir(out.dir()).unwrap().count(), 1);
    }

    #[test]
    fn unchanged_files_keep_their_time() {
        let root = tempfile::tempdir().unwrap();
        let out = Output::new(root.path()).unwrap();
        out.write("x", "same").unwrap();
        let path = root.path().join("x");
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(long_ago).unwrap();
        assert_eq!(out.write("x", "same").unwrap(), Written::Same);
        assert_eq!(path.metadata().unwrap().modified().unwrap(), long_ago);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_other() {
        let root = tempfile::tempdir().unwrap();
        let out = Output::new(root.path()).unwrap();
        fs::create_dir(root.path().join("x")).unwrap();
        let failure = out.write("x", "text").unwrap_err();
        assert!(failure.to_string().starts_with("cannot write") && failure.code() == 2);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_lab_left_goes_and_what_a_living_one_writes_stays() {
        let root = tempfile::tempdir().unwrap();
        let left = root.path().join(".unfinished-x");
        fs::write(&left, "half").unwrap();
        let writing = File::open(root.path()).unwrap();
        writing.lock_shared().unwrap();
        Output::new(root.path()).unwrap();
        assert!(left.exists(), "another lab was writing it");
        drop(writing);
        Output::new(root.path()).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn two_writers_leave_one_whole_file() {
        let root = tempfile::tempdir().unwrap();
        let texts = ["a", "b"].map(|letter| letter.repeat(1 << 20));
        std::thread::scope(|scope| {
            for text in &texts {
                scope.spawn(|| {
                    for turn in 0..20 {
                        let out = Output::new(root.path()).unwrap();
                        out.write("x", text).unwrap();
                        let seen = fs::read_to_string(out.dir().join("x")).unwrap();
                        assert!(texts.contains(&seen), "half a file, turn {turn}");
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_refused_at_once() {
        // Nobody can create a file there, not even root.
        let message = Output::new("/proc/self").unwrap_err().to_string();
        assert!(message.starts_with("cannot write /proc/self: "), "{message}");
    }

    #[test]
    fn an_impossible_directory_is_named() {
        let root = tempfile::tempdir().unwrap();
        let blocker = root.path().join("file");
        fs::write(&blocker, "").unwrap();
        let dir = blocker.join("figures");
        let message = Output::new(&dir).unwrap_err().to_string();
        assert!(message.contains(&dir.display().to_string()), "{message}");
    }
}
