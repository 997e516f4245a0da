//! All labs: those whose data are those of the sources are checked, the others run, the longest first.

use crate::spine::{compiled_in, inputs, Lab};
use crate::{labs_timing, LABS};
use minigrad_cli::process::tied;
use minigrad_cli::terminal::{self, note};
use minigrad_cli::{root, Failure};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a lab's process took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Took {
    pub lab: String,
    pub seconds: f64,
    /// Memory at its largest, in kB; nothing where the system does not tell.
    pub memory: Option<u64>,
}

/// Which labs are run, and how.
pub struct Queue<'a> {
    pub labs: Vec<&'static Lab>,
    /// Where results go; `figures` by default.
    pub out: Option<&'a Path>,
    /// Labs that run though nothing of theirs has changed.
    pub forced: Vec<&'static str>,
    /// How many run side by side.
    pub beside: usize,
    /// The threads of each.
    pub threads: usize,
}

impl Queue<'_> {
    /// Checks or runs them all; one that fails keeps none of the others from running.
    ///
    /// # Errors
    /// If nothing can be written, before anything is computed; at the end, the names of the labs that
    /// failed, each of which has said why.
    pub fn run(&self) -> Result<Vec<Took>, Failure> {
        let root = root::workspace()?;
        let dir = self.out.map_or(root.join("figures"), Path::to_path_buf);
        let (mut open, mut failed, mut drawn) = (VecDeque::new(), vec![], 0);
        for lab in &self.labs {
            let request = lab.book(Some(&dir))?;
            let data = lab.read(&root.join("figures")).ok();
            match data {
                Some((of, data)) if self.is_unchanged(lab, &of)? => {
                    let done = lab.write(&request, &of, &data);
                    let word =
                        if done.is_ok() { "unchanged, drawn from its data" } else { "failed" };
                    terminal::print(&format!("{}: {word}\n", lab.name))?;
                    drawn += usize::from(done.is_ok());
                    if let Err(failure) = done {
                        note(format_args!("error: {failure}"));
                        failed.push(lab.name);
                    }
                }
                _ => open.push_back(*lab),
            }
        }
        let known = labs_timing::seconds(&root);
        let longest = |lab: &&Lab| std::cmp::Reverse(known(lab.name));
        open.make_contiguous().sort_by_key(longest);
        let all = open.len();
        let threads = if all == 1 { self.beside * self.threads } else { self.threads };
        let (open, done) = (Mutex::new(open), Mutex::new((vec![], failed)));
        std::thread::scope(|scope| {
            let work = || loop {
                let next = open.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(lab) = next else { break };
                let took = process(lab, &dir, threads);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                let word = match took {
                    Ok(took) => {
                        let seconds = took.seconds;
                        done.0.push(took);
                        format!("run in {seconds:.0} s")
                    }
                    Err(failure) => {
                        note(format_args!("error: {failure}"));
                        done.1.push(lab.name);
                        "failed".to_owned()
                    }
                };
                let number = done.0.len() + done.1.len();
                // Whoever no longer listens gets the figures all the same.
                let _ = terminal::print(&format!("[{number}/{all}] {}: {word}\n", lab.name));
            };
            (0..self.beside.min(all)).for_each(|_| drop(scope.spawn(work)));
        });
        let (took, failed) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        match failed.len() {
            0 => {
                let (run, all) = (took.len(), self.labs.len());
                terminal::print(&format!("{all} labs: {run} run, {drawn} unchanged\n"))?;
                Ok(took)
            }
            count => Err(Failure::new(format_args!(
                "{count} of {} labs failed: {}",
                self.labs.len(),
                failed.join(", ")
            ))),
        }
    }

    fn is_unchanged(&self, lab: &Lab, of: &str) -> Result<bool, Failure> {
        Ok(!self.forced.contains(&lab.name) && inputs(&compiled_in(), lab.name)? == of)
    }
}

/// Runs a lab in a process of its own: what it has used of memory goes back to the system.
fn process(lab: &Lab, dir: &PathBuf, threads: usize) -> Result<Took, Failure> {
    let failed = |error| Failure::new(format_args!("lab {} cannot be run: {error}", lab.name));
    let program = std::env::current_exe().map_err(failed)?;
    let threads = threads.to_string();
    let mut command = tied(program);
    command.args(["--one", lab.name, "--threads", &threads, "--out"]).arg(dir);
    let (start, mut memory) = (Instant::now(), None);
    let mut child = command.stdout(Stdio::null()).spawn().map_err(failed)?;
    let held = child.stdin.take();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        memory = most_memory(child.id()).or(memory);
        std::thread::sleep(Duration::from_millis(20));
    };
    drop(held);
    match status.success() {
        true => Ok(Took { lab: lab.name.into(), seconds: start.elapsed().as_secs_f64(), memory }),
        // A failure has been said by the process, but not what has ended it from outside.
        false => Err(Failure::new(format_args!("lab {} has failed: {status}", lab.name))),
    }
}

/// The most memory that a process has held so far, in kB.
fn most_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Some labs, others each day, in the order of the book.
pub fn of_today(count: usize) -> Vec<&'static str> {
    let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
    let first = (seconds / 86_400) as usize * count;
    (0..count.min(LABS.len())).map(|k| LABS[(first + k) % LABS.len()].name).collect()
}
