//! What one step on an input moves at another, by theory and in drawn networks.

use super::kernel::{curve, tangent, DEPTHS};
use super::meeting::{input, DRAWS, WIDTH};
use super::*;

/// Correlations with the input of the step.
const AT: [f64; 7] = [-0.5, -0.25, 0.0, 0.25, 0.5, 0.8, 1.0];

/// In networks of one depth.
#[derive(Serialize, Deserialize)]
pub struct Reach {
    pub depth: usize,
    /// Of each correlation: the mean of the networks and its standard error.
    pub measured: [(f64, f64, f64); 7],
}

/// Of the first logit, by every parameter.
fn gradient(network: &Network, c: f64) -> Vec<f64> {
    let input = input(c);
    let x = Tensor::constant(Array2::from_shape_fn((1, WIDTH), |(_, i)| input(i)));
    let gradients = network.forward(&x).backward_from(&array![[1.0, 0.0]]);
    let of_each = network.parameters().filter_map(|theta| gradients.get(theta));
    of_each.flat_map(|gradient| gradient.iter().map(|&g| f64::from(g))).collect()
}

impl Part for [Reach; 2] {
    fn measure(seed: u64) -> Self {
        DEPTHS.map(|depth| {
            let draw = |seed| {
                let network = Recipe::mlp(depth).seed(seed).build();
                let step = gradient(&network, 1.0);
                AT.map(|c| step.iter().zip(gradient(&network, c)).map(|(a, b)| a * b).sum::<f64>())
            };
            let draws: Vec<[f64; 7]> = seeds(seed, DRAWS).into_iter().map(draw).collect();
            let measured = std::array::from_fn(|k| {
                let middle = mean(draws.iter().map(|draw| draw[k]));
                let square = |draw: &[f64; 7]| (draw[k] - middle) * (draw[k] - middle);
                let n = DRAWS as f64;
                let squares: f64 = draws.iter().map(square).sum();
                (AT[k], middle, libm::sqrt(squares / (n * (n - 1.0))))
            });
            Reach { depth, measured }
        })
    }

    fn report(&self, report: &mut Report) {
        let mut all = self.iter().flat_map(|reach| reach.measured.map(|one| (reach.depth, one)));
        let follows =
            |(depth, (c, mean, error))| libm::fabs(mean - tangent(depth, c)) < 4.0 * error;
        let sentence = "In sixteen networks of two and of twelve layers a step on one input moves \
            others as the kernel says, within four standard errors.";
        report.claim("reach", sentence, all.all(follows));
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "A step on one input moves the others by what they share with it";
        let title =
            report.title(&["reach"], conclusion, "What a step on one input moves at others");
        let panels = self.iter().map(|Reach { depth, measured }| {
            let curve: Vec<(f64, f64)> = curve(*depth).filter(|(c, _)| *c >= -0.55).collect();
            let top = curve.iter().map(|place| place.1).fold(0.0, f64::max);
            let low = curve.iter().map(|place| place.1).fold(0.0, f64::min);
            let measured =
                measured.map(|(c, at, error)| (c, at, at - 2.0 * error, at + 2.0 * error));
            Chart::new(&format!("{depth} layers"))
                .height(300.0)
                .x(Axis::linear("correlation of the two", -0.55, 1.05))
                .y(Axis::linear("moved, per rate and error", 1.2 * low, 1.3 * top))
                .dashed(colors::THEORY, "", &curve)
                .intervals(colors::MEASURED, "", &measured)
        });
        let spoken =
            "Two panels, for two and for twelve layers: how far a step on one input moves the \
             output at another, against the correlation of the two. It is little below 0, rises \
             evenly from there, and steeply at 1, where both are the same input. The rings lie on \
             the dashed line.";
        let subtitle = &format!(
            "256 wide, ReLU, Kaiming; dashed: kernel by theory; rings: mean of {DRAWS} networks, ± \
             2 standard errors"
        );
        vec![drawn(Panels::new(title, panels.collect()).columns(2), subtitle, spoken)]
    }
}
