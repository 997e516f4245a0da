//! How much a network of finite width differs from another draw of its weights.

use super::moments::Scatter;
use crate::recipe::Weights;

/// Relative variance of the squared length of what passes towards `fan_in`, to first order.
fn backwards(weights: &Weights) -> f64 {
    length(weights.init.is_orthogonal(), weights.fan_out, weights.fan_in)
}

/// The same towards `fan_out`.
fn forwards(weights: &Weights) -> f64 {
    length(weights.init.is_orthogonal(), weights.fan_in, weights.fan_out)
}

/// Independent normal entries make a sum of `to` squares: `2/to`. Orthonormal vectors keep all of a
/// length where they are enough, and of its square the share of a random subspace where not.
fn length(orthogonal: bool, from: usize, to: usize) -> f64 {
    let all = 2.0 / to as f64;
    if orthogonal {
        (all - 2.0 / from as f64).max(0.0)
    } else {
        all
    }
}

/// Variances over the draws of the weights, gathered from the output of a network to its input.
#[derive(Default)]
pub(super) struct Draws {
    /// Log-variance of the squared gradient so far, without and with what norms divide out.
    pub(super) noise: f64,
    normed: f64,
    /// The matrix above, what stands below it, and whether a norm stands above.
    above: Option<Weights>,
    activation: Option<(Scatter, bool)>,
    has_norm: bool,
    norm_above: bool,
    /// Part of the kernel and `normed`, of each matrix.
    parts: Vec<(f64, f64)>,
}

impl Draws {
    pub(super) fn activation(&mut self, scatter: Scatter) {
        self.activation = Some((scatter, self.norm_above));
    }

    pub(super) fn norm(&mut self) {
        (self.has_norm, self.norm_above) = (true, true);
    }

    /// A matrix whose part of the kernel is `part`, in a branch of this share.
    pub(super) fn linear(&mut self, weights: Weights, part: f64, share: f64) {
        if let Some(above) = self.above {
            let units = weights.fan_out as f64;
            let mut back = backwards(&above);
            let mut divided = 0.0;
            if let Some((scatter, norm_above)) = self.activation {
                back += (scatter.slope - 2.0) / units;
                let fixed = if self.has_norm { scatter.at_fixed_length() } else { scatter };
                divided += (fixed.slope - scatter.slope) / units;
                if norm_above {
                    divided += (fixed.value - 2.0 * fixed.both) / units;
                }
            }
            if self.has_norm || (self.norm_above && self.activation.is_none()) {
                divided += forwards(&weights);
            }
            self.noise += share * share * back;
            self.normed += share * share * (back + divided);
        }
        self.parts.push((part, self.normed));
        (self.above, self.activation, self.has_norm) = (Some(weights), None, false);
    }

    /// Relative variance of the kernel of a network whose every path goes through a norm:
    ///
    /// ```text
    /// sum over matrices l, m of  part_l part_m exp(x_max(l, m)) - 1
    /// ```
    ///
    /// with the parts relative to the kernel and `x_l` the log-variance of the gradient behind
    /// matrix `l`: two matrices share what lies behind the later one.
    pub(super) fn spread(&self) -> f64 {
        let total: f64 = self.parts.iter().map(|(part, _)| part).sum();
        let (mut below, mut second) = (1.0, 0.0);
        for (part, x) in &self.parts {
            let share = part / total;
            second += share * (2.0 * below - share) * libm::exp(*x);
            below -= share;
        }
        second - 1.0
    }
}
