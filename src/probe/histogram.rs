//! How large the entries of a matrix are.

use ndarray::Array2;

/// The exponent of the smallest number above 0 that an f32 holds.
const LEAST: i32 = -149;
/// Exponents of an f32: up to 127.
const BINS: usize = 277;

/// How large numbers are, without their signs: one count for each power of two.
///
/// Bin `e` holds the `x` with `2^e <= |x| < 2^(e + 1)`, which an f32 says by its exponent alone: no
/// count depends on rounding.
///
/// ```
/// use minigrad::probe::Histogram;
/// let sizes = Histogram::of([1.0, -1.5, 2.0, 0.25, 0.0, f32::NAN]);
/// assert_eq!([-2, -1, 0, 1].map(|e| sizes.count(e)), [1, 0, 2, 1]);
/// assert_eq!((sizes.zeros, sizes.not_finite), (1, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Numbers that are 0, of either sign.
    pub zeros: usize,
    /// Numbers that are NaN or infinite.
    pub not_finite: usize,
    counts: [u32; BINS],
}

impl Histogram {
    /// Counts numbers.
    pub fn of(numbers: impl IntoIterator<Item = f32>) -> Histogram {
        let mut histogram = Histogram { zeros: 0, not_finite: 0, counts: [0; BINS] };
        for x in numbers {
            match x {
                _ if !x.is_finite() => histogram.not_finite += 1,
                0.0 => histogram.zeros += 1,
                _ => histogram.counts[(exponent(x) - LEAST) as usize] += 1,
            }
        }
        histogram
    }

    pub(super) fn of_matrix(matrix: &Array2<f32>) -> Histogram {
        Histogram::of(matrix.iter().copied())
    }

    /// How many numbers have `2^e <= |x| < 2^(e + 1)`.
    pub fn count(&self, e: i32) -> usize {
        let bin = usize::try_from(i64::from(e) - i64::from(LEAST)).ok();
        bin.and_then(|bin| self.counts.get(bin)).map_or(0, |&count| count as usize)
    }

    /// The smallest and the largest exponent with a count; `None` where all numbers are 0 or not
    /// finite.
    pub fn range(&self) -> Option<(i32, i32)> {
        let exponent = |bin: usize| bin as i32 + LEAST;
        let least = self.counts.iter().position(|&count| count > 0)?;
        let most = self.counts.iter().rposition(|&count| count > 0)?;
        Some((exponent(least), exponent(most)))
    }

    /// The counts of `columns` groups of `step` exponents, the first from `2^from` on. The outer groups
    /// also hold what lies beyond them.
    ///
    /// # Panics
    /// If `columns` or `step` is not from 1 to 4096.
    ///
    /// ```
    /// use minigrad::probe::Histogram;
    /// let sizes = Histogram::of([1e-9, 1.0, 3.0, 4.0, 1e9]);
    /// assert_eq!(sizes.grouped(0, 2, 2), [3, 2]);
    /// ```
    #[track_caller]
    pub fn grouped(&self, from: i32, step: usize, columns: usize) -> Vec<usize> {
        let fits = |number| (1..=4096).contains(&number);
        assert!(fits(step) && fits(columns), "grouped: {columns} groups of {step} exponents");
        let mut groups = vec![0; columns];
        for (bin, &count) in self.counts.iter().enumerate() {
            let exponent = bin as i64 + i64::from(LEAST);
            let group = (exponent - i64::from(from)).div_euclid(step as i64);
            groups[group.clamp(0, columns as i64 - 1) as usize] += count as usize;
        }
        groups
    }

    /// The same as a line of blocks, as high as each count is beside the largest; a dot where there is
    /// none. Where a number is not finite the line says so instead.
    ///
    /// ```
    /// use minigrad::probe::Histogram;
    /// let sizes = Histogram::of([1.0, 1.0, 1.0, 1.0, 2.0, 8.0, 8.0]);
    /// assert_eq!(sizes.picture(-1, 1, 6), "·█▂·▄·");
    /// ```
    #[track_caller]
    pub fn picture(&self, from: i32, step: usize, columns: usize) -> String {
        const BLOCKS: [char; 9] = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        if self.not_finite > 0 {
            return "not finite".to_owned();
        }
        let groups = self.grouped(from, step, columns);
        let highest = groups.iter().copied().max().unwrap_or(0).max(1);
        groups.iter().map(|count| BLOCKS[(8 * count).div_ceil(highest)]).collect()
    }
}

/// The `e` with `2^e <= |x| < 2^(e + 1)`, of a finite number that is not 0.
fn exponent(x: f32) -> i32 {
    let bits = x.abs().to_bits() as i32;
    match bits >> 23 {
        // A number below 2^-126 has its highest bit anywhere.
        0 => LEAST + 31 - bits.leading_zeros() as i32,
        biased => biased - 127,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_of_two_begins_its_bin() {
        for e in LEAST..=127 {
            let power = libm::ldexpf(1.0, e);
            assert_eq!(exponent(power), e);
            assert_eq!(exponent(-power.next_up()), if e == LEAST { e + 1 } else { e });
            assert!(power.next_down() == 0.0 || exponent(power.next_down()) == e - 1, "{e}");
        }
        assert_eq!(exponent(f32::MAX), 127);
    }

    #[test]
    fn every_number_is_counted_once() {
        let numbers = [f32::MAX, f32::MIN_POSITIVE, 1e-45, -0.0, f32::INFINITY, 0.1, -0.1];
        let sizes = Histogram::of(numbers);
        let counted: usize = (LEAST - 9..200).map(|e| sizes.count(e)).sum();
        assert_eq!((counted, sizes.zeros, sizes.not_finite), (5, 1, 1));
        assert_eq!(sizes.range(), Some((LEAST, 127)));
        assert_eq!(sizes.grouped(-4, 3, 2), [4, 1]);
        assert_eq!(Histogram::of([0.0]).range(), None);
    }

    #[test]
    fn a_picture_of_nothing_has_no_block() {
        assert_eq!(Histogram::of([0.0, 0.0]).picture(0, 1, 3), "···");
        assert_eq!(Histogram::of([1.0, f32::NAN]).picture(0, 1, 3), "not finite");
        // The least of many is still seen.
        let many = [1.0f32; 1000].into_iter().chain([2.0]);
        assert_eq!(Histogram::of(many).picture(0, 1, 2), "█▁");
    }
}
