//! What a killed command leaves: everything that was there before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SCORECARD: &str = env!("CARGO_BIN_EXE_scorecard");
const WALK: &str = env!("CARGO_BIN_EXE_variance-walk");

/// Starts a command in a folder that stands for a workspace.
fn start(folder: &Path, binary: &str, arguments: &[&str]) -> Child {
    fs::write(folder.join("book.toml"), "").expect("a file");
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::piped()).spawn().expect("the binary starts")
}

/// Waits until `done`, or fails after a minute.
fn until<T>(mut done: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = done() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "nothing happens");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The file in `folder` in which a scorecard keeps what it has finished, once it holds a line.
fn kept(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder.join("target")).ok()?.flatten();
    let mut paths = entries.map(|entry| entry.path());
    let path = paths.find(|path| path.extension().is_some_and(|end| end == "jsonl"))?;
    fs::read(&path).is_ok_and(|bytes| bytes.contains(&b'\n')).then_some(path)
}

#[test]
fn a_killed_scorecard_keeps_what_it_has_finished_until_it_is_resumed() {
    let folder = tempfile::tempdir().expect("a folder");
    let figures = folder.path().join("out");
    fs::create_dir(&figures).expect("a folder");
    fs::write(figures.join("scorecard.json"), "earlier").expect("a file");
    let arguments = ["--steps", "20", "--out", "out"];

    let mut child = start(folder.path(), SCORECARD, &arguments);
    let path = until(|| kept(folder.path()));
    child.kill().expect("it runs"); // SIGKILL
    child.wait().expect("it ends");
    let before = fs::read(&path).expect("what is kept");

    // Whoever forgets to resume is told, and nothing is overwritten.
    let output = start(folder.path(), SCORECARD, &arguments).wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: ") && last.contains("expected --resume"), "{said}");
    assert!(fs::read(&path).expect("what is kept") == before, "it was overwritten");

    // Resumed, it goes on from there; killed again, it has more.
    let mut child = start(folder.path(), SCORECARD, &["--steps", "20", "--out", "out", "--resume"]);
    let after = until(|| fs::read(&path).ok().filter(|bytes| bytes.len() > before.len() + 1));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(after.starts_with(&before), "something was overwritten");
    let earlier = fs::read_to_string(figures.join("scorecard.json")).expect("the earlier file");
    assert_eq!(earlier, "earlier");
}

#[test]
fn a_killed_lab_leaves_earlier_figures_and_the_next_one_cleans_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let figures = folder.path().join("out");
    fs::create_dir(&figures).expect("a folder");
    let names = ["variance-walk.json", "variance-walk.svg", "variance-walk-activations.svg"];
    for name in names {
        fs::write(figures.join(name), "earlier").expect("a file");
    }
    // As a kill at the rename leaves it.
    fs::write(figures.join(".unfinished-x"), "half").expect("a file");

    let mut child = start(folder.path(), WALK, &["--out", "out"]);
    until(|| (!figures.join(".unfinished-x").exists()).then_some(()));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    for name in names {
        let text = fs::read_to_string(figures.join(name)).expect("it is there");
        let whole = text.trim_end().ends_with(['}', '>']);
        assert!(text == "earlier" || whole, "{name} is neither the old nor the new one");
    }
}
