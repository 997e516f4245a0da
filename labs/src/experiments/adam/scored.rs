//! How right the predictions of Adam are.

use crate::experiments::calibration::fit::{crossed, fitted, Case, PATIENT};
use crate::experiments::calibration::{speed_by_hand, steps_by_hand, SLACK};
use crate::experiments::score::{Measured, Score};
use minigrad::theory::{Kind, Limits, Prediction, Update, Verdict};

/// The limits of the largest likelihood.
pub(super) fn limits(pairs: &[(Measured, Prediction)]) -> Limits {
    let cases: Vec<Case> = pairs.iter().filter_map(Case::of).collect();
    fitted(&cases.iter().collect::<Vec<_>>(), &PATIENT)
}

/// What the page on judging by hand asks of a network under Adam: is the push above its limit, and is
/// there time for `(2 + sigma)/speed` steps, up to 1.7 times those there are?
pub(super) fn by_hand(prediction: &Prediction) -> Verdict {
    let (limits, kernel, stability) = (Limits::ADAM, &prediction.kernel, &prediction.stability);
    if !kernel.is_finite() || stability.push > limits.push(stability.kind) {
        return if stability.kind == Kind::Enclosed {
            Verdict::Vanishes
        } else {
            Verdict::Diverges
        };
    }
    let training = prediction.training();
    let speed = kernel.weights.iter().zip(Update::of(kernel, training)).map(|(w, update)| {
        let rate = std::f64::consts::FRAC_2_PI * update.update / update.gradient;
        if update.gradient > 0.0 {
            rate * speed_by_hand(w.tangent, kernel.inputs)
        } else {
            0.0
        }
    });
    if steps_by_hand(kernel, speed.sum()) < SLACK * training.steps as f64 {
        Verdict::Trains
    } else {
        Verdict::Vanishes
    }
}

/// The score where each of ten groups of architectures is judged by limits fitted on the others.
pub(super) fn cross_validated(pairs: &[(Measured, Prediction)]) -> Score {
    let judged: Vec<_> = pairs.iter().filter(|pair| pair.0.outcome().is_some()).collect();
    let cases: Vec<Case> = judged.iter().filter_map(|pair| Case::of(pair)).collect();
    let mut score = Score::default();
    for ((pair, case), probability) in judged.iter().zip(&cases).zip(crossed(&cases, &PATIENT)) {
        score.add(&pair.0, probability.ranked()[0], &pair.1.window_losses());
        score.odds.add(case.outcome, probability);
    }
    score
}
