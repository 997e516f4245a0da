//! What the norms cost: drawn on request alone, because no second run gives the same times.

use minigrad::experiments::norm_timing::{report, run, Conditions, Group, ROUNDS};
use minigrad::experiments::number;

use super::finish;
use super::norm_ablation::color;
use crate::command::Request;
use crate::conditions::{compiler, machine, today};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::Bars;

/// Times both norms and writes `norm-timing.svg` and `norm-timing.json`.
///
/// # Errors
/// In the dev profile, whose times mean nothing; if the results cannot be written.
pub fn time(request: &Request) -> Result<(), Failure> {
    if cfg!(debug_assertions) {
        return Err(Failure::usage(
            "--time: the dev profile has no times worth keeping: expected `cargo run --release \
             --bin norm-ablation -- --time`",
        ));
    }
    let output = request.output()?;
    let conditions =
        Conditions { machine: machine(), compiler: compiler(), date: today(), load: load() };
    let groups = run(ROUNDS, &Bar::new("norm-timing", 1));
    let report = report(&groups, &conditions);
    let cheaper = report.claims.iter().all(|claim| claim.holds);
    let title = if cheaper { "RMSNorm costs less than LayerNorm" } else { report.question };
    let figure = draw(title, &groups, &conditions);
    let tables = [("Forwards and back, on one thread", "times")];
    finish(request, &output, &report, &tables, &[("norm-timing.svg", figure)])
}

fn draw(title: &str, groups: &[Group], conditions: &Conditions) -> String {
    let mut bars = Bars::new(title, "time, LayerNorm = 100 %").subtitle(&format!(
        "{}, one thread; bars: median, whiskers: quartiles",
        conditions.machine
    ));
    for group in groups {
        bars = bars.group(&group.name);
        let of = |name| group.times.iter().find(move |times| times.name == name);
        let whole = of("LayerNorm").map_or(1.0, |times| times.quartiles(group.unit)[1]);
        for times in &group.times {
            let [low, median, high] = times.quartiles(group.unit);
            let share = |time: f64| 100.0 * time / whole;
            let text = format!("{} {}", number(median), group.unit.1);
            let interval = (share(low), share(high));
            bars = bars.bar(color(times.name), times.name, share(median), interval, &text);
        }
    }
    bars.render()
}

/// The load average of the last minute, that of other programs included, and the cores.
fn load() -> String {
    let average = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let average = average.split(' ').next().filter(|text| !text.is_empty()).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("load average {average} on {cores} cores")
}
