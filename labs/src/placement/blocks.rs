//! What each block adds, before and after training, and what is lost without it.

use super::{recipe, Settings, DEPTH};
use crate::spine::prelude::*;
use std::ops::Range;

/// Where the norm stands, with the name and the color in figures.
const PLACEMENTS: [(Placement, &str, Color); 2] =
    [(Placement::Pre, "Pre-LN", Color::A), (Placement::Post, "Post-LN", Color::B)];

/// The last half of the blocks.
const LATE: Range<usize> = DEPTH / 2..DEPTH;

/// Networks of one placement.
#[derive(Serialize, Deserialize)]
pub struct Blocks {
    /// What theory says of the start.
    pub theory: [Vec<f64>; 2],
    /// One entry a seed.
    pub courses: Vec<Course>,
}

/// One network, one number a block.
#[derive(Serialize, Deserialize)]
pub struct Course {
    /// Before training: second moment of the stream behind it, and of the gradient by its first
    /// pre-activations, relative to that by the logits.
    #[serde(with = "real")]
    pub start: [Vec<f64>; 2],
    /// Second moment of the stream after training.
    #[serde(with = "real")]
    pub end: Vec<f64>,
    /// Loss of all training examples after training.
    #[serde(with = "real")]
    pub loss: f64,
    /// The same with this block taken out.
    #[serde(with = "real")]
    pub without: Vec<f64>,
}

pub(super) fn measure(settings: &Settings, progress: &dyn Progress) -> Vec<Blocks> {
    // A rate at which both train.
    let training = sgd(1e-2).steps(settings.steps);
    let plan = |at| (recipe(at), training.clone());
    let arms = PLACEMENTS.map(|(at, ..)| Arm::new((), plan(at), settings.seed, settings.seeds));
    let run = |(recipe, training): &(Recipe, Training)| follow(&mut recipe.build(), training);
    let arms = sweep(arms, progress, run).arms.into_iter();
    arms.map(|Swept { plan: (recipe, _), trials: courses, .. }| {
        let layers = &Propagation::of(&recipe).layers[1..=DEPTH];
        let stream = layers.iter().map(|layer| layer.output).collect();
        let gradient = layers.iter().map(|layer| layer.gradient).collect();
        Blocks { theory: [stream, gradient], courses }
    })
    .collect()
}

fn follow(network: &mut Network, training: &Training) -> Course {
    let data = sample(training.seed);
    let few = data.train.first(200);
    let start = sizes(network, &few);
    network.train(&data, training);
    let [end, _] = sizes(network, &few);
    let loss = network.loss(&data.train).into();
    // The embedding comes first, the blocks after it.
    let without = |block| {
        let taken = network.layers.remove(block);
        let loss = network.loss(&data.train);
        network.layers.insert(block, taken);
        f64::from(loss)
    };
    Course { start, end, loss, without: (1..=DEPTH).map(without).collect() }
}

/// Second moments at each block: of the stream, and of the gradient relative to that by the logits.
fn sizes(network: &Network, few: &Split) -> [Vec<f64>; 2] {
    let trace = network.trace(&Tensor::constant(few.inputs.clone()));
    let gradients = trace.logits().cross_entropy(&few.labels).backward();
    let square = |values: &Array2<f32>| mean(values.iter().map(|&x| f64::from(x) * f64::from(x)));
    let readout = square(gradients.of(trace.logits()));
    let blocks = &trace.layers[1..=DEPTH];
    let gradient = |z| square(gradients.of(z)) / readout;
    [
        blocks.iter().map(|block| square(block.output.values())).collect(),
        blocks.iter().map(|block| gradient(&block.pre_activation)).collect(),
    ]
}

impl Blocks {
    /// Middles over the seeds of a number of each block.
    fn middles(&self, list: fn(&Course) -> &[f64]) -> Vec<f64> {
        let middle = |block: usize| median(self.courses.iter().map(|one| list(one)[block]));
        (0..DEPTH).map(middle).collect()
    }

    fn loss(&self) -> f64 {
        median(self.courses.iter().map(|one| one.loss))
    }

    /// What taking out one of these blocks, from 0, adds to the loss at the worst.
    fn added(&self, blocks: Range<usize>) -> f64 {
        let worst = |one: &Course| highest(one.without[blocks.clone()].iter().copied()) - one.loss;
        median(self.courses.iter().map(worst))
    }
}

pub(super) fn report(blocks: &[Blocks], report: &mut Report) {
    let [pre, post] = [0, 1].map(|arm| &blocks[arm]);
    for (name, one) in [("pre", pre), ("post", post)] {
        report.numbers(name, [("early", one.added(0..3)), ("late", one.added(LATE))]);
        let [first, last] = [0, DEPTH - 1].map(|block| one.theory[1][block]);
        report.numbers(name, [("first_gradient", first), ("last_gradient", last)]);
    }
    let (start, end) = (pre.middles(|one| &one.start[0]), pre.middles(|one| &one.end));
    let [without, post_without] = [pre, post].map(|one| one.middles(|one| &one.without));
    let columns = [&pre.theory[0], &start, &end, &without, &post_without];
    let row = |block: usize| {
        let [a, b, c, d, e] = columns.map(|column| column[block]);
        cells![block + 1, a, b, c, d, e]
    };
    let whole = cells!["none", "", "", "", pre.loss(), post.loss()];
    report.table(
        "blocks",
        "Blocks",
        [
            "block",
            "stream, Pre-LN, theory",
            "at the start",
            "trained",
            "loss without it, Pre-LN",
            "Post-LN",
        ],
        [0, 1, 2, 3, 5, 7, 9, 11, 13, 15].map(row).into_iter().chain([whole]),
    );

    let near = |one: &Blocks| {
        let measured = one.middles(|one| &one.start[1]);
        measured.iter().zip(&one.theory[1]).all(|(a, b)| within(a / b, 2.0))
    };
    report.claim_book(
        "gradient",
        "Before training the gradient at every block is within a factor of 2 of what theory says, with \
         Pre-LN and with Post-LN.",
        near(pre) && near(post),
    );
    report.claim_book(
        "pre late",
        "With Pre-LN the late blocks do little: taking out any of the last eight adds less than 0.002 to \
         the loss, while one of the first three adds more than 0.1.",
        pre.added(LATE) < 0.002 && pre.added(0..3) > 0.1,
    );
    report.claim_book(
        "post late",
        "With Post-LN the late blocks are needed: taking out one of the last eight adds more than 0.03.",
        post.added(LATE) > 0.03,
    );
}

pub(super) fn figure(blocks: &[Blocks], settings: &Settings, report: &Report) -> Drawing {
    let title = report.title(
        &["pre late", "post late"],
        "A trained Pre-LN network hardly misses its late blocks",
        "What the loss is without one block",
    );
    let end = DEPTH as f64 + 1.0;
    let x = || Axis::linear("block", 0.0, end);
    let pre = &blocks[0];
    let stream = Chart::new("second moment of the stream, Pre-LN")
        .height(220.0)
        .x(x())
        .y(Axis::log("E x²", 1.0, 200.0))
        .dashed(colors::THEORY, "theory", &by_layer(&pre.theory[0]))
        .marks(Color::F, "start", &by_layer(&pre.middles(|one| &one.start[0])))
        .line(Color::A, "trained", &by_layer(&pre.middles(|one| &one.end)));
    let lost = Chart::new("loss without the block");
    let lost = lost.height(240.0).x(x()).y(Axis::log("loss", 1e-4, 10.0));
    let lost = blocks.iter().zip(PLACEMENTS).fold(lost, |chart, (one, (_, name, color))| {
        let chart = chart.dashed(color, "", &[(0.0, one.loss()), (end, one.loss())]);
        chart.line(color, name, &by_layer(&one.middles(|one| &one.without)))
    });
    Panels::new(title, vec![stream, lost])
        .subtitle(&format!(
            "{DEPTH} blocks × 64 GELU, RMSNorm, lr 0.01, {} steps; medians of {} seeds; dashed, below: \
             loss of the whole network",
            settings.steps, settings.seeds
        ))
        .desc(
            "Two panels over the blocks. First, the second moment of the Pre-LN stream: it grows in a \
             line by theory and at the start, and is larger after training. Second, the loss of the \
             trained network without one block: with Pre-LN the first blocks matter and the late ones \
             do not, with Post-LN all do.",
        )
        .render()
}

pub(super) fn gradient(blocks: &[Blocks], seeds: u64, report: &Report) -> Drawing {
    let title = report.title(
        &["gradient"],
        "Before training Pre-LN’s gradient is small at the top, Post-LN’s nowhere",
        "The gradient at each block before training",
    );
    let chart = Chart::new(title)
        .height(280.0)
        .subtitle(&format!(
            "{DEPTH} blocks × 64 GELU, RMSNorm; dashed: theory; points: medians of {seeds} seeds"
        ))
        .desc(
            "Second moment of the gradient by the pre-activations of each block, relative to that by \
             the logits. Post-LN stays near one height. Pre-LN falls towards the last block.",
        )
        .x(Axis::linear("block", 0.0, DEPTH as f64 + 1.0))
        .y(Axis::log("gradient", 1e-4, 1e-2));
    let draw = |chart: Chart, (one, (_, name, color)): (&Blocks, (Placement, &str, Color))| {
        let chart = chart.dashed(colors::THEORY, "", &by_layer(&one.theory[1]));
        chart.marks(color, name, &by_layer(&one.middles(|one| &one.start[1])))
    };
    blocks.iter().zip(PLACEMENTS).fold(chart, draw).render()
}
