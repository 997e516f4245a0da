//! How right predictions are: verdicts, curves and times against what was measured.

mod odds;
pub mod summary;
pub mod tables;

pub use minigrad_lines::{Measured, OUTCOMES};
pub use odds::{log_loss_of_frequencies, Bin, Odds, SURE};

use crate::spine::{median, real};
use minigrad::prelude::*;
use minigrad::theory::{Prediction, Verdict};
use serde::{Deserialize, Serialize};

/// The activations of the measured sets, in the order in which they are drawn from.
pub const ACTIVATIONS: [Activation; 5] = [Identity, Relu, Tanh, Gelu, Silu];

/// A configuration that was trained, and what theory says of it.
pub type Pair = (Measured, Prediction);

/// What there is of each window of a training, by its first step, from 0; `None` of the last tenth of
/// the steps, which lies inside another window.
pub type Windows<T> = Vec<(Option<usize>, T)>;

/// Losses below this count as this: nothing is told apart down there.
const LEAST: f64 = 1e-3;

const HALF: f64 = 0.5 * std::f64::consts::LN_2;

/// What belongs to the windows of a training, named by them.
fn by_window<T>(training: &Training, values: impl IntoIterator<Item = T>) -> Windows<T> {
    let windows = training.windows();
    let names = windows.iter().enumerate().map(|(k, w)| (k + 1 < windows.len()).then_some(w.0));
    names.zip(values).collect()
}

/// Predictions held against measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// The probabilities.
    pub odds: Odds,
    /// How often outcome `i` of [`OUTCOMES`] was predicted to be `j`.
    pub matrix: [[usize; 3]; 3],
    /// How far the loss is off in decades, `|log10(loss / measured)|` with both at least 1e-3, in each
    /// finite window of each configuration that trains: the predicted one, and `ln 2`, the loss of a
    /// guess, which knows nothing of the network.
    curve_errors: Windows<[f64; 2]>,
    /// Predicted over measured time to half the loss of a guess, of each configuration that trains;
    /// infinite or 0 where only one of the curves gets there.
    half_times: Vec<f64>,
}

/// Median errors of curves in decades.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// How many windows they are of.
    pub count: usize,
    /// Of theory; NaN of no windows.
    #[serde(with = "real")]
    pub theory: f64,
    /// Of `ln 2`.
    #[serde(with = "real")]
    pub guess: f64,
}

impl Errors {
    /// `1 - theory/guess`: 1 is exact, 0 no better than always saying `ln 2`, below 0 worse.
    pub fn skill(&self) -> f64 {
        1.0 - self.theory / self.guess
    }

    /// The error of theory as a factor between the losses.
    pub fn factor(&self) -> f64 {
        libm::pow(10.0, self.theory)
    }
}

impl Score {
    /// Scores predictions; a configuration whose runs disagree is left out.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a Measured, &'a Prediction)>) -> Score {
        let mut score = Score::default();
        for (measured, prediction) in pairs {
            score.add(measured, prediction.verdict(), &prediction.window_losses());
            if let Some(outcome) = measured.outcome() {
                score.odds.add(outcome, prediction.probability());
            }
        }
        score
    }

    /// Adds one configuration.
    pub fn add(&mut self, measured: &Measured, verdict: Verdict, predicted: &[f64]) {
        let Some(outcome) = measured.outcome() else { return };
        let place = |verdict: Verdict| OUTCOMES.iter().position(|&o| verdict == o).unwrap_or(0);
        self.matrix[place(outcome.into())][place(verdict)] += 1;
        if outcome != Outcome::Trains {
            return;
        }
        let Measured { training, losses, .. } = measured;
        let decades = |p: f64, m: f64| libm::fabs(libm::log10(p.max(LEAST) / m.max(LEAST)));
        let errors = |(&p, &m): (&f64, &f64)| {
            m.is_finite().then(|| [decades(p, m), decades(std::f64::consts::LN_2, m)])
        };
        let errors = by_window(training, predicted.iter().zip(losses).map(errors));
        self.curve_errors.extend(errors.into_iter().filter_map(|(window, e)| Some((window, e?))));
        let windows = training.windows();
        let time = |losses: &[f64]| half_time(&windows[..windows.len() - 1], losses);
        self.half_times.extend(match (time(predicted), time(losses)) {
            (Some(p), Some(m)) => Some(p / m),
            (None, Some(_)) => Some(f64::INFINITY),
            (Some(_), None) => Some(0.0),
            (None, None) => None,
        });
    }

    /// How many configurations it counts.
    pub fn count(&self) -> usize {
        self.matrix.iter().flatten().sum()
    }

    /// How many verdicts are right.
    pub fn right(&self) -> usize {
        (0..3).map(|i| self.matrix[i][i]).sum()
    }

    /// Share of right verdicts.
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.count() as f64
    }

    /// Share of right verdicts of each outcome that occurs, averaged over them.
    pub fn balanced(&self) -> f64 {
        let rows = (0..3).map(|i| (self.matrix[i][i], self.matrix[i].iter().sum::<usize>()));
        let shares = rows.filter(|(_, all)| *all > 0).map(|(right, all)| right as f64 / all as f64);
        crate::spine::mean(shares)
    }

    fn errors(&self, is_one: impl Fn(Option<usize>) -> bool) -> Errors {
        let those = self.curve_errors.iter().filter(|(window, _)| is_one(*window));
        let (theory, guess): (Vec<f64>, Vec<f64>) = those.map(|(_, [t, g])| (*t, *g)).unzip();
        Errors { count: theory.len(), theory: median(theory), guess: median(guess) }
    }

    /// Over all windows but the last tenth, which would count twice. The windows double in length:
    /// most of them lie before a network has learned anything.
    pub fn curve(&self) -> Errors {
        self.errors(|window| window.is_some())
    }

    /// Over the last tenth of the steps alone, from which the outcome is judged.
    pub fn last(&self) -> Errors {
        self.errors(|window| window.is_none())
    }

    /// Window by window, the last tenth at the end.
    pub fn windows(&self) -> Windows<Errors> {
        let mut windows: Vec<_> =
            self.curve_errors.iter().filter_map(|(window, _)| *window).collect();
        windows.sort_unstable();
        windows.dedup();
        let windows = windows.into_iter().map(Some).chain([None]);
        windows.map(|window| (window, self.errors(|one| one == window))).collect()
    }

    /// Median of predicted over measured half time, of those that both curves reach.
    pub fn half_time_ratio(&self) -> f64 {
        let reached = |ratio: &f64| *ratio > 0.0 && ratio.is_finite();
        median(self.half_times.iter().copied().filter(reached))
    }

    /// Share of the half-loss times that are right within a factor of 2.
    pub fn half_time_share(&self) -> f64 {
        let right = self.half_times.iter().filter(|&&ratio| (0.5..=2.0).contains(&ratio)).count();
        right as f64 / self.half_times.len() as f64
    }
}

/// When the windows' losses reach half that of a guess: interpolated in logarithms between their
/// geometric centres.
pub fn half_time(windows: &[(usize, usize)], losses: &[f64]) -> Option<f64> {
    let points = windows.iter().zip(losses).map(|(&window, &loss)| (centre(window), loss));
    let points: Vec<(f64, f64)> = points.filter(|(_, loss)| loss.is_finite()).collect();
    let at = points.iter().position(|&(_, loss)| loss <= HALF)?;
    let (time, loss) = points[at];
    let Some(&(before, higher)) = at.checked_sub(1).and_then(|i| points.get(i)) else {
        return Some(time);
    };
    let share = libm::log(higher / HALF) / libm::log(higher / loss.max(1e-12));
    Some(before * libm::pow(time / before, share))
}

/// The geometric centre of a window; steps count from 1 here, so that the first has a logarithm.
pub fn centre((start, end): (usize, usize)) -> f64 {
    libm::sqrt((start + 1) as f64 * end as f64)
}

/// The first step, counted from 1, at which the mean of the last ten losses is at most half that of
/// a guess: one batch says too little.
pub fn first_half(losses: impl IntoIterator<Item = f64>) -> Option<usize> {
    let losses: Vec<f64> = losses.into_iter().collect();
    let at = losses.windows(10).position(|ten| ten.iter().sum::<f64>() <= 10.0 * HALF);
    at.map(|start| start + 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::recipe::Recipe;

    #[test]
    fn half_times_are_interpolated() {
        let half = 0.5 * std::f64::consts::LN_2;
        let windows = [(0, 1), (1, 2), (2, 4), (4, 8)];
        assert_eq!(half_time(&windows, &[1.0, 0.9, 0.8, 0.7]), None);
        assert_eq!(half_time(&windows, &[half, 0.1, 0.1, 0.1]), Some(1.0));
        // Halfway in logarithms between the centres sqrt(3 * 4) and sqrt(5 * 8).
        let time = half_time(&windows, &[1.0, 1.0, 2.0 * half, 0.5 * half]).unwrap();
        assert!((time - (12f64 * 40.0).sqrt().sqrt()).abs() < 1e-9);
    }

    #[test]
    fn a_half_time_is_reached_by_ten_batches_together() {
        let half = 0.5 * std::f64::consts::LN_2;
        let fall = (0..30).map(|step| if step < 12 { 1.0 } else { half });
        assert_eq!(first_half(fall), Some(22));
        assert_eq!(first_half((0..30).map(|step| if step == 5 { 0.0 } else { 1.0 })), None);
        assert_eq!(first_half([0.0; 9]), None);
    }

    /// The last tenth lies inside the window before it and is no window of the curve.
    #[test]
    fn curves_are_scored_by_window_and_beside_ln_2() {
        let ln2 = std::f64::consts::LN_2;
        let training = Training::sgd(0.1).steps(8);
        assert_eq!(training.windows(), [(0, 1), (1, 2), (2, 4), (4, 8), (7, 8)]);
        let outcomes = vec![Outcome::Trains];
        let losses = vec![10.0 * ln2, ln2, ln2, 0.1 * ln2, 0.01 * ln2];
        let measured = Measured { recipe: Recipe::mlp(2), training, outcomes, losses };
        let mut score = Score::default();
        score.add(&measured, Verdict::Trains, &[10.0 * ln2, ln2, 10.0 * ln2, ln2, 0.1 * ln2]);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        // Errors 0, 0, 1, 1 of theory and 1, 0, 0, 1 of a guess; at the end 1 and 2.
        close(score.curve().theory, 0.5);
        close(score.curve().guess, 0.5);
        close(score.curve().skill(), 0.0);
        close(score.last().theory, 1.0);
        close(score.last().guess, 2.0);
        close(score.last().skill(), 0.5);
        close(score.last().factor(), 10.0);
        let windows: Vec<_> = score.windows().iter().map(|(window, _)| *window).collect();
        assert_eq!(windows, [Some(0), Some(1), Some(2), Some(4), None]);
    }
}
