//! `cargo run`: builds the book, serves it, and runs every lab beside the server.

use clap::{Parser, Subcommand};
use minigrad_book::beside;
use minigrad_book::serve::{serve, Edition, Server, DEFAULT_PORT};
use minigrad_book::site;
use minigrad_cli::{arguments, root, terminal, Failure};
use minigrad_preprocessor::Library;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    /// Draw the figures of every lab, or of those that are named; `labs --help` says more
    #[command(disable_help_flag = true)]
    Labs {
        /// Names of labs, and flags
        #[arg(value_name = "LAB", trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
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
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT, value_parser = arguments::integer::<u16>("a port", 0, 65535))]
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
        Some(Command::Labs { arguments }) => {
            beside::labs(&root, arguments, |line| drop(terminal::print(&format!("{line}\n"))))
        }
        Some(Command::Build { out }) => build(&root, out.as_deref(), Library::Now).map(drop),
        Some(Command::Serve(address)) => serve(&site::built(&root)?, address.port),
    }
}

/// The book first, from what is there; beside it the library for the reader's browser, then the labs.
fn everything(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let server = Server::bind(arguments.address.port)?;
    let book = build(root, None, Library::Later)?;
    let edition = Edition::default();
    let (root, grows, with_labs) = (root.to_path_buf(), edition.clone(), !arguments.no_labs);
    // Not joined: whatever it runs ends with this process.
    std::thread::spawn(move || beside::draw(&root, with_labs, &grows));
    server.run(&book, Some(edition))
}

fn build(root: &Path, out: Option<&Path>, library: Library) -> Result<PathBuf, Failure> {
    let book = site::build_with(root, out, library)?;
    terminal::print(&format!("Built the book into {}\n", book.display()))?;
    Ok(book)
}
