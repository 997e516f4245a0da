//! Clipping: gradients that wait for one another, because the norm is that of all.

use ndarray::Array2;

use super::Optimizer;
use crate::kernels::{scale, sum_in_lanes};
use crate::tensor::{buffers, Pooled, Tensor};

/// What PyTorch adds to the norm before it divides.
const EPSILON: f64 = 1e-6;

/// Gradients of one step, in the order of the sweep.
pub(crate) struct Held<'p> {
    most: f64,
    gradients: Vec<(usize, &'p mut Tensor, Pooled<f32>)>,
}

/// Sum of the squares of all entries, which f32 may not hold.
fn squares(x: &[f32]) -> f64 {
    sum_in_lanes(0.0, [x], |[x]| f64::from(x) * f64::from(x))
}

impl<'p> Held<'p> {
    /// No gradient yet; together they will be no longer than `most`.
    pub(crate) fn new(most: f64) -> Held<'p> {
        Held { most, gradients: vec![] }
    }

    /// Keeps a copy of the gradient by the parameter number `index`.
    pub(crate) fn push(&mut self, index: usize, parameter: &'p mut Tensor, grad: &Array2<f32>) {
        self.gradients.push((index, parameter, buffers::copy(grad)));
    }

    /// Updates each parameter by its gradient times `min(1, most/(norm + 1e-6))`.
    ///
    /// A norm that is not finite makes the weights so: the run diverges, as it does unclipped.
    pub(crate) fn update(self, optimizer: &mut dyn Optimizer) {
        // One matrix after the other, each in the fixed tree: the threads do not matter.
        let squares = self.gradients.iter().map(|(.., grad)| squares(buffers::slice(grad)));
        let factor = self.most / (squares.sum::<f64>().sqrt() + EPSILON);
        let is_long = factor < 1.0 || factor.is_nan();
        for (index, parameter, mut grad) in self.gradients {
            if is_long {
                scale(buffers::slice_mut(&mut grad), factor as f32);
            }
            optimizer.update(index, parameter, &grad);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Sgd;
    use ndarray::array;

    /// Two parameters whose gradients are (3, 0) and (4): together of norm 5.
    fn moved(most: f64) -> [f32; 3] {
        let (mut a, mut b) = (Tensor::parameter(array![[0.0, 0.0]]), Tensor::parameter([[0.0]]));
        let mut held = Held::new(most);
        held.push(0, &mut a, &array![[3.0, 0.0]]);
        held.push(1, &mut b, &array![[4.0]]);
        held.update(&mut Sgd::new(1.0, 0.0));
        [-a.values()[[0, 0]], -a.values()[[0, 1]], -b.item()]
    }

    #[test]
    fn the_norm_is_that_of_all_gradients_together() {
        assert_eq!(moved(6.0), [3.0, 0.0, 4.0]);
        // Of exactly this length it is shortened by the epsilon.
        for (most, kept) in [(5.0, 5.0 / 5.000001), (1.0, 1.0 / 5.000001), (1e-3, 1e-3 / 5.000001)]
        {
            let [a, zero, b] = moved(most).map(f64::from);
            for (found, expected) in [(a, 3.0 * kept), (zero, 0.0), (b, 4.0 * kept)] {
                assert!((found - expected).abs() <= 2e-7 * expected, "{found} {expected}");
            }
        }
    }

    #[test]
    fn a_norm_beyond_f32_is_clipped_and_one_beyond_all_diverges() {
        let moved = |x: f32| {
            let mut w = Tensor::parameter(array![[0.0, 0.0]]);
            let mut held = Held::new(1.0);
            held.push(0, &mut w, &array![[x, 0.0]]);
            held.update(&mut Sgd::new(1.0, 0.0));
            -w.values()[[0, 0]]
        };
        assert!((moved(1e30) - 1.0).abs() < 1e-6, "{}", moved(1e30));
        assert!(moved(f32::INFINITY).is_nan() && moved(f32::NAN).is_nan());
    }
}
