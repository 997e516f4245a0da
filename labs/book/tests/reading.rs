//! `cargo run` as a reader meets it: the book first, the labs beside it.

use minigrad_labs::registry::LABS;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BOOK: &str = env!("CARGO_BIN_EXE_book");
/// Of every lab.
fn names() -> Vec<&'static str> {
    LABS.iter().map(|lab| lab.name).collect()
}

/// A workspace with a book of one page, and data that no lab writes.
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
    for lab in names() {
        fs::write(root.path().join(format!("figures/{lab}.json")), "{}").expect("a file");
    }
    root
}

/// The command, once it has said where the book is: `127.0.0.1:PORT`.
fn started(root: &Path, flags: &[&str]) -> (Child, String) {
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
    std::thread::spawn(move || lines.count());
    (child, address.expect("an address"))
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

#[test]
fn the_book_is_served_while_labs_run_and_an_interrupt_leaves_files_whole() {
    let root = workspace();
    let (child, address) = started(root.path(), &[]);
    let page = get(&address, "/a.html");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("/edition"), "{page}");
    // The first lab draws figures that were not there: the book is built anew.
    let start = Instant::now();
    while get(&address, "/edition").ends_with("\r\n0") {
        assert!(start.elapsed() < Duration::from_secs(60), "no new edition");
        std::thread::sleep(Duration::from_millis(50));
    }
    let said = interrupted(child);
    let count = LABS.len();
    let started = ["[1/", "[2/"].map(|number| said.contains(&format!("{number}{count}] ")));
    assert_eq!(started, [true; 2], "{said}");
    for entry in fs::read_dir(root.path().join("figures")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')) {
            let text = fs::read_to_string(&path).expect("a file");
            assert!(text.trim_end().ends_with(['}', '>']), "{} is half", path.display());
        }
    }
    // The lab that was running has ended, too, and left its earlier file.
    let data = |name| fs::read_to_string(root.path().join(format!("figures/{name}.json")));
    let [first, second] = [0, 1].map(|k| data(LABS[k].name).expect("a file"));
    assert!(first.len() > 1000 && second == "{}");
    assert!(TcpStream::connect(address).is_err(), "the server is still there");
}

#[test]
fn whoever_only_reads_runs_no_lab() {
    let root = workspace();
    let (child, address) = started(root.path(), &["--no-labs"]);
    let page = get(&address, "/");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert_eq!(interrupted(child), "");
    assert_eq!(fs::read_dir(root.path().join("figures")).expect("a folder").count(), LABS.len());
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
    assert!(said.contains("variance-wlak") && said.contains(&names().join(", ")), "{said}");
}
