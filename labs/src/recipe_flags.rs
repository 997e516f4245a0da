//! A recipe and a training as flags, shared by the commands that take one.

use clap::Args;
use minigrad::recipe::{Activation, Body, Init, Norm, OutProj, Placement, Recipe, Training};
use minigrad_cli::{arguments, Failure};

/// One flag for each field that a first step depends on.
#[derive(Args, Clone, Debug)]
pub struct Described {
    /// plain: linear layers; block: blocks, each four times as wide inside
    #[arg(long, value_name = "NAME", default_value_t = Body::Plain)]
    pub body: Body,
    /// Linear layers, or blocks
    #[arg(long, value_name = "N", value_parser = arguments::whole, default_value_t = 12)]
    pub depth: usize,
    /// Units of a hidden layer
    #[arg(long, value_name = "N", value_parser = arguments::whole, default_value_t = 256)]
    pub width: usize,
    /// identity, relu, leaky_relu(SLOPE), tanh, sigmoid, gelu, gelu_tanh, silu, elu, selu or softplus
    #[arg(long, value_name = "NAME", default_value_t = Activation::Relu)]
    pub activation: Activation,
    /// uniform(A), xavier, glorot, kaiming (each also NAME_uniform), sigma(V), orthogonal(V), gpt2
    #[arg(long, value_name = "NAME", default_value_t = Init::Kaiming)]
    pub init: Init,
    /// Standard deviation of a bias, in a plain body; predict covers 0 only
    #[arg(long, value_name = "X", value_parser = arguments::real, default_value_t = 0.0)]
    pub bias_std: f64,
    /// none, ln or rms
    #[arg(long, value_name = "NAME", default_value_t = Norm::None)]
    pub norm: Norm,
    /// Where the norm stands: pre_act in a plain body; pre or post in blocks [default: pre_act or
    /// pre, as the body has it]
    #[arg(long, value_name = "NAME")]
    pub placement: Option<Placement>,
    /// Adds x around every hidden layer or block
    #[arg(long)]
    pub residual: bool,
    /// How the branch of a block starts: plain, zero, scaled, fixup, skipinit or deepnorm
    #[arg(long, value_name = "NAME", default_value_t = OutProj::Plain)]
    pub out_proj: OutProj,
    /// One more norm after the last block
    #[arg(long)]
    pub final_norm: bool,
    /// Learning rate
    #[arg(long, value_name = "X", value_parser = arguments::real, default_value_t = 1e-3)]
    pub lr: f64,
    /// Adam instead of gradient descent
    #[arg(long)]
    pub adam: bool,
    /// Inputs a step
    #[arg(long, value_name = "N", value_parser = arguments::whole, default_value_t = 64)]
    pub batch: usize,
    /// Weight decay of every parameter: with the gradient, or apart from it with --adam, as AdamW
    /// has it; predict covers 0 only
    #[arg(long, value_name = "X", value_parser = arguments::real, default_value_t = 0.0)]
    pub weight_decay: f64,
    /// Updates over which the learning rate rises in a line; predict covers 0 only
    #[arg(long, value_name = "N", value_parser = arguments::whole, default_value_t = 0)]
    pub warm_up: usize,
    /// The largest norm of the gradient by all parameters: longer ones are shortened to it [default:
    /// none; predict covers no other]
    #[arg(long, value_name = "X", value_parser = arguments::real)]
    pub clip_norm: Option<f64>,
}

/// What shows from the second step on.
#[derive(Args, Clone, Debug)]
pub struct Course {
    /// Momentum; Adam's first decay
    #[arg(long, value_name = "X", value_parser = arguments::real, default_value_t = 0.9)]
    pub momentum: f64,
    /// Updates
    #[arg(long, value_name = "N", value_parser = arguments::whole, default_value_t = 1000)]
    pub steps: usize,
}

impl Described {
    /// What the flags describe: weights, data and batches of seed 0.
    ///
    /// # Errors
    /// The first impossible value, with what would be accepted.
    pub fn read(&self, course: &Course) -> Result<(Recipe, Training), Failure> {
        let Described { depth, width, activation, init, norm, out_proj, final_norm, .. } = *self;
        let Described { residual, bias_std, lr, batch, .. } = *self;
        let Course { momentum, steps } = *course;
        let bare = match self.body {
            Body::Plain => Recipe::mlp(depth),
            Body::Block => Recipe::blocks(depth),
        };
        let recipe = bare.width(width).activation(activation).init(init).norm(norm);
        let recipe = recipe.bias_std(bias_std);
        let placement = self.placement.unwrap_or(recipe.placement);
        let recipe = Recipe { placement, residual, out_proj, final_norm, ..recipe };
        let rule = if self.adam { Training::adam } else { Training::sgd };
        let training = rule(lr).momentum(momentum).batch(batch).steps(steps);
        let Described { weight_decay, warm_up, clip_norm, .. } = *self;
        let training = Training { weight_decay, warm_up, clip_norm, ..training };
        recipe.check().and(training.check()).map_err(Failure::usage)?;
        Ok((recipe, training))
    }
}
