//! Which networks are trained with Adam for the fit, and which for its trial.

use crate::experiments::scorecard::{structure, Design, INITS};
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Activation, Norm, Recipe, Training};

/// Two grids of networks, of different seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Of the design.
    pub seed: u64,
    /// Networks.
    pub count: usize,
    /// Runs of each.
    pub runs: u64,
}

impl Grid {
    /// The limits are fitted to this one: `labs/data/adam.jsonl`.
    pub const FIT: Grid = Grid { seed: 11, count: 300, runs: 2 };
    /// Nothing is fitted to this one: `labs/data/adam-fresh.jsonl`.
    pub const FRESH: Grid = Grid { seed: 12, count: 90, runs: 3 };
}

/// Updates of every network of the grids.
pub const GRID_STEPS: usize = 200;

const DEPTHS: [usize; 8] = [4, 6, 8, 12, 16, 24, 36, 50];
const WIDTHS: [usize; 5] = [32, 48, 64, 96, 128];

/// The networks of a grid: bodies, activations and inits by turns, the rest at random; the rates
/// spread over four decades, from 1e-5 to 1e-1, by the golden section.
pub fn design(grid: Grid) -> Vec<Design> {
    let mut random = Random::new(grid.seed, Stream::Design);
    let first = random.uniform();
    (0..grid.count).map(|index| one(index, first, &mut random)).collect()
}

fn one(index: usize, first: f64, random: &mut Random) -> Design {
    // One in 24 may be large.
    let most = if index % 24 == 23 { 3_000_000 } else { 500_000 };
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let turn = (first + GOLDEN * index as f64).fract();
    let training = Training::adam(two_digits(libm::pow(10.0, 4.0 * turn - 5.0))).steps(GRID_STEPS);
    loop {
        let depth = DEPTHS[random.below(DEPTHS.len())];
        let bare = if index.is_multiple_of(2) { Recipe::mlp(depth) } else { Recipe::blocks(depth) };
        let norm = [Norm::None, Norm::Layer, Norm::Rms][random.below(3)];
        let recipe = bare.width(WIDTHS[random.below(WIDTHS.len())]);
        let recipe = recipe.activation(Activation::ALL[index % Activation::ALL.len()]);
        let recipe = structure(recipe.init(INITS[index % INITS.len()]).norm(norm), random);
        let weights: usize = recipe.shapes().iter().map(|(fan_in, fan_out)| fan_in * fan_out).sum();
        if weights <= most {
            return Design { recipe, training };
        }
    }
}

/// As one would write it.
fn two_digits(x: f64) -> f64 {
    let digits = libm::pow(10.0, 1.0 - libm::floor(libm::log10(x)));
    libm::round(x * digits) / digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::recipe::Body;
    use std::collections::BTreeSet;

    #[test]
    fn the_grids_cover_the_choices_and_share_no_network() {
        let [fit, fresh] = [Grid::FIT, Grid::FRESH].map(design);
        for all in [&fit, &fresh] {
            let rates: Vec<f64> = all.iter().map(|one| one.training.lr).collect();
            for decade in 0..4 {
                let low = 1e-5 * libm::pow(10.0, f64::from(decade));
                let within = rates.iter().filter(|&&lr| (low..10.0 * low).contains(&lr)).count();
                assert!(5 * within > all.len(), "{within} above {low}");
            }
            let distinct = |of: &dyn Fn(&Recipe) -> String| {
                all.iter().map(|one| of(&one.recipe)).collect::<BTreeSet<_>>().len()
            };
            assert_eq!(distinct(&|r| r.depth.to_string()), DEPTHS.len());
            assert_eq!(distinct(&|r| r.width.to_string()), WIDTHS.len());
            assert_eq!(distinct(&|r| r.activation.to_string()), Activation::ALL.len());
            assert_eq!(distinct(&|r| r.placement.to_string()), 4);
            assert!(all.iter().any(|one| one.recipe.body == Body::Plain && one.recipe.residual));
        }
        let plans = |all: &[Design]| -> BTreeSet<String> {
            all.iter().map(|one| format!("{} {}", one.recipe, one.training)).collect()
        };
        assert!(plans(&fit).is_disjoint(&plans(&fresh)));
    }
}
