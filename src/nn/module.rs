//! Modules: the operations of a plan, with their weights.

use std::fmt;

use super::norm::Normalization;
use super::Linear;
use crate::random::Random;
use crate::recipe::{plan, Activation, Op};
use crate::tensor::{Scalar, Tensor};

/// One operation of a plan, with its weights.
#[derive(Clone)]
pub enum Module<T: Scalar = f32> {
    /// `x W + b`.
    Linear(Linear<T>),
    /// LayerNorm or RMSNorm.
    Norm(Normalization<T>),
    /// `phi(x)`, entry by entry.
    Activation(Activation),
    /// `x + branch(x)`: He et al. 2015 "residual", eq. 1.
    Residual(Vec<Module<T>>),
    /// `factor x`, the factor learned, `[1, 1]`.
    Scale(Tensor<T>),
    /// `factor x`, the factor fixed.
    Times(f64),
}

/// An activation and what it sees.
pub(super) type Seen<T> = Option<(Activation, Tensor<T>)>;

impl<T: Scalar> Module<T> {
    fn new(op: &Op, random: &mut Random) -> Option<Module<T>> {
        Some(match op {
            Op::Linear(weights) => Module::Linear(Linear::drawn(weights, random)),
            Op::Norm { norm, units } => Module::Norm(Normalization::new(*norm, *units)?),
            Op::Activation(activation) => Module::Activation(*activation),
            Op::Residual(branch) => Module::Residual(Module::all(branch, random)),
            Op::Scale { factor, learned: true } => {
                Module::Scale(Tensor::parameter([[T::from_f64(*factor)]]))
            }
            Op::Scale { factor, learned: false } => Module::Times(*factor),
        })
    }

    /// One module an operation; a norm that is none has none.
    fn all(ops: &[Op], random: &mut Random) -> Vec<Module<T>> {
        ops.iter().filter_map(|op| Module::new(op, random)).collect()
    }

    /// `[batch, units in front] -> [batch, units behind]`; `seen` keeps what the first activation sees.
    #[track_caller]
    // ANCHOR: forward
    fn forward(&self, x: &Tensor<T>, seen: &mut Seen<T>) -> Tensor<T> {
        match self {
            Module::Linear(linear) => linear.forward(x),
            Module::Norm(norm) => norm.forward(x),
            Module::Activation(phi) => {
                seen.get_or_insert_with(|| (*phi, x.clone()));
                x.activation(*phi)
            }
            Module::Residual(branch) => x + &through(branch, x, seen),
            Module::Scale(factor) => x.scale_by(factor),
            Module::Times(factor) => x.scale(*factor),
        }
    }
    // ANCHOR_END: forward
}

/// From one module to the next.
#[track_caller]
fn through<T: Scalar>(modules: &[Module<T>], x: &Tensor<T>, seen: &mut Seen<T>) -> Tensor<T> {
    let mut x = x.clone();
    for module in modules {
        x = module.forward(&x, seen);
    }
    x
}

/// One layer of a [`Network`](super::Network): the modules of one layer of its plan.
#[derive(Clone)]
pub struct Layer<T: Scalar = f32> {
    modules: Vec<Module<T>>,
    description: String,
}

impl<T: Scalar> Layer<T> {
    /// Draws the weights of a layer of a plan.
    pub(super) fn new(ops: &[Op], random: &mut Random) -> Layer<T> {
        Layer { modules: Module::all(ops, random), description: plan::line(ops) }
    }

    /// What the first activation sees and which it is, if there is one, and the output.
    ///
    /// # Panics
    /// If `x` has not as many columns as the layer has units in front.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> (Option<(Activation, Tensor<T>)>, Tensor<T>) {
        let mut seen = None;
        let output = through(&self.modules, x, &mut seen);
        (seen, output)
    }
}

/// The walks through modules, once to look and once to change.
macro_rules! walks {
    ($opened:ident, $linears:ident, $parameters:ident $(, $mut:tt)?) => {
        /// The modules in forward order, those of a branch in place of its residual connection.
        fn $opened<T: Scalar>(modules: &$($mut)? [Module<T>]) -> Vec<&$($mut)? Module<T>> {
            let mut all = vec![];
            for module in modules {
                match module {
                    Module::Residual(branch) => all.append(&mut $opened(branch)),
                    module => all.push(module),
                }
            }
            all
        }

        impl<T: Scalar> Layer<T> {
            /// The linear layers, in forward order.
            pub fn $linears(&$($mut)? self) -> Vec<&$($mut)? Linear<T>> {
                let mut linears = vec![];
                for module in $opened(&$($mut)? self.modules) {
                    if let Module::Linear(linear) = module {
                        linears.push(linear);
                    }
                }
                linears
            }

            /// Weights, biases and scales in forward order, then gains and shifts of norms in forward
            /// order.
            pub(super) fn $parameters(&$($mut)? self) -> Vec<&$($mut)? Tensor<T>> {
                let (mut parameters, mut of_norms) = (vec![], vec![]);
                for module in $opened(&$($mut)? self.modules) {
                    match module {
                        Module::Linear(Linear { weight, bias }) => parameters.extend([weight, bias]),
                        Module::Scale(factor) => parameters.push(factor),
                        Module::Norm(Normalization { gain, shift }) => {
                            of_norms.push(gain);
                            of_norms.extend(shift);
                        }
                        Module::Activation(_) | Module::Residual(_) | Module::Times(_) => {}
                    }
                }
                parameters.append(&mut of_norms);
                parameters
            }
        }
    };
}

walks!(opened, linears, parameters);
walks!(opened_mut, linears_mut, parameters_mut, mut);

/// What the plan says of it.
impl<T: Scalar> fmt::Display for Layer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.description)
    }
}
