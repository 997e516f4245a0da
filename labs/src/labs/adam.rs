//! Lab 05: Adam beside gradient descent.

use crate::experiments::adam::{deep, measured, narrow, plateau, run, Adams, Grid, Key, Rule};
use crate::experiments::adam::{Settings, INITS, LR, RATES};
use crate::experiments::score::Measured;
use crate::experiments::{Report, Spread};
use clap::Args;

use super::{by_layer, course, finish, meaning, title, GUESS};
use crate::command::{Lab, Request};
use crate::lines;
use crate::spine::Bar;
use minigrad_cli::failure::Failure;
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "adam",
    about: "Set Adam beside gradient descent: on a plateau, at fifty layers, at nine rates",
    seed: 0,
    steps: Some(300),
    writes: &["adam.svg", "adam-steps.svg", "adam-rates.svg", "adam.json"],
    run: |request| main(request, &Flags { measure: false }),
};

/// The lab's own flags.
#[derive(Args, Clone, Copy, Debug)]
pub struct Flags {
    /// Trains the networks of labs/data/adam*.jsonl again instead, and writes them to --out: some
    /// minutes
    #[arg(long, requires = "out")]
    pub measure: bool,
}

/// Those that the limits are fitted to, and those that they are tried on.
const FILES: [(&str, Grid, &str); 2] = [
    ("adam.jsonl", Grid::FIT, include_str!("../../data/adam.jsonl")),
    ("adam-fresh.jsonl", Grid::FRESH, include_str!("../../data/adam-fresh.jsonl")),
];

/// Runs the lab.
///
/// # Errors
/// If a file cannot be written.
pub fn main(request: &Request, flags: &Flags) -> Result<(), Failure> {
    let output = request.output()?;
    if flags.measure {
        for (name, grid, _) in FILES {
            let bar = Bar::new(name, request.threads);
            // A null would say that a number is missing.
            let line = |one| lines::measured(&rounded(one)).replace(",\"value\":null", "") + "\n";
            let all = measured(grid, &bar).into_iter().map(line);
            output.write(name, &all.collect::<String>())?;
        }
        return Ok(());
    }
    let read = |text: &str| -> Result<Vec<Measured>, Failure> {
        text.lines().map(lines::read_measured).collect::<Result<_, String>>().map_err(Failure::new)
    };
    let [(.., fit), (.., fresh)] = FILES;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let bar = Bar::new(LAB.name, request.threads);
    let adams = run(read(fit)?, read(fresh)?, &settings, &bar);
    drop(bar);
    let report = adams.report();
    let tables = [
        ("Courses", "courses"),
        ("The first step", "first"),
        ("Rates", "rates"),
        ("Cross-validated", "confusion"),
        ("Reliability", "reliability"),
        ("Networks that nothing was fitted on", "fresh"),
        ("Groups", "groups"),
    ];
    let figures = [
        ("adam.svg", courses(&adams, &report)),
        ("adam-steps.svg", first_steps(&adams, &report)),
        ("adam-rates.svg", rates(&adams)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

/// Losses of both rules, on the plateau and at fifty layers, beside the predicted ones.
fn courses(adams: &Adams, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Adam leaves the plateau"],
        "Adam leaves the plateau on which gradient descent crawls",
        "Adam and gradient descent from Xavier weights",
    );
    let panel = |name: &str, at: fn(Rule) -> Key, rules: &[(Rule, Color)]| {
        let steps = adams.sweep.of(&at(Rule::Adam)).plan.1.steps as f64;
        let chart = Chart::new(name)
            .height(280.0)
            .x(Axis::log("step (the first is 1)", 1.0, steps.max(2.0)))
            .y(Axis::log("loss (nats)", 1e-3, 10.0))
            .dashed(Color::Muted, "", &[(1.0, GUESS), (steps.max(2.0), GUESS)]);
        rules.iter().fold(chart, |chart, &(rule, color)| {
            let rows = adams.sweep.of(&at(rule)).losses().into_iter();
            let rows: Vec<_> = rows.map(|(step, loss)| (step + 1.0, loss)).collect();
            let predicted = adams.prediction(&at(rule)).losses().iter().zip(1..);
            let predicted: Vec<_> =
                predicted.map(|(loss, step)| (f64::from(step), *loss)).collect();
            course(chart, color, rule.name(), &rows).dashed(color, "", &predicted)
        })
    };
    let both = [(Rule::Sgd, Color::C), (Rule::Adam, Color::A)];
    let three = [both[0], both[1], (Rule::TinyEpsilon, Color::B)];
    let charts = vec![
        panel(&plateau().to_string(), Key::Plateau, &both),
        panel(&deep().to_string(), Key::Deep, &three),
    ];
    let Settings { seeds, short_seeds, .. } = adams.settings;
    Panels::new(title, charts)
        .subtitle(&format!(
            "lr {LR}; lines: median of {seeds} seeds, below of {short_seeds}; bands: their range; \
             dashed: theory"
        ))
        .desc(
            "Training loss against the step, both logarithmic, in two panels: twelve layers and \
             fifty-one, Xavier weights. Each shows gradient descent and Adam, measured and predicted, \
             the second also Adam with a smaller epsilon.",
        )
        .render()
}

/// The size of gradients and updates, matrix by matrix.
fn first_steps(adams: &Adams, report: &Report) -> Drawing {
    let title = title(
        report,
        &["The first step of Adam", "At fifty layers the gradient"],
        "Adam steps by lr until a gradient is below epsilon",
        "The first step, matrix by matrix",
    );
    let panel = |name: &str, at: fn(Rule) -> Key| {
        let [sgd, adam] = [Rule::Sgd, Rule::Adam].map(|rule| adams.first_step(&at(rule)));
        let theory = |rule| adams.expected(&at(rule));
        let points = |values: Vec<f64>| by_layer(&values);
        let layers = adam.len() as f64;
        Chart::new(name)
            .height(300.0)
            .x(Axis::linear("matrix", 1.0, layers))
            .y(Axis::log("root mean square of an entry", 1e-14, 1e-1))
            .dashed(Color::Muted, "epsilon", &[(1.0, 1e-8), (layers, 1e-8)])
            .dashed(Color::B, "", &points(theory(Rule::Adam).iter().map(|u| u.gradient).collect()))
            .dashed(Color::A, "", &points(theory(Rule::Adam).iter().map(|u| u.update).collect()))
            .dashed(Color::C, "", &points(theory(Rule::Sgd).iter().map(|u| u.update).collect()))
            .marks(Color::B, "gradient", &points(adam.iter().map(|s| s.gradient).collect()))
            .marks(Color::A, "Adam's step", &points(adam.iter().map(|s| s.update).collect()))
            .marks(Color::C, "SGD's step", &points(sgd.iter().map(|s| s.update).collect()))
    };
    let charts =
        vec![panel(&plateau().to_string(), Key::Plateau), panel(&deep().to_string(), Key::Deep)];
    Panels::new(title, charts)
        .subtitle(&format!("lr {LR}, the first 64 examples; dots: one network; dashed: theory"))
        .desc(
            "Root mean square of an entry's gradient and of its first update against the number of \
             the matrix, logarithmic, in two panels: twelve layers and fifty-one. Dots are measured, \
             dashed lines predicted, and a dashed grey line is epsilon.",
        )
        .render()
}

/// Final losses over the rates, measured and predicted.
fn rates(adams: &Adams) -> Drawing {
    let [low, high] = [RATES[0], RATES[RATES.len() - 1]];
    let panel = |name: &'static str| {
        let (mut measured, mut predicted) = (vec![], vec![]);
        for lr in RATES {
            let key = Key::Rate(name, lr);
            let finals =
                adams.sweep.of(&key).over_seeds(|trial| trial.run.final_loss().unwrap_or(f64::NAN));
            let Spread { low, middle, high } = finals;
            if high.is_finite() {
                measured.push((lr, middle, low, high));
            }
            let last = adams.prediction(&key).window_losses().pop();
            predicted.extend(last.filter(|loss| loss.is_finite()).map(|loss| (lr, loss)));
        }
        Chart::new(name)
            .height(260.0)
            .x(Axis::log("learning rate", low / 1.5, high * 1.5))
            .y(Axis::log("final loss (nats)", 1e-5, 1e3))
            .thin(Color::Muted, "", &[(low / 1.5, 0.5 * GUESS), (high * 1.5, 0.5 * GUESS)])
            .dashed(meaning::THEORY, "theory", &predicted)
            .intervals(meaning::MEASURED, "measured", &measured)
    };
    let charts = INITS.map(|(name, _)| panel(name)).to_vec();
    Panels::new("Adam at nine rates", charts)
        .subtitle(&format!(
            "{}, {} steps; bars: range of {} seeds; thin: half the loss of a guess",
            narrow(INITS[0].1).to_string().replace(", xavier", ""),
            adams.settings.short_steps,
            adams.settings.short_seeds
        ))
        .desc(
            "Mean loss of the last tenth of the steps against Adam's learning rate, both logarithmic, \
             in two panels: Xavier and Kaiming. Points are measured, a dashed line is predicted.",
        )
        .render()
}

/// Losses of five digits, as files of measurements have them.
fn rounded(one: Measured) -> Measured {
    let five = |loss: f64| format!("{loss:.4e}").parse().unwrap_or(loss);
    Measured { losses: one.losses.into_iter().map(five).collect(), ..one }
}
