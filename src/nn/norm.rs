//! Normalization layers.

use ndarray::Array2;

use crate::recipe::Norm;
use crate::tensor::{Scalar, Tensor};

/// LayerNorm with a learnable gain and shift; see [`Tensor::layer_norm`] for the formula.
///
/// # Shapes
/// `gain` and `shift [1, width]`; starts at ones and zeros.
#[derive(Clone)]
pub struct LayerNorm<T: Scalar = f32> {
    /// `[1, width]`.
    pub gain: Tensor<T>,
    /// `[1, width]`.
    pub shift: Tensor<T>,
}

/// RMSNorm with a learnable gain; see [`Tensor::rms_norm`] for the formula.
///
/// # Shapes
/// `gain [1, width]`; starts at ones.
#[derive(Clone)]
pub struct RmsNorm<T: Scalar = f32> {
    /// `[1, width]`.
    pub gain: Tensor<T>,
}

impl<T: Scalar> LayerNorm<T> {
    /// A normalization of `width` units.
    pub fn new(width: usize) -> LayerNorm<T> {
        let shift = Tensor::parameter(Array2::zeros((1, width)));
        LayerNorm { gain: ones(width), shift }
    }

    /// `[batch, width] -> [batch, width]`.
    ///
    /// # Panics
    /// If `x` has another width.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        x.layer_norm(&self.gain, &self.shift)
    }
}

impl<T: Scalar> RmsNorm<T> {
    /// A normalization of `width` units.
    pub fn new(width: usize) -> RmsNorm<T> {
        RmsNorm { gain: ones(width) }
    }

    /// `[batch, width] -> [batch, width]`.
    ///
    /// # Panics
    /// If `x` has another width.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        x.rms_norm(&self.gain)
    }
}

fn ones<T: Scalar>(width: usize) -> Tensor<T> {
    Tensor::parameter(Array2::ones((1, width)))
}

/// Either of the two.
#[derive(Clone)]
pub enum Normalization<T: Scalar = f32> {
    /// LayerNorm.
    Layer(LayerNorm<T>),
    /// RMSNorm.
    Rms(RmsNorm<T>),
}

impl<T: Scalar> Normalization<T> {
    /// The normalization that a recipe names, or `None` for none.
    pub fn new(norm: Norm, width: usize) -> Option<Normalization<T>> {
        match norm {
            Norm::None => None,
            Norm::Layer => Some(Normalization::Layer(LayerNorm::new(width))),
            Norm::Rms => Some(Normalization::Rms(RmsNorm::new(width))),
        }
    }

    /// `[batch, width] -> [batch, width]`.
    ///
    /// # Panics
    /// If `x` has another width.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        match self {
            Normalization::Layer(norm) => norm.forward(x),
            Normalization::Rms(norm) => norm.forward(x),
        }
    }

    /// Gain, and shift where there is one.
    pub fn parameters(&self) -> Vec<&Tensor<T>> {
        match self {
            Normalization::Layer(norm) => vec![&norm.gain, &norm.shift],
            Normalization::Rms(norm) => vec![&norm.gain],
        }
    }

    pub(crate) fn parameters_mut(&mut self) -> Vec<&mut Tensor<T>> {
        match self {
            Normalization::Layer(norm) => vec![&mut norm.gain, &mut norm.shift],
            Normalization::Rms(norm) => vec![&mut norm.gain],
        }
    }

    /// `ln` or `rms`.
    pub fn name(&self) -> &'static str {
        match self {
            Normalization::Layer(_) => Norm::Layer.name(),
            Normalization::Rms(_) => Norm::Rms.name(),
        }
    }
}
