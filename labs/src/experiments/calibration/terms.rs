//! Other sizes in place of those that the verdict compares with limits.

use super::fit::Case;
use super::{speed_by_hand, steps_by_hand, SLACK};
use minigrad::theory::{Kernel, Kind, Prediction, Stability};

/// Other sizes that a verdict might compare with limits; each is fitted anew.
pub(super) type Term = fn(&mut Case, &Prediction);

pub(super) const TERMS: [(&str, Term); 12] = [
    ("those of the verdict", |_, _| ()),
    ("no push", |case, _| case.stability.push = 1.0),
    ("push: the whole movement, for every kind", |case, _| {
        case.stability.push = case.stability.movement;
    }),
    ("push of bare networks: by the linear part alone", |case, _| {
        let stability = &mut case.stability;
        if stability.kind == Kind::Bare {
            stability.push *= stability.push / stability.movement;
        }
    }),
    (
        "push of streamed networks: final norms hide nothing, a readout moves like the rest",
        |case, p| {
            if case.stability.kind == Kind::Streamed {
                case.stability.push = written(p);
            }
        },
    ),
    ("a rewritten network is held as often behind any readout", |case, _| {
        case.stability.readout = 1.0;
    }),
    ("no collapse", |case, _| case.stability.collapse = None),
    ("collapse: not relative to the outputs", |case, p| {
        let apart = libm::sqrt(p.kernel.function.same);
        of_collapse(case, |sharpness, root| sharpness * root * apart);
    }),
    ("collapse: sharpness alone", |case, _| of_collapse(case, |sharpness, _| sharpness)),
    ("collapse: sharpness times norms", |case, p| {
        let Kernel { noise, function, .. } = &p.kernel;
        of_collapse(case, |sharpness, root| sharpness * root * root * function.same / noise);
    }),
    ("collapse: sharpness of the mean mode times spread", |case, p| {
        let size = p.stability.mean_sharpness * p.kernel.spread;
        of_collapse(case, |_, _| size);
    }),
    ("the time by hand, in place of the curve", |case, p| case.stable_end = by_hand(p)),
];

/// The movement of all matrices of a streamed network that no norm follows in their branch.
fn written(prediction: &Prediction) -> f64 {
    let lr = prediction.training().lr;
    let weights = prediction.kernel.weights.iter().filter(|w| !w.feeds_norm);
    weights.map(|w| lr * libm::sqrt(w.tangent.same.max(0.0) * w.share / w.variance)).sum()
}

/// Another form of a collapse, from the sharpness and the root of norms and noise.
fn of_collapse(case: &mut Case, form: impl Fn(f64, f64) -> f64) {
    let Stability { sharpness, collapse, .. } = case.stability;
    case.stability.collapse = collapse.map(|size| form(sharpness, size / sharpness));
}

/// The loss at the end if it fell as one over the steps, and to half that of a guess in 1/1.7 of the
/// steps that the page on judging by hand counts.
fn by_hand(prediction: &Prediction) -> f64 {
    let (kernel, training) = (&prediction.kernel, prediction.training());
    let lr = training.lr / (1.0 - training.momentum_share());
    let steps = steps_by_hand(kernel, lr * speed_by_hand(kernel.tangent, kernel.inputs));
    0.5 * std::f64::consts::LN_2 * steps / (SLACK * training.steps as f64)
}
