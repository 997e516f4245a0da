//! Why a command could not do its work: one line for the reader, one code for the shell.

use std::fmt::Display;
use std::process::ExitCode;

/// A failure whose [`Display`] is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// The work failed: exit code 1.
    pub fn new(message: impl Display) -> Self {
        Self::with_code(message, 1)
    }

    /// What was asked for makes no sense: exit code 2, as for any wrong argument.
    pub fn usage(message: impl Display) -> Self {
        Self::with_code(message, 2)
    }

    /// The file or folder `path` could not be read or written.
    #[must_use]
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(format_args!("{}: {error}", path.display()))
    }

    /// The same failure, with the place where it happened in front.
    #[must_use]
    pub fn within(self, place: impl Display) -> Self {
        Self::with_code(format_args!("{place}: {}", self.message), self.code)
    }

    /// One whose reason another process has said.
    #[must_use]
    pub fn silent(code: i32) -> Self {
        Self::with_code("", u8::try_from(code).unwrap_or(1))
    }

    fn with_code(message: impl Display, code: u8) -> Self {
        let lines: Vec<String> = message
            .to_string()
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        let message = lines.join("; ");
        Self { message, code }
    }

    /// The code with which the process ends.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }

    /// The end of a `main`: a failure goes to standard error and becomes the exit code.
    #[must_use]
    pub fn exit(result: Result<(), Self>) -> ExitCode {
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                if !failure.message.is_empty() {
                    crate::terminal::note(format_args!("error: {failure}"));
                }
                ExitCode::from(failure.code)
            }
        }
    }
}

/// A text with its middle left out where it is too long to be read: a value of a million letters.
pub fn shortened(text: &str) -> String {
    const ENDS: usize = 300;
    let letters = text.chars().count();
    if letters <= 2 * ENDS {
        return text.to_owned();
    }
    let head: String = text.chars().take(ENDS).collect();
    let tail: String = text.chars().skip(letters - ENDS).collect();
    format!("{head}[{} letters left out]{tail}", letters - 2 * ENDS)
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// What `work` returns, or what its panic says; nothing is printed of it.
///
/// # Errors
/// If it panics.
pub fn caught<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    done.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::new("a\n  b\n\nc");
        assert_eq!(failure.to_string(), "a; b; c");
        assert_eq!(failure.code(), 1);
        assert_eq!(Failure::usage("d").code(), 2);
    }

    #[test]
    fn a_long_text_keeps_both_ends() {
        assert_eq!(shortened(&"é".repeat(600)), "é".repeat(600));
        let cut = shortened(&format!("begin {} end", "x".repeat(10_000_000)));
        assert!(cut.starts_with("begin x") && cut.ends_with("x end"), "{cut}");
        assert!(cut.contains("[9999410 letters left out]") && cut.len() < 640, "{cut}");
    }
}
