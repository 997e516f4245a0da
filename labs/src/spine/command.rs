//! The command line of a lab.

use super::lab::{default_threads, Lab, Other, Request};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use minigrad_cli::arguments::{self, one_line};
use minigrad_cli::output::shown;
use minigrad_cli::terminal::{self, note};
use minigrad_cli::{root, Failure};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

const RESUME: &str = "resume";

impl Lab {
    /// Reads the command line, runs the lab and reports its failure; the whole `main` of a lab.
    pub fn main(&self) -> ExitCode {
        Failure::exit(self.parse(std::env::args_os().skip(1)).and_then(|asked| {
            let Some((request, other)) = asked else { return Ok(()) };
            if request.trial {
                note(format_args!(
                    "note: not the book's seed or steps: what fails here says nothing of the book; \
                     the results go to {}",
                    shown(&request.dir).display()
                ));
            }
            match other {
                Some(other) => (other.run)(&request),
                None => self.run(&request),
            }
        }))
    }

    fn command(&self) -> Command {
        let trial = if self.steps.is_some() { " --steps 200" } else { "" };
        let number = |name, order| {
            let arg = Arg::new(name).long(name).value_name("N").allow_negative_numbers(true);
            arg.display_order(order)
        };
        let flag = |name: &'static str, help: &'static str| {
            Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).display_order(4)
        };
        let seed = number("seed", 0).value_parser(arguments::seed);
        let threads = number("threads", 3).value_parser(arguments::threads);
        let out = Arg::new("out").long("out").value_name("DIR").value_parser(directory);
        let mut command = Command::new(self.name)
            .about(self.asks)
            .no_binary_name(true)
            .after_help(format!(
                "Writes:\n  {}\n\nExample:\n  cargo run --bin {} -- --seed 7{trial} --out target/trial",
                self.files().join("\n  "),
                self.name
            ))
            .arg(seed.help(format!("Base seed of every random stream [default: {}]", self.seed)))
            .arg(out.display_order(2).help(
                "Directory of the results [default: figures; target/figures if the seed or the steps \
                 are not the book's, so that a trial never overwrites the book's figures]",
            ))
            .arg(threads.help(
                "Threads for independent runs; no result depends on it [default: the environment \
                 variable MINIGRAD_THREADS, else one for each core]",
            ))
            .arg(flag("redraw", "Draw the figures again from the data of an earlier run, and run nothing"))
            .args(self.others.iter().map(|other| flag(other.flag, other.help)))
            .args(self.keeps.map(|_| flag(RESUME, "Goes on where an interrupted run of the same settings stopped; its results are kept in target")));
        if let Some(book) = self.steps {
            let help = format!("Updates, at least 1 [default: {book}]");
            command = command.arg(number("steps", 1).value_parser(arguments::steps).help(help));
        }
        command
    }

    /// What the arguments ask for; `None` if for help, which has been printed.
    fn parse(
        &self,
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Option<(Request, Option<&Other>)>, Failure> {
        let command = self.command();
        let matches: ArgMatches = match command.clone().try_get_matches_from(args) {
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                return terminal::print(&error.to_string()).map(|()| None);
            }
            other => other.map_err(|error| one_line(&error, &command))?,
        };
        let seed = matches.get_one("seed").copied().unwrap_or(self.seed);
        let book = self.steps.unwrap_or(0);
        let asked = self.steps.and_then(|_| matches.get_one("steps").copied());
        let steps = asked.unwrap_or(book);
        let trial = seed != self.seed || steps != book;
        let dir = match matches.get_one::<PathBuf>("out") {
            Some(dir) => dir.clone(),
            None => root::workspace()?.join(if trial { "target/figures" } else { "figures" }),
        };
        let threads = match matches.get_one("threads") {
            Some(threads) => *threads,
            None => default_threads()?,
        };
        let redraw = matches.get_flag("redraw");
        let resume = self.keeps.is_some() && matches.get_flag(RESUME);
        let other = self.others.iter().find(|other| matches.get_flag(other.flag));
        Ok(Some((Request { seed, steps, dir, trial, threads, redraw, resume }, other)))
    }
}

fn directory(text: &str) -> Result<PathBuf, String> {
    match text {
        "" => Err("is not a directory: expected a path".into()),
        path => Ok(path.into()),
    }
}
