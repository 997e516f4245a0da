//! What the norms cost: drawn on request alone, because no second run gives the same times.

use minigrad::experiments::norm_timing::{report, run, Conditions, Group, Times, ROUNDS, SIZES};
use minigrad::experiments::number;

use super::{finish, meaning};
use crate::command::Request;
use crate::conditions::{compiler, machine, today};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Bars, Drawing};
use serde_json::Value;

const CHEAPER: &str = "RMSNorm costs less than LayerNorm";

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
    let title = if cheaper { CHEAPER } else { report.question };
    let figure = draw(title, &conditions.machine, &bundles(&groups));
    let tables = [("Forwards and back, on one thread", "times")];
    finish(request, &output, &report, &tables, &[("norm-timing.svg", figure)])
}

/// A group of bars: what was timed, the unit, and quartiles of each norm.
type Bundle = (String, String, Vec<(String, [f64; 3])>);

fn bundles(groups: &[Group]) -> Vec<Bundle> {
    let bundle = |group: &Group| {
        let of = |times: &Times| (times.name.to_owned(), times.quartiles(group.unit));
        (group.name.clone(), group.unit.1.to_owned(), group.times.iter().map(of).collect())
    };
    groups.iter().map(bundle).collect()
}

fn draw(title: &str, machine: &str, bundles: &[Bundle]) -> Drawing {
    let mut bars = Bars::new(title, "time, LayerNorm = 100 %")
        .subtitle(&format!("{machine}, one thread; bars: median, whiskers: quartiles"));
    for (name, unit, times) in bundles {
        bars = bars.group(name);
        let whole = times.iter().find(|(norm, _)| norm == "LayerNorm");
        let whole = whole.map_or(1.0, |(_, [_, median, _])| *median);
        for (norm, [low, median, high]) in times {
            let share = |time: &f64| 100.0 * time / whole;
            let text = format!("{} {unit}", number(*median));
            let interval = (share(low), share(high));
            bars = bars.bar(meaning::norm(norm), norm, share(median), interval, &text);
        }
    }
    bars.render()
}

/// Draws `norm-timing.svg` again from the times that stand in `norm-timing.json`.
///
/// # Errors
/// If that file cannot be read, or the drawing not be written.
pub fn redraw(request: &Request) -> Result<(), Failure> {
    let path = request.dir.join("norm-timing.json");
    let text = std::fs::read_to_string(&path).map_err(|error| Failure::io(&path, &error))?;
    let data: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format_args!("{}: {error}", path.display())))?;
    let lacks = |what: &str| Failure::usage(format_args!("{}: no {what}", path.display()));
    let claims = data["claims"].as_array().ok_or_else(|| lacks("claims"))?;
    let cheaper = claims.iter().all(|claim| claim["holds"] == true);
    let title = if cheaper { CHEAPER } else { data["question"].as_str().unwrap_or_default() };
    let rows = data["tables"]["times"]["rows"].as_array().ok_or_else(|| lacks("table of times"))?;
    let keys = SIZES.map(|(rows, columns)| format!("{rows}x{columns}"));
    let keys: Vec<String> = keys.into_iter().chain(["step".to_owned()]).collect();
    let mut bundles: Vec<Bundle> = vec![];
    for row in rows {
        let cell = |column: usize| row[column].as_str().unwrap_or_default().to_owned();
        let (work, norm) = (cell(0), cell(1));
        if bundles.last().is_none_or(|(name, ..)| *name != work) {
            let unit = cell(2).split(' ').next_back().unwrap_or_default().to_owned();
            bundles.push((work, unit, vec![]));
        }
        let series = keys.get(bundles.len() - 1).map(|key| format!("{key} {norm}"));
        let series = series.ok_or_else(|| lacks("group of that many"))?;
        let quartiles = data["series"][&series].as_array().ok_or_else(|| lacks(&series))?;
        let quartiles: Vec<f64> = quartiles.iter().filter_map(Value::as_f64).collect();
        let quartiles = <[f64; 3]>::try_from(quartiles).map_err(|_| lacks(&series))?;
        if let Some((.., times)) = bundles.last_mut() {
            times.push((norm, quartiles));
        }
    }
    let machine = data["settings"]["machine"].as_str().unwrap_or_default();
    super::redraw(request, &[("norm-timing.svg", draw(title, machine, &bundles))])
}

/// The load average of the last minute, that of other programs included, and the cores.
fn load() -> String {
    let average = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let average = average.split(' ').next().filter(|text| !text.is_empty()).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("load average {average} on {cores} cores")
}
