//! What decides a verdict, and the sentence that says so.

use super::chance::{Limits, Risks};
use super::stability::Stability;
use super::verdict::Verdict;
use crate::recipe::Training;

/// What decides a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The signal is not finite.
    Overflows,
    /// The first updates rewrite the network.
    Rewritten,
    /// They drive all inputs to one output.
    Collapses,
    /// They leave it as it is, and it follows its curve.
    Stable,
}

impl Cause {
    /// That of a verdict: the largest of the risks that lead to it.
    pub(super) fn of(verdict: Verdict, risks: Option<Risks>) -> Cause {
        let Some(Risks { rewritten, collapses, slow, .. }) = risks else { return Cause::Overflows };
        match verdict {
            Verdict::Diverges => Cause::Rewritten,
            Verdict::Trains => Cause::Stable,
            Verdict::Vanishes if slow >= rewritten.max(collapses) => Cause::Stable,
            Verdict::Vanishes if rewritten > collapses => Cause::Rewritten,
            Verdict::Vanishes => Cause::Collapses,
        }
    }
}

/// Why. `course`: the loss at the start, and at the end if the start is stable.
pub(super) fn explain(
    cause: Cause,
    verdict: Verdict,
    stability: &Stability,
    course: (f64, f64),
    training: &Training,
) -> String {
    let (limits, steps) = (Limits::of(training), training.steps);
    let against = |size: f64, limit: f64| {
        let relation = if size > limit { "above" } else { "near" };
        format!("{}, {relation} its limit of {limit}", short(size))
    };
    let most = limits.push(stability.kind);
    match cause {
        Cause::Overflows => {
            "the signal leaves the finite numbers on its way through the layers".to_owned()
        }
        Cause::Rewritten => {
            let held = match verdict {
                Verdict::Vanishes => ", and its norms hold the loss near a guess",
                _ => "",
            };
            let size = against(stability.push, most);
            format!("weights move by {size}: the first updates rewrite the network{held}")
        }
        Cause::Collapses => format!(
            "collapse, sharpness {} times the root of norms and noise over the spread of the outputs, is \
             {}, and no stream goes around the norms: the first steps drive all inputs to one output",
            short(stability.sharpness),
            against(stability.collapse.unwrap_or(f64::NAN), limits.collapse),
        ),
        Cause::Stable => {
            let (from, to) = (short(course.0), short(course.1));
            let relation = if stability.push > most { "near" } else { "below" };
            let course = format!(
                "loss {from} -> {to} by step {steps}; weights move by {} per step, {relation} their \
                 limit of {most}",
                short(stability.push)
            );
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
