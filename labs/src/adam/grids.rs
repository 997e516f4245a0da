//! Networks that were trained with Adam: which, and how right predictions of them are.

use crate::calibration::fit::{cross_validated, fitted_to, Numbers, PATIENT};
use crate::calibration::parts::adam_by_hand;
use crate::calibration::predicted;
use crate::lines;
use crate::score::summary::{score, Summary};
use crate::score::tables::{bands, bins, groups, inside};
use crate::score::{Bin, Measured, Pair, Score, ACTIVATIONS};
use crate::scorecard::{measure, structure, Design, INITS};
use crate::spine::prelude::*;
use minigrad::theory::Limits;
use minigrad_cli::{root, Failure};

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
        let recipe = recipe.activation(ACTIVATIONS[index % ACTIVATIONS.len()]);
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

/// Those that the limits are fitted to, and those that they are tried on.
const FILES: [(&str, Grid, &str); 2] = [
    ("adam.jsonl", Grid::FIT, include_str!("../../data/adam.jsonl")),
    ("adam-fresh.jsonl", Grid::FRESH, include_str!("../../data/adam-fresh.jsonl")),
];

/// Trains the networks of both files again, and writes them.
///
/// # Errors
/// If nothing says where else than among the figures, or nothing can be written there.
pub fn measure_again(request: &Request) -> Result<(), Failure> {
    if request.dir == root::workspace()?.join("figures") {
        return Err(Failure::usage("--measure: expected --out DIR beside it"));
    }
    let output = request.output()?;
    for (name, grid, _) in FILES {
        let line = |mut one: Measured| -> String {
            // Five digits.
            let five = |loss: &mut f64| *loss = format!("{loss:.4e}").parse().unwrap_or(*loss);
            one.losses.iter_mut().for_each(five);
            // A null would say that a number is missing.
            lines::measured(&one).replace(",\"value\":null", "") + "\n"
        };
        let bar = Bar::new(name, request.threads);
        let all = map_in_parallel(&design(grid), &bar, |design| measure(design, grid.runs));
        output.write(name, &all.into_iter().map(line).collect::<String>())?;
    }
    Ok(())
}

/// How right predictions of the networks of both grids are.
#[derive(Serialize, Deserialize)]
pub struct Grids {
    /// Of the first, by limits that were fitted on other architectures.
    pub crossed: Summary,
    pub reliability: Vec<Bin>,
    /// Of the first, by the limits that all of it was fitted to.
    pub groups: Vec<(String, Summary)>,
    pub numbers: Numbers,
    /// Of the second.
    pub fresh: Summary,
    /// Of each the share of losses inside their band, and of verdicts by hand that are right.
    #[serde(with = "real")]
    pub inside: [f64; 2],
    #[serde(with = "real")]
    pub by_hand: [f64; 2],
}

impl Grids {
    /// Looks at one of so many networks.
    pub fn of(thin: usize, progress: &dyn Progress) -> Grids {
        let grids = FILES.map(|(.., file)| predicted(&[file], thin, progress));
        let [fit, fresh] = [0, 1].map(|grid: usize| grids[grid].iter().collect::<Vec<&Pair>>());
        let crossed = cross_validated(&fit, &PATIENT, |_, _| ());
        let by_hand = |pairs: &[&Pair]| {
            let mut score = Score::default();
            pairs.iter().for_each(|(one, p)| score.add(one, adam_by_hand(p), &[]));
            score.accuracy()
        };
        Grids {
            reliability: bins(&crossed),
            crossed: crossed.into(),
            groups: groups(&grids[0]),
            numbers: fitted_to(&fit, &PATIENT),
            fresh: score(&grids[1]).into(),
            inside: [&fit, &fresh].map(|pairs| inside(&bands(pairs, &Limits::ADAM, progress))[0]),
            by_hand: [by_hand(&fit), by_hand(&fresh)],
        }
    }
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
            assert_eq!(distinct(&|r| r.activation.to_string()), ACTIVATIONS.len());
            assert_eq!(distinct(&|r| r.placement.to_string()), 4);
            assert!(all.iter().any(|one| one.recipe.body == Body::Plain && one.recipe.residual));
        }
        let plans = |all: &[Design]| -> BTreeSet<String> {
            all.iter().map(|one| format!("{} {}", one.recipe, one.training)).collect()
        };
        assert!(plans(&fit).is_disjoint(&plans(&fresh)));
    }
}
