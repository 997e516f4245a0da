//! The rule that turns outcomes into words.

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
