//! `cargo run`: builds the book, serves it, and runs every lab beside the server.

use clap::{Parser, Subcommand};
use minigrad_book::beside::{self, Processes, Ran};
use minigrad_book::serve::{serve, Edition, Server, DEFAULT_PORT};
use minigrad_book::site;
use minigrad_book::times::{self, Took};
use minigrad_labs::command::{default_threads, Lab, Request};
use minigrad_labs::labs::to_json;
use minigrad_labs::registry::{self, LABS};
use minigrad_cli::{arguments, root, terminal, Failure};
use minigrad_labs::{table};
use minigrad_preprocessor::Library;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

/// Builds the book from the figures that are there and serves it on this machine; then runs every
/// lab beside the server.
///
/// Without a command it does all of this, and pages in a browser load again when a figure has
/// changed. Each command does one part.
#[derive(Parser)]
#[command(name = "minigrad", bin_name = "cargo run --", version)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    address: Address,
    /// Only build and serve the book
    #[arg(long)]
    no_labs: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Run every lab, or those that are named: compute its experiment, draw its figures, write its
    /// data
    Labs {
        /// Names of labs [default: all]
        #[arg(value_name = "LAB", value_parser = named)]
        labs: Vec<Lab>,
        /// Where figures and data go [default: figures]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Also write how long each took, and its memory, to labs-timing.json, which the book includes
        #[arg(long, conflicts_with = "labs")]
        times: bool,
    },
    /// Build the book from book/ and figures/ as they are
    Build {
        /// Where the book goes: a new or empty folder, or one that holds an earlier book
        /// [default: target/book]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Serve the book as it was last built
    Serve(Address),
}

#[derive(clap::Args)]
struct Address {
    /// Port of 127.0.0.1 on which the book is served; if it is in use, the next free one.
    /// 0 lets the system choose
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT, value_parser = arguments::integer::<u16>("a port", 0, 65535), allow_negative_numbers = true)]
    port: u16,
}

fn main() -> ExitCode {
    Failure::exit(arguments::parse().and_then(|arguments| match arguments {
        Some(arguments) => run(&arguments),
        None => Ok(()),
    }))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let root = root::workspace()?;
    match &arguments.command {
        None => everything(&root, arguments),
        Some(Command::Labs { labs, out, times }) => match &labs[..] {
            [] => run_labs(LABS, out.as_deref(), *times),
            [one] => (one.run)(&one.book(out.as_deref())?),
            some => run_labs(some, out.as_deref(), false),
        },
        Some(Command::Build { out }) => build(&root, out.as_deref(), Library::Now).map(drop),
        Some(Command::Serve(address)) => serve(&site::built(&root)?, address.port),
    }
}

/// The book first, from what is there; beside it the library for the reader's browser, then the labs.
fn everything(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    default_threads()?;
    let server = Server::bind(arguments.address.port)?;
    let book = build(root, None, Library::Later)?;
    let (edition, processes) = (Edition::default(), Arc::new(Processes::default()));
    let (root, grows, runs) = (root.to_path_buf(), edition.clone(), processes.clone());
    // Not joined: Ctrl-C ends the lab that it waits for.
    let labs = if arguments.no_labs { &[] } else { LABS };
    std::thread::spawn(move || {
        beside::compile(&root, &grows);
        if !labs.is_empty() {
            beside::draw(&root, labs, &runs, &grows);
        }
    });
    let served = server.run(&book, Some(edition));
    processes.stop();
    served
}

/// Each lab in a process of its own, so that all of them need no more memory than the largest.
fn run_labs(labs: &[Lab], out: Option<&Path>, times: bool) -> Result<(), Failure> {
    let took = RefCell::new(vec![]);
    registry::run(labs, out, |lab, request| {
        let start = Instant::now();
        let Ran { went_well, memory } = Processes::default().run(lab, &request.dir, true)?;
        took.borrow_mut().push(Took { lab: lab.name, time: start.elapsed(), memory });
        Ok(went_well)
    })?;
    if times {
        write(&took.into_inner(), &labs[0].book(out)?)?;
    }
    Ok(())
}

fn write(took: &[Took], request: &Request) -> Result<(), Failure> {
    let report = times::report(took, request.threads);
    terminal::print(&format!("{}\n", report.tables["labs"].text()))?;
    let json = to_json(&report).map_err(Failure::new)?;
    request.output()?.write("labs-timing.json", &json).map(drop)
}

/// The lab of this name.
fn named(name: &str) -> Result<Lab, String> {
    let found = LABS.iter().find(|lab| lab.name == name).copied();
    let names = || LABS.iter().map(|lab| lab.name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("is no lab: expected {}", names()))
}

fn build(root: &Path, out: Option<&Path>, library: Library) -> Result<PathBuf, Failure> {
    registry::check_all_ran(LABS, root)?;
    let book = site::build_with(root, out, library)?;
    terminal::print(&format!("Built the book into {}\n", book.display()))?;
    Ok(book)
}
