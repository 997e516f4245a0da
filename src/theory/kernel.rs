//! The tangent kernel: how far a step of gradient descent on one input moves the output at another.

use super::layers::{layers, Op};
use super::pairs::Pairs;
use super::walk::{visit, Signal, Step};
use crate::recipe::Recipe;

/// Variance that stands for that of weights that start at zero, so that ratios have their limit.
const NEARLY_ZERO: f64 = 1e-12;

/// Kernels of one logit at initialization and at infinite width, and what each weight matrix adds.
///
/// With `H` the second moment per unit in front of a layer, `S` the product of the gradients by its
/// output summed over units, both for two inputs (see [`Pairs`]):
///
/// ```text
/// function(x, x') = E f(x) f(x')
/// tangent(x, x')  = sum over layers of  S (fan_in H + 1)         weights and bias of a linear layer
///                                     + S c  (+ S)               gain (and shift) of a norm
/// ```
///
/// A step of gradient descent of rate `lr` on the residual `r` at `x'` moves `f(x)` by
/// `-lr tangent(x, x') r`.
///
/// *Source*: Jacot et al. 2018, theorem 1, in the standard parametrization, where the widths stay in
/// the kernel; Lee et al. 2018 for `function`.
///
/// # Example: one linear layer is its own kernel
/// ```
/// use minigrad::prelude::*;
/// use minigrad::theory::Kernel;
///
/// let kernel = Kernel::of(&Recipe::mlp(1).inputs(100).init(Init::Xavier));
/// assert_eq!(kernel.function.same, 1.0);
/// assert_eq!(kernel.tangent.same, 100.0 + 1.0);       // |x|^2 and the bias
/// assert_eq!(kernel.tangent.apart, 1.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    /// Entries of an input.
    pub inputs: usize,
    /// Covariance of a logit at two inputs.
    pub function: Pairs,
    /// Tangent kernel of a logit.
    pub tangent: Pairs,
    /// One entry a weight matrix, in forward order.
    pub weights: Vec<WeightTheory>,
    /// Relative variance of the squared length of a gradient over draws of the weights, to first
    /// order in `1/width`: `sum of share^2 (3 E phi'^4 / (E phi'^2)^2 - 1) / fan_out` over the
    /// matrices before the readout, the activation that of the layer.
    ///
    /// *Source*: Hanin & Nica 2018 for ReLU: `5 depth / width`.
    pub noise: f64,
}

/// A weight matrix at initialization.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightTheory {
    /// Units in front.
    pub fan_in: usize,
    /// Units behind.
    pub fan_out: usize,
    /// Its part of the tangent kernel, without the bias.
    pub tangent: Pairs,
    /// `fan_in Var(W)`.
    pub variance: f64,
    /// Share of the backward signal's second moment that passes the branch it stands in; 1 outside.
    pub share: f64,
    /// Whether a norm behind it hides its scale.
    pub feeds_norm: bool,
    /// Number of the residual branch it stands in, from the input on.
    pub branch: Option<usize>,
}

impl Kernel {
    /// The kernels of a recipe. Where a signal overflows they are not finite.
    pub fn of(recipe: &Recipe) -> Kernel {
        let mut signal = Signal::new(recipe.activation, recipe.inputs);
        let ops: Vec<Op> = layers(recipe).into_iter().flatten().map(never_zero).collect();
        let steps = signal.pass(&ops);
        let mut kernel = Kernel {
            inputs: recipe.inputs,
            function: signal.h,
            tangent: Pairs::constant(0.0),
            weights: vec![],
            noise: 0.0,
        };
        // 1 before a layer without activation: its units let all gradients pass alike.
        let mut kurtosis = 1.0;
        visit(&steps, Pairs::constant(1.0), 1.0, &mut |step, grad, share| match *step {
            Step::Linear { fan_in, fan_out, variance, feeds_norm, input, branch } => {
                let tangent = grad * input * fan_in as f64;
                kernel.tangent = kernel.tangent + tangent + grad;
                if !kernel.weights.is_empty() {
                    kernel.noise += share * share * (3.0 * kurtosis - 1.0) / fan_out as f64;
                }
                kernel.weights.push(WeightTheory {
                    fan_in,
                    fan_out,
                    tangent,
                    variance,
                    share,
                    feeds_norm,
                    branch,
                });
                kurtosis = 1.0;
            }
            Step::Norm { correlation, shifts, .. } => {
                let shift = grad * f64::from(u8::from(shifts));
                kernel.tangent = kernel.tangent + grad * correlation + shift;
            }
            Step::Activation { kurtosis: of_slopes, .. } => kurtosis = of_slopes,
            Step::Residual(_) => {}
        });
        kernel.weights.reverse();
        kernel
    }
}

impl Kernel {
    /// Whether the signal and its gradient stay finite on their way.
    pub fn is_finite(&self) -> bool {
        [self.function, self.tangent].iter().all(|kernel| {
            kernel.same.is_finite() && kernel.towards.is_finite() && kernel.away.is_finite()
        })
    }
}

fn never_zero(op: Op) -> Op {
    match op {
        Op::Linear { fan_in, fan_out, variance, feeds_norm } => {
            Op::Linear { fan_in, fan_out, variance: variance.max(NEARLY_ZERO), feeds_norm }
        }
        Op::Residual(branch) => Op::Residual(branch.into_iter().map(never_zero).collect()),
        other => other,
    }
}
