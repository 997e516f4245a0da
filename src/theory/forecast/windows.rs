//! A predicted curve, window by window.

use super::reason::Cause;
use super::verdict::{Verdict, GUESS};
use crate::recipe::Training;

/// The curve, lifted to what the verdict leaves possible.
pub(super) fn bounded(mut losses: Vec<f64>, cause: Cause, verdict: Verdict) -> Vec<f64> {
    let least = match (cause, verdict) {
        (Cause::Overflows, _) => f64::INFINITY,
        (_, Verdict::Diverges) => GUESS.max(losses[0]),
        (Cause::Stable, _) => return losses,
        _ => GUESS,
    };
    losses.iter_mut().skip(1).for_each(|loss| *loss = loss.max(least));
    losses
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
}

pub(super) fn by_window(training: &Training, losses: &[f64]) -> Vec<f64> {
    let windows = training.windows().into_iter();
    windows.map(|(start, end)| mean(&losses[start..end])).collect()
}

/// That of the last tenth of the steps.
pub(super) fn last(windows: &[f64]) -> f64 {
    windows.last().copied().unwrap_or(f64::NAN)
}
