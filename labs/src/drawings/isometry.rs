//! How a deep network stretches its directions, from Gaussian and from orthogonal weights, and what
//! that does to its training.

use super::singular::singular_values;
use super::*;
use minigrad::theory::Phase;

/// Units of every layer, and entries of an input.
const SIDES: usize = 64;
/// Layers of the networks that are looked at.
const LOOKED: [usize; 4] = [1, 4, 16, 64];
/// Layers of the networks that are trained.
const DEEP: [usize; 3] = [16, 32, 64];
/// Second moment at which the signal of the tanh networks settles.
const Q: f64 = 0.1;

/// How networks of one kind and depth stretch.
#[derive(Serialize, Deserialize)]
pub struct Spectrum {
    pub depth: usize,
    /// Singular values of one network, from the largest.
    pub values: Vec<f64>,
    /// Relative variance of their squares, over the draws, and by theory.
    pub variance: Spread,
    pub predicted: f64,
}

/// Tanh networks of one kind and depth, trained.
#[derive(Serialize, Deserialize)]
pub struct Race {
    pub depth: usize,
    /// Of each seed.
    pub outcomes: [Outcome; 2],
    /// Of the last losses; infinite where one diverged.
    pub last: Spread,
    /// Means of ten steps, of each seed.
    #[serde(with = "real")]
    pub courses: [Vec<(f64, f64)>; 2],
}

/// From shallow to deep; of each pair the first is Gaussian, the second orthogonal.
#[derive(Serialize, Deserialize)]
pub struct Isometry {
    pub linear: [[Spectrum; 4]; 2],
    pub tanh: [[Spectrum; 4]; 2],
    pub races: [[Race; 2]; 3],
}

/// `depth` layers at the edge of chaos, and a readout.
fn recipe(activation: Activation, orthogonal: bool, depth: usize) -> Recipe {
    let edge = Phase::at(activation, Q, 1.0).expect("the edge passes every second moment");
    let init = if orthogonal { Init::Orthogonal } else { Init::Sigma };
    let bare = Recipe::mlp(depth + 1).width(SIDES).activation(activation);
    bare.init(init(edge.weight_std)).bias_std(edge.bias_std)
}

/// The Jacobian of the layers of a drawn network at an input whose signal has settled.
fn jacobian(recipe: &Recipe) -> Array2<f64> {
    let network = recipe.clone().inputs(SIDES).build_as::<f64>();
    let mut random = Random::new(recipe.seed, Stream::Data);
    let x = Array2::from_shape_simple_fn((1, SIDES), || random.normal());
    let size = (&x * &x).sum() / SIDES as f64;
    let x = x * libm::sqrt(gaussian::second_moment(recipe.activation, Q) / size);
    let layers = network.trace(&Tensor::constant(x)).layers;
    layers[..recipe.depth - 1].iter().fold(Array2::eye(SIDES), |product, layer| {
        let slope = layer.pre_activation.values().mapv(|z| recipe.activation.derivative(z));
        product.dot(layer.weight.values()) * slope
    })
}

fn spectrum(activation: Activation, orthogonal: bool, depth: usize, seed: u64) -> Spectrum {
    let recipe = |seed| recipe(activation, orthogonal, depth).seed(seed);
    let variance = seeds(seed, 6).into_iter().map(|seed| {
        let jacobian = jacobian(&recipe(seed));
        let squares = jacobian.t().dot(&jacobian);
        let (first, second) = (squares.diag().sum(), (&squares * &squares).sum());
        SIDES as f64 * second / (first * first) - 1.0
    });
    let kurtosis = CorrelationMap::new(activation, Q).slope_kurtosis();
    Spectrum {
        depth,
        variance: Spread::of(variance),
        values: singular_values(&jacobian(&recipe(seed))),
        predicted: depth as f64 * if orthogonal { kurtosis - 1.0 } else { kurtosis },
    }
}

fn race(depth: usize, orthogonal: bool, seed: u64) -> Race {
    let recipe = Recipe { depth, ..recipe(Tanh, orthogonal, depth) };
    let run = |seed| {
        let training = sgd(1e-2).steps(200).seed(seed);
        recipe.clone().seed(seed).build().train(&sample(seed), &training)
    };
    let runs = [seed, seed.wrapping_add(1)].map(run);
    Race {
        depth,
        outcomes: runs.each_ref().map(Run::outcome),
        last: Spread::of(runs.iter().map(|run| run.final_loss().unwrap_or(f64::INFINITY))),
        courses: runs.each_ref().map(|run| tens(&run.losses, 5.0).collect()),
    }
}

impl Part for Isometry {
    fn measure(seed: u64) -> Isometry {
        let kinds = [false, true];
        let spectra = |phi| kinds.map(|kind| LOOKED.map(|depth| spectrum(phi, kind, depth, seed)));
        Isometry {
            linear: spectra(Identity),
            tanh: spectra(Tanh),
            races: DEEP.map(|depth| kinds.map(|kind| race(depth, kind, seed))),
        }
    }

    fn report(&self, report: &mut Report) {
        let Isometry { linear: [linear, even], tanh: [tanh, evenly], races } = self;
        let kept = linear[3].values.iter().filter(|value| **value > 0.1).count();
        report.value("isometry_linear_gaussian_64_kept", kept);
        report.numbers("isometry_tanh_orthogonal_64", [("least", evenly[3].values[SIDES - 1])]);
        let edge = Phase::at(Tanh, Q, 1.0).and_then(|edge| edge.signal_depth());
        let forgotten = edge.map_or(f64::NAN, |depth| libm::exp(-(SIDES as f64) / depth));
        report.numbers("isometry", [("forgotten", forgotten)]);
        let kinds = ["linear, Gaussian", "tanh, Gaussian", "tanh, orthogonal"];
        report.table(
            "isometry",
            "Relative variance of squared singular values",
            ["layers"].into_iter().chain(kinds.into_iter().flat_map(|kind| [kind, "theory"])),
            (0..4).map(|k| {
                let kinds = [linear, tanh, evenly].map(|kind| &kind[k]);
                let cells = kinds.map(|one| cells![one.variance.middle, one.predicted]);
                cells![LOOKED[k]].into_iter().chain(cells.into_iter().flatten())
            }),
        );
        let range = |race: &Race| {
            Cell::number(format!("{} to {}", number(race.last.low), number(race.last.high)))
        };
        report.table(
            "isometry_losses",
            "Last losses on the edge of chaos",
            ["layers", "Gaussian", "orthogonal"],
            races.iter().map(|[one, other]| cells![one.depth, range(one), range(other)]),
        );
        report.claim(
            "Gaussian",
            "From Gaussian weights the relative variance of squared singular values is within a \
             factor of 1.6 of theory up to sixteen layers of width 64: it grows with the depth.",
            [linear, tanh].iter().all(|depths| {
                depths[..3].iter().all(|one| within(one.variance.middle / one.predicted, 1.6))
            }),
        );
        let is_one = |value: &f64| libm::fabs(value - 1.0) < 1e-9;
        let near = |one: &Spectrum| libm::fabs(one.variance.middle / one.predicted - 1.0) < 0.1;
        report.claim(
            "orthogonal",
            "From orthogonal weights all singular values of a linear network are 1, at any depth; \
             of a tanh network the relative variance of their squares is within a tenth of theory.",
            even.iter().flat_map(|one| &one.values).all(is_one) && evenly.iter().all(near),
        );
        let all = |race: &Race, outcome| race.outcomes.iter().all(|one| *one == outcome);
        report.claim(
            "races",
            "On the edge of chaos, at lr 0.01, tanh networks of width 64 and as many layers train \
             from orthogonal weights and not from Gaussian ones; those of 16 layers train from \
             both.",
            all(&races[2][1], Outcome::Trains)
                && all(&races[2][0], Outcome::Vanishes)
                && races[0].iter().all(|race| all(race, Outcome::Trains)),
        );
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![self.draw_spectra(report), self.draw_races(report)]
    }
}

/// How the networks fare that have Gaussian or orthogonal weights.
const FATES: [Outcome; 2] = [Outcome::Vanishes, Outcome::Trains];

impl Isometry {
    fn draw_spectra(&self, report: &Report) -> Drawing {
        let conclusion = "Gaussian weights stretch few directions and lose the rest; orthogonal \
            ones keep them";
        let neutral = "Singular values of deep networks";
        let title = report.title(&["Gaussian", "orthogonal"], conclusion, neutral);
        let panels = [("linear", &self.linear), ("tanh", &self.tanh)].map(|(phi, kinds)| {
            let weights = kinds.iter().zip(FATES).zip(["Gaussian", "orthogonal"]);
            weights.map(move |((depths, fate), weights)| {
                let chart = Chart::new(&format!("{phi}, {weights}"))
                    .height(250.0)
                    .x(Axis::linear("singular value, by rank", 1.0, SIDES as f64))
                    .y(Axis::log("size", 1e-4, 1e2));
                depths.iter().fold(chart, |chart, Spectrum { depth, values, .. }| {
                    // Those that have all become alike are named once.
                    let alike = fate == Outcome::Trains && *depth != SIDES;
                    let label = if alike { String::new() } else { depth.to_string() };
                    chart.line(colors::outcome(fate), &label, &by_layer(values))
                })
            })
        });
        let spoken = "Four panels: singular values in descending order, logarithmic, one line a \
            depth. From Gaussian weights each line falls more steeply than the one before and \
            leaves the frame. From orthogonal weights the linear network has a level line at 1, \
            and that of tanh falls a little at the end.";
        let subtitle = &format!(
            "Jacobians of 1, 4, 16 and {SIDES} layers of width {SIDES} on the edge of chaos; one draw"
        );
        let panels = Panels::new(title, panels.into_iter().flatten().collect()).columns(2);
        drawn(panels, subtitle, spoken)
    }

    fn draw_races(&self, report: &Report) -> Drawing {
        let conclusion = "At this rate tanh as deep as wide trains from orthogonal weights alone";
        let neutral = "A tanh network as deep as it is wide, from two kinds of weights";
        let title = report.title(&["races"], conclusion, neutral);
        let panels = self.races.iter().map(|pair| {
            let chart = Chart::new(&format!("{} layers", pair[0].depth))
                .height(220.0)
                .x(Axis::linear("step", 0.0, 200.0))
                .y(Axis::linear("loss (nats)", 0.0, 1.0))
                .dashed(colors::THEORY, "", &[(0.0, GUESS), (200.0, GUESS)]);
            pair.iter().zip(FATES).fold(chart, |chart, (race, fate)| {
                let line =
                    |chart: Chart, line: &Vec<_>| chart.line(colors::outcome(fate), "", line);
                race.courses.iter().fold(chart, line)
            })
        });
        let subtitle = &format!(
            "tanh, width {SIDES}, lr 0.01, one line a seed; blue: orthogonal, green: Gaussian; \
             dashed: a guess"
        );
        let spoken = "Three panels, one a depth: training loss against the step. At 16 layers all \
            networks learn. At 64 those with orthogonal weights still do, and those with Gaussian \
            weights stay near a guess.";
        drawn(Panels::new(title, panels.collect()).columns(DEEP.len()), subtitle, spoken)
    }
}
