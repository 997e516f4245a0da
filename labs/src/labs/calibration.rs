//! Chapter 05: what the verdict was fitted on, and what each of its parts is worth.

use minigrad::experiments::calibration::{parts, run, worth, Calibration, Settings};
use minigrad::experiments::score::Measured;

use super::{show, show_claims, write, Bar};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::lines;
use minigrad_plot::{Bars, Color};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "calibration",
    about: "Hold the verdict against the measurements it was fitted on, part by part",
    seed: 0,
    steps: None,
    writes: &["calibration.svg", "calibration.json"],
    run: main,
};

const DEVELOPMENT: &str = include_str!("../../data/development.jsonl");
const DEEP: &str = include_str!("../../data/deep.jsonl");

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let (development, deep) = (read(DEVELOPMENT)?, read(DEEP)?);
    let settings = Settings::default();
    let bar = Bar::new(LAB.name, parts(&development, &deep, &settings), request.threads);
    let calibration = run(development, deep, &settings, &bar);
    drop(bar);
    let report = calibration.report();
    show("Rules", &report.tables["rules"])?;
    show("Limits", &report.tables["limits"])?;
    show("Choices", &report.tables["choices"])?;
    show("Half times", &report.tables["half_times"])?;
    show("Curves", &report.tables["curves"])?;
    show("Cross-validated", &report.tables["confusion"])?;
    show("Groups", &report.tables["groups"])?;
    show("Deep, without a stream", &report.tables["deep"])?;
    show_claims(&report)?;
    write(request, &output, &report, &[("calibration.svg", rules(&calibration))])
}

fn read(text: &str) -> Result<Vec<Measured>, Failure> {
    let measured = text.lines().map(lines::read_measured);
    measured.collect::<Result<_, String>>().map_err(Failure::new)
}

fn rules(calibration: &Calibration) -> String {
    let crossed = calibration.cross_validated();
    let title = match worth(calibration).holds {
        true => "Each part of the verdict earns its place",
        false => "The verdict, part by part",
    };
    let mut bars = Bars::new(title, "right verdicts (%)").subtitle(&format!(
        "{} configurations; the last bar: limits fitted without the architecture",
        crossed.count()
    ));
    let names = ["always “trains”", "edge of stability", "curve", "curve, movement", "all three"];
    let rules = minigrad::experiments::calibration::RULES.into_iter().zip(names);
    let mut all: Vec<(&str, f64)> =
        rules.map(|((_, rule), name)| (name, calibration.score(rule).accuracy())).collect();
    all.push(("all three, held out", crossed.accuracy()));
    let count = crossed.count() as f64;
    for (name, share) in all {
        // Two standard errors of a share.
        let error = 2.0 * (share * (1.0 - share) / count).sqrt();
        let color = if name.contains("held out") { Color::A } else { Color::C };
        let text = format!("{:.1}", 100.0 * share);
        let (low, high) = (100.0 * (share - error), 100.0 * (share + error));
        bars = bars.bar(color, name, 100.0 * share, (low, high), &text);
    }
    bars.render()
}
