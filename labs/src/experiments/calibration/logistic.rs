//! A baseline that knows no theory: a logistic model of the recipe's fields.

use super::fit::groups;
use super::neighbours::place;
use crate::experiments::score::{Measured, OUTCOMES};
use minigrad::recipe::Outcome;
use minigrad::theory::Probability;

/// Steps of gradient descent.
const STEPS: usize = 600;
const LR: f64 = 0.5;
const MOMENTUM: f64 = 0.9;
/// Weight of the squared length of the parameters.
const DECAY: f64 = 1e-3;

/// `p_k = exp(a_k x) / sum_j exp(a_j x)` of the three outcomes, `x` the fields that
/// [`place`] names, each to mean 0 and deviation 1, their squares, and 1: of every group by a model of
/// the largest likelihood on the other groups.
pub(super) fn by_logistic(all: &[(&Measured, Outcome)]) -> Vec<Probability> {
    let rows = features(all.iter().map(|(one, _)| place(one)).collect());
    let labels: Vec<usize> =
        all.iter().map(|(_, o)| OUTCOMES.iter().position(|x| x == o).unwrap_or(0)).collect();
    let architectures: Vec<String> = all.iter().map(|(one, _)| one.architecture()).collect();
    let group = groups(architectures.iter().map(String::as_str));
    let count = group.iter().max().map_or(0, |most| most + 1);
    let models: Vec<Model> = (0..count)
        .map(|held_out| {
            let others = |k: &usize| group[*k] != held_out;
            Model::fitted(&rows, &labels, &(0..rows.len()).filter(others).collect::<Vec<_>>())
        })
        .collect();
    rows.iter().zip(&group).map(|(row, &group)| models[group].probability(row)).collect()
}

/// Coordinates of mean 0 and deviation 1, their squares less one, and a constant.
fn features(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = rows.len() as f64;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let mean = rows.iter().map(|row| row[column]).sum::<f64>() / count;
        rows.iter_mut().for_each(|row| row[column] -= mean);
        let variance = rows.iter().map(|row| row[column] * row[column]).sum::<f64>() / count;
        let deviation = libm::sqrt(variance).max(1e-9);
        rows.iter_mut().for_each(|row| row[column] /= deviation);
    }
    let extended = |row: Vec<f64>| {
        let squares: Vec<f64> = row.iter().map(|x| x * x - 1.0).collect();
        row.into_iter().chain(squares).chain([1.0]).collect()
    };
    rows.into_iter().map(extended).collect()
}

/// The parameters of each outcome.
struct Model([Vec<f64>; 3]);

impl Model {
    fn fitted(rows: &[Vec<f64>], labels: &[usize], chosen: &[usize]) -> Model {
        let size = rows.first().map_or(0, Vec::len);
        let mut model = Model([(); 3].map(|()| vec![0.0; size]));
        let mut velocity = [(); 3].map(|()| vec![0.0; size]);
        for _ in 0..STEPS {
            let mut gradient = [(); 3].map(|()| vec![0.0; size]);
            for &k in chosen {
                let shares = model.shares(&rows[k]);
                for outcome in 0..3 {
                    let error = shares[outcome] - f64::from(u8::from(labels[k] == outcome));
                    let parts = gradient[outcome].iter_mut().zip(&rows[k]);
                    parts.for_each(|(g, x)| *g += error * x / chosen.len() as f64);
                }
            }
            for outcome in 0..3 {
                let parts = model.0[outcome].iter_mut().zip(&mut velocity[outcome]);
                for ((a, v), g) in parts.zip(&gradient[outcome]) {
                    *v = MOMENTUM * *v + g + DECAY * *a;
                    *a -= LR * (1.0 - MOMENTUM) * *v;
                }
            }
        }
        model
    }

    fn shares(&self, row: &[f64]) -> [f64; 3] {
        let scores =
            [0, 1, 2].map(|k: usize| self.0[k].iter().zip(row).map(|(a, x)| a * x).sum::<f64>());
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers = scores.map(|score| libm::exp(score - most));
        let sum: f64 = powers.iter().sum();
        powers.map(|power| power / sum)
    }

    fn probability(&self, row: &[f64]) -> Probability {
        let [diverges, vanishes, trains] = self.shares(row);
        Probability { diverges, vanishes, trains }
    }
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
        let rows: Vec<Vec<f64>> = (0..count).map(|_| vec![random.normal(), 1.0]).collect();
        let labels: Vec<usize> = rows
            .iter()
            .map(|row| {
                let p = 1.0 / (1.0 + libm::exp(-2.0 * row[0]));
                usize::from((random.below(1_000_000) as f64) < 1e6 * p)
            })
            .collect();
        let model = Model::fitted(&rows, &labels, &(0..count).collect::<Vec<_>>());
        let slope = model.0[1][0] - model.0[0][0];
        let error = 4.0 / libm::sqrt(0.12 * count as f64);
        // Decay pulls it in by less than a twentieth.
        assert!((slope - 2.0).abs() < error + 0.1, "{slope}");
        assert!((model.0[1][1] - model.0[0][1]).abs() < error, "{:?}", model.0);
    }
}
