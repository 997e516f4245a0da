//! How far probabilities can be trusted: by likelihood, and by how often they come true.

use super::OUTCOMES;
use crate::spine::{mean, real};
use minigrad::recipe::Outcome;
use minigrad::theory::Probability;
use serde::{Deserialize, Serialize};

/// A verdict of at least this probability is called sure.
pub const SURE: f64 = 0.9;

/// Probabilities held against outcomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Odds {
    /// One entry a configuration: the probability of the most likely verdict, whether it came true,
    /// and the probability that what came had.
    entries: Vec<(f64, bool, f64)>,
}

/// Verdicts of like probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// How many they are, and how many came true.
    pub count: usize,
    pub right: usize,
    /// Their mean probability; NaN of none.
    #[serde(with = "real")]
    pub said: f64,
}

impl Bin {
    /// The share that came true; NaN of none.
    pub fn came(&self) -> f64 {
        self.right as f64 / self.count as f64
    }
}

impl Odds {
    /// Adds one configuration.
    pub fn add(&mut self, outcome: Outcome, probability: Probability) {
        let said = probability.ranked()[0];
        self.entries.push((probability.of(said), said == outcome, probability.of(outcome.into())));
    }

    /// Mean of `-ln` of the probability that what came had, in nats.
    ///
    /// 0 is exact; always saying a third of each scores `ln 3 = 1.10`.
    pub fn log_loss(&self) -> f64 {
        -mean(self.entries.iter().map(|(_, _, p)| libm::log(*p)))
    }

    /// Share of the configurations whose verdict is sure.
    pub fn sure(&self) -> f64 {
        self.between(SURE, f64::INFINITY).count as f64 / self.entries.len() as f64
    }

    /// Share of the sure verdicts that came true.
    pub fn sure_and_right(&self) -> f64 {
        self.between(SURE, f64::INFINITY).came()
    }

    /// The verdicts whose probability is from `low` to below `high`.
    pub fn between(&self, low: f64, high: f64) -> Bin {
        let those = || self.entries.iter().filter(|(p, _, _)| (low..high).contains(p));
        Bin {
            count: those().count(),
            right: those().filter(|(_, is_right, _)| *is_right).count(),
            said: mean(those().map(|(p, _, _)| *p)),
        }
    }
}

/// The log loss of one who knows how often each outcome comes, and no more.
pub fn log_loss_of_frequencies(outcomes: &[Outcome]) -> f64 {
    let all = outcomes.len() as f64;
    let shares = OUTCOMES.map(|o| outcomes.iter().filter(|&&x| x == o).count() as f64 / all);
    -shares.iter().filter(|&&p| p > 0.0).map(|p| p * libm::log(*p)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_are_scored_by_what_came() {
        let mut odds = Odds::default();
        let of = |diverges, vanishes, trains| Probability { diverges, vanishes, trains };
        odds.add(Outcome::Trains, of(0.02, 0.03, 0.95));
        odds.add(Outcome::Vanishes, of(0.02, 0.03, 0.95));
        odds.add(Outcome::Diverges, of(0.5, 0.3, 0.2));
        let expected = -(libm::log(0.95) + libm::log(0.03) + libm::log(0.5)) / 3.0;
        assert!((odds.log_loss() - expected).abs() < 1e-12);
        assert!((odds.sure() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(odds.sure_and_right(), 0.5);
        assert_eq!(odds.between(0.4, 0.6), Bin { count: 1, right: 1, said: 0.5 });
        assert!(odds.between(0.6, 0.9).said.is_nan() && odds.between(0.6, 0.9).came().is_nan());
    }

    /// Two outcomes, alike: ln 2.
    #[test]
    fn frequencies_know_their_entropy() {
        let outcomes = [Outcome::Trains, Outcome::Vanishes];
        assert!((log_loss_of_frequencies(&outcomes) - std::f64::consts::LN_2).abs() < 1e-12);
    }
}
