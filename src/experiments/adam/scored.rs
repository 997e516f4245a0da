//! How right the predictions of Adam are.

use crate::experiments::calibration::fit::{crossed, fitted, Case};
use crate::experiments::score::{Measured, Score};
use crate::theory::{Limits, Prediction};

/// The limits of the largest likelihood.
pub(super) fn limits(pairs: &[(Measured, Prediction)]) -> Limits {
    let cases: Vec<Case> = pairs.iter().filter_map(Case::of).collect();
    fitted(&cases.iter().collect::<Vec<_>>())
}

/// The score where each of ten groups of architectures is judged by limits fitted on the others.
pub(super) fn cross_validated(pairs: &[(Measured, Prediction)]) -> Score {
    let judged: Vec<_> = pairs.iter().filter(|pair| pair.0.outcome().is_some()).collect();
    let cases: Vec<Case> = judged.iter().filter_map(|pair| Case::of(pair)).collect();
    let mut score = Score::default();
    for ((pair, case), probability) in judged.iter().zip(&cases).zip(crossed(&cases)) {
        score.add(&pair.0, probability.ranked()[0], &pair.1.window_losses());
        score.odds.add(case.outcome, probability);
    }
    score
}
