//! A network as the list of its operations.

mod fits;

use std::fmt;

use super::refused::{Number, MOST_UNITS};
use super::{Activation, Init, Norm, Refused};

/// One operation on a signal.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// `x W + b`.
    Linear(Weights),
    /// LayerNorm or RMSNorm; its gain starts at one, its shift at zero.
    Norm {
        /// Which of the two; with [`Norm::None`] nothing happens.
        norm: Norm,
        /// Entries of the vector that is normalized.
        units: usize,
    },
    /// `phi(x)`, entry by entry.
    Activation(Activation),
    /// `x + branch(x)`.
    Residual(Vec<Op>),
    /// `factor x`, with one number for all units.
    Scale {
        /// The number, or where it starts.
        factor: f64,
        /// Whether it is trained.
        learned: bool,
    },
}

/// How the weights `[fan_in, fan_out]` of a linear operation are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Units in front; 1 to 65,536.
    pub fan_in: usize,
    /// Units behind; 1 to 65,536.
    pub fan_out: usize,
    /// Scale and distribution.
    pub init: Init,
    /// The activation's gain, for inits that use it.
    pub gain: f64,
    /// What the variance is divided by: 1 leaves it as the init says, infinity makes zeros.
    pub divisor: f64,
    /// Standard deviation of a bias; at 0 biases start at zero.
    pub bias_std: f64,
}

impl Op {
    /// A linear operation, `gain` being the activation's, for inits that use it.
    pub fn linear(fan_in: usize, fan_out: usize, init: Init, gain: f64) -> Op {
        Op::Linear(Weights::new(fan_in, fan_out, init, gain))
    }
}

impl Weights {
    /// As the init says, with biases of zero.
    pub fn new(fan_in: usize, fan_out: usize, init: Init, gain: f64) -> Weights {
        Weights { fan_in, fan_out, init, gain, divisor: 1.0, bias_std: 0.0 }
    }

    /// `fan_in Var(W)`: what the second moment of a signal is multiplied by; dimensionless.
    pub fn variance(&self) -> f64 {
        let Weights { fan_in, fan_out, init, gain, divisor, .. } = *self;
        fan_in as f64 * init.variance(fan_in, fan_out, gain) * (1.0 / divisor)
    }

    /// `1/sqrt(divisor)`: the factor on every weight.
    pub fn factor(&self) -> f64 {
        1.0 / libm::sqrt(self.divisor)
    }
}

/// The operations of a network in forward order, grouped in layers.
///
/// A plan is read twice: [`build`](Plan::build) makes a network of it, theory walks it. The plan of
/// a [`Recipe`](super::Recipe) has one layer for the embedding, for each hidden layer or block, for
/// a last norm, and for the readout. Its `Display` is one line a layer.
///
/// # Example: a stack that no recipe describes
/// ```
/// use minigrad::prelude::*;
///
/// let gain = gaussian::gain(Relu);
/// let plan = Plan::new(
///     256,
///     vec![
///         vec![Op::linear(256, 512, Init::Kaiming, gain), Op::Activation(Relu)],
///         vec![Op::linear(512, 32, Init::Kaiming, gain), Op::Activation(Tanh)],
///         vec![Op::linear(32, 2, Init::Xavier, 1.0)],
///     ],
/// )
/// .expect("layers that fit");
/// assert_eq!(plan.shapes(), [(256, 512), (512, 32), (32, 2)]);
/// assert_eq!(plan.to_string().lines().nth(1), Some("linear [512, 32], tanh"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    inputs: usize,
    layers: Vec<Vec<Op>>,
}

impl Plan {
    /// Layers written by hand, for an input of `inputs` entries.
    ///
    /// # Errors
    /// No layer, or one without operations; an operation that does not fit the units that come in;
    /// a branch that changes the width; a last operation that is not linear; more than 10,003 layers,
    /// 4096 operations in one, or 64 branches within each other; a size that is not from 1 to 65,536, or more weights than [`Recipe::check`](super::Recipe::check) accepts; a scale
    /// that is not finite or not positive, or for biases negative.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let layers = vec![
    ///     vec![Op::linear(256, 64, Init::Xavier, 1.0), Op::Activation(Tanh)],
    ///     vec![Op::linear(32, 2, Init::Xavier, 1.0)],
    /// ];
    /// assert_eq!(
    ///     Plan::new(256, layers).unwrap_err().to_string(),
    ///     "linear [32, 2] of layer 2 is not accepted: expected [64, 2], as 64 units come in"
    /// );
    /// ```
    pub fn new(inputs: usize, layers: Vec<Vec<Op>>) -> Result<Plan, Refused> {
        Refused::unless_within("inputs", inputs, 1, MOST_UNITS)?;
        if let Err(refused) = fits::check_size(&layers) {
            fits::dismantle(layers);
            return Err(refused);
        }
        let mut units = inputs;
        for (number, layer) in (1..).zip(&layers) {
            units = fits::pass(layer, units, number)?;
        }
        let plan = Plan { inputs, layers };
        match plan.layers.last().and_then(|layer| layer.last()) {
            Some(Op::Linear(_)) => {}
            Some(other) => {
                return Err(Refused::new("readout", other, "a linear layer as the last operation"))
            }
            None => return Err(Refused::new("plan", "[]", "at least one layer")),
        }
        plan.check_weights()?;
        Ok(plan)
    }

    /// Layers that are known to fit.
    pub(super) fn unchecked(inputs: usize, layers: Vec<Vec<Op>>) -> Plan {
        Plan { inputs, layers }
    }

    /// Entries of an input.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of logits.
    pub fn classes(&self) -> usize {
        self.weights().last().map_or(0, |readout| readout.fan_out)
    }

    /// The layers, each a list of operations.
    pub fn layers(&self) -> &[Vec<Op>] {
        &self.layers
    }

    /// The weights of every linear operation, in forward order.
    pub fn weights(&self) -> Vec<&Weights> {
        self.ops().into_iter().filter_map(Op::weights).collect()
    }

    /// `(fan_in, fan_out)` of every linear operation, in forward order.
    pub fn shapes(&self) -> Vec<(usize, usize)> {
        self.weights().into_iter().map(|w| (w.fan_in, w.fan_out)).collect()
    }

    /// Every operation, in forward order, those of a branch in place of its residual connection.
    fn ops(&self) -> Vec<&Op> {
        self.layers.iter().flat_map(|layer| opened(layer)).collect()
    }
}

impl Op {
    /// Whether it leaves a signal as it is and has nothing to train: a norm that is none.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Op::Norm { norm: Norm::None, .. })
    }

    fn weights(&self) -> Option<&Weights> {
        match self {
            Op::Linear(weights) => Some(weights),
            _ => None,
        }
    }
}

/// The operations with those of a branch in place of its residual connection.
pub(crate) fn opened(ops: &[Op]) -> Vec<&Op> {
    let each = ops.iter().map(|op| match op {
        Op::Residual(branch) => opened(branch),
        op => vec![op],
    });
    each.flatten().collect()
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Linear(Weights { fan_in, fan_out, .. }) => {
                write!(f, "linear [{fan_in}, {fan_out}]")
            }
            Op::Norm { norm, units } => write!(f, "{norm} [{units}]"),
            Op::Activation(phi) => write!(f, "{phi}"),
            Op::Residual(branch) => write!(f, "x + ({})", line(branch)),
            Op::Scale { factor, learned } => {
                let learned = if *learned { "learned " } else { "" };
                write!(f, "scale {learned}{}", Number(*factor))
            }
        }
    }
}

impl Plan {
    /// Refuses what a prediction does not cover: biases that do not start at zero, learned scales.
    pub(crate) fn check_for_prediction(&self) -> Result<(), Refused> {
        if let Some(scale) =
            self.ops().into_iter().find(|op| matches!(op, Op::Scale { learned: true, .. }))
        {
            let given = scale.to_string().replace("scale ", "");
            let expected = "no scale that is learned: prediction has no growth for it";
            return Err(Refused::new("scale", given, expected));
        }
        match self.weights().into_iter().find(|weights| weights.bias_std != 0.0) {
            None => Ok(()),
            Some(Weights { bias_std, .. }) => {
                let expected = "0: the theory of prediction covers biases that start at zero only";
                Err(Refused::new("bias_std", Number(*bias_std), expected))
            }
        }
    }
}

/// Operations in one line.
pub(crate) fn line(ops: &[Op]) -> String {
    ops.iter().map(Op::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layers.iter().try_for_each(|layer| writeln!(f, "{}", line(layer)))
    }
}
