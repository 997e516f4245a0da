//! Values that descriptions do not accept.

use std::fmt;

/// Layers or blocks: the deepest network that the literature has trained (Xiao et al. 2018).
pub(super) const MOST_DEPTH: usize = 10_000;
/// Units of a layer, inputs or classes: a square matrix of this size alone would hold 2^32 weights.
pub(super) const MOST_UNITS: usize = 65_536;
/// Examples of a batch.
pub(super) const MOST_BATCH: usize = 65_536;
/// Updates: a thousand times as many as the book's longest runs.
pub(super) const MOST_STEPS: usize = 1_000_000;

/// A value that a description does not accept; its `Display` is one line for the user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refused {
    /// Name of the field.
    pub field: &'static str,
    /// The value as it was given.
    pub value: String,
    /// What would be accepted.
    pub expected: String,
}

impl Refused {
    pub(crate) fn new(
        field: &'static str,
        value: impl fmt::Display,
        expected: impl Into<String>,
    ) -> Refused {
        Refused { field, value: value.to_string(), expected: expected.into() }
    }

    /// Refuses a value unless it `is_accepted`.
    pub(crate) fn unless(
        is_accepted: bool,
        field: &'static str,
        value: impl fmt::Display,
        expected: impl Into<String>,
    ) -> Result<(), Refused> {
        match is_accepted {
            true => Ok(()),
            false => Err(Refused::new(field, value, expected)),
        }
    }

    /// Refuses sizes outside `least..=most`.
    pub(crate) fn unless_within(
        field: &'static str,
        value: usize,
        least: usize,
        most: usize,
    ) -> Result<(), Refused> {
        let is_within = (least..=most).contains(&value);
        Refused::unless(is_within, field, value, Refused::integer(least, most))
    }

    /// What is expected of a size.
    pub(crate) fn integer(least: usize, most: usize) -> String {
        format!("an integer from {least} to {most}")
    }

    /// Refuses everything but finite numbers above zero.
    pub(crate) fn unless_positive(field: &'static str, x: f64) -> Result<(), Refused> {
        let is_positive = x.is_finite() && x > 0.0;
        Refused::unless(is_positive, field, Number(x), "a finite number above 0")
    }

    /// Refuses everything but finite numbers from zero up.
    pub(crate) fn unless_deviation(field: &'static str, x: f64) -> Result<(), Refused> {
        let is_deviation = x.is_finite() && x >= 0.0;
        Refused::unless(is_deviation, field, Number(x), "a finite number from 0 up")
    }

    /// Refuses everything but numbers of `[0, 1)`.
    pub(crate) fn unless_share(field: &'static str, x: f64) -> Result<(), Refused> {
        Refused::unless((0.0..1.0).contains(&x), field, Number(x), "a number from 0 to below 1")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} is not accepted: expected {}", self.field, self.value, self.expected)
    }
}

impl std::error::Error for Refused {}

/// A number as people write it: with an exponent where there would be many zeros.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            x if x == 0.0 || !x.is_finite() || (1e-9..1e16).contains(&x.abs()) => write!(f, "{x}"),
            x => write!(f, "{x:e}"),
        }
    }
}
