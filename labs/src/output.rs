//! Files that appear whole or not at all.

use crate::failure::Failure;
use crate::say::note;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

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
    /// If it cannot be created; the message names it.
    pub fn new(dir: impl Into<PathBuf>) -> Result<Self, Failure> {
        let dir = dir.into();
        fs::create_dir_all(&dir).map_err(|e| {
            Failure::usage(format!(
                "cannot create directory {}: {e}; expected one that can be written",
                dir.display()
            ))
        })?;
        Ok(Output { dir })
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
        let fail = |e: &dyn std::fmt::Display| {
            Failure::usage(format!("cannot write {}: {e}", path.display()))
        };
        let mut builder = tempfile::Builder::new();
        // Results are for everyone to read; a temporary file is private unless told.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file =
            builder.prefix(".unfinished-").tempfile_in(&self.dir).map_err(|e| fail(&e))?;
        file.write_all(content.as_bytes()).map_err(|e| fail(&e))?;
        file.persist(&path).map_err(|e| fail(&e.error))?;
        note(format_args!("wrote {}", shown(&path).display()));
        Ok(Written::Changed)
    }
}

/// A path as a person in this directory would write it.
pub(crate) fn shown(path: &Path) -> &Path {
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
    fn an_impossible_directory_is_named() {
        let root = tempfile::tempdir().unwrap();
        let blocker = root.path().join("file");
        fs::write(&blocker, "").unwrap();
        let dir = blocker.join("figures");
        let message = Output::new(&dir).unwrap_err().to_string();
        assert!(message.contains(&dir.display().to_string()), "{message}");
    }
}
