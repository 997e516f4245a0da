//! What the draws say: claims, numbers, tables.

use super::{Correlations, Drawn, BLOCKS, STACKS};
use crate::experiments::{cells, highest, mean, Cell, Claim, Report, Table};
use minigrad::recipe::Recipe;

/// The layers at which the table looks.
const TABLE_LAYERS: [usize; 4] = [2, 8, 16, 31];

impl Drawn {
    /// `[mean, 5 % quantile, 95 % quantile]` over the draws, layer by layer.
    pub fn spread(&self) -> Vec<[f64; 3]> {
        let layer = |index| {
            let all = self.sorted(index);
            let quantile = |p: f64| all[(p * (all.len() - 1) as f64).round() as usize];
            [mean(all.iter().copied()), quantile(0.05), quantile(0.95)]
        };
        (0..self.trials[0].len()).map(layer).collect()
    }

    /// Standard error of the mean at the last layer.
    fn error(&self) -> f64 {
        let all = self.last();
        let middle = mean(all.iter().copied());
        let squares = all.iter().map(|c| (c - middle) * (c - middle)).sum::<f64>();
        libm::sqrt(squares / (all.len() * (all.len() - 1)) as f64)
    }
}

/// The largest difference between two stacks on the same draw, at any layer.
fn largest_difference(a: &Drawn, b: &Drawn) -> f64 {
    let pairs = a.trials.iter().flatten().zip(b.trials.iter().flatten());
    highest(pairs.map(|(a, b)| (a - b).abs()))
}

/// Whether the last cosine of `a` is below that of `b` on every draw.
fn is_below(a: &Drawn, b: &Drawn) -> bool {
    !a.trials.is_empty() && a.trials.iter().zip(&b.trials).all(|(a, b)| a.last() < b.last())
}

impl Correlations {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "correlation",
            "What brings two inputs together before training: activation, norm or residual?",
        );
        report.settings = self.settings.shown();
        report.value("draws", self.settings.draws);
        report.value("block_draws", self.settings.block_draws);
        for drawn in STACKS.iter().chain(&BLOCKS).map(|key| self.sweep.of(key)) {
            let name = drawn.key.name();
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
        for drawn in STACKS.map(|key| self.sweep.of(&key)) {
            let Recipe { norm, residual, .. } = drawn.plan;
            let (spread, predicted) = (drawn.spread(), drawn.predicted());
            let shown = |cosine: f64| Cell::number(format!("{cosine:.3}"));
            let names = cells![norm.to_string(), if residual { "yes" } else { "no" }];
            let cells = TABLE_LAYERS.map(|layer| shown(spread[layer - 1][0]));
            let theory = shown(predicted[predicted.len() - 1]);
            table.row(names.into_iter().chain(cells).chain([theory]));
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let stacks = STACKS.map(|key| self.sweep.of(&key));
        let [bare, normed, bare_residual, normed_residual] = stacks;
        let [without, with] = BLOCKS.map(|key| self.sweep.of(&key));
        let last = |drawn: &Drawn| mean(drawn.last());
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
                stacks.into_iter().all(|drawn| off(drawn) < 0.01),
            ),
            Claim::book(
                "At the last of fifty blocks the mean over the draws is within 0.03 of it, without \
                 residual connections and with them.",
                [without, with].into_iter().all(|drawn| off(drawn) < 0.03),
            ),
        ]
    }
}
