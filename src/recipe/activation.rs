//! The activations, as mathematical functions.

use super::names::named;
use crate::math::double;

named! {
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
    Activation, "activation", {
        /// `z`: a deep linear network.
        Identity = "identity",
        /// `max(0, z)`.
        #[default]
        Relu = "relu",
        /// `tanh z`.
        Tanh = "tanh",
        /// `z Phi(z)`.
        Gelu = "gelu",
        /// `z sigmoid(z)`.
        Silu = "silu",
    }
}

use Activation::*;

impl Activation {
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

    /// `phi'(z)` in f64; for ReLU, 0 at 0.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Tanh.derivative(0.0), 1.0);
    /// assert_eq!(Gelu.derivative(0.0), 0.5);
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
            Tanh | Gelu | Silu => None,
        }
    }

    /// `phi(z)` and `phi'(z)`, sharing their work.
    pub(crate) fn value_and_derivative(self, z: f64) -> (f64, f64) {
        match self {
            Identity => (z, 1.0),
            Relu => (if z <= 0.0 { 0.0 } else { z }, (z > 0.0) as u8 as f64),
            Tanh => double::tanh_and_slope(z),
            Gelu => double::gelu(z),
            Silu => double::silu(z),
        }
    }
}
