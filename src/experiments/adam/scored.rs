//! How right the predictions of Adam are.

use crate::experiments::calibration::fit::{crossed, fitted, Case};
use crate::experiments::score::{Measured, Score};
use crate::theory::{Kernel, Kind, Limits, Prediction, Update, Verdict};

/// Of every training set.
const EXAMPLES: f64 = 1000.0;

/// The limits of the largest likelihood.
pub(super) fn limits(pairs: &[(Measured, Prediction)]) -> Limits {
    let cases: Vec<Case> = pairs.iter().filter_map(Case::of).collect();
    fitted(&cases.iter().collect::<Vec<_>>())
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
    let (training, inputs) = (prediction.training(), kernel.inputs);
    let Kernel { function, noise, .. } = kernel;
    let speed = kernel.weights.iter().zip(Update::of(kernel, training)).map(|(w, update)| {
        let theta =
            w.tangent.own(inputs) / EXAMPLES + 0.64 * w.tangent.linear(inputs) / inputs as f64;
        let rate = std::f64::consts::FRAC_2_PI * update.update / update.gradient;
        if update.gradient > 0.0 {
            rate * theta
        } else {
            0.0
        }
    });
    let start = 2.0 * (function.own(inputs) + function.linear(inputs)).max(0.0);
    let steps = (2.0 + libm::sqrt(start)) / (libm::exp(-0.5 * noise) * speed.sum::<f64>());
    if steps < 1.7 * training.steps as f64 {
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
    for ((pair, case), probability) in judged.iter().zip(&cases).zip(crossed(&cases)) {
        score.add(&pair.0, probability.ranked()[0], &pair.1.window_losses());
        score.odds.add(case.outcome, probability);
    }
    score
}
