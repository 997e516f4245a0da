//! A recipe as the list of operations that theory has a rule for.

use crate::recipe::gaussian::gain;
use crate::recipe::{Activation, Body, Init, Norm, OutProj, Placement, Recipe};

/// One operation on a signal.
pub(super) enum Op {
    /// `h W + b`.
    Linear(Weights),
    /// Division by the root of the second moment; `shifts` where a shift is learned.
    Norm { shifts: bool },
    /// The recipe's activation.
    Activation,
    /// `h + branch(h)`.
    Residual(Vec<Op>),
}

/// How a weight matrix `[fan_in, fan_out]` is drawn.
#[derive(Clone, Copy)]
pub(super) struct Weights {
    pub(super) fan_in: usize,
    pub(super) fan_out: usize,
    /// `fan_in Var(W)`.
    pub(super) variance: f64,
    /// Whether a norm behind it hides its scale.
    pub(super) feeds_norm: bool,
    /// Whether its rows or columns are orthogonal, else its entries are independent.
    pub(super) orthogonal: bool,
}

/// The operations of a recipe in forward order, grouped as in [`Propagation`](super::Propagation):
/// an embedding, each hidden layer or block, the readout.
///
/// # Panics
/// If [`check`](Recipe::check) refuses the recipe.
pub(super) fn layers(recipe: &Recipe) -> Vec<Vec<Op>> {
    if let Err(refused) = recipe.check() {
        panic!("recipe: {refused}");
    }
    match recipe.body {
        Body::Plain => plain(recipe),
        Body::Block => blocks(recipe),
    }
}

fn plain(recipe: &Recipe) -> Vec<Vec<Op>> {
    let Recipe { depth, width, inputs, classes, init, norm, .. } = *recipe;
    let hidden = |layer: usize| {
        let fan_in = if layer == 1 { inputs } else { width };
        let mut ops = vec![linear(recipe, init, fan_in, width, norm != Norm::None)];
        ops.extend(norm_at(recipe, Placement::PreAct));
        ops.push(Op::Activation);
        around(recipe.residual && fan_in == width, ops)
    };
    let last = if depth == 1 { inputs } else { width };
    let readout = vec![linear(recipe, init, last, classes, false)];
    (1..depth).map(hidden).chain([readout]).collect()
}

fn blocks(recipe: &Recipe) -> Vec<Vec<Op>> {
    let Recipe { depth, width, inputs, classes, init, placement, residual, .. } = *recipe;
    let homogeneous = matches!(recipe.activation, Activation::Identity | Activation::Relu);
    let embedding =
        recipe.embeds().then(|| vec![linear(recipe, Init::Xavier, inputs, width, false)]);
    let block = |number: usize| {
        let before_norm = match placement {
            Placement::Post => true,
            Placement::Pre => number < depth || recipe.final_norm,
            Placement::None | Placement::PreAct => false,
        } && !residual;
        let mut ops: Vec<Op> = norm_at(recipe, Placement::Pre).into_iter().collect();
        ops.push(linear(recipe, init, width, 4 * width, before_norm && homogeneous));
        ops.push(Op::Activation);
        ops.push(scaled(linear(recipe, init, 4 * width, width, before_norm), out_share(recipe)));
        let mut ops = around(residual, ops);
        ops.extend(norm_at(recipe, Placement::Post));
        ops
    };
    let mut readout = vec![];
    if recipe.final_norm {
        readout.push(Op::Norm { shifts: recipe.norm == Norm::Layer });
    }
    readout.push(linear(recipe, Init::Xavier, width, classes, false));
    embedding.into_iter().chain((1..=depth).map(block)).chain([readout]).collect()
}

fn linear(recipe: &Recipe, init: Init, fan_in: usize, fan_out: usize, feeds_norm: bool) -> Op {
    let variance = fan_in as f64 * init.variance(fan_in, fan_out, gain(recipe.activation));
    let orthogonal = matches!(init, Init::Orthogonal(_));
    Op::Linear(Weights { fan_in, fan_out, variance, feeds_norm, orthogonal })
}

fn scaled(op: Op, share: f64) -> Op {
    match op {
        Op::Linear(weights) => {
            Op::Linear(Weights { variance: weights.variance * share, ..weights })
        }
        other => other,
    }
}

fn norm_at(recipe: &Recipe, placement: Placement) -> Option<Op> {
    let shifts = recipe.norm == Norm::Layer;
    (recipe.norm != Norm::None && recipe.placement == placement).then_some(Op::Norm { shifts })
}

fn around(residual: bool, ops: Vec<Op>) -> Vec<Op> {
    if residual {
        vec![Op::Residual(ops)]
    } else {
        ops
    }
}

/// Variance of a branch's last weights, relative to that of the init.
fn out_share(recipe: &Recipe) -> f64 {
    match recipe.out_proj {
        OutProj::Plain => 1.0,
        OutProj::Zero => 0.0,
        OutProj::Scaled => 1.0 / (2.0 * recipe.depth as f64),
    }
}
