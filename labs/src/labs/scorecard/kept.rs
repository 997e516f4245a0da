//! Configurations that a run has finished, in a file, so that it can be interrupted.

use crate::experiments::score::Measured;
use crate::experiments::scorecard::{Design, Settings};
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::lines;
use minigrad_cli::failure::Failure;
use minigrad_cli::terminal::note;

/// The file, what it held, and where it goes on; without a file nothing is kept.
pub struct Kept {
    path: PathBuf,
    known: Vec<Measured>,
    file: Mutex<Option<File>>,
}

/// A name that no run of other settings, or of other sources of the library, has.
fn name(settings: &Settings) -> String {
    let Settings { seed, steps, seeds, count, starts } = settings;
    let sources = env!("MINIGRAD_SOURCES");
    format!("scorecard-{count}-{starts}-{seed}-{seeds}-{steps}-{sources}.jsonl")
}

impl Kept {
    /// Opens the file of these settings in `folder`. Nothing in it is ever overwritten: a run
    /// that is not to `resume` has no business with a file that holds results.
    ///
    /// # Errors
    /// If the file cannot be read or written, or holds results and is not to be resumed.
    pub fn open(folder: &Path, settings: &Settings, resume: bool) -> Result<Kept, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io(folder, &error))?;
        let path = folder.join(name(settings));
        let failed = |error| Failure::io(&path, &error);
        let open = File::options().read(true).append(true).create(true).open(&path);
        let mut file = open.map_err(failed)?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            note(format_args!("note: another run keeps its results in {}", path.display()));
            return Ok(Kept { path, known: vec![], file: Mutex::new(None) });
        }
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).map_err(failed)?;
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let read = |line| lines::read_measured(&String::from_utf8_lossy(line)).ok();
        let lines: Vec<Option<Measured>> = lines.map(read).collect();
        // The last line of an interrupted run may be half a line.
        let lost = lines.iter().filter(|line| line.is_none()).count();
        let known: Vec<Measured> = lines.into_iter().flatten().collect();
        if !resume && !known.is_empty() {
            return Err(Failure::usage(format_args!(
                "{} keeps {} configurations of an interrupted run: expected --resume, or that \
                 file removed",
                path.display(),
                known.len()
            )));
        }
        if lost > 0 {
            note(format_args!("note: {}: {lost} lines cannot be read", path.display()));
        }
        if bytes.last().is_some_and(|&byte| byte != b'\n') {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Kept { path, known, file: Mutex::new(Some(file)) })
    }

    /// What an earlier run has measured of this configuration.
    pub fn find(&self, design: &Design) -> Option<Measured> {
        let same = |one: &&Measured| one.recipe == design.recipe && one.training == design.training;
        self.known.iter().find(same).cloned()
    }

    /// Keeps one; what cannot be kept is only trained again.
    pub fn add(&self, measured: &Measured) {
        if let Ok(mut file) = self.file.lock() {
            let line = format!("{}\n", lines::measured(measured));
            if file.as_mut().is_some_and(|file| file.write_all(line.as_bytes()).is_err()) {
                *file = None;
            }
        }
    }

    /// Removes the file: the results stand elsewhere now.
    pub fn remove(self) {
        if self.file.lock().is_ok_and(|file| file.is_some()) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"depth": 3, "lr": 0.1, "steps": 4, "outcome": ["diverges", "trains"], "loss_median": [0.1, 3.25, null, null]}"#;

    fn settings() -> Settings {
        Settings { steps: 4, ..Settings::default() }
    }

    fn one() -> Measured {
        lines::read_measured(LINE).unwrap()
    }

    fn refused(folder: &Path, resume: bool) -> String {
        let Err(failure) = Kept::open(folder, &settings(), resume) else { panic!("accepted") };
        failure.to_string()
    }

    #[test]
    fn what_is_kept_is_found_by_the_next_run_and_by_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let first = Kept::open(folder.path(), &settings(), false).unwrap();
        first.add(&one());
        drop(first);
        let design = Design { recipe: one().recipe, training: one().training };
        let next = Kept::open(folder.path(), &settings(), true).unwrap();
        assert_eq!(next.find(&design).map(|found| found.outcomes), Some(one().outcomes));
        for other in [
            Settings { count: 5, ..settings() },
            Settings { starts: 5, ..settings() },
            Settings { seeds: 5, ..settings() },
            Settings { seed: 5, ..settings() },
            Settings { steps: 5, ..settings() },
        ] {
            let other = Kept::open(folder.path(), &other, true).unwrap();
            assert!(other.find(&design).is_none() && other.path != next.path);
        }
        next.remove();
    }

    #[test]
    fn forgetting_to_resume_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name(&settings()));
        std::fs::write(&path, format!("{LINE}\n")).unwrap();
        let said = refused(folder.path(), false);
        assert!(said.contains("keeps 1 configurations") && said.contains("--resume"), "{said}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), format!("{LINE}\n"));
    }

    #[test]
    fn a_half_line_or_one_of_other_bytes_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name(&settings()));
        let bytes = [b"\xff\xfe\n", LINE.as_bytes(), b"\n", &LINE.as_bytes()[..40]].concat();
        std::fs::write(&path, &bytes).unwrap();
        let kept = Kept::open(folder.path(), &settings(), true).unwrap();
        assert_eq!(kept.known.len(), 1);
        kept.add(&one());
        drop(kept);
        assert!(std::fs::read(&path).unwrap().starts_with(&bytes), "something was overwritten");
        let again = Kept::open(folder.path(), &settings(), true).unwrap();
        assert_eq!(again.known.len(), 2, "what was added is a line of its own");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(name(&settings()))).unwrap();
        assert!(refused(folder.path(), true).contains("scorecard-210-48-2-3-4-"));
    }

    #[test]
    fn a_second_run_at_the_same_time_leaves_the_file_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Kept::open(folder.path(), &settings(), false).unwrap();
        let second = Kept::open(folder.path(), &settings(), false).unwrap();
        second.add(&one());
        second.remove();
        first.add(&one());
        drop(first);
        let next = Kept::open(folder.path(), &settings(), true).unwrap();
        assert_eq!(next.known.len(), 1);
    }
}
