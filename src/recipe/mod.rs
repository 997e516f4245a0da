//! Plain data that describes a network and its training.
//!
//! A [`Recipe`] lays out a [`Plan`], the list of a network's operations, which is read twice:
//! [`nn`](crate::nn) builds the network from it, and [`theory`](crate::theory) says from the same
//! operations alone what that network will do.
//!
//! A recipe's methods stand where what they need is known: its fields here, [`plan`](Recipe::plan) in
//! `layout.rs`, [`check`](Recipe::check) in `check.rs`, [`build`](Recipe::build) in `nn/network.rs`, and
//! [`predict`](Recipe::predict) in `theory/forecast/prediction.rs`.

/// Methods that give a field another value, named as it is.
macro_rules! setters {
    ($type:ident; $($(#[$doc:meta])* $field:ident: $kind:ty;)*) => {
        impl $type {$(
            $(#[$doc])*
            pub fn $field(self, $field: $kind) -> $type {
                $type { $field, ..self }
            }
        )*}
    };
}

pub(crate) mod activation;
mod check;
pub mod gaussian;
mod given;
mod init;
mod layout;
mod method;
mod names;
mod outcome;
pub(crate) mod plan;
mod refused;
mod structure;
mod training;

pub use activation::Activation;
pub use init::{Distribution, Fan, Gain, Init, Scale};
pub use method::Method;
pub use outcome::Outcome;
pub use plan::{Op, Plan, Weights};
pub use refused::Refused;
pub use structure::{Body, Norm, OutProj, Placement};
pub use training::Training;

use serde::{Deserialize, Serialize};
use std::fmt;

/// A fully connected network of one of two bodies.
///
/// ```text
/// plain   depth - 1 times [Linear -> norm -> activation], then Linear(width, classes)
/// block   depth times x -> Linear2(activation(Linear1(norm(x)))), then Linear(width, classes)
/// ```
///
/// A residual connection adds `x` around every hidden layer or block that keeps the width. A block
/// is `4 width` wide inside; inputs of another width are first embedded by a linear layer.
///
/// Sizes count units. Biases start at zero, or at random where `bias_std` says so, and are trained. The defaults are those of the
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
    /// What is repeated.
    #[serde(default)]
    pub body: Body,
    /// Plain: number of linear layers, the readout included. Block: number of blocks. 1 to 10,000.
    #[serde(deserialize_with = "given::depth")]
    pub depth: usize,
    /// Units of every hidden layer; 1 to 65,536.
    #[serde(default = "default_units", deserialize_with = "given::width")]
    pub width: usize,
    /// The nonlinearity after every linear layer but the last.
    #[serde(default)]
    pub activation: Activation,
    /// How weights are drawn.
    #[serde(default)]
    pub init: Init,
    /// Standard deviation of a bias, in a plain body; 0 is the default, and finite.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "given::bias_std")]
    pub bias_std: f64,
    /// The normalization.
    #[serde(default)]
    pub norm: Norm,
    /// Where it stands.
    #[serde(default)]
    pub placement: Placement,
    /// Whether `x` is added around hidden layers or blocks.
    #[serde(default, deserialize_with = "given::residual")]
    pub residual: bool,
    /// How the last weights of a block's branch start.
    #[serde(default)]
    pub out_proj: OutProj,
    /// Whether blocks are followed by one more normalization, before the readout.
    #[serde(default, deserialize_with = "given::final_norm")]
    pub final_norm: bool,
    /// Entries of one input; 1 to 65,536.
    #[serde(default = "default_units", deserialize_with = "given::inputs")]
    pub inputs: usize,
    /// Number of logits, or of outputs for a loss of your own; 1 to 65,536. Training needs 2.
    #[serde(default = "default_classes", deserialize_with = "given::classes")]
    pub classes: usize,
    /// Seed of the weights.
    #[serde(default, deserialize_with = "given::seed")]
    pub seed: u64,
}

fn default_units() -> usize {
    256
}
fn default_classes() -> usize {
    2
}
fn is_zero(x: &f64) -> bool {
    *x == 0.0
}

impl Recipe {
    /// A plain multilayer perceptron of `depth` linear layers.
    pub fn mlp(depth: usize) -> Recipe {
        Recipe {
            body: Body::Plain,
            depth,
            width: default_units(),
            activation: Activation::default(),
            init: Init::default(),
            bias_std: 0.0,
            norm: Norm::None,
            placement: Placement::None,
            residual: false,
            out_proj: OutProj::Plain,
            final_norm: false,
            inputs: default_units(),
            classes: default_classes(),
            seed: 0,
        }
    }

    /// `depth` blocks, each four times as wide inside as outside.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let recipe = Recipe::blocks(50).activation(Gelu).norm(Norm::Rms).residual();
    /// assert_eq!(recipe.to_string(), "50 blocks x 256 gelu, kaiming, pre rms, residual");
    /// ```
    pub fn blocks(depth: usize) -> Recipe {
        Recipe { body: Body::Block, ..Recipe::mlp(depth) }
    }

    /// The normalization, where its body has it by default: before the activation of a plain
    /// body's layers, at the entry of a block.
    pub fn norm(self, norm: Norm) -> Recipe {
        let placement = match (norm, self.body) {
            (Norm::None, _) => Placement::None,
            (_, Body::Plain) => Placement::PreAct,
            (_, Body::Block) => Placement::Pre,
        };
        Recipe { norm, placement, ..self }
    }

    /// Adds `x` around every hidden layer or block that keeps the width.
    pub fn residual(self) -> Recipe {
        Recipe { residual: true, ..self }
    }

    /// One more normalization after the last block.
    pub fn final_norm(self) -> Recipe {
        Recipe { final_norm: true, ..self }
    }

    /// `(fan_in, fan_out)` of every linear layer, in forward order.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses a size.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Recipe::mlp(3).width(64).shapes(), [(256, 64), (64, 64), (64, 2)]);
    /// assert_eq!(Recipe::blocks(1).shapes(), [(256, 1024), (1024, 256), (256, 2)]);
    /// ```
    #[track_caller]
    pub fn shapes(&self) -> Vec<(usize, usize)> {
        if let Err(refused) = self.check_sizes() {
            panic!("recipe: {refused}");
        }
        self.layout().shapes()
    }
}

setters! { Recipe;
    /// Where the normalization stands.
    placement: Placement;
    /// How the last weights of a block's branch start.
    out_proj: OutProj;
    /// Units of every hidden layer.
    width: usize;
    /// The nonlinearity between linear layers.
    activation: Activation;
    /// How weights are drawn.
    init: Init;
    /// Standard deviation of a bias, in a plain body: each is drawn from `N(0, bias_std^2)` behind the
    /// weights of its layer, with the same random numbers. At 0 nothing is drawn.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let recipe = Recipe::mlp(3).width(64).activation(Tanh).init(Init::Sigma(1.2)).bias_std(0.1);
    /// assert_eq!(recipe.to_string(), "3 x 64 tanh, sigma(1.2), biases 0.1");
    /// assert!(recipe.build().linears()[0].bias.values().iter().all(|b| *b != 0.0));
    /// ```
    bias_std: f64;
    /// Entries of one input.
    inputs: usize;
    /// Number of logits.
    classes: usize;
    /// Seed of the weights; data and batches have their own.
    seed: u64;
}

given::checked!(Recipe);

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = if self.body == Body::Block { " blocks" } else { "" };
        write!(f, "{}{blocks} x {} {}, {}", self.depth, self.width, self.activation, self.init)?;
        if self.bias_std != 0.0 {
            write!(f, ", biases {}", refused::Number(self.bias_std))?;
        }
        match self.placement {
            Placement::None => {}
            Placement::PreAct => write!(f, ", {}", self.norm)?,
            in_blocks => write!(f, ", {in_blocks} {}", self.norm)?,
        }
        for (is_so, name) in [(self.residual, "residual"), (self.final_norm, "final norm")] {
            if is_so {
                write!(f, ", {name}")?;
            }
        }
        match self.out_proj {
            OutProj::Plain => Ok(()),
            other => write!(f, ", {other} out_proj"),
        }
    }
}
