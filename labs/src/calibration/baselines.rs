//! Those who judge without theory.

use super::fit::held_out;
use crate::score::{Measured, Score, ACTIVATIONS, OUTCOMES};
use minigrad::optim::{Optimizer, Sgd};
use minigrad::recipe::Outcome;
use minigrad::tensor::Tensor;
use minigrad::theory::Probability;
use ndarray::{Array2, ArrayView1, Axis};

/// Configurations whose runs agree.
pub type Judged<'a> = [(&'a Measured, Outcome)];

/// What a rule says of each configuration that was judged.
pub type Judge = fn(&Judged) -> Vec<Probability>;

/// The names of those who judge, and how: a probability of each configuration.
pub const BASELINES: [(&str, Judge); 3] = [
    ("the five most similar networks of other architectures", by_neighbours),
    ("a logistic model of the fields and their squares", by_logistic),
    ("the frequencies of the outcomes", by_frequencies),
];

/// How good they are at it; of curves they say nothing.
pub fn score(all: &Judged, judge: Judge) -> Score {
    let mut score = Score::default();
    for (&(measured, outcome), probability) in all.iter().zip(judge(all)) {
        score.add(measured, probability.ranked()[0], &[]);
        score.odds.add(outcome, probability);
    }
    score
}

fn probability([diverges, vanishes, trains]: [f64; 3]) -> Probability {
    Probability { diverges, vanishes, trains }
}

/// That of one who knows how often each outcome comes, and no more.
fn by_frequencies(all: &Judged) -> Vec<Probability> {
    let count = |outcome| all.iter().filter(|(_, one)| *one == outcome).count();
    vec![probability(OUTCOMES.map(|o| count(o) as f64 / all.len() as f64)); all.len()]
}

/// How many neighbours are asked.
const ASKED: usize = 5;

/// The shares of the outcomes among the nearest configurations of other architectures; each
/// outcome counts as seen one third of a time more than it was.
fn by_neighbours(all: &Judged) -> Vec<Probability> {
    let places: Vec<(Vec<f64>, String)> =
        all.iter().map(|(one, _)| (place(one), one.architecture())).collect();
    let judge = |(here, own): &(Vec<f64>, String)| {
        let others = places.iter().zip(all).filter(|((_, other), _)| other != own);
        let distance = |there: &[f64]| here.iter().zip(there).map(|(a, b)| (a - b) * (a - b)).sum();
        let mut others: Vec<(f64, Outcome)> =
            others.map(|((there, _), (_, outcome))| (distance(there), *outcome)).collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0));
        others.truncate(ASKED);
        probability(OUTCOMES.map(|outcome| {
            let seen = others.iter().filter(|(_, one)| *one == outcome).count() as f64;
            (seen + 1.0 / 3.0) / (others.len() as f64 + 1.0)
        }))
    };
    places.iter().map(judge).collect()
}

/// A field of a recipe is one coordinate, a number its logarithm; what differs by kind is as far
/// apart as a factor of e.
fn place(one: &Measured) -> Vec<f64> {
    let (recipe, training) = (&one.recipe, &one.training);
    let plan = recipe.plan();
    let weights = plan.weights();
    let std: f64 = weights.get(weights.len() / 2).map_or(0.0, |w| libm::sqrt(w.variance()));
    let kind = |code: usize, kinds: usize| (0..kinds).map(move |k| f64::from(u8::from(k == code)));
    let numbers = [training.lr, recipe.depth as f64, recipe.width as f64, std.max(1e-3)];
    let flags = [recipe.residual, recipe.final_norm].map(|flag| f64::from(u8::from(flag)));
    let activation = ACTIVATIONS.iter().position(|one| *one == recipe.activation);
    let kinds = [
        (recipe.body as usize, 2),
        (activation.unwrap_or(0), 5),
        (recipe.norm as usize, 3),
        (recipe.placement as usize, 4),
        (recipe.out_proj as usize, 3),
    ];
    let kinds = kinds.into_iter().flat_map(|(code, count)| kind(code, count));
    numbers.map(libm::log).into_iter().chain(flags).chain(kinds).collect()
}

/// Steps of gradient descent, all configurations a step.
const STEPS: usize = 600;
const LR: f64 = 0.05;
const MOMENTUM: f64 = 0.9;
const DECAY: f64 = 1e-3;

/// `p_k = exp(a_k x) / sum_j exp(a_j x)` of the three outcomes, `x` the fields that
/// [`place`] names, each to mean 0 and deviation 1, their squares, and 1: of every group by a model of
/// the largest likelihood on the other groups.
fn by_logistic(all: &Judged) -> Vec<Probability> {
    let rows = features(all.iter().map(|(one, _)| place(one)).collect());
    let labels = all.iter().map(|(_, o)| OUTCOMES.iter().position(|x| x == o).unwrap_or(0));
    let labels: Vec<usize> = labels.collect();
    let models = held_out(all.iter().map(|(one, _)| *one), |others| {
        let labels: Vec<usize> = others.iter().map(|&k| labels[k]).collect();
        fitted(rows.select(Axis(0), others), &labels)
    });
    models.iter().zip(rows.rows()).map(|(model, x)| probability(shares(model, x))).collect()
}

/// Coordinates of mean 0 and deviation 1, their squares less one, and a constant.
fn features(rows: Vec<Vec<f64>>) -> Array2<f64> {
    let (count, size) = (rows.len(), rows.first().map_or(0, Vec::len));
    let mut all = Array2::ones((count, 2 * size + 1));
    for column in 0..size {
        let mean = rows.iter().map(|row| row[column]).sum::<f64>() / count as f64;
        let square = |row: &Vec<f64>| (row[column] - mean) * (row[column] - mean);
        let variance = rows.iter().map(square).sum::<f64>() / count as f64;
        for (row, mut features) in rows.iter().zip(all.rows_mut()) {
            let x = (row[column] - mean) / libm::sqrt(variance).max(1e-9);
            features[column] = x;
            features[size + column] = x * x - 1.0;
        }
    }
    all
}

/// A network of one layer.
fn fitted(rows: Array2<f64>, labels: &[usize]) -> Tensor<f64> {
    let mut model = Tensor::parameter(Array2::zeros((rows.ncols(), 3)));
    let rows = Tensor::constant(rows);
    let mut rule = Sgd::new(LR, MOMENTUM).weight_decay(DECAY);
    for _ in 0..STEPS {
        let gradients = rows.matmul(&model).cross_entropy(labels).backward();
        rule.step([&mut model], &gradients);
    }
    model
}

fn shares(model: &Tensor<f64>, x: ArrayView1<f64>) -> [f64; 3] {
    let scores = [0, 1, 2].map(|k| x.dot(&model.values().column(k)));
    let most = scores.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let powers = scores.map(|score| libm::exp(score - most));
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::random::{Random, Stream};

    /// Two classes of one coordinate whose log odds are 2 x: the model finds slope and centre,
    /// within four standard errors 1/sqrt(sum of p (1 - p) x^2), about 1/sqrt(0.12 count).
    #[test]
    fn a_model_finds_the_odds_that_made_the_outcomes() {
        let mut random = Random::new(5, Stream::Theory);
        let count = 4000;
        let rows =
            Array2::from_shape_fn((count, 2), |(_, k)| if k == 0 { random.normal() } else { 1.0 });
        let label = |x: &f64| {
            let p = 1.0 / (1.0 + libm::exp(-2.0 * x));
            usize::from((random.below(1_000_000) as f64) < 1e6 * p)
        };
        let labels: Vec<usize> = rows.column(0).iter().map(label).collect();
        let model = fitted(rows, &labels);
        let odds = |k: usize| model.values()[[k, 1]] - model.values()[[k, 0]];
        let error = 4.0 / libm::sqrt(0.12 * count as f64);
        // Decay pulls it in by less than a twentieth.
        assert!((odds(0) - 2.0).abs() < error + 0.1, "{}", odds(0));
        assert!(odds(1).abs() < error, "{}", odds(1));
    }
}
