//! The tangent kernel of ReLU networks over the correlation of two inputs.

use super::meeting::WIDTH;
use super::*;
use minigrad::theory::Pairs;

/// Layers of the networks, the readout included.
pub(super) const DEPTHS: [usize; 2] = [2, 12];

/// The kernel of one logit where two inputs are equal, in its parts.
#[derive(Serialize, Deserialize)]
pub struct Parts {
    pub depth: usize,
    pub common: f64,
    pub linear: f64,
    pub own: f64,
    /// The largest relative distance of the formula from the library's kernel, where that is known.
    #[serde(with = "real")]
    pub error: f64,
}

/// The kernel written out: `sum of S (n H + 1)` over the layers, with the correlation forwards and
/// the product of the gradients backwards.
pub(super) fn tangent(depth: usize, c: f64) -> f64 {
    // Kaiming: every pre-activation has second moment 2, and every matrix doubles.
    let map = CorrelationMap::new(Relu, 2.0);
    // What each layer sees, and the correlation of its own pre-activations.
    let layers = std::iter::successors(Some((c, c)), |&(_, correlation)| {
        let h = map.value(correlation);
        Some((h, h / map.value(1.0)))
    });
    let layers: Vec<(f64, f64)> = layers.take(depth).collect();
    let (mut s, mut sum) = (1.0, 0.0);
    for (layer, (h, correlation)) in layers.into_iter().enumerate().rev() {
        if layer + 1 < depth {
            s *= 2.0 * map.slope(correlation);
        }
        sum += s * (WIDTH as f64 * h + 1.0);
    }
    sum
}

/// Correlation and kernel, denser towards the ends, where it bends.
pub(super) fn curve(depth: usize) -> impl Iterator<Item = (f64, f64)> {
    let all = (0..=80).map(|i| -libm::cos(std::f64::consts::PI * f64::from(i) / 80.0));
    all.map(move |c| (c, tangent(depth, c)))
}

impl Part for [Parts; 2] {
    fn measure(_: u64) -> Self {
        DEPTHS.map(|depth| {
            let known = Kernel::of(&Recipe::mlp(depth)).tangent;
            let typical = 1.0 / libm::sqrt(WIDTH as f64);
            let Pairs { same, apart, towards, away } = known;
            let pairs = [(1.0, same), (0.0, apart), (typical, towards), (-typical, away)];
            let error = pairs.map(|(c, known)| libm::fabs(tangent(depth, c) / known - 1.0));
            let (common, linear, own) = (known.common(), known.linear(WIDTH), known.own(WIDTH));
            Parts { depth, common, linear, own, error: highest(error) }
        })
    }

    fn report(&self, report: &mut Report) {
        let sentence = "The drawn kernel is the library's where two inputs are equal, orthogonal \
            or as far from that as chance takes them.";
        report.claim("formula", sentence, self.iter().all(|parts| parts.error < 1e-9));
        let [two, twelve] = self;
        let sentence = "Twelve ReLU layers have more than ten times the own part of two, and no \
            more of the linear part.";
        report.claim("parts", sentence, twelve.own > 10.0 * two.own && twelve.linear < two.linear);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "Depth adds to what inputs share and to what each has alone, not to the \
            line";
        let title = report.title(&["parts"], conclusion, "The tangent kernel and its parts");
        let panels = self.iter().map(|&Parts { depth, common, linear, own, .. }| {
            let (line_end, top) = (common + linear, common + linear + own);
            let chance = 2.0 / 16.0;
            let curve: Vec<(f64, f64)> = curve(depth).filter(|(c, _)| *c >= -0.5).collect();
            let line_start = common - 0.5 * linear;
            let low = curve.iter().map(|p| p.1).fold(line_start, f64::min).min(0.0);
            let shade = [-chance, chance].map(|c| (c, 2.0 * low, 2.0 * top));
            let chart = Chart::new(&format!("{depth} layers"))
                .height(300.0)
                .x(Axis::linear("correlation c", -0.5, 1.0))
                .y(Axis::linear("kernel Θ(c)", 1.05 * low, 1.05 * top))
                .band(Color::Muted, &shade)
                .dashed(colors::THEORY, "", &[(-0.5, line_start), (1.0, line_end)])
                .line(Color::Muted, "", &curve);
            // From 0 upwards at c = 1; each is named at its middle.
            let parts = [
                (Color::D, "common", 0.0, common),
                (Color::F, "linear", common, line_end),
                (Color::E, "own", line_end, top),
            ];
            parts.into_iter().fold(chart, |chart, (color, name, from, to)| {
                let line = [from, to, 0.5 * (from + to)].map(|theta| (1.0, theta));
                chart.line(color, &format!("{name} {:.0}", to - from), &line)
            })
        });
        let spoken = "Two panels, for two and for twelve layers: the kernel against the \
            correlation of two inputs. Near 0 it is a straight line; towards 1 it rises above that \
            line. At 1 it is split into its common, linear and own part.";
        let subtitle = "256 wide, ReLU, Kaiming; shaded: where two different inputs lie; dashed: \
            common + linear c";
        vec![drawn(Panels::new(title, panels.collect()).columns(2), subtitle, spoken)]
    }
}
