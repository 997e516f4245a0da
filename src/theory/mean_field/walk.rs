//! A signal through a list of operations, and its gradient back: one rule for each operation.

use super::correlation::Maps;
use super::moments::Scatter;
use super::pairs::Pairs;
use crate::recipe::{Activation, Norm, Op, Plan, Weights};

/// What a normalization adds under its root.
const EPSILON: f64 = 1e-5;

/// What an operation leaves behind for the way back.
pub(super) enum Step {
    /// `variance`: `fan_in Var(W)`; `input`: `E h h'` before the weights; `branch`: which residual
    /// branch it stands in, if any.
    Linear { weights: Weights, variance: f64, input: Pairs, branch: Option<usize> },
    /// What it divided by, and the correlations of what passed.
    Norm { divisor: f64, correlation: Pairs, shifts: bool },
    /// Second moment of the pre-activation; `E phi' phi'`; how unequal its units are.
    Activation { activation: Activation, q: f64, slope: Pairs, scatter: Scatter },
    /// The steps of the branch.
    Residual(Vec<Step>),
    /// Square of the factor; `E h h'` in front.
    Scale { square: f64, input: Pairs, learned: bool },
}

/// A layer of a plan that a signal has passed.
pub(super) struct Passed {
    pub(super) steps: Vec<Step>,
    /// `E h(x) h(x')` behind it.
    pub(super) output: Pairs,
}

/// Sends inputs of unit second moment through a plan. No weights count as smaller than `least`.
pub(super) fn pass(plan: &Plan, maps: &mut Maps, least: f64) -> Vec<Passed> {
    let h = Pairs::of_inputs(plan.inputs());
    let mut signal = Signal { h, mean: 0.0, branch: None, branches: 0, least, maps };
    let layer = |ops: &Vec<Op>| Passed { steps: signal.pass(ops), output: signal.h };
    plan.layers().iter().map(layer).collect()
}

/// A signal on its way: per unit, for two inputs at four correlations.
struct Signal<'m> {
    /// `E h(x) h(x')`.
    h: Pairs,
    /// `E h`: what is positive on average adds up along a residual connection.
    mean: f64,
    /// The branch it is in, and how many there were.
    branch: Option<usize>,
    branches: usize,
    /// Least variance of weights.
    least: f64,
    maps: &'m mut Maps,
}

impl Signal<'_> {
    fn pass(&mut self, ops: &[Op]) -> Vec<Step> {
        ops.iter().filter(|op| !op.is_nothing()).map(|op| self.step(op)).collect()
    }

    fn step(&mut self, op: &Op) -> Step {
        let (input, mean) = (self.h, self.mean);
        match *op {
            Op::Linear(weights) => {
                let variance = weights.variance().max(self.least);
                let biases = Pairs::constant(weights.bias_std * weights.bias_std);
                (self.h, self.mean) = (input * variance + biases, 0.0);
                Step::Linear { weights, variance, input, branch: self.branch }
            }
            Op::Norm { norm, .. } => {
                // LayerNorm takes the mean away first.
                let shifts = norm == Norm::Layer;
                let (taken, left) = if shifts { (mean, 0.0) } else { (0.0, mean) };
                let centered = input.map(|h| h - taken * taken);
                let divisor = centered.same + EPSILON;
                self.h = centered.map(|h| h / divisor);
                self.mean = left / libm::sqrt(divisor);
                Step::Norm { divisor, correlation: centered.correlation(), shifts }
            }
            Op::Activation(activation) => {
                let (map, c) = (self.maps.at(activation, input.same), input.correlation());
                let (q, scatter) = (map.q, map.scatter());
                let slope = c.map(|c| map.slope(c));
                (self.h, self.mean) = (c.map(|c| map.value(c)), map.mean());
                Step::Activation { activation, q, slope, scatter }
            }
            Op::Residual(ref branch) => {
                let outer = self.branch.replace(self.branches);
                self.branches += 1;
                let steps = self.pass(branch);
                self.branch = outer;
                let product = 2.0 * mean * self.mean;
                (self.h, self.mean) = (input + Pairs::constant(product) + self.h, mean + self.mean);
                Step::Residual(steps)
            }
            Op::Scale { factor, learned } => {
                let square = (factor * factor).max(self.least);
                (self.h, self.mean) = (input * square, mean * factor);
                Step::Scale { square, input, learned }
            }
        }
    }
}

/// The product of the gradients of one logit at two inputs, summed over units: from behind the
/// steps to before them.
// ANCHOR: backwards
pub(super) fn back(steps: &[Step], behind: Pairs) -> Pairs {
    steps.iter().rev().fold(behind, |grad, step| match step {
        Step::Linear { variance, .. } => grad * *variance,
        Step::Norm { divisor, .. } => grad.map(|g| g / divisor),
        Step::Activation { slope, .. } => grad * *slope,
        Step::Residual(branch) => grad + back(branch, grad),
        Step::Scale { square, .. } => grad * *square,
    })
}
// ANCHOR_END: backwards

/// As [`back`], and calls `visitor` on every step, from the last to the first, with the gradient
/// behind it and the share of the backward signal that passes the branch it stands in, 1 outside. A
/// residual connection is visited twice, at its sum and where the branch leaves the stream.
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
            visitor(step, grad, share);
            visit(branch, grad, share * through.same / total.same, visitor);
            visitor(step, total, share);
            return total;
        }
        visitor(step, grad, share);
        back(std::slice::from_ref(step), grad)
    })
}
