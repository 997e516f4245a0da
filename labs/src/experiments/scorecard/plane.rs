//! Where the networks stand among the sizes that decide a verdict.

use super::Scorecard;
use crate::experiments::score::{Measured, OUTCOMES};
use crate::experiments::Report;
use minigrad::recipe::Outcome;
use minigrad::theory::{Kind, Limits, Prediction};

/// A network among the sizes of the verdict, each relative to its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The push.
    pub push: f64,
    /// The collapse, where every path goes through a norm.
    pub collapse: Option<f64>,
    /// The final loss of the curve, whose limit is half that of a guess.
    pub loss: f64,
    /// What most of its runs did, if that can be said.
    pub outcome: Option<Outcome>,
}

impl Place {
    /// Whether every size is below its limit.
    pub fn is_safe(&self) -> bool {
        self.push < 1.0 && self.collapse.is_none_or(|size| size < 1.0) && self.loss < 1.0
    }
}

impl Scorecard {
    /// One place a configuration, in the order of the design.
    pub fn places(&self) -> Vec<Place> {
        let limits = Limits::FITTED;
        let place = |(measured, prediction): &(Measured, Prediction)| {
            let stability = &prediction.stability;
            let collapse = stability.collapse.filter(|_| stability.kind == Kind::Enclosed);
            Place {
                push: stability.push / limits.push(stability.kind),
                collapse: collapse.map(|size| size / limits.collapse),
                loss: prediction.stable_end() / (0.5 * std::f64::consts::LN_2),
                outcome: measured.outcome(),
            }
        };
        self.pairs.iter().map(place).collect()
    }
}

/// The data behind the plane: one entry a configuration; an outcome is its place in [`OUTCOMES`].
pub(super) fn say(report: &mut Report, places: &[Place]) {
    report.series("plane push", places.iter().map(|place| place.push));
    report.series("plane collapse", places.iter().map(|p| p.collapse.unwrap_or(f64::NAN)));
    report.series("plane loss", places.iter().map(|place| place.loss));
    let number = |outcome: Outcome| OUTCOMES.iter().position(|&o| o == outcome);
    let outcomes = places.iter().map(|place| {
        let number = place.outcome.and_then(number);
        number.map_or(f64::NAN, |number| f64::from(number as u32))
    });
    report.series("plane outcome", outcomes);
    let trained = |safe: bool| {
        let those = places.iter().filter(|place| place.is_safe() == safe);
        let outcomes: Vec<Outcome> = those.filter_map(|place| place.outcome).collect();
        let trained = outcomes.iter().filter(|&&outcome| outcome == Outcome::Trains).count();
        (trained, outcomes.len())
    };
    for (name, safe) in [("below", true), ("above", false)] {
        let (trained, all) = trained(safe);
        report.value(format!("plane_{name}_trained"), trained);
        report.value(format!("plane_{name}"), all);
    }
}
