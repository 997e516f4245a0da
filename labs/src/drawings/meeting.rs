//! Two inputs on their way through twelve layers, by theory and in drawn networks.

use super::maps::LAYERS;
use super::*;

/// Networks that are drawn.
pub(super) const DRAWS: u64 = 16;
pub(super) const WIDTH: usize = 256;

/// Correlations of the inputs.
const STARTS: [f64; 3] = [0.0, 0.5, 0.9];

/// Of each of three pairs: the correlation of its pre-activations, layer by layer.
#[derive(Serialize, Deserialize)]
pub struct Meeting {
    pub activation: Activation,
    pub predicted: [Vec<f64>; 3],
    /// In the networks, with the range of the middle ten.
    pub measured: [Vec<Spread>; 3],
}

/// An input, and one of this correlation with it, both of second moment 1.
pub(super) fn input(c: f64) -> impl Fn(usize) -> f32 {
    let across = libm::sqrt(1.0 - c * c);
    move |i| (if i % 2 == 0 { c + across } else { c - across }) as f32
}

/// The median of the draws, and the range of the middle ten: of all it would hide what is beside.
fn of_most(draws: impl Iterator<Item = f64>) -> Spread {
    let mut draws: Vec<f64> = draws.collect();
    draws.sort_by(f64::total_cmp);
    let aside = draws.len().saturating_sub(10) / 2;
    Spread::of(draws[aside..draws.len() - aside].iter().copied())
}

/// Of the first row and another.
fn cosine(z: &Array2<f32>, row: usize) -> f64 {
    let dot = |a: usize, b: usize| -> f64 {
        z.row(a).iter().zip(z.row(b)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    dot(0, row) / libm::sqrt(dot(0, 0) * dot(row, row))
}

impl Part for [Meeting; 2] {
    fn measure(seed: u64) -> Self {
        let inputs = [1.0, STARTS[0], STARTS[1], STARTS[2]].map(input);
        let x = Tensor::constant(Array2::from_shape_fn((4, WIDTH), |(row, i)| inputs[row](i)));
        [Relu, Tanh].map(|activation| {
            let recipe = Recipe::mlp(LAYERS).activation(activation).classes(WIDTH);
            let layers = Propagation::of(&recipe).layers;
            let predicted = |start| {
                let mut c = start;
                let course = layers.iter().map(|layer| {
                    let map = CorrelationMap::new(activation, layer.q);
                    let next = map.value(c) / map.value(1.0);
                    std::mem::replace(&mut c, next)
                });
                course.collect()
            };
            // Of each draw: its layers, of each the correlation of every pair.
            let draw = |seed| -> Vec<[f64; 3]> {
                let layers = recipe.clone().seed(seed).build().trace(&x).layers;
                let pairs = |z| [1, 2, 3].map(|row| cosine(z, row));
                layers.iter().map(|layer| pairs(layer.pre_activation.values())).collect()
            };
            let draws: Vec<Vec<[f64; 3]>> = seeds(seed, DRAWS).into_iter().map(draw).collect();
            let most = |layer: usize, pair: usize| of_most(draws.iter().map(|d| d[layer][pair]));
            Meeting {
                activation,
                predicted: STARTS.map(predicted),
                measured: [0, 1, 2].map(|k| (0..LAYERS).map(|layer| most(layer, k)).collect()),
            }
        })
    }

    fn report(&self, report: &mut Report) {
        // A layer of 256 units draws the correlation with a deviation of 1/16 at most, and they add
        // up; the median of sixteen has sqrt(pi/2)/4 of that, and four of these are allowed.
        let follows = |(predicted, measured): (&Vec<f64>, &Vec<Spread>)| {
            count(1, predicted.iter().zip(measured)).all(|(layer, (predicted, measured))| {
                let deviation = libm::sqrt(layer / WIDTH as f64);
                libm::fabs(measured.middle - predicted) < 1.2533 * deviation
            })
        };
        let mut pairs = self.iter().flat_map(|one| one.predicted.iter().zip(&one.measured));
        let [relu, tanh] =
            self.each_ref().map(|one| one.measured.each_ref().map(|pair| pair[LAYERS - 1].middle));
        report.claim(
            "meeting",
            "In sixteen networks the correlation of two inputs follows theory through twelve \
             layers: ReLU brings all of them to 0.85 or more, tanh leaves none above where it \
             began.",
            pairs.all(follows)
                && relu.iter().all(|&c| c > 0.85)
                && tanh.iter().zip(STARTS).all(|(&c, start)| c < start + 0.05),
        );
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "Behind twelve ReLU layers all inputs are alike; tanh keeps them apart";
        let title = report.title(&["meeting"], conclusion, "Two inputs through twelve layers");
        let panels = self.iter().map(|Meeting { activation, predicted, measured }| {
            let chart = Chart::new(activation.in_words())
                .height(330.0)
                .x(Axis::linear("layer", 1.0, 12.0))
                .y(Axis::linear("correlation of pre-activations", -0.2, 1.0));
            predicted.iter().zip(measured).fold(chart, |chart, (theory, measured)| {
                let places = count(1, measured).map(|(l, one)| (l, one.middle, one.low, one.high));
                let places: Vec<_> = places.collect();
                let chart = chart.dashed(colors::THEORY, "", &by_layer(theory));
                chart.intervals(colors::activation(*activation), "", &places)
            })
        });
        let spoken = "Two panels: the correlation of three pairs of inputs over twelve layers. In \
            the ReLU network all three climb towards 1, those that began apart, too. In the tanh \
            network they fall slowly or stay at 0. Measured medians lie on the predicted lines.";
        let subtitle = &format!(
            "12 × 256; dashed: theory; markers: median of {DRAWS} networks; ranges: the middle ten"
        );
        vec![drawn(Panels::new(title, panels.collect()).columns(2), subtitle, spoken)]
    }
}
