//! Values that descriptions do not accept.

use std::fmt;

/// A value that a description does not accept; its `Display` is one line for the user.
#[derive(Clone, Debug, PartialEq)]
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

    /// Refuses sizes outside `least..=most`.
    pub(crate) fn unless_within(
        field: &'static str,
        value: usize,
        least: usize,
        most: usize,
    ) -> Result<(), Refused> {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(Refused::new(field, value, format!("an integer from {least} to {most}")))
    }

    /// Refuses everything but finite numbers above zero.
    pub(crate) fn unless_positive(field: &'static str, value: f64) -> Result<(), Refused> {
        if value.is_finite() && value > 0.0 {
            return Ok(());
        }
        Err(Refused::new(field, value, "a finite number above 0"))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} is not accepted: expected {}", self.field, self.value, self.expected)
    }
}

impl std::error::Error for Refused {}
