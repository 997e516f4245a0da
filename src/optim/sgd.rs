//! Stochastic gradient descent with momentum.

use ndarray::Array2;

use super::{accept, state, Optimizer};
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
/// *Source*: Polyak 1964; in this form Sutskever et al. 2013, section 2, with `lr` taken out of `v`.
pub struct Sgd<T: Scalar = f32> {
    lr: f64,
    momentum: f64,
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
        Sgd { lr, momentum, velocity: vec![] }
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

impl<T: Scalar> Optimizer<T> for Sgd<T> {
    fn begin(&mut self) {}

    fn update(&mut self, index: usize, parameter: &mut Tensor<T>, grad: &Array2<T>) {
        let velocity = state(&mut self.velocity, index, parameter, grad);
        let (lr, momentum) = (T::from_f64(self.lr), T::from_f64(self.momentum));
        let piece = threads::piece(grad.len(), grad.len(), threads::ENTRIES);
        let pieces = buffers::slice_mut(parameter.values_mut())
            .chunks_mut(piece)
            .zip(buffers::slice_mut(velocity).chunks_mut(piece))
            .zip(buffers::slice(grad).chunks(piece));
        threads::share(pieces, |((w, velocity), grad)| step(w, velocity, grad, lr, momentum));
    }
}
