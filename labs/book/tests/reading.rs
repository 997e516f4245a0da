//! `cargo run` as a reader meets it: the book first, the labs beside it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{channel, Receiver};
use std::time::Duration;

const BOOK: &str = env!("CARGO_BIN_EXE_book");
/// A workspace with a book of one page.
fn workspace() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for folder in ["book", "figures"] {
        fs::create_dir(root.path().join(folder)).expect("a folder");
    }
    let settings = "[book]\nsrc = \"book\"\n[preprocessor.katex]\nno-css = true\n";
    for (name, text) in
        [("book.toml", settings), ("book/SUMMARY.md", "- [A](a.md)\n"), ("book/a.md", "# A\n")]
    {
        fs::write(root.path().join(name), text).expect("a file");
    }
    root
}

/// The command, once it has said where the book is: `127.0.0.1:PORT`; and what else it says.
fn started(root: &Path, flags: &[&str]) -> (Child, String, Receiver<String>) {
    let mut command = Command::new(BOOK);
    command.args(["--port", "0"]).args(flags).current_dir(root).stdin(Stdio::null());
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("http://")?;
        rest.split(' ').next().map(str::to_owned)
    });
    // Read on, so that it can write on.
    let (hear, heard) = channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| hear.send(line)));
    (child, address.expect("an address"), heard)
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a server");
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// Ends it as Ctrl-C does; what it has said on standard error.
fn interrupted(mut child: Child) -> String {
    let pid = child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().expect("kill");
    let mut said = String::new();
    let mut errors = child.stderr.take().expect("its errors");
    errors.read_to_string(&mut said).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "{said}");
    said
}

/// The processes of labs of this workspace.
fn labs_of(root: &Path) -> Vec<String> {
    let is_one = |process: &fs::DirEntry| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("--one") && line.contains(&*root.to_string_lossy())
    };
    let all = fs::read_dir("/proc").expect("Linux").flatten().filter(is_one);
    all.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_book_is_served_while_labs_run_and_an_interrupt_leaves_files_whole() {
    let root = workspace();
    let (child, address, heard) = started(root.path(), &[]);
    let page = get(&address, "/a.html");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("/edition"), "{page}");
    // The first lab draws figures that were not there: the book is built anew, if not before the last
    // one has ended, then never.
    while get(&address, "/edition").ends_with("\r\n0") {
        let ended = heard.try_iter().find(|line| line.contains("every figure"));
        assert_eq!(ended, None, "no new edition");
        std::thread::sleep(Duration::from_millis(50));
    }
    interrupted(child);
    while !labs_of(root.path()).is_empty() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut whole = 0;
    for entry in fs::read_dir(root.path().join("figures")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')) {
            let text = fs::read_to_string(&path).expect("a file");
            assert!(text.trim_end().ends_with(['}', '>']), "{} is half", path.display());
            whole += 1;
        }
    }
    assert!(whole > 2, "no lab has left its figures");
    assert!(TcpStream::connect(address).is_err(), "the server is still there");
}

#[test]
fn whoever_only_reads_runs_no_lab() {
    let root = workspace();
    let (child, address, _heard) = started(root.path(), &["--no-labs"]);
    let page = get(&address, "/");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert_eq!(interrupted(child), "");
    assert_eq!(fs::read_dir(root.path().join("figures")).expect("a folder").count(), 0);
}

#[test]
fn a_lab_that_is_none_is_refused_with_those_that_there_are() {
    let root = workspace();
    let output = Command::new(BOOK)
        .args(["labs", "variance-wlak"])
        .current_dir(root.path())
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("variance-wlak") && said.contains("init-ablation, norm-ablation"),
        "{said}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_ends_a_lab_from_outside_is_said() {
    let root = workspace();
    let (child, _address, _heard) = started(root.path(), &[]);
    let wait = |until: &dyn Fn(&[String]) -> bool| loop {
        let labs = labs_of(root.path());
        if until(&labs) {
            break labs;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let first = wait(&|labs| !labs.is_empty());
    Command::new("kill").arg("-KILL").args(&first).status().expect("kill");
    // The next one starts when this one's end has been said.
    wait(&|labs| labs.iter().any(|lab| !first.contains(lab)));
    wait(&|labs| !labs.iter().any(|lab| first.contains(lab)));
    let said = interrupted(child);
    assert!(said.contains("has failed: signal: 9"), "{said}");
}
