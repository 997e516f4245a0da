//! `cargo run --bin train`: trains the network that flags or a JSON file describe.

use clap::Parser;
use minigrad::recipe::{Recipe, Training};
use minigrad::threads;
use minigrad_cli::failure::shortened;
use minigrad_cli::{arguments, terminal, Failure};
use minigrad_labs::lines;
use minigrad_labs::one_run;
use minigrad_labs::recipe_flags::{Course, Described};
use minigrad_labs::spine::default_threads;
use minigrad_labs::spine::Bar;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Trains the network that the flags, or a JSON file, describe on the sign-of-sum data, and says
/// what became of it.
///
/// Prints the network, one diagnostic line a layer before training, the loss, and the outcome. With
/// --watch, in place of these, what the network looks like from inside while it trains: a line a layer
/// with the sizes of signals |z| and gradients |g|, a column of blocks for two powers of two, and how far
/// the update moved the weights, as a share of their size.
#[derive(Parser)]
#[command(name = "train")]
#[command(after_help = "Example of a file:\n  \
    {\"recipe\": {\"depth\": 12, \"width\": 256, \"activation\": \"relu\", \"init\": {\"kind\": \"kaiming\"}},\n   \
    \"training\": {\"lr\": 0.001, \"method\": {\"sgd\": {\"momentum\": 0.9}}, \"batch\": 64, \"steps\": 1000}}")]
struct Arguments {
    /// A JSON file with a recipe and a training, instead of the flags below
    #[arg(long, value_name = "FILE", conflicts_with_all = ["Described", "Course", "seed"])]
    recipe: Option<PathBuf>,
    #[command(flatten)]
    described: Described,
    #[command(flatten)]
    course: Course,
    /// Seed of weights, data and batches
    #[arg(long, value_name = "N", value_parser = arguments::seed, default_value_t = 0)]
    seed: u64,
    /// Shows the network from inside every N steps, and at the last
    #[arg(long, value_name = "N", value_parser = arguments::steps)]
    watch: Option<usize>,
}

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What is trained, and how.
struct Plan {
    recipe: Recipe,
    training: Training,
}

fn main() -> ExitCode {
    Failure::exit(arguments::parse().and_then(|arguments| match arguments {
        Some(arguments) => {
            let plan = plan(&arguments)?;
            plan.training.check_for(&plan.recipe).map_err(Failure::usage)?;
            match arguments.watch {
                Some(every) => watch(&plan, every),
                None => run(&plan),
            }
        }
        None => Ok(()),
    }))
}

fn plan(arguments: &Arguments) -> Result<Plan, Failure> {
    if let Some(file) = &arguments.recipe {
        return read(file);
    }
    let (recipe, training) = arguments.described.read(&arguments.course)?;
    training.check_for(&recipe).map_err(Failure::usage)?;
    Ok(Plan { recipe: recipe.seed(arguments.seed), training: training.seed(arguments.seed) })
}

fn read(file: &Path) -> Result<Plan, Failure> {
    let refuse = |error: &dyn std::fmt::Display| {
        Failure::usage(format_args!("recipe {}: {error}", file.display()))
    };
    let mut text = String::new();
    let mut input = std::fs::File::open(file).map_err(|error| refuse(&error))?.take(LONGEST + 1);
    input.read_to_string(&mut text).map_err(|error| refuse(&error))?;
    if text.len() as u64 > LONGEST {
        return Err(refuse(&"longer than a megabyte: expected a recipe and a training"));
    }
    let (recipe, training) = lines::read_plan(&text).map_err(|why| refuse(&shortened(&why)))?;
    let plan = Plan { recipe, training };
    if plan.recipe.inputs != 256 || plan.recipe.classes != 2 {
        return Err(refuse(&"the data have 256 inputs and 2 classes: leave both out"));
    }
    plan.training.check_for(&plan.recipe).map_err(|refused| refuse(&refused))?;
    Ok(plan)
}

fn run(Plan { recipe, training }: &Plan) -> Result<(), Failure> {
    let threads = default_threads()?;
    let bar = Bar::new("train", threads);
    let result = threads::with(threads, || one_run::run(recipe, training, &bar));
    drop(bar);
    terminal::print(&format!("{recipe}; {training}\n\n{}\n{}\n\n", result.network, result.probe))?;
    terminal::print(&result.losses().text())?;
    terminal::print(&format!("\n{}\n", result.verdict()))
}

fn watch(Plan { recipe, training }: &Plan, every: usize) -> Result<(), Failure> {
    let threads = default_threads()?;
    let mut said = terminal::print(&format!("{recipe}; {training}\n\n"));
    let result = threads::with(threads, || {
        one_run::watched(recipe, training, every, |observed| {
            if said.is_ok() {
                said = terminal::print(&format!("{observed}\n"));
            }
        })
    });
    said.and_then(|()| terminal::print(&format!("{}\n", result.verdict())))
}
