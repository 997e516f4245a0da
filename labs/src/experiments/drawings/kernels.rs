//! The tangent kernel of ReLU networks as a function of the correlation of two inputs.

use crate::experiments::{Claim, Report};
use minigrad::recipe::{Activation, Recipe};
use minigrad::theory::{CorrelationMap, Kernel, Pairs};

/// The networks that are drawn: layers, the readout included.
pub const DEPTHS: [usize; 2] = [2, 12];
const WIDTH: usize = 256;

/// The kernel of one logit of a ReLU network of width 256 with Kaiming weights.
#[derive(Clone, Debug)]
pub struct KernelCurve {
    /// Layers, the readout included.
    pub depth: usize,
    /// Correlation of two inputs, and the kernel.
    pub curve: Vec<(f64, f64)>,
    /// The kernel where the library computes it.
    pub tangent: Pairs,
}

/// The kernel written out: `sum of S (n H + 1)` over the layers, with the correlation forwards and
/// the product of the gradients backwards.
pub(super) fn tangent(depth: usize, c: f64) -> f64 {
    // Kaiming: every pre-activation has second moment 2, and every matrix doubles.
    let map = CorrelationMap::new(Activation::Relu, 2.0);
    let (mut correlation, mut seen) = (c, vec![]);
    for layer in 0..depth {
        let h = if layer == 0 { c } else { map.value(correlation) };
        if layer > 0 {
            correlation = h / map.value(1.0);
        }
        // What the layer sees, and the correlation of its own pre-activations.
        seen.push((h, correlation));
    }
    let (mut s, mut sum) = (1.0, 0.0);
    for (layer, (h, _)) in seen.iter().enumerate().rev() {
        sum += s * (WIDTH as f64 * h + 1.0);
        if layer > 0 {
            s *= 2.0 * map.slope(seen[layer - 1].1);
        }
    }
    sum
}

pub(super) fn kernels() -> Vec<KernelCurve> {
    let of = |depth| KernelCurve {
        depth,
        // Denser towards the ends, where the kernel bends.
        curve: (0..=80)
            .map(|i| -libm::cos(std::f64::consts::PI * f64::from(i) / 80.0))
            .map(|c| (c, tangent(depth, c)))
            .collect(),
        tangent: Kernel::of(&Recipe::mlp(depth)).tangent,
    };
    DEPTHS.map(of).into()
}

impl KernelCurve {
    /// Common, linear and own part.
    pub fn parts(&self) -> [f64; 3] {
        [self.tangent.common(), self.tangent.linear(WIDTH), self.tangent.own(WIDTH)]
    }

    /// The largest relative distance of the formula from the library's kernel where that is known.
    fn error(&self) -> f64 {
        let typical = 1.0 / libm::sqrt(WIDTH as f64);
        let Pairs { same, apart, towards, away } = self.tangent;
        [(1.0, same), (0.0, apart), (typical, towards), (-typical, away)]
            .map(|(c, known)| libm::fabs(tangent(self.depth, c) / known - 1.0))
            .into_iter()
            .fold(0.0, |worst, error| if error > worst || error.is_nan() { error } else { worst })
    }
}

pub(super) fn say(report: &mut Report, kernels: &[KernelCurve]) {
    for kernel in kernels {
        let (c, theta): (Vec<f64>, Vec<f64>) = kernel.curve.iter().copied().unzip();
        report.series(format!("kernel {} c", kernel.depth), c);
        report.series(format!("kernel {} theta", kernel.depth), theta);
        report.series(format!("kernel {} parts", kernel.depth), kernel.parts());
    }
    report.claims.push(Claim::new(
        "The drawn kernel is the library's where two inputs are equal, orthogonal or as far from \
         that as chance takes them.",
        kernels.iter().all(|kernel| kernel.error() < 1e-9) && !kernels.is_empty(),
    ));
    let parts: Vec<[f64; 3]> = kernels.iter().map(KernelCurve::parts).collect();
    report.claims.push(Claim::new(
        "Twelve ReLU layers have more than ten times the own part of two, and no more of the linear \
         part.",
        matches!(parts[..], [[_, line, own], [_, deep_line, deep_own]]
            if deep_own > 10.0 * own && deep_line < line),
    ));
}
