//! Recipes as lines of JSON, one description of a network and its training a line.

mod input;
mod unique;

pub use input::next_line;

use minigrad::experiments::score::Measured;
use minigrad::recipe::{Method, Outcome, Recipe, Training};
use serde_json::{json, Map, Value};

/// Fields of a recipe, in the order of its documentation.
const RECIPE: [&str; 13] = [
    "body",
    "depth",
    "width",
    "activation",
    "init",
    "norm",
    "placement",
    "residual",
    "out_proj",
    "final_norm",
    "inputs",
    "classes",
    "seed",
];

/// Fields of a training by gradient descent.
const TRAINING: [&str; 4] = ["lr", "momentum", "batch", "steps"];

/// Fields that a measured line has on top; nothing is predicted from them.
const MEASURED: [&str; 7] =
    ["seeds", "outcome", "initial_loss", "windows", "loss_median", "final10", "set"];

/// What one line describes: a flat object with the fields of a recipe, and `lr`, `momentum` (0.9 if
/// absent), `batch` (64) and `steps` (1000). What was measured may stand beside them.
///
/// # Errors
/// One line that names the field and what would be accepted.
///
/// ```
/// use minigrad_labs::lines::read;
/// let (recipe, training) = read(r#"{"depth": 3, "width": 64, "lr": 0.01, "steps": 300}"#).unwrap();
/// assert_eq!(recipe.to_string(), "3 x 64 relu, kaiming");
/// assert_eq!(training.to_string(), "sgd, lr 0.01, momentum 0.9, batch 64, 300 steps");
/// assert!(read(r#"{"depth": 3, "lr": 0.01, "colour": 1}"#).unwrap_err().contains("\"colour\""));
/// ```
pub fn read(line: &str) -> Result<(Recipe, Training), String> {
    let fields = object(line)?;
    let known = || RECIPE.iter().chain(&TRAINING);
    let mut recipe = Map::new();
    let mut training = Map::new();
    for (name, value) in fields {
        let name = name.as_str();
        if RECIPE.contains(&name) {
            recipe.insert(name.to_owned(), value);
        } else if TRAINING.contains(&name) {
            training.insert(name.to_owned(), value);
        } else if !MEASURED.contains(&name) {
            let names: Vec<&str> = known().copied().collect();
            return Err(format!("unknown field {name:?}: expected one of {}", names.join(", ")));
        }
    }
    let momentum = training.remove("momentum").unwrap_or_else(|| json!(0.9));
    training.insert("method".to_owned(), json!({"sgd": {"momentum": momentum}}));
    Ok((parse(&recipe, &json!({"depth": 1}))?, parse(&training, &json!({"lr": 1.0}))?))
}

/// What a whole file describes: an object with a `recipe` and a `training`.
///
/// # Errors
/// As for [`read`].
pub fn read_plan(text: &str) -> Result<(Recipe, Training), String> {
    let mut parts = object(text)?;
    let mut part = |name: &str| match parts.shift_remove(name) {
        Some(Value::Object(fields)) => Ok(fields),
        Some(other) => Err(format!("{name} {other}: expected an object")),
        None => Err(format!("there is no {name}: expected an object of that name")),
    };
    let (recipe, training) = (part("recipe")?, part("training")?);
    if let Some(name) = parts.keys().next() {
        return Err(format!("unknown field {name:?}: expected recipe and training"));
    }
    Ok((parse(&recipe, &json!({"depth": 1}))?, parse(&training, &json!({"lr": 1.0}))?))
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    match unique::read(text).map_err(|why| format!("no JSON: {why}"))? {
        Value::Object(fields) => Ok(fields),
        _ => Err("not an object: expected {\"depth\": ...}".to_owned()),
    }
}

/// A line with what was measured: `outcome`, one a run, and `loss_median`, one a window of the
/// training, `null` where not finite.
///
/// # Errors
/// As for [`read`], or if one of the two is missing.
pub fn read_measured(line: &str) -> Result<Measured, String> {
    let (recipe, training) = read(line)?;
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let field = |name: &str, error: serde_json::Error| format!("{name}: {error}");
    let outcomes: Vec<Outcome> = serde_json::from_value(value["outcome"].clone())
        .map_err(|error| field("outcome", error))?;
    let losses: Vec<Option<f64>> = serde_json::from_value(value["loss_median"].clone())
        .map_err(|error| field("loss_median", error))?;
    if losses.len() != training.windows().len() {
        return Err(format!("loss_median: expected {} losses", training.windows().len()));
    }
    let losses = losses.into_iter().map(|loss| loss.unwrap_or(f64::NAN)).collect();
    Ok(Measured { recipe, training, outcomes, losses })
}

/// The line of a measurement, such that [`read_measured`] gives it back.
pub fn measured(measured: &Measured) -> String {
    let Measured { recipe, training, outcomes, losses } = measured;
    let mut line = json!(recipe);
    let (lr, batch, steps) = (training.lr, training.batch, training.steps);
    let momentum = match training.method {
        Method::Sgd { momentum } => momentum,
        Method::Adam { .. } => f64::NAN,
    };
    let rest = json!({"lr": lr, "momentum": momentum, "batch": batch, "steps": steps,
                      "outcome": outcomes, "loss_median": losses});
    for (name, value) in rest.as_object().into_iter().flatten() {
        line[name] = value.clone();
    }
    line.to_string()
}

/// Reads all fields. What a field of the wrong type says does not name it: `least`, an object with
/// nothing but what is required, and each field in turn find it.
fn parse<T: serde::de::DeserializeOwned>(
    fields: &Map<String, Value>,
    least: &Value,
) -> Result<T, String> {
    let error = match serde_json::from_value(Value::Object(fields.clone())) {
        Ok(parsed) => return Ok(parsed),
        Err(error) => error.to_string(),
    };
    for (name, value) in fields {
        let mut alone = least.clone();
        alone[name] = value.clone();
        if let Err(why) = serde_json::from_value::<T>(alone) {
            if why.to_string() == error && !error.contains(name.as_str()) {
                return Err(format!("{name} {value}: {error}"));
            }
        }
    }
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        for (line, said) in [
            ("{", "no JSON: EOF"),
            ("3", "not an object"),
            (r#"{"lr": 0.1}"#, "missing field `depth`"),
            (r#"{"depth": 3}"#, "missing field `lr`"),
            (r#"{"depth": -1, "lr": 0.1}"#, "depth -1 is not accepted"),
            (r#"{"depth": 0, "lr": 0.1}"#, "depth 0 is not accepted"),
            (r#"{"depth": 3, "lr": -0.1}"#, "lr -0.1 is not accepted"),
            (r#"{"depth": 3, "depth": 4, "lr": 0.1}"#, "no JSON: field \"depth\" is given twice"),
            (r#"{"depth": 3, "lr": null}"#, "lr null is not accepted"),
            (r#"{"depth": 3, "lr": "x"}"#, "lr \"x\" is not accepted"),
            (
                r#"{"depth": 3, "lr": 0.1, "activation": "mish"}"#,
                "activation \"mish\" is not accepted",
            ),
            (r#"{"depth": 3, "lr": 0.1, "norm": "rms"}"#, "placement none is not accepted"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.starts_with(said), "{line}: {error}");
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
            ("{\"lr\": 0.1}", "7", "training 7: expected an object"),
            ("training", "trainings", "there is no training"),
            ("0.1}", "0.1}, \"more\": 1", "unknown field \"more\""),
            ("3", "3, \"depth\": 4", "no JSON: field \"depth\" is given twice"),
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
