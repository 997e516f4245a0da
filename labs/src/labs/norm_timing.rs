//! What the norms cost: drawn on request alone, because no second run gives the same times.

use minigrad::experiments::norm_timing::{report, run, Conditions, Group, ROUNDS, SIZES};
use minigrad::experiments::number;
use std::process::Command;
use std::time::SystemTime;

use super::norm_ablation::color;
use super::{show, show_claims, write, Bar};
use crate::chart::Bars;
use crate::command::Request;
use crate::failure::Failure;

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
    let groups = run(ROUNDS, &Bar::new("norm-timing", SIZES.len() + 1, 1));
    let report = report(&groups, &conditions);
    show("Forwards and back, on one thread", &report.tables["times"])?;
    show_claims(&report)?;
    write(request, &output, &report, &[("norm-timing.svg", draw(&groups, &conditions))])
}

fn draw(groups: &[Group], conditions: &Conditions) -> String {
    let mut bars =
        Bars::new("RMSNorm costs less than LayerNorm", "time, LayerNorm = 100 %").subtitle(
            &format!("{}, one thread; bars: median, whiskers: quartiles", conditions.machine),
        );
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

/// The processor's name.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names = info.lines().filter(|line| line.starts_with("model name"));
    let name = names.filter_map(|line| line.split_once(": ")).map(|(_, name)| name.trim()).next();
    name.unwrap_or("a machine that does not name itself").to_owned()
}

/// The compiler's name: that of the `rustc` that cargo uses here.
fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok();
    let name = output.and_then(|output| String::from_utf8(output.stdout).ok());
    name.map_or("unknown".to_owned(), |name| name.trim().to_owned())
}

/// The load average of the last minute, that of other programs included, and the cores.
fn load() -> String {
    let average = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let average = average.split(' ').next().filter(|text| !text.is_empty()).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("load average {average} on {cores} cores")
}

fn today() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    date(since.as_secs() / 86_400)
}

/// The day `days` after 1970-01-01, in the Gregorian calendar.
fn date(days: u64) -> String {
    // Years begin in March here, so that a leap day ends one; 400 of them have 146097 days.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..10 => (400 * era + year, month + 3),
        _ => (400 * era + year + 1, month - 9),
    };
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dated() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (789, "1972-02-29"),
            (11_016, "2000-02-29"),
            (11_322, "2000-12-31"),
            (20_454, "2026-01-01"),
        ] {
            assert_eq!(date(days), expected);
        }
    }
}
