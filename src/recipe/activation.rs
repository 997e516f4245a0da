//! The activations, as mathematical functions.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use super::Refused;

/// An activation `phi`, applied to every entry of a pre-activation.
///
/// | name | `phi(z)` |
/// |---|---|
/// | identity | `z` |
/// | relu | `max(0, z)` |
/// | tanh | `tanh z` |
/// | gelu | `z Phi(z)`, with the exact normal distribution function `Phi` |
/// | silu | `z / (1 + exp(-z))` |
///
/// *Source*: ReLU as in He et al. 2015 ("delving"); GELU, Hendrycks & Gimpel 2016, section 2
/// (the exact form, not the tanh approximation); SiLU, the same, section 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// `z`: a deep linear network.
    Identity,
    /// `max(0, z)`.
    #[default]
    Relu,
    /// `tanh z`.
    Tanh,
    /// `z Phi(z)`.
    Gelu,
    /// `z sigmoid(z)`.
    Silu,
}

use Activation::*;

impl Activation {
    /// Every activation, in the order of the tables.
    pub const ALL: [Activation; 5] = [Identity, Relu, Tanh, Gelu, Silu];

    /// The name used in recipes and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Identity => "identity",
            Relu => "relu",
            Tanh => "tanh",
            Gelu => "gelu",
            Silu => "silu",
        }
    }

    /// `phi(z)` in f64, the definition that theory integrates.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Relu.value(-3.0), 0.0);
    /// assert!((Gelu.value(1.0) - 0.841344746068543).abs() < 1e-14);
    /// ```
    pub fn value(self, z: f64) -> f64 {
        match self {
            Identity => z,
            Relu => z.max(0.0),
            Tanh => libm::tanh(z),
            Gelu => z * normal_cdf(z),
            Silu => z * sigmoid(z),
        }
    }

    /// `phi'(z)` in f64; for ReLU, 0 at 0.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Tanh.derivative(0.0), 1.0);
    /// assert_eq!(Gelu.derivative(0.0), 0.5);
    /// ```
    pub fn derivative(self, z: f64) -> f64 {
        match self {
            Identity => 1.0,
            Relu => (z > 0.0) as u8 as f64,
            Tanh => 1.0 - libm::tanh(z) * libm::tanh(z),
            Gelu => normal_cdf(z) + z * normal_density(z),
            Silu => sigmoid(z) * (1.0 + z * (1.0 - sigmoid(z))),
        }
    }
}

impl Activation {
    /// `phi(z)` and `phi'(z)`, to the bit as [`value`](Activation::value) and
    /// [`derivative`](Activation::derivative) have them, sharing their work.
    pub(crate) fn value_and_derivative(self, z: f64) -> (f64, f64) {
        match self {
            Identity | Relu => (self.value(z), self.derivative(z)),
            Tanh => {
                let tanh = libm::tanh(z);
                (tanh, 1.0 - tanh * tanh)
            }
            Gelu => {
                let cdf = normal_cdf(z);
                (z * cdf, cdf + z * normal_density(z))
            }
            Silu => {
                let sigmoid = sigmoid(z);
                (z * sigmoid, sigmoid * (1.0 + z * (1.0 - sigmoid)))
            }
        }
    }
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-z))
}

/// `Phi(z)`; `erfc` keeps the relative accuracy of the left tail.
fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

fn normal_density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI)
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Activation {
    type Err = Refused;

    fn from_str(name: &str) -> Result<Activation, Refused> {
        Activation::ALL.into_iter().find(|phi| phi.name() == name).ok_or_else(|| {
            let names = Activation::ALL.map(Activation::name).join(", ");
            Refused::new("activation", format!("{name:?}"), format!("one of {names}"))
        })
    }
}
