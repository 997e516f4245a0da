//! The toy data set: the sign of a sum.

use ndarray::Array2;

use crate::random::{Random, Stream};

/// Inputs with one class each.
///
/// ```
/// use minigrad::prelude::*;
///
/// let rows = Split { inputs: array![[0.0, 1.0], [1.0, 0.0], [-1.0, -1.0]], labels: vec![0, 1, 2] };
/// let data = Data { validation: rows.clone(), train: rows };
/// let mut network = Recipe::mlp(2).width(16).inputs(2).classes(3).build();
/// let run = network.train(&data, &Training::sgd(0.1).batch(3).steps(50));
/// assert_eq!((run.outcome(), network.accuracy(&data.validation)), (Outcome::Trains, 1.0));
///
/// // Any other loss: `update` takes it, here the squared error of a network with one output.
/// let (x, y) = (Tensor::constant(data.train.inputs), Tensor::constant([[0.5], [-0.5], [0.2]]));
/// let mut network = Recipe::mlp(2).width(16).inputs(2).classes(1).build();
/// let mut rule = Sgd::new(0.05, 0.9);
/// let mut loss = || {
///     let loss = network.forward(&x).mean_squared_error(&y);
///     let now = loss.item();
///     network.update(loss, &mut rule);
///     now
/// };
/// let losses: Vec<f32> = (0..100).map(|_| loss()).collect();
/// assert!(losses[99] < losses[0] / 100.0, "{losses:?}");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// `[count, inputs]`.
    pub inputs: Array2<f32>,
    /// One class an input.
    pub labels: Vec<usize>,
}

/// What a network learns from, and what it is tested on.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// For training.
    pub train: Split,
    /// Never trained on.
    pub validation: Split,
}

/// Gaussian inputs labelled by the sign of the sum of their first ten entries.
///
/// ```text
/// x ~ N(0, I_256)          label = 1 if x_1 + ... + x_10 >= 0, else 0
/// ```
///
/// A linear rule hidden among 246 entries that do not matter: easy to state, learnable by the
/// readout alone, and hard to learn through layers that lose it.
pub struct SignOfSum;

impl SignOfSum {
    /// Entries of one input.
    pub const INPUTS: usize = 256;

    /// `train` and `validation` examples, drawn in this order.
    ///
    /// # Panics
    /// If there are more than 2^20 of one.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let data = SignOfSum::sample(1000, 200, 0);
    /// assert_eq!(data.train.inputs.dim(), (1000, 256));
    /// assert_eq!(data.validation.labels.len(), 200);
    /// ```
    #[track_caller]
    pub fn sample(train: usize, validation: usize, seed: u64) -> Data {
        let most = train.max(validation);
        assert!(
            most <= 1 << 20,
            "sample: {most} examples are not accepted: expected at most 1048576"
        );
        let mut random = Random::new(seed, Stream::Data);
        let mut split = |count| {
            let inputs =
                Array2::from_shape_simple_fn((count, Self::INPUTS), || random.normal() as f32);
            let labels =
                inputs.rows().into_iter().map(|x| Self::label(x.as_slice().unwrap_or(&[])));
            Split { labels: labels.collect(), inputs }
        };
        Data { train: split(train), validation: split(validation) }
    }

    /// The class of one input.
    fn label(x: &[f32]) -> usize {
        let sum: f64 = x[..10].iter().map(|&x| f64::from(x)).sum();
        (sum >= 0.0) as usize
    }
}

impl Split {
    /// Panics with the name of the operation and the counts unless there are examples, one label an
    /// input, and every label is a class.
    #[track_caller]
    pub(crate) fn fits(&self, operation: &str, classes: usize) {
        let (labels, rows) = (self.labels.len(), self.inputs.nrows());
        assert!(labels == rows, "{operation}: {labels} labels for {rows} inputs");
        assert!(rows > 0, "{operation}: there are no examples");
        assert!(classes > 1, "{operation}: classes {classes} is not accepted: expected at least 2");
        if let Some(label) = self.labels.iter().find(|&&label| label >= classes) {
            panic!("{operation}: label {label} for {classes} classes");
        }
    }

    /// The examples with the given numbers, in this order.
    ///
    /// # Panics
    /// If a number is not below the count of examples.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let train = SignOfSum::sample(10, 0, 0).train;
    /// assert_eq!(train.select(&[3, 3]).labels, [train.labels[3]; 2]);
    /// ```
    #[track_caller]
    pub fn select(&self, rows: &[usize]) -> Split {
        let count = self.labels.len().min(self.inputs.nrows());
        let most = rows.iter().copied().max().unwrap_or(0);
        assert!(rows.is_empty() || most < count, "select: number {most} of {count} examples");
        Split {
            inputs: self.inputs.select(ndarray::Axis(0), rows),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
        }
    }

    /// The first `count` examples.
    ///
    /// # Panics
    /// If there are fewer.
    #[track_caller]
    pub fn first(&self, count: usize) -> Split {
        let all = self.labels.len().min(self.inputs.nrows());
        assert!(count <= all, "first: {count} of {all} examples");
        self.select(&(0..count).collect::<Vec<_>>())
    }
}
