//! Which configurations are tried: chosen for coverage, before anything was predicted.

use super::Settings;
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Activation, Body, Init, Norm, OutProj, Placement, Recipe, Training};
use minigrad::theory::Limits;

/// One configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The network.
    pub recipe: Recipe,
    /// Its training.
    pub training: Training,
}

pub(super) const DEPTHS: [usize; 8] = [4, 6, 8, 12, 16, 24, 40, 64];
const WIDTHS: [usize; 4] = [64, 96, 128, 256];
pub(crate) const INITS: [Init; 12] = [
    Init::Kaiming,
    Init::Xavier,
    Init::Uniform(0.1),
    Init::KaimingUniform,
    Init::Sigma(1.0),
    Init::Orthogonal(1.0),
    Init::Gpt2,
    Init::Kaiming,
    Init::Glorot,
    Init::Sigma(1.8),
    Init::Uniform(0.5),
    Init::Orthogonal(1.5),
];
/// Learning rates: three decades in steps of a half.
pub(super) const RATES: [f64; 7] = [3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1, 3.16e-1];

/// The configurations of the settings: bodies, activations, inits and rates by turns, the rest at
/// random, without the networks that would take most of the time. The rate of one in three is moved
/// to within a factor of 3 of that at which a size comes to its limit.
pub fn design(settings: &Settings) -> Vec<Design> {
    let mut random = Random::new(settings.seed, Stream::Design);
    (0..settings.count).map(|index| one(index, settings, &mut random)).collect()
}

// ANCHOR: one
fn one(index: usize, settings: &Settings, random: &mut Random) -> Design {
    // One in 24 may be large.
    let most = if index % 24 == 23 { 5_000_000 } else { 800_000 };
    let activation = Activation::ALL[index % Activation::ALL.len()];
    let init = INITS[index % INITS.len()];
    loop {
        let depth = DEPTHS[random.below(DEPTHS.len())];
        let bare = if index.is_multiple_of(2) { Recipe::mlp(depth) } else { Recipe::blocks(depth) };
        let norm = [Norm::None, Norm::Layer, Norm::Rms][random.below(3)];
        let recipe = bare.width(WIDTHS[random.below(WIDTHS.len())]).activation(activation);
        let recipe = structure(recipe.init(init).norm(norm), random);
        if weights(&recipe) <= most {
            return trained(recipe, index, settings, random);
        }
    }
}

/// A network with its rate: by turns, or near a limit.
pub(super) fn trained(
    recipe: Recipe,
    index: usize,
    settings: &Settings,
    random: &mut Random,
) -> Design {
    let training = Training::sgd(RATES[index % RATES.len()]).momentum(0.9).steps(settings.steps);
    let training = match index % 3 {
        2 => near_a_limit(&recipe, training, libm::pow(3.0, 2.0 * random.uniform() - 1.0)),
        _ => training,
    };
    Design { recipe, training }
}
// ANCHOR_END: one

pub(super) fn weights(recipe: &Recipe) -> usize {
    recipe.shapes().iter().map(|(fan_in, fan_out)| fan_in * fan_out).sum()
}

/// The training with `factor` times the rate at which push or collapse comes to its limit: both are
/// proportional to the rate, but for the arctangents in the movement behind norms.
fn near_a_limit(recipe: &Recipe, training: Training, factor: f64) -> Training {
    let limits = Limits::FITTED;
    let size = |lr: f64| {
        let stability = recipe.predict(&Training { lr, ..training.clone() }.steps(1)).stability;
        let push = stability.push / limits.push(stability.kind);
        stability.collapse.map_or(push, |collapse| push.max(collapse / limits.collapse))
    };
    let (mut low, mut high) = (LEAST, MOST);
    for _ in 0..20 {
        let middle = libm::sqrt(low * high);
        match size(middle) < 1.0 {
            true => low = middle,
            false => high = middle,
        }
    }
    // Three digits, as one would write it.
    let rate = (low * factor).clamp(LEAST, MOST);
    let digits = libm::pow(10.0, 2.0 - libm::floor(libm::log10(rate)));
    Training { lr: libm::round(rate * digits) / digits, ..training }
}

/// Rates between which a limit is looked for.
const LEAST: f64 = 1e-5;
const MOST: f64 = 3.0;

pub(crate) fn structure(recipe: Recipe, random: &mut Random) -> Recipe {
    let recipe = Recipe { residual: random.below(5) < 3, ..recipe };
    if recipe.body == Body::Plain {
        return recipe;
    }
    let out_proj = [OutProj::Plain, OutProj::Plain, OutProj::Zero, OutProj::Scaled];
    let recipe = recipe.out_proj(out_proj[random.below(4)]);
    if recipe.norm == Norm::None {
        return recipe;
    }
    let placement = if random.below(3) == 0 { Placement::Post } else { Placement::Pre };
    Recipe { placement, final_norm: random.below(2) == 0, ..recipe }
}

/// Recipes of the book's own labs, for a look at their curves.
pub(super) fn chosen(settings: &Settings) -> Vec<(&'static str, Design)> {
    let training = |lr| Training::sgd(lr).momentum(0.9).steps(settings.steps);
    let lab01 = |init| Recipe::mlp(12).init(init);
    let blocks = || Recipe::blocks(12).width(128).activation(Activation::Gelu).norm(Norm::Rms);
    let of = |recipe, lr| Design { recipe, training: training(lr) };
    vec![
        ("12 x 256 ReLU, Kaiming, lr 1e-3", of(lab01(Init::Kaiming), 1e-3)),
        ("12 x 256 ReLU, Xavier, lr 1e-3", of(lab01(Init::Xavier), 1e-3)),
        ("12 x 256 ReLU, Xavier, lr 1e-2", of(lab01(Init::Xavier), 1e-2)),
        ("12 x 256 ReLU, LayerNorm, lr 1e-2", of(lab01(Init::Kaiming).norm(Norm::Layer), 1e-2)),
        ("12 blocks x 128, RMSNorm, residual, lr 1e-3", of(blocks().residual(), 1e-3)),
        ("12 blocks x 128, RMSNorm, lr 1e-3", of(blocks(), 1e-3)),
        (
            "4 x 128 tanh, Xavier, lr 1e-2",
            of(Recipe::mlp(4).width(128).activation(Activation::Tanh).init(Init::Xavier), 1e-2),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_design_covers_every_choice() {
        let all = design(&Settings::default());
        let has = |what: &dyn Fn(&Recipe) -> bool| all.iter().any(|one| what(&one.recipe));
        assert!(all.iter().all(|one| one.recipe.check().is_ok()));
        for activation in Activation::ALL {
            assert!(has(&|r| r.activation == activation));
        }
        for init in INITS {
            assert!(has(&|r| r.init == init));
        }
        for placement in [Placement::None, Placement::PreAct, Placement::Pre, Placement::Post] {
            for residual in [false, true] {
                assert!(has(&|r| r.placement == placement && r.residual == residual));
            }
        }
        for depth in DEPTHS {
            assert!(has(&|r| r.depth == depth), "{depth}");
        }
        for width in WIDTHS {
            assert!(has(&|r| r.width == width), "{width}");
        }
        for out_proj in [OutProj::Plain, OutProj::Zero, OutProj::Scaled] {
            assert!(has(&|r| r.out_proj == out_proj));
        }
        assert!(has(&|r| r.norm == Norm::Layer) && has(&|r| r.norm == Norm::Rms));
        assert!(has(&|r| r.final_norm) && has(&|r| r.body == Body::Plain));
    }
}
