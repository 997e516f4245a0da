//! What is made beside the server: the library for the reader's browser, then the figures.

use crate::site;
use minigrad_cli::process::tied;
use minigrad_cli::terminal::{self, note};
use minigrad_cli::Failure;
use minigrad_preprocessor::wasm;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// The program of the labs: compiled where there are its sources, else the one beside this program.
///
/// # Errors
/// If it cannot be compiled; cargo has said why.
pub fn compiled(root: &Path) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::new(format_args!("the labs cannot be compiled: {error}"));
    let here = std::env::current_exe().map_err(failed)?;
    let program = here.with_file_name(format!("labs{}", std::env::consts::EXE_SUFFIX));
    if !root.join("labs/Cargo.toml").is_file() {
        return Ok(program);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked", "-p", "minigrad-labs", "--bin", "labs"]);
    let target = here.parent().and_then(Path::parent);
    command.args(target.into_iter().flat_map(|to| ["--target-dir".as_ref(), to.as_os_str()]));
    command.args(if cfg!(debug_assertions) { &[][..] } else { &["--release"] });
    let status = command.current_dir(root).stdin(Stdio::null()).status().map_err(failed)?;
    match status.success() {
        true => Ok(program),
        false => Err(Failure::new(format_args!("the labs cannot be compiled: {status}"))),
    }
}

/// Runs labs, in a process that ends with this one; `heard` gets what it prints, line by line.
///
/// # Errors
/// If there is no process, or it ends otherwise than well, or from outside.
pub fn labs(
    root: &Path,
    arguments: &[OsString],
    mut heard: impl FnMut(&str),
) -> Result<(), Failure> {
    let failed = |error| Failure::new(format_args!("the labs cannot be run: {error}"));
    let mut command = tied(compiled(root)?);
    command.args(arguments).current_dir(std::env::current_dir().map_err(failed)?);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let held = child.stdin.take();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).lines().map_while(Result::ok).for_each(|line| heard(&line));
    }
    let status: ExitStatus = child.wait().map_err(failed)?;
    drop(held);
    match status.code() {
        Some(0) => Ok(()),
        // It has said why.
        Some(code) => Err(Failure::silent(code)),
        None => Err(Failure::new(format_args!("the labs were ended: {status}"))),
    }
}

/// Compiles the library for the reader's browser, then draws every figure, while the book of the
/// workspace `root` is served; builds the book again whenever a page would differ: `edition` then
/// grows by one. What goes wrong is said in a line each, and the book stays as it is.
pub fn draw(root: &Path, with_labs: bool, edition: &AtomicU64) {
    let rebuild = || match site::build(root, None) {
        Ok(_) => drop(edition.fetch_add(1, Ordering::SeqCst)),
        Err(failure) => note(format_args!("error: {failure}; the book stays as it was")),
    };
    // What has no explorer waits for nothing.
    if root.join("labs/explorer").is_dir() {
        let book = root.join("book");
        let library = || fs::read(book.join(wasm::FILE)).ok();
        let before = library();
        // Why it failed, the page says where the explorer would be.
        if wasm::build(root, &book).is_err() || library() != before {
            rebuild();
        }
    }
    if with_labs {
        let mut before = figures(root);
        let (mut last, first) = (String::new(), before.clone());
        let done = labs(root, &[], |line| {
            line.clone_into(&mut last);
            let now = figures(root);
            if now != before {
                before = now;
                rebuild();
            }
        });
        // Nobody may read it any more.
        let _ = terminal::print(&match done {
            Ok(()) => format!("{last}; {}\n", changes(&first, &figures(root))),
            Err(failure) => {
                note(failure);
                format!("Some labs have failed; {}\n", changes(&first, &figures(root)))
            }
        });
    }
}

type Files = BTreeMap<String, Vec<u8>>;

/// The figures and their data.
fn figures(root: &Path) -> Files {
    let entries = fs::read_dir(root.join("figures")).into_iter().flatten().flatten();
    let named =
        entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
    let whole = named.filter(|(name, _)| !name.starts_with('.'));
    whole.filter_map(|(name, path)| Some((name, fs::read(path).ok()?))).collect()
}

fn changes(before: &Files, after: &Files) -> String {
    let changed = after.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes));
    match changed.map(|(name, _)| name.as_str()).collect::<Vec<_>>()[..] {
        [] => "every figure came out as it was".to_owned(),
        ref names => format!("not as they were: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_changes_is_named() {
        let files = |text: &str| Files::from([("a.svg".to_owned(), text.into())]);
        assert_eq!(changes(&files("1"), &files("1")), "every figure came out as it was");
        assert_eq!(changes(&files("1"), &files("2")), "not as they were: a.svg");
        assert_eq!(changes(&Files::new(), &files("2")), "not as they were: a.svg");
    }
}
