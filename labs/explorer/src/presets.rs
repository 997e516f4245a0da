//! The networks of the labs, each with its training.

use minigrad::experiments::{adam, init_ablation, norm_ablation, residual_depth};
use minigrad::recipe::{Activation, Init, Norm, Recipe, Training};
use minigrad_lines as lines;
use serde_json::{json, Value};

/// A network that the book speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Names it in links and pages.
    pub key: &'static str,
    /// Names it for readers.
    pub name: &'static str,
    /// The page that speaks of it, from the root of the book.
    pub page: &'static str,
    /// The network.
    pub recipe: Recipe,
    /// Its training.
    pub training: Training,
}

impl Preset {
    /// As JSON.
    pub fn shown(&self) -> Value {
        let Preset { key, name, page, recipe, training } = self;
        json!({ "key": key, "name": name, "page": page, "line": lines::line(recipe, training) })
    }
}

/// All of them, in the order of the book.
pub fn all() -> Vec<Preset> {
    let (lab00, lab01) = ("labs/lab00-variance-walk.html", "labs/lab01-init-ablation.html");
    let (lab02, lab03) = ("labs/lab02-norm-ablation.html", "labs/lab03-residual-depth.html");
    let lab05 = "labs/lab05-adam.html";
    let preset = |key, name, page, recipe, training| Preset { key, name, page, recipe, training };
    let init = init_ablation::recipe;
    let [slow, fast] = init_ablation::RATES.map(init_ablation::training);
    let linear = |init| Recipe::mlp(20).activation(Activation::Identity).init(init);
    let norm = |norm| init(Init::Kaiming).norm(norm);
    let normed = Training { lr: norm_ablation::LR, ..slow.clone() };
    let blocks =
        |residual| residual_depth::recipe(residual_depth::DEPTH, residual_depth::WIDTH, residual);
    let deep = residual_depth::training(residual_depth::LR).steps(300);
    let adams = adam::training(adam::Rule::Adam, adam::LR);
    let small = Recipe::mlp(12).width(64);
    vec![
        preset("small", "A first one: 12 × 64", "minigrad.html", small, fast.clone().steps(200)),
        preset("walk-uniform", "Lab 00: uniform", lab00, linear(Init::Uniform(0.5)), slow.clone()),
        preset("walk-xavier", "Lab 00: Xavier", lab00, linear(Init::Xavier), slow.clone()),
        preset("uniform", "Lab 01: uniform", lab01, init(Init::Uniform(0.5)), slow.clone()),
        preset("xavier", "Lab 01: Xavier", lab01, init(Init::Xavier), slow.clone()),
        preset("kaiming", "Lab 01: Kaiming", lab01, init(Init::Kaiming), slow.clone()),
        preset("xavier-fast", "Lab 01: Xavier at lr 0.01", lab01, init(Init::Xavier), fast),
        preset("layer-norm", "Lab 02: LayerNorm", lab02, norm(Norm::Layer), normed.clone()),
        preset("rms-norm", "Lab 02: RMSNorm", lab02, norm(Norm::Rms), normed),
        preset("blocks", "Lab 03: 50 blocks, no residual", lab03, blocks(false), deep.clone()),
        preset("residual", "Lab 03: 50 blocks, residual", lab03, blocks(true), deep),
        preset("adam", "Lab 05: Xavier, Adam", lab05, adam::plateau(), adams.steps(300)),
    ]
}
