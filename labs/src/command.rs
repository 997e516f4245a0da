//! The command line that every lab shares.

use clap::error::ErrorKind;
use clap::{Arg, Args, Command, FromArgMatches};
use minigrad_cli::arguments::{self, one_line, seed};
use minigrad_cli::failure::Failure;
use minigrad_cli::output::{shown, Output};
use minigrad_cli::root;
use minigrad_cli::terminal::{self, note};
use minigrad_plot::Layout;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a lab is, for its command line.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// The name of the binary.
    pub name: &'static str,
    /// One sentence: the question it answers.
    pub about: &'static str,
    /// The book's seed.
    pub seed: u64,
    /// The book's number of training steps; `None` if nothing is trained.
    pub steps: Option<usize>,
    /// The files it writes; of a drawing, the name of its wide layout.
    pub writes: &'static [&'static str],
    /// Runs its experiment and writes them.
    pub run: fn(&Request) -> Result<(), Failure>,
}

/// What a run of a lab was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The base seed.
    pub seed: u64,
    /// The number of training steps, 0 for a lab that trains nothing.
    pub steps: usize,
    /// Where the results go.
    pub dir: PathBuf,
    /// Whether seed or steps differ from the book's.
    pub trial: bool,
    /// Threads for independent runs; the results do not depend on it.
    pub threads: usize,
}

impl Request {
    /// Opens the directory of the results.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn output(&self) -> Result<Output, Failure> {
        Output::new(&self.dir)
    }
}

#[derive(Args, Debug)]
struct Shared {
    /// Base seed of every random stream
    #[arg(long, value_name = "N", value_parser = seed, display_order = 0)]
    seed: Option<u64>,
    /// Directory of the results [default: figures; target/figures if the seed or the steps are not
    /// the book's, so that a trial never overwrites the book's figures]
    #[arg(long, value_name = "DIR", value_parser = directory, display_order = 2)]
    out: Option<PathBuf>,
    /// Threads for independent runs; no result depends on it [default: the environment variable
    /// MINIGRAD_THREADS, else one for each core]
    #[arg(long, value_name = "N", value_parser = arguments::threads, display_order = 3)]
    threads: Option<usize>,
}

/// The environment variable that gives the number of threads where no flag does.
pub const THREADS: &str = "MINIGRAD_THREADS";

/// The number of threads that the environment asks for, else one for each core.
///
/// # Errors
/// If the environment does not name a number of threads.
pub fn default_threads() -> Result<usize, Failure> {
    let cores = || std::thread::available_parallelism().map_or(1, |n| n.get());
    Ok(arguments::threads_from(THREADS)?.unwrap_or_else(cores))
}

#[derive(Args, Debug)]
struct Nothing {}

fn directory(text: &str) -> Result<PathBuf, String> {
    match text {
        "" => Err("is not a directory: expected a path".into()),
        path => Ok(path.into()),
    }
}

impl Lab {
    /// The files it writes: every drawing in both layouts.
    pub fn files(&self) -> Vec<String> {
        let both = |name: &&str| Layout::ALL.map(|layout| layout.file(name));
        let mut files: Vec<String> = self.writes.iter().flat_map(both).collect();
        // Data have no layouts.
        files.dedup();
        files
    }

    /// What the book asks of the lab: its own seed and steps, into `out`, or into `figures` under the
    /// root.
    ///
    /// # Errors
    /// If there is no root, or nothing can be written there.
    pub fn book(&self, out: Option<&Path>) -> Result<Request, Failure> {
        let dir = match out {
            Some(out) => out.to_path_buf(),
            None => root::workspace()?.join("figures"),
        };
        let threads = default_threads()?;
        let steps = self.steps.unwrap_or(0);
        let request = Request { seed: self.seed, steps, dir, trial: false, threads };
        request.output()?;
        Ok(request)
    }

    /// Reads the command line, runs the lab and reports its failure; the whole `main` of a lab.
    pub fn main(&self) -> ExitCode {
        self.main_with(|request, _: &Nothing| (self.run)(request))
    }

    /// The same for a lab with flags of its own, a `clap::Args`.
    pub fn main_with<E: Args>(
        &self,
        run: impl FnOnce(&Request, &E) -> Result<(), Failure>,
    ) -> ExitCode {
        let result = match self.parse::<E>(std::env::args_os().skip(1)) {
            Ok(Asked::Help(text)) => terminal::print(&text),
            Ok(Asked::Run(request, extra)) => {
                if request.trial {
                    let dir = shown(&request.dir).display();
                    note(format_args!(
                        "note: not the book's seed or steps: what fails here says nothing of the \
                         book; the results go to {dir}"
                    ));
                }
                run(&request, &extra)
            }
            Err(failure) => Err(failure),
        };
        Failure::exit(result)
    }

    fn command<E: Args>(&self) -> Command {
        let files: Vec<String> = self.files().iter().map(|file| format!("  {file}")).collect();
        let trial = if self.steps.is_some() { " --steps 200" } else { "" };
        let after = format!(
            "Writes:\n{}\n\nExample:\n  cargo run --bin {} -- --seed 7{trial} --out target/trial",
            files.join("\n"),
            self.name
        );
        let mut command = Shared::augment_args(Command::new(self.name))
            .after_help(after)
            .mut_arg("seed", |arg| {
                arg.help(format!("Base seed of every random stream [default: {}]", self.seed))
            });
        if let Some(book) = self.steps {
            let help = format!("Training steps, at least 1 [default: {book}]");
            let arg = Arg::new("steps").long("steps").value_name("N").help(help);
            let steps = arguments::integer::<usize>("a number of steps", 1, u32::MAX.into());
            let arg = arg.value_parser(steps).allow_negative_numbers(true).display_order(1);
            command = command.arg(arg);
        }
        // The text last: what documents the flags of a lab is not what the lab is for.
        E::augment_args(command).about(self.about).long_about(None).no_binary_name(true)
    }

    fn parse<E: Args>(
        &self,
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Asked<E>, Failure> {
        let command = self.command::<E>();
        let line = |e| one_line(&e, &command);
        let matches = match command.clone().try_get_matches_from(args) {
            Err(e) if matches!(e.kind(), ErrorKind::DisplayHelp) => {
                return Ok(Asked::Help(e.to_string()));
            }
            other => other.map_err(line)?,
        };
        let shared = Shared::from_arg_matches(&matches).map_err(line)?;
        let extra = E::from_arg_matches(&matches).map_err(line)?;
        let seed = shared.seed.unwrap_or(self.seed);
        let book = self.steps.unwrap_or(0);
        let steps = match self.steps {
            Some(_) => matches.get_one("steps").copied().unwrap_or(book),
            None => 0,
        };
        let trial = seed != self.seed || steps != book;
        let usual = if trial { "target/figures" } else { "figures" };
        let dir = match shared.out {
            Some(dir) => dir,
            None => root::workspace()?.join(usual),
        };
        let threads = match shared.threads {
            Some(threads) => threads,
            None => default_threads()?,
        };
        let request = Request { seed, steps, dir, trial, threads };
        Ok(Asked::Run(request, extra))
    }
}

#[derive(Debug)]
enum Asked<E> {
    Help(String),
    Run(Request, E),
}

#[cfg(test)]
mod tests;
