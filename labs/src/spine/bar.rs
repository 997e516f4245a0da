//! A progress bar for people; nothing at all for logs and pipes.

use super::{Kept, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Shows on stderr, while that is a terminal, how far an experiment has come, and says how many
/// threads its independent runs share. It disappears when dropped.
#[derive(Debug)]
pub struct Bar<'a> {
    bar: ProgressBar,
    threads: usize,
    kept: Option<&'a Kept>,
}

impl<'a> Bar<'a> {
    /// A bar led by `name`, whose length the experiment tells.
    pub fn new(name: &str, threads: usize) -> Bar<'a> {
        if !std::io::stderr().is_terminal() {
            return Bar { bar: ProgressBar::hidden(), threads, kept: None };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let template = "{prefix:<24!} {bar:30} {pos:>7}/{len} {eta:>4} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_prefix(name.to_owned());
        Bar { bar, threads, kept: None }
    }

    /// The same where finished runs are kept.
    pub fn keeping(mut self, kept: Option<&'a Kept>) -> Bar<'a> {
        self.kept = kept;
        self
    }
}

impl Progress for Bar<'_> {
    fn update(&self, done: usize, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    fn threads(&self) -> usize {
        self.threads
    }

    fn kept(&self) -> Option<&Kept> {
        self.kept
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_the_experiment_says_even_when_hidden() {
        let bar = Bar { bar: ProgressBar::hidden(), threads: 3, kept: None };
        bar.update(2, 7);
        assert_eq!((bar.bar.position(), bar.bar.length(), bar.threads()), (2, Some(7), 3));
    }
}
