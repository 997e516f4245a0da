//! How many networks stay within the band of their curve.

use super::{Measured, LEAST};
use std::collections::BTreeMap;

/// Networks below, inside and above their band in a window.
///
/// ```
/// use minigrad_labs::experiments::score::Covered;
/// let mut covered = Covered::default();
/// for loss in [0.1, 0.3, 0.5, f64::NAN] {
///     covered.add(loss, (0.2, 0.6));
/// }
/// // What left the finite numbers is above every number, and inside a band without an end.
/// assert_eq!(covered, Covered { below: 1, inside: 2, above: 1 });
/// covered.add(f64::NAN, (0.2, f64::INFINITY));
/// assert_eq!(covered.share(), 0.6);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// A tenth is expected here.
    pub below: usize,
    /// Eight tenths are.
    pub inside: usize,
    /// A tenth.
    pub above: usize,
}

impl Covered {
    /// Adds a measured loss; losses below 1e-3 count as 1e-3.
    pub fn add(&mut self, measured: f64, (low, high): (f64, f64)) {
        let measured = if measured.is_nan() { f64::INFINITY } else { measured.max(LEAST) };
        if measured < low.max(LEAST) {
            self.below += 1;
        } else if measured > high.max(LEAST) {
            self.above += 1;
        } else {
            self.inside += 1;
        }
    }

    /// How many networks these are.
    pub fn count(&self) -> usize {
        self.below + self.inside + self.above
    }

    /// Share of them inside; NaN of none.
    pub fn share(&self) -> f64 {
        self.inside as f64 / self.count() as f64
    }
}

/// All windows of networks, each beside its band.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// By the window's first step, from 0; the last tenth is left out.
    pub windows: BTreeMap<usize, Covered>,
    /// Of the last tenth of the steps.
    pub last: Covered,
}

impl Coverage {
    /// Adds a network, whatever became of it.
    pub fn add(&mut self, measured: &Measured, band: &[(f64, f64)]) {
        let windows = measured.training.windows();
        let Some(last) = windows.len().checked_sub(1) else { return };
        let all = windows.into_iter().zip(measured.losses.iter().zip(band)).enumerate();
        for (index, ((start, _), (&loss, &band))) in all {
            let covered =
                if index == last { &mut self.last } else { self.windows.entry(start).or_default() };
            covered.add(loss, band);
        }
    }

    /// All windows but the last tenth, which would count twice, and the first, in which nothing has
    /// moved.
    pub fn all(&self) -> Covered {
        self.windows.iter().filter(|(start, _)| **start > 0).fold(
            Covered::default(),
            |sum, (_, one)| Covered {
                below: sum.below + one.below,
                inside: sum.inside + one.inside,
                above: sum.above + one.above,
            },
        )
    }
}
