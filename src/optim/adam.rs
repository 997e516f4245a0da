//! Adam.

use ndarray::Array2;

use super::{accept, state, Optimizer, Rate};
use crate::kernels::{kernels, scale};
use crate::recipe::{Method, Training};
use crate::tensor::{buffers, Scalar, Tensor};
use crate::threads;

/// Adam: steps of about `lr` in each entry, whatever the gradient's scale.
///
/// ```text
/// m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
/// w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
/// ```
///
/// With weight decay, `w = w - lr weight_decay w` comes first: AdamW.
///
/// *Source*: Kingma & Ba 2015, algorithm 1, and its defaults 0.9, 0.999 and 1e-8; weight decay as in
/// Loshchilov & Hutter 2019, the rate multiplying it, too.
pub struct Adam<T: Scalar = f32> {
    rate: Rate,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    weight_decay: f64,
    /// `beta1^t` and `beta2^t`.
    powers: (f64, f64),
    first: Vec<Array2<T>>,
    second: Vec<Array2<T>>,
}

impl<T: Scalar> Adam<T> {
    /// The rule with the paper's constants, before its first step.
    ///
    /// # Panics
    /// If [`Training::check`] refuses the rate.
    #[track_caller]
    pub fn new(lr: f64) -> Adam<T> {
        let rule = Adam {
            rate: Rate::new(lr),
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
            powers: (1.0, 1.0),
            first: vec![],
            second: vec![],
        };
        rule.accepted()
    }

    /// Decays of the two moments, each in `[0, 1)`.
    ///
    /// # Panics
    /// If one is not.
    #[track_caller]
    pub fn betas(self, beta1: f64, beta2: f64) -> Adam<T> {
        Adam { beta1, beta2, ..self }.accepted()
    }

    /// What is added to the root of the second moment; finite and above 0.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn epsilon(self, epsilon: f64) -> Adam<T> {
        Adam { epsilon, ..self }.accepted()
    }

    /// The rule with [weight decay](Training::weight_decay), apart from the moments: AdamW.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[track_caller]
    pub fn weight_decay(self, weight_decay: f64) -> Adam<T> {
        Adam { weight_decay, ..self }.accepted()
    }

    /// The rule with a rate that [rises](Training::warm_up) over its first `steps`; 0 for none.
    pub fn warm_up(self, steps: usize) -> Adam<T> {
        Adam { rate: Rate { warm_up: steps, ..self.rate }, ..self }
    }

    #[track_caller]
    fn accepted(self) -> Adam<T> {
        let Adam { rate, beta1, beta2, epsilon, weight_decay, .. } = self;
        let method = Method::Adam { beta1, beta2, epsilon };
        accept("Adam", &Training { method, weight_decay, ..Training::adam(rate.lr) });
        self
    }
}

kernels! {
    /// Moments `m` and `v` updated, `w -= rate m / (sqrt(correct2 v) + epsilon)`, in one pass; `rate`
    /// is `lr correct1`. Where a square could overflow, it is taken of numbers scaled by a power of two.
    fn step(w: &mut [T], m: &mut [T], v: &mut [T], grad: &[T], rate: T, beta1: T, beta2: T, correct2: T, epsilon: T) {
        for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(grad) {
            let first = beta1 * *m + (1.0 - beta1) * *g;
            let huge = g.abs().max(*v) > 1.0 / math::TINY;
            let (down, up) = if huge { (math::TINY, 1.0 / math::TINY) } else { (1.0, 1.0) };
            let square = (*g * down) * (*g * down);
            let second = beta2 * *v + (1.0 - beta2) * square * up * up;
            let first = math::flush(first);
            let second = if second < math::TINY * math::TINY { 0.0 } else { second };
            *m = first;
            *v = second;
            *w -= rate * first / ((second * down * down * correct2).sqrt() * up + epsilon);
        }
    }
}

impl<T: Scalar> Optimizer<T> for Adam<T> {
    fn begin(&mut self) {
        self.rate.begin();
        self.powers = (self.powers.0 * self.beta1, self.powers.1 * self.beta2);
    }

    #[track_caller]
    fn update(&mut self, index: usize, parameter: &mut Tensor<T>, grad: &Array2<T>) {
        let first = state(&mut self.first, index, parameter, grad);
        let second = state(&mut self.second, index, parameter, grad);
        let lr = self.rate.now();
        if self.weight_decay != 0.0 {
            let kept = T::from_f64(1.0 - lr * self.weight_decay);
            scale(buffers::slice_mut(parameter.values_mut()), kept);
        }
        let rate = T::from_f64(lr / (1.0 - self.powers.0));
        let correct = T::from_f64(1.0 / (1.0 - self.powers.1));
        let [beta1, beta2, epsilon] = [self.beta1, self.beta2, self.epsilon].map(T::from_f64);
        let piece = threads::piece(grad.len(), grad.len(), threads::ENTRIES);
        let pieces = buffers::slice_mut(parameter.values_mut())
            .chunks_mut(piece)
            .zip(buffers::slice_mut(first).chunks_mut(piece))
            .zip(buffers::slice_mut(second).chunks_mut(piece))
            .zip(buffers::slice(grad).chunks(piece));
        threads::share(pieces, |(((w, m), v), grad)| {
            step(w, m, v, grad, rate, beta1, beta2, correct, epsilon);
        });
    }
}
