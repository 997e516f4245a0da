//! `bench-step`: times training steps, for comparison with other engines on the same work.

use clap::Parser;
use minigrad_cli::failure::shortened;
use minigrad_cli::{arguments, terminal, Failure};
use minigrad_labs::lines;
use minigrad_labs::step_timing::{at, measure, write};
use std::fmt::Display;
use std::process::ExitCode;
use std::time::Duration;

/// Times training steps. Reads lines `<workload> <seconds>` from standard input and answers each
/// with one line of JSON; the environment variable BENCH_THREADS gives the number of threads.
///
/// Workloads: W1 12 x 256 ReLU, W2 the same with LayerNorm, W3 with RMSNorm, W4 50 residual blocks,
/// W5 is W1 with Adam, walk, LN-ROWSxCOLUMNS, RMS-ROWSxCOLUMNS. Build with --release.
#[derive(Parser)]
#[command(name = "bench-step")]
#[command(after_help = "Example:\n  echo 'W1 5' | cargo run --release --bin bench-step")]
struct Arguments {
    /// Time all workloads on one thread and on all cores, print the table, and write
    /// figures/step-timing.json, which the book includes
    #[arg(long)]
    report: bool,
}

const HOUR: Duration = Duration::from_secs(3600);

fn main() -> ExitCode {
    Failure::exit(arguments::parse().and_then(|arguments| match arguments {
        Some(Arguments { report: true }) => write(),
        Some(Arguments { report: false }) => answer_all(),
        None => Ok(()),
    }))
}

fn answer_all() -> Result<(), Failure> {
    let threads = arguments::threads_from("BENCH_THREADS")?.unwrap_or(1);
    let mut input = std::io::stdin().lock();
    let failed = |why: &dyn Display| Failure::usage(format_args!("standard input: {why}"));
    while let Some(line) = lines::next_line(&mut input).map_err(|error| failed(&error))? {
        let line = line.map_err(|why| failed(&why))?;
        let refuse = || {
            let line = shortened(&line);
            Failure::usage(format_args!("{line:?}: expected <workload> <seconds>, up to an hour"))
        };
        let (name, seconds) = line.trim().split_once(' ').ok_or_else(refuse)?;
        let seconds = seconds.trim().parse().ok();
        let time = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok());
        let time = time.filter(|&time| time <= HOUR).ok_or_else(refuse)?;
        if !terminal::is_read(&format!("{}\n", answer(name, time, threads)))? {
            return Ok(());
        }
    }
    Ok(())
}

fn answer(name: &str, time: Duration, threads: usize) -> serde_json::Value {
    let head = serde_json::json!({"peer": "minigrad", "workload": name, "threads": threads});
    let rest = match measure(name, time, threads) {
        None => serde_json::json!({"skip": true}),
        Some(timing) => serde_json::json!({
            "steps": timing.steps.len(),
            "median_ms": at(&timing.steps, 0.5), "min_ms": timing.steps[0],
            "p10_ms": at(&timing.steps, 0.1), "p90_ms": at(&timing.steps, 0.9),
            "loss1": timing.first[0], "loss10": timing.first[9],
            "cpu_ms": timing.cpu,
            "cpu_per_wall": timing.cpu * timing.steps.len() as f64 / timing.steps.iter().sum::<f64>(),
            "floor_ms": at(&timing.floors, 0.5),
            "times": timing.steps,
        }),
    };
    let fields = [head, rest].into_iter().filter_map(|part| part.as_object().cloned());
    fields.flatten().collect::<serde_json::Map<_, _>>().into()
}
