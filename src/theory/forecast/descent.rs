//! The loss curve: gradient descent on a function instead of on weights.
//!
//! A wide network moves, to first order, as its tangent kernel says. Two logits under
//! cross-entropy have one degree of freedom, their difference, whose kernel is twice that of a
//! logit. On inputs with independent entries the kernel is a sum of three parts, and the function
//! is kept as its components along their features:
//!
//! ```text
//! f(x_i) = f_0(x_i) + mean + x_i . line + p_i . shared + own_i
//! ```
//!
//! What finite width adds is derived, with a few choices that the page on calibration lists.

use super::adam::Adaptive;
use super::band::Draw;
use super::component::Component;
use super::growth::{Growth, LEAST_GROWTH, MOST_GROWTH};
use super::kind::Kind;
use super::pace::{Moved, Pace, Steady, Strides};
use super::spectrum::spectrum;
use super::task::{add, dot, Sample, Task};
use crate::random::{Random, Stream};
use crate::recipe::{Method, Training};
use crate::theory::mean_field::Kernel;
use std::sync::OnceLock;

/// Steps whose loss is that of all examples: a first batch says more about its draw.
const WHOLE: usize = 8;
/// Values beyond this have left what a float can square.
const MOST: f64 = 1e30;

/// Forms of the curve that are neither derived nor fitted: they were chosen.
///
/// The book's page on calibration shows what others would change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// Features that the part of the kernel beyond linear shares between inputs; 0 shares nothing.
    pub features: usize,
    /// Whether the kernel is a network's typical one, `exp(-noise/2)` of the mean.
    pub is_typical: bool,
    /// Whether coordinates of the input are learned at different rates.
    pub has_spectrum: bool,
    /// Whether the kernel grows.
    pub grows: bool,
    /// Whether matrices turn to what the others have learned.
    pub aligns: bool,
}

impl Choices {
    /// Those of every prediction.
    pub const BOOK: Choices =
        Choices { features: 64, is_typical: true, has_spectrum: true, grows: true, aligns: true };
}

/// Noise of the batches, relative to what they teach, that a kernel bears: above it the weights
/// wander to where the kernel is smaller. That it is of order 1 is the argument; behind norms, where
/// wandering weights only grow longer, half as much fits the development set.
fn tolerated(kind: Kind) -> f64 {
    match kind {
        Kind::Enclosed => 0.5,
        Kind::Bare | Kind::Streamed => 1.0,
    }
}

/// Predicted loss of every step of one network.
pub(super) fn losses(
    task: &Task,
    kernel: &Kernel,
    kind: Kind,
    training: &Training,
    choices: &Choices,
    draw: Draw,
) -> Vec<f64> {
    static USUAL: OnceLock<Sample> = OnceLock::new();
    let drawn;
    let sample = if *task == Task::default() {
        USUAL.get_or_init(|| Sample::draw(task))
    } else {
        drawn = Sample::draw(task);
        &drawn
    };
    Descent::new(sample, kernel, kind, training, choices, draw).run()
}

struct Descent<'a> {
    sample: &'a Sample,
    training: &'a Training,
    start: Vec<f64>,
    mean: Component,
    line: Component,
    shared: Component,
    own: Component,
    pace: Box<dyn Pace + 'a>,
}

impl<'a> Descent<'a> {
    fn new(
        sample: &'a Sample,
        kernel: &'a Kernel,
        kind: Kind,
        training: &'a Training,
        choices: &Choices,
        draw: Draw,
    ) -> Descent<'a> {
        let (lr, momentum) = (training.lr, training.momentum_share());
        let is_adam = matches!(training.method, Method::Adam { .. });
        let inputs = kernel.inputs;
        let cut = |value: f64| if value.is_nan() { MOST } else { value.clamp(0.0, MOST) };
        // A typical network has the median of a lognormal kernel, below its mean.
        let noise = cut(kernel.noise).min(MOST_GROWTH);
        let typical = if choices.is_typical { 2.0 * libm::exp(-0.5 * noise) } else { 2.0 };
        let pace = typical * draw.pace;
        let common = pace * cut(kernel.tangent.common());
        let linear = pace * cut(kernel.tangent.linear(inputs));
        let own = pace * cut(kernel.tangent.own(inputs));
        // Above the edge of stability the mean mode oscillates until its sharpness has come down
        // to it: it starts there. 1/4 is the largest p (1 - p).
        let edge = 4.0 * 2.0 * (1.0 + momentum) / lr;
        let common = if is_adam { common } else { common.min(edge) };
        // What finite width makes of independent parts: they share features.
        let shared = choices.features.min(sample.inputs);
        let share = if shared > 0 { libm::sqrt(-libm::expm1(-noise)) } else { 0.0 };
        let mu = if choices.has_spectrum { spectrum(kernel) } else { vec![1.0; sample.inputs] };
        let noise_of_batches =
            lr * (linear + own) / 4.0 / (2.0 * training.batch as f64 * (1.0 - momentum));
        let f = &kernel.function;
        let amplitude = |part: f64| libm::sqrt(2.0 * cut(part));
        let offset = amplitude(f.common()) * draw.offset;
        let (slope, rough) = (amplitude(f.linear(inputs)), amplitude(f.own(inputs)));
        let start = sample.linear.iter().zip(&sample.rough);
        let tolerated = tolerated(kind);
        let pace: Box<dyn Pace> = if is_adam {
            Box::new(Adaptive::new(kernel, training, [common, linear, own], tolerated))
        } else {
            let most = match choices.grows {
                true => (tolerated / noise_of_batches).clamp(LEAST_GROWTH, MOST_GROWTH),
                false => 1.0,
            };
            Box::new(Steady { lr, growth: Growth::new(&kernel.weights, most, choices.aligns) })
        };
        Descent {
            sample,
            training,
            pace,
            start: start.map(|(line, own)| offset + slope * line + rough * own).collect(),
            mean: Component::new(vec![common]),
            line: Component::new(mu.iter().map(|mu| linear * mu / inputs as f64).collect()),
            shared: Component::new(vec![own * share / shared.max(1) as f64; shared]),
            own: Component::new(vec![own * (1.0 - share); sample.examples]),
        }
    }

    fn run(mut self) -> Vec<f64> {
        let mut random = Random::new(0, Stream::Batches);
        let Training { batch, steps, .. } = *self.training;
        let examples = self.sample.examples;
        let mut losses = vec![];
        for step in 0..steps {
            let rows: Vec<usize> = (0..batch).map(|_| random.below(examples)).collect();
            let values: Vec<f64> = rows.iter().map(|&row| self.function(row)).collect();
            losses.push(if step < WHOLE {
                self.loss((0..examples).map(|row| (row, self.function(row))))
            } else {
                self.loss(rows.iter().copied().zip(values.iter().copied()))
            });
            self.gather(&rows, &values);
            let Descent { mean, line, shared, own, pace, .. } = &mut self;
            let squares = || [mean.gradient(), line.gradient(), shared.gradient() + own.gradient()];
            let Strides { common, label, line, own } = pace.strides(&squares);
            self.mean.step(common);
            self.line.step(line);
            self.line.lengthen(&self.sample.label, (label.0 - line.0, label.1 - line.1));
            self.shared.step(own);
            self.own.step(own);
            let label = self.line.moved_along(&self.sample.label);
            let line = self.line.moved() - label;
            self.pace.moved(Moved { label, line, own: self.shared.moved() + self.own.moved() });
        }
        losses
    }

    /// The difference of the logits at an example.
    fn function(&self, row: usize) -> f64 {
        let Descent { sample, start, mean, line, shared, own, .. } = self;
        start[row]
            + mean.value[0]
            + dot(sample.row(row), &line.value)
            + dot(sample.features(row, shared.value.len()), &shared.value)
            + own.value[row]
    }

    /// Mean cross-entropy of examples at which the function has these values: `ln(1 + exp(-f))` of
    /// class 1, of `f` for class 0.
    fn loss(&self, examples: impl ExactSizeIterator<Item = (usize, f64)>) -> f64 {
        let count = examples.len() as f64;
        let losses = examples.map(|(row, value)| {
            let f = value * (1.0 - 2.0 * self.sample.y[row]);
            f.max(0.0) + libm::log1p(libm::exp(-libm::fabs(f)))
        });
        losses.sum::<f64>() / count
    }

    /// Adds the gradients of a batch to the velocities.
    fn gather(&mut self, rows: &[usize], values: &[f64]) {
        let momentum = self.training.momentum_share();
        let residual = |(&row, value): (&usize, &f64)| {
            let probability = 1.0 / (1.0 + libm::exp(-value));
            (probability - self.sample.y[row]) / rows.len() as f64
        };
        let residuals: Vec<f64> = rows.iter().zip(values).map(residual).collect();
        for component in [&mut self.mean, &mut self.line, &mut self.shared, &mut self.own] {
            component.decay(momentum);
        }
        for (&row, residual) in rows.iter().zip(residuals) {
            self.mean.velocity[0] += residual;
            add(&mut self.line.velocity, self.sample.row(row), residual);
            let features = self.shared.velocity.len();
            add(&mut self.shared.velocity, self.sample.features(row, features), residual);
            self.own.velocity[row] += residual;
        }
    }
}
