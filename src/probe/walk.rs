//! How large a random signal is after every layer.

use ndarray::Array2;

use crate::random::{Random, Stream};
use crate::recipe::Recipe;
use crate::tensor::Tensor;

/// Sends `batch` standard normal inputs through the network of `recipe`; returns the mean of `z^2`
/// over batch and units of every layer's pre-activation `z`. The mean of `z` is 0 by symmetry and
/// is not subtracted.
///
/// # Panics
/// If [`check`](Recipe::check) refuses the recipe.
///
/// # Example: one linear walk, measured and predicted
/// ```
/// use minigrad::{prelude::*, probe::walk};
///
/// let recipe = Recipe::mlp(20).activation(Identity).init(Init::Uniform(0.5)).classes(256);
/// let (measured, predicted) = (walk(&recipe, 64), Propagation::of(&recipe));
/// assert!((measured[0] / predicted.layers[0].q - 1.0).abs() < 0.1);
/// assert!(measured[19] > 1e26);
/// ```
// ANCHOR: walk
#[track_caller]
pub fn walk(recipe: &Recipe, batch: usize) -> Vec<f64> {
    let mut random = Random::new(recipe.seed, Stream::Data);
    let x = Array2::from_shape_simple_fn((batch, recipe.inputs), || random.normal() as f32);
    let trace = recipe.build().trace(&Tensor::constant(x));
    let square = |z: &f32| f64::from(*z) * f64::from(*z);
    let moment = |z: &Array2<f32>| z.iter().map(square).sum::<f64>() / z.len() as f64;
    trace.layers.iter().map(|layer| moment(layer.pre_activation.values())).collect()
}
// ANCHOR_END: walk
