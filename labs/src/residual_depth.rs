//! Lab 03: fifty normalized blocks, with and without `+ x`.

mod figures;
mod said;
mod shift;

pub use shift::{losses, Losses};

use crate::spine::prelude::*;

settings! {
    seed = 0;
    // Of each run without residual connections.
    steps = 300, small 60;
    /// Runs of each kind.
    seeds: u64 = 3, small 1;
    /// Updates of each run of the sweep, which has the base seed alone.
    sweep_steps: usize = 200, small 5;
    /// Blocks of the flagship network.
    depth: usize = DEPTH, small 16;
    /// Its width.
    width: usize = WIDTH, small 64;
    /// Runs of each smaller stack that is tried.
    tried_seeds: u64 = 5, small 1;
}

impl Settings {
    /// Updates of each run of a flagship: those with residual connections need half as many.
    fn steps_of(&self, residual: bool) -> usize {
        self.steps.div_ceil(1 + usize::from(residual))
    }
}

/// Blocks of the flagship network.
pub const DEPTH: usize = 50;

/// Its width.
pub const WIDTH: usize = 256;

/// Learning rate of the flagship network.
pub const LR: f64 = 1e-3;

/// Updates after which the networks are probed, besides the last one.
pub const PROBED: [usize; 3] = [0, 30, 100];

/// Depths of the sweep, in blocks.
pub const SWEEP_DEPTHS: [usize; 4] = [4, 8, 16, 32];

/// Learning rates of the sweep.
pub const SWEEP_RATES: [f64; 5] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2];

/// Width of the sweep's networks.
pub const SWEEP_WIDTH: usize = 64;

/// Who trains of a pair without residual connections and with them: in values, and in the figure.
const PAIRS: [([bool; 2], &str, &str); 4] = [
    ([true, true], "both", "both"),
    ([false, true], "only_with", "only with + x"),
    ([true, false], "only_without", "only without"),
    ([false, false], "neither", "neither"),
];

/// The blocks of the lab: RMSNorm, 256 to 1024, GELU, 1024 to 256, Kaiming.
///
/// ```
/// use minigrad_labs::residual_depth::recipe;
/// assert_eq!(recipe(50, 256, true).to_string(), "50 blocks x 256 gelu, kaiming, pre rms, residual");
/// ```
pub fn recipe(depth: usize, width: usize, residual: bool) -> Recipe {
    let blocks = Recipe::blocks(depth).width(width).activation(Gelu).norm(Norm::Rms);
    Recipe { residual, ..blocks }
}

/// The runs of a flagship.
#[derive(Serialize, Deserialize)]
pub struct Flagship {
    pub fates: Fates,
    /// Middle standard error of the final losses.
    #[serde(with = "real")]
    pub error: f64,
    /// The smallest mean loss of ten steps in a row.
    pub least_loss: Spread,
    /// Norm of the gradient by the first layer's weights, seed by seed and step by step.
    #[serde(with = "real")]
    pub gradients: Vec<Vec<f64>>,
    /// After training, over all training inputs, seed by seed.
    pub all_inputs: Vec<Losses>,
    /// Mean cosine of different inputs at the last block after the first two of [`PROBED`], seed by
    /// seed.
    #[serde(with = "real")]
    pub cosines: Vec<[f64; 2]>,
    /// Of the base seed.
    pub probes: Vec<Probed>,
    /// The mean cosine that theory expects at each block.
    pub predicted: Vec<f64>,
}

/// What is seen at each block after some updates.
#[derive(Serialize, Deserialize)]
pub struct Probed {
    pub step: usize,
    #[serde(with = "real")]
    pub cosines: Vec<f64>,
    #[serde(with = "real")]
    pub gradients: Vec<f64>,
}

/// The networks of one depth at one learning rate, without residual connections and with them.
#[derive(Serialize, Deserialize)]
pub struct Square {
    pub depth: usize,
    #[serde(with = "real")]
    pub finals: [f64; 2],
    pub trains: [bool; 2],
}

/// What is tried on smaller stacks of width [`SWEEP_WIDTH`], each over five seeds: its key, blocks,
/// learning rate, steps, and what it makes of residual blocks.
type Tried = (&'static str, usize, f64, usize, fn(Recipe) -> Recipe);
const TRIED: [Tried; 5] = [
    ("plain", 24, 2e-2, 100, |blocks| blocks),
    ("scaled", 24, 2e-2, 100, |blocks| blocks.out_proj(OutProj::Scaled)),
    ("zero", 24, 2e-2, 100, |blocks| blocks.out_proj(OutProj::Zero)),
    ("bare", 32, 1e-3, 300, |blocks| Recipe { residual: false, ..blocks }),
    ("normed", 32, 1e-3, 300, |blocks| Recipe { residual: false, ..blocks }.final_norm()),
];

#[derive(Serialize, Deserialize)]
pub struct ResidualDepth {
    pub settings: Settings,
    /// How many of its seeds trained, of each of [`TRIED`].
    pub tried: Vec<usize>,
    /// Without residual connections and with them.
    pub flagships: [Flagship; 2],
    /// [`SWEEP_DEPTHS`] by [`SWEEP_RATES`].
    pub squares: Vec<Square>,
}

/// Standard error of the mean loss of the last tenth, from the means of its three thirds: single
/// steps are not independent, as momentum keeps one for about ten.
fn end_error(run: &Run) -> f64 {
    let tenth = (run.losses.len() / 10).max(1);
    let (third, last) = (tenth / 3, run.losses.len());
    let means = [3, 2, 1].map(|k| mean_loss(run, last - k * third, last - (k - 1) * third));
    let mean = mean(means);
    libm::sqrt(means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / (2.0 * 3.0))
}

fn least_window(run: &Run) -> f64 {
    let starts = 0..run.losses.len().saturating_sub(9);
    lowest(starts.map(|start| mean_loss(run, start, start + 10)))
}

impl Flagship {
    fn of(arm: Swept<(), (Trial, Losses)>) -> Flagship {
        let (trials, all_inputs) = arm.trials.into_iter().unzip();
        let arm: Swept<(), Trial> = Swept { key: (), plan: arm.plan, trials };
        let predicted = predicted_correlations(&arm.plan.0);
        let depth = predicted.len();
        let cosines = |trial: &Trial| [0, 1].map(|at: usize| trial.correlation(PROBED[at], depth));
        let probed = |(step, probe): &(usize, Probe)| {
            let blocks = || probe.layers[..depth].iter();
            Probed {
                step: *step,
                cosines: blocks().map(|block| block.correlation).collect(),
                gradients: blocks().map(|block| block.gradient_norm).collect(),
            }
        };
        Flagship {
            fates: Fates::of(&arm),
            error: arm.over_seeds(|trial| end_error(&trial.run)).middle,
            least_loss: arm.over_seeds(|trial| least_window(&trial.run)),
            gradients: arm.trials.iter().map(|trial| trial.gradients.clone()).collect(),
            all_inputs,
            cosines: arm.trials.iter().map(cosines).collect(),
            probes: arm.trials[0].probes.iter().map(probed).collect(),
            predicted,
        }
    }

    /// Over the seeds, of their losses over all training inputs.
    fn all_inputs(&self, of: fn(&Losses) -> f64) -> Spread {
        Spread::of(self.all_inputs.iter().map(of))
    }

    /// The same of the cosines at the last block.
    fn cosines(&self, of: fn(&[f64; 2]) -> f64) -> Spread {
        Spread::of(self.cosines.iter().map(of))
    }

    /// The same of the first layer's gradients: the first and the smallest, NaN where there is none.
    fn gradients(&self, of: fn(f64, f64) -> f64) -> Spread {
        Spread::of(self.gradients.iter().map(|norms| {
            let first = norms.first().copied().unwrap_or(f64::NAN);
            of(first, lowest(norms.iter().copied()))
        }))
    }
}

impl Experiment for ResidualDepth {
    const NAME: &'static str = "residual-depth";
    const ASKS: &'static str =
        "Fifty normalized blocks: what does adding x to each of them decide?";
    const FIGURES: &'static [&'static str] = &[
        "residual-depth.svg",
        "residual-depth-gradient.svg",
        "residual-depth-correlation.svg",
        "residual-depth-sweep.svg",
    ];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> ResidualDepth {
        let Settings { seed, seeds, sweep_steps, depth, width, .. } = *settings;
        let arms = [false, true].map(|residual| {
            let training = sgd(LR).steps(settings.steps_of(residual));
            Arm::new((), (recipe(depth, width, residual), training), seed, seeds)
        });
        let flagships = sweep(arms, progress, |(recipe, training)| {
            let probes = PROBED.into_iter().chain([training.steps]).collect();
            let (mut network, data) = (recipe.build(), sample(recipe.seed));
            let watch = Watch { probes, gradients: true };
            let trial = Trial::watched(&mut network, &data, training, &watch);
            (trial, losses(&network, &data.train))
        });
        let squares = SWEEP_DEPTHS.into_iter().flat_map(|depth| SWEEP_RATES.map(|lr| (depth, lr)));
        let arms = squares.flat_map(|(depth, lr)| {
            [false, true].map(|residual| {
                let plan = (recipe(depth, SWEEP_WIDTH, residual), sgd(lr).steps(sweep_steps));
                Arm::new(depth, plan, seed, 1)
            })
        });
        let swept = sweep(arms, progress, |(recipe, training)| {
            let run = recipe.build().train(&sample(recipe.seed), training);
            (run.final_loss().unwrap_or(f64::NAN), run.outcome() == Outcome::Trains)
        });
        let square = |pair: &[Swept<usize, (f64, bool)>]| {
            let [without, with] = [0, 1].map(|place: usize| pair[place].trials[0]);
            Square { depth: pair[0].key, finals: [without.0, with.0], trains: [without.1, with.1] }
        };
        let arms = TRIED.map(|(_, depth, lr, steps, made)| {
            let steps = steps.min(settings.steps);
            let plan =
                (made(recipe(depth.min(settings.depth), SWEEP_WIDTH, true)), sgd(lr).steps(steps));
            Arm::new((), plan, seed, settings.tried_seeds)
        });
        let tried = sweep(arms, progress, |(recipe, training)| {
            let run = recipe.build().train(&sample(recipe.seed), training);
            run.outcome() == Outcome::Trains
        });
        let trained = |arm: &Swept<(), bool>| arm.trials.iter().filter(|trains| **trains).count();
        let flagships: [_; 2] = flagships.arms.try_into().expect("two arms");
        ResidualDepth {
            settings: settings.clone(),
            flagships: flagships.map(Flagship::of),
            squares: swept.arms.chunks(2).map(square).collect(),
            tried: tried.arms.iter().map(trained).collect(),
        }
    }

    fn report(&self) -> Report {
        self.said()
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        self.drawn(report)
    }
}
