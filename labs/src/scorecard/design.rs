//! Which configurations are tried: chosen for coverage, before anything was predicted.

use super::Settings;
use crate::score::ACTIVATIONS;
use crate::spine::{sgd, Seeded};
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Activation, Body, Init, Norm, OutProj, Placement, Recipe, Training};
use minigrad::theory::Limits;

/// One configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    pub recipe: Recipe,
    pub training: Training,
}

const DEPTHS: [usize; 8] = [4, 6, 8, 12, 16, 24, 40, 64];
const WIDTHS: [usize; 4] = [64, 96, 128, 256];
/// Kaiming stands there twice.
pub const INITS: [Init; 12] = [
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
const RATES: [f64; 7] = [3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1, 3.16e-1];

/// The starts that predictions cover and no limit was fitted on.
pub const STARTS: [OutProj; 2] = [OutProj::Fixup, OutProj::DeepNorm];
/// Within those of the sets that the limits were fitted to, so that the start alone is new.
const START_DEPTHS: [usize; 8] = [4, 6, 8, 10, 12, 16, 24, 32];
const START_WIDTHS: [usize; 3] = [64, 96, 128];

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
    let activation = ACTIVATIONS[index % ACTIVATIONS.len()];
    let init = INITS[index % INITS.len()];
    loop {
        let depth = DEPTHS[random.below(DEPTHS.len())];
        let bare = if index.is_multiple_of(2) { Recipe::mlp(depth) } else { Recipe::blocks(depth) };
        let norm = [Norm::None, Norm::Layer, Norm::Rms][random.below(3)];
        let recipe = bare.width(WIDTHS[random.below(WIDTHS.len())]).activation(activation);
        let recipe = structure(recipe.init(init).norm(norm), random);
        if recipe.work() <= most {
            return trained(recipe, index, settings, random);
        }
    }
}

/// A network with its rate: by turns, or near a limit.
fn trained(recipe: Recipe, index: usize, settings: &Settings, random: &mut Random) -> Design {
    let training = sgd(RATES[index % RATES.len()]).steps(settings.steps);
    let training = match index % 3 {
        2 => near_a_limit(&recipe, training, libm::pow(3.0, 2.0 * random.uniform() - 1.0)),
        _ => training,
    };
    Design { recipe, training }
}
// ANCHOR_END: one

/// The training with `factor` times the rate at which push or collapse comes to its limit: both are
/// proportional to the rate, but for the arctangents in the movement behind norms.
fn near_a_limit(recipe: &Recipe, training: Training, factor: f64) -> Training {
    const ENDS: (f64, f64) = (1e-5, 3.0);
    let limits = Limits::FITTED;
    let size = |lr: f64| {
        let stability = recipe.predict(&Training { lr, ..training.clone() }.steps(1)).stability;
        let push = stability.push / limits.push(stability.kind);
        stability.collapse.map_or(push, |collapse| push.max(collapse / limits.collapse))
    };
    let (mut low, mut high) = ENDS;
    for _ in 0..20 {
        let middle = libm::sqrt(low * high);
        match size(middle) < 1.0 {
            true => low = middle,
            false => high = middle,
        }
    }
    // Three digits, as one would write it.
    let rate = (low * factor).clamp(ENDS.0, ENDS.1);
    let digits = libm::pow(10.0, 2.0 - libm::floor(libm::log10(rate)));
    Training { lr: libm::round(rate * digits) / digits, ..training }
}

/// The recipe with a residual stream, a placement of its norm and a start of its branches at random.
pub fn structure(recipe: Recipe, random: &mut Random) -> Recipe {
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

/// A second design, whose branches start as in no set that a limit was fitted to: residual blocks with
/// Fixup, without a norm, or with DeepNorm, with a norm of each sum. Starts, depths, activations, inits
/// and rates by turns, the rest at random; rates as in [`design`].
pub fn other_starts(settings: &Settings) -> Vec<Design> {
    let mut random = Random::new(settings.seed, Stream::SecondDesign);
    let one = |index: usize| {
        let start = STARTS[index % STARTS.len()];
        let blocks = Recipe::blocks(START_DEPTHS[index / STARTS.len() % START_DEPTHS.len()])
            .activation(ACTIVATIONS[index % ACTIVATIONS.len()])
            .init(INITS[1 + index % (INITS.len() - 1)])
            .residual();
        let norm = [Norm::Layer, Norm::Rms][random.below(2)];
        loop {
            let blocks = blocks.clone().width(START_WIDTHS[random.below(START_WIDTHS.len())]);
            let recipe = match start {
                OutProj::DeepNorm => blocks.norm(norm).placement(Placement::Post),
                _ => blocks,
            };
            let recipe = recipe.out_proj(start);
            // Wider than the narrowest where that takes no longer than most.
            if recipe.width == START_WIDTHS[0] || recipe.work() <= 600_000 {
                return trained(recipe, index, settings, &mut random);
            }
        }
    };
    (0..settings.starts).map(one).collect()
}

/// Recipes of the book's own labs, for a look at their curves, with a name each.
pub fn chosen(settings: &Settings) -> Vec<(&'static str, Design)> {
    let lab01 = |init| Recipe::mlp(12).init(init);
    let blocks = || Recipe::blocks(12).width(128).activation(Activation::Gelu).norm(Norm::Rms);
    let tanh = Recipe::mlp(4).width(128).activation(Activation::Tanh).init(Init::Xavier);
    let all = [
        ("12 x 256 ReLU, Kaiming, lr 1e-3", lab01(Init::Kaiming), 1e-3),
        ("12 x 256 ReLU, Xavier, lr 1e-3", lab01(Init::Xavier), 1e-3),
        ("12 x 256 ReLU, Xavier, lr 1e-2", lab01(Init::Xavier), 1e-2),
        ("12 x 256 ReLU, LayerNorm, lr 1e-2", lab01(Init::Kaiming).norm(Norm::Layer), 1e-2),
        ("12 blocks x 128, RMSNorm, residual, lr 1e-3", blocks().residual(), 1e-3),
        ("12 blocks x 128, RMSNorm, lr 1e-3", blocks(), 1e-3),
        ("4 x 128 tanh, Xavier, lr 1e-2", tanh, 1e-2),
    ];
    let design =
        |(name, recipe, lr)| (name, Design { recipe, training: sgd(lr).steps(settings.steps) });
    all.into_iter().map(design).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether some recipe is so.
    fn has(all: &[Design], what: impl Fn(&Recipe) -> bool) -> bool {
        all.iter().any(|one| what(&one.recipe))
    }

    #[test]
    fn the_design_covers_every_choice() {
        let all = design(&Settings::default());
        let has = |what: &dyn Fn(&Recipe) -> bool| has(&all, what);
        assert!(all.iter().all(|one| one.recipe.check().is_ok()));
        assert!(ACTIVATIONS.iter().all(|a| has(&|r| r.activation == *a)));
        assert!(INITS.iter().all(|init| has(&|r| r.init == *init)));
        for placement in [Placement::None, Placement::PreAct, Placement::Pre, Placement::Post] {
            for residual in [false, true] {
                assert!(has(&|r| r.placement == placement && r.residual == residual));
            }
        }
        assert!(DEPTHS.iter().all(|depth| has(&|r| r.depth == *depth)));
        assert!(WIDTHS.iter().all(|width| has(&|r| r.width == *width)));
        for out_proj in [OutProj::Plain, OutProj::Zero, OutProj::Scaled] {
            assert!(has(&|r| r.out_proj == out_proj));
        }
        assert!(has(&|r| r.norm == Norm::Layer) && has(&|r| r.norm == Norm::Rms));
        assert!(has(&|r| r.final_norm) && has(&|r| r.body == Body::Plain));
    }

    #[test]
    fn the_second_design_covers_every_choice_of_each_start() {
        let all = other_starts(&Settings::default());
        for start in STARTS {
            let those: Vec<Design> =
                all.iter().filter(|one| one.recipe.out_proj == start).cloned().collect();
            let has = |what: &dyn Fn(&Recipe) -> bool| has(&those, what);
            assert_eq!(2 * those.len(), Settings::default().starts, "{start}");
            assert!(ACTIVATIONS.iter().all(|a| has(&|r| r.activation == *a)), "{start}");
            assert!(INITS.iter().all(|init| has(&|r| r.init == *init)), "{start}");
            assert!(START_DEPTHS.iter().all(|depth| has(&|r| r.depth == *depth)), "{start}");
            for rate in RATES {
                assert!(those.iter().any(|one| one.training.lr == rate), "{start} {rate}");
            }
        }
        assert!(START_WIDTHS.iter().all(|width| has(&all, |r| r.width == *width)));
        assert!([Norm::None, Norm::Layer, Norm::Rms].iter().all(|n| has(&all, |r| r.norm == *n)));
    }

    /// By Zhang, Dauphin & Ma, in place of norms; by Wang et al., in front of a norm of the sum.
    #[test]
    fn each_start_stands_where_its_paper_has_it() {
        for Design { recipe, training } in other_starts(&Settings::default()) {
            assert!(training.check_for(&recipe).is_ok(), "{recipe}");
            let norms = match recipe.out_proj {
                OutProj::Fixup => Placement::None,
                _ => Placement::Post,
            };
            assert!(recipe.body == Body::Block && recipe.residual, "{recipe}");
            assert_eq!(recipe.placement, norms, "{recipe}");
        }
    }

    #[test]
    fn one_rate_in_three_is_near_a_limit() {
        let all = other_starts(&Settings::default());
        let by_turns = |one: &&Design| RATES.contains(&one.training.lr);
        assert_eq!(3 * all.iter().filter(by_turns).count(), 2 * all.len());
    }

    /// Nothing of the first design moves when the second does.
    #[test]
    fn the_designs_are_drawn_apart() {
        let settings = Settings { count: 12, ..Settings::default() };
        assert_eq!(design(&Settings { starts: 0, ..settings.clone() }), design(&settings));
        let all = other_starts(&Settings { count: 0, ..settings.clone() });
        assert_eq!(other_starts(&settings), all);
        assert_eq!(other_starts(&Settings { starts: 8, ..settings }), all[..8]);
    }
}
