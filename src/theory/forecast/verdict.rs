//! The verdict.

use crate::recipe::Outcome;
use std::fmt;

/// The loss of a guess between two classes.
pub(super) const GUESS: f64 = std::f64::consts::LN_2;

/// What theory says will become of a run; the three cases are those of [`Outcome`].
///
/// A type of its own: what is predicted and what is observed can be compared, and never mixed up.
///
/// ```
/// use minigrad::prelude::*;
/// assert_eq!(Verdict::Trains, Outcome::Trains);
/// assert_ne!(Outcome::Vanishes, Verdict::Diverges);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The loss will leave the finite numbers, or end above its start.
    Diverges,
    /// The loss will stay near that of a guess.
    Vanishes,
    /// The loss will end at half that of a guess, or below.
    Trains,
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Verdict {
        match outcome {
            Outcome::Diverges => Verdict::Diverges,
            Outcome::Vanishes => Verdict::Vanishes,
            Outcome::Trains => Verdict::Trains,
        }
    }
}

impl PartialEq<Outcome> for Verdict {
    fn eq(&self, outcome: &Outcome) -> bool {
        *self == Verdict::from(*outcome)
    }
}

impl PartialEq<Verdict> for Outcome {
    fn eq(&self, verdict: &Verdict) -> bool {
        verdict == self
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Diverges => "diverges",
            Verdict::Vanishes => "vanishes",
            Verdict::Trains => "trains",
        })
    }
}
