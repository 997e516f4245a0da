//! How large a network the page takes: the reader's browser has one thread and no patience.

use crate::command;
use minigrad::data::SignOfSum;
use minigrad::recipe::{Recipe, Training};

/// Layers or blocks: four times the deepest network of the labs.
pub const MOST_DEPTH: usize = 200;

/// Units of a layer: four times the widest network of the labs.
pub const MOST_WIDTH: usize = 1024;

/// Examples of a batch.
pub const MOST_BATCH: usize = 1024;

/// Updates: ten times as many as the labs' longest runs.
pub const MOST_STEPS: usize = 10_000;

/// Examples that a curve is predicted from, batch times steps: half a second.
pub const MOST_EXAMPLES: usize = 1 << 20;

/// Entries of all weight matrices, which training keeps three times: lab 03's network has 26 million.
pub const MOST_WEIGHTS: usize = 1 << 25;

/// Width of orthogonal matrices, which take the cube of it to draw: a second.
pub const MOST_ORTHOGONAL: usize = 256;

/// Multiplications forwards, weights times batch times steps: lab 03's run, some minutes.
pub const MOST_WORK: u64 = 1 << 40;

/// Accepts what can be predicted while a reader waits.
///
/// # Errors
/// A sentence that names the value, the bound, and the command that has none.
///
/// ```
/// use minigrad::prelude::*;
/// use minigrad_explorer::bounds::check_prediction;
/// let refused = check_prediction(&Recipe::mlp(12).width(4096), &Training::sgd(1e-3)).unwrap_err();
/// assert!(refused.starts_with("width 4096 is more than this page takes: at most 1024; "));
/// assert!(refused.contains("cargo run --bin predict -- --width 4096"));
/// ```
pub fn check_prediction(recipe: &Recipe, training: &Training) -> Result<(), String> {
    if recipe.inputs != SignOfSum::INPUTS {
        return Err(format!("inputs {} is not accepted: the data have 256", recipe.inputs));
    }
    if recipe.classes != 2 {
        return Err(format!("classes {} is not accepted: the data have 2", recipe.classes));
    }
    let examples = training.batch.saturating_mul(training.steps);
    within(
        "predict",
        recipe,
        training,
        &[
            ("depth", recipe.depth, MOST_DEPTH),
            ("width", recipe.width, MOST_WIDTH),
            ("batch", training.batch, MOST_BATCH),
            ("steps", training.steps, MOST_STEPS),
            ("batch times steps", examples, MOST_EXAMPLES),
        ],
    )
}

/// Accepts what can be trained in a browser, too.
///
/// # Errors
/// As [`check_prediction`].
pub fn check_training(recipe: &Recipe, training: &Training) -> Result<(), String> {
    check_prediction(recipe, training)?;
    training.check_for(recipe).map_err(|refused| refused.to_string())?;
    let weights = recipe.shapes().iter().map(|(fan_in, fan_out)| fan_in * fan_out).sum::<usize>();
    // Below 2^25 * 2^20 where the weights are within their bound; the browser's usize has 32 bits.
    let work = weights as u64 * training.batch as u64 * training.steps as u64;
    let is_orthogonal = recipe.init.to_string().starts_with("orthogonal");
    let drawn = if is_orthogonal { recipe.width } else { 0 };
    let bounds = [
        ("weights", weights, MOST_WEIGHTS),
        ("width of orthogonal weights", drawn, MOST_ORTHOGONAL),
    ];
    within("train", recipe, training, &bounds)?;
    if work > MOST_WORK {
        return Err(too_large("train", recipe, training, "products of the run", work, MOST_WORK));
    }
    Ok(())
}

fn within(
    bin: &str,
    recipe: &Recipe,
    training: &Training,
    bounds: &[(&str, usize, usize)],
) -> Result<(), String> {
    match bounds.iter().find(|(_, value, most)| value > most) {
        None => Ok(()),
        Some(&(field, value, most)) => {
            Err(too_large(bin, recipe, training, field, value as u64, most as u64))
        }
    }
}

fn too_large(
    bin: &str,
    recipe: &Recipe,
    training: &Training,
    field: &str,
    value: u64,
    most: u64,
) -> String {
    let flags = command::flags(recipe, training);
    format!(
        "{field} {value} is more than this page takes: at most {most}; \
         `cargo run --bin {bin} -- {flags}` takes more"
    )
}
