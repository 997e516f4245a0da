//! What a result shows, and of which results it must.

use serde::Serialize;

/// Of which results a claim says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Of the experiment's small settings, which `cargo test` runs, and of the book's.
    Small,
    /// Of the book's settings alone: the lab that draws the book's figures fails where it does not.
    Book,
    /// Of times, which no second run repeats: said of the run at hand, and never a failure.
    Times,
}

/// A sentence about a result, and whether the result bears it out.
///
/// ```
/// use minigrad_labs::experiments::{Claim, Scope};
/// assert_eq!(Claim::new("Kaiming trains.", true).scope, Scope::Small);
/// assert_eq!(Claim::book("Fifty blocks collapse.", true).scope, Scope::Book);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// The sentence, as the chapter prints it.
    pub sentence: String,
    /// Whether it is true of this result.
    pub holds: bool,
    /// Of which results it must be.
    pub scope: Scope,
}

impl Claim {
    /// A claim on every result from the small settings upwards.
    pub fn new(sentence: impl Into<String>, holds: bool) -> Claim {
        Claim { sentence: sentence.into(), holds, scope: Scope::Small }
    }

    /// A claim on results at the book's settings alone.
    pub fn book(sentence: impl Into<String>, holds: bool) -> Claim {
        Claim { scope: Scope::Book, ..Claim::new(sentence, holds) }
    }

    /// A claim on times.
    pub fn times(sentence: impl Into<String>, holds: bool) -> Claim {
        Claim { scope: Scope::Times, ..Claim::new(sentence, holds) }
    }
}
