//! One network, trained once: what the commands `train` and `probe` show.

use crate::spine::{cells, mean_loss, number, sample, Cell, Progress, Table};
use minigrad::data::Split;
use minigrad::probe::Probe;
use minigrad::recipe::{Recipe, Training};
use minigrad::train::{Observed, Run, Trainer};

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
    stepped(recipe, training, |trainer, _, _| {
        let step = trainer.step()?;
        progress.update(step.index + 1, training.steps);
        Some(())
    })
}

/// The same, showing every so many steps, and at the last, what the first 64 examples and the update
/// look like from inside.
///
/// # Panics
/// As [`run`], and if `every` is 0.
pub fn watched(
    recipe: &Recipe,
    training: &Training,
    every: usize,
    mut show: impl FnMut(&Observed),
) -> OneRun {
    stepped(recipe, training, |trainer, first, index| {
        if index % every != 0 && index + 1 != training.steps {
            return trainer.step().map(drop);
        }
        trainer.observe(first).map(|observed| show(&observed))
    })
}

/// What the first update of a network looks like from inside, and the first 64 examples before it.
///
/// # Panics
/// As [`run`].
pub fn first_step(recipe: &Recipe, training: &Training) -> Observed {
    let data = sample(recipe.seed);
    let mut network = recipe.build();
    let observed = Trainer::new(&mut network, &data.train, training).observe(&data.train.first(64));
    observed.expect("a training has a step")
}

/// Trains by `step`, which is handed the first 64 examples and the number of the step, and says when
/// nothing is left to do.
fn stepped(
    recipe: &Recipe,
    training: &Training,
    mut step: impl FnMut(&mut Trainer, &Split, usize) -> Option<()>,
) -> OneRun {
    let data = sample(recipe.seed);
    let mut network = recipe.build();
    let description = network.to_string();
    let first = data.train.first(64);
    let probe = network.probe(&first);
    let mut trainer = Trainer::new(&mut network, &data.train, training);
    for index in 0.. {
        if step(&mut trainer, &first, index).is_none() {
            break;
        }
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
