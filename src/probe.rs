//! One diagnostic line a layer: what a network does to a signal and to a gradient.

mod histogram;
mod picture;
mod sharpness;
mod walk;

pub use histogram::Histogram;
pub use sharpness::{sharpness, Loss};
pub use walk::walk;

use ndarray::Array2;
use std::fmt;

use crate::data::Split;
use crate::nn::Network;
use crate::recipe::Activation;
use crate::tensor::Tensor;

/// What one batch shows of every layer. Its `Display` is one line a layer, and says so where the
/// network has diverged.
///
/// ```
/// use minigrad::prelude::*;
///
/// let data = SignOfSum::sample(1000, 200, 0);
/// let network = Recipe::mlp(12).init(Init::Xavier).build();
/// let probe = network.probe(&data.train.first(64));
/// println!("{probe}");
/// assert!(probe.layers[10].q < 0.01 * probe.layers[0].q);   // ReLU halves it each time
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// One entry a layer with weights, the readout included.
    pub layers: Vec<LayerProbe>,
    /// Mean cross-entropy of the batch, in nats.
    pub loss: f32,
}

/// What one batch shows of one layer. All values are dimensionless.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerProbe {
    /// Second moment of the pre-activation: mean of `z^2` over batch and units (no mean removed).
    pub q: f64,
    /// Euclidean norm of the loss's gradient by the weights, of a block those of its first layer.
    pub gradient_norm: f64,
    /// Mean cosine between the pre-activations of two different inputs; NaN if one of them is not
    /// finite, or there is one input alone.
    pub correlation: f64,
    /// Share of the units that are dead or saturated: `|phi'(z)| < 0.01` for every input.
    /// 0 where no activation follows, NaN if a pre-activation is NaN.
    pub dead: f64,
    /// How large the pre-activations are, over batch and units.
    pub sizes: Histogram,
    /// How large the entries of the loss's gradient by the weights are, of a block those of its first
    /// layer.
    pub gradient_sizes: Histogram,
}

impl Network {
    /// Sends one batch forwards and its loss back.
    ///
    /// # Panics
    /// If there are no inputs, not one label an input, a label that is none of the network's classes,
    /// or the inputs do not fit the network.
    #[track_caller]
    pub fn probe(&self, batch: &Split) -> Probe {
        batch.fits("probe", self.classes());
        let trace = self.trace(&Tensor::constant(batch.inputs.clone()));
        let loss = trace.logits().cross_entropy(&batch.labels);
        let value = loss.item();
        let probe = |traced: &crate::nn::TracedLayer| {
            let z = traced.pre_activation.values().mapv(f64::from);
            let layer = LayerProbe {
                q: mean_square(&z),
                gradient_norm: f64::NAN, // below
                correlation: mean_cosine(&z),
                dead: traced.activation.map_or(0.0, |phi| dead(phi, &z)),
                sizes: Histogram::of_matrix(traced.pre_activation.values()),
                gradient_sizes: Histogram::of([]), // below, too
            };
            (traced.weight.id(), layer)
        };
        let (weights, mut layers): (Vec<u64>, Vec<LayerProbe>) =
            trace.layers.iter().map(probe).unzip();
        // The sweep frees the graph behind itself once nobody else holds it.
        drop(trace);
        loss.backward_into(|id, grad| {
            if let Some(layer) = weights.iter().position(|weight| *weight == id) {
                layers[layer].gradient_norm = norm(grad);
                layers[layer].gradient_sizes = Histogram::of_matrix(grad);
            }
        });
        Probe { layers, loss: value }
    }
}

fn mean_square(z: &Array2<f64>) -> f64 {
    z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64
}

/// The Euclidean norm of a matrix: the root of the sum of squares of its entries, summed in f64.
///
/// ```
/// use ndarray::array;
/// assert_eq!(minigrad::probe::norm(&array![[3.0, 0.0], [0.0, -4.0]]), 5.0);
/// ```
pub fn norm(grad: &Array2<f32>) -> f64 {
    libm::sqrt(grad.iter().map(|&g| f64::from(g) * f64::from(g)).sum())
}

/// The mean cosine between two different rows, from -1 to 1. A row of zeros counts as orthogonal to
/// all others; NaN if a row is not finite, or there is one row alone.
///
/// ```
/// use ndarray::array;
/// assert_eq!(minigrad::probe::mean_cosine(&array![[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]]), 1.0 / 3.0);
/// ```
pub fn mean_cosine(z: &Array2<f64>) -> f64 {
    // With unit vectors u_a, the sum over pairs follows from the sum over all:
    // |sum u_a|^2 = n + sum over a != b of u_a . u_b.
    if z.nrows() < 2 {
        return f64::NAN;
    }
    let n = z.nrows() as f64;
    let mut total = vec![0.0; z.ncols()];
    let mut units = 0.0;
    for row in z.rows() {
        let length = libm::sqrt(row.iter().map(|z| z * z).sum());
        // NaN is not 0: a diverged row is not orthogonal to the others.
        if length != 0.0 {
            units += 1.0;
            total.iter_mut().zip(row).for_each(|(t, z)| *t += z / length);
        }
    }
    (total.iter().map(|t| t * t).sum::<f64>() - units) / (n * (n - 1.0))
}

fn dead(activation: Activation, z: &Array2<f64>) -> f64 {
    if z.iter().any(|z| z.is_nan()) {
        return f64::NAN;
    }
    let flat = |z: &f64| activation.derivative(*z).abs() < 0.01;
    let units = z.columns().into_iter();
    units.filter(|unit| unit.iter().all(flat)).count() as f64 / z.ncols() as f64
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "layer          q   gradient   correlation   dead")?;
        for (l, layer) in self.layers.iter().enumerate() {
            let LayerProbe { q, gradient_norm, correlation, dead, .. } = layer;
            writeln!(
                f,
                "{:>5}  {q:>9.3e}  {gradient_norm:>9.3e}   {correlation:>11.3}  {dead:>5.2}",
                l + 1
            )?;
        }
        write!(f, "loss {:.4}", self.loss)?;
        let finite = |layer: &LayerProbe| layer.q.is_finite() && layer.gradient_norm.is_finite();
        if self.loss.is_finite() && self.layers.iter().all(finite) {
            return Ok(());
        }
        write!(f, ": diverged, numbers that are not finite")
    }
}
