//! How right predictions are: verdicts, curves and times against what was measured.

mod bands;
mod odds;

pub use bands::{Coverage, Covered};
pub use odds::{log_loss_of_frequencies, Odds, SURE};

use crate::spine::median;
use minigrad::recipe::Outcome;
use minigrad::theory::{Prediction, Verdict};
pub use minigrad_lines::{Measured, OUTCOMES};

/// Predictions held against measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// The probabilities.
    pub odds: Odds,
    /// How often outcome `i` of [`OUTCOMES`] was predicted to be `j`.
    pub matrix: [[usize; 3]; 3],
    /// One entry for each finite window of each configuration that trains.
    pub curve_errors: Vec<CurveError>,
    /// Predicted over measured time to half the loss of a guess, of each configuration that trains;
    /// infinite or 0 where only one of the curves gets there.
    pub half_times: Vec<f64>,
}

/// How far predicted losses are from a measured one, in decades: `|log10(loss / measured)|`, both
/// losses at least 1e-3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveError {
    /// The window's first step, from 0, and the step behind its last.
    pub window: (usize, usize),
    /// Whether it is the last tenth of the steps, which lies inside another window.
    pub is_last: bool,
    /// Of the predicted loss.
    pub theory: f64,
    /// Of `ln 2`, the loss of a guess, which knows nothing of the network.
    pub guess: f64,
}

impl CurveError {
    fn new(window: (usize, usize), is_last: bool, predicted: f64, measured: f64) -> CurveError {
        let decades = |loss: f64| libm::fabs(libm::log10(loss.max(LEAST) / measured.max(LEAST)));
        let guess = decades(std::f64::consts::LN_2);
        CurveError { window, is_last, theory: decades(predicted), guess }
    }
}

/// Medians of curve errors, in decades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveScore {
    /// How many windows they are of.
    pub count: usize,
    /// Median error of theory; NaN of no windows.
    pub theory: f64,
    /// Median error of `ln 2`.
    pub guess: f64,
}

impl CurveScore {
    fn of<'a>(errors: impl Iterator<Item = &'a CurveError>) -> CurveScore {
        let (theory, guess): (Vec<f64>, Vec<f64>) =
            errors.map(|error| (error.theory, error.guess)).unzip();
        CurveScore { count: theory.len(), theory: median(theory), guess: median(guess) }
    }

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
        let windows = measured.training.windows();
        let errors = windows.iter().zip(predicted.iter().zip(&measured.losses)).enumerate();
        let errors = errors
            .filter(|(_, (_, (_, m)))| m.is_finite())
            .map(|(k, (&window, (p, m)))| CurveError::new(window, k + 1 == windows.len(), *p, *m));
        self.curve_errors.extend(errors);
        let time = |losses: &[f64]| half_time(&windows[..windows.len() - 1], losses);
        match (time(predicted), time(&measured.losses)) {
            (Some(p), Some(m)) => self.half_times.push(p / m),
            (None, Some(_)) => self.half_times.push(f64::INFINITY),
            (Some(_), None) => self.half_times.push(0.0),
            (None, None) => {}
        }
    }

    /// How many configurations it counts.
    pub fn count(&self) -> usize {
        self.matrix.iter().flatten().sum()
    }

    /// Share of right verdicts.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..3).map(|i| self.matrix[i][i]).sum();
        right as f64 / self.count() as f64
    }

    /// Share of right verdicts of each outcome that occurs, averaged over them.
    pub fn balanced(&self) -> f64 {
        let rows = (0..3).map(|i| (self.matrix[i][i], self.matrix[i].iter().sum::<usize>()));
        let shares = rows.filter(|(_, all)| *all > 0).map(|(right, all)| right as f64 / all as f64);
        let shares: Vec<f64> = shares.collect();
        shares.iter().sum::<f64>() / shares.len() as f64
    }

    /// Over all windows but the last tenth, which would count twice. The windows double in length:
    /// most of them lie before a network has learned anything.
    pub fn curve(&self) -> CurveScore {
        CurveScore::of(self.curve_errors.iter().filter(|error| !error.is_last))
    }

    /// Over the last tenth of the steps alone, from which the outcome is judged.
    pub fn last(&self) -> CurveScore {
        CurveScore::of(self.curve_errors.iter().filter(|error| error.is_last))
    }

    /// Window by window: the first step, from 0, and its medians; the last tenth is left out.
    pub fn windows(&self) -> Vec<(usize, CurveScore)> {
        let all = || self.curve_errors.iter().filter(|error| !error.is_last);
        let mut starts: Vec<usize> = all().map(|error| error.window.0).collect();
        starts.sort_unstable();
        starts.dedup();
        let of = |start| CurveScore::of(all().filter(|error| error.window.0 == start));
        starts.into_iter().map(|start| (start, of(start))).collect()
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

/// Losses below this count as this: nothing is told apart down there.
const LEAST: f64 = 1e-3;

/// When the windows' losses reach half that of a guess: interpolated in logarithms between their
/// geometric centres.
pub fn half_time(windows: &[(usize, usize)], losses: &[f64]) -> Option<f64> {
    let half = 0.5 * std::f64::consts::LN_2;
    // Steps count from 1 here, so that the first window has a logarithm.
    let centre = |(start, end): (usize, usize)| libm::sqrt((start + 1) as f64 * end as f64);
    let points = windows.iter().zip(losses).map(|(&window, &loss)| (centre(window), loss));
    let points: Vec<(f64, f64)> = points.filter(|(_, loss)| loss.is_finite()).collect();
    let at = points.iter().position(|&(_, loss)| loss <= half)?;
    let (time, loss) = points[at];
    let Some(&(before, higher)) = at.checked_sub(1).and_then(|i| points.get(i)) else {
        return Some(time);
    };
    let share = libm::log(higher / half) / libm::log(higher / loss.max(1e-12));
    Some(before * libm::pow(time / before, share))
}

/// The first step, counted from 1, at which the mean of the last ten losses is at most half that of
/// a guess: one batch says too little.
pub fn first_half(losses: impl IntoIterator<Item = f64>) -> Option<usize> {
    let losses: Vec<f64> = losses.into_iter().collect();
    let half = 0.5 * std::f64::consts::LN_2;
    let at = losses.windows(10).position(|ten| ten.iter().sum::<f64>() <= 10.0 * half);
    at.map(|start| start + 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::recipe::{Recipe, Training};

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
        let starts: Vec<usize> = score.windows().iter().map(|(start, _)| *start).collect();
        assert_eq!(starts, [0, 1, 2, 4]);
    }
}
