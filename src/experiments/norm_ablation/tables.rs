//! The ablation as tables.

use super::{deep_recipe, Ablation, Curve, DEEP_NORMS};
use crate::experiments::init_ablation::tables::{batch_losses, start};
use crate::experiments::{cells, mean, Cell, Table, Trial};
use crate::recipe::Norm;

/// The norm of a curve, as tables name it, and its initialization.
fn names(curve: &Curve) -> [Cell; 2] {
    let name = curve.key.name();
    cells![name.split(", ").next().unwrap_or(name), curve.plan.0.init.to_string()]
}

impl Ablation {
    /// Second moments at some layers, predicted and measured, and the norm of the gradient by each
    /// layer's weights, before the first update of the base seed.
    pub fn start(&self) -> Table {
        let header = ["norm", "init", "layer", "q predicted", "q measured", "gradient norm"];
        let mut table = Table::new(header);
        for curve in self.all_shallow() {
            for numbers in start(&curve.plan.0, &curve.trials[0]) {
                table.row(names(curve).into_iter().chain(numbers));
            }
        }
        table
    }

    /// Batch losses of the base seed, one column a norm.
    pub fn losses(&self) -> Table {
        let curves = self.norms();
        let names = curves.map(|curve| curve.key.name());
        batch_losses(names, curves.map(|curve| &curve.trials[0]), self.settings.steps)
    }

    /// Outcome, loss before training, final losses and validation accuracy of every curve.
    pub fn outcomes(&self) -> Table {
        let header =
            ["norm", "init", "start", "outcome", "final loss, lowest", "highest", "validation"];
        let mut table = Table::new(header);
        for curve in self.all_shallow() {
            let start = f64::from(curve.trials[0].run.initial_loss());
            table.row(names(curve).into_iter().chain(cells![start]).chain(curve.cells()));
        }
        table
    }

    /// The deep network: outcome and final losses with either norm, and the mean cosine between
    /// hidden vectors of different inputs at the end.
    pub fn deep_table(&self) -> Table {
        let header = ["norm", "lr", "outcome", "final loss, lowest", "highest", "correlation"];
        let mut table = Table::new(header);
        let last = deep_recipe(Norm::Rms).depth - 1;
        for (name, _) in DEEP_NORMS {
            for curve in self.deep_with(name) {
                let [outcome, lowest, highest, _] = curve.cells();
                let cosine = |trial: &_| Trial::correlation(trial, self.settings.steps, last);
                let correlation = match curve.any_diverged() {
                    true => Cell::none(),
                    false => Cell::number(format!("{:.3}", mean(curve.trials.iter().map(cosine)))),
                };
                let lr = Cell::number(curve.plan.1.lr.to_string());
                table.row(cells![name, lr, outcome, lowest, highest, correlation]);
            }
        }
        table
    }
}
