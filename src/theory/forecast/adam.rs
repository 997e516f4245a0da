//! Adam as gradient descent with a rate for each matrix.
//!
//! Adam divides each entry of a gradient by its own size. Within a matrix these sizes differ little,
//! so that its step is one of gradient descent at the rate `lr / size`: small gradients are followed as
//! fast as large ones. What becomes of the function is then a matter of the same kernels, each
//! matrix's part at its own rate.

use super::growth::MOST_GROWTH;
use super::kind::Kind;
use super::pace::{Moved, Pace, Strides};
use super::stability::{modes, turned, Stability};
use super::update::{Errors, Update};
use crate::recipe::{Method, Plan, Training};
use crate::theory::mean_field::{Kernel, Pairs, WeightTheory, NEARLY_ZERO};

/// Share of a step of signs that lies along the gradient: `(E |z|)^2` of a normal number, once for
/// the units in front of a matrix and once for those behind it.
const ALONG: f64 = std::f64::consts::FRAC_2_PI;

/// Parameters that share a size of gradients: a matrix, or the biases behind it.
struct Group {
    /// Number of the matrix.
    matrix: usize,
    /// Its share of the common, the linear and the own part of the kernel.
    parts: [f64; 3],
    /// Its part of the kernel of one logit.
    kernel: Pairs,
    entries: f64,
}

fn parts(kernel: Pairs, inputs: usize) -> [f64; 3] {
    [kernel.common(), kernel.linear(inputs), kernel.own(inputs)]
}

fn groups(kernel: &Kernel) -> Vec<Group> {
    let inputs = kernel.inputs;
    let all = parts(kernel.tangent, inputs);
    let group = |matrix: usize, of: Pairs, entries: usize| {
        let own = parts(of, inputs);
        // Beside the biases a vanished part of the whole is rounded away.
        let share = |k: usize| if all[k] > 0.0 { (own[k] / all[k]).min(1.0) } else { 0.0 };
        Group { matrix, parts: [0, 1, 2].map(share), kernel: of, entries: entries as f64 }
    };
    let both = |(index, w): (usize, &WeightTheory)| {
        [group(index, w.tangent, w.fan_in * w.fan_out), group(index, w.bias, w.fan_out)]
    };
    kernel.weights.iter().enumerate().flat_map(both).collect()
}

/// The constants of the rule.
fn constants(training: &Training) -> (f64, f64, f64) {
    match training.method {
        Method::Adam { beta1, beta2, epsilon } => (beta1, beta2, epsilon),
        Method::Sgd { momentum } => (momentum, 0.0, 0.0),
    }
}

/// Adam's sizes of the first updates, in the form of those of gradient descent.
///
/// ```text
/// rate      = (2/pi) lr / (gradient + epsilon)                of each matrix, each vector of biases
/// sharpness = lambda (1 - beta1) / (2 (1 + beta1))            lambda of the kernel sum rate theta
/// movement  = sum of R, of atan R where a norm follows        R = moves of the Update
/// ```
///
/// A collapse is not among them: on measured networks it added nothing to the push.
///
/// *Source*: the edge, Cohen et al. 2022.
pub(super) fn stability(
    plan: &Plan,
    kernel: &Kernel,
    training: &Training,
    examples: usize,
) -> Stability {
    let (beta1, _, epsilon) = constants(training);
    let inputs = kernel.inputs;
    let errors = Errors::at_start(kernel, training.batch);
    let mut felt = Pairs { same: 0.0, apart: 0.0, towards: 0.0, away: 0.0 };
    for group in groups(kernel) {
        let size = errors.gradient(group.kernel, inputs, training.batch) / group.entries;
        let rate = ALONG * training.lr / (libm::sqrt(size) + epsilon);
        felt = felt + group.kernel * rate;
    }
    let stable = 2.0 * (1.0 + beta1) / (1.0 - beta1);

    let updates = Update::of(kernel, training);
    let all = || kernel.weights.iter().zip(updates.iter().map(|update| update.moves));
    let movement: f64 = all().map(|(w, r)| turned(w, r)).sum();
    let unhidden: f64 = all().filter(|(w, _)| !w.feeds_norm).map(|(_, r)| r).sum();
    let kind = Kind::of(plan);
    let push = match kind {
        Kind::Bare | Kind::Enclosed => movement,
        Kind::Streamed => unhidden,
    };
    Stability::new(modes(felt, kernel, examples), stable, movement, push, kind)
}

/// Adam's pace along the curve: the sizes of the gradients follow the errors.
pub(super) struct Adaptive {
    groups: Vec<Group>,
    /// What a matrix gains by a squared movement of 1.
    sensitivity: Vec<f64>,
    /// Mean square of the gradients so far, one a group.
    second: Vec<f64>,
    /// Of each matrix: growth of its part of the kernel, and its rate relative to the mean.
    growth: Vec<f64>,
    relative: Vec<f64>,
    /// Of the whole kernel of the function.
    kernel: [f64; 3],
    /// `beta1^t` and `beta2^t`.
    powers: (f64, f64),
    training: Training,
    tolerated: f64,
}

impl Adaptive {
    /// For the parts of a kernel that the function feels, and so much noise as it bears.
    pub(super) fn new(
        kernel: &Kernel,
        training: &Training,
        felt: [f64; 3],
        tolerated: f64,
    ) -> Adaptive {
        let count = kernel.weights.len();
        let sensitivity = kernel.weights.iter().map(|w| w.share / (w.variance * w.slope));
        let groups = groups(kernel);
        Adaptive {
            second: vec![0.0; groups.len()],
            groups,
            sensitivity: sensitivity.map(|s| s.min(1.0 / NEARLY_ZERO)).collect(),
            growth: vec![1.0; count],
            relative: vec![1.0; count],
            kernel: felt,
            powers: (1.0, 1.0),
            training: training.clone(),
            tolerated,
        }
    }
}

impl Pace for Adaptive {
    // ANCHOR: strides
    fn strides(&mut self, squares: &dyn Fn() -> [f64; 3]) -> Strides {
        let squares = squares();
        let (beta1, beta2, epsilon) = constants(&self.training);
        let lr = ALONG * self.training.lr;
        self.powers = (self.powers.0 * beta1, self.powers.1 * beta2);
        let (mut along, mut root) = ([0.0; 3], 0.0);
        let mut rates = vec![0.0; self.growth.len()];
        for (group, second) in self.groups.iter().zip(&mut self.second) {
            let growth = self.growth[group.matrix];
            let square: f64 = group.parts.iter().zip(squares).map(|(part, s)| part * s).sum();
            *second = beta2 * *second + (1.0 - beta2) * growth * square / group.entries;
            let rate = lr / (libm::sqrt(*second / (1.0 - self.powers.1)) + epsilon);
            for (along, part) in along.iter_mut().zip(group.parts) {
                *along += rate * growth * part;
            }
            // A matrix stands before its biases.
            if rates[group.matrix] == 0.0 {
                rates[group.matrix] = rate;
                root += rate * libm::sqrt(growth) / self.growth.len() as f64;
            }
        }
        // ANCHOR_END: strides
        for (relative, rate) in self.relative.iter_mut().zip(rates) {
            *relative = rate / root;
        }
        let begun = (1.0 - beta1) / (1.0 - self.powers.0);
        // Above the edge the mean mode oscillates, and noise stops the rest.
        let edge = 8.0 * (1.0 + beta1) / (1.0 - beta1) / self.kernel[0];
        let noise = (along[1] * self.kernel[1] + along[2] * self.kernel[2])
            / (8.0 * self.training.batch as f64);
        let borne = (self.tolerated / noise).min(1.0);
        let bearable = |along: f64| (along * borne * begun, root * borne * begun);
        let line = bearable(along[1]);
        let common = (along[0].min(edge) * begun, root * begun);
        Strides { common, label: line, line, own: bearable(along[2]) }
    }

    fn moved(&mut self, Moved { label, line, own }: Moved) {
        let moved = [0.0, label + line, own];
        let mut factors = vec![1.0; self.growth.len()];
        for group in self.groups.iter().step_by(2) {
            let index = group.matrix;
            let squared: f64 = group.parts.iter().zip(moved).map(|(part, m)| part * m).sum();
            let relative = self.relative[index];
            factors[index] += self.sensitivity[index] * relative * relative * squared;
        }
        let all: f64 = factors.iter().product::<f64>().min(f64::MAX);
        for (growth, factor) in self.growth.iter_mut().zip(factors) {
            let others = all / factor;
            *growth = if others.is_nan() { MOST_GROWTH } else { others.min(MOST_GROWTH) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Init, Recipe};

    fn pace(recipe: &Recipe, training: &Training) -> Adaptive {
        let kernel = Kernel::of(recipe);
        let felt = parts(kernel.tangent, kernel.inputs);
        Adaptive::new(&kernel, training, felt, f64::INFINITY)
    }

    fn along(strides: Strides) -> [f64; 3] {
        [strides.common, strides.line, strides.own].map(|(along, _)| along)
    }

    /// Without epsilon a loss a thousand times as large gives the same function: steps on a gradient
    /// k times as large are k times as short.
    #[test]
    fn the_scale_of_a_gradient_does_not_matter() {
        let recipe = Recipe::mlp(6).init(Init::Xavier);
        let training = Training::adam(1e-3);
        let [mut one, mut other] = [1, 2].map(|_| pace(&recipe, &training));
        for step in 1..5 {
            let squares = [3.0, 2.0, 1.0].map(|s| s * 1e6 / f64::from(step));
            let (a, b) = (one.strides(&|| squares), other.strides(&|| squares.map(|s| 1e6 * s)));
            for (a, b) in along(a).into_iter().zip(along(b)) {
                assert!((a / b / 1e3 - 1.0).abs() < 1e-6, "{a} {b}");
            }
        }
    }

    /// Far below epsilon a step is one of gradient descent, of rate (2/pi) lr / epsilon.
    #[test]
    fn below_epsilon_adam_is_gradient_descent() {
        let mut pace = pace(&Recipe::mlp(3), &Training::adam(1e-3));
        let expected = ALONG * 1e-3 / 1e-8;
        // The common part stays at its edge.
        for stride in along(pace.strides(&|| [1e-40; 3])).into_iter().skip(1) {
            assert!((stride / expected - 1.0).abs() < 1e-6, "{stride} {expected}");
        }
    }

    /// One layer: a matrix of 256 x 2 entries. Its first step moves along its kernel by
    /// (2/pi) lr sqrt(entries / square), whatever the square.
    #[test]
    fn a_step_is_as_long_as_the_root_of_the_entries() {
        let mut pace = pace(&Recipe::mlp(1).init(Init::Xavier), &Training::adam(1e-2));
        let [_, line, _] = along(pace.strides(&|| [0.0, 9.0, 0.0]));
        let expected = ALONG * 1e-2 * libm::sqrt(512.0 / 9.0);
        assert!((line / expected - 1.0).abs() < 1e-6, "{line} {expected}");
    }

    /// The edge of momentum in the form of a mean: 2 (1 + 0.9) / (1 - 0.9) = 38, at p (1 - p) = 1/4.
    #[test]
    fn the_mean_mode_stays_at_its_edge() {
        let recipe = Recipe::mlp(12);
        let mut fast = pace(&recipe, &Training::adam(1e3));
        let [common, ..] = along(fast.strides(&|| [1.0; 3]));
        let kernel = Kernel::of(&recipe).tangent.common();
        assert!((common * kernel / (4.0 * 38.0) - 1.0).abs() < 1e-9, "{common}");
    }
}
