//! How long the labs take, for the texts that say so.

use crate::queue::{Queue, Took};
use crate::spine::default_threads;
use crate::spine::prelude::*;
use minigrad_cli::machine;
use std::path::Path;

settings! {
    seed = 0;
    /// How many labs are run.
    labs: usize = usize::MAX, small 1;
}

#[derive(Serialize, Deserialize)]
pub struct LabsTiming {
    pub machine: String,
    pub threads: usize,
    pub date: String,
    /// The longest first.
    pub labs: Vec<Took>,
}

/// How long each lab took when all were last timed; 0 of a new one.
pub fn seconds(root: &Path) -> impl Fn(&str) -> u64 {
    let data = crate::TIMED[1].read(&root.join("figures")).map(|(_, data)| data);
    let known = data.ok().and_then(|data| serde_json::from_value::<LabsTiming>(data).ok());
    move |name| {
        let mut labs = known.iter().flat_map(|known| &known.labs);
        labs.find(|took| took.lab == name).map_or(0, |took| took.seconds as u64)
    }
}

impl Experiment for LabsTiming {
    const NAME: &'static str = "labs-timing";
    const ASKS: &'static str = "How long do the labs take?";
    const FIGURES: &'static [&'static str] = &[];
    type Settings = Settings;

    /// One after the other, each with all threads. A lab that fails is not in the table.
    fn measure(settings: &Settings, _: &dyn Progress) -> LabsTiming {
        let labs: Vec<_> = crate::LABS.iter().take(settings.labs).collect();
        let threads = default_threads().unwrap_or(1);
        let forced = labs.iter().map(|lab| lab.name).collect();
        let queue = Queue { labs, out: None, forced, beside: 1, threads };
        let mut labs = queue.run().unwrap_or_default();
        labs.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        LabsTiming { machine: machine::cpu(), threads, date: machine::today(), labs }
    }

    fn report(&self) -> Report {
        let LabsTiming { machine, threads, date, labs } = self;
        let mut report = Report::default();
        let word = if *threads == 1 { "thread" } else { "threads" };
        report.value("machine", format!("{machine}, {threads} {word}"));
        report.value("date", date);
        let all: f64 = labs.iter().map(|took| took.seconds).sum();
        let most = labs.iter().filter_map(|took| took.memory).max();
        let row = |name: &str, seconds: f64, memory: Option<u64>| {
            let memory = memory.map_or(Cell::none(), |kb| Cell::from((kb / 1000) as usize));
            cells![name, Cell::number(format!("{:.0}", seconds.ceil())), memory]
        };
        let rows = labs.iter().map(|Took { lab, seconds, memory }| row(lab, *seconds, *memory));
        let header = ["lab", "time, s", "memory at most, MB"];
        report.table("labs", "One after the other", header, rows.chain([row("all", all, most)]));
        for Took { lab, seconds, .. } in labs {
            report.value(lab.replace('-', "_"), spoken(*seconds));
        }
        report.value("all", spoken(all));
        report
    }

    fn figures(&self, _: &Report) -> Vec<Drawing> {
        vec![]
    }
}

/// A time as one says it: `3 seconds`, `50 seconds`, `2 minutes`, `2 1/2 minutes`; rounded up.
fn spoken(seconds: f64) -> String {
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
    #[test]
    fn times_are_rounded_up_and_spoken() {
        let times = [0.2, 2.1, 10.0, 41.0, 61.0, 91.0, 150.0].map(super::spoken);
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
}
