//! The linear layer.

use ndarray::Array2;

use super::init;
use crate::random::Random;
use crate::recipe::{Init, Weights};
use crate::tensor::{Scalar, Tensor};

/// `y = x W + b`.
///
/// # Shapes
/// `weight [fan_in, fan_out]`, so that the code reads like the formula; `bias [1, fan_out]`.
#[derive(Clone)]
pub struct Linear<T: Scalar = f32> {
    /// `[fan_in, fan_out]`.
    pub weight: Tensor<T>,
    /// `[1, fan_out]`.
    pub bias: Tensor<T>,
}

impl<T: Scalar> Linear<T> {
    /// Weights drawn as `init` says, `gain` being the activation's; a bias of zeros.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let mut random = Random::new(0, Stream::Weights);
    /// let layer: Linear = Linear::new(256, 64, Init::Xavier, 1.0, &mut random);
    /// let x = Tensor::constant(ndarray::Array2::ones((8, 256)));
    /// assert_eq!(layer.forward(&x).shape(), [8, 64]);
    /// ```
    pub fn new(fan_in: usize, fan_out: usize, init: Init, gain: f64, random: &mut Random) -> Self {
        Linear::drawn(&Weights::new(fan_in, fan_out, init, gain), random)
    }

    /// The same as a plan says it; biases that do not start at zero are drawn behind the weights.
    pub fn drawn(weights: &Weights, random: &mut Random) -> Self {
        let Weights { fan_in, fan_out, init, gain, bias_std, .. } = *weights;
        let (drawn, factor) = (init::sample(init, fan_in, fan_out, gain, random), weights.factor());
        let bias = match bias_std == 0.0 {
            true => Array2::zeros((1, fan_out)),
            false => Array2::from_shape_simple_fn((1, fan_out), || {
                T::from_f64(bias_std * random.normal())
            }),
        };
        Linear {
            weight: Tensor::parameter(drawn.mapv(|w| T::from_f64(factor * w))),
            bias: Tensor::parameter(bias),
        }
    }

    /// The pre-activation `x W + b`: `[batch, fan_in] -> [batch, fan_out]`.
    ///
    /// # Panics
    /// If `x` has not `fan_in` columns.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        x.linear(&self.weight, &self.bias)
    }
}
