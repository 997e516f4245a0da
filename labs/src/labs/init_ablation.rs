//! Lab 01: the initialization ablation, the book's headline figure.

use minigrad::experiments::init_ablation::{run, Settings, INITS, RATES};
use minigrad::experiments::{number, Spread};

use super::data::Data;
use super::{course, finish, leaves, meaning, redraw, Redraw, GUESS};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Color, Drawing};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "init-ablation",
    about: "Train one network from three initializations: diverges, crawls, trains",
    seed: 0,
    steps: Some(1000),
    writes: &["init-ablation.svg", "init-ablation-fast.svg", "init-ablation.json"],
    run: |request| main(request, &Redraw::default()),
};

/// Runs the lab.
///
/// # Errors
/// If a file cannot be read or written.
pub fn main(request: &Request, flags: &Redraw) -> Result<(), Failure> {
    if flags.redraw {
        let data = Data::read(&request.dir, LAB.name)?;
        return redraw(request, &figures(&data, request.steps));
    }
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let ablation = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = ablation.report();
    let [slow, fast] = RATES;
    let tables = [
        (&*format!("Batch losses of the first seed at lr {slow}"), "losses"),
        (&*format!("The same at lr {fast}"), "losses_fast"),
        ("Outcomes over the seeds", "outcomes"),
    ];
    let figures = figures(&Data::from(&report), request.steps);
    finish(request, &output, &report, &tables, &figures)
}

fn figures(data: &Data, steps: usize) -> [(&'static str, Drawing); 2] {
    let [slow, fast] = RATES;
    [
        ("init-ablation.svg", draw(data, "", slow, steps)),
        ("init-ablation-fast.svg", draw(data, "_fast", fast, steps)),
    ]
}

/// One network trained at one rate, over all seeds.
struct Curve {
    name: &'static str,
    /// How many runs diverge, crawl and train.
    counts: [usize; 3],
    /// The update by which every run has left the finite numbers, if it has.
    diverged_by: Option<usize>,
    /// Steps counted from 1, for a logarithmic axis.
    rows: Rows,
}

impl Curve {
    fn of(data: &Data, name: &'static str, suffix: &str) -> Curve {
        let key = format!("{}{suffix}", name.to_lowercase());
        let count = |what: &str| data.count(&format!("{key}_{what}"));
        let rows = data.course(&key, "median");
        Curve {
            name,
            counts: ["diverges", "vanishes", "trains"].map(|what| count(what).unwrap_or(0)),
            diverged_by: count("diverged_by"),
            rows: rows.into_iter().map(|(step, loss)| (step + 1.0, loss)).collect(),
        }
    }

    fn runs(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// What became of most networks of each kind:
/// `Uniform diverges, Xavier crawls in 18 of 20 runs, Kaiming trains`.
fn title(curves: &[Curve]) -> String {
    let words = |curve: &Curve| {
        let words = ["diverges", "crawls", "trains"];
        let (most, word) = curve.counts.into_iter().zip(words).max().unwrap_or_default();
        let all = curve.runs();
        let runs = if most == all { String::new() } else { format!(" in {most} of {all} runs") };
        format!("{} {word}{runs}", curve.name)
    };
    let text = curves.iter().map(words).collect::<Vec<_>>().join(", ");
    text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect()
}

/// One chart over both axes in logarithms: six decades lie between the fates.
fn draw(data: &Data, suffix: &str, lr: f64, steps: usize) -> Drawing {
    let curves = INITS.map(|(name, _)| Curve::of(data, name, suffix));
    let steps = (steps as f64).max(2.0);
    let (low, high) = decades(&curves);
    let seeds = curves[0].runs();
    let range = if seeds == 1 { "" } else { ", bands: their range" };
    let chart = Chart::new(&title(&curves))
        .subtitle(&format!(
            "{}, lr {lr}, one data set and one optimizer; lines: median of {seeds} seeds{range}",
            data.text("network").replace(" x ", " × ").replace("relu", "ReLU")
        ))
        .desc(&description(&curves))
        .height(430.0)
        .x(Axis::log("step (the first is 1)", 1.0, steps))
        .y(Axis::log("training loss (nats)", low, high))
        .dashed(Color::Muted, "", &[(1.0, GUESS), (steps, GUESS)]);
    curves.iter().fold(chart, fate).render()
}

/// From the decade below the smallest loss to two above the largest first one: a loss that leaves
/// the finite numbers from there leaves through the top.
fn decades(curves: &[Curve]) -> (f64, f64) {
    let rows = curves.iter().flat_map(|curve| &curve.rows);
    let low = rows.map(|(_, loss)| loss.low).filter(|loss| loss.is_finite()).fold(1.0, f64::min);
    let first = curves.iter().filter_map(|curve| curve.rows.first());
    let high = first.map(|(_, loss)| loss.high).fold(1.0, f64::max);
    let decade = |loss: f64| libm::log10(loss.max(1e-6));
    (libm::pow(10.0, decade(low).floor()), libm::pow(10.0, decade(high).ceil() + 2.0))
}

/// A course; one that leaves the finite numbers says so where it does.
fn fate(chart: Chart, curve: &Curve) -> Chart {
    let Curve { name, rows, .. } = curve;
    let color = meaning::init(name);
    let (Some(step), Some(&(x, first))) = (curve.diverged_by, rows.first()) else {
        return course(chart, color, name, rows);
    };
    let (all, Spread { low, middle, high }) = (curve.runs(), first);
    let text = format!(
        "{name}: {} at the start, NaN by step {} in {all} of {all} runs",
        number(middle),
        step + 1
    );
    chart
        .intervals(color, "", &[(x, middle, low, high)])
        .line(color, "", &[(x, middle), leaves(step)])
        .name(color, 1.25, middle, &text)
}

type Rows = Vec<(f64, Spread)>;

fn description(curves: &[Curve]) -> String {
    let sentence = |curve: &Curve| {
        let name = curve.name;
        if let Some(step) = curve.diverged_by {
            let step = step + 1;
            return Some(format!("{name} leaves the finite numbers by step {step} in every run."));
        }
        let (start, Spread { low, middle, high }) = (curve.rows.first()?.1, curve.rows.last()?.1);
        let [first, last, low, high] = [start.middle, middle, low, high].map(number);
        Some(format!("{name} goes from {first} to {last} (range {low} to {high})."))
    };
    let sentences: Vec<String> = curves.iter().filter_map(sentence).collect();
    format!("Training loss against the step, both logarithmic. {}", sentences.join(" "))
}
