//! Numbers over seeds and layers, none of which lets a NaN pass unnoticed.

use super::real;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The largest value; NaN if one of them is, or if there are none.
///
/// `f64::max` would skip a NaN, and a claim that folds with it would hold of a network that
/// diverged.
///
/// ```
/// use minigrad_labs::spine::highest;
/// assert_eq!(highest([1.0, 3.0, 2.0]), 3.0);
/// assert!(highest([1.0, f64::NAN, 2.0]).is_nan() && highest([]).is_nan());
/// ```
pub fn highest(values: impl IntoIterator<Item = f64>) -> f64 {
    let higher = |a: f64, b: f64| if a > b || a.is_nan() { a } else { b };
    values.into_iter().reduce(higher).unwrap_or(f64::NAN)
}

/// The smallest value; NaN if one of them is, or if there are none.
///
/// ```
/// use minigrad_labs::spine::lowest;
/// assert_eq!(lowest([2.0, 1.0, 3.0]), 1.0);
/// assert!(lowest([f64::NAN, 1.0]).is_nan() && lowest([]).is_nan());
/// ```
pub fn lowest(values: impl IntoIterator<Item = f64>) -> f64 {
    -highest(values.into_iter().map(|value| -value))
}

/// The middle value, the mean of the middle two of an even number; NaN of none.
///
/// A NaN counts as larger than any number: the median of runs of which most diverged is NaN, and
/// that of runs of which few did is a loss.
///
/// ```
/// use minigrad_labs::spine::median;
/// assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
/// assert_eq!(median([1.0, 2.0, 4.0, 8.0]), 3.0);
/// assert_eq!(median([f64::NAN, 1.0, 2.0]), 2.0);
/// assert!(median([f64::NAN, f64::NAN, 2.0]).is_nan() && median([]).is_nan());
/// ```
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    // The sign of a NaN means nothing, and would sort it to the front.
    sorted.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = f64::NAN);
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (n, middle) if n % 2 == 1 => sorted[middle],
        (_, middle) => 0.5 * (sorted[middle - 1] + sorted[middle]),
    }
}

/// The mean; NaN of none.
///
/// ```
/// use minigrad_labs::spine::mean;
/// assert_eq!(mean([1.0, 2.0, 6.0]), 3.0);
/// assert!(mean([]).is_nan() && mean([1.0, f64::NAN]).is_nan());
/// ```
pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for value in values {
        sum += value;
        count += 1;
    }
    sum / f64::from(count)
}

/// The smallest, the middle and the largest of some values, by [`lowest`], [`median`] and
/// [`highest`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The smallest.
    pub low: f64,
    /// The median.
    pub middle: f64,
    /// The largest.
    pub high: f64,
}

impl Spread {
    /// That of these values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let values: Vec<f64> = values.into_iter().collect();
        let all = || values.iter().copied();
        Spread { low: lowest(all()), middle: median(all()), high: highest(all()) }
    }
}

/// In data a list of three.
impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        real::serialize(&[self.low, self.middle, self.high], to)
    }
}

impl<'de> Deserialize<'de> for Spread {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Spread, D::Error> {
        real::deserialize(from).map(|[low, middle, high]: [f64; 3]| Spread { low, middle, high })
    }
}
