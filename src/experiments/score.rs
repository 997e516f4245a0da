//! How right predictions are: verdicts, curves and times against what was measured.

use super::median;
use crate::recipe::{Outcome, Recipe, Training};
use crate::theory::{Prediction, Verdict};

/// The outcomes in the order of tables and matrices.
pub const OUTCOMES: [Outcome; 3] = [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains];

/// A configuration that was trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The network; its seed is that of the first run.
    pub recipe: Recipe,
    /// Its training.
    pub training: Training,
    /// What became of each run.
    pub outcomes: Vec<Outcome>,
    /// Median over the runs of the mean loss of each of the training's windows; not finite where
    /// runs left the finite numbers.
    pub losses: Vec<f64>,
}

impl Measured {
    /// What most runs did; `None` if no outcome has a majority over each other.
    pub fn outcome(&self) -> Option<Outcome> {
        let count = |outcome| self.outcomes.iter().filter(|&&o| o == outcome).count();
        let most = OUTCOMES.into_iter().max_by_key(|&outcome| count(outcome))?;
        let ties = OUTCOMES.into_iter().filter(|&outcome| count(outcome) == count(most)).count();
        (ties == 1).then_some(most)
    }

    /// What groups it in cross-validation: everything but learning rate, steps and seeds.
    pub fn architecture(&self) -> String {
        self.recipe.to_string()
    }
}

/// Predictions held against measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// How often outcome `i` of [`OUTCOMES`] was predicted to be `j`.
    pub matrix: [[usize; 3]; 3],
    /// `|log10(predicted / measured)|` of each window of each configuration that trains, both
    /// losses at least 1e-3.
    pub curve_errors: Vec<f64>,
    /// Predicted over measured time to half the loss of a guess, of each configuration that trains;
    /// infinite or 0 where only one of the curves gets there.
    pub half_times: Vec<f64>,
}

impl Score {
    /// Scores predictions; a configuration whose runs disagree is left out.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a Measured, &'a Prediction)>) -> Score {
        let mut score = Score::default();
        for (measured, prediction) in pairs {
            score.add(measured, prediction.verdict(), &prediction.window_losses());
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
        let pairs = predicted.iter().zip(&measured.losses);
        let errors = pairs
            .filter(|(_, m)| m.is_finite())
            .map(|(p, m)| libm::fabs(libm::log10(p.max(LEAST) / m.max(LEAST))));
        // The last window, the last tenth, lies inside the one before: it would count twice.
        self.curve_errors.extend(errors.take(windows.len() - 1));
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

    /// Median over windows and configurations of the distance of the curves, in decades.
    pub fn curve_error(&self) -> f64 {
        median(self.curve_errors.iter().copied())
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_majority_is_more_than_any_other() {
        let of = |outcomes: &[Outcome]| Measured {
            recipe: Recipe::mlp(2),
            training: Training::sgd(0.1),
            outcomes: outcomes.to_vec(),
            losses: vec![],
        };
        let [d, v, t] = OUTCOMES;
        assert_eq!(of(&[d, v]).outcome(), None);
        assert_eq!(of(&[t, v, t]).outcome(), Some(t));
        assert_eq!(of(&[d]).outcome(), Some(d));
    }
}
