//! Shared helpers of the tests.

use minigrad::prelude::*;
use std::path::{Path, PathBuf};

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A matrix of standard normals, in f64.
pub fn normals(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut random = Random::new(seed, Stream::Data);
    Array2::from_shape_simple_fn((rows, columns), || random.normal())
}

/// Every entry of every gradient against a difference quotient, in f64.
///
/// The derivative by one entry is taken from central differences with steps `h`, `h/2` and `h/4`,
/// extrapolated twice (Richardson), which leaves a truncation error of order `h^6`: with
/// `h = 2^-10` far below rounding. What rounding leaves is at most a few `eps |loss| / (h/4)`.
///
/// # Panics
/// With one line an entry unless each lies within `1e-6` of the difference quotient, relative to
/// itself, plus that rounding.
#[track_caller]
pub fn check_gradients(inputs: &[Array2<f64>], loss: impl Fn(&[Tensor<f64>]) -> Tensor<f64>) {
    let troubles = gradient_troubles(inputs, loss);
    assert!(troubles.is_empty(), "\n{}\n", troubles.join("\n"));
}

/// One line for every entry that [`check_gradients`] does not accept.
pub fn gradient_troubles(
    inputs: &[Array2<f64>],
    loss: impl Fn(&[Tensor<f64>]) -> Tensor<f64>,
) -> Vec<String> {
    const H: f64 = 1.0 / 1024.0;
    let parameters = |values: &[Array2<f64>]| -> Vec<Tensor<f64>> {
        values.iter().cloned().map(Tensor::parameter).collect()
    };
    let at = parameters(inputs);
    let value = loss(&at);
    let gradients = value.backward();
    let rounding = 16.0 * f64::EPSILON * value.item().abs().max(1.0) / (H / 4.0);

    let mut troubles = vec![];
    for (input, values) in inputs.iter().enumerate() {
        let Some(gradient) = gradients.get(&at[input]) else {
            troubles.push(format!("input {input} has no gradient"));
            continue;
        };
        for (place, &claimed) in gradient.indexed_iter() {
            let moved = |by: f64| {
                let mut near = inputs.to_vec();
                near[input][place] = values[place] + by;
                loss(&parameters(&near)).item()
            };
            let quotient = |h: f64| (moved(h) - moved(-h)) / (2.0 * h);
            let [one, half, quarter] = [1.0, 2.0, 4.0].map(|part| quotient(H / part));
            let once = [(4.0 * half - one) / 3.0, (4.0 * quarter - half) / 3.0];
            let expected = (16.0 * once[1] - once[0]) / 15.0;
            let off = (claimed - expected).abs();
            // Written so that NaN is a trouble.
            if !matches!(
                off.partial_cmp(&(1e-6 * expected.abs() + rounding)),
                Some(std::cmp::Ordering::Less)
            ) {
                troubles
                    .push(format!("input {input} at {place:?}: {claimed} instead of {expected}"));
            }
        }
    }
    troubles
}
