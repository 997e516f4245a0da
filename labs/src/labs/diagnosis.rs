//! What to look at where a network does not train.

use crate::experiments::diagnosis::{run, Diagnosis, Settings, Sizes, Tried, EARLY, FIRST};
use crate::experiments::Report;
use minigrad::recipe::Outcome;
use minigrad_plot::{Axis, Chart, Drawing, Panels};

use super::{course, finish, meaning, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "diagnosis",
    about: "Look into networks that do not train, and at how far an update moves those that do",
    seed: 0,
    steps: Some(300),
    writes: &[
        "diagnosis-sizes.svg",
        "diagnosis-updates.svg",
        "diagnosis-pace.svg",
        "diagnosis.json",
    ],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let figures = [
        ("diagnosis-sizes.svg", sizes(&found, &report)),
        ("diagnosis-updates.svg", updates(&found, &report)),
        ("diagnosis-pace.svg", pace(&found, &report)),
    ];
    let tables = [
        ("Networks that do not train, and a change", "cases"),
        ("The update-to-data ratio at the best rate", "pace"),
    ];
    finish(request, &output, &report, &tables, &figures)
}

/// Layers whose sizes are drawn, counted from 1.
const SHOWN: [usize; 3] = [1, 6, 11];

fn sizes(found: &Diagnosis, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Over eleven layers"],
        "One picture before training shows which init keeps a signal",
        "How large a signal is, layer by layer, under three initializations",
    );
    let panel = |sizes: &Sizes| {
        let chart = Chart::new(sizes.name)
            .height(170.0)
            .x(Axis::log("size of a pre-activation |z|", 1e-11, 1e4))
            .y(Axis::linear("share of all", 0.0, 0.4));
        let color = meaning::init(sizes.name);
        SHOWN.iter().filter(|&&layer| layer <= sizes.layers.len()).fold(chart, |chart, &layer| {
            let shares = sizes.shares(layer - 1);
            // The name stands where its line has no neighbour: outside, or at the top.
            let is_high = |share: &&(f64, f64)| share.1 > 0.15;
            let top =
                shares.iter().copied().fold(
                    (1.0, 0.0),
                    |top: (f64, f64), share| {
                        if share.1 > top.1 {
                            share
                        } else {
                            top
                        }
                    },
                );
            // Where layers coincide one name is enough.
            let alike = color == meaning::outcome(Outcome::Trains);
            let flank = match layer {
                1 if !alike => shares.iter().rfind(is_high),
                6 => None,
                _ => shares.iter().find(is_high),
            };
            let (x, y) = flank.copied().unwrap_or(top);
            let drawn: Vec<(f64, f64)> = shares.into_iter().filter(|share| share.1 > 0.0).collect();
            let chart = chart.line(color, "", &drawn);
            match (alike, layer) {
                (true, 1) => chart.name(color, x, y, "layers 1, 6 and 11"),
                (true, _) => chart,
                (false, _) => chart.name(color, x, y, &format!("layer {layer}")),
            }
        })
    };
    Panels::new(title, found.sizes.iter().map(panel).collect())
        .subtitle("12 layers of width 256, ReLU, 64 inputs; a point for each power of two")
        .desc(
            "Histograms of the sizes of pre-activations in layers 1, 6 and 11. With normal weights of \
             deviation 0.02 they lie decades apart, each further left. With Xavier they move left by \
             less than a decade at a time. With Kaiming the three lie on each other.",
        )
        .render()
}

/// The rates of the second figure: one too small, one too large.
const SLOW: usize = 2;
const FAST: usize = 9;

fn updates(found: &Diagnosis, report: &Report) -> Drawing {
    let title = title(
        report,
        &["At the rate with the lowest loss"],
        "A good rate begins near one part in a thousand a step",
        "How far an update moves a matrix, at three rates",
    );
    let steps = (found.settings.steps as f64).max(2.0);
    let chart = Chart::new(title)
        .height(360.0)
        .subtitle(&format!(
            "8 layers of 64, ReLU, Kaiming, one seed; line: median of the hidden matrices, band: their \
             range; dashed: 1e-3; {} steps",
            found.settings.steps
        ))
        .desc(
            "Update-to-data ratio against the step, both logarithmic, at three learning rates. At the best \
             rate it begins at a few thousandths, stays near one and falls with the loss in the end. At a \
             rate too small it stays near a ten-thousandth and below. At one too large it begins near a \
             tenth, rises and ends.",
        )
        .x(Axis::log("step (the first is 1)", 1.0, steps))
        .y(Axis::log("update-to-data ratio |ΔW|/|W|", 1e-6, 10.0))
        .dashed(meaning::THEORY, "", &[(1.0, 1e-3), (steps, 1e-3)]);
    let rate = |rate: usize| found.rates(0).find(|arm| arm.key.1 == rate);
    let arms = [
        (rate(FAST), Outcome::Diverges, "too large"),
        (found.best(0), Outcome::Trains, "best"),
        (rate(SLOW), Outcome::Vanishes, "too small"),
    ];
    let draw = |chart: Chart, (arm, outcome, name): (Option<&Tried>, Outcome, &str)| {
        let Some((arm, seed)) = arm.and_then(|arm| Some((arm, arm.trials.first()?))) else {
            return chart;
        };
        let ratios: Vec<_> = seed.ratios().into_iter().map(|(at, of)| (at + 1.0, of)).collect();
        let label = format!("{name}: lr {:.0e}", arm.plan.1.lr);
        course(chart, meaning::outcome(outcome), &label, &ratios)
    };
    arms.into_iter().fold(chart, draw).render()
}

fn pace(found: &Diagnosis, report: &Report) -> Drawing {
    let title = title(
        report,
        &["At the rate with the lowest loss", "No network trains at a rate"],
        "The lowest losses lie around a ratio of one in a thousand",
        "The loss in the end, over the update-to-data ratio at first",
    );
    const TOP: f64 = 2.0;
    let chart = Chart::new(title)
        .height(360.0)
        .subtitle(&format!(
            "five networks, a point a rate: medians of {} seeds; ratio: hidden matrices, steps {FIRST} to \
             {EARLY}; blue: trains, green: stands still, orange, at the top: diverges; dashed: 1e-3",
            found.settings.seeds
        ))
        .desc(
            "Last loss against the update-to-data ratio at first, both logarithmic. From the left the points \
             of every network fall, from a guess at a millionth to below a thousandth where the ratio is \
             between a ten-thousandth and a hundredth, and rise again to a guess or to divergence.",
        )
        .x(Axis::log("update-to-data ratio at first", 1e-7, 1.0))
        .y(Axis::log("loss in the end (nats)", 1e-5, 4.0))
        .dashed(meaning::THEORY, "", &[(1e-3, 1e-5), (1e-3, 4.0)]);
    let arms = &found.sweep.arms;
    let of = |kind: Outcome| -> Vec<(f64, f64)> {
        let point = |arm: &Tried| {
            let loss = crate::experiments::median(arm.losses());
            let outcome = match loss {
                loss if loss > TOP => Outcome::Diverges,
                _ if arm.trains() => Outcome::Trains,
                _ => Outcome::Vanishes,
            };
            // Of a run that ends at once only the first look is there.
            let first = arm.trials.first().map_or(f64::NAN, |course| course.ratio(0, 1));
            let ratio = if arm.early().is_finite() { arm.early() } else { first };
            (outcome == kind).then_some((ratio.min(0.9), loss.min(TOP)))
        };
        arms.iter().filter_map(point).filter(|(x, _)| x.is_finite()).collect()
    };
    [Outcome::Trains, Outcome::Vanishes, Outcome::Diverges]
        .into_iter()
        .fold(chart, |chart, kind| chart.marks(meaning::outcome(kind), "", &of(kind)))
        .render()
}
