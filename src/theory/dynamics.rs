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
//! The second half of this file is what finite width adds: derived, with a few choices that the
//! page on calibration lists, and no fitted number.

use super::kernel::{Kernel, WeightTheory};
use super::spectrum::spectrum;
use super::stability::EXAMPLES;
use crate::random::{normal_quantile, Random, Stream};
use crate::recipe::{Recipe, Training};
use std::sync::OnceLock;

/// Features that the part of the kernel beyond linear shares between inputs.
const SHARED: usize = 64;
/// Steps whose loss is that of all examples: a first batch says more about its draw.
const WHOLE: usize = 8;
/// Growth of the kernel that no network of this size reaches.
const MOST_GROWTH: f64 = 1e3;
/// Values beyond this have left what a float can square.
const MOST: f64 = 1e30;

/// A synthetic draw of the task: theory knows its law and none of its data.
struct Task {
    inputs: usize,
    /// `[EXAMPLES, inputs]`, row by row.
    x: Vec<f64>,
    /// 1 where the sum of the entries is not negative, else 0. By symmetry any direction would do.
    y: Vec<f64>,
    /// Two functions of unit variance, one linear and one without structure, to start from.
    linear: Vec<f64>,
    rough: Vec<f64>,
}

impl Task {
    fn draw(inputs: usize) -> Task {
        let mut random = Random::new(0, Stream::Theory);
        let mut normals = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f64>>();
        let x = normals(EXAMPLES * inputs);
        let direction = standardized(normals(inputs));
        let rough = standardized(normals(EXAMPLES));
        let root = libm::sqrt(inputs as f64);
        let linear = x.chunks_exact(inputs).map(|row| dot(row, &direction) / root).collect();
        let positive = |row: &[f64]| f64::from(u8::from(row.iter().sum::<f64>() >= 0.0));
        let y = x.chunks_exact(inputs).map(positive).collect();
        Task { inputs, x, y, linear, rough }
    }

    fn row(&self, example: usize) -> &[f64] {
        &self.x[example * self.inputs..][..self.inputs]
    }

    /// The shared features of an example: entries of another one, which nothing else depends on.
    fn features(&self, example: usize) -> &[f64] {
        &self.row((example + EXAMPLES / 2) % EXAMPLES)[..SHARED.min(self.inputs)]
    }
}

fn standardized(mut values: Vec<f64>) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    let root = libm::sqrt(variance.max(f64::MIN_POSITIVE));
    values.iter_mut().for_each(|v| *v = (*v - mean) / root);
    values
}

/// One component of the function: where it is, how fast it moves, how far its weights have gone.
struct Component {
    value: Vec<f64>,
    velocity: Vec<f64>,
    displacement: Vec<f64>,
    /// The kernel along each entry.
    rate: Vec<f64>,
}

impl Component {
    fn new(rate: Vec<f64>) -> Component {
        let zero = vec![0.0; rate.len()];
        Component { value: zero.clone(), velocity: zero.clone(), displacement: zero, rate }
    }

    /// A step of `lr` under a kernel that has grown by `growth`.
    fn step(&mut self, lr: f64, growth: f64) {
        let (along, root) = (lr * growth, lr * libm::sqrt(growth));
        let parts = self.value.iter_mut().zip(&mut self.displacement);
        for ((value, displacement), (velocity, rate)) in
            parts.zip(self.velocity.iter().zip(&self.rate))
        {
            *value -= along * rate * velocity;
            *displacement += root * velocity;
        }
    }

    /// Squared length of what its weights have moved.
    fn moved(&self) -> f64 {
        self.rate.iter().zip(&self.displacement).map(|(rate, d)| rate * d * d).sum()
    }
}

/// Predicted loss of every step.
pub(super) fn losses(recipe: &Recipe, kernel: &Kernel, training: &Training) -> Vec<f64> {
    static USUAL: OnceLock<Task> = OnceLock::new();
    let drawn;
    let task = if recipe.inputs == 256 {
        USUAL.get_or_init(|| Task::draw(256))
    } else {
        drawn = Task::draw(recipe.inputs);
        &drawn
    };
    Descent::new(task, kernel, training).run()
}

struct Descent<'a> {
    task: &'a Task,
    training: &'a Training,
    kernel: &'a Kernel,
    start: Vec<f64>,
    mean: Component,
    line: Component,
    shared: Component,
    own: Component,
    /// How far the kernel may grow before the noise of the batches stops it.
    most_growth: f64,
}

impl<'a> Descent<'a> {
    fn new(task: &'a Task, kernel: &'a Kernel, training: &'a Training) -> Descent<'a> {
        let (lr, momentum) = (training.lr, training.momentum_share());
        let inputs = kernel.inputs;
        let cut = |value: f64| if value.is_nan() { MOST } else { value.clamp(0.0, MOST) };
        // A typical network has the median of a lognormal kernel, below its mean.
        let noise = cut(kernel.noise).min(MOST_GROWTH);
        let typical = 2.0 * libm::exp(-0.5 * noise);
        let common = typical * cut(kernel.tangent.common());
        let linear = typical * cut(kernel.tangent.linear(inputs));
        let own = typical * cut(kernel.tangent.own(inputs));
        // Above the edge of stability the mean mode oscillates until its sharpness has come down
        // to it: it starts there. 1/4 is the largest p (1 - p).
        let common = common.min(4.0 * 2.0 * (1.0 + momentum) / lr);
        // What finite width makes of independent parts: they share features.
        let share = libm::sqrt(-libm::expm1(-noise));
        let mu = spectrum(kernel);
        let noise_of_batches =
            lr * (linear + own) / 4.0 / (2.0 * training.batch as f64 * (1.0 - momentum));
        let f = &kernel.function;
        let amplitude = |part: f64| libm::sqrt(2.0 * cut(part));
        // Half of all networks start further from 0 than this multiple.
        let offset = amplitude(f.common()) * normal_quantile(0.75);
        let (slope, rough) = (amplitude(f.linear(inputs)), amplitude(f.own(inputs)));
        let start = task.linear.iter().zip(&task.rough);
        let shared = SHARED.min(task.inputs);
        Descent {
            task,
            training,
            kernel,
            start: start.map(|(line, own)| offset + slope * line + rough * own).collect(),
            mean: Component::new(vec![common]),
            line: Component::new(mu.iter().map(|mu| linear * mu / inputs as f64).collect()),
            shared: Component::new(vec![own * share / shared as f64; shared]),
            own: Component::new(vec![own * (1.0 - share); EXAMPLES]),
            most_growth: (1.0 / noise_of_batches).clamp(1.0, MOST_GROWTH),
        }
    }

    fn run(mut self) -> Vec<f64> {
        let mut random = Random::new(0, Stream::Batches);
        let mut growth = Growth::new(&self.kernel.weights, self.most_growth);
        let Training { lr, batch, steps, .. } = *self.training;
        let mut losses = Vec::with_capacity(steps);
        for step in 0..steps {
            let rows: Vec<usize> = (0..batch).map(|_| random.below(EXAMPLES)).collect();
            let values: Vec<f64> = rows.iter().map(|&row| self.function(row)).collect();
            losses.push(if step < WHOLE {
                self.loss((0..EXAMPLES).map(|row| (row, self.function(row))))
            } else {
                self.loss(rows.iter().copied().zip(values.iter().copied()))
            });
            self.gather(&rows, &values);
            self.mean.step(lr, 1.0);
            for component in [&mut self.line, &mut self.shared, &mut self.own] {
                component.step(lr, growth.now);
            }
            growth.update(self.line.moved() + self.shared.moved() + self.own.moved());
        }
        losses
    }

    /// The difference of the logits at an example.
    fn function(&self, row: usize) -> f64 {
        let Descent { task, start, mean, line, shared, own, .. } = self;
        start[row]
            + mean.value[0]
            + dot(task.row(row), &line.value)
            + dot(task.features(row), &shared.value)
            + own.value[row]
    }

    /// Mean cross-entropy of examples at which the function has these values: `ln(1 + exp(-f))` of
    /// class 1, of `f` for class 0.
    fn loss(&self, examples: impl ExactSizeIterator<Item = (usize, f64)>) -> f64 {
        let count = examples.len() as f64;
        let losses = examples.map(|(row, value)| {
            let f = value * (1.0 - 2.0 * self.task.y[row]);
            f.max(0.0) + libm::log1p(libm::exp(-libm::fabs(f)))
        });
        losses.sum::<f64>() / count
    }

    /// Adds the gradients of a batch to the velocities.
    fn gather(&mut self, rows: &[usize], values: &[f64]) {
        let momentum = self.training.momentum_share();
        let residual = |(&row, value): (&usize, &f64)| {
            let probability = 1.0 / (1.0 + libm::exp(-value));
            (probability - self.task.y[row]) / rows.len() as f64
        };
        let residuals: Vec<f64> = rows.iter().zip(values).map(residual).collect();
        for component in [&mut self.mean, &mut self.line, &mut self.shared, &mut self.own] {
            component.velocity.iter_mut().for_each(|v| *v *= momentum);
        }
        for (&row, residual) in rows.iter().zip(residuals) {
            self.mean.velocity[0] += residual;
            add(&mut self.line.velocity, self.task.row(row), residual);
            add(&mut self.shared.velocity, self.task.features(row), residual);
            self.own.velocity[row] += residual;
        }
    }
}

/// How the kernel grows as the weights align with what they learn.
///
/// A weight matrix that has moved by `d` along the gradient has grown, in that direction, by
/// `1 + part share d^2 / s^2`, where `part` is its part of the kernel. The kernel of a matrix is the
/// product of what lies above it:
///
/// ```text
/// growth = sum over matrices of  part  prod above of (1 + part share d^2 / s^2)
/// ```
///
/// *Source*: derived in the chapter on predicting; a deep linear network (Saxe et al. 2014, section
/// 1.3) grows in the same way.
struct Growth {
    now: f64,
    most: f64,
    /// `(part, part share / s^2)` of each matrix, from the output down.
    weights: Vec<(f64, f64)>,
}

impl Growth {
    fn new(weights: &[WeightTheory], most: f64) -> Growth {
        let total: f64 = weights.iter().map(|w| w.tangent.same).sum();
        let parts = weights.iter().rev().map(|w| {
            let part = w.tangent.same / total;
            (part, part * (w.share / w.variance).min(1e12))
        });
        Growth { now: 1.0, most, weights: parts.collect() }
    }

    // ANCHOR: growth
    /// `moved`: squared length of the displacement of all weights.
    fn update(&mut self, moved: f64) {
        let (mut above, mut growth) = (1.0f64, 0.0);
        for (part, sensitivity) in &self.weights {
            growth += part * above.min(MOST_GROWTH);
            above *= 1.0 + sensitivity * moved;
        }
        self.now = if growth.is_nan() { self.most } else { growth.min(self.most) };
    }
    // ANCHOR_END: growth
}

/// A sum in eight interleaved parts, which the compiler can vectorise without changing a bit.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in xs.zip(ys) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest
}

fn add(y: &mut [f64], x: &[f64], factor: f64) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}
