//! Lab 07: order, chaos and the edge between them, and networks trained on both sides.

use crate::spine::prelude::*;
use minigrad::theory::Phase;

settings! {
    seed = 0;
    steps = 200;
    /// Networks of each point.
    seeds: u64 = 5, small 1;
    /// Deviations of a weight, times the root of its fan_in.
    weights: Vec<f64> = vec![0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.8, 2.2],
        small vec![0.8, 1.1, 2.2];
    /// Deviations of a bias at [`DEPTH`].
    biases: Vec<f64> = vec![0.0, 0.15, 0.3, 0.45, 0.6], small vec![0.0, 0.6];
    /// Depths at [`BIAS`].
    depths: Vec<usize> = vec![4, 8, 16, 24, 32, 64], small vec![8, 32];
}

/// Units of a hidden layer.
const WIDTH: usize = 64;
/// Linear layers of the networks whose biases differ.
const DEPTH: usize = 24;
/// Deviation of the biases of the networks whose depths differ.
const BIAS: f64 = 0.1;
/// Depth scales that a network may have layers, to train: what Schoenholz et al. 2017 found.
const SCALES: f64 = 6.0;

/// Networks of one kind.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Point {
    /// `sqrt(fan_in Var(W))`.
    pub weight_std: f64,
    pub bias_std: f64,
    pub depth: usize,
    /// How many of them trained.
    pub trained: usize,
}

#[derive(Serialize, Deserialize)]
pub struct Phases {
    pub settings: Settings,
    /// Weights and biases, at [`DEPTH`].
    pub plane: Vec<Point>,
    /// Weights and depths, at [`BIAS`].
    pub column: Vec<Point>,
}

/// The network without end.
fn phase(weight_std: f64, bias_std: f64) -> Phase {
    Phase { activation: Tanh, weight_std, bias_std }
}

fn is_chaotic(phase: &Phase) -> bool {
    phase.chi().is_some_and(|chi| chi > 1.0)
}

/// The largest depth that trains, by the scale of the correlation: `6 xi_c`.
fn by_correlation(phase: &Phase) -> f64 {
    SCALES * phase.correlation_depth().unwrap_or(f64::NAN)
}

/// The same by that of the gradient: `6/|ln chi_1|`.
fn by_gradient(phase: &Phase) -> f64 {
    SCALES * phase.gradient_depth().unwrap_or(f64::NAN)
}

impl Point {
    fn phase(&self) -> Phase {
        phase(self.weight_std, self.bias_std)
    }
}

impl Experiment for Phases {
    const NAME: &'static str = "phase";
    const ASKS: &'static str = "Which side of the edge of chaos trains, and how deep?";
    const FIGURES: &'static [&'static str] = &["phase.svg", "phase-depth.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Phases {
        let Settings { seed, steps, seeds, ref weights, ref biases, ref depths } = *settings;
        let train = |biases: &[f64], depths: &[usize]| -> Vec<Point> {
            let of = |&weight_std: &f64| {
                biases.iter().flat_map(move |&bias_std| {
                    let point = move |&depth| Point { weight_std, bias_std, depth, trained: 0 };
                    depths.iter().map(point)
                })
            };
            let arm = |point: Point| {
                let bare = Recipe::mlp(point.depth).width(WIDTH).activation(Tanh);
                let recipe = bare.init(Init::Sigma(point.weight_std)).bias_std(point.bias_std);
                Arm::new(point, (recipe, sgd(1e-2).steps(steps)), seed, seeds)
            };
            let arms = weights.iter().flat_map(of).map(arm);
            let sweep = sweep(arms, progress, |(recipe, training)| {
                recipe.build().train(&sample(recipe.seed), training)
            });
            let trained = |arm: &Swept<Point, Run>| arm.count(Outcome::Trains);
            sweep.arms.iter().map(|arm| Point { trained: trained(arm), ..arm.key }).collect()
        };
        let (plane, column) = (train(biases, &[DEPTH]), train(&[BIAS], depths));
        Phases { settings: settings.clone(), plane, column }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        let seeds = self.settings.seeds as usize;
        report.counts([("steps", self.settings.steps), ("seeds", seeds)]);
        let scales = self.settings.weights.iter().map(|&weight_std| {
            let phase = phase(weight_std, BIAS);
            let [chi, q, c] = [phase.chi(), phase.second_moment(), phase.correlation()]
                .map(|value| value.unwrap_or(f64::NAN));
            let trains = |p: &&Point| p.weight_std == weight_std && p.trained == seeds;
            let deepest = self.column.iter().filter(trains).map(|p| p.depth).max();
            let deepest = deepest.map_or(Cell::none(), Cell::from);
            cells![weight_std, chi, q, c, by_correlation(&phase), by_gradient(&phase), deepest]
        });
        let header = ["σ_w", "χ₁", "q*", "c*", "6 ξ_c", "6/|ln χ₁|", "deepest that trains"];
        report.table("scales", "Depth scales", header, scales);

        // Runs that end as a largest depth says, and all.
        let count = |points: &mut dyn Iterator<Item = &Point>, deepest: fn(&Phase) -> f64| {
            points.fold((0, 0), |(right, all), p| {
                let trains = p.depth as f64 <= deepest(&p.phase());
                (right + if trains { p.trained } else { seeds - p.trained }, all + seeds)
            })
        };
        let most = |(right, all): (usize, usize)| all > 0 && right as f64 >= 0.85 * all as f64;
        let side = |chaotic, deepest| {
            let points = self.column.iter();
            count(&mut points.filter(|p| is_chaotic(&p.phase()) == chaotic), deepest)
        };
        let order = side(false, by_correlation);
        let [correlation, gradient] = [by_correlation, by_gradient].map(|by| side(true, by));
        let plane = count(&mut self.plane.iter(), by_gradient);
        report.counts([("order_right", order.0), ("order_of", order.1)]);
        report.counts([("plane_right", plane.0), ("plane_of", plane.1)]);
        report.counts([
            ("chaos_by_correlation_right", correlation.0),
            ("chaos_by_correlation_of", correlation.1),
            ("chaos_by_gradient_right", gradient.0),
        ]);
        report.claim(
            "order",
            format!(
                "In order a network may be {SCALES} depth scales of the correlation deep: {} of {} runs \
                 train if they are no deeper, and only then.",
                order.0, order.1
            ),
            most(order),
        );
        report.claim_book(
            "chaos",
            format!(
                "In chaos {SCALES} depth scales of the correlation promise too much, and {SCALES} of the \
                 gradient do not: {} and {} of {} runs end as they say.",
                correlation.0, gradient.0, gradient.1
            ),
            most(gradient) && gradient.0 > correlation.0,
        );
        report.claim(
            "plane",
            format!(
                "At depth {DEPTH}, over weights and biases, {} of {} runs end as {SCALES} depth \
                 scales of the gradient say.",
                plane.0, plane.1
            ),
            most(plane),
        );
        let mut as_deep = self.column.iter().filter(|point| point.depth >= WIDTH).peekable();
        report.claim_book(
            "as deep as wide",
            format!("No network of depth {WIDTH}, as deep as it is wide, trains, beside the edge or not."),
            as_deep.peek().is_some() && as_deep.all(|point| point.trained == 0),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![self.draw_plane(report), self.draw_depths(report)]
    }
}

const BIASES: f64 = 0.65;
const DEEPEST: f64 = 150.0;

impl Phases {
    /// A chart over the deviation of the weights; points of which all runs trained, some, and none.
    fn over_weights(&self, chart: Chart, points: &[Point], y: fn(&Point) -> f64) -> Chart {
        let all = self.settings.seeds as usize;
        let axis = Axis::linear("deviation of weights σ_w", 0.5, 2.4);
        [
            (colors::outcome(Outcome::Trains), all..=all),
            (Color::Muted, 1..=all - 1),
            (colors::outcome(Outcome::Vanishes), 0..=0),
        ]
        .into_iter()
        .fold(chart.height(330.0).x(axis), |chart, (color, trained)| {
            let points = points.iter().filter(|point| trained.contains(&point.trained));
            let points: Vec<(f64, f64)> = points.map(|p| (p.weight_std, y(p))).collect();
            chart.marks(color, "", &points)
        })
    }

    fn draw_plane(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["plane"],
            "Networks train along the edge between order and chaos",
            "Order, chaos and the edge between them",
        );
        // As many layers as six depth scales of the gradient.
        let fades = libm::exp(-SCALES / DEPTH as f64);
        // Where `chi_1` is `chi`: up to a second moment of 4.
        let inside = |chi| -> Vec<(f64, f64)> {
            let phases = (0..=400).filter_map(|i| Phase::at(Tanh, 1e-5 + 0.01 * f64::from(i), chi));
            let line = phases.map(|phase| (phase.weight_std, phase.bias_std));
            line.filter(|(_, bias_std)| *bias_std < BIASES).collect()
        };
        let Settings { steps, seeds, .. } = self.settings;
        let chart = Chart::new(title)
            .subtitle(&format!(
                "tanh, {DEPTH} layers of width {WIDTH}, lr 0.01, {steps} steps, {seeds} seeds; line: \
                 χ = 1; dashed: depth = {SCALES} depth scales of the gradient; blue: all train, green: \
                 none, grey: some"
            ))
            .desc(
                "Deviation of the biases against that of the weights. The edge rises from a deviation of \
                 the weights of 1 without biases to the right. Networks near it train; those far to the \
                 left, in order, and far to the right, in chaos, do not.",
            )
            .y(Axis::linear("deviation of biases σ_b", -0.03, BIASES))
            .line(Color::F, "", &inside(1.0))
            .dashed(colors::THEORY, "", &inside(fades))
            .dashed(colors::THEORY, "", &inside(1.0 / fades))
            .note(0.56, 0.52, "order")
            .note(2.1, 0.52, "chaos");
        self.over_weights(chart, &self.plane, |point| point.bias_std).render()
    }

    fn draw_depths(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["order", "chaos"],
            "How deep a network trains follows the depth scale of its gradient",
            "How deep a network trains, from order to chaos",
        );
        // A line on either side of the edge, up to the frame.
        let course = |chaotic: bool, of: fn(&Phase) -> f64| -> Vec<(f64, f64)> {
            let phases = (50..=240).map(|i| phase(0.01 * f64::from(i), BIAS));
            let side = phases.filter(|phase| is_chaotic(phase) == chaotic);
            side.map(|phase| (phase.weight_std, of(&phase))).filter(|(_, y)| *y < DEEPEST).collect()
        };
        let Settings { steps, seeds, .. } = self.settings;
        let chart = Chart::new(title)
            .subtitle(&format!(
                "tanh, width {WIDTH}, biases {BIAS}, lr 0.01, {steps} steps, {seeds} seeds; blue: all \
                 train, green: none, grey: some"
            ))
            .desc(
                "Depth against the deviation of the weights. Two lines rise towards the edge of chaos and \
                 fall beyond it, together in order; in chaos that of the gradient is lower. Networks below \
                 it train.",
            )
            .y(Axis::log("depth (layers)", 3.0, DEEPEST))
            .dashed(colors::THEORY, "", &course(false, by_correlation))
            .dashed(colors::THEORY, "6 ξ_c", &course(true, by_correlation))
            .dashed(Color::D, "6/|ln χ|", &course(true, by_gradient));
        self.over_weights(chart, &self.column, |point| point.depth as f64).render()
    }
}
