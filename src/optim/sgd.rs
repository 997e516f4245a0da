//! Stochastic gradient descent with momentum.

use ndarray::Array2;

use super::{accept, state, Optimizer, Rate};
use crate::kernels::kernels;
use crate::recipe::Training;
use crate::tensor::{buffers, Scalar, Tensor};
use crate::threads;

/// Stochastic gradient descent with momentum:
///
/// ```text
/// v = momentum v + g        w = w - lr v
/// ```
///
/// `v` starts at zero. This is the heavy ball as PyTorch has it: `lr` multiplies the velocity when
/// it is used, not when the gradient enters it, and there is no dampening.
///
/// With weight decay, `g` is the gradient plus `weight_decay w`.
///
/// *Source*: Polyak 1964; in this form Sutskever et al. 2013, section 2, with `lr` taken out of `v`.
pub struct Sgd<T: Scalar = f32> {
    rate: Rate,
    momentum: f64,
    weight_decay: f64,
    velocity: Vec<Array2<T>>,
}

impl<T: Scalar> Sgd<T> {
    /// A rule with no velocity yet.
    ///
    /// # Panics
    /// If [`Training::check`] refuses the rate or the momentum.
    #[track_caller]
    pub fn new(lr: f64, momentum: f64) -> Sgd<T> {
        accept("Sgd", &Training::sgd(lr).momentum(momentum));
        Sgd { rate: Rate::new(lr), momentum, weight_decay: 0.0, velocity: vec![] }
    }

    /// The rule with [weight decay](Training::weight_decay), which enters the velocity.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[track_caller]
    pub fn weight_decay(self, weight_decay: f64) -> Sgd<T> {
        accept("Sgd", &Training::sgd(self.rate.lr).weight_decay(weight_decay));
        Sgd { weight_decay, ..self }
    }

    /// The rule with a rate that [rises](Training::warm_up) over its first `steps`; 0 for none.
    pub fn warm_up(self, steps: usize) -> Sgd<T> {
        Sgd { rate: Rate { warm_up: steps, ..self.rate }, ..self }
    }
}

// ANCHOR: sgd
kernels! {
    /// `velocity = momentum velocity + grad`, `w -= lr velocity`, in one pass.
    fn step(w: &mut [T], velocity: &mut [T], grad: &[T], lr: T, momentum: T) {
        for ((w, v), g) in w.iter_mut().zip(velocity).zip(grad) {
            let new = math::flush(momentum * *v + *g);
            *v = new;
            *w -= lr * new;
        }
    }
}
// ANCHOR_END: sgd

kernels! {
    /// `decayed = grad + weight_decay w`.
    fn decay(w: &[T], grad: &[T], decayed: &mut [T], weight_decay: T) {
        for ((d, g), w) in decayed.iter_mut().zip(grad).zip(w) {
            *d = *g + weight_decay * *w;
        }
    }
}

impl<T: Scalar> Optimizer<T> for Sgd<T> {
    fn begin(&mut self) {
        self.rate.begin();
    }

    #[track_caller]
    fn update(&mut self, index: usize, parameter: &mut Tensor<T>, grad: &Array2<T>) {
        let velocity = state(&mut self.velocity, index, parameter, grad);
        let [lr, momentum, weight_decay] =
            [self.rate.now(), self.momentum, self.weight_decay].map(T::from_f64);
        let decayed = (self.weight_decay != 0.0).then(|| {
            let mut decayed = buffers::take(grad.nrows(), grad.ncols());
            let (w, grad) = (buffers::slice(parameter.values()), buffers::slice(grad));
            decay(w, grad, buffers::slice_mut(&mut decayed), weight_decay);
            decayed
        });
        let grad = decayed.as_deref().unwrap_or(grad);
        let piece = threads::piece(grad.len(), grad.len(), threads::ENTRIES);
        let pieces = buffers::slice_mut(parameter.values_mut())
            .chunks_mut(piece)
            .zip(buffers::slice_mut(velocity).chunks_mut(piece))
            .zip(buffers::slice(grad).chunks(piece));
        threads::share(pieces, |((w, velocity), grad)| step(w, velocity, grad, lr, momentum));
    }
}
