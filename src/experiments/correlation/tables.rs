//! What the draws say: claims, numbers, tables.

use super::{Correlations, Drawn, Settings, STACKS};
use crate::experiments::{highest, Claim, Report, Table};

/// The layers at which the table looks.
const TABLE_LAYERS: [usize; 4] = [2, 8, 16, 31];

/// Names of [`STACKS`] in figures and tables.
pub const NAMES: [&str; 4] = ["no norm", "RMSNorm", "no norm, + x", "RMSNorm, + x"];

impl Drawn {
    /// `[mean, 5 % quantile, 95 % quantile]` over the draws, layer by layer.
    pub fn spread(&self) -> Vec<[f64; 3]> {
        let layer = |index| {
            let all = self.sorted(index);
            let quantile = |p: f64| all[(p * (all.len() - 1) as f64).round() as usize];
            [mean(&all), quantile(0.05), quantile(0.95)]
        };
        (0..self.draws[0].len()).map(layer).collect()
    }

    /// Standard error of the mean at the last layer.
    fn error(&self) -> f64 {
        let all = self.last();
        let middle = mean(&all);
        let squares = all.iter().map(|c| (c - middle) * (c - middle)).sum::<f64>();
        libm::sqrt(squares / (all.len() * (all.len() - 1)) as f64)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The largest difference between two stacks on the same draw, at any layer.
fn largest_difference(a: &Drawn, b: &Drawn) -> f64 {
    let pairs = a.draws.iter().flatten().zip(b.draws.iter().flatten());
    highest(pairs.map(|(a, b)| (a - b).abs()))
}

/// Whether the last cosine of `a` is below that of `b` on every draw.
fn is_below(a: &Drawn, b: &Drawn) -> bool {
    !a.draws.is_empty() && a.draws.iter().zip(&b.draws).all(|(a, b)| a.last() < b.last())
}

impl Correlations {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let Settings { draws, block_draws, .. } = self.settings;
        let mut report = Report::new(
            "correlation",
            "What brings two inputs together before training: activation, norm or residual?",
        );
        report.settings = self.settings.shown();
        report.value("draws", draws.to_string());
        report.value("block_draws", block_draws.to_string());
        let named = NAMES.into_iter().zip(&self.stacks);
        let blocks = ["blocks", "blocks, + x"].into_iter().zip(&self.blocks);
        for (name, drawn) in named.chain(blocks) {
            let key = name.to_lowercase().replace(", + x", "_residual").replace(' ', "_");
            let spread = drawn.spread();
            let predicted = drawn.predicted();
            let [mean, low, high] = spread[spread.len() - 1];
            for (suffix, value) in [
                ("", mean),
                ("_low", low),
                ("_high", high),
                ("_error", drawn.error()),
                ("_predicted", predicted[predicted.len() - 1]),
            ] {
                report.value(format!("{key}{suffix}"), format!("{value:.3}"));
            }
            for (k, column) in ["mean", "5 %", "95 %"].into_iter().enumerate() {
                report.series(format!("{name} {column}"), spread.iter().map(|row| row[k]));
            }
            report.series(format!("{name} predicted"), predicted);
        }
        report.tables.insert("stacks", self.table());
        report.claims = self.claims();
        report
    }

    /// One row a stack.
    fn table(&self) -> Table {
        let layers = TABLE_LAYERS.map(|layer| format!("layer {layer}"));
        let header = ["norm", "residual"].map(str::to_owned).into_iter().chain(layers);
        let mut table = Table::new(header.chain(["theory, layer 31".to_owned()]));
        for ((norm, residual), drawn) in STACKS.into_iter().zip(&self.stacks) {
            let spread = drawn.spread();
            let cells = TABLE_LAYERS.map(|layer| format!("{:.3}", spread[layer - 1][0]));
            let names = [norm.to_string(), if residual { "yes" } else { "no" }.to_owned()];
            let predicted = drawn.predicted();
            let theory = format!("{:.3}", predicted[predicted.len() - 1]);
            table.row(names.into_iter().chain(cells).chain([theory]));
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let [bare, normed, bare_residual, normed_residual] = &self.stacks[..] else {
            return vec![];
        };
        let [without, with] = &self.blocks;
        let last = |drawn: &Drawn| mean(&drawn.last());
        let off = |drawn: &Drawn| {
            let predicted = drawn.predicted();
            (last(drawn) - predicted[predicted.len() - 1]).abs()
        };
        vec![
            Claim::new(
                "Without a residual connection RMSNorm changes no cosine: on every draw and at \
                 every layer the two stacks agree to 0.0001.",
                largest_difference(bare, normed) < 1e-4,
            ),
            Claim::new(
                "A residual connection around a ReLU keeps no inputs apart: in the mean over the \
                 draws the last cosine is larger with it than without, with the norm or not.",
                last(normed_residual) > last(normed) && last(bare_residual) > last(bare),
            ),
            Claim::new(
                "Where there is such a connection, the norm keeps inputs further apart, on every \
                 draw.",
                is_below(normed_residual, bare_residual),
            ),
            Claim::new(
                "A residual connection around a block, which ends in a linear layer, keeps inputs \
                 apart: at the last of fifty blocks the cosine is smaller with it on every draw.",
                is_below(with, without),
            ),
            Claim::book(
                "At each of the four stacks' last layers the mean over the draws is within 0.01 of \
                 the theory of infinite width.",
                self.stacks.iter().all(|drawn| off(drawn) < 0.01),
            ),
            Claim::book(
                "At the last of fifty blocks the mean over the draws is within 0.03 of it, without \
                 residual connections and with them.",
                self.blocks.iter().all(|drawn| off(drawn) < 0.03),
            ),
        ]
    }
}
