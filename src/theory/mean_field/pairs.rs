//! Second moments of two inputs at once.

use std::ops::{Add, Mul};

/// `E h(x) h(x')` at four correlations of the inputs: 1, 0, and plus and minus `1/sqrt(inputs)`.
///
/// Two inputs with independent entries have a correlation of about `1/sqrt(inputs)`, of either
/// sign. Over a data set such a function of the correlation is therefore close to
///
/// ```text
/// common + linear c + own [x = x']
/// ```
///
/// a constant, a line through the origin, and what an input shares with itself alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pairs {
    /// Of an input with itself: `c = 1`.
    pub same: f64,
    /// Of two orthogonal inputs: `c = 0`.
    pub apart: f64,
    /// At `c = 1/sqrt(inputs)`.
    pub towards: f64,
    /// At `c = -1/sqrt(inputs)`.
    pub away: f64,
}

impl Pairs {
    /// The inputs themselves, of unit second moment.
    pub(super) fn of_inputs(inputs: usize) -> Pairs {
        let typical = 1.0 / libm::sqrt(inputs as f64);
        Pairs { same: 1.0, apart: 0.0, towards: typical, away: -typical }
    }

    pub(super) fn constant(value: f64) -> Pairs {
        Pairs { same: value, apart: value, towards: value, away: value }
    }

    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Pairs {
        let Pairs { same, apart, towards, away } = self;
        Pairs { same: f(same), apart: f(apart), towards: f(towards), away: f(away) }
    }

    fn zip(self, other: Pairs, f: impl Fn(f64, f64) -> f64) -> Pairs {
        Pairs {
            same: f(self.same, other.same),
            apart: f(self.apart, other.apart),
            towards: f(self.towards, other.towards),
            away: f(self.away, other.away),
        }
    }

    /// The correlations: every entry relative to `same`; where the signal is zero, 1.
    pub fn correlation(self) -> Pairs {
        let relative = |value: f64| value / self.same;
        self.map(|value| if relative(value).is_nan() { 1.0 } else { relative(value) })
    }

    // ANCHOR: parts
    /// What all inputs share: the value at `c = 0`.
    pub fn common(self) -> f64 {
        self.apart.max(0.0)
    }

    /// Slope in `c` at 0, from the values at the two typical correlations of `inputs` entries.
    pub fn linear(self, inputs: usize) -> f64 {
        (0.5 * libm::sqrt(inputs as f64) * (self.towards - self.away)).max(0.0)
    }

    /// What is left at `c = 1`.
    pub fn own(self, inputs: usize) -> f64 {
        (self.same - self.common() - self.linear(inputs)).max(0.0)
    }
    // ANCHOR_END: parts
}

impl Add for Pairs {
    type Output = Pairs;

    fn add(self, other: Pairs) -> Pairs {
        self.zip(other, |a, b| a + b)
    }
}

impl Mul for Pairs {
    type Output = Pairs;

    fn mul(self, other: Pairs) -> Pairs {
        self.zip(other, |a, b| a * b)
    }
}

impl Mul<f64> for Pairs {
    type Output = Pairs;

    fn mul(self, factor: f64) -> Pairs {
        self.map(|value| value * factor)
    }
}
