//! The limits of the largest likelihood.

use super::parts::Term;
use crate::score::{Measured, Pair, Score};
use minigrad::recipe::Outcome;
use minigrad::theory::{Limits, Probability, Stability};

/// What a fit needs of a configuration.
#[derive(Clone, Debug)]
pub struct Case {
    pub outcome: Outcome,
    pub stability: Stability,
    pub stable_end: f64,
    pub is_finite: bool,
}

impl Case {
    /// `None` where the runs disagree.
    fn of((measured, prediction): &Pair) -> Option<Case> {
        Some(Case {
            outcome: measured.outcome()?,
            stability: prediction.stability,
            stable_end: prediction.stable_end(),
            is_finite: prediction.kernel.is_finite(),
        })
    }

    fn probability(&self, limits: &Limits) -> Probability {
        let risks = || limits.risks(&self.stability, self.stable_end);
        limits.probability(self.is_finite.then(risks))
    }
}

/// The score where each of ten groups of architectures is judged by limits that were fitted on the nine
/// others, with a term changed: what they are worth on networks that nobody has seen.
pub fn cross_validated(pairs: &[&Pair], start: &Numbers, change: Term) -> Score {
    let cases = pairs.iter().filter_map(|&pair| {
        let mut case = Case::of(pair)?;
        change(&mut case, &pair.1);
        Some((pair, case))
    });
    let cases: Vec<(&Pair, Case)> = cases.collect();
    let fit = |others: &[usize]| {
        let others: Vec<&Case> = others.iter().map(|&k| &cases[k].1).collect();
        limits(&fitted(&others, start))
    };
    let limits = held_out(cases.iter().map(|(pair, _)| &pair.0), fit);
    let mut score = Score::default();
    for (((measured, prediction), case), limits) in cases.iter().zip(limits) {
        let probability = case.probability(&limits);
        score.add(measured, probability.ranked()[0], &prediction.window_losses());
        score.odds.add(case.outcome, probability);
    }
    score
}

/// For each configuration what was fitted on others: their architectures are dealt into ten groups, in
/// the order of their names, and each group has a fit on the nine others.
pub fn held_out<'a, M: Clone>(
    all: impl Iterator<Item = &'a Measured>,
    fit: impl Fn(&[usize]) -> M,
) -> Vec<M> {
    let names: Vec<String> = all.map(Measured::architecture).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let group = |name| sorted.binary_search(name).unwrap_or(0) % GROUPS;
    let groups: Vec<usize> = names.iter().map(group).collect();
    let without = |group| {
        let others = (0..groups.len()).filter(|&k| groups[k] != group);
        fit(&others.collect::<Vec<_>>())
    };
    let fits: Vec<M> = (0..GROUPS).map(without).collect();
    groups.into_iter().map(|group| fits[group].clone()).collect()
}

const GROUPS: usize = 10;

/// Where a number stands among the limits.
pub type Place = fn(&mut Limits) -> &mut f64;

/// The fitted numbers, by name, of which a fit knows that of `held` as odds.
pub const NUMBERS: [(&str, Place); 10] = [
    ("bare", |l| &mut l.bare),
    ("streamed", |l| &mut l.streamed),
    ("enclosed", |l| &mut l.enclosed),
    ("collapse", |l| &mut l.collapse),
    ("movement_error", |l| &mut l.movement_error),
    ("collapse_error", |l| &mut l.collapse_error),
    ("loss_error", |l| &mut l.loss_error),
    ("haste", |l| &mut l.haste),
    ("held", |l| &mut l.held),
    ("readout", |l| &mut l.readout),
];

/// Their values, in this order.
pub type Numbers = [f64; NUMBERS.len()];

/// Of order 1, as far as the arguments go.
pub const START: Numbers = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 1.0];
/// The same without haste.
pub const PATIENT: Numbers = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.1, 1.0];

/// The numbers of the largest likelihood on all of these.
pub fn fitted_to(pairs: &[&Pair], start: &Numbers) -> Numbers {
    let cases: Vec<Case> = pairs.iter().filter_map(|pair| Case::of(pair)).collect();
    fitted(&cases.iter().collect::<Vec<_>>(), start)
}

/// Moves every number in turn by a factor up or down, as long as that helps, by factors from 2 down to
/// 1.01. A number that starts at zero stays there.
fn fitted(cases: &[&Case], start: &Numbers) -> Numbers {
    let loss = |numbers: &Numbers| {
        let limits = limits(numbers);
        let of = |case: &&Case| libm::log(case.probability(&limits).of(case.outcome.into()));
        -cases.iter().map(of).sum::<f64>()
    };
    let mut best = *start;
    let mut least = loss(&best);
    let mut factor = 2.0;
    while factor > 1.01 {
        let before = least;
        for index in 0..best.len() {
            for factor in [factor, 1.0 / factor] {
                let mut other = best;
                other[index] *= factor;
                let loss = loss(&other);
                if loss < least {
                    (best, least) = (other, loss);
                }
            }
        }
        if least == before {
            factor = libm::sqrt(factor);
        }
    }
    best
}

/// The limits of these numbers.
pub fn limits(numbers: &Numbers) -> Limits {
    let mut limits = Limits::FITTED;
    NUMBERS.iter().zip(numbers).for_each(|((_, of), value)| *of(&mut limits) = *value);
    limits.held /= 1.0 + limits.held;
    limits
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::random::{Random, Stream};
    use minigrad::theory::Kind;

    /// Outcomes drawn from known limits give these limits back, within four standard errors of a
    /// normal quantile of so many draws.
    #[test]
    fn a_fit_finds_the_limits_that_made_the_outcomes() {
        let truth = Limits { bare: 4.0, movement_error: 0.5, ..Limits::FITTED };
        let mut random = Random::new(3, Stream::Theory);
        let count = 4000;
        let cases: Vec<Case> = (0..count)
            .map(|k| {
                let push = truth.bare * libm::exp(6.0 * (k as f64 / count as f64 - 0.5));
                let stability = Stability {
                    lambda: 0.0,
                    sharpness: 0.0,
                    mean_sharpness: 0.0,
                    movement: push,
                    push,
                    collapse: None,
                    readout: 0.0,
                    kind: Kind::Bare,
                };
                let is_rewritten = libm::log(push / truth.bare) > 0.5 * random.normal();
                let outcome = if is_rewritten { Outcome::Diverges } else { Outcome::Trains };
                Case { outcome, stability, stable_end: 1e-3, is_finite: true }
            })
            .collect();
        let found = limits(&fitted(&cases.iter().collect::<Vec<_>>(), &PATIENT));
        // 4000 draws over 6 units of ln(push): about 330 lie within the error 0.5 of the limit.
        let allowed = 4.0 * 0.5 / libm::sqrt(330.0);
        assert!(libm::fabs(libm::log(found.bare / truth.bare)) < allowed, "{found:?}");
        assert!((found.movement_error / 0.5 - 1.0).abs() < 4.0 / libm::sqrt(330.0), "{found:?}");
    }
}
