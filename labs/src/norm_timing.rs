//! What LayerNorm and RMSNorm cost: the one experiment whose result no seed repeats.

use crate::spine::prelude::*;
use crate::workloads::Work;
use minigrad_cli::{machine, Failure};
use minigrad_plot::Bars;
use std::time::Instant;

settings! {
    seed = 0;
    /// Rounds of each kernel and of each step.
    rounds: usize = 2000, small 1;
}

/// Rows and columns of the normalizations that are timed alone.
pub const SIZES: [(usize, usize); 3] = [(64, 256), (64, 1024), (4096, 256)];

/// The whole steps that are timed: workload and norm.
pub const STEPS: [(&str, &str); 3] = [("W1", "no norm"), ("W2", "LayerNorm"), ("W3", "RMSNorm")];

/// How often a workload runs before it is timed.
const WARM: usize = 20;

/// Workloads that were timed in turns.
#[derive(Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    /// The name of its values.
    pub key: String,
    pub unit: String,
    /// Quartiles of each norm in that unit; the last two are LayerNorm and RMSNorm.
    pub times: Vec<(String, [f64; 3])>,
    /// The median, round by round, of LayerNorm's time over RMSNorm's.
    pub ratio: f64,
}

/// Where and with what the times were taken.
#[derive(Serialize, Deserialize)]
pub struct Conditions {
    pub machine: String,
    pub compiler: String,
    pub date: String,
    pub load: String,
    pub rounds: String,
}

#[derive(Serialize, Deserialize)]
pub struct NormTiming {
    pub conditions: Conditions,
    /// The norms alone, then the whole step.
    pub groups: Vec<Group>,
}

/// What lab 02 does instead of its ablation.
pub const BY_FLAG: &[Other] = &[Other {
    flag: "time",
    help:
        "Time both norms instead, and write norm-timing.svg and norm-timing.json; needs --release",
    run: time,
}];

/// Does it where times mean something.
///
/// # Errors
/// In the dev profile; those of [`Lab::run`].
pub fn time(request: &Request) -> Result<(), Failure> {
    if cfg!(debug_assertions) && !request.redraw {
        return Err(Failure::usage(
            "--time: the dev profile has no times worth keeping: expected `cargo run --release \
             --bin norm-ablation -- --time`",
        ));
    }
    crate::TIMED[0].run(request)
}

/// Times workloads in turns, so that whatever else the machine does meets all of them alike.
fn in_turns(
    (name, key): (String, String),
    (scale, unit): (f64, &str),
    works: &[(String, &str)],
    rounds: usize,
) -> Group {
    let work = |(name, _): &(String, &str)| Work::new(name).expect("a workload of this name");
    let mut works_timed: Vec<(Work, Vec<f64>)> =
        works.iter().map(|named| (work(named), vec![])).collect();
    for (work, _) in &mut works_timed {
        for _ in 0..WARM {
            work.step();
        }
    }
    let count = works_timed.len();
    for round in 0..rounds {
        // Another one begins each round: none always follows the same neighbour.
        for k in 0..count {
            let (work, times) = &mut works_timed[(round + k) % count];
            let start = Instant::now();
            work.step();
            times.push(scale * start.elapsed().as_secs_f64());
        }
    }
    let [.., (_, layer), (_, rms)] = &works_timed[..] else { unreachable!("two norms a group") };
    let [_, ratio, _] = quartiles(layer.iter().zip(rms).map(|(l, r)| l / r).collect());
    let times = works.iter().zip(works_timed);
    let times = times.map(|((_, norm), (_, times))| (norm.to_string(), quartiles(times))).collect();
    Group { name, key, unit: unit.into(), times, ratio }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}

/// The load average of the last minute, that of other programs included, and the cores.
fn load() -> String {
    let average = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let average = average.split(' ').next().filter(|text| !text.is_empty()).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("load average {average} on {cores} cores")
}

impl Experiment for NormTiming {
    const NAME: &'static str = "norm-timing";
    const ASKS: &'static str = "What do LayerNorm and RMSNorm cost?";
    const FIGURES: &'static [&'static str] = &["norm-timing.svg"];
    type Settings = Settings;

    fn measure(&Settings { rounds, .. }: &Settings, progress: &dyn Progress) -> NormTiming {
        let alone = SIZES.map(|(rows, columns)| {
            let works = [("LN", "LayerNorm"), ("RMS", "RMSNorm")]
                .map(|(norm, name)| (format!("{norm}-{rows}x{columns}"), name));
            let name = format!("norm alone, {rows} × {columns}");
            ((name, format!("{rows}x{columns}")), (1e6, "µs"), works.to_vec())
        });
        let works = STEPS.map(|(work, name)| (work.to_owned(), name)).to_vec();
        let step = (("whole step, 12 × 256".into(), "step".into()), (1e3, "ms"), works);
        let conditions = Conditions {
            machine: machine::cpu(),
            compiler: machine::compiler(),
            date: machine::today(),
            load: load(),
            rounds: format!("{rounds} of each, in turns, on one thread, release profile"),
        };
        let timed = |(done, (names, unit, works)): (usize, (_, _, Vec<_>))| {
            let group = minigrad::threads::with(1, || in_turns(names, unit, &works, rounds));
            progress.update(done + 1, SIZES.len() + 1);
            group
        };
        let groups = alone.into_iter().chain([step]).enumerate().map(timed).collect();
        NormTiming { conditions, groups }
    }

    fn report(&self) -> Report {
        let Conditions { machine, compiler, date, load, rounds } = &self.conditions;
        let mut report = Report::default();
        for (name, value) in [("machine", machine), ("compiler", compiler), ("date", date)] {
            report.value(name, value);
        }
        report.value("load", load);
        report.value("rounds", rounds);
        for Group { key, ratio, .. } in &self.groups {
            report.value(format!("{key}_ratio"), format!("{ratio:.2}"));
        }
        let header = ["work", "norm", "median", "quartiles", "LayerNorm / RMSNorm"];
        let rows = self.groups.iter().flat_map(|Group { name, unit, times, ratio, .. }| {
            times.iter().enumerate().map(move |(k, (norm, [low, median, high]))| {
                let is_last = k + 1 == times.len();
                cells![
                    &**name,
                    &**norm,
                    Cell::number(format!("{} {unit}", number(*median))),
                    Cell::number(format!("{} to {}", number(*low), number(*high))),
                    if is_last { Cell::number(format!("{ratio:.2}")) } else { "".into() },
                ]
            })
        });
        report.table("times", "Forwards and back, on one thread", header, rows);
        let (kernels, step) = self.groups.split_at(SIZES.len());
        report.claim_times(
            "alone",
            "RMSNorm alone is faster than LayerNorm at every size: the median of their ratio, round \
             by round, exceeds 1.",
            kernels.iter().all(|group| group.ratio > 1.0),
        );
        report.claim_times(
            "step",
            "A whole training step with RMSNorm takes no longer than one with LayerNorm.",
            step.iter().all(|group| group.ratio >= 1.0),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "RMSNorm costs less than LayerNorm";
        let title = report.title(&["alone", "step"], conclusion, NormTiming::ASKS);
        let machine = &self.conditions.machine;
        let mut bars = Bars::new(title, "time, LayerNorm = 100 %")
            .subtitle(&format!("{machine}, one thread; bars: median, whiskers: quartiles"));
        for Group { name, unit, times, .. } in &self.groups {
            bars = bars.group(name);
            let whole = times.iter().find(|(norm, _)| norm == "LayerNorm");
            let whole = whole.map_or(1.0, |(_, [_, median, _])| *median);
            for (norm, [low, median, high]) in times {
                let share = |time: &f64| 100.0 * time / whole;
                let text = format!("{} {unit}", number(*median));
                let interval = (share(low), share(high));
                bars = bars.bar(colors::norm(norm), norm, share(median), interval, &text);
            }
        }
        vec![bars.render()]
    }
}
