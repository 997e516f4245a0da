//! How fast the parts of a function are learned, and what a step does in front of a norm.

use super::edge::MOMENTUM;
use crate::experiments::{Claim, Report};
use minigrad::recipe::{Norm, Recipe};
use minigrad::tensor::Tensor;
use minigrad::theory::Kernel;
use ndarray::{array, Array2};

/// The rate of the book's headline.
pub const LR: f64 = 1e-3;
const STEPS: usize = 1000;
const EXAMPLES: f64 = 1000.0;

/// A part of the function of twelve Kaiming layers.
#[derive(Clone, Debug)]
pub struct Mode {
    /// What it is.
    pub name: &'static str,
    /// Its kernel on a thousand inputs.
    pub rate: f64,
    /// The share of it that is not yet learned, from the first step on.
    pub left: Vec<f64>,
}

pub(super) fn modes() -> Vec<Mode> {
    let kernel = Kernel::of(&Recipe::mlp(12));
    let (tangent, inputs) = (kernel.tangent, kernel.inputs);
    let of = |(name, part): (&'static str, f64)| {
        // Two logits double the kernel; the slope of a guess is p (1 - p) = 1/4.
        let rate = 2.0 * part;
        let (mut at, mut velocity) = (1.0, 0.0);
        let step = |_| {
            velocity = MOMENTUM * velocity + 0.25 * rate * at;
            at -= LR * velocity;
            at
        };
        Mode { name, rate, left: (0..STEPS).map(step).collect() }
    };
    let parts = [
        ("mean", tangent.common()),
        ("own", tangent.own(inputs) / EXAMPLES),
        ("line", tangent.linear(inputs) / inputs as f64),
    ];
    parts.map(of).into()
}

impl Mode {
    /// The step, counted from 1, behind which half of it or less is left.
    pub fn half(&self) -> Option<usize> {
        self.left.iter().position(|&left| left <= 0.5).map(|step| step + 1)
    }
}

pub(super) fn say(report: &mut Report, modes: &[Mode]) {
    for mode in modes {
        report.series(format!("mode {}", mode.name), mode.left.iter().copied());
    }
    let halves: Vec<Option<usize>> = modes.iter().map(Mode::half).collect();
    if let [Some(mean), Some(own), Some(line)] = halves[..] {
        for (name, step) in [("mean", mean), ("own", own), ("line", line)] {
            report.value(format!("half_{name}"), step);
        }
    }
    report.claims.push(Claim::new(
        "Of twelve Kaiming layers at lr 0.001 the mean is half learned within 2 steps, and swings \
         beyond its target; the line takes more than fifty times as many.",
        matches!(halves[..], [Some(mean), Some(own), Some(line)]
            if mean <= 2 && own > 10 && own < line && line > 50 * mean)
            && modes.first().is_some_and(|mean| mean.left.iter().any(|&left| left < -0.5)),
    ));
}

/// A step on a matrix that feeds a norm, from steps of very small to very large length.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Its length relative to that of the matrix, and the angle by which it turns the matrix.
    pub steps: Vec<(f64, f64)>,
}

/// The middle one of three matrices, each of which but the last feeds an RMSNorm.
pub(super) fn turn(seed: u64) -> Turn {
    let network = Recipe::mlp(3).norm(Norm::Rms).seed(seed).build();
    let x = Tensor::constant(Array2::ones((1, 256)));
    let weight = &network.linears()[1].weight;
    let gradients = network.forward(&x).backward_from(&array![[1.0, 0.0]]);
    let numbers = |values: &Array2<f32>| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
    let (matrix, gradient) = (numbers(weight.values()), numbers(gradients.of(weight)));
    let (size, length) = (libm::sqrt(dot(&matrix, &matrix)), libm::sqrt(dot(&gradient, &gradient)));
    let step = |i: u32| {
        let relative = libm::pow(10.0, -1.5 + 0.5 * f64::from(i));
        let scale = relative * size / length;
        let moved: Vec<f64> = matrix.iter().zip(&gradient).map(|(w, g)| w - scale * g).collect();
        let cosine = dot(&matrix, &moved) / (size * libm::sqrt(dot(&moved, &moved)));
        (relative, libm::acos(cosine.clamp(-1.0, 1.0)))
    };
    Turn { steps: (0..=7).map(step).collect() }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn say_turn(report: &mut Report, turn: &Turn) {
    report.series("turn length", turn.steps.iter().map(|step| step.0));
    report.series("turn angle", turn.steps.iter().map(|step| step.1));
    // The norm adds 1e-5 to the second moment, which keeps it from being scale invariant to the last
    // digit; and the gradient is one of single precision.
    let is_theory =
        |&(relative, angle): &(f64, f64)| libm::fabs(angle - libm::atan(relative)) < 1e-3;
    report.claims.push(Claim::new(
        "A step on a matrix that feeds a norm turns it by the arctangent of its relative length, \
         however long it is: never by a quarter turn.",
        !turn.steps.is_empty()
            && turn.steps.iter().all(is_theory)
            && turn.steps.iter().all(|step| step.1 < std::f64::consts::FRAC_PI_2),
    ));
}
