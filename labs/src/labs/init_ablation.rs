//! Lab 01: the initialization ablation, the book's headline figure.

use minigrad::experiments::init_ablation::{run, Ablation, Curve, Settings, RATES};
use minigrad::experiments::{number, Report, Spread};
use minigrad::recipe::Outcome;

use super::{color, course, finish};
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use minigrad_plot::{Axis, Chart, Color, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "init-ablation",
    about: "Train one network from three initializations: diverges, crawls, trains",
    seed: 0,
    steps: Some(1000),
    writes: &["init-ablation.svg", "init-ablation-fast.svg", "init-ablation.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
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
    let figures = [
        ("init-ablation.svg", draw(&ablation, &report, slow)),
        ("init-ablation-fast.svg", draw(&ablation, &report, fast)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

/// The loss of a guess between two classes.
const GUESS: f64 = std::f64::consts::LN_2;

/// What became of most networks of each kind:
/// `Uniform diverges, Xavier crawls in 18 of 20 runs, Kaiming trains`.
fn title(curves: &[&Curve]) -> String {
    let words = |curve: &&Curve| {
        let all = curve.trials.len();
        let word = [
            (Outcome::Diverges, "diverges"),
            (Outcome::Vanishes, "crawls"),
            (Outcome::Trains, "trains"),
        ];
        let counts = word.map(|(outcome, word)| (curve.count(outcome), word));
        let (most, word) = counts.into_iter().max().unwrap_or_default();
        let runs = if most == all { String::new() } else { format!(" in {most} of {all} runs") };
        format!("{} {word}{runs}", curve.key.0)
    };
    let text = curves.iter().map(words).collect::<Vec<_>>().join(", ");
    text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect()
}

/// Two panels over one axis: who leaves the finite numbers, and who stays.
fn draw(ablation: &Ablation, report: &Report, lr: f64) -> String {
    let curves = ablation.at(lr);
    let (gone, stay): (Vec<&Curve>, Vec<&Curve>) =
        curves.into_iter().partition(|curve| curve.diverged_by().is_some());
    let steps = ablation.settings.steps as f64;
    let x = || Axis::log("step (the first is 1)", 1.0, steps.max(2.0));

    let mut charts = vec![];
    if !gone.is_empty() {
        charts.push(leaving(&gone).x(x()));
    }
    if !stay.is_empty() {
        charts.push(staying(&stay).x(x()));
    }
    let seeds = curves[0].trials.len();
    let range = if seeds == 1 { "" } else { ", bands: their range" };
    Panels::new(&title(&curves), charts)
        .subtitle(&format!(
            "{}, lr {lr}, one data set and one optimizer; lines: median of {seeds} seeds{range}",
            report.settings["network"]
        ))
        .desc(&description(&gone, &stay))
        .render()
}

/// The losses of networks that end in NaN, step by step.
fn leaving(curves: &[&Curve]) -> Chart {
    let rows: Vec<Rows> = curves.iter().map(|curve| from_one(curve.step_by_step())).collect();
    let losses = rows.iter().flatten().flat_map(|(_, loss)| [loss.middle, loss.low, loss.high]);
    let decades = losses.filter(|x| x.is_finite()).map(|x| libm::log10(x.max(1e-6)));
    let (least, most) =
        decades.fold((30.0, 0.0), |(low, high), x| (f64::min(low, x), f64::max(high, x)));
    let (low, high) = (libm::pow(10.0, least.floor()), libm::pow(10.0, most.ceil() + 1.0));
    let mut chart = Chart::new("").y(Axis::log("loss (nats)", low, high)).height(200.0);
    for (curve, rows) in curves.iter().zip(&rows) {
        let (name, _) = curve.key;
        chart = course(chart, color(name), "", rows);
        if let Some(step) = curve.diverged_by() {
            let all = curve.trials.len();
            let from = number(rows[0].1.middle);
            let text = format!(
                "{name}: starts at {from}, and is NaN by step {} in {all} of {all} runs",
                step + 1
            );
            chart = chart.note((step + 1) as f64 * 1.3, libm::sqrt(low * high), &text);
        }
    }
    chart
}

/// The losses of networks that stay finite, on a linear axis, beside that of a guess.
fn staying(curves: &[&Curve]) -> Chart {
    let rows: Vec<Rows> = curves.iter().map(|curve| from_one(curve.losses())).collect();
    let top = rows.iter().flatten().map(|(_, loss)| loss.high).fold(1.0, f64::max);
    let mut chart = Chart::new("")
        .y(Axis::linear("loss (nats)", 0.0, (top * 10.0).ceil() / 10.0))
        .height(300.0);
    for (curve, rows) in curves.iter().zip(&rows) {
        let (name, _) = curve.key;
        chart = course(chart, color(name), name, rows);
    }
    let end = rows.iter().flatten().map(|(step, _)| *step).fold(2.0, f64::max);
    chart.dashed(Color::Muted, "", &[(1.0, GUESS), (end, GUESS)])
}

type Rows = Vec<(f64, Spread)>;

/// Steps counted from 1, for a logarithmic axis.
fn from_one(rows: Rows) -> Rows {
    rows.into_iter().map(|(step, loss)| (step + 1.0, loss)).collect()
}

fn description(gone: &[&Curve], stay: &[&Curve]) -> String {
    let gone = gone.iter().map(|curve| {
        let step = curve.diverged_by().map_or(0, |step| step + 1);
        format!("{} leaves the finite numbers by step {step} in every run.", curve.key.0)
    });
    let stay = stay.iter().filter_map(|curve| {
        let rows = curve.losses();
        let (start, Spread { low, middle, high }) = (rows.first()?.1, rows.last()?.1);
        let [first, last, low, high] = [start.middle, middle, low, high].map(number);
        Some(format!("{} goes from {first} to {last} (range {low} to {high}).", curve.key.0))
    });
    let sentences: Vec<String> = gone.chain(stay).collect();
    format!("Training loss against the step, logarithmic in the step. {}", sentences.join(" "))
}
