//! Which units of a network differ, where only some of its weights are drawn at random, and what
//! that is worth.

use super::*;
use std::collections::BTreeSet;

/// Matrices of the network, the readout's included.
const MATRICES: usize = 5;
/// One layer between each two of them.
const HIDDEN: usize = MATRICES - 1;
/// Units of each.
const SIDE: usize = 16;
/// Steps after each of which the units are compared.
const WATCHED: usize = 8;
const STEPS: usize = 1000;

/// What each matrix starts from: zeros, one constant `c`, that but for one random entry `e`, or all
/// random `r`. Biases are zeros.
type Start = [char; MATRICES];

/// How the figures call them.
const STARTS: [(&str, Start); 8] = [
    ("zeros", ['0', '0', '0', '0', '0']),
    ("constants", ['c', 'c', 'c', 'c', 'c']),
    ("an entry of matrix 1", ['e', 'c', 'c', 'c', 'c']),
    ("an entry of matrix 3", ['c', 'c', 'e', 'c', 'c']),
    ("matrix 1", ['r', 'c', 'c', 'c', 'c']),
    ("matrix 2", ['c', 'r', 'c', 'c', 'c']),
    ("matrices 2 and 4", ['c', 'r', 'c', 'r', 'c']),
    ("all five", ['r', 'r', 'r', 'r', 'r']),
];

/// How many units of each hidden layer can differ: one is told from another by its column of the
/// matrix in front, or its row of the matrix behind.
fn can_differ(start: Start) -> [usize; HIDDEN] {
    std::array::from_fn(|l| match [start[l], start[l + 1]] {
        sides if sides.contains(&'r') => SIDE,
        sides if sides.contains(&'e') => 2,
        _ => 1,
    })
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

fn network(start: Start, seed: u64) -> Network {
    let mut network = Recipe::mlp(MATRICES).width(SIDE).inputs(2).seed(seed).build();
    for (start, linear) in start.into_iter().zip(network.linears_mut()) {
        let drawn = linear.weight.values();
        let constant = if start == '0' { 0.0 } else { 1.0 / drawn.nrows() as f32 };
        let mut weight = Array2::from_elem(drawn.dim(), constant);
        match start {
            'e' => weight[[0, 0]] = drawn[[0, 0]],
            'r' => weight.assign(drawn),
            _ => {}
        }
        linear.weight = Tensor::parameter(weight);
    }
    network
}

/// What becomes of the units in the training from one of the starts.
#[derive(Serialize, Deserialize)]
pub struct Trained {
    pub start: String,
    /// Units of each hidden layer: by theory, and after the last step.
    pub can_differ: [usize; HIDDEN],
    pub differ: [usize; HIDDEN],
    /// Of all layers, before the training and after each of its first steps.
    pub units: Vec<usize>,
    pub outcome: Outcome,
    #[serde(with = "real")]
    pub last_loss: f64,
    /// Of every step at first, then of every tenth.
    #[serde(with = "real")]
    pub losses: Vec<(f64, f64)>,
    /// Which of the weights and biases have moved.
    pub moved: Vec<usize>,
}

/// On pairs of numbers, and whether their signs agree: what no single unit can tell.
fn train((name, start): (&str, Start), seed: u64) -> Trained {
    let mut random = Random::new(seed, Stream::Data);
    let x = Array2::from_shape_simple_fn((256, 2), || random.normal() as f32);
    let labels = x.rows().into_iter().map(|x| usize::from(x[0] * x[1] > 0.0));
    let (labels, x) = (labels.collect::<Vec<_>>(), Tensor::constant(x));
    let mut network = network(start, seed);
    let values = |network: &Network| -> Vec<Array2<f32>> {
        network.parameters().map(|parameter| parameter.values().clone()).collect()
    };
    let (before, mut sgd) = (values(&network), Sgd::new(0.05, 0.9));
    let (mut units, mut losses) = (vec![], vec![]);
    for step in 0..STEPS {
        if step <= WATCHED {
            units.push(different(&network, &x).iter().sum());
        }
        let loss = network.forward(&x).cross_entropy(&labels);
        losses.push(loss.item());
        network.update(loss, &mut sgd);
    }
    let after = values(&network);
    let drawn = count(1, &losses).filter(|(step, _)| *step < 10.0 || step % 10.0 == 0.0);
    Trained {
        start: name.into(),
        can_differ: can_differ(start),
        differ: different(&network, &x),
        units,
        outcome: Outcome::of(&losses, 2),
        last_loss: losses[STEPS - 1].into(),
        losses: drawn.map(|(step, &loss)| (step, loss.into())).collect(),
        moved: (0..after.len()).filter(|&k| after[k] != before[k]).collect(),
    }
}

impl Part for [Trained; 8] {
    fn measure(seed: u64) -> Self {
        STARTS.map(|start| train(start, seed))
    }

    fn report(&self, report: &mut Report) {
        for one in self {
            report
                .value(format!("symmetry_{}", one.start.replace(' ', "_")), number(one.last_loss));
        }
        let listed = |units: [usize; HIDDEN]| Cell::number(units.map(|n| n.to_string()).join(", "));
        report.table(
            "symmetry",
            "Units that differ, from eight starts",
            ["drawn at random", "can differ", "differ", "last loss"],
            self.iter().map(|one| {
                cells![&*one.start, listed(one.can_differ), listed(one.differ), one.last_loss]
            }),
        );
        let sentence = "A random matrix makes the units of the layers on both its sides differ, a \
            random entry one unit of each, and no other: as counted after the last step from every \
            start.";
        report.claim("units", sentence, self.iter().all(|one| one.differ == one.can_differ));
        let learned = self.iter().filter(|one| one.outcome == Outcome::Trains);
        report.claim(
            "signs",
            "Whether two signs agree is learned where matrix 1 alone is random, where matrices 2 \
             and 4 are, and where all five are; not where matrix 2 alone is, though it sets twice \
             as many units apart as matrix 1.",
            learned.map(|one| &*one.start).eq(["matrix 1", "matrices 2 and 4", "all five"]),
        );
        let sentence = "From zeros a training moves the bias of the readout and nothing else.";
        report.claim("zeros", sentence, self[0].moved == [2 * MATRICES - 1]);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "A random matrix sets apart the layers on both its sides, and no others";
        let title = report.title(&["units"], conclusion, "Units that differ, from eight starts");
        let units = Chart::new(title).x(Axis::linear("step", 0.0, WATCHED as f64)).y(Axis::log(
            &format!("units that differ, of {}", HIDDEN * SIDE),
            3.0,
            100.0,
        ));
        let units = self.iter().fold(units, |chart, one| {
            let line: Vec<_> = count(0, &one.units).map(|(step, &n)| (step, n as f64)).collect();
            chart.line(colors::outcome(one.outcome), &one.start, &line)
        });
        let conclusion = "Which weights are drawn counts for more than how many units differ";
        let neutral = "Whether two signs agree, learned from eight starts";
        let title = report.title(&["signs"], conclusion, neutral);
        let losses = Chart::new(title)
            .x(Axis::log("step (the first is 1)", 1.0, STEPS as f64))
            .y(Axis::linear("training loss (nats)", 0.0, 0.9))
            .dashed(colors::THEORY, "", &[(1.0, GUESS), (STEPS as f64, GUESS)]);
        let losses = self.iter().fold(losses, |chart, one| {
            chart.line(colors::outcome(one.outcome), &one.start, &one.losses)
        });
        let spoken = "Units that differ against the step. From zeros and from constants they are \
            as few as the layers for ever. A random entry adds one or two, a random matrix a layer \
            or two; two matrices that have a layer on each side make all units differ within a few \
            steps.";
        let subtitle = &format!(
            "{MATRICES} matrices, {HIDDEN} hidden layers of {SIDE} units; at each line: what of \
             the weights is drawn, the rest is one constant a matrix"
        );
        let units = drawn(units, subtitle, spoken);
        let spoken = "Training loss against the step, one line a start. Zeros stay at a guess. \
            Constants, a random entry and matrix 2 alone stay little below it. Matrix 1 alone, \
            matrices 2 and 4, and all five fall to zero.";
        let subtitle = &format!(
            "{MATRICES} matrices, {HIDDEN} hidden layers of {SIDE} ReLUs, lr 0.05, one seed; at \
             each line: what of the weights is drawn; dashed: a guess"
        );
        let losses = drawn(losses, subtitle, spoken);
        vec![units, losses]
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_matrix_tells_apart_the_units_on_both_its_sides() {
        assert_eq!(super::can_differ(['c', 'r', 'c', 'c', 'c']), [16, 16, 1, 1]);
        assert_eq!(super::can_differ(['e', 'c', 'c', 'c', 'c']), [2, 1, 1, 1]);
    }
}
