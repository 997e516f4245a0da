//! The ablation as tables.

use super::{recipe, Ablation, INITS, TABLE_LAYERS, TABLE_STEPS};
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
            let mut outcomes: Vec<Outcome> = curve.runs.iter().map(Run::outcome).collect();
            outcomes.sort();
            outcomes.dedup();
            let outcomes: Vec<String> = outcomes.iter().map(Outcome::to_string).collect();
            let finals = curve.finals();
            let loss = |x: f64| if x.is_nan() { "-".to_owned() } else { number(x) };
            let mean = curve.accuracy.iter().sum::<f64>() / curve.accuracy.len() as f64;
            let diverged = curve.runs.iter().any(|run| run.diverged_at().is_some());
            let accuracy = if diverged { "-".into() } else { format!("{:.0} %", 100.0 * mean) };
            table.row([
                curve.lr.to_string(),
                curve.name.to_owned(),
                outcomes.join(" or "),
                loss(finals[0]),
                loss(finals[finals.len() - 1]),
                accuracy,
            ]);
        }
        table
    }
}
