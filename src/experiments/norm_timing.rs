//! What LayerNorm and RMSNorm cost: the one experiment whose result no seed repeats.

use std::collections::BTreeMap;
use std::time::Instant;

use super::workloads::Work;
use super::{cells, number, Cell, Claim, Progress, Report, Table};

/// Where and with what the times were taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// The processor, as the system names it.
    pub machine: String,
    /// The compiler, as it names itself.
    pub compiler: String,
    /// The day, as `2026-01-31`.
    pub date: String,
    /// How busy the machine was before: load average, and cores.
    pub load: String,
}

/// Rows and columns of the normalizations that are timed alone.
pub const SIZES: [(usize, usize); 3] = [(64, 256), (64, 1024), (4096, 256)];

/// The whole steps that are timed: workload and norm.
pub const STEPS: [(&str, &str); 3] = [("W1", "no norm"), ("W2", "LayerNorm"), ("W3", "RMSNorm")];

/// The book's number of rounds of each kernel and of each step.
pub const ROUNDS: usize = 2000;

/// How often a workload runs before it is timed.
const WARM: usize = 20;

/// Times of one workload, one a round, in seconds.
#[derive(Clone, Debug)]
pub struct Times {
    /// The norm.
    pub name: &'static str,
    /// In the order of the rounds.
    pub rounds: Vec<f64>,
}

/// Workloads that were timed in turns.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they do.
    pub name: String,
    /// The name of their values.
    pub key: String,
    /// Times a unit, and the unit.
    pub unit: (f64, &'static str),
    /// One a norm; the last two are LayerNorm and RMSNorm.
    pub times: Vec<Times>,
}

/// Times every kernel and every step, `rounds` times each, on one thread.
///
/// Within a group the workloads take turns, so that whatever else the machine does meets all of
/// them alike.
///
/// # Panics
/// If `rounds` is 0.
pub fn run(rounds: usize, progress: &dyn Progress) -> Vec<Group> {
    let groups = SIZES.len() + 1;
    let mut done = 0;
    crate::threads::with(1, || {
        let mut group = |name: String, key: String, unit, works: &[(String, &'static str)]| {
            let times = in_turns(works, rounds);
            done += 1;
            progress.update(done, groups);
            Group { name, key, unit, times }
        };
        let mut all = vec![];
        for (rows, columns) in SIZES {
            let works = [("LN", "LayerNorm"), ("RMS", "RMSNorm")]
                .map(|(norm, name)| (format!("{norm}-{rows}x{columns}"), name));
            let name = format!("norm alone, {rows} × {columns}");
            all.push(group(name, format!("{rows}x{columns}"), (1e6, "µs"), &works));
        }
        let works = STEPS.map(|(work, name)| (work.to_owned(), name));
        all.push(group("whole step, 12 × 256".into(), "step".into(), (1e3, "ms"), &works));
        all
    })
}

fn in_turns(works: &[(String, &'static str)], rounds: usize) -> Vec<Times> {
    assert!(rounds > 0, "times: no rounds");
    let build = |name: &String| Work::new(name).expect("a workload of this name");
    let mut works: Vec<(Work, Times)> = works
        .iter()
        .map(|(work, name)| (build(work), Times { name, rounds: Vec::with_capacity(rounds) }))
        .collect();
    for (work, _) in &mut works {
        for _ in 0..WARM {
            work.step();
        }
    }
    let count = works.len();
    for round in 0..rounds {
        // Another one begins each round: none always follows the same neighbour.
        for k in 0..count {
            let (work, times) = &mut works[(round + k) % count];
            let start = Instant::now();
            work.step();
            times.rounds.push(start.elapsed().as_secs_f64());
        }
    }
    works.into_iter().map(|(_, times)| times).collect()
}

impl Times {
    /// Quartiles in the group's unit: first, median, third.
    pub fn quartiles(&self, (unit, _): (f64, &str)) -> [f64; 3] {
        quartiles(&self.rounds).map(|time| time * unit)
    }
}

fn quartiles(values: &[f64]) -> [f64; 3] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| sorted[(sorted.len() - 1) * quarter / 4])
}

impl Group {
    /// Quartiles of the ratio of LayerNorm's time to RMSNorm's, round by round.
    pub fn ratio(&self) -> [f64; 3] {
        let [.., layer, rms] = &self.times[..] else { unreachable!("two norms a group") };
        let ratios: Vec<f64> = layer.rounds.iter().zip(&rms.rounds).map(|(l, r)| l / r).collect();
        quartiles(&ratios)
    }
}

/// Claims, numbers and the table.
pub fn report(groups: &[Group], conditions: &Conditions) -> Report {
    let mut report = Report::new("norm-timing", "What do LayerNorm and RMSNorm cost?");
    let rounds = groups[0].times[0].rounds.len();
    report.settings = BTreeMap::from([
        ("machine", conditions.machine.clone()),
        ("compiler", conditions.compiler.clone()),
        ("date", conditions.date.clone()),
        ("load", conditions.load.clone()),
        ("rounds", format!("{rounds} of each, in turns, on one thread, release profile")),
        ("work", "forwards and back; a step also updates, batch 64".to_owned()),
    ]);
    for (key, value) in report.settings.clone() {
        report.value(key, value);
    }
    let header = ["work", "norm", "median", "quartiles", "LayerNorm / RMSNorm"];
    let mut table = Table::new(header);
    for group in groups {
        let ratio = group.ratio();
        report.value(format!("{}_ratio", group.key), format!("{:.2}", ratio[1]));
        let last = group.times.len() - 1;
        for (k, times) in group.times.iter().enumerate() {
            let [low, median, high] = times.quartiles(group.unit);
            let unit = group.unit.1;
            let name = times.name.to_lowercase().replace(' ', "_");
            report.value(format!("{}_{name}", group.key), format!("{} {unit}", number(median)));
            report.series(format!("{} {}", group.key, times.name), [low, median, high]);
            table.row(cells![
                group.name.clone(),
                times.name,
                Cell::number(format!("{} {unit}", number(median))),
                Cell::number(format!("{} to {}", number(low), number(high))),
                if k == last { Cell::number(format!("{:.2}", ratio[1])) } else { "".into() },
            ]);
        }
    }
    report.tables.insert("times", table);
    let (step, kernels) = groups.split_last().expect("groups of times");
    report.claims = vec![
        Claim::times(
            "RMSNorm alone is faster than LayerNorm at every size: the median of their ratio, round \
             by round, exceeds 1.",
            kernels.iter().all(|group| group.ratio()[1] > 1.0),
        ),
        Claim::times(
            "A whole training step with RMSNorm takes no longer than one with LayerNorm.",
            step.ratio()[1] >= 1.0,
        ),
    ];
    report
}
