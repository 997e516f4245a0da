//! Normalization layers.

use ndarray::Array2;

use crate::recipe::Norm;
use crate::tensor::{Scalar, Tensor};

/// LayerNorm with a learnable gain and shift, or RMSNorm with a gain alone; see [`Tensor::layer_norm`]
/// and [`Tensor::rms_norm`] for the formulas. Gains start at one, shifts at zero.
#[derive(Clone)]
pub struct Normalization<T: Scalar = f32> {
    /// `[1, width]`.
    pub gain: Tensor<T>,
    /// `[1, width]`; none in RMSNorm.
    pub shift: Option<Tensor<T>>,
}

impl<T: Scalar> Normalization<T> {
    /// The normalization that a recipe names, or `None` for none.
    pub fn new(norm: Norm, width: usize) -> Option<Normalization<T>> {
        (norm != Norm::None).then(|| Normalization {
            gain: Tensor::parameter(Array2::ones((1, width))),
            shift: (norm == Norm::Layer).then(|| Tensor::parameter(Array2::zeros((1, width)))),
        })
    }

    /// `[batch, width] -> [batch, width]`.
    ///
    /// # Panics
    /// If `x` has another width.
    #[track_caller]
    pub fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        match &self.shift {
            Some(shift) => x.layer_norm(&self.gain, shift),
            None => x.rms_norm(&self.gain),
        }
    }
}
