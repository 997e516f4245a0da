//! How long a training step takes: what `bench-step` answers, and the table of the book.

use crate::spine::prelude::*;
use crate::workloads::{features, peak, Work};
use minigrad::threads;
use minigrad_cli::{machine, Failure};
use std::time::{Duration, Instant};

settings! {
    seed = 0;
    /// Seconds of each workload.
    seconds: f64 = 4.0, small 0.0;
}

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

/// One workload on some threads: tenth, middle and ninetieth of a hundred, in milliseconds.
#[derive(Serialize, Deserialize)]
pub struct Row {
    pub workload: String,
    pub threads: usize,
    pub step: [f64; 3],
    /// Its matrix products alone; and the step over them.
    pub products: f64,
    #[serde(with = "real")]
    pub ratio: [f64; 3],
    /// Of the most operations a second that the machine can do.
    pub share: f64,
    /// Of the tenth step.
    pub value: f64,
}

#[derive(Serialize, Deserialize)]
pub struct StepTiming {
    pub machine: String,
    pub compiler: String,
    pub date: String,
    pub features: String,
    /// The most operations a second on one thread and on all, in GFLOP/s.
    pub peaks: [f64; 2],
    pub rows: Vec<Row>,
}

/// Does it where times mean something.
///
/// # Errors
/// In the dev profile; those of [`Lab::run`].
pub fn write() -> Result<(), Failure> {
    if cfg!(debug_assertions) {
        return Err(Failure::usage("--report without --release would time the dev profile"));
    }
    let lab = Lab::of::<StepTiming>();
    lab.run(&lab.book(None)?)
}

impl Experiment for StepTiming {
    const NAME: &'static str = "step-timing";
    const ASKS: &'static str = "How long does a training step take?";
    const FIGURES: &'static [&'static str] = &[];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> StepTiming {
        let time = Duration::from_secs_f64(settings.seconds);
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let both = [1, cores];
        let peaks = both.map(|n| threads::with(n, || peak(time / 4)));
        let mut rows = vec![];
        for (done, (name, ..)) in WORKLOADS.into_iter().enumerate() {
            for (threads, peak) in both.into_iter().zip(peaks) {
                let timing = measure(name, time, threads).expect("a workload of this name");
                let three = |sorted: &[f64]| [0.1, 0.5, 0.9].map(|share| at(sorted, share));
                let step = three(&timing.steps);
                rows.push(Row {
                    workload: name.into(),
                    threads,
                    step,
                    products: at(&timing.floors, 0.5),
                    ratio: three(&timing.ratios),
                    share: timing.flop as f64 / (step[1] / 1e3) / peak,
                    value: f64::from(timing.first[9]),
                });
            }
            progress.update(done + 1, WORKLOADS.len());
        }
        StepTiming {
            machine: format!("{}, {cores} cores", machine::cpu()),
            compiler: machine::compiler(),
            date: machine::today(),
            features: features().into(),
            peaks: peaks.map(|peak| peak / 1e9),
            rows,
        }
    }

    fn report(&self) -> Report {
        let StepTiming { machine, compiler, date, features, peaks, rows } = self;
        let mut report = Report::default();
        let said =
            [("machine", machine), ("compiler", compiler), ("date", date), ("features", features)];
        said.into_iter().for_each(|(name, value)| report.value(name, value));
        report.value("peak_one", format!("{:.0}", peaks[0]));
        report.value("peak_all", format!("{:.0}", peaks[1]));
        let range =
            |[low, _, high]: [f64; 3]| Cell::number(format!("{} to {}", number(low), number(high)));
        let row = |row: &Row| {
            // A norm alone has no product.
            let floor = |cell| if row.workload.contains('x') { Cell::none() } else { cell };
            let two = |x: f64| floor(Cell::number(format!("{x:.2}")));
            let [products, ratio] = [row.products.into(), range(row.ratio)].map(floor);
            let step = cells![&*row.workload, row.threads, row.step[1], range(row.step)];
            step.into_iter().chain([products, two(row.ratio[1]), ratio, two(row.share)])
        };
        let header = ["workload", "threads", "step, ms", "10 % to 90 %", "products, ms", "ratio"];
        let header = header.into_iter().chain(["10 % to 90 %", "share of peak"]);
        report.table("steps", "Steps", header, rows.iter().map(row));
        let one = |row: &&Row| row.threads == 1;
        let five = |x: f64| match x.is_nan() {
            true => Cell::none(),
            false => Cell::number(format!("{x:.5}")),
        };
        let known = |name: &str| WORKLOADS.into_iter().find(|known| known.0 == name);
        let losses = rows.iter().filter(one).filter_map(|row| {
            let (name, what, expected, _) = known(&row.workload)?;
            Some(cells![name, what, five(row.value), five(expected)])
        });
        let header = ["workload", "what", "value of step 10", "PyTorch"];
        report.table("losses", "Values", header, losses);
        report.claim_book(
            "values",
            "After ten steps every workload has the value that PyTorch gives.",
            rows.iter().all(|row| {
                let known = known(&row.workload);
                // Written so that a NaN where PyTorch has a number is wrong.
                known.is_some_and(|(.., expected, tolerance)| {
                    expected.is_nan() || (row.value - expected).abs() <= tolerance
                })
            }),
        );
        report
    }

    fn figures(&self, _: &Report) -> Vec<Drawing> {
        vec![]
    }
}
