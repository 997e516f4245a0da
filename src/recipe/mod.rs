//! Plain data that describes a network and its training.
//!
//! One description is read twice: [`nn`](crate::nn) builds a network from it, and
//! [`theory`](crate::theory) says from the same fields alone what that network will do.

mod activation;
mod init;
mod outcome;
mod training;

pub use activation::Activation;
pub use init::Init;
pub use outcome::Outcome;
pub use training::{Method, Training};

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A fully connected network: `depth` linear layers with an activation between each two.
///
/// ```text
/// inputs -> width -> ... -> width -> classes        (depth linear layers, depth - 1 activations)
/// ```
///
/// Sizes count units. Biases start at zero and are trained. The defaults are those of the
/// headline experiment: width 256, ReLU, Kaiming, 256 inputs, 2 classes, seed 0.
///
/// # Reading JSON
/// Unknown fields and impossible values are refused with a message that names them.
///
/// # Example: describe, print, build
/// ```
/// use minigrad::prelude::*;
///
/// let recipe = Recipe::mlp(3).width(64).activation(Tanh).init(Init::Xavier).seed(7);
/// assert_eq!(recipe.to_string(), "3 x 64 tanh, xavier");
/// assert_eq!(recipe.build().parameter_count(), 256 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Recipe {
    /// Number of linear layers, the readout included; at least 1.
    pub depth: usize,
    /// Units of every hidden layer; at least 1.
    #[serde(default = "default_width")]
    pub width: usize,
    /// The nonlinearity after every linear layer but the last.
    #[serde(default)]
    pub activation: Activation,
    /// How weights are drawn.
    #[serde(default)]
    pub init: Init,
    /// Entries of one input; at least 1.
    #[serde(default = "default_inputs")]
    pub inputs: usize,
    /// Number of logits; at least 2.
    #[serde(default = "default_classes")]
    pub classes: usize,
    /// Seed of the weights.
    #[serde(default)]
    pub seed: u64,
}

fn default_width() -> usize {
    256
}
fn default_inputs() -> usize {
    256
}
fn default_classes() -> usize {
    2
}

impl Recipe {
    /// A plain multilayer perceptron of `depth` linear layers.
    pub fn mlp(depth: usize) -> Recipe {
        Recipe {
            depth,
            width: default_width(),
            activation: Activation::default(),
            init: Init::default(),
            inputs: default_inputs(),
            classes: default_classes(),
            seed: 0,
        }
    }

    /// Units of every hidden layer.
    pub fn width(self, width: usize) -> Recipe {
        Recipe { width, ..self }
    }

    /// The nonlinearity between linear layers.
    pub fn activation(self, activation: Activation) -> Recipe {
        Recipe { activation, ..self }
    }

    /// How weights are drawn.
    pub fn init(self, init: Init) -> Recipe {
        Recipe { init, ..self }
    }

    /// Entries of one input.
    pub fn inputs(self, inputs: usize) -> Recipe {
        Recipe { inputs, ..self }
    }

    /// Number of logits.
    pub fn classes(self, classes: usize) -> Recipe {
        Recipe { classes, ..self }
    }

    /// Seed of the weights; data and batches have their own.
    pub fn seed(self, seed: u64) -> Recipe {
        Recipe { seed, ..self }
    }

    /// `(fan_in, fan_out)` of every linear layer, in forward order.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Recipe::mlp(3).width(64).shapes(), [(256, 64), (64, 64), (64, 2)]);
    /// ```
    pub fn shapes(&self) -> Vec<(usize, usize)> {
        (0..self.depth)
            .map(|layer| {
                let fan_in = if layer == 0 { self.inputs } else { self.width };
                let last = layer + 1 == self.depth;
                (fan_in, if last { self.classes } else { self.width })
            })
            .collect()
    }

    /// Accepts the recipe, or names the first impossible value and what would be accepted.
    ///
    /// # Errors
    /// A size below its minimum, or a scale of the init that is not finite or not positive.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let refused = Recipe::mlp(0).check().unwrap_err();
    /// assert_eq!(refused.to_string(), "depth 0 is not accepted: expected an integer of at least 1");
    /// ```
    pub fn check(&self) -> Result<(), Refused> {
        Refused::below("depth", self.depth, 1)?;
        Refused::below("width", self.width, 1)?;
        Refused::below("inputs", self.inputs, 1)?;
        Refused::below("classes", self.classes, 2)?;
        self.init.check()
    }
}

impl<'de> Deserialize<'de> for Recipe {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Recipe, D::Error> {
        let recipe = Recipe::deserialize(from)?;
        recipe.check().map_err(serde::de::Error::custom)?;
        Ok(recipe)
    }
}

impl Serialize for Recipe {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Recipe::serialize(self, to)
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {} {}, {}", self.depth, self.width, self.activation, self.init)
    }
}

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

    /// Refuses sizes below `least`.
    pub(crate) fn below(field: &'static str, value: usize, least: usize) -> Result<(), Refused> {
        if value >= least {
            return Ok(());
        }
        Err(Refused::new(field, value, format!("an integer of at least {least}")))
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
