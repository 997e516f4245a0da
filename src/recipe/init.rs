//! The initializations, as data.

mod named;

use serde::Deserialize;

use super::Refused;

/// How the entries of a weight matrix `[fan_in, fan_out]` are drawn. Biases start at zero.
///
/// | name | distribution | `fan_in Var(W)` | source |
/// |---|---|---|---|
/// | `uniform(a)` | `U[-a, a]` | `fan_in a^2 / 3` | |
/// | `xavier` | `N(0, 1/fan_in)` | 1 | Glorot & Bengio 2010, eq. 10 |
/// | `xavier_uniform` | `U` of the same variance | 1 | the same |
/// | `glorot` | `N(0, 2/(fan_in + fan_out))` | 1 where the fans agree | the same, eq. 12 |
/// | `glorot_uniform` | `U` of the same variance | the same | the same, eq. 16 |
/// | `kaiming` | `N(0, gain^2/fan_in)` | `gain^2` | He et al. 2015 "delving", eq. 10 |
/// | `kaiming_uniform` | `U` of the same variance | `gain^2` | the same |
/// | `sigma(v)` | `N(0, v^2/fan_in)` | `v^2` | Poole et al. 2016, section 2 |
/// | `orthogonal(v)` | orthogonal, entries of variance `v^2/fan_in` | `v^2` | Saxe et al. 2014 |
/// | `gpt2` | `N(0, 0.02^2)` | `fan_in 0.02^2` | Radford et al. 2019 (released code) |
///
/// `gain^2 = 1 / E phi(z)^2` with `z ~ N(0, 1)` is exact for every activation: 2 for ReLU, as in
/// the paper. No distribution is truncated.
///
/// The scale and the distribution are two choices: [`variance`](Init::variance) reads the one, drawing
/// reads the other. The names are those pairs that have one in the literature.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "named::Named")]
pub struct Init {
    scale: Scale,
    distribution: Distribution,
}

/// The variance of an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// `gain^2/fan`.
    Fan(Fan, Gain),
    /// That of `U[-a, a]`, whatever the fans: `a^2/3`.
    Bound(f64),
    /// `s^2`, whatever the fans.
    Deviation(f64),
}

/// The fan that a variance is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fan {
    /// `fan_in`: it keeps the signal.
    In,
    /// `(fan_in + fan_out)/2`: between what keeps the signal and what keeps the gradient.
    Average,
}

/// What a variance is multiplied by the square of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gain {
    /// 1, whatever the activation.
    One,
    /// The activation's.
    Activation,
    /// This one.
    Value(f64),
}

/// The law that entries follow, of the variance that the scale says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Independent normal entries.
    Normal,
    /// Independent entries, uniform on an interval around 0.
    Uniform,
    /// Orthogonal rows or columns.
    Orthogonal,
}

use Distribution::{Normal, Orthogonal, Uniform};

const fn fan(fan: Fan, gain: Gain, distribution: Distribution) -> Init {
    Init { scale: Scale::Fan(fan, gain), distribution }
}

#[allow(non_upper_case_globals, non_snake_case)] // They read as the names of a choice.
impl Init {
    /// `N(0, 1/fan_in)`.
    pub const Xavier: Init = fan(Fan::In, Gain::One, Normal);
    /// `U[-a, a]` with `a^2 = 3/fan_in`.
    pub const XavierUniform: Init = fan(Fan::In, Gain::One, Uniform);
    /// `N(0, 2/(fan_in + fan_out))`.
    pub const Glorot: Init = fan(Fan::Average, Gain::One, Normal);
    /// `U[-a, a]` with `a^2 = 6/(fan_in + fan_out)`.
    pub const GlorotUniform: Init = fan(Fan::Average, Gain::One, Uniform);
    /// `N(0, gain^2/fan_in)`.
    pub const Kaiming: Init = fan(Fan::In, Gain::Activation, Normal);
    /// `U[-a, a]` with `a^2 = 3 gain^2/fan_in`.
    pub const KaimingUniform: Init = fan(Fan::In, Gain::Activation, Uniform);
    /// `N(0, 0.02^2)`, whatever the fans.
    pub const Gpt2: Init = Init { scale: Scale::Deviation(0.02), distribution: Normal };

    /// `U[-a, a]`, whatever the fans.
    pub const fn Uniform(a: f64) -> Init {
        Init { scale: Scale::Bound(a), distribution: Uniform }
    }

    /// `N(0, v^2/fan_in)`.
    pub const fn Sigma(v: f64) -> Init {
        fan(Fan::In, Gain::Value(v), Normal)
    }

    /// Orthogonal rows or columns, scaled to entries of variance `v^2/fan_in`.
    pub const fn Orthogonal(v: f64) -> Init {
        fan(Fan::In, Gain::Value(v), Orthogonal)
    }
}

/// That of the paper on ReLU: `kaiming`.
impl Default for Init {
    fn default() -> Init {
        Init::Kaiming
    }
}

impl Init {
    /// The variance of an entry.
    pub fn scale(self) -> Scale {
        self.scale
    }

    /// The law of the entries.
    pub fn distribution(self) -> Distribution {
        self.distribution
    }

    /// Variance of one entry of a `[fan_in, fan_out]` matrix, given the activation's `gain`.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Init::Kaiming.variance(256, 256, 2f64.sqrt()), 2.0000000000000004 / 256.0);
    /// assert_eq!(Init::Glorot.variance(100, 300, 1.0), 0.005);
    /// ```
    // ANCHOR: variance
    pub fn variance(self, fan_in: usize, fan_out: usize, gain: f64) -> f64 {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        match self.scale {
            Scale::Fan(fan, own) => {
                let gain = match own {
                    Gain::One => 1.0,
                    Gain::Activation => gain,
                    Gain::Value(v) => v,
                };
                let fan = match fan {
                    Fan::In => fan_in,
                    Fan::Average => 0.5 * (fan_in + fan_out),
                };
                gain * gain / fan
            }
            Scale::Bound(a) => a * a / 3.0,
            Scale::Deviation(s) => s * s,
        }
    }
    // ANCHOR_END: variance

    /// Whether rows or columns are orthogonal; else entries are independent.
    pub fn is_orthogonal(self) -> bool {
        self.distribution == Orthogonal
    }

    pub(crate) fn check(self) -> Result<(), Refused> {
        match self.value() {
            Some(v) => Refused::unless_positive("init value", v),
            None => Ok(()),
        }
    }

    /// The number that its name takes, if it takes one.
    const fn value(self) -> Option<f64> {
        match self.scale {
            Scale::Bound(v) | Scale::Fan(_, Gain::Value(v)) => Some(v),
            Scale::Fan(_, Gain::One | Gain::Activation) | Scale::Deviation(_) => None,
        }
    }
}
