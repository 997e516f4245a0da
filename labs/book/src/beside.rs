//! Labs beside the server: the book can be read while its figures are drawn again.

use crate::site;
use minigrad_labs::command::Lab;
use minigrad_cli::output::Output;
use minigrad_cli::terminal::{self, note};
use minigrad_cli::Failure;
use minigrad_preprocessor::wasm;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Runs labs, each in a process of its own: what one has used of memory goes back to the system
/// before the next one starts, and a reader who stops the server stops the lab.
#[derive(Debug, Default)]
pub struct Processes(Mutex<State>);

/// How a lab's process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Whether it did what it should. Why not, it has said on standard error.
    pub went_well: bool,
    /// The most memory that it held, in kB; `None` where the system does not tell.
    pub memory: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Child>,
    is_stopped: bool,
}

impl Processes {
    /// Runs `lab` by `cargo run -- labs NAME` of this very program, its results into `figures`.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn run(&self, lab: &Lab, figures: &Path, tables: bool) -> Result<Ran, Failure> {
        let failed = |error| Failure::new(format_args!("lab {} cannot be run: {error}", lab.name));
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.args(["labs", lab.name, "--out"]).arg(figures).stdin(Stdio::null());
        if !tables {
            command.stdout(Stdio::null());
        }
        let mut state = self.state();
        let mut ran = Ran { went_well: false, memory: None };
        if state.is_stopped {
            return Ok(ran);
        }
        state.running = Some(command.spawn().map_err(failed)?);
        drop(state);
        loop {
            // Not waited for under the lock: whoever stops it needs that.
            std::thread::sleep(Duration::from_millis(20));
            let mut state = self.state();
            let Some(child) = state.running.as_mut() else { return Ok(ran) };
            if let Some(status) = child.try_wait().map_err(failed)? {
                state.running = None;
                return Ok(Ran { went_well: status.success(), ..ran });
            }
            ran.memory = memory(child.id()).or(ran.memory);
        }
    }

    /// Ends the lab that is running; none starts after it. Files are written whole or not at all.
    pub fn stop(&self) {
        let mut state = self.state();
        state.is_stopped = true;
        if let Some(mut child) = state.running.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn is_stopped(&self) -> bool {
        self.state().is_stopped
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most memory that a process has held so far, in kB.
fn memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Runs `labs` one after the other, while the book of the workspace `root` is served, and builds it
/// again after each that has changed a file: `edition` then grows by one. What goes wrong is said in
/// a line each, and the book stays as it is.
pub fn draw(root: &Path, labs: &[Lab], processes: &Processes, edition: &AtomicU64) {
    let run =
        |lab: &Lab, figures: &Path| processes.run(lab, figures, false).map(|ran| ran.went_well);
    each(root, labs, run, || processes.is_stopped(), edition);
}

/// Compiles the library for the reader's browser while the book of the workspace `root` is served.
/// Pages that have waited for it, or have an older one, are built again: `edition` then grows by one.
pub fn compile(root: &Path, edition: &AtomicU64) {
    // What has no explorer waits for nothing.
    if !root.join("labs/explorer").is_dir() {
        return;
    }
    let book = root.join("book");
    let library = || fs::read(book.join(wasm::FILE)).ok();
    let before = library();
    // Why it failed, the page says where the explorer would be.
    let compiled = wasm::build(root, &book);
    if compiled.is_err() || library() != before {
        rebuild(root, edition);
    }
}

fn rebuild(root: &Path, edition: &AtomicU64) {
    match site::build(root, None) {
        Ok(_) => {
            edition.fetch_add(1, Ordering::SeqCst);
        }
        Err(failure) => note(format_args!("error: {failure}; the book stays as it was")),
    }
}

fn each(
    root: &Path,
    labs: &[Lab],
    run: impl Fn(&Lab, &Path) -> Result<bool, Failure>,
    is_stopped: impl Fn() -> bool,
    edition: &AtomicU64,
) {
    let figures = root.join("figures");
    if let Err(failure) = Output::new(&figures) {
        return note(format_args!("error: no lab is run: {failure}; the book stays as it is"));
    }
    let (mut failed, mut changed) = (vec![], Vec::<String>::new());
    for (lab, number) in labs.iter().zip(1..) {
        let written = lab.files();
        let content = || written.iter().map(|name| fs::read(figures.join(name)).ok());
        let before: Vec<_> = content().collect();
        note(format_args!("[{number}/{}] {}: {}", labs.len(), lab.name, lab.about));
        let done = run(lab, &figures);
        if is_stopped() {
            return;
        }
        if let Err(failure) = &done {
            note(format_args!("error: {failure}"));
        }
        if !matches!(done, Ok(true)) {
            failed.push(lab.name);
        }
        let files = written.iter().zip(content().zip(before));
        let new: Vec<&str> = files
            .filter(|(_, (now, before))| now != before)
            .map(|(name, _)| name.as_str())
            .collect();
        if new.is_empty() {
            continue;
        }
        changed.extend(new.iter().map(|&name| name.to_owned()));
        rebuild(root, edition);
    }
    // Nobody may read it any more.
    let _ = terminal::print(&summary(labs.len(), &changed, &failed));
}

fn summary(count: usize, changed: &[String], failed: &[&str]) -> String {
    let figures = match changed {
        [] => "every figure came out as it was".to_owned(),
        _ => format!("not as they were: {}", changed.join(", ")),
    };
    match failed {
        [] => format!("All {count} labs have run; {figures}.\n"),
        _ => format!("Of {count} labs failed: {}; {figures}.\n", failed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(name: &'static str, writes: &'static [&'static str]) -> Lab {
        Lab { name, about: "", seed: 0, steps: None, writes, run: |_| Ok(()) }
    }

    const SVG: &str = "<svg viewBox=\"0 0 1 1\"></svg>";

    /// A workspace with a book of one figure.
    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for folder in ["book", "figures"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let settings = "[book]\nsrc = \"book\"\n[preprocessor.katex]\nno-css = true\n";
        for (name, text) in [
            ("book.toml", settings),
            ("book/SUMMARY.md", "- [A](a.md)\n"),
            ("book/a.md", "# A\n\n![a drawing of it](../figures/a.svg)\n"),
            ("figures/a.svg", SVG),
            ("figures/a-small.svg", SVG),
        ] {
            fs::write(root.path().join(name), text).unwrap();
        }
        std::os::unix::fs::symlink("../figures", root.path().join("book/figures")).unwrap();
        site::build(root.path(), None).unwrap();
        root
    }

    fn drawn(root: &Path, labs: &[Lab], run: impl Fn(&Lab, &Path) -> Result<bool, Failure>) -> u64 {
        let edition = AtomicU64::new(0);
        each(root, labs, run, || false, &edition);
        edition.into_inner()
    }

    #[test]
    fn a_figure_that_changes_makes_a_new_edition_and_one_that_does_not_makes_none() {
        let root = root();
        let labs = [lab("a", &["a.svg"]), lab("b", &["b.svg"])];
        let same = |_: &Lab, _: &Path| Ok(true);
        assert_eq!(drawn(root.path(), &labs, same), 0);
        let changes = |lab: &Lab, figures: &Path| {
            if lab.name == "a" {
                fs::write(figures.join("a.svg"), SVG.replace("1", "2")).unwrap();
            }
            Ok(true)
        };
        assert_eq!(drawn(root.path(), &labs, changes), 1);
        let built = root.path().join("target/book/figures/a.svg");
        assert_eq!(fs::read_to_string(built).unwrap(), SVG.replace("1", "2"));
    }

    #[test]
    fn a_lab_that_fails_keeps_none_of_the_others_from_running() {
        let root = root();
        let labs = [lab("a", &[]), lab("b", &[]), lab("c", &[])];
        let ran = AtomicU64::new(0);
        let run = |lab: &Lab, _: &Path| {
            ran.fetch_add(1, Ordering::SeqCst);
            match lab.name {
                "a" => Err(Failure::new("no process")),
                name => Ok(name == "c"),
            }
        };
        drawn(root.path(), &labs, run);
        assert_eq!(ran.into_inner(), 3);
        assert_eq!(
            summary(3, &["x.svg".to_owned()], &["a", "b"]),
            "Of 3 labs failed: a, b; not as they were: x.svg.\n"
        );
    }

    #[test]
    fn where_figures_cannot_be_written_no_lab_runs_and_the_book_stays() {
        let root = root();
        fs::remove_dir_all(root.path().join("figures")).unwrap();
        fs::write(root.path().join("figures"), "a file").unwrap();
        let labs = [lab("a", &["a.svg"])];
        let none = |_: &Lab, _: &Path| unreachable!("a lab without a place for its results");
        assert_eq!(drawn(root.path(), &labs, none), 0);
        assert!(root.path().join("target/book/a.html").is_file());
    }

    #[test]
    fn nothing_starts_after_the_end() {
        let root = root();
        let labs = [lab("a", &[]), lab("b", &[])];
        let ran = AtomicU64::new(0);
        let run = |_: &Lab, _: &Path| {
            ran.fetch_add(1, Ordering::SeqCst);
            Ok(false)
        };
        each(root.path(), &labs, run, || ran.load(Ordering::SeqCst) > 0, &AtomicU64::new(0));
        assert_eq!(ran.into_inner(), 1);
        let processes = Processes::default();
        processes.stop();
        assert!(!processes.run(&labs[0], root.path(), true).unwrap().went_well);
    }
}
