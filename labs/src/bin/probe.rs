//! `cargo run --bin probe`: looks into a network before it is trained.

use clap::{Parser, ValueEnum};
use minigrad::prelude::Histogram;
use minigrad_cli::{arguments, terminal, Failure};
use minigrad_labs::one_run;
use minigrad_labs::recipe_flags::{Course, Described};
use serde_json::{json, Value};
use std::process::ExitCode;

/// Looks into the network that the flags describe, before it is trained: sends 64 examples forwards and
/// their loss back, and takes one step.
///
/// Prints one line a layer: second moment of the pre-activations, norm of the gradient, correlation of
/// two inputs, share of dead units. Then the sizes of signals |z| and gradients |g|, a column of blocks
/// for two powers of two, and how far the step moved the weights, as a share of their size.
#[derive(Parser)]
#[command(name = "probe")]
#[command(after_help = "Examples:\n  \
    cargo run --bin probe -- --depth 24 --width 64 --init xavier\n  \
    cargo run --bin probe -- --body block --depth 8 --norm ln --residual --format json")]
struct Arguments {
    #[command(flatten)]
    described: Described,
    /// Seed of weights, data and batch
    #[arg(long, value_name = "N", value_parser = arguments::seed, default_value_t = 0)]
    seed: u64,
    /// Tables to read, or JSON: one object, with every count
    #[arg(long, value_name = "NAME", default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// The counts of a histogram, from the smallest power of two that has one on.
fn sizes(histogram: &Histogram) -> Value {
    let (least, most) = histogram.range().unwrap_or((0, -1));
    let counts: Vec<usize> = (least..=most).map(|e| histogram.count(e)).collect();
    let Histogram { zeros, not_finite, .. } = histogram;
    json!({ "zeros": zeros, "not_finite": not_finite, "from": least, "counts": counts })
}

fn main() -> ExitCode {
    Failure::exit(arguments::parse().and_then(|arguments| arguments.map_or(Ok(()), |a| run(&a))))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let described = &arguments.described;
    // A rate that warms up does so within the run.
    let course = Course { momentum: 0.9, steps: described.warm_up.max(1) };
    let (recipe, training) = described.read(&course)?;
    let (recipe, training) = (recipe.seed(arguments.seed), training.seed(arguments.seed));
    training.check_for(&recipe).map_err(Failure::usage)?;
    let observed = one_run::first_step(&recipe, &training);
    let probe = &observed.probe;
    terminal::print(&match arguments.format {
        Format::Table => {
            let picture = probe.picture(&observed.updates);
            format!("{recipe}; {training}\n\n{probe}\n\n{picture}")
        }
        Format::Json => {
            let layers = probe.layers.iter().zip(&observed.updates);
            let layers: Vec<Value> = layers
                .map(|(layer, update)| {
                    json!({
                        "q": layer.q,
                        "gradient_norm": layer.gradient_norm,
                        "correlation": layer.correlation,
                        "dead": layer.dead,
                        "update": update,
                        "sizes": sizes(&layer.sizes),
                        "gradient_sizes": sizes(&layer.gradient_sizes),
                    })
                })
                .collect();
            let recipe = recipe.to_string();
            format!("{}\n", json!({ "recipe": recipe, "loss": probe.loss, "layers": layers }))
        }
    })
}
