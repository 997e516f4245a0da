//! A progress bar for people; nothing at all for logs and pipes.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Progress of a run, shown on stderr while that is a terminal. It can be shared by threads and
/// disappears when dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over `total` steps, led by `prefix`.
    pub fn new(prefix: &str, total: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Progress::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let template = "{prefix:<24!} {bar:30} {pos:>7}/{len} {eta:>4} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_prefix(prefix.to_string());
        Progress { bar }
    }

    /// A bar that is never shown.
    pub fn hidden() -> Self {
        Progress { bar: ProgressBar::hidden() }
    }

    /// Goes `steps` further.
    pub fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }

    /// Goes to a position.
    pub fn set(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// Names what is being done now.
    pub fn name(&self, prefix: &str) {
        self.bar.set_prefix(prefix.to_string());
    }

    /// The position.
    pub fn position(&self) -> u64 {
        self.bar.position()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_counts_even_when_hidden() {
        let progress = Progress::hidden();
        progress.advance(3);
        progress.advance(4);
        assert_eq!(progress.position(), 7);
        progress.set(2);
        assert_eq!(progress.position(), 2);
    }
}
