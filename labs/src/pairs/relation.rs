//! The pairs, and the rule that turns outcomes into words.

use super::INITS;
use std::fmt;

/// What two tricks do to each other, by which of the four networks train: with neither, with the
/// first, with the second, with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Trains with neither, and with both.
    Idle,
    /// Either alone trains, and both do.
    Redundant,
    /// Of the two alone only the first trains, and both do.
    First,
    /// Of the two alone only the second trains, and both do.
    Second,
    /// Only both together train.
    Necessary,
    /// Both together do not train, though fewer do.
    Harmful,
    /// Nothing trains.
    NotEnough,
}

impl Relation {
    /// The rule.
    // ANCHOR: relation
    pub fn of(neither: bool, first: bool, second: bool, both: bool) -> Relation {
        match (neither, first, second, both) {
            (false, false, false, false) => Relation::NotEnough,
            (_, _, _, false) => Relation::Harmful,
            (true, _, _, true) => Relation::Idle,
            (false, true, true, true) => Relation::Redundant,
            (false, true, false, true) => Relation::First,
            (false, false, true, true) => Relation::Second,
            (false, false, false, true) => Relation::Necessary,
        }
    }
    // ANCHOR_END: relation
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Relation::Idle => "idle",
            Relation::Redundant => "redundant",
            Relation::First => "first",
            Relation::Second => "second",
            Relation::Necessary => "necessary",
            Relation::Harmful => "harmful",
            Relation::NotEnough => "not enough",
        })
    }
}

/// One pair of tricks, in one setting of the third: what the two are called, what is given, and init,
/// norm and residual connection with neither, the first, the second, both.
pub type Pair = ([&'static str; 2], String, [(&'static str, bool, bool); 4]);

/// Every pair in every setting: a bad init against Kaiming, a norm, residual connections.
pub fn pairs() -> Vec<Pair> {
    let four = [(false, false), (true, false), (false, true), (true, true)];
    let bad = ["uniform", "GPT-2"];
    let init = |bad, good| if good { "Kaiming" } else { bad };
    let mut pairs = vec![];
    for (residual, given) in [(false, "no residual"), (true, "residual")] {
        pairs.extend(bad.map(|bad| {
            let four = four.map(|(good, norm)| (init(bad, good), norm, residual));
            (["init", "norm"], format!("{bad}, {given}"), four)
        }));
    }
    for (norm, given) in [(false, "no norm"), (true, "norm")] {
        pairs.extend(bad.map(|bad| {
            let four = four.map(|(good, residual)| (init(bad, good), norm, residual));
            (["init", "residual"], format!("{bad}, {given}"), four)
        }));
    }
    pairs.extend(INITS.map(|(init, _)| {
        (["norm", "residual"], init.into(), four.map(|(norm, residual)| (init, norm, residual)))
    }));
    pairs
}
