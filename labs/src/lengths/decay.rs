//! Behind a norm: weights that only lengthen, and weight decay that shortens them.

use super::{points, Settings};
use crate::spine::prelude::*;
use minigrad::train::Trainer;

/// The hidden weights at the start, relative to those that were drawn.
pub const SCALES: [f64; 3] = [0.1, 0.3, 1.0];
const DECAYS: [f64; 2] = [0.0, 0.03];
const LR: f64 = 0.1;
/// Steps over which turns are averaged.
const WINDOW: usize = 50;
/// The hidden layer that is watched, from 0.
const LAYER: usize = 1;
/// Training examples, and of how many of a hundred the label is wrong: a loss that never comes to 0.
const EXAMPLES: usize = 10_000;
const WRONG: usize = 20;

/// The networks of one start and one decay.
#[derive(Serialize, Deserialize)]
pub struct Decayed {
    pub scale: f64,
    pub decay: f64,
    /// One entry a seed.
    pub courses: Vec<Course>,
}

/// The watched layer over one training, weights and biases as one vector: squared lengths relative to
/// that of the weights as drawn, angles in degrees.
#[derive(Serialize, Deserialize)]
pub struct Course {
    /// Squared length before the first update, and after every tenth.
    #[serde(with = "real")]
    pub squares: Vec<f64>,
    /// The last by Pythagoras: `(1 - lr decay)^2` of the one before, plus the square of the step.
    #[serde(with = "real")]
    pub by_steps: f64,
    /// The largest relative error of the lengths by Pythagoras.
    #[serde(with = "real")]
    pub worst_sum: f64,
    /// The largest share of its squared length that one update took away.
    #[serde(with = "real")]
    pub worst_fall: f64,
    /// By what angle each update turned the vector, root mean square over [`WINDOW`] updates.
    #[serde(with = "real")]
    pub turns: Vec<f64>,
    #[serde(with = "real")]
    pub loss: f64,
}

/// The angle by which each step turns weights in balance: `cos = 1 - lr decay`.
fn balanced_turn() -> f64 {
    libm::acos(1.0 - LR * DECAYS[1]).to_degrees()
}

pub(super) fn measure(settings: &Settings, progress: &dyn Progress) -> Vec<Decayed> {
    let recipe = Recipe::mlp(4).width(128).norm(Norm::Rms);
    // Without momentum, so that a step is the gradient.
    let training = Training::sgd(LR).steps(settings.steps);
    let kinds = DECAYS.into_iter().flat_map(|decay| SCALES.map(|scale| (scale, decay)));
    let arms = kinds.map(|(scale, decay)| {
        let plan = (recipe.clone(), training.clone().weight_decay(decay));
        Arm::new((scale, decay), (scale, plan), settings.seed, settings.seeds)
    });
    let run = |(scale, (recipe, training)): &(f64, (Recipe, Training))| {
        follow(*scale, &mut recipe.build(), training)
    };
    let arms = sweep(arms, progress, run).arms.into_iter();
    arms.map(|Swept { key: (scale, decay), trials: courses, .. }| Decayed { scale, decay, courses })
        .collect()
}

/// Sign-of-sum data of which some labels are wrong.
fn data(seed: u64) -> Split {
    let mut train = SignOfSum::sample(EXAMPLES, 0, seed).train;
    let mut random = Random::new(seed, Stream::Batches);
    for label in &mut train.labels {
        if random.below(100) < WRONG {
            *label = 1 - *label;
        }
    }
    train
}

fn follow(scale: f64, network: &mut Network, training: &Training) -> Course {
    let drawn = square(&vector(network));
    let hidden = network.layers.len() - 1;
    for linear in network.linears_mut().into_iter().take(hidden) {
        linear.weight = Tensor::parameter(linear.weight.values() * scale as f32);
    }
    let kept = 1.0 - training.lr * training.weight_decay;
    let mut before = vector(network);
    let mut squares = vec![square(&before) / drawn];
    let (mut sums, mut turns) = (squares.clone(), vec![]);
    let data = data(training.seed);
    let mut trainer = Trainer::new(network, &data, training);
    while trainer.step().is_some() {
        let now = vector(trainer.network());
        let [mut length, mut step, mut along] = [0.0; 3];
        for (now, before) in now.iter().zip(&before) {
            length += now * now / drawn;
            step += (now - kept * before) * (now - kept * before) / drawn;
            along += now * before / drawn;
        }
        let cosine = along / libm::sqrt(length * squares[squares.len() - 1]);
        turns.push(libm::acos(cosine.min(1.0)).to_degrees());
        sums.push(kept * kept * sums[sums.len() - 1] + step);
        squares.push(length);
        before = now;
    }
    let errors = squares.iter().zip(&sums).map(|(square, sum)| (square / sum - 1.0).abs());
    Course {
        by_steps: sums[sums.len() - 1],
        worst_sum: highest(errors),
        worst_fall: highest(squares.windows(2).map(|pair| 1.0 - pair[1] / pair[0])),
        squares: squares.into_iter().step_by(10).collect(),
        turns: turns.chunks(WINDOW).map(root_mean_square).collect(),
        loss: Outcome::final_loss(&trainer.run().losses),
    }
}

/// Weights and biases of the watched layer.
fn vector(network: &Network) -> Vec<f64> {
    let Linear { weight, bias } = network.linears()[LAYER];
    weight.values().iter().chain(bias.values()).map(|&entry| f64::from(entry)).collect()
}

fn square(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum()
}

fn root_mean_square(values: &[f64]) -> f64 {
    libm::sqrt(square(values) / values.len() as f64)
}

impl Course {
    fn end(&self) -> f64 {
        self.squares[self.squares.len() - 1]
    }

    /// The turn of a step over the last quarter of the run.
    fn last_turn(&self) -> f64 {
        root_mean_square(&self.turns[3 * self.turns.len() / 4..])
    }
}

impl Decayed {
    fn middle(&self, number: impl Fn(&Course) -> f64) -> f64 {
        median(self.courses.iter().map(number))
    }
}

pub(super) fn report(decays: &[Decayed], report: &mut Report) {
    let (free, held) = decays.split_at(SCALES.len());
    let worst = highest(decays.iter().flat_map(|one| &one.courses).map(|one| one.worst_sum));
    let ten = |one: &Course| one.squares[1.min(one.squares.len() - 1)];
    let grown = free[0].middle(ten) / free[0].middle(|one| one.squares[0]);
    let balanced = balanced_turn();
    report.value("worst_sum", format!("{:.1} %", 100.0 * worst));
    report.numbers("short", [("grown", grown), ("rate", 1.0 / grown)]);
    report.value("balanced_turn", number(balanced));
    report.table(
        "decay",
        "Behind a norm",
        [
            "decay",
            "start",
            "|w|² at first",
            "at the end",
            "by its steps",
            "turn a step, first",
            "last",
            "theory",
            "loss",
        ],
        decays.iter().map(|one| {
            let degrees = |angle: f64| Cell::number(format!("{angle:.2}°"));
            cells![
                Cell::number(one.decay.to_string()),
                Cell::number(format!("{} ×", one.scale)),
                one.middle(|course| course.squares[0]),
                one.middle(Course::end),
                one.middle(|course| course.by_steps),
                degrees(one.middle(|course| course.turns[0])),
                degrees(one.middle(Course::last_turn)),
                if one.decay == 0.0 { Cell::none() } else { degrees(balanced) },
                one.middle(|course| course.loss),
            ]
        }),
    );

    let free = || free.iter().flat_map(|one| &one.courses);
    let held = || held.iter().flat_map(|one| &one.courses);
    let ends = || held().map(Course::end);
    report.claim(
        "right angles",
        "Behind a norm a step stands at right angles to the weights: at every step of every run the \
         squared length is the sum of the squared steps, to within 3 %.",
        worst < 0.03,
    );
    report.claim(
        "lengthen",
        "Without decay the weights behind a norm only lengthen: no update takes a ten-thousandth of \
         the squared length away.",
        highest(free().map(|course| course.worst_fall)) < 1e-4,
    );
    report.claim_book(
        "one length",
        "With decay, squared lengths that start a factor of 100 apart end within a factor of 2.",
        highest(ends()) < 2.0 * lowest(ends()),
    );
    report.claim_book(
        "one turn",
        "With decay the weights come to turn by the angle whose cosine is 1 - lr decay in each step, \
         to within 15 %, from every start.",
        held().all(|course| (course.last_turn() / balanced - 1.0).abs() < 0.15),
    );
}

/// Without decay, and with it.
const NAMES: [(Color, &str); 2] = [(Color::C, "without decay"), (Color::A, "with decay")];

pub(super) fn figure(decays: &[Decayed], steps: f64, report: &Report) -> Drawing {
    let title = report.title(
        &["one length", "one turn", "lengthen"],
        "Behind a norm weights only lengthen; decay brings them to one length",
        "The length of weights behind a norm, with and without decay",
    );
    let lines = |chart: Chart, heights: [f64; 2], line: fn(&Course) -> Vec<(f64, f64)>| {
        let chart = chart.height(250.0).x(Axis::linear("step", 0.0, steps));
        let kinds = decays.chunks(SCALES.len()).zip(NAMES).zip(heights);
        kinds.fold(chart, |chart, ((kind, (color, name)), height)| {
            let draw = |chart: Chart, one: &Decayed| chart.line(color, "", &line(&one.courses[0]));
            kind.iter().fold(chart, draw).name(color, 0.72 * steps, height, name)
        })
    };
    let length = Chart::new("squared length").y(Axis::log("|w|², as drawn = 1", 1e-4, 3.0));
    let balance = [0.0, steps].map(|step| (step, balanced_turn()));
    let turn = Chart::new("turn a step").y(Axis::log("angle (degrees)", 0.02, 20.0));
    let turn = turn.dashed(colors::THEORY, "", &balance);
    let length = lines(length, [1.6, 4e-4], |one| {
        points(&one.squares, 10, 0).into_iter().step_by(2).collect()
    });
    let turn = lines(turn, [0.12, 11.0], |one| points(&one.turns, WINDOW, WINDOW / 2));
    Panels::new(title, vec![length, turn])
        .subtitle(&format!(
            "4 × 128 ReLU, RMSNorm, lr 0.1 without momentum, decay 0 and {}, hidden weights at the \
             start times 0.1, 0.3 and 1; dashed: theory",
            DECAYS[1]
        ))
        .desc(
            "Two panels over the steps. First, squared length of a hidden layer, logarithmic: without \
             decay three lines rise or stay flat, with decay three lines meet. Second, the angle by \
             which a step turns the weights: with decay all three come to the dashed line, without it \
             those that start short turn ever more slowly.",
        )
        .render()
}
