//! What became of a training run.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What became of a run, by its losses alone.
///
/// With *final* the mean batch loss over the last tenth of the steps:
///
/// - **diverges**: a loss is not finite, or `final > 1.05 max(initial loss, ln classes)`;
/// - **trains**: `final <= 0.5 ln classes`;
/// - **vanishes**: everything else: the loss stalls, or crawls within its budget of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The loss left the finite numbers, or ended above its start.
    Diverges,
    /// The loss stayed near that of a guess.
    Vanishes,
    /// The loss ended at half that of a guess, or below.
    Trains,
}

impl Outcome {
    /// Judges the losses of one run, one a step; a run that was stopped early ends in a
    /// non-finite loss.
    ///
    /// # Panics
    /// On an empty slice.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Outcome::of(&[0.7, 0.5, 0.1], 2), Outcome::Trains);
    /// assert_eq!(Outcome::of(&[0.7, 0.7, 0.69], 2), Outcome::Vanishes);
    /// assert_eq!(Outcome::of(&[0.7, 9.0, f32::NAN], 2), Outcome::Diverges);
    /// ```
    // ANCHOR: outcome
    #[track_caller]
    pub fn of(losses: &[f32], classes: usize) -> Outcome {
        let guess = libm::log(classes as f64);
        let Some(initial) = losses.first() else { panic!("outcome: there are no losses") };
        let initial = f64::from(*initial);
        let last = Outcome::final_loss(losses);
        if losses.iter().any(|loss| !loss.is_finite()) || last > 1.05 * initial.max(guess) {
            Outcome::Diverges
        } else if last <= 0.5 * guess {
            Outcome::Trains
        } else {
            Outcome::Vanishes
        }
    }
    // ANCHOR_END: outcome

    /// Mean of the last tenth of `losses`, at least one of them.
    ///
    /// # Panics
    /// On an empty slice.
    #[track_caller]
    pub fn final_loss(losses: &[f32]) -> f64 {
        assert!(!losses.is_empty(), "final_loss: there are no losses");
        let tail = &losses[losses.len() - (losses.len() / 10).max(1)..];
        tail.iter().map(|&loss| f64::from(loss)).sum::<f64>() / tail.len() as f64
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::Diverges => "diverges",
            Outcome::Vanishes => "vanishes",
            Outcome::Trains => "trains",
        })
    }
}
