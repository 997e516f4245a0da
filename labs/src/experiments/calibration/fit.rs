//! The limits of the largest likelihood.

use crate::experiments::score::Measured;
use minigrad::recipe::Outcome;
use minigrad::theory::{Limits, Prediction, Probability, Stability};

/// What a fit needs of a configuration.
#[derive(Clone, Debug)]
pub(in crate::experiments) struct Case {
    pub(in crate::experiments) outcome: Outcome,
    pub(in crate::experiments) stability: Stability,
    pub(in crate::experiments) stable_end: f64,
    pub(in crate::experiments) is_finite: bool,
    /// Everything but learning rate, steps and seeds.
    pub(in crate::experiments) architecture: String,
}

impl Case {
    /// `None` where the runs disagree.
    pub(in crate::experiments) fn of(
        (measured, prediction): &(Measured, Prediction),
    ) -> Option<Case> {
        Some(Case {
            outcome: measured.outcome()?,
            stability: prediction.stability,
            stable_end: prediction.stable_end(),
            is_finite: prediction.kernel.is_finite(),
            architecture: measured.architecture(),
        })
    }

    pub(in crate::experiments) fn probability(&self, limits: &Limits) -> Probability {
        let risks = || limits.risks(&self.stability, self.stable_end);
        limits.probability(self.is_finite.then(risks))
    }
}

const GROUPS: usize = 10;

/// The group of each architecture: they are dealt into ten, in the order of their names.
pub(in crate::experiments) fn groups<'a>(
    architectures: impl Iterator<Item = &'a str>,
) -> Vec<usize> {
    let all: Vec<&str> = architectures.collect();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    sorted.dedup();
    all.iter().map(|name| sorted.binary_search(name).unwrap_or(0) % GROUPS).collect()
}

/// The probability of every case by limits that were fitted without its architecture: each of the ten
/// groups is judged by the nine others.
pub(in crate::experiments) fn crossed(cases: &[Case], start: &[f64; 10]) -> Vec<Probability> {
    let group = groups(cases.iter().map(|case| &*case.architecture));
    let limits: Vec<Limits> = (0..GROUPS)
        .map(|held_out| {
            let others = cases.iter().zip(&group).filter(|(_, group)| **group != held_out);
            fitted(&others.map(|(case, _)| case).collect::<Vec<_>>(), start)
        })
        .collect();
    cases.iter().zip(group).map(|(case, group)| case.probability(&limits[group])).collect()
}

/// The limits of the largest likelihood: every number in turn by a factor up or down, as long as
/// that helps, by factors from 2 down to 1.01. A number that starts at zero stays there.
pub(in crate::experiments) fn fitted(cases: &[&Case], start: &[f64; 10]) -> Limits {
    let loss = |values: &[f64; 10]| {
        let limits = limits(values);
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
    limits(&best)
}

/// Of order 1, as far as the arguments go; the last but one are odds.
pub(in crate::experiments) const START: [f64; 10] =
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 1.0];
/// The same without haste.
pub(in crate::experiments) const PATIENT: [f64; 10] =
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.1, 1.0];

fn limits(values: &[f64; 10]) -> Limits {
    let [bare, streamed, enclosed, collapse, movement_error, collapse_error, loss_error, haste, odds, readout] =
        *values;
    Limits {
        bare,
        streamed,
        enclosed,
        collapse,
        movement_error,
        collapse_error,
        loss_error,
        haste,
        held: odds / (1.0 + odds),
        readout,
        ..Limits::FITTED
    }
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
                let architecture = k.to_string();
                Case { outcome, stability, stable_end: 1e-3, is_finite: true, architecture }
            })
            .collect();
        let found = fitted(&cases.iter().collect::<Vec<_>>(), &PATIENT);
        // 4000 draws over 6 units of ln(push): about 330 lie within the error 0.5 of the limit.
        let allowed = 4.0 * 0.5 / libm::sqrt(330.0);
        assert!(libm::fabs(libm::log(found.bare / truth.bare)) < allowed, "{found:?}");
        assert!((found.movement_error / 0.5 - 1.0).abs() < 4.0 / libm::sqrt(330.0), "{found:?}");
    }
}
