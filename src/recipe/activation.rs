//! The activations, as mathematical functions.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

use super::given::Given;
use super::refused::Number;
use super::Refused;
use crate::math::double;

/// An activation `phi`, applied to every entry of a pre-activation.
///
/// | name | `phi(z)` | source |
/// |---|---|---|
/// | identity | `z` | |
/// | relu | `max(0, z)` | He et al. 2015 ("delving") |
/// | leaky_relu(a) | `z` above 0, `a z` below | Maas et al. 2013, whose `a` is 0.01 |
/// | tanh | `tanh z` | |
/// | sigmoid | `1/(1 + exp(-z))` | |
/// | gelu | `z Phi(z)`, `Phi` the normal distribution function | Hendrycks & Gimpel 2016, section 2 |
/// | gelu_tanh | `z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))/2` | the same |
/// | silu | `z sigmoid(z)` | the same, section 4 |
/// | elu | `z` above 0, `exp(z) - 1` below | Clevert et al. 2016, eq. 15 |
/// | selu | 1.0507 of `z` above 0, of 1.6733 `(exp(z) - 1)` below | Klambauer et al. 2017, eq. 2 |
/// | softplus | `ln(1 + exp z)` | Dugas et al. 2001, eq. 3 |
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub enum Activation {
    /// `z`: a deep linear network.
    Identity,
    /// `max(0, z)`.
    #[default]
    Relu,
    /// `z` above 0 and `a z` below; `a` from 0 to 1.
    LeakyRelu(f64),
    /// `tanh z`.
    Tanh,
    /// `1/(1 + exp(-z))`.
    Sigmoid,
    /// `z Phi(z)`.
    Gelu,
    /// Its approximation by tanh, the default of Flax and JAX.
    GeluTanh,
    /// `z sigmoid(z)`.
    Silu,
    /// `z` above 0, `exp(z) - 1` below.
    Elu,
    /// ELU, scaled so that mean 0 and variance 1 stay.
    Selu,
    /// `ln(1 + exp z)`.
    Softplus,
}

use Activation::*;

/// The factors of SELU: of all, and of the part below 0.
pub(crate) const SELU: [f64; 2] = [1.050_700_987_355_480_5, 1.673_263_242_354_377_2];

impl Activation {
    /// Every activation, in the order of the tables.
    pub const ALL: [Activation; 11] =
        [Identity, Relu, LeakyRelu(0.01), Tanh, Sigmoid, Gelu, GeluTanh, Silu, Elu, Selu, Softplus];

    /// The name used in recipes and on the command line, without the slope of a leaky ReLU.
    pub fn name(self) -> &'static str {
        match self {
            Identity => "identity",
            Relu => "relu",
            LeakyRelu(_) => "leaky_relu",
            Tanh => "tanh",
            Sigmoid => "sigmoid",
            Gelu => "gelu",
            GeluTanh => "gelu_tanh",
            Silu => "silu",
            Elu => "elu",
            Selu => "selu",
            Softplus => "softplus",
        }
    }

    /// The name in running text: `ReLU`.
    pub fn in_words(self) -> &'static str {
        match self {
            Relu => "ReLU",
            LeakyRelu(_) => "leaky ReLU",
            Gelu => "GELU",
            GeluTanh => "GELU by tanh",
            Silu => "SiLU",
            Elu => "ELU",
            Selu => "SELU",
            other => other.name(),
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
        self.value_and_derivative(z).0
    }

    /// `phi'(z)` in f64; at a kink, that from below.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Tanh.derivative(0.0), 1.0);
    /// assert_eq!(Relu.derivative(0.0), 0.0);
    /// ```
    pub fn derivative(self, z: f64) -> f64 {
        self.value_and_derivative(z).1
    }

    /// The slope `a` below 0 of an activation that is `z` above 0 and `a z` below; `None` of all others.
    ///
    /// Such an activation passes the scale of what it sees, and has closed forms where its kink would
    /// cost a quadrature its accuracy.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!((Relu.slope_below(), Identity.slope_below()), (Some(0.0), Some(1.0)));
    /// assert_eq!(Gelu.slope_below(), None);
    /// ```
    pub fn slope_below(self) -> Option<f64> {
        match self {
            Identity => Some(1.0),
            Relu => Some(0.0),
            LeakyRelu(slope) => Some(slope),
            _ => None,
        }
    }

    /// By how much the slope jumps at 0.
    pub(crate) fn kink(self) -> f64 {
        match self {
            Relu => 1.0,
            LeakyRelu(slope) => 1.0 - slope,
            Selu => SELU[0] * (1.0 - SELU[1]),
            _ => 0.0,
        }
    }

    /// Whether it is smooth on each side of 0 alone, and no straight line.
    pub(crate) fn has_kink(self) -> bool {
        matches!(self, Elu | Selu)
    }

    /// `phi(z)` and `phi'(z)`, sharing their work.
    pub(crate) fn value_and_derivative(self, z: f64) -> (f64, f64) {
        let below = z <= 0.0;
        match self {
            Identity => (z, 1.0),
            Relu => (if below { 0.0 } else { z }, (z > 0.0) as u8 as f64),
            LeakyRelu(slope) if below => (slope * z, slope),
            LeakyRelu(_) => (z, 1.0),
            Tanh => double::tanh_and_slope(z),
            Sigmoid => double::sigmoid(z),
            Gelu => double::gelu(z),
            GeluTanh => double::gelu_tanh(z),
            Silu => double::silu(z),
            Elu if below => (libm::expm1(z), libm::exp(z)),
            Elu => (z, 1.0),
            Selu if below => (SELU[0] * SELU[1] * libm::expm1(z), SELU[0] * SELU[1] * libm::exp(z)),
            Selu => (SELU[0] * z, SELU[0]),
            Softplus => double::softplus(z),
        }
    }

    /// # Errors
    /// If the slope of a leaky ReLU is not from 0 to 1.
    pub(super) fn check(self) -> Result<(), Refused> {
        match self {
            LeakyRelu(slope) => Refused::unless(
                (0.0..=1.0).contains(&slope),
                "slope of leaky_relu",
                Number(slope),
                "a number from 0 to 1",
            ),
            _ => Ok(()),
        }
    }
}

/// `relu`, or `leaky_relu(0.01)`.
impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeakyRelu(slope) => f.pad(&format!("leaky_relu({})", Number(*slope))),
            _ => f.pad(self.name()),
        }
    }
}

/// By name; a leaky ReLU without a slope has that of its paper.
impl FromStr for Activation {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Activation, Refused> {
        Activation::read(Given::Text(text.to_owned()))
    }
}

impl Activation {
    fn read(given: Given) -> Result<Activation, Refused> {
        let text = if let Given::Text(text) = &given { text } else { "" };
        let slope = text.strip_prefix("leaky_relu(").and_then(|text| text.strip_suffix(')'));
        let leaky = slope.and_then(|slope| slope.parse().ok()).map(LeakyRelu);
        let named = || Activation::ALL.into_iter().find(|one| one.name() == text);
        let found = leaky.or_else(named).ok_or_else(|| {
            let names: Vec<&str> = Activation::ALL.iter().map(|one| one.name()).collect();
            Refused::new("activation", given, format!("one of {}", names.join(", ")))
        })?;
        found.check().map(|()| found)
    }
}

impl Serialize for Activation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Activation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Activation, D::Error> {
        Activation::read(Given::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}
