//! A baseline that knows no theory: what the most similar networks did.

use crate::experiments::score::{Measured, OUTCOMES};
use minigrad::recipe::Outcome;
use minigrad::theory::Probability;

/// How many neighbours are asked.
pub(super) const ASKED: usize = 5;

/// The shares of the outcomes among the nearest configurations of other architectures; each
/// outcome counts as seen one third of a time more than it was.
pub(super) fn by_neighbours(all: &[(&Measured, Outcome)]) -> Vec<Probability> {
    let places: Vec<Vec<f64>> = all.iter().map(|(one, _)| place(one)).collect();
    let judge = |k: usize| {
        let own = all[k].0.architecture();
        let mut others: Vec<(f64, usize)> = (0..all.len())
            .map(|j| (distance(&places[k], &places[j]), j))
            .filter(|(_, j)| all[*j].0.architecture() != own)
            .collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0));
        others.truncate(ASKED);
        let [diverges, vanishes, trains] = OUTCOMES.map(|outcome| {
            let seen = others.iter().filter(|(_, j)| all[*j].1 == outcome).count() as f64;
            (seen + 1.0 / 3.0) / (others.len() as f64 + 1.0)
        });
        Probability { diverges, vanishes, trains }
    };
    (0..all.len()).map(judge).collect()
}

/// A field of a recipe is one coordinate, a number its logarithm; what differs by kind is as far
/// apart as a factor of e.
pub(super) fn place(one: &Measured) -> Vec<f64> {
    let (recipe, training) = (&one.recipe, &one.training);
    let plan = recipe.plan();
    let weights = plan.weights();
    let std: f64 = weights.get(weights.len() / 2).map_or(0.0, |w| libm::sqrt(w.variance()));
    let kind = |code: usize, kinds: usize| (0..kinds).map(move |k| f64::from(u8::from(k == code)));
    let numbers = [training.lr, recipe.depth as f64, recipe.width as f64, std.max(1e-3)];
    let numbers = numbers.into_iter().map(libm::log);
    let flags = [recipe.residual, recipe.final_norm].map(|flag| f64::from(u8::from(flag)));
    numbers
        .chain(flags)
        .chain(kind(recipe.body as usize, 2))
        .chain(kind(recipe.activation as usize, 5))
        .chain(kind(recipe.norm as usize, 3))
        .chain(kind(recipe.placement as usize, 4))
        .chain(kind(recipe.out_proj as usize, 3))
        .collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
