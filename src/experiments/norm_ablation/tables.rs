//! The ablation as tables.

use super::{Ablation, DEEP_NORMS};
use crate::experiments::init_ablation::{TABLE_LAYERS, TABLE_STEPS};
use crate::experiments::{number, Table};
use crate::theory::Propagation;

impl Ablation {
    /// Second moments at [`TABLE_LAYERS`], predicted and measured, and the norm of the gradient by
    /// each layer's weights, before the first update.
    pub fn start(&self) -> Table {
        let header = ["norm", "init", "layer", "q predicted", "q measured", "gradient norm"];
        let mut table = Table::new(header);
        for (name, recipe, probe) in &self.probes {
            let theory = Propagation::of(recipe).layers;
            let name = name.split(", ").next().unwrap_or(name);
            for layer in TABLE_LAYERS {
                let measured = &probe.layers[layer - 1];
                let numbers = [theory[layer - 1].q, measured.q, measured.gradient_norm];
                let cells = [name.to_owned(), recipe.init.to_string(), layer.to_string()];
                table.row(cells.into_iter().chain(numbers.map(number)));
            }
        }
        table
    }

    /// Batch losses of the base seed at [`TABLE_STEPS`], one column a norm.
    pub fn losses(&self) -> Table {
        let mut table = Table::new(["step"].into_iter().chain(self.curves.iter().map(|c| c.name)));
        for step in TABLE_STEPS.into_iter().filter(|&step| step < self.settings.steps) {
            let cells = self.curves.iter().map(|curve| {
                curve.runs[0].loss_at(step).map_or("diverged".to_owned(), |x| number(x.into()))
            });
            table.row([step.to_string()].into_iter().chain(cells));
        }
        table
    }

    /// Outcome, loss before training, final losses and validation accuracy of every curve.
    pub fn outcomes(&self) -> Table {
        let header =
            ["norm", "init", "start", "outcome", "final loss, lowest", "highest", "validation"];
        let mut table = Table::new(header);
        for curve in self.curves.iter().chain(&self.starts) {
            let name = curve.name.split(", ").next().unwrap_or(curve.name);
            let start = number(curve.runs[0].initial_loss().into());
            let cells = [name.to_owned(), curve.init.to_string(), start];
            table.row(cells.into_iter().chain(curve.cells()));
        }
        table
    }

    /// The deep network: outcome and final losses with either norm, and the mean cosine between
    /// hidden vectors of different inputs at the end.
    pub fn deep_table(&self) -> Table {
        let header = ["norm", "lr", "outcome", "final loss, lowest", "highest", "correlation"];
        let mut table = Table::new(header);
        for (name, _) in DEEP_NORMS {
            for deep in self.deep_with(name) {
                let [outcome, lowest, highest, _] = deep.curve.cells();
                let mean = deep.correlation.iter().sum::<f64>() / deep.correlation.len() as f64;
                let finite = deep.curve.runs.iter().all(|run| run.diverged_at().is_none());
                let correlation = if finite { format!("{mean:.3}") } else { "-".to_owned() };
                let lr = deep.curve.lr.to_string();
                table.row([name.to_owned(), lr, outcome, lowest, highest, correlation]);
            }
        }
        table
    }
}
