//! `cargo run --bin train`: trains the network that flags or a JSON file describe.

use clap::Parser;
use minigrad::experiments::one_run;
use minigrad::recipe::{Activation, Body, Init, Norm, OutProj, Placement, Recipe, Training};
use minigrad::threads;
use minigrad_labs::command::default_threads;
use minigrad_labs::labs::Bar;
use minigrad_labs::{cli, table, Failure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Trains the network that the flags, or a JSON file, describe on the sign-of-sum data, and says
/// what became of it.
///
/// Prints the network, one diagnostic line a layer before training, the loss, and the outcome.
#[derive(Parser)]
#[command(name = "train")]
#[command(after_help = "Example of a file:\n  \
    {\"recipe\": {\"depth\": 12, \"width\": 256, \"activation\": \"relu\", \"init\": {\"kind\": \"kaiming\"}},\n   \
    \"training\": {\"lr\": 0.001, \"method\": {\"sgd\": {\"momentum\": 0.9}}, \"batch\": 64, \"steps\": 1000}}")]
struct Arguments {
    /// A JSON file with a recipe and a training, instead of the flags below
    #[arg(long, value_name = "FILE", exclusive = true)]
    recipe: Option<PathBuf>,
    /// plain: linear layers; block: blocks, each four times as wide inside
    #[arg(long, value_name = "NAME", default_value_t = Body::Plain)]
    body: Body,
    /// Linear layers, or blocks
    #[arg(long, value_name = "N", value_parser = cli::whole, allow_negative_numbers = true, default_value_t = 12)]
    depth: usize,
    /// Units of a hidden layer
    #[arg(long, value_name = "N", value_parser = cli::whole, allow_negative_numbers = true, default_value_t = 256)]
    width: usize,
    /// identity, relu, tanh, gelu or silu
    #[arg(long, value_name = "NAME", default_value_t = Activation::Relu)]
    activation: Activation,
    /// uniform(A), xavier, glorot, kaiming (each also NAME_uniform), sigma(V), orthogonal(V), gpt2
    #[arg(long, value_name = "NAME", default_value_t = Init::Kaiming)]
    init: Init,
    /// none, ln or rms
    #[arg(long, value_name = "NAME", default_value_t = Norm::None)]
    norm: Norm,
    /// Where the norm stands: pre_act in a plain body; pre or post in blocks [default: pre_act or
    /// pre, as the body has it]
    #[arg(long, value_name = "NAME")]
    placement: Option<Placement>,
    /// Adds x around every hidden layer or block
    #[arg(long)]
    residual: bool,
    /// How the last weights of a block start: plain, zero, or scaled by 1/sqrt(2 depth)
    #[arg(long, value_name = "NAME", default_value_t = OutProj::Plain)]
    out_proj: OutProj,
    /// One more norm after the last block
    #[arg(long)]
    final_norm: bool,
    /// Learning rate
    #[arg(long, value_name = "X", value_parser = cli::real, allow_negative_numbers = true, default_value_t = 1e-3)]
    lr: f64,
    /// Momentum
    #[arg(long, value_name = "X", value_parser = cli::real, allow_negative_numbers = true, default_value_t = 0.9)]
    momentum: f64,
    /// Adam instead of gradient descent
    #[arg(long)]
    adam: bool,
    /// Inputs a step
    #[arg(long, value_name = "N", value_parser = cli::whole, allow_negative_numbers = true, default_value_t = 64)]
    batch: usize,
    /// Updates
    #[arg(long, value_name = "N", value_parser = cli::whole, allow_negative_numbers = true, default_value_t = 1000)]
    steps: usize,
    /// Seed of weights, data and batches
    #[arg(long, value_name = "N", value_parser = cli::seed, allow_negative_numbers = true, default_value_t = 0)]
    seed: u64,
}

/// What a file describes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    recipe: Recipe,
    training: Training,
}

fn main() -> ExitCode {
    Failure::exit(cli::parse().and_then(|arguments| match arguments {
        Some(arguments) => plan(&arguments).and_then(|plan| run(&plan)),
        None => Ok(()),
    }))
}

fn plan(arguments: &Arguments) -> Result<Plan, Failure> {
    if let Some(file) = &arguments.recipe {
        return read(file);
    }
    let Arguments { depth, width, activation, init, norm, out_proj, final_norm, .. } = *arguments;
    let Arguments { residual, lr, momentum, batch, steps, seed, .. } = *arguments;
    let bare = match arguments.body {
        Body::Plain => Recipe::mlp(depth),
        Body::Block => Recipe::blocks(depth),
    };
    let recipe = bare.width(width).activation(activation).init(init).norm(norm).seed(seed);
    let placement = arguments.placement.unwrap_or(recipe.placement);
    let recipe = Recipe { placement, residual, out_proj, final_norm, ..recipe };
    let training = if arguments.adam { Training::adam(lr) } else { Training::sgd(lr) };
    let training = training.momentum(momentum).batch(batch).steps(steps).seed(seed);
    recipe.check().and(training.check()).map_err(Failure::usage)?;
    Ok(Plan { recipe, training })
}

fn read(file: &Path) -> Result<Plan, Failure> {
    let refuse = |error: &dyn std::fmt::Display| {
        Failure::usage(format_args!("recipe {}: {error}", file.display()))
    };
    let text = std::fs::read_to_string(file).map_err(|error| refuse(&error))?;
    let plan: Plan = serde_json::from_str(&text).map_err(|error| refuse(&error))?;
    if plan.recipe.inputs != 256 || plan.recipe.classes != 2 {
        return Err(refuse(&"the data have 256 inputs and 2 classes: leave both out"));
    }
    Ok(plan)
}

fn run(Plan { recipe, training }: &Plan) -> Result<(), Failure> {
    let threads = default_threads()?;
    let bar = Bar::new("train", training.steps, threads);
    let result = threads::with(threads, || one_run::run(recipe, training, &bar));
    drop(bar);
    table::print(&format!("{recipe}; {training}\n\n{}\n{}\n\n", result.network, result.probe))?;
    let losses = result.losses();
    table::print(&table::text(&losses.header, &losses.rows))?;
    table::print(&format!("\n{}\n", result.verdict()))
}
