//! Two inputs on their way through twelve layers, by theory and in drawn networks; and what one step
//! on one of them does to the other.

use super::kernels::{tangent, DEPTHS};
use super::maps::LAYERS;
use crate::experiments::{mean, Claim, Report, Spread};
use minigrad::nn::Network;
use minigrad::recipe::{Activation, Recipe};
use minigrad::tensor::Tensor;
use minigrad::theory::{CorrelationMap, Propagation};
use ndarray::{array, Array2};

/// Networks that are drawn.
pub const DRAWS: u64 = 16;
const WIDTH: usize = 256;

/// Two inputs in twelve layers.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// The activation.
    pub activation: Activation,
    /// Of each pair: the correlation of its pre-activations, layer by layer, by theory.
    pub predicted: Vec<Vec<f64>>,
    /// The same in the networks, with the range of the middle ten.
    pub measured: Vec<Vec<Spread>>,
}

/// Correlations of the inputs.
const STARTS: [f64; 3] = [0.0, 0.5, 0.9];

/// An input, and one of this correlation with it, both of second moment 1.
fn input(c: f64) -> impl Fn(usize) -> f32 {
    let across = libm::sqrt(1.0 - c * c);
    move |i| (if i % 2 == 0 { c + across } else { c - across }) as f32
}

pub(super) fn meetings(seed: u64) -> Vec<Meeting> {
    let inputs = [1.0, STARTS[0], STARTS[1], STARTS[2]].map(input);
    let x = Tensor::constant(Array2::from_shape_fn((4, WIDTH), |(row, i)| inputs[row](i)));
    let of = |activation| {
        let recipe = Recipe::mlp(LAYERS).activation(activation).classes(WIDTH);
        let layers = Propagation::of(&recipe).layers;
        let predicted = STARTS.map(|start| {
            let mut c = start;
            let course = layers.iter().map(|layer| {
                let map = CorrelationMap::new(activation, layer.q);
                let next = map.value(c) / map.value(1.0);
                std::mem::replace(&mut c, next)
            });
            course.collect()
        });
        // Of each draw: its layers, of each the correlation of every pair.
        let draw = |s| -> Vec<[f64; 3]> {
            let trace = recipe.clone().seed(seed + s).build().trace(&x);
            let pairs = |z: &Array2<f32>| [1, 2, 3].map(|row| cosine(z, row));
            trace.layers.iter().map(|layer| pairs(layer.pre_activation.values())).collect()
        };
        let draws: Vec<Vec<[f64; 3]>> = (0..DRAWS).map(draw).collect();
        let course = |pair: usize| -> Vec<Spread> {
            (0..LAYERS)
                .map(|layer| of_most(draws.iter().map(|d| d[layer][pair]).collect()))
                .collect()
        };
        Meeting { activation, predicted: predicted.into(), measured: (0..3).map(course).collect() }
    };
    [Activation::Relu, Activation::Tanh].map(of).into()
}

/// The median of the draws, and the range of the middle ten: of all it would hide what is beside.
fn of_most(mut draws: Vec<f64>) -> Spread {
    draws.sort_by(f64::total_cmp);
    let aside = draws.len().saturating_sub(10) / 2;
    let middle = &draws[aside..draws.len() - aside];
    Spread::of(middle.iter().copied())
}

/// Of the first row and another.
fn cosine(z: &Array2<f32>, row: usize) -> f64 {
    let dot = |a: usize, b: usize| -> f64 {
        z.row(a).iter().zip(z.row(b)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    dot(0, row) / libm::sqrt(dot(0, 0) * dot(row, row))
}

pub(super) fn say_meetings(report: &mut Report, meetings: &[Meeting]) {
    for Meeting { activation, predicted, measured } in meetings {
        for ((start, predicted), measured) in STARTS.iter().zip(predicted).zip(measured) {
            let name = format!("meeting {activation} from {start}");
            report.series(format!("{name} predicted"), predicted.iter().copied());
            report.series(format!("{name} low"), measured.iter().map(|one| one.low));
            report.series(format!("{name} middle"), measured.iter().map(|one| one.middle));
            report.series(format!("{name} high"), measured.iter().map(|one| one.high));
        }
    }
    // A layer of 256 units draws the correlation with a deviation of 1/16 at most, and they add up;
    // the median of sixteen has sqrt(pi/2)/4 of that, and four of these are allowed.
    let follows = |(predicted, measured): (&Vec<f64>, &Vec<Spread>)| {
        let layers = predicted.iter().zip(measured).zip(1u32..);
        let mut near = layers.map(|((predicted, measured), layer)| {
            let deviation = libm::sqrt(f64::from(layer) / WIDTH as f64);
            libm::fabs(measured.middle - predicted) < 1.2533 * deviation
        });
        near.all(|near| near)
    };
    let all = meetings.iter().flat_map(|one| one.predicted.iter().zip(&one.measured));
    let ends = |meeting: &Meeting| -> Vec<f64> {
        meeting.measured.iter().filter_map(|course| Some(course.last()?.middle)).collect()
    };
    let ends: Vec<Vec<f64>> = meetings.iter().map(ends).collect();
    report.claims.push(Claim::new(
        "In sixteen networks the correlation of two inputs follows theory through twelve layers: \
         ReLU brings all of them to 0.85 or more, tanh leaves none above where it began.",
        all.clone().count() == 6
            && all.clone().all(follows)
            && matches!(&ends[..], [relu, tanh]
                if relu.iter().all(|&c| c > 0.85)
                    && tanh.iter().zip(STARTS).all(|(&c, start)| c < start + 0.05)),
    ));
}

/// What a step on one input moves at others, of networks of one depth.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Layers, the readout included.
    pub depth: usize,
    /// Of each correlation with the input of the step: the mean of the networks and its standard
    /// error.
    pub measured: Vec<(f64, f64, f64)>,
}

/// Where it is measured.
const AT: [f64; 7] = [-0.5, -0.25, 0.0, 0.25, 0.5, 0.8, 1.0];

pub(super) fn reaches(seed: u64) -> Vec<Reach> {
    let of = |depth| {
        let draw = |s| {
            let network = Recipe::mlp(depth).seed(seed + s).build();
            let step = gradient(&network, 1.0);
            AT.map(|c| step.iter().zip(gradient(&network, c)).map(|(a, b)| a * b).sum::<f64>())
        };
        let draws: Vec<[f64; 7]> = (0..DRAWS).map(draw).collect();
        let at = |(&c, k): (&f64, usize)| {
            let middle = mean(draws.iter().map(|draw| draw[k]));
            let square = |draw: &[f64; 7]| (draw[k] - middle) * (draw[k] - middle);
            let n = DRAWS as f64;
            (c, middle, libm::sqrt(draws.iter().map(square).sum::<f64>() / (n * (n - 1.0))))
        };
        Reach { depth, measured: AT.iter().zip(0..).map(at).collect() }
    };
    DEPTHS.map(of).into()
}

/// Of the first logit, by every parameter.
fn gradient(network: &Network, c: f64) -> Vec<f64> {
    let input = input(c);
    let x = Tensor::constant(Array2::from_shape_fn((1, WIDTH), |(_, i)| input(i)));
    let gradients = network.forward(&x).backward_from(&array![[1.0, 0.0]]);
    let of_each = network.parameters().filter_map(|theta| gradients.get(theta));
    of_each.flat_map(|gradient| gradient.iter().map(|&g| f64::from(g))).collect()
}

pub(super) fn say_reaches(report: &mut Report, reaches: &[Reach]) {
    for Reach { depth, measured } in reaches {
        report.series(format!("reach {depth} c"), measured.iter().map(|one| one.0));
        report.series(format!("reach {depth} mean"), measured.iter().map(|one| one.1));
        report.series(format!("reach {depth} error"), measured.iter().map(|one| one.2));
    }
    let near = |depth: usize, &(c, middle, error): &(f64, f64, f64)| {
        libm::fabs(middle - tangent(depth, c)) < 4.0 * error
    };
    let all = |one: &Reach| one.measured.iter().all(|place| near(one.depth, place));
    report.claims.push(Claim::new(
        "In sixteen networks of two and of twelve layers a step on one input moves others as the \
         kernel says, within four standard errors.",
        reaches.len() == 2 && reaches.iter().all(all),
    ));
}
