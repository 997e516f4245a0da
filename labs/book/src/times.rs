//! How long the labs take, for the texts that say so.

use minigrad_labs::experiments::{Cell, Report, Table};
use minigrad_cli::machine;
use std::time::Duration;

/// What one lab took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// The lab's name.
    pub lab: &'static str,
    /// From its start to its end.
    pub time: Duration,
    /// Memory at its largest, in kB; `None` where the system does not tell.
    pub memory: Option<u64>,
}

/// A table of what each lab took, the longest first, and each time in words, under the lab's name with
/// `_` for `-`; `all` is that of all of them.
pub fn report(took: &[Took], threads: usize) -> Report {
    let mut report = Report::new("labs-timing", "How long do the labs take?");
    let (machine, date) = (machine::cpu(), machine::today());
    let machine =
        format!("{machine}, {threads} {}", if threads == 1 { "thread" } else { "threads" });
    for (name, value) in [("machine", machine), ("date", date)] {
        report.settings.insert(name, value.clone());
        report.value(name, value);
    }
    let mut table = Table::new(["lab", "time, s", "memory at most, MB"]);
    let mut longest = took.to_vec();
    longest.sort_by_key(|one| std::cmp::Reverse(one.time));
    let memory = |kb: Option<u64>| kb.map_or(Cell::none(), |kb| ((kb / 1000) as usize).into());
    let seconds = |time: Duration| Cell::number(format!("{:.0}", time.as_secs_f64().ceil()));
    for Took { lab, time, memory: kb } in &longest {
        table.row([(*lab).into(), seconds(*time), memory(*kb)]);
        report.value(lab.replace('-', "_"), spoken(*time));
    }
    let all = took.iter().map(|one| one.time).sum();
    table.row(["all".into(), seconds(all), memory(took.iter().filter_map(|one| one.memory).max())]);
    report.value("all", spoken(all));
    report.tables.insert("labs", table);
    report
}

/// A time as one says it: `3 seconds`, `50 seconds`, `2 minutes`, `2 1/2 minutes`; rounded up.
fn spoken(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let halves = (seconds / 30.0).ceil() as u64;
    match seconds {
        ..=1.0 => "a second".to_owned(),
        ..=10.0 => format!("{:.0} seconds", seconds.ceil()),
        ..=60.0 => format!("{:.0} seconds", 10.0 * (seconds / 10.0).ceil()),
        _ if halves.is_multiple_of(2) => format!("{} minutes", halves / 2),
        _ => format!("{} 1/2 minutes", halves / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_and_spoken() {
        let spoken = |seconds: f64| spoken(Duration::from_secs_f64(seconds));
        let times = [0.2, 2.1, 10.0, 41.0, 61.0, 91.0, 150.0].map(spoken);
        let expected = [
            "a second",
            "3 seconds",
            "10 seconds",
            "50 seconds",
            "1 1/2 minutes",
            "2 minutes",
            "2 1/2 minutes",
        ];
        assert_eq!(times, expected);
    }

    #[test]
    fn the_longest_stands_first_and_all_of_them_last() {
        let took = |lab, seconds, memory| Took { lab, time: Duration::from_secs(seconds), memory };
        let report = report(&[took("a-b", 2, Some(3_500)), took("c", 70, Some(9_000))], 2);
        assert_eq!(report.values["a_b"], "2 seconds");
        assert_eq!(report.values["all"], "1 1/2 minutes");
        let rows = &report.tables["labs"].rows;
        let shown = |row: usize| rows[row].iter().map(Cell::text).collect::<Vec<_>>();
        assert_eq!([shown(0), shown(2)], [["c", "70", "9"], ["all", "72", "9"]]);
    }
}
