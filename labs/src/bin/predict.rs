//! `cargo run --bin predict`: asks the theory what a network will do. Nothing is built.

use clap::{Parser, ValueEnum};
use minigrad::prelude::*;
use minigrad_cli::failure::shortened;
use minigrad_cli::terminal::{self, note};
use minigrad_cli::{arguments, Failure};
use minigrad_labs::lines;
use minigrad_labs::recipe_flags::{Course, Described};
use minigrad_labs::spine::{number, Cell, Table};
use serde_json::json;
use std::fmt::Write;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Says what a network will do on the sign-of-sum data, from the description that the flags or a
/// file give: diverge, vanish or train, why, and along which loss curve. Builds and trains nothing.
#[derive(Parser)]
#[command(name = "predict")]
#[command(after_help = "Examples:\n  \
    cargo run --bin predict -- --depth 12 --init xavier\n  \
    cargo run --bin predict -- --body block --depth 50 --activation gelu --norm rms --steps 300\n  \
    cargo run --bin predict -- --recipes recipes.jsonl --format json\n\n\
    A line of recipes.jsonl:\n  \
    {\"body\": \"plain\", \"depth\": 12, \"width\": 128, \"activation\": \"relu\", \
    \"init\": {\"kind\": \"kaiming\"}, \"lr\": 0.01, \"steps\": 300}")]
struct Arguments {
    #[command(flatten)]
    described: Described,
    #[command(flatten)]
    course: Course,
    /// A file with one recipe a line, or - for standard input, instead of the flags above
    #[arg(long, value_name = "FILE", conflicts_with_all = ["Described", "Course"])]
    recipes: Option<PathBuf>,
    /// A table to read, or JSON: one object a recipe
    #[arg(long, value_name = "NAME", default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn main() -> ExitCode {
    Failure::exit(arguments::parse().and_then(|arguments| arguments.map_or(Ok(()), |a| run(&a))))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.recipes {
        Some(file) => run_all(file, arguments.format),
        None => {
            let (recipe, training) = arguments.described.read(&arguments.course)?;
            warn(&training);
            let prediction = Prediction::of(&recipe, &training).map_err(Failure::usage)?;
            terminal::print(&match arguments.format {
                Format::Json => format!("{}\n", object(None, &prediction, &training)),
                Format::Table => page(&recipe, &training, &prediction),
            })
        }
    }
}

/// Answers every line that can be read; the others are named on standard error.
fn run_all(file: &Path, format: Format) -> Result<(), Failure> {
    let refuse =
        |error: std::io::Error| Failure::usage(format_args!("{}: {error}", file.display()));
    let mut input: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::io::BufReader::new(std::fs::File::open(file).map_err(refuse)?))
    };
    let (mut answered, mut refused) = (0, 0);
    let mut table = Table::new([
        "line",
        "recipe",
        "lr",
        "steps",
        "verdict",
        "sure",
        "first loss",
        "last loss",
        "reason",
    ]);
    for number_of_line in 1.. {
        let Some(line) = lines::next_line(&mut input).map_err(refuse)? else { break };
        if line.as_ref().is_ok_and(|line| line.trim_matches([' ', '\t', '\r', '\n']).is_empty()) {
            continue;
        }
        match line
            .map_err(|why| format!("{why}: expected one JSON object"))
            .and_then(|line| predicted(&line))
        {
            Err(why) => {
                let why = shortened(&why);
                note(format_args!("error: {}, line {number_of_line}: {why}", file.display()));
                refused += 1;
            }
            Ok((recipe, training, prediction)) => {
                answered += 1;
                if format == Format::Json {
                    let object = object(Some(number_of_line), &prediction, &training);
                    if !terminal::is_read(&format!("{object}\n"))? {
                        return Ok(());
                    }
                } else {
                    table.row(row(number_of_line, &recipe, &training, &prediction));
                }
            }
        }
    }
    if format == Format::Table && !table.rows.is_empty() {
        terminal::print(&table.text())?;
    }
    match refused {
        0 => Ok(()),
        _ => Err(Failure::new(format_args!("{refused} of {} lines refused", refused + answered))),
    }
}

/// Says so beforehand where an answer takes more than half a minute.
fn warn(training: &Training) {
    let examples = training.batch.saturating_mul(training.steps);
    if examples > 1 << 25 {
        note(format_args!("note: {examples} examples to go through: it takes a minute or more"));
    }
}

fn predicted(line: &str) -> Result<(Recipe, Training, Prediction), String> {
    let (recipe, training) = lines::read(line)?;
    warn(&training);
    let prediction = Prediction::of(&recipe, &training).map_err(|why| why.to_string())?;
    Ok((recipe, training, prediction))
}

fn last(prediction: &Prediction) -> f64 {
    prediction.window_losses().pop().unwrap_or(f64::NAN)
}

fn row(line: usize, recipe: &Recipe, training: &Training, prediction: &Prediction) -> [Cell; 9] {
    let sure = prediction.probability().of(prediction.verdict());
    let is_plain = (1e-9..1e9).contains(&training.lr);
    let lr = if is_plain { training.lr.to_string() } else { format!("{:e}", training.lr) };
    [
        line.into(),
        recipe.to_string().into(),
        Cell::number(lr),
        training.steps.into(),
        prediction.verdict().to_string().into(),
        Cell::number(format!("{:.0} %", 100.0 * sure)),
        prediction.initial_loss().into(),
        last(prediction).into(),
        prediction.reason().into(),
    ]
}

/// One line of JSON; what is not finite is `null`.
fn object(line: Option<usize>, prediction: &Prediction, training: &Training) -> serde_json::Value {
    let mut object = lines::answer(prediction, training);
    if let (Some(line), Some(fields)) = (line, object.as_object_mut()) {
        fields.shift_insert(0, "line".to_owned(), json!(line));
    }
    object
}

/// Everything about one recipe, for reading.
fn page(recipe: &Recipe, training: &Training, prediction: &Prediction) -> String {
    let mut text = format!("{recipe}\n{training}\n\n{prediction}\n\n");
    let mut table = Table::new(["layer", "q", "gradient", "correlation"]);
    let layers = &prediction.propagation.layers;
    for (layer, l) in layers.iter().zip(1..) {
        let name = if l == layers.len() { "readout".into() } else { Cell::from(l) };
        table.row([name, layer.q.into(), layer.gradient.into(), layer.correlation.into()]);
    }
    text += &table.text();
    text += "\nPredicted loss, and where eight of ten networks lie\n\n";
    text += &plot(&training.windows(), &prediction.window_losses(), &prediction.band());
    if let Some(step) = prediction.half_time() {
        let _ = writeln!(text, "\nhalf the loss of a guess by step {step}");
    }
    text
}

/// A bar a window, as long as its loss, up to twice that of a guess.
fn plot(windows: &[(usize, usize)], losses: &[f64], band: &[(f64, f64)]) -> String {
    const COLUMNS: f64 = 40.0;
    let guess = std::f64::consts::LN_2;
    let mut text = String::new();
    for ((&(start, end), &loss), &(low, high)) in windows.iter().zip(losses).zip(band) {
        let steps = match end - start {
            1 => start.to_string(),
            _ => format!("{start} to {}", end - 1),
        };
        let length = (loss / (2.0 * guess) * COLUMNS).clamp(0.0, COLUMNS);
        let more = if loss > 2.0 * guess { ">" } else { "" };
        let bar = "#".repeat(length.round() as usize);
        let (low, high) = (number(low), number(high));
        let _ =
            writeln!(text, "{steps:>12}  {:>9}  {low:>9} to {high:<9}  {bar}{more}", number(loss));
    }
    text
}
