//! The book's command as a user meets it.

#[path = "../../tests/process/mod.rs"]
mod process;

use process::{bears_unwritable_streams, inside, refused, run_in, text};

const BOOK: &str = env!("CARGO_BIN_EXE_book");

#[test]
fn help_is_an_answer_not_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run_in(folder.path(), BOOK, &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("--port <N>"), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "");
    assert_eq!(inside(folder.path()), [""; 0]);
}

#[test]
fn an_unknown_flag_or_command_is_refused_with_those_that_there_are() {
    let all = "expected labs, build, serve, --help, --no-labs, --port, --version";
    assert_eq!(
        refused(BOOK, &["--prot", "3"]),
        format!("error: unknown argument \"--prot\": {all}")
    );
    for name in ["bulid", "Build"] {
        assert_eq!(refused(BOOK, &[name]), format!("error: unknown command {name:?}: {all}"));
    }
}

#[test]
fn below_a_command_its_own_flags_are_named() {
    for (arguments, said) in [
        (&["build", "--port", "1"][..], "unknown argument \"--port\": expected --help, --out"),
        (&["serve", "--out", "x"], "unknown argument \"--out\": expected --help, --port"),
    ] {
        assert_eq!(refused(BOOK, arguments), format!("error: {said}"));
    }
}

#[test]
fn what_is_no_port_is_refused() {
    for port in ["65536", "-1", "http", ""] {
        for arguments in [&["--port", port][..], &["serve", "--port", port]] {
            // A minus sign reads as a flag unless it is joined.
            let joined = format!("--port={port}");
            let arguments: Vec<&str> =
                arguments.iter().filter(|a| **a == "serve").copied().chain([&*joined]).collect();
            let message = refused(BOOK, &arguments);
            assert!(message.starts_with("error: --port"), "{message}");
            assert!(port.is_empty() || message.contains(port), "{message}");
        }
    }
    let message = refused(BOOK, &["--port", "65536"]);
    assert!(message.contains("65535"), "what is accepted: {message}");
}

#[test]
fn a_stream_that_cannot_be_written_is_no_panic() {
    for arguments in [&["--help"][..], &["--version"], &["bulid"]] {
        bears_unwritable_streams((BOOK, arguments, ""));
    }
}
