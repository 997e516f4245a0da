//! Chapter 05: what the verdict was fitted on, and what each of its parts is worth.

use crate::experiments::calibration::{run, Calibration, Settings, RULES};
use crate::experiments::score::Measured;
use crate::experiments::Report;

use super::{finish, meaning, title};
use crate::command::{Lab, Request};
use crate::lines;
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Bars, Color, Drawing};

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
/// Later ones: by PyTorch, and by this crate over a wider range of sizes, half of them near a limit.
const LATER: [&str; 2] =
    [include_str!("../../data/later.jsonl"), include_str!("../../data/wide.jsonl")];
const DEEP: &str = include_str!("../../data/deep.jsonl");

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let (mut development, deep) = (read(DEVELOPMENT)?, read(DEEP)?);
    for later in LATER {
        development.extend(read(later)?);
    }
    let settings = Settings { seed: request.seed, ..Settings::default() };
    let bar = Bar::new(LAB.name, request.threads);
    let calibration = run(development, deep, &settings, &bar);
    drop(bar);
    let report = calibration.report();
    let tables = [
        ("Rules", "rules"),
        ("Sizes", "terms"),
        ("Who judges", "baselines"),
        ("Reliability", "reliability"),
        ("Limits", "limits"),
        ("Choices", "choices"),
        ("Half times", "half_times"),
        ("Curves", "curves"),
        ("Cross-validated", "confusion"),
        ("Groups", "groups"),
        ("Deep, without a stream", "deep"),
    ];
    let figures = [("calibration.svg", rules(&calibration, &report))];
    finish(request, &output, &report, &tables, &figures)
}

fn read(text: &str) -> Result<Vec<Measured>, Failure> {
    let measured = text.lines().map(lines::read_measured);
    measured.collect::<Result<_, String>>().map_err(Failure::new)
}

fn rules(calibration: &Calibration, report: &Report) -> Drawing {
    let crossed = calibration.cross_validated();
    let title = title(
        report,
        &["The limits of the push add"],
        "Each part of the verdict earns its place",
        "The verdict, part by part",
    );
    let mut bars = Bars::new(title, "right verdicts (%)").up_to(100.0).subtitle(&format!(
        "{} configurations; the last bar: limits fitted without the architecture",
        crossed.count()
    ));
    let names = ["always “trains”", "edge of stability", "curve", "curve, push", "all three"];
    let rules = RULES.into_iter().zip(names);
    let mut all: Vec<(&str, f64)> =
        rules.map(|((_, rule), name)| (name, calibration.score(rule).accuracy())).collect();
    all.push(("all three, held out", crossed.accuracy()));
    let count = crossed.count() as f64;
    for (name, share) in all {
        // Two standard errors of a share.
        let error = 2.0 * (share * (1.0 - share) / count).sqrt();
        let color = if name.contains("held out") { meaning::RIGHT } else { Color::Muted };
        let text = format!("{:.1}", 100.0 * share);
        let (low, high) = (100.0 * (share - error), 100.0 * (share + error));
        bars = bars.bar(color, name, 100.0 * share, (low, high), &text);
    }
    bars.render()
}
