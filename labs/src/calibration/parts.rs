//! What the verdict is made of, and what could stand in place of it.

use super::fit::{Case, NUMBERS};
use minigrad::theory::{
    Choices, Kernel, Kind, Limits, Pairs, Prediction, Stability, Update, Verdict,
};

/// The choices of the curve, and others.
pub const FORMS: [(&str, Choices); 8] = {
    let book = Choices::BOOK;
    [
        ("those of the book", book),
        ("16 shared features", Choices { features: 16, ..book }),
        ("256 shared features", Choices { features: 256, ..book }),
        ("no shared features", Choices { features: 0, ..book }),
        ("mean kernel, not the typical one", Choices { is_typical: false, ..book }),
        ("one rate for all coordinates", Choices { has_spectrum: false, ..book }),
        ("growth, but no matrix turns to what others learn", Choices { aligns: false, ..book }),
        ("no growth", Choices { grows: false, ..book }),
    ]
};

/// A way to reach a verdict, with fewer parts than the whole.
pub type Rule = fn(&Prediction) -> Verdict;

const NEVER: f64 = f64::INFINITY;
const CURVE: Limits =
    Limits { bare: NEVER, streamed: NEVER, enclosed: NEVER, collapse: NEVER, ..Limits::FITTED };

pub fn verdict_within(prediction: &Prediction, limits: &Limits) -> Verdict {
    prediction.probability_within(limits).ranked()[0]
}

/// The parts of the verdict, added one by one, and their names in the figure.
pub const RULES: [(&str, &str, Rule); 5] = [
    ("always trains, the most frequent outcome", "always “trains”", |_| Verdict::Trains),
    ("loss curve, and diverges beyond the edge of stability", "edge of stability", |p| {
        match p.stability.sharpness > 1.0 {
            true => Verdict::Diverges,
            false => verdict_within(p, &CURVE),
        }
    }),
    ("loss curve alone", "curve", |p| verdict_within(p, &CURVE)),
    ("loss curve and push", "curve, push", |p| {
        verdict_within(p, &Limits { collapse: NEVER, ..Limits::FITTED })
    }),
    ("loss curve, push and collapse: the verdict", "all three", |p| p.verdict()),
];

/// The limits with one of the first four moved, and what that comes to.
pub fn moved() -> impl Iterator<Item = (&'static str, f64, Limits)> {
    let names = ["push, bare", "push, streamed", "push, enclosed", "collapse"];
    names.into_iter().zip(NUMBERS).flat_map(|(name, (_, of))| {
        [0.5, 0.7, 1.0, 1.4, 2.0].map(|factor| {
            let mut limits = Limits::FITTED;
            *of(&mut limits) *= factor;
            (name, *of(&mut limits), limits)
        })
    })
}

/// Errors of the curve at which the band is tried.
pub fn curve_errors() -> [f64; 5] {
    [0.0, 0.5, 1.0, 1.5, 2.0].map(|factor| factor * Limits::FITTED.curve_error)
}

/// Other sizes that a verdict might compare with limits; each is fitted anew.
pub type Term = fn(&mut Case, &Prediction);

pub const TERMS: [(&str, Term); 12] = [
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

/// Of every training set.
const EXAMPLES: f64 = 1000.0;

/// How much longer than the steps counted by hand a network takes.
const SLACK: f64 = 1.7;

/// How fast a kernel moves an input by itself and along the line, per unit of the rate.
fn speed_by_hand(tangent: Pairs, inputs: usize) -> f64 {
    tangent.own(inputs) / EXAMPLES + 0.64 * tangent.linear(inputs) / inputs as f64
}

/// The steps to half the loss of a guess at the speed of a mean kernel: a typical one is smaller, and
/// what the start has put on the wrong side comes on top.
fn steps_by_hand(kernel: &Kernel, speed: f64) -> f64 {
    let Kernel { inputs, function, noise, .. } = kernel;
    let start = 2.0 * (function.own(*inputs) + function.linear(*inputs)).max(0.0);
    (2.0 + libm::sqrt(start)) / (libm::exp(-0.5 * noise) * speed)
}

/// What the page on judging by hand asks of a network under Adam: is the push above its limit, and is
/// there time for `(2 + sigma)/speed` steps, up to 1.7 times those there are?
pub fn adam_by_hand(prediction: &Prediction) -> Verdict {
    let Prediction { kernel, stability, .. } = prediction;
    if !kernel.is_finite() || stability.push > Limits::ADAM.push(stability.kind) {
        return match stability.kind {
            Kind::Enclosed => Verdict::Vanishes,
            _ => Verdict::Diverges,
        };
    }
    let training = prediction.training();
    let weights = kernel.weights.iter().zip(Update::of(kernel, training));
    let speed = weights.filter(|(_, update)| update.gradient > 0.0).map(|(weight, update)| {
        let rate = std::f64::consts::FRAC_2_PI * update.update / update.gradient;
        rate * speed_by_hand(weight.tangent, kernel.inputs)
    });
    match steps_by_hand(kernel, speed.sum()) < SLACK * training.steps as f64 {
        true => Verdict::Trains,
        false => Verdict::Vanishes,
    }
}
