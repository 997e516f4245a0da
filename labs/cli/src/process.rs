//! Processes that end with the one that started them, however that ends.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// Tells a process that its standard input closes when it is to end.
const WATCHED: &str = "MINIGRAD_ENDS_WITH_STDIN";

/// A command whose process ends when its standard input is closed: by whoever holds it, or with it.
pub fn tied(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env(WATCHED, "1").stdin(Stdio::piped());
    command
}

/// Does so in the process of a [`tied`] command, which calls it first.
pub fn end_when_told() {
    if std::env::var_os(WATCHED).is_some() {
        std::thread::spawn(|| {
            // Nothing is ever written there.
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            std::process::exit(130);
        });
    }
}
