//! Networks with a known outcome, to be judged by the reader.
//!
//! Each is a line of the development set, `labs/data/development.jsonl`, whose two seeds agree: up to
//! four of each kind and outcome, spread over the learning rates.

use minigrad::recipe::{Body, Norm, Outcome, Recipe, Training};
use minigrad_lines as lines;
use serde_json::{json, Value};

const MEASURED: &str = include_str!("../cases.jsonl");

/// The cases of the self-test, as lines of `cases.jsonl` from 0: every kind, the outcomes in turn.
const EXERCISE: [usize; 20] =
    [39, 7, 6, 43, 10, 42, 52, 14, 63, 61, 57, 70, 25, 73, 20, 68, 84, 88, 77, 78];

/// A network that was trained from two seeds, which agreed.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The network.
    pub recipe: Recipe,
    /// Its training.
    pub training: Training,
    /// What became of it.
    pub outcome: Outcome,
}

impl Case {
    /// As JSON.
    pub fn shown(&self) -> Value {
        let Case { recipe, training, outcome } = self;
        let line = lines::line(recipe, training);
        json!({ "line": line, "kind": kind(recipe), "outcome": outcome })
    }
}

/// All of them.
///
/// # Errors
/// If one of the measured lines cannot be read.
pub fn all() -> Result<Vec<Case>, String> {
    let read = MEASURED.lines().map(lines::read_measured).collect::<Result<Vec<_>, _>>()?;
    let agreed = read.into_iter().filter_map(|case| {
        let outcome = agreed(&case.outcomes)?;
        Some(Case { recipe: case.recipe, training: case.training, outcome })
    });
    Ok(agreed.collect())
}

/// The twenty of the self-test, in its order.
///
/// # Errors
/// As [`all`].
pub fn exercise() -> Result<Vec<Case>, String> {
    let all = all()?;
    Ok(EXERCISE.iter().filter_map(|&at| all.get(at).cloned()).collect())
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

    fn kinds(cases: &[Case]) -> BTreeSet<String> {
        cases.iter().map(|case| kind(&case.recipe)).collect()
    }

    #[test]
    fn every_kind_and_outcome_is_dealt_and_fits_the_page() {
        let cases = all().unwrap();
        assert_eq!(cases.len(), MEASURED.lines().count());
        assert_eq!(cases.iter().map(|case| case.outcome).collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(kinds(&cases).len(), 8, "{:?}", kinds(&cases));
        for case in cases {
            crate::bounds::check_training(&case.recipe, &case.training).unwrap();
        }
    }

    /// Who always says the same scores a third, and who counts on a pattern is led astray.
    #[test]
    fn the_self_test_has_every_kind_and_no_favourite() {
        let cases = exercise().unwrap();
        assert_eq!(cases.len(), 20);
        assert_eq!(kinds(&cases).len(), 8, "{:?}", kinds(&cases));
        for outcome in [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains] {
            let count = cases.iter().filter(|case| case.outcome == outcome).count();
            assert!((6..=7).contains(&count), "{outcome} {count}");
        }
        assert_eq!(BTreeSet::from(EXERCISE).len(), 20, "none is asked twice");
    }
}
