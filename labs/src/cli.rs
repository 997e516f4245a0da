//! The command line that every lab shares.

use crate::failure::Failure;
use crate::output::{shown, Output};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Args, Command, FromArgMatches};
use std::error::Error;
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
    /// The files it writes.
    pub writes: &'static [&'static str],
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
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true, display_order = 0)]
    seed: Option<u64>,
    /// Directory of the results [default: figures; target/figures if the seed or the steps are not
    /// the book's, so that a trial never overwrites the book's figures]
    #[arg(long, value_name = "DIR", value_parser = directory, display_order = 2)]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct Nothing {}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("is not a seed: expected an integer from 0 to {}", u64::MAX))
}

fn steps(text: &str) -> Result<usize, String> {
    match text.parse::<u32>() {
        Ok(n) if n > 0 => Ok(n as usize),
        _ => Err(format!("is not a number of steps: expected an integer from 1 to {}", u32::MAX)),
    }
}

fn directory(text: &str) -> Result<PathBuf, String> {
    match text {
        "" => Err("is not a directory: expected a path".into()),
        path => Ok(path.into()),
    }
}

impl Lab {
    /// Reads the command line, runs the lab and reports its failure; the whole `main` of a lab.
    pub fn main(&self, run: impl FnOnce(&Request) -> Result<(), Failure>) -> ExitCode {
        self.main_with(|request, _: &Nothing| run(request))
    }

    /// The same for a lab with flags of its own, a `clap::Args`.
    pub fn main_with<E: Args>(
        &self,
        run: impl FnOnce(&Request, &E) -> Result<(), Failure>,
    ) -> ExitCode {
        let result = match self.parse::<E>(std::env::args_os().skip(1)) {
            Ok(Asked::Help(text)) => crate::table::print(&text),
            Ok(Asked::Run(request, extra)) => {
                if request.trial {
                    let dir = shown(&request.dir).display();
                    eprintln!("note: not the book's seed or steps: the results go to {dir}");
                }
                run(&request, &extra)
            }
            Err(failure) => Err(failure),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        }
    }

    fn command<E: Args>(&self) -> Command {
        let files: Vec<String> = self.writes.iter().map(|f| format!("  {f}")).collect();
        let trial = if self.steps.is_some() { " --steps 200" } else { "" };
        let after = format!(
            "Writes:\n{}\n\nExample:\n  cargo run --bin {} -- --seed 7{trial} --out target/trial",
            files.join("\n"),
            self.name
        );
        let mut command = Shared::augment_args(Command::new(self.name))
            .about(self.about)
            .after_help(after)
            .mut_arg("seed", |arg| {
                arg.help(format!("Base seed of every random stream [default: {}]", self.seed))
            });
        if let Some(book) = self.steps {
            let help = format!("Training steps, at least 1 [default: {book}]");
            let arg = Arg::new("steps").long("steps").value_name("N").help(help);
            let arg = arg.value_parser(steps).allow_negative_numbers(true).display_order(1);
            command = command.arg(arg);
        }
        E::augment_args(command).no_binary_name(true)
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
        let dir = shared.out.unwrap_or_else(|| root().join(usual));
        let request = Request { seed, steps, dir, trial };
        Ok(Asked::Run(request, extra))
    }
}

#[derive(Debug)]
enum Asked<E> {
    Help(String),
    Run(Request, E),
}

/// The root of the project.
pub fn root() -> PathBuf {
    let labs = Path::new(env!("CARGO_MANIFEST_DIR"));
    match labs.parent() {
        Some(root) if root.is_dir() => root.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// An error of clap in one line that names the value and what is accepted.
pub fn one_line(error: &clap::Error, command: &Command) -> Failure {
    let get = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = get(ContextKind::InvalidArg);
    let flag = argument.split(' ').next().unwrap_or("").to_string();
    let value = get(ContextKind::InvalidValue);
    let known = || {
        let flags = command.get_arguments().filter_map(Arg::get_long);
        let mut flags: Vec<_> = flags.chain(["help"]).map(|f| format!("--{f}")).collect();
        flags.sort();
        flags.join(", ")
    };
    Failure::usage(match error.kind() {
        ErrorKind::ValueValidation => match error.source() {
            Some(why) => format!("{flag} {value:?} {why}"),
            None => format!("{flag} {value:?} is not accepted"),
        },
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument}: the value is missing"),
        ErrorKind::InvalidValue => {
            let valid = get(ContextKind::ValidValue);
            format!("{flag} {value:?} is not accepted: expected one of {valid}")
        }
        ErrorKind::UnknownArgument => {
            format!("unknown argument {argument:?}: expected {}", known())
        }
        ErrorKind::ArgumentConflict if argument == get(ContextKind::PriorArg) => {
            format!("{flag} is given more than once")
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or("").trim();
            first.strip_prefix("error: ").unwrap_or(first).to_string()
        }
    })
}

#[cfg(test)]
mod tests;
