//! Lab 02's deep network, which trains at a rate at which RMSNorm lets it collapse: is it a catapult?

use super::Settings;
use crate::norm_ablation::deep_recipe;
use crate::spine::prelude::*;
use minigrad::probe::{norm, sharpness, Loss};
use minigrad::train::Trainer;

/// The rate at which lab 02's two networks part.
const LR: f64 = 1.8e-2;
/// Updates after which the sharpness is measured, and the place of 12 among them.
const MEASURED: [usize; 9] = [0, 1, 2, 3, 5, 8, 12, 20, 30];
const EARLY: usize = 6;
/// Examples that it is measured on.
const EXAMPLES: usize = 100;

/// What is compared: the norm before each ReLU, and whether every weight matrix is given its first
/// length again after each update.
pub const KINDS: [(&str, Norm, bool); 3] = [
    ("no norm", Norm::None, false),
    ("no norm, lengths held", Norm::None, true),
    ("RMSNorm", Norm::Rms, false),
];

/// One kind of network.
#[derive(Serialize, Deserialize)]
pub struct Deep {
    pub name: String,
    /// How many networks train, and how many start beyond the edge of stability.
    pub trained: usize,
    pub beyond: usize,
    pub finals: Spread,
    /// After each of [`MEASURED`] updates: sharpness relative to the edge `2 (1 + momentum)/lr`.
    pub sharpness: Vec<(f64, Spread)>,
    /// After 12 updates: sharpness, and squared length of all weights, relative to the start.
    pub early_share: Spread,
    pub early_square: Spread,
}

/// One training; after each of [`MEASURED`] updates sharpness and squared length.
type Course = (Run, Vec<[f64; 2]>);

pub(super) fn measure(settings: &Settings, progress: &dyn Progress) -> Vec<Deep> {
    let training = sgd(LR).steps(settings.deep_steps);
    let arms = KINDS.map(|(name, norm, held)| {
        let plan = (held, (deep_recipe(norm), training.clone()));
        Arm::new(name, plan, settings.seed, settings.deep_seeds)
    });
    let run =
        |(held, (recipe, training)): &(bool, (Recipe, Training))| follow(*held, recipe, training);
    sweep(arms, progress, run).arms.iter().map(deep).collect()
}

fn follow(held: bool, recipe: &Recipe, training: &Training) -> Course {
    let train = sample(recipe.seed).train;
    let few = train.first(EXAMPLES);
    let edge = 2.0 * (1.0 + training.momentum_share()) / training.lr;
    let mut network = recipe.build();
    let first = lengths(&network);
    let mut trainer = Trainer::new(&mut network, &train, training);
    let mut seen = vec![];
    for done in 0.. {
        if MEASURED.contains(&done) {
            let network = trainer.network();
            let longer = square(&lengths(network)) / square(&first);
            seen.push([curvature(recipe, network, &few) / edge, longer]);
        }
        if trainer.step().is_none() {
            break;
        }
        if held {
            for (linear, first) in trainer.network_mut().linears_mut().into_iter().zip(&first) {
                let back = first / norm(linear.weight.values());
                linear.weight = Tensor::parameter(linear.weight.values() * back as f32);
            }
        }
    }
    seen.resize(MEASURED.len(), [f64::NAN; 2]);
    (trainer.run(), seen)
}

/// Sharpness of the cross-entropy, computed in f64.
fn curvature(recipe: &Recipe, network: &Network, few: &Split) -> f64 {
    let mut double: Network<f64> = recipe.build_as();
    for (double, single) in double.parameters_mut().zip(network.parameters()) {
        *double = Tensor::parameter(single.values().mapv(f64::from));
    }
    sharpness(&double, &Tensor::constant(few.inputs.mapv(f64::from)), Loss::CrossEntropy)
}

fn lengths(network: &Network) -> Vec<f64> {
    network.linears().into_iter().map(|linear| norm(linear.weight.values())).collect()
}

fn square(lengths: &[f64]) -> f64 {
    lengths.iter().map(|length| length * length).sum()
}

fn deep(arm: &Swept<&str, Course, (bool, (Recipe, Training))>) -> Deep {
    let sharpness = |place: usize| arm.over_seeds(|(_, seen)| seen[place][0]);
    let trains = |(run, _): &&Course| run.outcome() == Outcome::Trains;
    Deep {
        name: arm.key.into(),
        trained: arm.trials.iter().filter(trains).count(),
        beyond: arm.trials.iter().filter(|(_, seen)| seen[0][0] > 1.0).count(),
        finals: arm.over_seeds(|(run, _)| run.final_loss().unwrap_or(f64::NAN)),
        sharpness: (0..).zip(MEASURED).map(|(place, at)| (at as f64, sharpness(place))).collect(),
        early_share: arm.over_seeds(|(_, seen)| seen[EARLY][0] / seen[0][0]),
        early_square: arm.over_seeds(|(_, seen)| seen[EARLY][1]),
    }
}

pub(super) fn report(deep: &[Deep], seeds: usize, report: &mut Report) {
    let [free, held, rms] = [0, 1, 2].map(|kind| &deep[kind]);
    report.value("no_norm_early_share", number(free.early_share.middle));
    report.value("no_norm_early_square", format!("{:.4}", free.early_square.middle));
    report.value("rmsnorm_early_share", number(rms.early_share.middle));
    report.value("no_norm_beyond", free.beyond);
    report.value("no_norm_lengths_held_trained", held.trained);
    let header = [
        "network",
        "lr λ/3.8, start",
        "after 12 updates",
        "|w|² after 12",
        "trained",
        "final loss",
    ];
    report.table(
        "surprise",
        "Lab 02's deep network",
        header,
        deep.iter().map(|one| {
            let range = |Spread { low, high, .. }: Spread| {
                Cell::number(format!("{} to {}", number(low), number(high)))
            };
            cells![
                &*one.name,
                range(one.sharpness[0].1),
                range(one.sharpness[EARLY].1),
                Cell::number(format!("{:.4}", one.early_square.middle)),
                Cell::number(format!("{} of {seeds}", one.trained)),
                range(one.finals),
            ]
        }),
    );

    let stays = |Spread { low, high, .. }: Spread| low > 0.99 && high < 1.01;
    report.claim_book(
        "held",
        "Lab 02's deep network trains without a norm in every seed although its weights are held at \
         their first lengths: the catapult, in which they shorten, does not explain it.",
        held.trained == seeds,
    );
    report.claim(
        "free",
        "Nor do they shorten where nothing holds them: after 12 updates the squared length is within \
         1 % of the first.",
        stays(free.early_square) && stays(rms.early_square),
    );
    report.claim_book(
        "flatter",
        "In its first 12 updates the sharpness falls to below a tenth without a norm, with lengths \
         held or not, and stays above a fifth with RMSNorm: medians over the seeds.",
        free.early_share.middle < 0.1
            && held.early_share.middle < 0.1
            && rms.early_share.middle > 0.2,
    );
}

pub(super) fn figure(deep: &[Deep], seeds: u64, report: &Report) -> Drawing {
    let title = report.title(
        &["flatter", "held"],
        "Without a norm the sharpness falls at once, at whatever length of the weights",
        "The sharpness of lab 02's deep network in its first updates",
    );
    let chart = Chart::new(title)
        .height(300.0)
        .subtitle(&format!(
            "32 × 64 ReLU, lr 0.018, momentum 0.9; lines: median of {seeds} seeds, bands: their range"
        ))
        .desc(
            "Sharpness, relative to the edge of stability, over the first thirty updates. Without a \
             norm it falls a hundredfold, the same with lengths held. With RMSNorm it falls to a \
             quarter.",
        )
        .x(Axis::linear("updates", 0.0, 30.0))
        .y(Axis::log("lr λ / 3.8", 0.01, 2.0))
        .dashed(colors::THEORY, "the edge", &[(0.0, 1.0), (30.0, 1.0)]);
    let lines = [(2, Color::F, "RMSNorm"), (0, Color::E, "no norm"), (1, Color::A, "lengths held")];
    let draw = |chart, (kind, color, name): (usize, Color, &str)| {
        course(chart, color, name, &deep[kind].sharpness)
    };
    lines.into_iter().fold(chart, draw).render()
}
