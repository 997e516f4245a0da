//! A configuration that was trained, and what came of it.

use crate::{line, read_measured, with};
use minigrad::recipe::{Outcome, Recipe, Training};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// The outcomes in the order of tables and matrices.
pub const OUTCOMES: [Outcome; 3] = [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains];

/// A configuration that was trained; in data, its line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub struct Measured {
    /// The network; its seed is that of the first run.
    pub recipe: Recipe,
    /// Its training.
    pub training: Training,
    /// What became of each run.
    pub outcomes: Vec<Outcome>,
    /// Median over the runs of the mean loss of each of the training's windows; not finite where
    /// runs left the finite numbers.
    pub losses: Vec<f64>,
}

impl Measured {
    /// What most runs did; `None` if no outcome has a majority over each other.
    pub fn outcome(&self) -> Option<Outcome> {
        let count = |outcome| self.outcomes.iter().filter(|&&o| o == outcome).count();
        let most = OUTCOMES.into_iter().max_by_key(|&outcome| count(outcome))?;
        let ties = OUTCOMES.into_iter().filter(|&outcome| count(outcome) == count(most)).count();
        (ties == 1).then_some(most)
    }

    /// What groups it in cross-validation: everything but learning rate, steps and seeds.
    pub fn architecture(&self) -> String {
        self.recipe.to_string()
    }
}

/// The line that [`read_measured`] reads as this.
impl From<Measured> for Value {
    fn from(Measured { recipe, training, outcomes, losses }: Measured) -> Value {
        with(line(&recipe, &training), &json!({"outcome": outcomes, "loss_median": losses}))
    }
}

impl TryFrom<Value> for Measured {
    type Error = String;

    fn try_from(line: Value) -> Result<Measured, String> {
        read_measured(&line.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_is_more_than_any_other() {
        let of = |outcomes: &[Outcome]| Measured {
            recipe: Recipe::mlp(2),
            training: Training::sgd(0.1),
            outcomes: outcomes.to_vec(),
            losses: vec![],
        };
        let [d, v, t] = OUTCOMES;
        assert_eq!(of(&[d, v]).outcome(), None);
        assert_eq!(of(&[t, v, t]).outcome(), Some(t));
        assert_eq!(of(&[d]).outcome(), Some(d));
    }
}
