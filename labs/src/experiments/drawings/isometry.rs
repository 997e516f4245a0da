//! How a deep network stretches its directions, from Gaussian and from orthogonal weights.

use ndarray::Array2;

use super::singular::singular_values;
use crate::experiments::{cells, number, Cell, Claim, Report, Spread, Table};
use minigrad::data::SignOfSum;
use minigrad::random::{Random, Stream};
use minigrad::recipe::{gaussian, Activation, Init, Outcome, Recipe, Training};
use minigrad::tensor::Tensor;
use minigrad::theory::{CorrelationMap, Phase};
use minigrad::train::Run;

/// Units of every layer, and entries of an input.
pub const SIDES: usize = 64;
/// Layers of the networks that are looked at.
pub const LOOKED: [usize; 4] = [1, 4, 16, 64];
/// Layers of the networks that are trained.
pub const DEEP: [usize; 3] = [16, 32, 64];
/// Networks of each kind.
const DRAWS: u64 = 6;
const RUNS: u64 = 2;
/// Second moment at which the signal of the tanh networks settles.
const Q: f64 = 0.1;

/// One kind of network at the edge of chaos.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// The identity or tanh.
    pub activation: Activation,
    /// Whether its weights are orthogonal; else they are normal.
    pub orthogonal: bool,
}

impl Weighed {
    /// All four.
    pub const ALL: [Weighed; 4] = [
        Weighed { activation: Activation::Identity, orthogonal: false },
        Weighed { activation: Activation::Identity, orthogonal: true },
        Weighed { activation: Activation::Tanh, orthogonal: false },
        Weighed { activation: Activation::Tanh, orthogonal: true },
    ];

    /// `linear, Gaussian`.
    pub fn name(self) -> String {
        let activation = if self.activation == Activation::Tanh { "tanh" } else { "linear" };
        format!("{activation}, {}", if self.orthogonal { "orthogonal" } else { "Gaussian" })
    }

    /// `depth` layers and a readout.
    fn recipe(self, depth: usize) -> Recipe {
        let edge = Phase::at(self.activation, Q, 1.0).expect("the edge passes every second moment");
        let init = if self.orthogonal { Init::Orthogonal } else { Init::Sigma };
        let bare = Recipe::mlp(depth + 1).width(SIDES).activation(self.activation);
        bare.init(init(edge.weight_std)).bias_std(edge.bias_std)
    }

    /// What theory says of the relative variance of squared singular values.
    fn predicted(self, depth: usize) -> f64 {
        let kurtosis = CorrelationMap::new(self.activation, Q).slope_kurtosis();
        depth as f64 * if self.orthogonal { kurtosis - 1.0 } else { kurtosis }
    }

    /// The Jacobian of the layers of a drawn network at an input whose signal has settled.
    fn jacobian(self, depth: usize, seed: u64) -> Array2<f64> {
        let network = self.recipe(depth).inputs(SIDES).seed(seed).build_as::<f64>();
        let mut random = Random::new(seed, Stream::Data);
        let x = Array2::from_shape_simple_fn((1, SIDES), || random.normal());
        let size = (&x * &x).sum() / SIDES as f64;
        let x = x * libm::sqrt(gaussian::second_moment(self.activation, Q) / size);
        let layers = network.trace(&Tensor::constant(x)).layers;
        layers[..depth].iter().fold(Array2::eye(SIDES), |product, layer| {
            let slope = layer.pre_activation.values().mapv(|z| self.activation.derivative(z));
            product.dot(layer.weight.values()) * slope
        })
    }
}

/// How networks of one kind and depth stretch.
#[derive(Clone, Debug)]
pub struct Stretched {
    /// Layers.
    pub depth: usize,
    /// Singular values of one network, from the largest.
    pub values: Vec<f64>,
    /// Relative variance of their squares, over the draws.
    pub variance: Spread,
    /// The same by theory.
    pub predicted: f64,
}

/// Singular values of one kind of network over the depth.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// What kind.
    pub kind: Weighed,
    /// From shallow to deep.
    pub depths: Vec<Stretched>,
}

/// Trainings of tanh networks of one depth.
#[derive(Clone, Debug)]
pub struct Raced {
    /// Layers.
    pub depth: usize,
    /// From Gaussian weights, one a seed.
    pub gaussian: Vec<Run>,
    /// From orthogonal weights.
    pub orthogonal: Vec<Run>,
}

pub(super) fn spectra(seed: u64) -> Vec<Spectra> {
    let stretched = |kind: Weighed, depth| {
        let drawn = (0..DRAWS).map(|draw| kind.jacobian(depth, seed + draw));
        let variance = drawn.map(|jacobian| {
            let squares = jacobian.t().dot(&jacobian);
            let (first, second) = (squares.diag().sum(), (&squares * &squares).sum());
            SIDES as f64 * second / (first * first) - 1.0
        });
        Stretched {
            depth,
            variance: Spread::of(variance),
            values: singular_values(&kind.jacobian(depth, seed)),
            predicted: kind.predicted(depth),
        }
    };
    let spectra = |kind| {
        let depths = LOOKED.map(|depth| stretched(kind, depth)).into();
        Spectra { kind, depths }
    };
    Weighed::ALL.map(spectra).into()
}

pub(super) fn races(seed: u64) -> Vec<Raced> {
    let run = |depth: usize, orthogonal, seed: u64| {
        let kind = Weighed { activation: Activation::Tanh, orthogonal };
        let recipe = Recipe { depth, ..kind.recipe(depth) }.seed(seed);
        let training = Training::sgd(1e-2).momentum(0.9).batch(64).steps(200).seed(seed);
        recipe.build().train(&SignOfSum::sample(1000, 200, seed), &training)
    };
    let runs = |depth, orthogonal| (0..RUNS).map(|s| run(depth, orthogonal, seed + s)).collect();
    let raced =
        |depth| Raced { depth, gaussian: runs(depth, false), orthogonal: runs(depth, true) };
    DEEP.map(raced).into()
}

fn last_losses(runs: &[Run]) -> Spread {
    Spread::of(runs.iter().map(|run| run.final_loss().unwrap_or(f64::INFINITY)))
}

/// One row a depth: what was measured and what theory says of each kind that stretches.
fn variances(spectra: &[Spectra]) -> Table {
    let linear = |one: &&Spectra| one.kind.activation == Activation::Identity;
    let stretching: Vec<&Spectra> =
        spectra.iter().filter(|one| !(linear(one) && one.kind.orthogonal)).collect();
    let names = stretching.iter().flat_map(|one| [one.kind.name(), "theory".to_owned()]);
    let mut table = Table::new(["layers".to_owned()].into_iter().chain(names));
    for (row, depth) in LOOKED.into_iter().enumerate() {
        let cells = stretching.iter().flat_map(|one| {
            let stretched = &one.depths[row];
            cells![stretched.variance.middle, stretched.predicted]
        });
        table.row([Cell::from(depth)].into_iter().chain(cells));
    }
    table
}

pub(super) fn say(report: &mut Report, spectra: &[Spectra], races: &[Raced]) {
    for Spectra { kind, depths } in spectra {
        let name = kind.name().to_lowercase().replace(", ", "_");
        for Stretched { depth, values, .. } in depths {
            report.series(format!("isometry {} {depth}", kind.name()), values.iter().copied());
            let kept = values.iter().filter(|value| **value > 0.1).count();
            report.value(format!("isometry_{name}_{depth}_kept"), kept);
            let least = values.last().copied().unwrap_or(f64::NAN);
            report.numbers(&format!("isometry_{name}_{depth}"), [("least", least)]);
        }
    }
    report.tables.insert("isometry", variances(spectra));
    let edge = Phase::at(Activation::Tanh, Q, 1.0).and_then(|edge| edge.signal_depth());
    let forgotten = edge.map_or(f64::NAN, |depth| libm::exp(-(SIDES as f64) / depth));
    report.numbers("isometry", [("forgotten", forgotten)]);
    let mut table = Table::new(["layers", "Gaussian", "orthogonal"]);
    for race in races {
        let [gaussian, orthogonal] =
            [&race.gaussian, &race.orthogonal].map(|runs| last_losses(runs));
        let shown = |Spread { low, high, .. }: Spread| {
            Cell::number(format!("{} to {}", number(low), number(high)))
        };
        table.row([Cell::from(race.depth), shown(gaussian), shown(orthogonal)]);
    }
    report.tables.insert("isometry_losses", table);
    let of = |orthogonal: bool| {
        let kinds = spectra.iter().filter(move |one| one.kind.orthogonal == orthogonal);
        kinds.flat_map(|one| one.depths.iter().map(|stretched| (one.kind.activation, stretched)))
    };
    let near = |measured: f64, predicted: f64| {
        libm::fabs(libm::log(measured / predicted)) < libm::log(1.6)
    };
    let shallow = |(_, one): &(Activation, &Stretched)| one.depth <= 16;
    report.claims.push(Claim::new(
        "From Gaussian weights the relative variance of squared singular values is within a factor of \
         1.6 of theory up to sixteen layers of width 64: it grows with the depth.",
        of(false).filter(shallow).count() == 6
            && of(false).filter(shallow).all(|(_, one)| near(one.variance.middle, one.predicted)),
    ));
    let linear = |(phi, _): &(Activation, &Stretched)| *phi == Activation::Identity;
    let is_one = |value: &f64| libm::fabs(value - 1.0) < 1e-9;
    report.claims.push(Claim::new(
        "From orthogonal weights all singular values of a linear network are 1, at any depth; of a tanh \
         network the relative variance of their squares is within a tenth of theory.",
        of(true).all(|one| match linear(&one) {
            true => one.1.values.iter().all(is_one),
            false => libm::fabs(one.1.variance.middle / one.1.predicted - 1.0) < 0.1,
        }),
    ));
    let trained = |runs: &[Run]| runs.iter().all(|run| run.outcome() == Outcome::Trains);
    let deepest = races.iter().find(|race| race.depth == SIDES);
    report.claims.push(Claim::new(
        "On the edge of chaos, at lr 0.01, tanh networks of width 64 and as many layers train from \
         orthogonal weights and not from Gaussian ones; those of 16 layers train from both.",
        deepest.is_some_and(|race| {
            trained(&race.orthogonal)
                && race.gaussian.iter().all(|run| run.outcome() == Outcome::Vanishes)
        }) && races
            .first()
            .is_some_and(|race| trained(&race.orthogonal) && trained(&race.gaussian)),
    ));
}
