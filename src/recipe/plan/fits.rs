//! Whether the operations of a plan fit each other.

use super::{Op, Weights};
use crate::recipe::refused::{Refused, MOST_DEPTH, MOST_UNITS};

/// Layers of a plan: those of the deepest recipe, with its embedding, last norm and readout.
const MOST_LAYERS: usize = MOST_DEPTH + 3;
/// Operations of a layer, of all its branches.
const MOST_OPERATIONS: usize = 4096;
/// Branches within each other.
const MOST_NESTED: usize = 64;

/// Refuses what would take the walks through a plan too deep or too long, without such a walk.
pub(super) fn check_size(layers: &[Vec<Op>]) -> Result<(), Refused> {
    let within = |field, value, most| Refused::unless_within(field, value, 0, most);
    within("layers", layers.len(), MOST_LAYERS)?;
    for layer in layers {
        let (mut open, mut operations) = (vec![(layer, 0)], 0);
        while let Some((ops, depth)) = open.pop() {
            operations += ops.len();
            within("operations of a layer", operations, MOST_OPERATIONS)?;
            within("branches within each other", depth, MOST_NESTED)?;
            open.extend(ops.iter().filter_map(|op| match op {
                Op::Residual(branch) => Some((branch, depth + 1)),
                _ => None,
            }));
        }
    }
    Ok(())
}

/// Drops branches one by one: within each other they would overflow the stack.
pub(super) fn dismantle(layers: Vec<Vec<Op>>) {
    let mut ops: Vec<Op> = layers.into_iter().flatten().collect();
    while let Some(op) = ops.pop() {
        if let Op::Residual(branch) = op {
            ops.extend(branch);
        }
    }
}

/// The units behind the operations, with `units` in front, or what does not fit.
pub(super) fn pass(ops: &[Op], units: usize, layer: usize) -> Result<usize, Refused> {
    if ops.is_empty() {
        return Err(Refused::new("layer", format!("[] of number {layer}"), "operations"));
    }
    ops.iter().try_fold(units, |units, op| {
        let refused = |field, expected: String| {
            let given = op.to_string();
            let given = given.strip_prefix(field).unwrap_or(&given).trim_start();
            Err(Refused::new(field, format!("{given} of layer {layer}"), expected))
        };
        let come_in = format!("as {units} units come in");
        match op {
            Op::Linear(weights) if weights.fan_in != units => {
                refused("linear", format!("[{units}, {}], {come_in}", weights.fan_out))
            }
            Op::Linear(weights) => weights.check().map(|()| weights.fan_out),
            Op::Norm { units: own, .. } if *own != units => {
                refused("norm", format!("[{units}], {come_in}"))
            }
            Op::Scale { factor, .. } if !factor.is_finite() => {
                refused("scale", "a finite number".to_owned())
            }
            Op::Activation(phi) => phi.check().map(|()| units),
            Op::Norm { .. } | Op::Scale { .. } => Ok(units),
            Op::Residual(branch) => match pass(branch, units, layer)? {
                behind if behind == units => Ok(units),
                behind => {
                    let given = format!("branch [{units}] -> [{behind}] of layer {layer}");
                    let expected = format!("[{units}] -> [{units}]: a sum keeps the width");
                    Err(Refused::new("residual", given, expected))
                }
            },
        }
    })
}

impl Weights {
    fn check(&self) -> Result<(), Refused> {
        Refused::unless_within("fan_in", self.fan_in, 1, MOST_UNITS)?;
        Refused::unless_within("fan_out", self.fan_out, 1, MOST_UNITS)?;
        self.init.check()?;
        Refused::unless_positive("gain", self.gain)?;
        Refused::unless_deviation("bias_std", self.bias_std)?;
        let expected = "a number above 0, or infinity";
        Refused::unless(self.divisor > 0.0, "divisor", self.divisor, expected)
    }
}
