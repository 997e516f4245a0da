//! The task that a network is trained on, and a draw of it that theory makes for itself.

use crate::random::{Random, Stream};
use crate::recipe::{Plan, Refused};

/// Entries of all examples: half a gigabyte.
const MOST_ENTRIES: usize = 1 << 26;
/// Examples of a training set.
const MOST_EXAMPLES: usize = 1 << 20;

/// What a network is trained on, as far as theory knows it: inputs with independent entries of
/// variance 1, labelled by the sign of their sum.
///
/// # Example: more examples, a lower edge
/// ```
/// use minigrad::prelude::*;
/// use minigrad::theory::Task;
///
/// let (plan, training) = (Recipe::mlp(3).plan(), Training::sgd(1e-2).steps(10));
/// let sharpness = |examples| {
///     plan.predict(&training, &Task::of(&plan).examples(examples)).stability.sharpness
/// };
/// assert_eq!(sharpness(1000), Recipe::mlp(3).predict(&training).stability.sharpness);
/// assert!(sharpness(100) > sharpness(1000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Inputs of the training set; 2 to 2^20.
    pub examples: usize,
    /// Entries of an input.
    pub inputs: usize,
    /// Number of classes; theory covers two.
    pub classes: usize,
}

/// That of the book's labs: 1000 examples of 256 entries, two classes.
impl Default for Task {
    fn default() -> Task {
        Task { examples: 1000, inputs: 256, classes: 2 }
    }
}

impl Task {
    /// The book's number of examples, of the sizes that a plan has.
    pub fn of(plan: &Plan) -> Task {
        Task { inputs: plan.inputs(), classes: plan.classes(), ..Task::default() }
    }

    /// Inputs of the training set.
    pub fn examples(self, examples: usize) -> Task {
        Task { examples, ..self }
    }

    /// Accepts the task for a plan, or names what does not fit.
    ///
    /// # Errors
    /// Examples that are not from 2 to 2^20, or more than 2^26 entries of all; inputs or classes that
    /// are not those of the plan; more than two classes.
    pub fn check_for(&self, plan: &Plan) -> Result<(), Refused> {
        Refused::unless_within("examples", self.examples, 2, MOST_EXAMPLES)?;
        let fits = |field, given: usize, own: usize| {
            Refused::unless(given == own, field, given, format!("{own}, as the plan has"))
        };
        fits("inputs", self.inputs, plan.inputs())?;
        fits("classes", self.classes, plan.classes())?;
        let entries = self.examples * self.inputs;
        let expected = format!("at most {MOST_ENTRIES}: lower examples or inputs");
        Refused::unless(entries <= MOST_ENTRIES, "entries", entries, expected)?;
        Refused::unless(self.classes == 2, "classes", self.classes, "2: theory covers no others")
    }
}

/// A synthetic draw of the task: theory knows its law and none of its data.
pub(super) struct Sample {
    pub(super) examples: usize,
    pub(super) inputs: usize,
    /// `[examples, inputs]`, row by row.
    x: Vec<f64>,
    /// 1 where the sum of the entries is not negative, else 0. By symmetry any direction would do.
    pub(super) y: Vec<f64>,
    /// The gradient of the loss by a line, at a guess: where the label lies among the lines.
    pub(super) label: Vec<f64>,
    /// Two functions of unit variance, one linear and one without structure, to start from.
    pub(super) linear: Vec<f64>,
    pub(super) rough: Vec<f64>,
}

impl Sample {
    pub(super) fn draw(task: &Task) -> Sample {
        let Task { examples, inputs, .. } = *task;
        let mut random = Random::new(0, Stream::Theory);
        let mut normals = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f64>>();
        let x = normals(examples * inputs);
        let direction = standardized(normals(inputs));
        let rough = standardized(normals(examples));
        let root = libm::sqrt(inputs as f64);
        let linear = x.chunks_exact(inputs).map(|row| dot(row, &direction) / root).collect();
        let positive = |row: &[f64]| f64::from(u8::from(row.iter().sum::<f64>() >= 0.0));
        let y: Vec<f64> = x.chunks_exact(inputs).map(positive).collect();
        let mut label = vec![0.0; inputs];
        for (row, y) in x.chunks_exact(inputs).zip(&y) {
            add(&mut label, row, 0.5 - y);
        }
        Sample { examples, inputs, x, y, label, linear, rough }
    }

    pub(super) fn row(&self, example: usize) -> &[f64] {
        &self.x[example * self.inputs..][..self.inputs]
    }

    /// The shared features of an example: entries of another one, which nothing else depends on.
    pub(super) fn features(&self, example: usize, count: usize) -> &[f64] {
        &self.row((example + self.examples / 2) % self.examples)[..count]
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
