//! Lab 01: the initialization ablation, the book's headline figure.

use minigrad::experiments::init_ablation::{run, Ablation, Curve, Settings, INITS, RATES};
use minigrad::experiments::number;
use minigrad::recipe::Outcome;

use super::{color, show, show_claims, write, Bar};
use crate::command::{Lab, Request};
use crate::failure::Failure;
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
    let ablation = run(&settings, &Bar::new(LAB.name, settings.runs(), request.threads));
    let report = ablation.report();
    let [slow, fast] = RATES;
    show(&format!("Batch losses of the first seed at lr {slow}"), &report.tables["losses"])?;
    show(&format!("The same at lr {fast}"), &report.tables["losses_fast"])?;
    show("Outcomes over the seeds", &report.tables["outcomes"])?;
    show_claims(&report)?;
    let figures = [
        ("init-ablation.svg", draw(&ablation, slow)),
        ("init-ablation-fast.svg", draw(&ablation, fast)),
    ];
    write(request, &output, &report, &figures)
}

/// The loss of a guess between two classes.
const GUESS: f64 = std::f64::consts::LN_2;

/// What became of most networks of each kind:
/// `Uniform diverges, Xavier crawls in 18 of 20 runs, Kaiming trains`.
fn title(curves: &[&Curve]) -> String {
    let words = |curve: &&Curve| {
        let all = curve.runs.len();
        let word = [
            (Outcome::Diverges, "diverges"),
            (Outcome::Vanishes, "crawls"),
            (Outcome::Trains, "trains"),
        ];
        let counts = word.map(|(outcome, word)| (curve.count(outcome), word));
        let (most, word) = counts.into_iter().max().unwrap_or_default();
        let runs = if most == all { String::new() } else { format!(" in {most} of {all} runs") };
        format!("{} {word}{runs}", curve.name)
    };
    let text = curves.iter().map(words).collect::<Vec<_>>().join(", ");
    text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect()
}

/// Two panels over one axis: who leaves the finite numbers, and who stays.
fn draw(ablation: &Ablation, lr: f64) -> String {
    let curves = INITS.map(|(name, _)| ablation.curve(name, lr));
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
    let seeds = curves[0].runs.len();
    let range = if seeds == 1 { "" } else { ", bands: their range" };
    Panels::new(&title(&curves), charts)
        .subtitle(&format!(
            "{}, lr {lr}, one data set and one optimizer; lines: median of {seeds} seeds{range}",
            ablation.report().settings["network"]
        ))
        .desc(&description(&gone, &stay))
        .render()
}

/// The losses of networks that end in NaN, step by step.
fn leaving(curves: &[&Curve]) -> Chart {
    let rows: Vec<Vec<[f64; 4]>> = curves.iter().map(|curve| curve.step_by_step()).collect();
    let finite = || rows.iter().flatten().flat_map(|r| &r[1..]).copied().filter(|x| x.is_finite());
    let decade = |x: f64| libm::log10(x.max(1e-6));
    let low = libm::pow(10.0, finite().map(decade).fold(30.0, f64::min).floor());
    let high = libm::pow(10.0, finite().map(decade).fold(0.0, f64::max).ceil() + 1.0);
    let mut chart = Chart::new("").y(Axis::log("loss (nats)", low, high)).height(200.0);
    for (curve, rows) in curves.iter().zip(&rows) {
        let color = color(curve.name);
        let (line, band) = shifted(rows);
        chart = chart.band(color, &band).line(color, "", &line);
        if let Some(step) = curve.diverged_by() {
            let all = curve.runs.len();
            let from = number(rows[0][1]);
            let text = format!(
                "{}: starts at {from}, and is NaN by step {} in {all} of {all} runs",
                curve.name,
                step + 1
            );
            chart = chart.note((step + 1) as f64 * 1.3, libm::sqrt(low * high), &text);
        }
    }
    chart
}

/// The losses of networks that stay finite, on a linear axis, beside that of a guess.
fn staying(curves: &[&Curve]) -> Chart {
    let rows: Vec<Vec<[f64; 4]>> = curves.iter().map(|curve| curve.smoothed()).collect();
    let top = rows.iter().flatten().map(|row| row[3]).fold(1.0, f64::max);
    let mut chart = Chart::new("")
        .y(Axis::linear("loss (nats)", 0.0, (top * 10.0).ceil() / 10.0))
        .height(300.0);
    for (curve, rows) in curves.iter().zip(&rows) {
        let color = color(curve.name);
        let (line, band) = shifted(rows);
        chart = chart.band(color, &band).line(color, curve.name, &line);
    }
    let end = rows.iter().flatten().map(|row| row[0] + 1.0).fold(2.0, f64::max);
    chart.dashed(Color::Muted, "", &[(1.0, GUESS), (end, GUESS)])
}

type Lines = (Vec<(f64, f64)>, Vec<(f64, f64, f64)>);

/// Line and band of rows, their steps counted from 1 for a logarithmic axis.
fn shifted(rows: &[[f64; 4]]) -> Lines {
    let line = rows.iter().map(|r| (r[0] + 1.0, r[1])).collect();
    (line, rows.iter().map(|r| (r[0] + 1.0, r[2], r[3])).collect())
}

fn description(gone: &[&Curve], stay: &[&Curve]) -> String {
    let gone = gone.iter().map(|curve| {
        let step = curve.diverged_by().map_or(0, |step| step + 1);
        format!("{} leaves the finite numbers by step {step} in every run.", curve.name)
    });
    let stay = stay.iter().map(|curve| {
        let rows = curve.smoothed();
        let end = |k: usize| number(rows.last().map_or(f64::NAN, |row| row[k]));
        let (first, last) = (number(rows.first().map_or(f64::NAN, |row| row[1])), end(1));
        let (low, high) = (end(2), end(3));
        format!("{} goes from {first} to {last} (range {low} to {high}).", curve.name)
    });
    let sentences: Vec<String> = gone.chain(stay).collect();
    format!("Training loss against the step, logarithmic in the step. {}", sentences.join(" "))
}
