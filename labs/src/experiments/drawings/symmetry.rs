//! Which units of a network differ, where only some of its weights are drawn at random.

use ndarray::Array2;
use std::collections::BTreeSet;

use crate::experiments::{cells, number, Cell, Claim, Report, Table};
use minigrad::data::Split;
use minigrad::nn::Network;
use minigrad::optim::Sgd;
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Outcome, Recipe};
use minigrad::tensor::Tensor;

/// Matrices of the network, the readout's included.
pub const MATRICES: usize = 5;
/// Hidden layers, one between each two matrices.
pub const HIDDEN: usize = MATRICES - 1;
/// Units of each.
pub const SIDE: usize = 16;
/// Steps after each of which the units are compared.
pub const WATCHED: usize = 8;
/// Updates of a training.
pub const STEPS: usize = 1000;

/// What the weights of a network start from; biases are zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Zeros.
    Zeros,
    /// Every entry `1/fan_in`, but one of this matrix, counted from 1, which is drawn.
    Entry(usize),
    /// Every entry `1/fan_in`, but for these matrices, which are drawn.
    Matrices(&'static [usize]),
}

/// The starts that are compared, and how the figures call them.
pub const STARTS: [(&str, Start); 8] = [
    ("zeros", Start::Zeros),
    ("constants", Start::Matrices(&[])),
    ("an entry of matrix 1", Start::Entry(1)),
    ("an entry of matrix 3", Start::Entry(3)),
    ("matrix 1", Start::Matrices(&[1])),
    ("matrix 2", Start::Matrices(&[2])),
    ("matrices 2 and 4", Start::Matrices(&[2, 4])),
    ("all five", Start::Matrices(&[1, 2, 3, 4, 5])),
];

impl Start {
    /// How many units of hidden layer `l`, counted from 1, can differ: a unit is told from another by
    /// its column of the matrix in front, or its row of the matrix behind.
    ///
    /// ```
    /// use minigrad_labs::experiments::drawings::Start;
    /// assert_eq!([1, 2, 3, 4].map(|l| Start::Matrices(&[2]).units(l)), [16, 16, 1, 1]);
    /// assert_eq!([1, 2, 3, 4].map(|l| Start::Entry(1).units(l)), [2, 1, 1, 1]);
    /// ```
    pub fn units(self, l: usize) -> usize {
        match self {
            Start::Entry(matrix) if matrix == l || matrix == l + 1 => 2,
            Start::Matrices(drawn) if drawn.contains(&l) || drawn.contains(&(l + 1)) => SIDE,
            _ => 1,
        }
    }

    fn network(self, seed: u64) -> Network {
        let mut network = Recipe::mlp(MATRICES).width(SIDE).inputs(2).seed(seed).build();
        for (matrix, linear) in (1..).zip(network.linears_mut()) {
            let drawn = linear.weight.values();
            let equal = |value: f32| Array2::from_elem(drawn.dim(), value);
            let mut weight = equal(1.0 / drawn.nrows() as f32);
            match self {
                Start::Zeros => weight = equal(0.0),
                Start::Entry(number) if number == matrix => weight[[0, 0]] = drawn[[0, 0]],
                Start::Matrices(numbers) if numbers.contains(&matrix) => weight = drawn.clone(),
                Start::Entry(_) | Start::Matrices(_) => {}
            }
            linear.weight = Tensor::parameter(weight);
        }
        network
    }
}

/// What becomes of the units in a training.
#[derive(Clone, Debug)]
pub struct Symmetry {
    /// How the figures call its start.
    pub name: &'static str,
    /// Where it starts.
    pub start: Start,
    /// Different units of each hidden layer, before the training and after each of its first steps.
    pub units: Vec<[usize; HIDDEN]>,
    /// The same after the last step.
    pub last: [usize; HIDDEN],
    /// The loss before each update.
    pub losses: Vec<f32>,
    /// Of weight and bias of each layer in turn: whether it has moved.
    pub moved: Vec<bool>,
}

/// Pairs of numbers, and whether their signs agree: what no single unit can tell.
fn signs(seed: u64) -> Split {
    let mut random = Random::new(seed, Stream::Data);
    let inputs = Array2::from_shape_simple_fn((256, 2), || random.normal() as f32);
    let labels = inputs.rows().into_iter().map(|x| usize::from(x[0] * x[1] > 0.0)).collect();
    Split { inputs, labels }
}

pub(super) fn symmetries(seed: u64) -> Vec<Symmetry> {
    let Split { inputs, labels } = signs(seed);
    let x = Tensor::constant(inputs);
    let train = |(name, start): (_, Start)| {
        let mut network = start.network(seed);
        let values = |network: &Network| -> Vec<Array2<f32>> {
            network.parameters().map(|parameter| parameter.values().clone()).collect()
        };
        let before = values(&network);
        let mut sgd = Sgd::new(0.05, 0.9);
        let (mut units, mut losses) = (vec![], vec![]);
        for step in 0..STEPS {
            if step <= WATCHED {
                units.push(different(&network, &x));
            }
            let loss = network.forward(&x).cross_entropy(&labels);
            losses.push(loss.item());
            network.update(loss, &mut sgd);
        }
        let moved = values(&network).into_iter().zip(before).map(|(after, before)| after != before);
        let moved = moved.collect();
        Symmetry { name, start, units, last: different(&network, &x), losses, moved }
    };
    STARTS.map(train).into()
}

/// Units of each hidden layer whose pre-activations over all inputs differ, in a bit at least.
fn different(network: &Network, x: &Tensor) -> [usize; HIDDEN] {
    let layers = network.trace(x).layers;
    std::array::from_fn(|l| {
        let columns = layers[l].pre_activation.values().columns();
        let bits = columns.into_iter().map(|z| z.iter().map(|z| z.to_bits()).collect());
        bits.collect::<BTreeSet<Vec<u32>>>().len()
    })
}

impl Symmetry {
    /// Different units of all hidden layers together, before the training and after each of its first
    /// steps.
    pub fn course(&self) -> Vec<usize> {
        self.units.iter().map(|layers| layers.iter().sum()).collect()
    }

    /// How many units of each hidden layer can differ.
    pub fn predicted(&self) -> [usize; HIDDEN] {
        std::array::from_fn(|l| self.start.units(l + 1))
    }

    /// The last loss.
    pub fn loss(&self) -> f64 {
        self.losses.last().map_or(f64::NAN, |&loss| f64::from(loss))
    }

    /// What became of the training.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.losses, 2)
    }
}

pub(super) fn say(report: &mut Report, symmetries: &[Symmetry]) {
    let mut table = Table::new(["drawn at random", "can differ", "differ", "last loss"]);
    let listed =
        |units: [usize; HIDDEN]| Cell::number(units.map(|count| count.to_string()).join(", "));
    for one in symmetries {
        report.series(
            format!("symmetry {} units", one.name),
            one.course().into_iter().map(|count| count as f64),
        );
        report.series(
            format!("symmetry {} loss", one.name),
            one.losses.iter().step_by(10).map(|&loss| f64::from(loss)),
        );
        report.value(format!("symmetry_{}", one.name.replace(' ', "_")), number(one.loss()));
        let [name] = cells![one.name];
        table.row([name, listed(one.predicted()), listed(one.last), Cell::from(one.loss())]);
    }
    report.tables.insert("symmetry", table);
    report.claims.push(Claim::new(
        "A random matrix makes the units of the layers on both its sides differ, a random entry one \
         unit of each, and no other: as counted after the last step from every start.",
        symmetries.len() == STARTS.len() && symmetries.iter().all(|one| one.last == one.predicted()),
    ));
    let learned = |one: &&Symmetry| one.outcome() == Outcome::Trains;
    let learned = symmetries.iter().filter(learned).map(|one| one.name);
    report.claims.push(Claim::new(
        "Whether two signs agree is learned where matrix 1 alone is random, where matrices 2 and 4 are, \
         and where all five are; not where matrix 2 alone is, though it sets twice as many units apart \
         as matrix 1.",
        learned.eq(["matrix 1", "matrices 2 and 4", "all five"]),
    ));
    let zeros = symmetries.iter().find(|one| one.start == Start::Zeros);
    report.claims.push(Claim::new(
        "From zeros a training moves the bias of the readout and nothing else.",
        zeros.is_some_and(|one| {
            let moved = one.moved.iter().enumerate().filter(|(_, moved)| **moved);
            moved.map(|(parameter, _)| parameter).eq([2 * MATRICES - 1])
        }),
    ));
}
