//! What scores come to: plain numbers.

use super::{Errors, Pair, Score, OUTCOMES};
use crate::spine::prelude::*;

/// What a score comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// How often outcome `i` of [`OUTCOMES`] was predicted to be `j`.
    pub matrix: [[usize; 3]; 3],
    #[serde(with = "real")]
    pub log_loss: f64,
    /// The share of the verdicts that are sure, and of these the share that came true.
    #[serde(with = "real")]
    pub sure: [f64; 2],
    /// In all windows but the last tenth of the steps, and in that.
    pub curve: Errors,
    pub last: Errors,
    /// The share of the half times that are right within a factor of 2.
    #[serde(with = "real")]
    pub half_time: f64,
}

impl From<Score> for Summary {
    fn from(score: Score) -> Summary {
        Summary {
            matrix: score.matrix,
            log_loss: score.odds.log_loss(),
            sure: [score.odds.sure(), score.odds.sure_and_right()],
            curve: score.curve(),
            last: score.last(),
            half_time: score.half_time_share(),
        }
    }
}

impl Summary {
    /// That of these predictions.
    pub fn of<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Summary {
        score(pairs).into()
    }

    /// The verdicts alone.
    pub fn verdicts(&self) -> Score {
        Score { matrix: self.matrix, ..Score::default() }
    }

    pub fn count(&self) -> usize {
        self.verdicts().count()
    }

    /// Share of right verdicts.
    pub fn accuracy(&self) -> f64 {
        self.verdicts().accuracy()
    }

    /// Share of right verdicts of each outcome that occurs, averaged over them.
    pub fn balanced(&self) -> f64 {
        self.verdicts().balanced()
    }

    /// Share of the most frequent outcome.
    pub fn majority(&self) -> f64 {
        let most = self.matrix.iter().map(|row| row.iter().sum::<usize>()).max().unwrap_or(0);
        most as f64 / self.count() as f64
    }

    /// Right and balanced.
    pub fn right(&self) -> [Cell; 2] {
        [share(self.accuracy()), share(self.balanced())]
    }

    /// Right, balanced, log loss, sure, sure and right.
    pub fn odds(&self) -> impl Iterator<Item = Cell> {
        let log_loss = Cell::number(format!("{:.3}", self.log_loss));
        let [sure, right] = self.sure;
        let right = if sure > 0.0 { share(right) } else { Cell::number(NOTHING) };
        self.right().into_iter().chain([log_loss, share(sure), right])
    }

    /// Right, the errors of the curve and of its end, the half times.
    pub fn course(&self) -> [Cell; 4] {
        let [curve, last] = [self.curve, self.last].map(|errors| decades(errors.theory));
        [share(self.accuracy()), Cell::number(curve), Cell::number(last), share(self.half_time)]
    }

    /// Reports what the verdicts are worth.
    pub fn values(&self, name: &str, report: &mut Report) {
        let [sure, right] = self.sure.map(percent);
        for (value, text) in [
            ("count", self.count().to_string()),
            ("accuracy", percent(self.accuracy())),
            ("balanced", percent(self.balanced())),
            ("majority", percent(self.majority())),
            ("log_loss", format!("{:.3}", self.log_loss)),
            ("sure", sure),
            ("sure_right", right),
        ] {
            report.value(format!("{name}_{value}"), text);
        }
    }

    /// Reports what the curves are worth.
    pub fn course_values(&self, name: &str, report: &mut Report) {
        for (value, text) in [
            ("curve", decades(self.curve.theory)),
            ("guess", decades(self.curve.guess)),
            ("last", decades(self.last.theory)),
            ("last_guess", decades(self.last.guess)),
            ("last_factor", number(self.last.factor())),
            ("half_time", percent(self.half_time)),
        ] {
            report.value(format!("{name}_{value}"), text);
        }
    }

    /// Reports rows measured, columns predicted.
    pub fn confusion(&self, name: &'static str, title: &str, report: &mut Report) {
        let predicted = OUTCOMES.map(|outcome| format!("predicted: {outcome}"));
        let header = ["measured".to_owned()].into_iter().chain(predicted);
        let rows = OUTCOMES.iter().zip(self.matrix).map(|(outcome, row)| {
            cells![outcome.to_string()].into_iter().chain(row.map(Cell::from))
        });
        report.table(name, title, header, rows);
    }

    /// Claims what curves are worth where it counts.
    pub fn claim_end(&self, report: &mut Report) {
        report.claim(
            "end",
            format!(
                "In the last tenth of the steps half of the predicted losses of networks that train \
                 are within a factor of {} of the measured ones; ln 2 is within a factor of {}",
                number(self.last.factor()),
                number(libm::pow(10.0, self.last.guess)),
            ),
            self.last.theory < 0.6 * self.last.guess,
        );
    }
}

/// The score of these predictions.
pub fn score<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Score {
    Score::of(pairs.into_iter().map(|(measured, prediction)| (measured, prediction)))
}

pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

pub fn share(share: f64) -> Cell {
    Cell::number(percent(share))
}

/// Stands where there is nothing to measure.
pub const NOTHING: &str = "–";

pub fn decades(error: f64) -> String {
    if error.is_finite() {
        format!("{error:.3}")
    } else {
        NOTHING.to_owned()
    }
}
