//! The data that the theory assumes: a draw of its own, by the law of the sign-of-sum task.

use crate::random::{Random, Stream};

/// Inputs of the training set that the theory assumes: those of the book's labs.
pub(super) const EXAMPLES: usize = 1000;

/// A synthetic draw of the task: theory knows its law and none of its data.
pub(super) struct Task {
    pub(super) inputs: usize,
    /// `[EXAMPLES, inputs]`, row by row.
    x: Vec<f64>,
    /// 1 where the sum of the entries is not negative, else 0. By symmetry any direction would do.
    pub(super) y: Vec<f64>,
    /// Two functions of unit variance, one linear and one without structure, to start from.
    pub(super) linear: Vec<f64>,
    pub(super) rough: Vec<f64>,
}

impl Task {
    pub(super) fn draw(inputs: usize) -> Task {
        let mut random = Random::new(0, Stream::Theory);
        let mut normals = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f64>>();
        let x = normals(EXAMPLES * inputs);
        let direction = standardized(normals(inputs));
        let rough = standardized(normals(EXAMPLES));
        let root = libm::sqrt(inputs as f64);
        let linear = x.chunks_exact(inputs).map(|row| dot(row, &direction) / root).collect();
        let positive = |row: &[f64]| f64::from(u8::from(row.iter().sum::<f64>() >= 0.0));
        let y = x.chunks_exact(inputs).map(positive).collect();
        Task { inputs, x, y, linear, rough }
    }

    pub(super) fn row(&self, example: usize) -> &[f64] {
        &self.x[example * self.inputs..][..self.inputs]
    }

    /// The shared features of an example: entries of another one, which nothing else depends on.
    pub(super) fn features(&self, example: usize, count: usize) -> &[f64] {
        &self.row((example + EXAMPLES / 2) % EXAMPLES)[..count]
    }
}

fn standardized(mut values: Vec<f64>) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    let root = libm::sqrt(variance.max(f64::MIN_POSITIVE));
    values.iter_mut().for_each(|v| *v = (*v - mean) / root);
    values
}

/// A sum in eight interleaved parts, which the compiler can vectorise without changing a bit.
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in xs.zip(ys) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest
}

/// `y + factor x`, in place.
pub(super) fn add(y: &mut [f64], x: &[f64], factor: f64) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}
