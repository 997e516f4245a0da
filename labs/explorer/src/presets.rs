//! The networks of the labs, each with its training.

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
    let init = |init| Recipe::mlp(12).init(init);
    let [slow, fast] = [1e-3, 1e-2].map(|lr| Training::sgd(lr).momentum(0.9).batch(64));
    let linear = |init| Recipe::mlp(20).activation(Activation::Identity).init(init);
    let norm = |norm| init(Init::Kaiming).norm(norm);
    let blocks = Recipe::blocks(50).activation(Activation::Gelu).norm(Norm::Rms);
    let deep = slow.clone().steps(300);
    let adam = Training::adam(1e-3).batch(64).steps(300);
    let small = Recipe::mlp(12).width(64);
    vec![
        preset("small", "A first one: 12 × 64", "minigrad.html", small, fast.clone().steps(200)),
        preset("walk-uniform", "Lab 00: uniform", lab00, linear(Init::Uniform(0.5)), slow.clone()),
        preset("walk-xavier", "Lab 00: Xavier", lab00, linear(Init::Xavier), slow.clone()),
        preset("uniform", "Lab 01: uniform", lab01, init(Init::Uniform(0.5)), slow.clone()),
        preset("xavier", "Lab 01: Xavier", lab01, init(Init::Xavier), slow.clone()),
        preset("kaiming", "Lab 01: Kaiming", lab01, init(Init::Kaiming), slow.clone()),
        preset("xavier-fast", "Lab 01: Xavier at lr 0.01", lab01, init(Init::Xavier), fast),
        preset("layer-norm", "Lab 02: LayerNorm", lab02, norm(Norm::Layer), slow.clone()),
        preset("rms-norm", "Lab 02: RMSNorm", lab02, norm(Norm::Rms), slow),
        preset("blocks", "Lab 03: 50 blocks, no residual", lab03, blocks.clone(), deep.clone()),
        preset("residual", "Lab 03: 50 blocks, residual", lab03, blocks.residual(), deep),
        preset("adam", "Lab 05: Xavier, Adam", lab05, init(Init::Xavier), adam),
    ]
}
