//! Without a norm: gradient descent beyond the edge of stability, in a network of two layers.

use super::{points, Settings};
use crate::spine::prelude::*;
use minigrad::probe::{sharpness, Loss};

/// Learning rates, relative to the edge of stability `2/sharpness` at the start.
const RATES: [f64; 6] = [0.5, 0.9, 1.2, 1.5, 1.8, 4.0];
/// Training examples, all of them in each step.
const EXAMPLES: usize = 200;
/// Updates after which the sharpness is measured.
const MEASURED: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 8, 12, 20, 30, 59];

/// What one rate came to.
#[derive(Serialize, Deserialize)]
pub struct Throw {
    /// One of [`RATES`].
    pub rate: f64,
    /// Mean squared error before each update; the last may not be finite.
    #[serde(with = "real")]
    pub losses: Vec<f64>,
    /// Updates done, and then: sharpness relative to the edge of this rate, squared length of all
    /// weights relative to the start.
    #[serde(with = "real")]
    pub course: Vec<[f64; 3]>,
}

pub(super) fn measure(settings: &Settings, progress: &dyn Progress) -> Vec<Throw> {
    let recipe = Recipe::mlp(2).seed(settings.seed);
    let data = SignOfSum::sample(EXAMPLES, 0, settings.seed).train;
    let x = Tensor::constant(data.inputs.mapv(f64::from));
    let signs = |(input, class)| if data.labels[input] == class { 1.0 } else { -1.0 };
    let targets = Tensor::constant(Array2::from_shape_fn((EXAMPLES, 2), signs));
    let start = sharpness(&recipe.build_as(), &x, Loss::Squares);
    map_in_parallel(&RATES, progress, |&rate| {
        let lr = rate * 2.0 / start;
        let mut network: Network<f64> = recipe.build_as();
        let mut sgd = Sgd::new(lr, 0.0);
        let first = square(&network);
        let (mut losses, mut course) = (vec![], vec![]);
        for step in 0..settings.shallow_steps {
            let loss = network.forward(&x).mean_squared_error(&targets);
            losses.push(loss.item());
            if !loss.item().is_finite() {
                break;
            }
            if MEASURED.contains(&step) {
                let sharpness = sharpness(&network, &x, Loss::Squares);
                course.push([step as f64, lr * sharpness / 2.0, square(&network) / first]);
            }
            sgd.step(network.parameters_mut(), &loss.backward());
        }
        Throw { rate, losses, course }
    })
}

/// Squared length of all weights.
fn square(network: &Network<f64>) -> f64 {
    let weights = network.linears().into_iter().map(|linear| linear.weight.values());
    weights.map(|weight| weight.iter().map(|w| w * w).sum::<f64>()).sum()
}

impl Throw {
    /// The largest loss, relative to the first.
    fn rise(&self) -> f64 {
        highest(self.losses.iter().copied()) / self.losses[0]
    }

    fn last(&self) -> f64 {
        self.losses[self.losses.len() - 1]
    }

    /// Sharpness, relative to the edge, and squared length when they were last measured.
    fn end(&self) -> [f64; 2] {
        self.course.last().map_or([f64::NAN; 2], |&[_, sharpness, square]| [sharpness, square])
    }
}

pub(super) fn report(throws: &[Throw], report: &mut Report) {
    let header =
        ["lr λ/2, start", "largest loss / first", "last loss", "lr λ/2, end", "|w|², end / start"];
    report.table(
        "catapult",
        "A shallow network without a norm",
        header,
        throws.iter().map(|throw| {
            if !throw.last().is_finite() {
                return cells![throw.rate, "diverges", Cell::none(), Cell::none(), Cell::none()];
            }
            let [sharpness, square] = throw.end();
            cells![throw.rate, throw.rise(), throw.last(), sharpness, square]
        }),
    );

    let all = |rates: std::ops::Range<f64>, holds: fn(&Throw) -> bool| {
        throws.iter().filter(|throw| rates.contains(&throw.rate)).all(holds)
    };
    report.claim(
        "below",
        "Below the edge of stability the loss of the shallow network never exceeds its first.",
        all(0.0..1.0, |throw| throw.rise() <= 1.0),
    );
    report.claim(
        "beyond",
        "Between one and two edges the loss rises first, then falls below its start; the weights are \
         shorter by then, and the sharpness is below the edge.",
        all(1.0..2.0, |throw| {
            let [sharpness, square] = throw.end();
            throw.rise() > 2.0 && throw.last() < throw.losses[0] && sharpness < 1.0 && square < 1.0
        }),
    );
    report.claim(
        "four edges",
        "At four edges the shallow network diverges.",
        all(4.0..f64::INFINITY, |throw| !throw.last().is_finite()),
    );
}

pub(super) fn figure(throws: &[Throw], steps: f64, report: &Report) -> Drawing {
    let title = report.title(
        &["below", "beyond", "four edges"],
        "Thrown to a flatter place: between one and two edges the loss rises first",
        "A shallow network below and beyond the edge of stability",
    );
    let color = |rate: f64| match rate {
        rate if rate < 1.0 => Color::A,
        rate if rate < 2.0 => Color::F,
        _ => Color::B,
    };
    let lines = |chart: Chart, line: fn(&Throw) -> Vec<(f64, f64)>| {
        let chart = chart.height(230.0).x(Axis::linear("step", 0.0, steps));
        throws.iter().fold(chart, |chart, one| chart.line(color(one.rate), "", &line(one)))
    };
    let loss = Chart::new("loss").y(Axis::log("mean squared error", 0.03, 3e3));
    let loss = lines(loss, |throw| points(&throw.losses, 1, 0));
    let sharp = Chart::new("sharpness, relative to the edge")
        .y(Axis::linear("lr λ / 2", 0.0, 4.5))
        .dashed(colors::THEORY, "", &[(0.0, 1.0), (steps, 1.0)]);
    let sharp = lines(sharp, |throw| {
        throw.course.iter().map(|&[step, sharpness, _]| (step, sharpness)).collect()
    });
    let sharp = sharp
        .name(Color::A, 0.55 * steps, 0.65, "below the edge")
        .name(Color::F, 0.12 * steps, 1.7, "between one and two edges")
        .name(Color::B, 0.06 * steps, 4.1, "four edges");
    Panels::new(title, vec![loss, sharp])
        .subtitle(
            "2 × 256 ReLU, no norm, mean squared error, full batch, no momentum; rates 0.5 to 4 times \
             the edge",
        )
        .desc(
            "Two panels over the steps. First, the loss: at rates below the edge it falls, between one \
             and two edges it rises by up to a hundred times and then falls, at four it leaves. \
             Second, the sharpness relative to the edge: below it stays, beyond it drops below the \
             dashed line at 1.",
        )
        .render()
}
