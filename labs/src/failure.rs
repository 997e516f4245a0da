//! What ends a command.

use std::fmt;
use std::process::ExitCode;

/// A reason to stop, in one line, and the exit code that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One line: the value or the place, and what is accepted.
    pub message: String,
    /// The exit code: 2 for a wrong command line, 1 for everything else.
    pub code: u8,
}

impl Failure {
    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 2 }
    }

    /// The work could not be done.
    pub fn runtime(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 1 }
    }

    /// Prints `error: message` on stderr and returns the exit code.
    pub fn report(self) -> ExitCode {
        eprintln!("error: {self}");
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.message.split_whitespace();
        f.write_str(words.next().unwrap_or(""))?;
        words.try_for_each(|word| write!(f, " {word}"))
    }
}

impl std::error::Error for Failure {}
