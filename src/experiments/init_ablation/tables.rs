//! The ablation as tables.

use super::{recipe, Ablation, Curve, INITS, TABLE_LAYERS, TABLE_STEPS};
use crate::experiments::{number, Table};
use crate::recipe::{Init, Outcome};
use crate::theory::Propagation;
use crate::train::Run;

impl Ablation {
    /// Second moments at [`TABLE_LAYERS`], predicted and measured, and the norm of the gradient by
    /// each layer's weights, before the first update.
    pub fn start(&self) -> Table {
        let mut table = Table::new(["init", "layer", "q predicted", "q measured", "gradient norm"]);
        for ((name, init), probe) in INITS.into_iter().zip(&self.starts) {
            let theory = Propagation::of(&recipe(init)).layers;
            for layer in TABLE_LAYERS {
                let measured = &probe.layers[layer - 1];
                let numbers = [theory[layer - 1].q, measured.q, measured.gradient_norm];
                let cells = [name.to_owned(), layer.to_string()].into_iter();
                table.row(cells.chain(numbers.map(number)));
            }
        }
        table
    }

    /// Batch losses of the base seed at [`TABLE_STEPS`], one column an initialization.
    pub fn losses(&self, lr: f64) -> Table {
        let mut table = Table::new(["step"].into_iter().chain(INITS.map(|(name, _)| name)));
        for step in TABLE_STEPS.into_iter().filter(|&step| step < self.settings.steps) {
            let cell = |(name, _): (&str, Init)| {
                let run = &self.curve(name, lr).runs[0];
                run.loss_at(step).map_or("diverged".to_owned(), |loss| number(loss.into()))
            };
            table.row([step.to_string()].into_iter().chain(INITS.map(cell)));
        }
        table
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
        for curve in &self.curves {
            let names = [curve.lr.to_string(), curve.name.to_owned()];
            table.row(names.into_iter().chain(curve.cells()));
        }
        table
    }
}

impl Curve {
    /// For tables: the outcomes, the lowest and the highest final loss, the mean validation accuracy.
    pub fn cells(&self) -> [String; 4] {
        let mut outcomes: Vec<Outcome> = self.runs.iter().map(Run::outcome).collect();
        outcomes.sort();
        outcomes.dedup();
        let outcomes: Vec<String> = outcomes.iter().map(Outcome::to_string).collect();
        let finals = self.finals();
        let loss = |x: f64| if x.is_nan() { "-".to_owned() } else { number(x) };
        let mean = self.accuracy.iter().sum::<f64>() / self.accuracy.len() as f64;
        let diverged = self.runs.iter().any(|run| run.diverged_at().is_some());
        let accuracy = if diverged { "-".into() } else { format!("{:.0} %", 100.0 * mean) };
        [outcomes.join(" or "), loss(finals[0]), loss(finals[finals.len() - 1]), accuracy]
    }
}
