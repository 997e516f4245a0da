//! The tangent kernel: how far a step of gradient descent on one input moves the output at another.

use super::correlation::Maps;
use super::draws::Draws;
use super::pairs::Pairs;
use super::walk::{pass, visit, Step};
use crate::recipe::{Plan, Recipe, Weights};

/// Variance that stands for that of weights that start at zero, so that ratios have their limit.
pub(in crate::theory) const NEARLY_ZERO: f64 = 1e-12;

/// Kernels of one logit at initialization and at infinite width, and what each weight matrix adds.
///
/// With `H` the second moment per unit in front of a layer, `S` the product of the gradients by its
/// output summed over units, both for two inputs (see [`Pairs`]):
///
/// ```text
/// function(x, x') = E f(x) f(x')
/// tangent(x, x')  = sum over layers of  S (fan_in H + 1)         weights and bias of a linear layer
///                                     + S c  (+ S)               gain (and shift) of a norm
///                                     + S H                      scale that is learned
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
    /// Variance of the logarithm of the squared length of a gradient over draws of the weights, to
    /// first order in `1/width`, from matrices and activations alone: what norms divide out is in
    /// `spread`. Over the matrices before the readout, with the activation behind each and its
    /// `kappa = E phi'^4 / (E phi'^2)^2`:
    ///
    /// ```text
    /// noise = sum of  share^2 (3 (kappa - 1)/fan_out + a)     independent entries  a = 2/fan_out
    ///                                                         orthogonal           a = 0, square
    /// ```
    ///
    /// *Source*: Hanin & Nica 2018 for ReLU: `5 depth / width`.
    pub noise: f64,
    /// Relative variance of `tangent.same` over draws of the weights where every path goes through
    /// a norm, to first order of each layer's logarithm in `1/width`.
    ///
    /// A block adds to the logarithm of a gradient `nu = (3 kappa - 1)/(4 n) + 2/n` on the way
    /// through its matrices, and `2/n + (v - 2 b)/(4 n)` by the length that the norm divides out,
    /// `v` the relative variance of `phi^2` and `b` its covariance with the squared slope. Parts of
    /// the kernel share what lies between them and the output: with `x` the sum over all blocks,
    /// and equal parts, the spread is `2 (e^x - 1 - x)/x^2 - 1`.
    ///
    /// *Source*: derived on the book's page on what is fitted; depth over width as in Hanin & Nica 2020.
    pub spread: f64,
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
    /// Product of the gradients behind it, summed over units: the part of its bias.
    pub bias: Pairs,
    /// `fan_in Var(W)`.
    pub variance: f64,
    /// Share of the backward signal's second moment that passes the branch it stands in; 1 outside.
    pub share: f64,
    /// Whether a norm behind it hides its scale.
    pub feeds_norm: bool,
    /// Whether its rows or columns are orthogonal; else its entries are independent.
    pub orthogonal: bool,
    /// `E phi'^2` of the activation behind it, 1 where there is none: what of a random signal passes.
    pub slope: f64,
    /// Number of the residual branch it stands in, from the input on.
    pub branch: Option<usize>,
}

impl Kernel {
    /// The kernels of a recipe. Where a signal overflows they are not finite.
    ///
    /// # Panics
    /// If [`check`](Recipe::check) refuses the recipe.
    #[track_caller]
    pub fn of(recipe: &Recipe) -> Kernel {
        Kernel::of_plan(&recipe.plan())
    }

    /// The kernels of a plan, as [`Propagation::of_plan`](super::Propagation::of_plan) reads it.
    pub fn of_plan(plan: &Plan) -> Kernel {
        Kernel::with(plan, &mut Maps::default())
    }

    /// The same, with maps that others may have made.
    pub(in crate::theory) fn with(plan: &Plan, maps: &mut Maps) -> Kernel {
        let layers = pass(plan, maps, NEARLY_ZERO);
        let mut kernel = Kernel {
            inputs: plan.inputs(),
            function: layers.last().map_or(Pairs::constant(0.0), |readout| readout.output),
            tangent: Pairs::constant(0.0),
            weights: vec![],
            noise: 0.0,
            spread: 0.0,
        };
        let mut draws = Draws::default();
        // Whether a norm further on hides the scale of what stands here.
        let mut is_hidden = false;
        let mut slope_behind = 1.0;
        let mut grad = Pairs::constant(1.0);
        for layer in layers.iter().rev() {
            // An embedding, alone in its layer, counts as bare: so the limits were fitted.
            let is_alone = matches!(layer.steps[..], [Step::Linear { .. }]);
            grad = visit(&layer.steps, grad, 1.0, &mut |step, grad, share| match *step {
                Step::Linear { weights, variance, input, branch } => {
                    let Weights { fan_in, fan_out, init, .. } = weights;
                    let tangent = grad * input * fan_in as f64;
                    kernel.tangent = kernel.tangent + tangent + grad;
                    draws.linear(weights, tangent.same, share);
                    let feeds_norm = is_hidden && !is_alone;
                    let orthogonal = init.is_orthogonal();
                    kernel.weights.push(WeightTheory {
                        fan_in,
                        fan_out,
                        tangent,
                        bias: grad,
                        variance,
                        share,
                        feeds_norm,
                        orthogonal,
                        slope: std::mem::replace(&mut slope_behind, 1.0),
                        branch,
                    });
                }
                Step::Norm { correlation, shifts, .. } => {
                    let shift = grad * f64::from(u8::from(shifts));
                    kernel.tangent = kernel.tangent + grad * correlation + shift;
                    draws.norm();
                    is_hidden = true;
                }
                Step::Activation { activation, scatter, slope, .. } => {
                    slope_behind = slope.same;
                    draws.activation(scatter);
                    is_hidden &= activation.slope_below().is_some();
                }
                Step::Scale { input, learned, .. } if learned => {
                    kernel.tangent = kernel.tangent + grad * input;
                }
                Step::Scale { .. } => {}
                // A branch and its stream hide nothing of each other.
                Step::Residual(_) => (is_hidden, slope_behind) = (false, 1.0),
            });
        }
        (kernel.noise, kernel.spread) = (draws.noise, draws.spread());
        kernel.weights.reverse();
        kernel
    }

    /// Whether the signal and its gradient stay finite on their way.
    pub fn is_finite(&self) -> bool {
        [self.function, self.tangent].iter().all(|kernel| {
            kernel.same.is_finite() && kernel.towards.is_finite() && kernel.away.is_finite()
        })
    }
}
