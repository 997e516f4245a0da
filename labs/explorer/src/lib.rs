//! minigrad in the reader's browser.
//!
//! The page asks in JSON and is answered in JSON, by the same crate that the chapters show: what it
//! predicts, [`predict`](minigrad::recipe::Recipe::predict) predicts, and what it trains is the
//! network itself.
//!
//! | Where | What lives there |
//! | :--- | :--- |
//! | [`answer`] | what can be asked |
//! | [`presets`], [`cases`] | the networks of the labs; networks with a known outcome |
//! | [`words`] | a network in a reader's words |
//! | [`options`] | what speaks for and against each outcome |
//! | [`command`] | the command line that does the same |
//! | [`bounds`] | how large a network the page takes |
//! | `running` | the training under way |
//! | `memory` | how requests and answers cross into the browser |

pub mod bounds;
pub mod cases;
pub mod command;
#[cfg(target_arch = "wasm32")]
mod memory;
pub mod options;
pub mod presets;
mod running;
pub mod words;

use bounds::{check_prediction, check_training};
use minigrad::theory::Prediction;
use minigrad_lines as lines;
use serde::Deserialize;
use serde_json::{json, value::RawValue, Value};

/// What can be asked, one object with one field.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Request {
    /// A line, as the command `predict` reads it.
    Predict(Box<RawValue>),
    /// A line; weights, data and batches are drawn from the recipe's seed.
    Train(Box<RawValue>),
    /// At most so many updates of the training under way.
    Step(usize),
    /// The layers of the network under way, on the first 64 examples.
    Probe(()),
    Presets(()),
    Cases(()),
    /// The twenty of the self-test.
    Exercise(()),
}

/// Answers one request; an error is an object with one field, `error`, one sentence.
///
/// | request | answer |
/// | :--- | :--- |
/// | `{"predict": LINE}` | as `predict --format json`, with `line`, `network` and `training` in words, `command`, and `options`: a sentence for each outcome |
/// | `{"train": LINE}` | `parameters`, a number; a training before it is forgotten |
/// | `{"step": N}` | `losses` of at most `N` updates, `null` where not finite; `outcome` if they were the last |
/// | `{"probe": null}` | `q`, `gradient_norm`, `correlation`, `dead`: one number a layer |
/// | `{"presets": null}` | an array of `key`, `name`, `page`, `line` |
/// | `{"cases": null}` | an array of `line`, `kind`, `outcome` |
/// | `{"exercise": null}` | the same of the self-test's twenty |
///
/// ```
/// use minigrad_explorer::answer;
/// let said = answer(r#"{"predict": {"depth": 12, "width": 64, "lr": 0.01, "steps": 200}}"#);
/// assert!(said.contains(r#""verdict":"trains""#));
/// let refused = answer(r#"{"predict": {"depth": 0, "lr": 0.01}}"#);
/// assert_eq!(refused, r#"{"error":"depth 0 is not accepted: expected an integer from 1 to 10000"}"#);
/// ```
pub fn answer(request: &str) -> String {
    let answered = serde_json::from_str(request)
        .map_err(|error| format!("no such request: {error}"))
        .and_then(|request| match request {
            Request::Predict(line) => predict(&line),
            Request::Train(line) => train(&line),
            Request::Step(most) => running::step(most),
            Request::Probe(()) => running::probe(),
            Request::Presets(()) => Ok(presets::all().iter().map(presets::Preset::shown).collect()),
            Request::Cases(()) => cases::all().map(shown),
            Request::Exercise(()) => cases::exercise().map(shown),
        });
    answered.unwrap_or_else(|error| json!({ "error": error })).to_string()
}

fn predict(line: &RawValue) -> Result<Value, String> {
    let (recipe, training) = lines::read(line.get())?;
    check_prediction(&recipe, &training)?;
    let prediction = Prediction::of(&recipe, &training).map_err(|refused| refused.to_string())?;
    let mut answer = lines::answer(&prediction, &training);
    let more = json!({
        "line": lines::line(&recipe, &training),
        "network": words::network(&recipe),
        "training": words::training(&training),
        "command": command::flags(&recipe, &training),
        "options": options::options(&prediction),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        answer[name] = value.clone();
    }
    Ok(answer)
}

fn shown(cases: Vec<cases::Case>) -> Value {
    cases.iter().map(cases::Case::shown).collect()
}

fn train(line: &RawValue) -> Result<Value, String> {
    let (recipe, training) = lines::read(line.get())?;
    check_training(&recipe, &training)?;
    Ok(json!({ "parameters": running::start(&recipe, &training) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::prelude::*;

    fn asked(request: &str) -> Value {
        serde_json::from_str(&answer(request)).unwrap()
    }

    fn refused(request: &str) -> String {
        asked(request)["error"].as_str().unwrap_or_else(|| panic!("{request}")).to_owned()
    }

    #[test]
    fn drawn_biases_are_trained_and_not_predicted() {
        let line = json!({"depth": 3, "width": 8, "bias_std": 0.1, "lr": 0.01, "steps": 5});
        assert!(refused(&json!({ "predict": line }).to_string()).starts_with(
            "bias_std 0.1 is not accepted: expected 0: the theory of prediction covers"
        ));
        assert!(asked(&json!({ "train": line }).to_string())["parameters"].is_number());
    }

    #[test]
    fn a_field_that_stands_twice_is_refused_as_in_a_file() {
        let twice = r#"{"depth": 3, "depth": 4, "lr": 0.01}"#;
        let said = refused(&format!(r#"{{"predict": {twice}}}"#));
        assert_eq!(said, lines::read(twice).unwrap_err());
        assert!(said.contains("duplicate field `depth`"), "{said}");
    }

    #[test]
    fn what_would_take_minutes_says_what_to_lower() {
        let wide = json!({"depth": 200, "width": 1024, "lr": 0.01, "steps": 5});
        let said = refused(&json!({ "predict": wide }).to_string());
        assert!(
            said.starts_with("weights ") && said.ends_with("lower depth, width, inputs or classes"),
            "{said}"
        );
        let drawn = json!({"depth": 30, "width": 1024, "init": {"kind": "orthogonal", "value": 1}, "lr": 0.01});
        let said = refused(&json!({ "train": drawn }).to_string());
        assert!(
            said.starts_with(
                "width of orthogonal weights 1024 is more than this page takes: at most 256; "
            ),
            "{said}"
        );
    }

    #[test]
    fn decay_warm_up_and_clipping_are_trained_and_not_predicted() {
        for (name, value) in [("weight_decay", 0.01), ("warm_up", 2.0), ("clip_norm", 1.0)] {
            let mut line = json!({"depth": 3, "width": 8, "lr": 0.01, "steps": 5});
            line[name] = if name == "warm_up" { json!(2) } else { json!(value) };
            let said = refused(&json!({ "predict": line }).to_string());
            assert!(
                said.starts_with(&format!("{name} {value} is not accepted: expected ")),
                "{said}"
            );
            assert!(asked(&json!({ "train": line }).to_string())["parameters"].is_number());
        }
    }

    #[test]
    fn a_prediction_is_that_of_the_library() {
        let training = Training::sgd(1e-3).momentum(0.9).steps(1000);
        for init in [Init::Uniform(0.5), Init::Xavier, Init::Kaiming] {
            let recipe = Recipe::mlp(12).init(init);
            let prediction = recipe.predict(&training);
            let line = lines::line(&recipe, &training);
            // As text: serde_json reads some numbers in their last digit differently.
            let text = answer(&json!({ "predict": line }).to_string());
            let expected = lines::answer(&prediction, &training).to_string();
            assert!(text.starts_with(expected.trim_end_matches('}')), "{text}");
            let said: Value = serde_json::from_str(&text).unwrap();
            let again = lines::read(&said["line"].to_string()).unwrap();
            assert_eq!(again, (recipe, training.clone()));
        }
    }

    #[test]
    fn a_training_is_that_of_the_library() {
        let training = Training::sgd(1e-2).momentum(0.9).steps(30).seed(3);
        let recipe = Recipe::mlp(4).width(32).seed(3);
        let run = recipe.build().train(&SignOfSum::sample(1000, 200, 3), &training);
        let line = lines::line(&recipe, &training);
        assert_eq!(line["seed"], 3);
        let started = asked(&json!({ "train": line }).to_string());
        assert_eq!(started["parameters"], recipe.build().parameter_count());
        let first = json!({ "losses": &run.losses[..20], "outcome": null });
        assert_eq!(answer(r#"{"step": 20}"#), first.to_string());
        assert_eq!(asked(r#"{"probe": null}"#)["q"].as_array().unwrap().len(), 4);
        let rest = json!({ "losses": &run.losses[20..], "outcome": run.outcome() });
        assert_eq!(answer(r#"{"step": 20}"#), rest.to_string());
        // Nothing is left to do, and the outcome stays.
        let after = json!({ "losses": [], "outcome": run.outcome() });
        assert_eq!(answer(r#"{"step": 20}"#), after.to_string());
    }

    #[test]
    fn a_network_that_diverges_ends_in_null_and_says_so() {
        let line = r#"{"depth": 12, "width": 256, "init": {"kind": "uniform", "value": 0.5}, "lr": 0.001}"#;
        asked(&format!("{{\"train\": {line}}}"));
        let said = asked(r#"{"step": 100}"#);
        assert_eq!(said["outcome"], "diverges");
        assert_eq!(said["losses"].as_array().unwrap().last(), Some(&Value::Null));
    }

    #[test]
    fn what_is_wrong_is_one_sentence() {
        for (request, said) in [
            ("", "no such request: EOF"),
            (r#"{"dance": null}"#, "no such request: unknown variant `dance`"),
            (r#"{"predict": {"depth": 3}}"#, "missing field `lr`"),
            (r#"{"predict": {"depth": 3, "lr": -1}}"#, "lr -1 is not accepted"),
            (r#"{"predict": {"depth": 3, "lr": 1, "colour": 1}}"#, "unknown field \"colour\""),
            (r#"{"predict": {"depth": 201, "lr": 1}}"#, "depth 201 is more than this page takes"),
            (r#"{"train": {"depth": 3, "lr": 1, "inputs": 8}}"#, "inputs 8 is not accepted: "),
            (r#"{"train": {"depth": 99, "width": 1024, "lr": 1}}"#, "weights 101976064 is more"),
        ] {
            let error = refused(request);
            assert!(error.starts_with(said), "{request}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
