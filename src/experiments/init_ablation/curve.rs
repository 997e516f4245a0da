//! One network trained at one rate, over all seeds.

use crate::experiments::{highest, lowest, median};
use crate::recipe::{Init, Outcome};
use crate::train::Run;

/// One network trained at one rate, over all seeds.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What figures and tables call the initialization.
    pub name: &'static str,
    /// The initialization.
    pub init: Init,
    /// Learning rate.
    pub lr: f64,
    /// One run a seed.
    pub runs: Vec<Run>,
    /// Validation accuracy after training, one a seed; a guess gets 0.5.
    pub accuracy: Vec<f64>,
}

impl Curve {
    /// Final losses over the seeds, smallest first; NaN for runs that diverged, at the end.
    pub fn finals(&self) -> Vec<f64> {
        let mut finals: Vec<f64> =
            self.runs.iter().map(|run| run.final_loss().unwrap_or(f64::NAN)).collect();
        finals.sort_by(f64::total_cmp);
        finals
    }

    /// `(step, median, low, high)` over the seeds: the loss averaged over windows of ten steps, each
    /// window at its middle, after the loss before the first update. Ends where a run diverges.
    pub fn smoothed(&self) -> Vec<[f64; 4]> {
        let common = self.runs.iter().map(|run| run.losses.len()).min().unwrap_or(0);
        let windows = (0..common).step_by(10).map(|start| (start, (start + 10).min(common)));
        [(0, 1)].into_iter().chain(windows).map(|window| self.over_seeds(window)).collect()
    }

    /// `(step, median, low, high)` over the seeds of every single loss, to the last step that any
    /// run came to; a run that has left the finite numbers counts as NaN, the largest.
    pub fn step_by_step(&self) -> Vec<[f64; 4]> {
        let longest = self.runs.iter().map(|run| run.losses.len()).max().unwrap_or(0);
        (0..longest).map(|step| self.over_seeds((step, step + 1))).collect()
    }

    fn over_seeds(&self, (start, end): (usize, usize)) -> [f64; 4] {
        let mean_loss = |run: &Run| {
            let losses = run.losses.get(start..end).unwrap_or(&[f32::NAN]);
            losses.iter().map(|&loss| f64::from(loss)).sum::<f64>() / losses.len() as f64
        };
        let losses: Vec<f64> = self.runs.iter().map(mean_loss).collect();
        let step = if end - start == 1 { start as f64 } else { (start + end) as f64 / 2.0 };
        let all = || losses.iter().copied();
        [step, median(all()), lowest(all()), highest(all())]
    }

    /// The step at which the last of the seeds had left the finite numbers, if all did.
    pub fn diverged_by(&self) -> Option<usize> {
        self.runs.iter().map(Run::diverged_at).try_fold(0, |last, at| Some(last.max(at?)))
    }

    /// How many seeds came to `outcome`.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.runs.iter().filter(|run| run.outcome() == outcome).count()
    }

    /// Whether every seed came to `outcome`.
    pub fn all(&self, outcome: Outcome) -> bool {
        self.count(outcome) == self.runs.len()
    }
}
