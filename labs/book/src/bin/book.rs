//! `cargo run`: runs every lab, builds the book, serves it.

use clap::{Parser, Subcommand};
use minigrad_book::serve::{serve, DEFAULT_PORT};
use minigrad_book::site;
use minigrad_labs::registry::{self, LABS};
use minigrad_labs::{cli, root, say, Failure};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs every lab, builds the book and serves it on this machine.
///
/// Without a command it does all three, which takes about eight minutes on two cores; each command
/// does one.
#[derive(Parser)]
#[command(name = "minigrad", bin_name = "cargo run --", version)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    address: Address,
}

#[derive(Subcommand)]
enum Command {
    /// Run every lab: compute its experiment, draw its figures, write its data
    Labs {
        /// Where figures and data go [default: figures]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
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
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT, value_parser = cli::integer::<u16>("a port", 0, 65535), allow_negative_numbers = true)]
    port: u16,
}

fn main() -> ExitCode {
    Failure::exit(cli::parse().and_then(|arguments| match arguments {
        Some(arguments) => run(&arguments),
        None => Ok(()),
    }))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let root = root::workspace()?;
    match &arguments.command {
        None => {
            registry::run(LABS, None)?;
            let book = build(&root, None)?;
            serve(&book, arguments.address.port)
        }
        Some(Command::Labs { out }) => registry::run(LABS, out.as_deref()),
        Some(Command::Build { out }) => build(&root, out.as_deref()).map(drop),
        Some(Command::Serve(address)) => serve(&site::built(&root)?, address.port),
    }
}

fn build(root: &Path, out: Option<&Path>) -> Result<PathBuf, Failure> {
    registry::check_all_ran(LABS, root)?;
    let book = site::build(root, out)?;
    say::print(&format!("Built the book into {}\n", book.display()))?;
    Ok(book)
}
