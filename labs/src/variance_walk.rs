//! Lab 00: what does depth do to the variance of a signal?

use crate::spine::prelude::*;
use minigrad::probe::walk;
use minigrad::theory::finite_width::walk_variance;

/// Linear layers of the walk.
pub const DEPTH: usize = 20;
/// Units of every layer, and entries of an input.
pub const WIDTH: usize = 256;
/// Inputs of a walk.
pub const BATCH: usize = 64;

settings! {
    seed = 0;
    /// Walks of each kind.
    seeds: u64 = 16;
}

/// The three initializations of the linear walk. Kaiming is written as `sigma(sqrt 2)`: it is made
/// for ReLU, and its exact gain for the identity would be that of Xavier.
pub fn linear_inits() -> [(&'static str, Init); 3] {
    let root2 = std::f64::consts::SQRT_2;
    [("uniform", Init::Uniform(0.5)), ("Xavier", Init::Xavier), ("Kaiming", Init::Sigma(root2))]
}

/// One kind of network.
#[derive(Serialize, Deserialize)]
pub struct Walk {
    /// What figures and tables call it.
    pub name: String,
    pub activation: Activation,
    /// Predicted second moment of each layer's pre-activation.
    pub predicted: Vec<f64>,
    /// The measured ones, one list a seed.
    #[serde(with = "real")]
    pub measured: Vec<Vec<f64>>,
}

#[derive(Serialize, Deserialize)]
pub struct VarianceWalk {
    pub settings: Settings,
    /// Without activation, one entry of [`linear_inits`] each.
    pub linear: Vec<Walk>,
    /// With an activation each, and Kaiming weights of its exact gain.
    pub activated: Vec<Walk>,
}

impl Walk {
    fn of(arm: Swept<&str, Vec<f64>, Recipe>) -> Walk {
        let predicted = Propagation::of(&arm.plan).layers.iter().map(|layer| layer.q).collect();
        let (name, activation) = (arm.key.to_owned(), arm.plan.activation);
        Walk { name, activation, predicted, measured: arm.trials }
    }

    /// Mean over the seeds, layer by layer.
    fn mean(&self) -> Vec<f64> {
        (0..DEPTH).map(|l| mean(self.measured.iter().map(|m| m[l]))).collect()
    }

    /// Smallest and largest over the seeds of a layer.
    fn range(&self, layer: usize) -> (f64, f64) {
        let Spread { low, high, .. } = Spread::of(self.measured.iter().map(|m| m[layer]));
        (low, high)
    }

    /// Standard deviation over the seeds after the last layer (`ddof` 1), relative to the
    /// prediction.
    fn spread(&self) -> f64 {
        let last = DEPTH - 1;
        let mean = self.mean()[last];
        let square = |m: &Vec<f64>| (m[last] - mean) * (m[last] - mean);
        let total = self.measured.iter().map(square).sum::<f64>();
        libm::sqrt(total / (self.measured.len() - 1) as f64) / self.predicted[last]
    }

    /// The largest distance of the mean from the prediction over all layers, in standard errors of
    /// that mean as [`walk_variance`] gives them: for linear walks.
    fn worst_deviation(&self) -> f64 {
        let seeds = self.measured.len() as f64;
        let deviation = |(l, (mean, predicted)): (usize, (f64, &f64))| {
            let error = (walk_variance(WIDTH, BATCH, l + 1) / seeds).sqrt();
            ((mean / predicted - 1.0) / error).abs()
        };
        highest(self.mean().into_iter().zip(&self.predicted).enumerate().map(deviation))
    }
}

impl Experiment for VarianceWalk {
    const NAME: &'static str = "variance-walk";
    const ASKS: &'static str = "What does depth do to the variance of a signal?";
    const FIGURES: &'static [&'static str] =
        &["variance-walk.svg", "variance-walk-activations.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> VarianceWalk {
        let base = || Recipe::mlp(DEPTH).width(WIDTH).inputs(WIDTH).classes(WIDTH);
        let arm = |name, recipe| Arm::new(name, recipe, settings.seed, settings.seeds);
        let linear = linear_inits()
            .map(|(name, init)| arm(name, base().activation(Activation::Identity).init(init)));
        let activated = [Relu, Tanh, Gelu, Silu].map(|phi| arm(phi.name(), base().activation(phi)));
        let arms = linear.into_iter().chain(activated);
        let walks = sweep(arms, progress, |recipe| walk(recipe, BATCH)).arms;
        let walks = walks.into_iter().map(Walk::of);
        let (linear, activated) = walks.partition(|walk| walk.activation == Identity);
        VarianceWalk { settings: settings.clone(), linear, activated }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        let last = DEPTH - 1;
        let [first_error, last_error] = [1, DEPTH].map(|l| walk_variance(WIDTH, BATCH, l));
        report.value("error_1", number(100.0 * first_error.sqrt()));
        report.value("error_20", number(100.0 * last_error.sqrt()));
        let mean_error = (last_error / self.settings.seeds as f64).sqrt();
        report.value("mean_error_20", number(100.0 * mean_error));
        for walk in self.linear.iter().chain(&self.activated) {
            let (name, theory) = (walk.name.to_lowercase(), &walk.predicted);
            let (low, high) = walk.range(last);
            report.numbers(&name, [("predicted", theory[last]), ("measured", walk.mean()[last])]);
            report.numbers(&name, [("first", theory[0])]);
            report.numbers(&name, [("factor", theory[last] / theory[last - 1])]);
            report.numbers(&name, [("low", low), ("high", high)]);
            report.value(format!("{name}_spread"), format!("{:.0}", 100.0 * walk.spread()));
        }
        for walk in &self.linear {
            let name = format!("{}_deviation", walk.name.to_lowercase());
            report.value(name, format!("{:.1}", walk.worst_deviation()));
        }
        let some = vec![1, 2, 5, 10, 15, 20];
        for (name, title, walks, layers) in [
            ("linear", "Linear layers: measured mean and prediction of E z^2", &self.linear, &some),
            ("activated", "With activations, Kaiming of the exact gain", &self.activated, &some),
            ("walk", "", &self.linear, &(1..=DEPTH).collect()),
        ] {
            let header = walks.iter().flat_map(|walk| [&walk.name, "predicted"]);
            let row = |&layer: &usize| {
                let both =
                    move |walk: &Walk| cells![walk.mean()[layer - 1], walk.predicted[layer - 1]];
                cells![layer].into_iter().chain(walks.iter().flat_map(both))
            };
            report.table(name, title, ["layer"].into_iter().chain(header), layers.iter().map(row));
        }

        let end = |name: &str| {
            let mut walks = self.linear.iter().chain(&self.activated);
            walks.find(|walk| walk.name == name).map_or(f64::NAN, |walk| walk.mean()[last])
        };
        report.claim(
            "follows",
            "In a linear walk the measured variance follows Var(z) = n sigma^2 Var(x): at every layer \
             the mean over the seeds lies within 4 standard errors of it.",
            self.linear.iter().all(|walk| walk.worst_deviation() < 4.0),
        );
        report.claim(
            "ends",
            format!(
                "After {DEPTH} linear layers the variance is above 1e26 from uniform weights in \
                 [-0.5, 0.5], about 1 from Xavier, about 1e6 from Kaiming."
            ),
            end("uniform") > 1e26
                && (0.5..2.0).contains(&end("Xavier"))
                && (5e5..2e6).contains(&end("Kaiming")),
        );
        report.claim(
            "relu",
            "With ReLU, Kaiming holds the second moment where the first layer put it: at 2.",
            (1.4..2.8).contains(&end("relu")),
        );
        report.claim(
            "tanh",
            "tanh corrects itself: from 2.5 at the first layer its second moment falls to 1.",
            (0.9..1.1).contains(&end("tanh")),
        );
        report.claim(
            "gelu, silu",
            "GELU and SiLU do not: with their exact gain the second moment leaves 1 and grows by more \
             than a tenth a layer.",
            ["gelu", "silu"].into_iter().all(|phi| end(phi) > libm::pow(1.1, 19.0)),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let subtitle = format!(
            "lines: theory; points: mean of {} seeds, with their range",
            self.settings.seeds
        );
        let linear = "Each layer multiplies the variance by n·σ²: twenty times over";
        let activated = "The exact gain holds ReLU and tanh; GELU and SiLU slip away";
        let title = |claims: &[&str], conclusion| report.title(claims, conclusion, Self::ASKS);
        let chart = |title: &str, desc: &str, walks: &[Walk]| {
            let desc = format!(
                "Second moment of the pre-activation against the layer, logarithmic{desc} {}",
                ends(walks)
            );
            let axis = Axis::linear("layer", 0.0, DEPTH as f64);
            Chart::new(title).subtitle(&subtitle).desc(&desc).x(axis)
        };
        let desc = ": a straight line for each way to draw weights.";
        let first = chart(title(&["follows"], linear), desc, &self.linear).y(Axis::log(
            "variance of z",
            1e-3,
            1e30,
        ));
        let desc = ", with Kaiming weights of each activation's exact gain.";
        let claims = ["relu", "tanh", "gelu, silu"];
        let second = chart(title(&claims, activated), desc, &self.activated).y(Axis::log(
            "second moment q",
            0.1,
            1e4,
        ));
        let first = self
            .linear
            .iter()
            .fold(first, |chart, walk| draw(chart, walk, &walk.name, colors::init(&walk.name)));
        let second = self.activated.iter().fold(second, |chart, walk| {
            draw(chart, walk, walk.activation.in_words(), colors::activation(walk.activation))
        });
        vec![first.render(), second.render()]
    }
}

/// Where each walk ends, measured and predicted, for a screen reader.
fn ends(walks: &[Walk]) -> String {
    let end = |walk: &Walk| {
        let [measured, predicted] = [walk.mean()[DEPTH - 1], walk.predicted[DEPTH - 1]].map(number);
        format!("{} {measured}, predicted {predicted}", walk.name)
    };
    let ends: Vec<String> = walks.iter().map(end).collect();
    format!("After {DEPTH} layers: {}.", ends.join("; "))
}

fn draw(chart: Chart, walk: &Walk, name: &str, color: Color) -> Chart {
    let point = |(l, mean): (usize, f64)| {
        let (low, high) = walk.range(l);
        ((l + 1) as f64, mean, low, high)
    };
    let points: Vec<_> = walk.mean().into_iter().enumerate().map(point).collect();
    chart.line(color, name, &by_layer(&walk.predicted)).intervals(color, "", &points)
}
