//! The verdict, and the sentence that says why.

use super::stability::{Limits, Stability, Start};
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

/// What becomes of a run, given its start, and its end if the start is stable.
pub(super) fn verdict(start: Start, stable_end: f64) -> Verdict {
    match start {
        Start::Overflows | Start::Bursts => Verdict::Diverges,
        Start::Collapses | Start::BurstsHeld => Verdict::Vanishes,
        Start::Stable if stable_end <= 0.5 * GUESS => Verdict::Trains,
        Start::Stable => Verdict::Vanishes,
    }
}

/// Why. `course`: the loss at the start, and at the end if the start is stable.
pub(super) fn explain(
    start: Start,
    verdict: Verdict,
    stability: &Stability,
    course: (f64, f64),
    steps: usize,
) -> String {
    let Limits { movement: most, collapse } = Limits::FITTED;
    let moved = format!("relative weight movement {} per step", short(stability.movement));
    let rewrites = format!("{moved} exceeds {most}: the first updates rewrite the network");
    match start {
        Start::Overflows => {
            "the signal leaves the finite numbers on its way through the layers".to_owned()
        }
        Start::Bursts => rewrites,
        Start::BurstsHeld => format!("{rewrites}, and its norms hold the loss near a guess"),
        Start::Collapses => format!(
            "sharpness {} of the mean mode times kernel spread {} exceeds {collapse}, and no stream \
             goes around the norms: the first steps drive all inputs to one output",
            short(stability.mean_sharpness),
            short(stability.spread.unwrap_or(f64::NAN)),
        ),
        Start::Stable => {
            let (from, to) = (short(course.0), short(course.1));
            let course = format!("loss {from} -> {to} by step {steps}; {moved} is below {most}");
            match verdict {
                Verdict::Trains => course,
                _ => format!("{course}, so it is stable, but too slow for {steps} steps"),
            }
        }
    }
}

/// Two significant digits.
fn short(x: f64) -> String {
    let rounded = format!("{x:.1e}");
    match rounded.split_once('e').and_then(|(_, e)| e.parse::<i32>().ok()) {
        Some(exponent @ -3..=3) => format!("{:.*}", (1 - exponent).max(0) as usize, x),
        _ => rounded,
    }
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
