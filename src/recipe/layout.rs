//! From a recipe to its plan: the one place that says what stands behind what.

use super::{gaussian, Body, Init, Norm, Op, OutProj, Placement, Plan, Recipe, Weights};

impl Recipe {
    /// The operations of the network that this recipe describes.
    ///
    /// The readout of a plain body is drawn like its hidden layers; embedding and readout of blocks
    /// are `N(0, 1/fan_in)`.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses the recipe.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let plan = Recipe::blocks(1).width(64).activation(Gelu).norm(Norm::Rms).residual().plan();
    /// assert_eq!(
    ///     plan.to_string(),
    ///     "linear [256, 64]\n\
    ///      x + (rms [64], linear [64, 256], gelu, linear [256, 64])\n\
    ///      linear [64, 2]\n"
    /// );
    /// ```
    #[track_caller]
    pub fn plan(&self) -> Plan {
        if let Err(refused) = self.check() {
            panic!("recipe: {refused}");
        }
        self.layout()
    }

    /// The same of a recipe whose sizes alone are known to be accepted.
    // ANCHOR: layout
    pub(super) fn layout(&self) -> Plan {
        let Recipe { depth, width, inputs, classes, residual, .. } = *self;
        let gain = gaussian::gain(self.activation);
        let bias_std = self.bias_std;
        let weights = |fan_in, fan_out| Weights {
            bias_std,
            ..Weights::new(fan_in, fan_out, self.init, gain)
        };
        let linear = |fan_in, fan_out| Some(Op::Linear(weights(fan_in, fan_out)));
        let activation = || Some(Op::Activation(self.activation));
        let norm = || Op::Norm { norm: self.norm, units: width };
        let norm_at = |place| (self.norm != Norm::None && self.placement == place).then(norm);

        let mut layers = vec![];
        match self.body {
            Body::Plain => {
                let mut fan_in = inputs;
                for _ in 1..depth {
                    let ops = [linear(fan_in, width), norm_at(Placement::PreAct), activation()];
                    layers.push(around(residual && fan_in == width, ops));
                    fan_in = width;
                }
                layers.extend(linear(fan_in, classes).map(|readout| vec![readout]));
            }
            Body::Block => {
                if self.embeds() {
                    layers.push(vec![Op::linear(inputs, width, Init::Xavier, 1.0)]);
                }
                let (first, last, scale) = self.branch();
                let up = Weights { divisor: first, ..weights(width, 4 * width) };
                let down = Weights { divisor: last, ..weights(4 * width, width) };
                for _ in 0..depth {
                    let [up, down] = [up, down].map(|weights| Some(Op::Linear(weights)));
                    let ops = [norm_at(Placement::Pre), up, activation(), down, scale.clone()];
                    let mut block = around(residual, ops);
                    block.extend(norm_at(Placement::Post));
                    layers.push(block);
                }
                if self.final_norm {
                    layers.push(vec![norm()]);
                }
                layers.push(vec![Op::linear(width, classes, Init::Xavier, 1.0)]);
            }
        }
        Plan::unchecked(inputs, layers)
    }
    // ANCHOR_END: layout

    /// Whether blocks need a linear layer in front because the inputs are of another width.
    pub fn embeds(&self) -> bool {
        self.body == Body::Block && self.inputs != self.width
    }

    /// What the variances of a branch's first and last weights are divided by, and what stands behind.
    fn branch(&self) -> (f64, f64, Option<Op>) {
        let depth = self.depth as f64;
        let scale = |factor, learned| Some(Op::Scale { factor, learned });
        match self.out_proj {
            OutProj::Plain => (1.0, 1.0, None),
            OutProj::Zero => (1.0, f64::INFINITY, None),
            OutProj::Scaled => (1.0, 2.0 * depth, None),
            OutProj::Fixup => (depth, f64::INFINITY, None),
            OutProj::SkipInit => (1.0, 1.0, scale(0.0, true)),
            OutProj::DeepNorm => {
                let divisor = libm::sqrt(4.0 * depth);
                (divisor, divisor, scale(1.0 / libm::pow(depth, 0.25), false))
            }
        }
    }
}

/// The operations, or the sum of their input and what they make of it.
fn around<const N: usize>(residual: bool, ops: [Option<Op>; N]) -> Vec<Op> {
    let ops = ops.into_iter().flatten().collect();
    if residual {
        vec![Op::Residual(ops)]
    } else {
        ops
    }
}
