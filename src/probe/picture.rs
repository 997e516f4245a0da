//! A probe as a picture of text: the sizes of signals and gradients, one line a layer.

use std::fmt::Write;

use super::{Histogram, Probe};

/// Powers of two in a column.
const STEP: usize = 2;
/// The pre-activations that the picture shows: the first power of two, and the columns.
const SIGNAL: (i32, usize) = (-20, 16);
/// The entries of gradients.
const GRADIENT: (i32, usize) = (-32, 20);

impl Probe {
    /// One line a layer: how large its pre-activations are, correlation and share of dead units, how
    /// large the entries of its gradient are, and its number of `updates`, which may be none.
    ///
    /// A column of blocks holds two powers of two, the outer ones all beyond; its height says how many
    /// entries, beside the fullest column of its line.
    ///
    /// ```
    /// use minigrad::prelude::*;
    ///
    /// let data = SignOfSum::sample(64, 0, 0);
    /// let probe = Recipe::mlp(2).width(16).build().probe(&data.train);
    /// let picture = probe.picture(&[1e-3, 2e-3]);
    /// assert_eq!(picture.lines().count(), 3);
    /// assert!(picture.contains('█') && picture.ends_with("2.0e-3\n"));
    /// ```
    pub fn picture(&self, updates: &[f64]) -> String {
        let scale = |(from, columns)| format!("2^{from} to 2^{}", from + (STEP * columns) as i32);
        let (z, g) = (scale(SIGNAL), scale(GRADIENT));
        let update = if updates.is_empty() { "" } else { "update" };
        let heading = format!("layer  |z| {z:<13}  correlation   dead  |g| {g:<16}    {update}");
        let mut text = format!("{}\n", heading.trim_end());
        for (l, layer) in self.layers.iter().enumerate() {
            let picture = |sizes: &Histogram, (from, columns)| sizes.picture(from, STEP, columns);
            let (z, g) = (picture(&layer.sizes, SIGNAL), picture(&layer.gradient_sizes, GRADIENT));
            let (number, correlation, dead) = (l + 1, layer.correlation, layer.dead);
            let line = format!("{number:>5}  {z:<17}  {correlation:>11.3}  {dead:>5.2}  {g:<20}");
            let update = updates.get(l).map(|update| format!("  {update:>8.1e}"));
            let _ = writeln!(text, "{}", (line + &update.unwrap_or_default()).trim_end());
        }
        text
    }
}
