//! The ablation as tables.

use super::{Ablation, INITS, TABLE_LAYERS, TABLE_STEPS};
use crate::experiments::{cells, mean, Cell, Swept, Table, Trial};
use crate::recipe::Recipe;
use crate::theory::Propagation;

impl Ablation {
    /// Second moments at [`TABLE_LAYERS`], predicted and measured, and the norm of the gradient by
    /// each layer's weights, before the first update of the base seed.
    pub fn start(&self) -> Table {
        let mut table = Table::new(["init", "layer", "q predicted", "q measured", "gradient norm"]);
        for curve in self.at(super::RATES[0]) {
            for numbers in start(&curve.plan.0, &curve.trials[0]) {
                table.row(cells![curve.key.0].into_iter().chain(numbers));
            }
        }
        table
    }

    /// Batch losses of the base seed at [`TABLE_STEPS`], one column an initialization.
    pub fn losses(&self, lr: f64) -> Table {
        let names = INITS.map(|(name, _)| name);
        let losses = self.at(lr).map(|curve| &curve.trials[0]);
        batch_losses(names, losses, self.settings.steps)
    }

    /// Outcome, final losses and validation accuracy of every curve.
    pub fn outcomes(&self) -> Table {
        let mut table = Table::new([
            "lr",
            "init",
            "outcome",
            "final loss, lowest",
            "highest",
            "validation accuracy",
        ]);
        for curve in &self.sweep.arms {
            let (name, lr) = curve.key;
            table.row(cells![Cell::number(lr.to_string()), name].into_iter().chain(curve.cells()));
        }
        table
    }
}

/// Layer by layer of [`TABLE_LAYERS`]: its number, `q` predicted and measured, the gradient.
pub(in crate::experiments) fn start(recipe: &Recipe, trial: &Trial) -> Vec<[Cell; 4]> {
    let theory = Propagation::of(recipe).layers;
    let row = |layer: usize| {
        let measured = &trial.probes[0].1.layers[layer - 1];
        cells![layer, theory[layer - 1].q, measured.q, measured.gradient_norm]
    };
    TABLE_LAYERS.map(row).to_vec()
}

/// Batch losses of some trials of `steps` steps, at [`TABLE_STEPS`].
pub(in crate::experiments) fn batch_losses<'a>(
    names: impl IntoIterator<Item = &'a str>,
    trials: impl IntoIterator<Item = &'a Trial> + Clone,
    steps: usize,
) -> Table {
    let mut table = Table::new(["step"].into_iter().chain(names));
    for step in TABLE_STEPS.into_iter().filter(|&step| step < steps) {
        let loss = |trial: &Trial| match trial.run.loss_at(step) {
            Some(loss) => Cell::from(f64::from(loss)),
            None => Cell::from("diverged"),
        };
        table.row(cells![step].into_iter().chain(trials.clone().into_iter().map(loss)));
    }
    table
}

impl<K> Swept<K, Trial> {
    /// For tables: the outcomes, the lowest and the highest final loss, the mean validation accuracy.
    pub fn cells(&self) -> [Cell; 4] {
        let finals = self.finals();
        let loss = |x: f64| if x.is_nan() { Cell::none() } else { Cell::from(x) };
        let accuracy = if self.any_diverged() {
            Cell::none()
        } else {
            let mean = mean(self.trials.iter().map(|trial| trial.accuracy));
            Cell::number(format!("{:.0} %", 100.0 * mean))
        };
        cells![self.outcomes(), loss(finals[0]), loss(finals[finals.len() - 1]), accuracy]
    }
}
