//! `bench-step`: times training steps, for comparison with other engines on the same work.
//!
//! Reads lines `<workload> <seconds>` and answers each with one line of JSON. The environment
//! variable BENCH_THREADS gives the number of threads.

use minigrad::experiments::workloads::Work;
use minigrad::threads;
use minigrad_labs::{cli, Failure};
use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    Failure::exit(run())
}

fn run() -> Result<(), Failure> {
    let threads = cli::threads_from("BENCH_THREADS")?.unwrap_or(1);
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| Failure::new(format_args!("standard input: {error}")))?;
        let Some((name, seconds)) = line.trim().split_once(' ') else {
            return Err(Failure::usage(format_args!("{line:?}: expected <workload> <seconds>")));
        };
        let seconds = seconds.trim().parse().ok().and_then(|s| Duration::try_from_secs_f64(s).ok());
        let Some(time) = seconds else {
            return Err(Failure::usage(format_args!("{line:?}: expected a number of seconds")));
        };
        let answer = threads::with(threads, || answer(name, time, threads));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")
            .and_then(|()| out.flush())
            .map_err(|error| Failure::new(format_args!("standard output: {error}")))?;
    }
    Ok(())
}

fn answer(name: &str, time: Duration, threads: usize) -> serde_json::Value {
    let Some(mut work) = Work::new(name) else {
        return serde_json::json!({"peer": "minigrad", "workload": name, "threads": threads, "skip": true});
    };
    let warm: Vec<f32> = (0..10).map(|_| work.step()).collect();
    let (mut steps, mut floors, mut cpu) = (vec![], vec![], 0.0);
    let end = Instant::now() + time;
    while steps.len() < 5 || Instant::now() < end {
        let (start, busy) = (Instant::now(), cpu_ms());
        work.step();
        steps.push(start.elapsed().as_secs_f64() * 1e3);
        cpu += cpu_ms() - busy;
        let start = Instant::now();
        work.floor();
        floors.push(start.elapsed().as_secs_f64() * 1e3);
    }
    steps.sort_by(f64::total_cmp);
    floors.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let wall: f64 = steps.iter().sum();
    serde_json::json!({
        "peer": "minigrad", "workload": name, "threads": threads, "steps": steps.len(),
        "median_ms": at(&steps, 0.5), "min_ms": steps[0],
        "p10_ms": at(&steps, 0.1), "p90_ms": at(&steps, 0.9),
        "loss1": warm[0], "loss10": warm[9],
        "cpu_ms": cpu / steps.len() as f64, "cpu_per_wall": cpu / wall,
        "floor_ms": at(&floors, 0.5),
    })
}

/// CPU time of all threads of this process so far; 0 where the system does not tell.
fn cpu_ms() -> f64 {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return 0.0 };
    tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .filter_map(|line| line.split(' ').next()?.parse::<f64>().ok())
        .sum::<f64>()
        / 1e6
}
