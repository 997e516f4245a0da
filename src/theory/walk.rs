//! A signal through a list of operations, and its gradient back: one rule for each operation.

use super::correlation::Maps;
use super::layers::{Op, Weights};
use super::moments::Scatter;
use super::pairs::Pairs;

/// What a normalization adds under its root.
const EPSILON: f64 = 1e-5;

/// What an operation leaves behind for the way back.
pub(super) enum Step {
    /// `input`: `E h h'` before the weights; `branch`: which residual branch it stands in, if any.
    Linear { weights: Weights, input: Pairs, branch: Option<usize> },
    /// What it divided by, and the correlations of what passed.
    Norm { divisor: f64, correlation: Pairs, shifts: bool },
    /// Second moment of the pre-activation; `E phi' phi'`; how unequal its units are.
    Activation { q: f64, slope: Pairs, scatter: Scatter },
    /// The steps of the branch.
    Residual(Vec<Step>),
}

/// A signal on its way: per unit, for two inputs at four correlations.
pub(super) struct Signal<'m> {
    /// `E h(x) h(x')`.
    pub(super) h: Pairs,
    /// `E h`: what is positive on average adds up along a residual connection.
    mean: f64,
    /// The branch it is in, and how many there were.
    branch: Option<usize>,
    branches: usize,
    maps: &'m mut Maps,
}

impl Signal<'_> {
    /// Inputs of unit second moment.
    pub(super) fn new(inputs: usize, maps: &mut Maps) -> Signal<'_> {
        let h = Pairs::of_inputs(inputs);
        Signal { h, mean: 0.0, branch: None, branches: 0, maps }
    }

    /// Passes through the operations, in order.
    pub(super) fn pass(&mut self, ops: &[Op]) -> Vec<Step> {
        ops.iter().map(|op| self.step(op)).collect()
    }

    fn step(&mut self, op: &Op) -> Step {
        let input = self.h;
        match *op {
            Op::Linear(weights) => {
                (self.h, self.mean) = (input * weights.variance, 0.0);
                Step::Linear { weights, input, branch: self.branch }
            }
            Op::Norm { shifts } => {
                let divisor = input.same + EPSILON;
                self.h = input.map(|h| h / divisor);
                Step::Norm { divisor, correlation: input.correlation(), shifts }
            }
            Op::Activation => {
                let (map, c) = (self.maps.at(input.same), input.correlation());
                let value = c.map(|c| map.value(c));
                let slope = c.map(|c| map.slope(c));
                let step = Step::Activation { q: map.q, slope, scatter: map.scatter() };
                (self.h, self.mean) = (value, map.mean());
                step
            }
            Op::Residual(ref branch) => {
                let mean = self.mean;
                self.branch = Some(self.branches);
                self.branches += 1;
                let steps = self.pass(branch);
                self.branch = None;
                let product = 2.0 * mean * self.mean;
                (self.h, self.mean) = (input + Pairs::constant(product) + self.h, mean + self.mean);
                Step::Residual(steps)
            }
        }
    }
}

/// The product of the gradients of one logit at two inputs, summed over units: from behind the
/// steps to before them.
// ANCHOR: backwards
pub(super) fn back(steps: &[Step], behind: Pairs) -> Pairs {
    steps.iter().rev().fold(behind, |grad, step| match step {
        Step::Linear { weights, .. } => grad * weights.variance,
        Step::Norm { divisor, .. } => grad.map(|g| g / divisor),
        Step::Activation { slope, .. } => grad * *slope,
        Step::Residual(branch) => grad + back(branch, grad),
    })
}
// ANCHOR_END: backwards

/// As [`back`], and calls `visit` on every step that is not a residual connection, from the last to
/// the first, with the gradient behind it and the share of the backward signal that passes the
/// branch it stands in, 1 outside.
pub(super) fn visit(
    steps: &[Step],
    behind: Pairs,
    share: f64,
    visitor: &mut impl FnMut(&Step, Pairs, f64),
) -> Pairs {
    steps.iter().rev().fold(behind, |grad, step| {
        if let Step::Residual(branch) = step {
            let through = back(branch, grad);
            let total = grad + through;
            visit(branch, grad, share * through.same / total.same, visitor);
            return total;
        }
        visitor(step, grad, share);
        back(std::slice::from_ref(step), grad)
    })
}
