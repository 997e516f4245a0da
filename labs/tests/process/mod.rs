//! Processes as a user starts them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a binary in an empty folder, so that whatever it writes where it stands is seen.
pub fn run_in(folder: &Path, binary: &str, arguments: &[&str]) -> Output {
    Command::new(binary)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Names of what is in a folder, sorted.
pub fn inside(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Asserts that `binary` refuses `arguments`: exit code 2, one line on stderr, which is returned,
/// nothing on stdout, nothing written.
#[track_caller]
pub fn refused(binary: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run_in(folder.path(), binary, arguments);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert_eq!(text(&output.stdout), "");
    assert_eq!(inside(folder.path()), [""; 0]);
    message.trim_end().to_owned()
}

/// A pipe whose reader is gone.
pub fn nobody_reads() -> Stdio {
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().expect("a reader");
    let pipe = reader.stdin.take().expect("its standard input");
    reader.wait().expect("it ends");
    pipe.into()
}

/// A disk without a free byte.
pub fn full_disk() -> Stdio {
    fs::File::options().write(true).open("/dev/full").expect("/dev/full").into()
}

/// Asserts that a command, given `input`, ends with an exit code of its own and at most two lines on
/// stderr where stdout or stderr is closed or full.
#[track_caller]
pub fn bears_unwritable_streams((binary, arguments, input): (&str, &[&str], &str)) {
    let folder = tempfile::tempdir().expect("a folder");
    for (out, err) in [
        (nobody_reads as fn() -> Stdio, Stdio::piped as fn() -> Stdio),
        (full_disk, Stdio::piped),
        (Stdio::piped, nobody_reads),
        (Stdio::piped, full_disk),
        (full_disk, full_disk),
    ] {
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::piped());
        let mut child = command.stdout(out()).stderr(err()).spawn().expect("it starts");
        // It may be gone already.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        let code = output.status.code();
        assert!(code.is_some_and(|code| code <= 2), "{binary} {arguments:?}: {code:?} {said}");
        assert!(said.lines().count() <= 2, "{binary} {arguments:?}: {said}");
    }
}
