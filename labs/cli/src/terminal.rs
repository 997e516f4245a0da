//! What a command says: results on standard output, notes on standard error.

use crate::Failure;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Prints on standard output; a reader who has seen enough (`| head`) is not an error.
///
/// # Errors
/// If standard output cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Failure> {
    is_read(text).map(drop)
}

/// The same for a command that prints line after line: whether somebody still reads.
///
/// # Errors
/// If standard output cannot be written for another reason.
pub fn is_read(text: &str) -> Result<bool, Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new(format_args!("standard output cannot be written: {error}"))),
    }
}

/// Puts a line on standard error. Where that cannot be written, nothing happens: a note must never
/// end the work that it is about.
pub fn note(line: impl Display) {
    // In one piece: another process may write there, too.
    let line = format!("{line}\n");
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}
