//! `cargo run -- labs`: every lab, or those that are named.

use clap::Parser;
use minigrad_cli::{arguments, process, root, terminal, Failure};
use minigrad_labs::queue::{of_today, Queue};
use minigrad_labs::spine::{default_threads, Lab};
use minigrad_labs::{LABS, TIMED};
use std::path::PathBuf;
use std::process::ExitCode;

/// Draw the figures of every lab, or of those that are named, and write their data. A lab whose
/// sources are those of its data is drawn from them; any other one is run.
#[derive(Parser)]
#[command(name = "labs", bin_name = "cargo run -- labs")]
struct Arguments {
    /// Names of labs [default: all]
    #[arg(value_name = "LAB", value_parser = named)]
    labs: Vec<&'static Lab>,
    /// Where figures and data go [default: figures]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Run them though nothing has changed
    #[arg(long)]
    force: bool,
    /// Run some of those that have not changed, others each day
    #[arg(long, value_name = "N", conflicts_with = "force", value_parser = arguments::whole, default_value = "0", hide_default_value = true)]
    also: usize,
    /// Run all, one after the other, and write how long each took to labs-timing.json, which the book
    /// includes
    #[arg(long, conflicts_with_all = ["labs", "force", "also"])]
    times: bool,
    #[arg(long, hide = true, value_parser = named)]
    one: Option<&'static Lab>,
    /// How many threads run labs [default: the environment variable MINIGRAD_THREADS, else one for
    /// each core]
    #[arg(long, value_name = "N", value_parser = arguments::threads)]
    threads: Option<usize>,
}

fn main() -> ExitCode {
    process::end_when_told();
    Failure::exit(arguments::parse().and_then(|asked| asked.map_or(Ok(()), |asked| run(&asked))))
}

fn run(asked: &Arguments) -> Result<(), Failure> {
    let threads = asked.threads.map_or_else(default_threads, Ok)?;
    let out = asked.out.as_deref();
    if asked.times {
        return TIMED[1].run(&TIMED[1].book(out)?);
    }
    if let Some(lab) = asked.one {
        let mut request = lab.book(out)?;
        request.threads = threads;
        return lab.run(&request);
    }
    let all = asked.labs.is_empty();
    let labs: Vec<&Lab> = if all { LABS.iter().collect() } else { asked.labs.clone() };
    let forced = match asked.force {
        true => labs.iter().map(|lab| lab.name).collect(),
        false => of_today(asked.also),
    };
    if !forced.is_empty() && !asked.force {
        terminal::print(&format!("Today also: {}\n", forced.join(", ")))?;
    }
    if all {
        // No second run repeats a time.
        for lab in TIMED {
            if let Ok((of, data)) = lab.read(&root::workspace()?.join("figures")) {
                lab.write(&lab.book(out)?, &of, &data)?;
            }
        }
    }
    Queue { labs, out, forced, beside: threads, threads: 1 }.run().map(drop)
}

/// The lab of this name.
fn named(name: &str) -> Result<&'static Lab, String> {
    let names = || LABS.iter().map(|lab| lab.name).collect::<Vec<_>>().join(", ");
    let found = LABS.iter().find(|lab| lab.name == name);
    found.ok_or_else(|| format!("is no lab: expected {}", names()))
}
