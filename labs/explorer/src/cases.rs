//! Networks with a known outcome, to be judged by the reader.
//!
//! Each is a line of the development set, `labs/data/development.jsonl`, whose two seeds agree: up to
//! four of each kind and outcome, spread over the learning rates.

use minigrad::recipe::{Body, Norm, Outcome, Recipe};
use minigrad_lines as lines;
use serde_json::{json, Value};

const MEASURED: &str = include_str!("../cases.jsonl");

/// All of them.
///
/// # Errors
/// If one of the measured lines cannot be read.
pub fn all() -> Result<Value, String> {
    let read = MEASURED.lines().map(lines::read_measured).collect::<Result<Vec<_>, _>>()?;
    Ok(read
        .iter()
        .filter_map(|case| {
            let outcome = agreed(&case.outcomes)?;
            let line = lines::line(&case.recipe, &case.training);
            Some(json!({ "line": line, "kind": kind(&case.recipe), "outcome": outcome }))
        })
        .collect())
}

/// What became of all runs, if of all the same.
fn agreed(outcomes: &[Outcome]) -> Option<Outcome> {
    let first = outcomes.first().copied()?;
    outcomes.iter().all(|outcome| *outcome == first).then_some(first)
}

/// What decides most over a network, in the words of the book.
fn kind(recipe: &Recipe) -> String {
    let body = match recipe.body {
        Body::Plain => "layers",
        Body::Block => "blocks",
    };
    let norm = if recipe.norm == Norm::None { "no norm" } else { "a norm" };
    let residual = if recipe.residual { "residual" } else { "no residual" };
    format!("{body}, {norm}, {residual}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_case_was_measured() {
        let measured: BTreeSet<&str> =
            include_str!("../../data/development.jsonl").lines().collect();
        assert!(MEASURED.lines().all(|line| measured.contains(line)));
    }

    #[test]
    fn every_kind_and_outcome_is_dealt_and_fits_the_page() {
        let cases = all().unwrap();
        let cases = cases.as_array().unwrap();
        let distinct = |field: &str| -> BTreeSet<&str> {
            cases.iter().filter_map(|case| case[field].as_str()).collect()
        };
        assert_eq!(distinct("outcome").len(), 3);
        assert_eq!(distinct("kind").len(), 8, "{:?}", distinct("kind"));
        for case in cases {
            let (recipe, training) = lines::read(&case["line"].to_string()).unwrap();
            crate::bounds::check_training(&recipe, &training).unwrap();
        }
    }
}
