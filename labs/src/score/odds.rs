//! How far probabilities can be trusted: by likelihood, and by how often they come true.

use super::OUTCOMES;
use minigrad::recipe::Outcome;
use minigrad::theory::Probability;

/// A verdict of at least this probability is called sure.
pub const SURE: f64 = 0.9;

/// Probabilities held against outcomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Odds {
    /// One entry a configuration: the probability of the most likely verdict, whether it came true,
    /// and the probability that what came had.
    entries: Vec<(f64, bool, f64)>,
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
        mean(self.entries.iter().map(|(p, _, _)| f64::from(u8::from(*p >= SURE))))
    }

    /// Share of the sure verdicts that came true.
    pub fn sure_and_right(&self) -> f64 {
        mean(self.entries.iter().filter(|(p, _, _)| *p >= SURE).map(right))
    }

    /// Of the verdicts whose probability is from `low` to below `high`: how many, their mean
    /// probability, and the share that came true; NaN of none.
    pub fn between(&self, low: f64, high: f64) -> (usize, f64, f64) {
        let group = || self.entries.iter().filter(|(p, _, _)| (low..high).contains(p));
        (group().count(), mean(group().map(|(p, _, _)| *p)), mean(group().map(right)))
    }
}

/// The log loss of one who knows how often each outcome comes, and no more.
pub fn log_loss_of_frequencies(outcomes: &[Outcome]) -> f64 {
    let all = outcomes.len() as f64;
    let shares = OUTCOMES.map(|o| outcomes.iter().filter(|&&x| x == o).count() as f64 / all);
    -shares.iter().filter(|&&p| p > 0.0).map(|p| p * libm::log(*p)).sum::<f64>()
}

fn right((_, is_right, _): &(f64, bool, f64)) -> f64 {
    f64::from(u8::from(*is_right))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
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
        assert_eq!(odds.between(0.4, 0.6), (1, 0.5, 1.0));
        assert!(odds.between(0.6, 0.9).1.is_nan());
    }

    /// Two outcomes, alike: ln 2.
    #[test]
    fn frequencies_know_their_entropy() {
        let outcomes = [Outcome::Trains, Outcome::Vanishes];
        assert!((log_loss_of_frequencies(&outcomes) - std::f64::consts::LN_2).abs() < 1e-12);
    }
}
