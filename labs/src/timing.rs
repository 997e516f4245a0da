//! Timing of the step benchmark's workloads, and the report that the book includes.

use crate::experiments::{number, Cell, Claim, Report, Table};
use crate::workloads::{features, peak, Work};
use minigrad::threads;
use std::time::{Duration, Instant};

/// What was measured of one workload.
pub struct Timing {
    /// Milliseconds of every step, sorted.
    pub steps: Vec<f64>,
    /// Milliseconds of the matrix products of one step alone, sorted; measured between blocks of steps.
    pub floors: Vec<f64>,
    /// The median step of each block over the median of the products that followed it, sorted.
    pub ratios: Vec<f64>,
    /// Floating-point operations in the products of one step.
    pub flop: usize,
    /// Values of the first ten steps, which are not timed.
    pub first: Vec<f32>,
    /// CPU time of all threads over the timed steps, in milliseconds a step.
    pub cpu: f64,
}

/// The entry below which a `share` of the sorted values lie.
pub fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// Steps in a block: back to back, as a training takes them.
const BLOCK: usize = 8;

/// Times a workload for `time`, at least one block of steps, each block followed by as many rounds of
/// the matrix products alone. `None` if there is no such workload.
pub fn measure(name: &str, time: Duration, threads: usize) -> Option<Timing> {
    let mut work = Work::new(name)?;
    let clock = |part: &mut dyn FnMut()| {
        let start = Instant::now();
        part();
        start.elapsed().as_secs_f64() * 1e3
    };
    threads::with(threads, || {
        let first = (0..10).map(|_| work.step()).collect();
        let flop = work.flop();
        let mut timing =
            Timing { steps: vec![], floors: vec![], ratios: vec![], flop, first, cpu: 0.0 };
        let end = Instant::now() + time;
        while timing.steps.is_empty() || Instant::now() < end {
            let busy = cpu_ms();
            let mut steps = [0.0; BLOCK].map(|_| {
                clock(&mut || {
                    work.step();
                })
            });
            timing.cpu += cpu_ms() - busy;
            let mut floors = [0.0; BLOCK].map(|_| clock(&mut || work.floor()));
            steps.sort_by(f64::total_cmp);
            floors.sort_by(f64::total_cmp);
            timing.ratios.push(at(&steps, 0.5) / at(&floors, 0.5));
            timing.steps.extend(steps);
            timing.floors.extend(floors);
        }
        timing.cpu /= timing.steps.len() as f64;
        for column in [&mut timing.steps, &mut timing.floors, &mut timing.ratios] {
            column.sort_by(f64::total_cmp);
        }
        Some(timing)
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

/// The workloads of the report: name, what it is, and the value of the tenth step that PyTorch
/// gives (the ReLU kinks of W3 leave it a range).
const WORKLOADS: [(&str, &str, f64, f64); 10] = [
    ("W1", "12 x 256 ReLU", 0.48574, 1e-5),
    ("W2", "W1 with LayerNorm", 0.57061, 1e-5),
    ("W3", "W1 with RMSNorm", 0.57827, 3e-5),
    ("W4", "50 blocks, RMSNorm, residual", 0.00573, 1e-5),
    ("W5", "W1 with Adam", f64::NAN, f64::NAN),
    ("W1-vanished", "W1, weights a thousandth", f64::NAN, f64::NAN),
    ("W5-vanished", "W5, the same, lr 1e-3", f64::NAN, f64::NAN),
    ("walk", "20 linear layers, forwards", 0.94090, 1e-5),
    ("LN-64x256", "LayerNorm and back", 0.95350, 1e-5),
    ("RMS-64x256", "RMSNorm and back", 0.77466, 1e-5),
];

/// Measures every workload on one thread and on all cores.
pub fn report(machine: &str, compiler: &str, date: &str, time: Duration) -> Report {
    let mut report = Report::new("step-timing", "How long does a training step take?");
    report.settings.insert("machine", machine.to_owned());
    report.settings.insert("compiler", compiler.to_owned());
    report.settings.insert("date", date.to_owned());
    let said =
        [("machine", machine), ("compiler", compiler), ("date", date), ("features", features())];
    for (name, value) in said {
        report.value(name, value);
    }
    let header = [
        "workload",
        "threads",
        "step, ms",
        "10 % to 90 %",
        "products, ms",
        "ratio",
        "10 % to 90 %",
        "share of peak",
    ];
    let mut table = Table::new(header);
    let mut losses = Table::new(["workload", "what", "value of step 10", "PyTorch"]);
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let mut wrong = vec![];
    let peaks = [1, cores].map(|n| (n, threads::with(n, || peak(time / 4))));
    report.value("peak_one", format!("{:.0}", peaks[0].1 / 1e9));
    report.value("peak_all", format!("{:.0}", peaks[1].1 / 1e9));
    for (name, what, expected, tolerance) in WORKLOADS {
        let products = !name.contains('x');
        for (threads, peak) in peaks {
            let Some(timing) = measure(name, time, threads) else { continue };
            let range = |v: &[f64]| {
                Cell::number(format!("{} to {}", number(at(v, 0.1)), number(at(v, 0.9))))
            };
            let floor = |cell: Cell| if products { cell } else { Cell::none() };
            let share = timing.flop as f64 / (at(&timing.steps, 0.5) / 1e3) / peak;
            table.row([
                name.into(),
                threads.into(),
                at(&timing.steps, 0.5).into(),
                range(&timing.steps),
                floor(at(&timing.floors, 0.5).into()),
                floor(Cell::number(format!("{:.2}", at(&timing.ratios, 0.5)))),
                floor(range(&timing.ratios)),
                floor(Cell::number(format!("{share:.2}"))),
            ]);
            report.value(
                format!("{name}_{threads}").to_lowercase(),
                format!("{:.2}", at(&timing.ratios, 0.5)),
            );
            let loss = f64::from(timing.first[9]);
            if (loss - expected).abs() > tolerance {
                wrong.push(name);
            }
            if threads == 1 {
                let value = |x: f64| match x.is_nan() {
                    true => Cell::none(),
                    false => Cell::number(format!("{x:.5}")),
                };
                losses.row([name.into(), what.into(), value(loss), value(expected)]);
            }
        }
    }
    report.tables.insert("steps", table);
    report.tables.insert("losses", losses);
    report.claims.push(Claim::book(
        "After ten steps every workload has the value that PyTorch gives.",
        wrong.is_empty(),
    ));
    report
}
