//! One network, trained once: what the `train` command shows.

use super::{cells, mean_loss, number, sample, Cell, Progress, Table};
use crate::probe::Probe;
use crate::recipe::{Recipe, Training};
use crate::train::{Run, Trainer};

/// A network before and after its training.
#[derive(Clone, Debug)]
pub struct OneRun {
    /// One line a layer.
    pub network: String,
    /// The first 64 examples sent through it before training.
    pub probe: Probe,
    /// The losses.
    pub run: Run,
    /// Share of the validation examples that the trained network gets right; `None` where it
    /// diverged.
    pub accuracy: Option<f64>,
}

/// Builds and trains a network on 1000 examples of the sign-of-sum data, drawn from the seed of
/// the recipe.
///
/// # Panics
/// If the recipe or the training is refused, or the recipe does not fit 256 inputs and 2 classes.
pub fn run(recipe: &Recipe, training: &Training, progress: &dyn Progress) -> OneRun {
    let data = sample(recipe.seed);
    let mut network = recipe.build();
    let description = network.to_string();
    let probe = network.probe(&data.train.first(64));
    let mut trainer = Trainer::new(&mut network, &data.train, training);
    while let Some(step) = trainer.step() {
        progress.update(step.index + 1, training.steps);
    }
    let run = trainer.run();
    let accuracy = run.final_loss().map(|_| network.accuracy(&data.validation));
    OneRun { network: description, probe, run, accuracy }
}

impl OneRun {
    /// Mean losses between the powers of two.
    pub fn losses(&self) -> Table {
        let steps = self.run.losses.len();
        let mut table = Table::new(["steps", "mean loss"]);
        let (mut start, mut end) = (0, 1);
        while start < steps {
            let end_here = end.min(steps);
            let name = match end_here - 1 {
                last if last == start => Cell::from(start),
                last => Cell::number(format!("{start} to {last}")),
            };
            table.row(cells![name, mean_loss(&self.run, start, end_here)]);
            (start, end) = (end, 2 * end);
        }
        table
    }

    /// The outcome and the numbers behind it, in one line.
    pub fn verdict(&self) -> String {
        let end = match (self.run.diverged_at(), self.run.final_loss(), self.accuracy) {
            (None, Some(loss), Some(accuracy)) => {
                let accuracy = 100.0 * accuracy;
                format!("final loss {}, validation accuracy {accuracy:.1} %", number(loss))
            }
            (step, ..) => {
                format!("the loss left the finite numbers at step {}", step.unwrap_or(0))
            }
        };
        format!("{}: {end}", self.run.outcome())
    }
}
