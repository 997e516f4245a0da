//! What brings two inputs together before training: activation, norm, residual connection.

use crate::residual_depth::{recipe as fifty, DEPTH, WIDTH};
use crate::spine::prelude::*;
use minigrad::probe::mean_cosine;

settings! {
    seed = 0;
    /// Draws of each of the four stacks of ReLU.
    draws: u64 = 200, small 20;
    /// Draws of lab 03's fifty blocks.
    block_draws: u64 = 50, small 2;
}

/// Inputs whose cosines are averaged.
pub const INPUTS: usize = 64;

/// The stacks, as figures name them: with a norm, with a residual connection around each ReLU.
pub const STACKS: [(&str, Norm, bool); 4] = [
    ("no norm", Norm::None, false),
    ("RMSNorm", Norm::Rms, false),
    ("no norm, + x", Norm::None, true),
    ("RMSNorm, + x", Norm::Rms, true),
];

/// The layers at which the table looks.
const TABLE_LAYERS: [usize; 4] = [2, 8, 16, 31];

/// Lab 02's deep network: 32 linear layers of width 64, ReLU, Kaiming.
pub fn stack(norm: Norm, residual: bool) -> Recipe {
    Recipe { residual, ..Recipe::mlp(32).width(64).norm(norm) }
}

/// Lab 03's fifty blocks.
pub fn blocks(residual: bool) -> Recipe {
    fifty(DEPTH, WIDTH, residual)
}

/// Many draws of one network: the mean cosine between the pre-activations of two different inputs.
#[derive(Serialize, Deserialize)]
pub struct Drawn {
    /// Mean, 5 % and 95 % quantile over the draws, at each hidden layer or block.
    #[serde(with = "real")]
    pub layers: Vec<[f64; 3]>,
    /// At the last of them, draw by draw.
    #[serde(with = "real")]
    pub last: Vec<f64>,
    /// What theory says of each layer or block.
    pub predicted: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
pub struct Correlation {
    pub settings: Settings,
    /// In the order of [`STACKS`].
    pub stacks: [Drawn; 4],
    /// Without residual connections and with them.
    pub blocks: [Drawn; 2],
    /// The largest difference that the norm makes to a stack without residual connections, on any
    /// draw and at any layer.
    #[serde(with = "real")]
    pub norm_changes: f64,
}

/// Mean cosine at each hidden layer or block; `add` adds to each block, drawn without a residual
/// connection, its input.
fn cosines(network: &Network, seed: u64, add: bool) -> Vec<f64> {
    let mut h = Tensor::constant(SignOfSum::sample(INPUTS, 0, seed).train.inputs);
    let mut cosines = vec![];
    for layer in &network.layers {
        let (Some((_, z)), out) = layer.forward(&h) else { break }; // the readout
        cosines.push(mean_cosine(&z.values().mapv(f64::from)));
        h = if add { &h + &out } else { out };
    }
    cosines
}

impl Drawn {
    fn of<'a>(recipe: &Recipe, draws: impl Iterator<Item = &'a Vec<f64>> + Clone) -> Drawn {
        let layer = |index: usize| {
            let mut all: Vec<f64> = draws.clone().map(|draw| draw[index]).collect();
            all.sort_by(f64::total_cmp);
            let quantile = |p: f64| all[(p * (all.len() - 1) as f64).round() as usize];
            [mean(all.iter().copied()), quantile(0.05), quantile(0.95)]
        };
        let predicted = predicted_correlations(recipe);
        let last = draws.clone().map(|draw| draw[predicted.len() - 1]).collect();
        Drawn { layers: (0..predicted.len()).map(layer).collect(), last, predicted }
    }

    /// Mean, quantiles, and what theory says, at the last hidden layer or block.
    fn end(&self) -> ([f64; 3], f64) {
        let last = self.predicted.len() - 1;
        (self.layers[last], self.predicted[last])
    }

    /// Standard error of the mean at the last layer.
    fn error(&self) -> f64 {
        let ([mean, ..], n) = (self.end().0, self.last.len());
        let squares: f64 = self.last.iter().map(|c| (c - mean) * (c - mean)).sum();
        libm::sqrt(squares / (n * (n - 1)) as f64)
    }

    /// Whether its last cosine is below that of another network on every draw.
    fn is_below(&self, other: &Drawn) -> bool {
        !self.last.is_empty() && self.last.iter().zip(&other.last).all(|(a, b)| a < b)
    }
}

impl Experiment for Correlation {
    const NAME: &'static str = "correlation";
    const ASKS: &'static str =
        "What brings two inputs together before training: activation, norm or residual?";
    const FIGURES: &'static [&'static str] = &["correlation.svg"];
    type Settings = Settings;

    /// One draw of blocks serves both kinds: what differs is the sum.
    fn measure(settings: &Settings, progress: &dyn Progress) -> Correlation {
        let Settings { seed, draws, block_draws } = *settings;
        let stacks = STACKS.map(|(_, norm, residual)| stack(norm, residual));
        let arms = stacks.clone().map(|recipe| Arm::new((), recipe, seed, draws));
        let drawn = sweep(arms, progress, |recipe| cosines(&recipe.build(), recipe.seed, false));
        let of = |index: usize| Drawn::of(&stacks[index], drawn.arms[index].trials.iter());
        let [bare, normed] = [0, 1].map(|index: usize| drawn.arms[index].trials.iter().flatten());
        let arm = Arm::new((), blocks(false), seed, block_draws);
        let pairs = sweep([arm], progress, |recipe| {
            let network = recipe.build();
            [false, true].map(|add| cosines(&network, recipe.seed, add))
        });
        let pairs = &pairs.arms[0].trials;
        let of_blocks = |residual: bool| {
            Drawn::of(&blocks(residual), pairs.iter().map(|pair| &pair[usize::from(residual)]))
        };
        Correlation {
            settings: settings.clone(),
            stacks: [0, 1, 2, 3].map(of),
            blocks: [false, true].map(of_blocks),
            norm_changes: highest(bare.zip(normed).map(|(a, b)| (a - b).abs())),
        }
    }

    fn report(&self) -> Report {
        let Settings { draws, block_draws, .. } = self.settings;
        let [bare, normed, bare_residual, normed_residual] = &self.stacks;
        let [without, with] = &self.blocks;
        let mut report = Report::default();
        report.counts([("draws", draws as usize), ("block_draws", block_draws as usize)]);
        for (name, drawn) in [("blocks", without), ("blocks_residual", with)] {
            let ([mean, low, high], _) = drawn.end();
            let error = drawn.error();
            for (suffix, x) in [("", mean), ("_low", low), ("_high", high), ("_error", error)] {
                report.value(format!("{name}{suffix}"), format!("{x:.3}"));
            }
        }
        let shown = |cosine: f64| Cell::number(format!("{cosine:.3}"));
        report.table(
            "stacks",
            "Mean cosine before training",
            ["norm", "residual", "layer 2", "layer 8", "layer 16", "layer 31", "theory, layer 31"],
            STACKS.iter().zip(&self.stacks).map(|((_, norm, residual), drawn)| {
                let names = cells![norm.to_string(), if *residual { "yes" } else { "no" }];
                let means = TABLE_LAYERS.map(|layer| shown(drawn.layers[layer - 1][0]));
                names.into_iter().chain(means).chain([shown(drawn.end().1)])
            }),
        );
        let mean = |drawn: &Drawn| drawn.end().0[0];
        let off = |drawn: &Drawn| (mean(drawn) - drawn.end().1).abs();
        report.claim(
            "norm",
            "Without a residual connection RMSNorm changes no cosine: on every draw and at every \
             layer the two stacks agree to 0.0001.",
            self.norm_changes < 1e-4,
        );
        report.claim(
            "around ReLU",
            "A residual connection around a ReLU keeps no inputs apart: in the mean over the draws \
             the last cosine is larger with it than without, with the norm or not.",
            mean(normed_residual) > mean(normed) && mean(bare_residual) > mean(bare),
        );
        report.claim(
            "norm and residual",
            "Where there is such a connection, the norm keeps inputs further apart, on every draw.",
            normed_residual.is_below(bare_residual),
        );
        report.claim(
            "around a block",
            "A residual connection around a block, which ends in a linear layer, keeps inputs apart: \
             at the last of fifty blocks the cosine is smaller with it on every draw.",
            with.is_below(without),
        );
        report.claim_book(
            "theory of stacks",
            "At each of the four stacks' last layers the mean over the draws is within 0.01 of the \
             theory of infinite width.",
            self.stacks.iter().all(|drawn| off(drawn) < 0.01),
        );
        report.claim_book(
            "theory of blocks",
            "At the last of fifty blocks the mean over the draws is within 0.03 of it, without \
             residual connections and with them.",
            self.blocks.iter().all(|drawn| off(drawn) < 0.03),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let panel =
            |name: &str, axis: &str, drawn: &[Drawn], names: [&str; 2], colors: [Color; 2]| {
                let chart = Chart::new(name)
                    .height(260.0)
                    .x(Axis::linear(axis, 0.0, drawn[0].layers.len() as f64))
                    .y(Axis::linear("mean cosine", 0.0, 1.05));
                drawn.iter().zip(names).zip(colors).fold(chart, |chart, ((drawn, name), color)| {
                    let rows = || (1..).map(f64::from).zip(&drawn.layers);
                    let band: Vec<_> = rows().map(|(x, &[_, low, high])| (x, low, high)).collect();
                    let line: Vec<_> = rows().map(|(x, &[mean, ..])| (x, mean)).collect();
                    chart
                        .band(color, &band)
                        .dashed(colors::THEORY, "", &by_layer(&drawn.predicted))
                        .line(color, name, &line)
                })
            };
        let Settings { draws, block_draws, .. } = self.settings;
        let norms = ["no norm", "RMSNorm"].map(colors::norm);
        let [plain, residual] =
            [[0, 1], [2, 3]].map(|pair| pair.map(|index: usize| STACKS[index].0));
        let sides = [false, true].map(colors::residual);
        let relu = format!("{}, {draws} draws", stack(Norm::None, false));
        let around = "The same with + x around each ReLU";
        let fifty = format!("{}, {block_draws} draws", blocks(false));
        let panels = vec![
            panel(&relu, "layer", &self.stacks[..2], plain, norms),
            panel(around, "layer", &self.stacks[2..], residual, norms),
            panel(&fifty, "block", &self.blocks, ["without", "with + x"], sides),
        ];
        let title = report.title(
            &["norm"],
            "The activation brings inputs together, the norm leaves them as they are",
            "What brings inputs together before training",
        );
        let figure = Panels::new(title, panels)
            .subtitle(
                "before training; lines: mean of the draws, bands: 5 % to 95 %; dashed: theory",
            )
            .desc(
                "Three panels: mean cosine between the pre-activations of different inputs against \
                 layer or block, before training. First a stack of ReLU layers without a norm and \
                 with RMSNorm, then the same with residual connections, then the fifty blocks of lab \
                 03 without and with residual connections.",
            );
        vec![figure.render()]
    }
}
