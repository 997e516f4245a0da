//! Recipes as lines of JSON, one description of a network and its training a line, and what theory
//! answers.
//!
//! A crate of its own, so that the commands and the page in the browser read and answer the same.

mod answer;
mod input;
mod measured;

pub use answer::answer;
pub use input::next_line;
pub use measured::{Measured, OUTCOMES};

use minigrad::recipe::{Method, Outcome, Recipe, Training};
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{json, Map, Value};

/// The fields of a recipe and of its training side by side. Those of the training are values until
/// they have become one, which refuses what it does not accept by the name of its field.
#[derive(Deserialize)]
#[serde(expecting = "an object such as {\"depth\": 3, \"lr\": 0.01}")]
struct Line {
    #[serde(flatten)]
    recipe: Recipe,
    #[serde(default = "usual_optimizer")]
    optimizer: Value,
    lr: Value,
    #[serde(default = "usual_momentum")]
    momentum: Value,
    #[serde(default = "usual_batch")]
    batch: Value,
    #[serde(default = "usual_steps")]
    steps: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Fields of a training that most lines leave out, named as [`Training`] names them.
const RARE: [&str; 3] = ["weight_decay", "warm_up", "clip_norm"];

fn usual_optimizer() -> Value {
    json!("sgd")
}

fn usual_momentum() -> Value {
    json!(0.9)
}

fn usual_batch() -> Value {
    json!(64)
}

fn usual_steps() -> Value {
    json!(1000)
}

/// A recipe and its training, one below the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    recipe: Recipe,
    training: Training,
}

/// Fields of a training.
const TRAINING: [&str; 5] = ["optimizer", "lr", "momentum", "batch", "steps"];

/// Fields that a measured line has on top; nothing is predicted from them.
const MEASURED: [&str; 7] =
    ["seeds", "outcome", "initial_loss", "windows", "loss_median", "final10", "set"];

/// What one line describes: a flat object with the fields of a recipe, and `lr`, `optimizer` (`sgd`
/// if absent, or `adam`), `momentum` (0.9; Adam's first decay), `batch` (64), `steps` (1000), and,
/// where wanted, `weight_decay`, `warm_up` and `clip_norm`. What was measured may stand beside them.
///
/// # Errors
/// One line that names the field and what would be accepted.
///
/// ```
/// use minigrad_lines::read;
/// let (recipe, training) = read(r#"{"depth": 3, "width": 64, "lr": 0.01, "steps": 300}"#).unwrap();
/// assert_eq!(recipe.to_string(), "3 x 64 relu, kaiming");
/// assert_eq!(training.to_string(), "sgd, lr 0.01, momentum 0.9, batch 64, 300 steps");
/// assert!(read(r#"{"depth": 3, "lr": 0.01, "colour": 1}"#).unwrap_err().contains("\"colour\""));
/// ```
pub fn read(line: &str) -> Result<(Recipe, Training), String> {
    read_both(line).map(|(recipe, training, _)| (recipe, training))
}

/// What a line describes, and the fields beside it.
fn read_both(line: &str) -> Result<(Recipe, Training, Map<String, Value>), String> {
    let Line { recipe, optimizer, lr, momentum, batch, steps, mut rest } =
        serde_json::from_str(line).map_err(|error| said(&error))?;
    let rare = RARE.map(|name| (name, rest.shift_remove(name)));
    if let Some(name) = rest.keys().find(|name| !MEASURED.contains(&name.as_str())) {
        let recipe = json!(recipe);
        let known = recipe.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        let known: Vec<&str> = known.chain(TRAINING).chain(RARE).collect();
        return Err(format!("unknown field {name:?}: expected one of {}", known.join(", ")));
    }
    let method = json!({"sgd": {"momentum": momentum}});
    let mut training = json!({"method": method, "lr": lr, "batch": batch, "steps": steps});
    for (name, value) in rare {
        if let Some(value) = value {
            training[name] = value;
        }
    }
    let training: Training = serde_json::from_value(training).map_err(|error| said(&error))?;
    Ok((recipe, ruled(training, &optimizer)?, rest))
}

/// The training by the update rule of this name, whose momentum it keeps.
fn ruled(training: Training, name: &Value) -> Result<Training, String> {
    match (name.as_str(), training.method) {
        (Some("adam"), Method::Sgd { momentum }) => {
            let Training { method, .. } = Training::adam(training.lr).momentum(momentum);
            Ok(Training { method, ..training })
        }
        (Some("sgd"), _) => Ok(training),
        _ => Err(format!("optimizer {name} is not accepted: expected one of sgd, adam")),
    }
}

/// What a whole file describes: an object with a `recipe` and a `training`.
///
/// # Errors
/// As for [`read`], with the place in the file.
pub fn read_plan(text: &str) -> Result<(Recipe, Training), String> {
    let mut from = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut from);
    let Plan { recipe, training } = read.map_err(|error| {
        let (path, said) = (error.path().to_string(), error.inner().to_string());
        let field = path.rsplit('.').next().unwrap_or_default();
        match error.inner().classify() {
            // A recipe names the field that it refuses; a type that does not fit names none.
            Category::Data if said.contains(field) => said,
            Category::Data => format!("{path}: {said}"),
            _ => format!("no JSON: {said}"),
        }
    })?;
    from.end().map_err(|error| format!("no JSON: {error}"))?;
    Ok((recipe, training))
}

/// What is wrong with a line. Its place within the line is told only where the line is no JSON.
fn said(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if error.classify() != Category::Data {
        return format!("no JSON: {said}");
    }
    let place = format!(" at line {} column {}", error.line(), error.column());
    said.strip_suffix(&place).unwrap_or(&said).to_owned()
}

/// A line with what was measured: `outcome`, one a run, and `loss_median`, one a window of the
/// training, `null` where not finite.
///
/// # Errors
/// As for [`read`], or if one of the two is missing.
pub fn read_measured(line: &str) -> Result<Measured, String> {
    let (recipe, training, mut rest) = read_both(line)?;
    let outcomes: Vec<Outcome> = take(&mut rest, "outcome")?;
    let losses: Vec<Option<f64>> = take(&mut rest, "loss_median")?;
    if losses.len() != training.windows().len() {
        return Err(format!("loss_median: expected {} losses", training.windows().len()));
    }
    let losses = losses.into_iter().map(|loss| loss.unwrap_or(f64::NAN)).collect();
    Ok(Measured { recipe, training, outcomes, losses })
}

fn take<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<T, String> {
    let value = fields.shift_remove(name).unwrap_or_default();
    serde_json::from_value(value).map_err(|error| format!("{name}: {error}"))
}

/// The line that [`read`] reads as this recipe and training, but for Adam's second decay and epsilon,
/// which are the paper's in every line.
///
/// ```
/// use minigrad::prelude::*;
/// let steady = Training::sgd(1e-2).weight_decay(1e-3).warm_up(50).clip_norm(1.0).steps(300);
/// for training in [Training::sgd(1e-2).steps(300), Training::adam(1e-3).momentum(0.8), steady] {
///     let recipe = Recipe::mlp(3).seed(7);
///     let line = minigrad_lines::line(&recipe, &training);
///     assert_eq!(minigrad_lines::read(&line.to_string()), Ok((recipe, training)));
/// }
/// ```
pub fn line(recipe: &Recipe, training: &Training) -> Value {
    let (lr, batch, steps) = (training.lr, training.batch, training.steps);
    let rest = match training.method {
        Method::Sgd { momentum } => {
            json!({"lr": lr, "momentum": momentum, "batch": batch, "steps": steps})
        }
        Method::Adam { beta1, .. } => {
            json!({"optimizer": "adam", "lr": lr, "momentum": beta1, "batch": batch, "steps": steps})
        }
    };
    let all = json!(training);
    let rare = RARE.map(|name| (name.to_owned(), all.get(name)));
    let rare = rare.into_iter().filter_map(|(name, value)| Some((name, value?.clone())));
    with(with(json!(recipe), &rest), &rare.collect())
}

/// The line of a measurement, such that [`read_measured`] gives it back.
pub fn measured(measured: &Measured) -> String {
    Value::from(measured.clone()).to_string()
}

fn with(mut line: Value, rest: &Value) -> Value {
    for (name, value) in rest.as_object().into_iter().flatten() {
        line[name] = value.clone();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        for (line, said) in [
            ("{", "no JSON: EOF"),
            ("3", "invalid type: integer `3`, expected an object such as {\"depth\": 3"),
            (r#"{"lr": 0.1}"#, "missing field `depth`"),
            (r#"{"depth": 3}"#, "missing field `lr`"),
            (r#"{"depth": -1, "lr": 0.1}"#, "depth -1 is not accepted"),
            (r#"{"depth": 0, "lr": 0.1}"#, "depth 0 is not accepted"),
            (r#"{"depth": 3, "lr": -0.1}"#, "lr -0.1 is not accepted"),
            (r#"{"depth": 3, "depth": 4, "lr": 0.1}"#, "duplicate field `depth`"),
            (r#"{"depth": 3, "lr": null}"#, "lr null is not accepted"),
            (r#"{"depth": 3, "lr": "x"}"#, "lr \"x\" is not accepted"),
            (
                r#"{"depth": 3, "lr": 0.1, "activation": "mish"}"#,
                "activation \"mish\" is not accepted",
            ),
            (
                r#"{"depth": 3, "lr": 0.1, "optimizer": "lion"}"#,
                "optimizer \"lion\" is not accepted: expected one of sgd, adam",
            ),
            (
                r#"{"depth": 3, "lr": 0.1, "optimizer": "adam", "momentum": 1}"#,
                "momentum 1 is not accepted",
            ),
            (r#"{"depth": 3, "lr": 0.1, "norm": "rms"}"#, "placement none is not accepted"),
            (r#"{"depth": 3, "lr": 0.1, "weight_decay": -1}"#, "weight_decay -1 is not accepted"),
            (
                r#"{"depth": 3, "lr": 0.1, "steps": 9, "warm_up": 10}"#,
                "warm_up 10 is not accepted: expected an integer from 0 to 9",
            ),
            (r#"{"depth": 3, "lr": 0.1, "clip_norm": null}"#, "clip_norm null is not accepted"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.starts_with(said), "{line}: {error}");
            // Whoever reads many lines says which one it is.
            assert_eq!(error.contains(" at line "), said.starts_with("no JSON"), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_plan_is_named() {
        let plan = r#"{"recipe": {"depth": 3}, "training": {"lr": 0.1}}"#;
        assert_eq!(read_plan(plan).unwrap().0.depth, 3);
        for (from, to, said) in [
            ("3", "null", "depth null is not accepted"),
            ("3", "0", "depth 0 is not accepted"),
            ("0.1", "\"x\"", "lr \"x\" is not accepted"),
            ("{\"lr\": 0.1}", "7", "training: invalid type: integer `7`, expected struct Training"),
            ("training", "trainings", "unknown field `trainings`, expected `recipe` or `training`"),
            ("0.1}", "0.1}, \"more\": 1", "unknown field `more`"),
            ("3", "3, \"depth\": 4", "recipe: duplicate field `depth`"),
        ] {
            let error = read_plan(&plan.replace(from, to)).unwrap_err();
            assert!(error.starts_with(said), "{error}");
        }
    }

    #[test]
    fn a_measurement_comes_back() {
        let line = r#"{"depth": 3, "lr": 0.1, "steps": 4, "outcome": ["diverges", "trains"],
            "loss_median": [0.1, 3.25, null, null]}"#;
        let once = read_measured(&line.replace('\n', " ")).unwrap();
        let again = read_measured(&measured(&once)).unwrap();
        assert_eq!((&once.recipe, &once.training), (&again.recipe, &again.training));
        assert_eq!((&once.outcomes, &once.losses[..2]), (&again.outcomes, &again.losses[..2]));
        assert!(again.losses[2..].iter().all(|loss| loss.is_nan()));
    }

    #[test]
    fn what_was_measured_may_stand_beside() {
        let line = r#"{"depth": 3, "lr": 0.1, "outcome": ["trains"], "seeds": [0]}"#;
        assert_eq!(read(line).unwrap().0.depth, 3);
    }
}
