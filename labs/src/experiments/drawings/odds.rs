//! The probability of each outcome as the learning rate grows.

use crate::experiments::score::OUTCOMES;
use crate::experiments::{number, Claim, Report};
use minigrad::recipe::{Recipe, Training};
use minigrad::theory::Verdict;

/// The probabilities at one rate, in the order diverges, vanishes, trains.
#[derive(Clone, Copy, Debug)]
pub struct Odd {
    /// The learning rate.
    pub lr: f64,
    /// One for each outcome; they sum to 1.
    pub shares: [f64; 3],
}

/// One network at many rates.
#[derive(Clone, Debug)]
pub struct Odds {
    /// The network, as its recipe prints.
    pub network: String,
    /// Steps of each training.
    pub steps: usize,
    /// In ascending order of the rate.
    pub rates: Vec<Odd>,
}

/// Lab 01's Kaiming network for 200 steps.
pub(super) fn odds() -> Odds {
    let recipe = Recipe::mlp(12);
    let steps = 200;
    let odd = |i: u32| {
        let lr = libm::pow(10.0, -4.5 + f64::from(i) / 10.0);
        let training = Training::sgd(lr).momentum(0.9).batch(64).steps(steps);
        let probability = recipe.predict(&training).probability();
        Odd { lr, shares: OUTCOMES.map(|outcome| probability.of(Verdict::from(outcome))) }
    };
    Odds { network: recipe.to_string(), steps, rates: (0..=45).map(odd).collect() }
}

impl Odds {
    /// The most likely outcomes from the lowest rate to the highest, each once in a row, with the
    /// first rate at which it is that: as the place of the outcome in `shares`.
    pub fn verdicts(&self) -> Vec<(usize, f64)> {
        let mut found: Vec<(usize, f64)> = vec![];
        for Odd { lr, shares } in &self.rates {
            let most = (0..3).max_by(|&a, &b| shares[a].total_cmp(&shares[b])).unwrap_or(0);
            if found.last().is_none_or(|(last, _)| *last != most) {
                found.push((most, *lr));
            }
        }
        found
    }
}

pub(super) fn say(report: &mut Report, odds: &Odds) {
    report.series("odds lr", odds.rates.iter().map(|odd| odd.lr));
    for (k, outcome) in OUTCOMES.iter().enumerate() {
        report.series(format!("odds {outcome}"), odds.rates.iter().map(|odd| odd.shares[k]));
    }
    let verdicts = odds.verdicts();
    let places: Vec<usize> = verdicts.iter().map(|(place, _)| *place).collect();
    let sum = |odd: &Odd| libm::fabs(odd.shares.iter().sum::<f64>() - 1.0) < 1e-9;
    if let [_, (_, trains), (_, diverges)] = verdicts[..] {
        report.numbers("odds", [("trains_from", trains), ("diverges_from", diverges)]);
    }
    report.claims.push(Claim::new(
        format!(
            "Of {} the most likely outcome within {} steps changes twice as the rate grows: too slow, \
             then trains from about lr {}, then diverges from about lr {}.",
            odds.network,
            odds.steps,
            verdicts.get(1).map_or("none".to_owned(), |(_, lr)| number(*lr)),
            verdicts.get(2).map_or("none".to_owned(), |(_, lr)| number(*lr)),
        ),
        places == [1, 2, 0] && odds.rates.iter().all(sum),
    ));
}
