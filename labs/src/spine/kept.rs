//! What a run has finished, in a file, so that a killed one can go on.

use super::{map_in_parallel, Progress};
use minigrad_cli::terminal::note;
use minigrad_cli::Failure;
use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The results of numbered jobs, and the file in which they stand, one a line.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    known: BTreeMap<usize, Value>,
    file: Mutex<File>,
}

impl Kept {
    /// Opens the file of this name in `folder`; `None` while another run writes to it. Nothing in it is
    /// ever overwritten: a run that is not to `resume` has no business with a file that holds results.
    ///
    /// # Errors
    /// If the file cannot be read or written, or holds results and is not to be resumed.
    pub fn open(folder: &Path, name: &str, resume: bool) -> Result<Option<Kept>, Failure> {
        let path = folder.join(name);
        let failed = |error| Failure::io(&path, &error);
        fs::create_dir_all(folder).map_err(failed)?;
        let open = File::options().read(true).append(true).create(true).open(&path);
        let mut file = open.map_err(failed)?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            note(format_args!("note: another run keeps its results in {}", path.display()));
            return Ok(None);
        }
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).map_err(failed)?;
        // A killed run may have ended within a line: that result is found again.
        let lines = bytes.split(|&byte| byte == b'\n');
        let known: BTreeMap<usize, Value> =
            lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
        if !resume && !known.is_empty() {
            return Err(Failure::usage(format_args!(
                "{} keeps {} results of an interrupted run: expected --resume, or that file removed",
                path.display(),
                known.len()
            )));
        }
        if bytes.last().is_some_and(|&byte| byte != b'\n') {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Some(Kept { path, known, file: Mutex::new(file) }))
    }

    /// Removes the file: the results stand elsewhere now.
    pub fn remove(self) {
        let _ = fs::remove_file(self.path);
    }
}

/// [`map_in_parallel`] of which a killed run loses nothing, where `progress` keeps results.
pub fn map_and_keep<J: Sync, R: Send + Serialize + DeserializeOwned>(
    jobs: &[J],
    progress: &dyn Progress,
    run: impl Fn(&J) -> R + Sync,
) -> Vec<R> {
    let Some(kept) = progress.kept() else { return map_in_parallel(jobs, progress, run) };
    let numbered: Vec<(usize, &J)> = jobs.iter().enumerate().collect();
    map_in_parallel(&numbered, progress, |&(number, job)| {
        let known = kept.known.get(&number).cloned();
        known.and_then(|known| serde_json::from_value(known).ok()).unwrap_or_else(|| {
            let result = run(job);
            let line = serde_json::to_string(&(number, &result));
            if let (Ok(mut file), Ok(line)) = (kept.file.lock(), line) {
                // What cannot be kept is only found again.
                let _ = file.write_all(format!("{line}\n").as_bytes());
            }
            result
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::Bar;

    /// Squares of 2, 3 and 4, and how many of them were computed.
    fn squares(kept: Option<Kept>) -> (Vec<usize>, usize) {
        let ran = Mutex::new(0);
        let square = |n: &usize| {
            *ran.lock().unwrap() += 1;
            n * n
        };
        let squares = map_and_keep(&[2, 3, 4], &Bar::new("", 1).keeping(kept.as_ref()), square);
        (squares, ran.into_inner().unwrap())
    }

    #[test]
    fn a_half_line_or_one_of_other_bytes_costs_only_itself_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let open = |resume| Kept::open(folder.path(), "kept", resume);
        let path = folder.path().join("kept");
        fs::write(&path, b"[0,4]\n\xff\xfe\n[2,1").unwrap();
        let said = open(false).unwrap_err().to_string();
        assert!(said.contains("keeps 1 results") && said.contains("--resume"), "{said}");
        assert_eq!(squares(open(true).unwrap()), (vec![4, 9, 16], 2));
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"[0,4]\n\xff\xfe\n[2,1\n"), "something was overwritten");
        assert_eq!(squares(open(true).unwrap()), (vec![4, 9, 16], 0));
    }

    #[test]
    fn a_second_run_at_the_same_time_leaves_the_file_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name| Kept::open(folder.path(), name, false);
        let first = open("kept").unwrap().unwrap();
        assert_eq!(squares(open("kept").unwrap()), (vec![4, 9, 16], 3));
        assert_eq!(fs::read(&first.path).unwrap(), b"");
        first.remove();
        assert!(open(".").is_err() && !folder.path().join("kept").exists());
    }
}
