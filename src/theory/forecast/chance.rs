//! How sure a verdict is.

use super::kind::Kind;
use super::stability::Stability;
use super::task::Task;
use super::verdict::{Verdict, GUESS};
use crate::recipe::{Activation, Method, Op, Plan, Training};

/// Share of networks of which nothing is known: no outcome is ever ruled out.
const UNKNOWN: f64 = 0.02;

/// Of the networks that were measured, the readout included.
const MOST_LAYERS: f64 = 66.0;

/// A probability for each verdict; they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability {
    /// That the loss leaves the finite numbers, or ends above its start.
    pub diverges: f64,
    /// That the loss stays near that of a guess.
    pub vanishes: f64,
    /// That the loss ends at half that of a guess, or below.
    pub trains: f64,
}

impl Probability {
    /// The probability of one verdict.
    pub fn of(&self, verdict: Verdict) -> f64 {
        match verdict {
            Verdict::Diverges => self.diverges,
            Verdict::Vanishes => self.vanishes,
            Verdict::Trains => self.trains,
        }
    }

    /// The verdicts, the most likely one first.
    pub fn ranked(&self) -> [Verdict; 3] {
        let mut all = [Verdict::Trains, Verdict::Vanishes, Verdict::Diverges];
        all.sort_by(|&a, &b| self.of(b).total_cmp(&self.of(a)));
        all
    }
}

/// What the first updates, and the time that is left, do to a network: a probability each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Risks {
    /// They rewrite it.
    pub rewritten: f64,
    /// They drive all inputs to one output.
    pub collapses: f64,
    /// They leave it as it is, and it learns too slowly.
    pub slow: f64,
    /// If they rewrite it, its loss stays near that of a guess.
    pub held: f64,
}

/// How large the first updates may be, and how sure that is: the ten fitted numbers of the verdict, and
/// one of the curve's band.
///
/// A network fails where a size exceeds its limit. Theory misses the logarithm of a size by a normal
/// error, and so has a probability of each failure:
///
/// ```text
/// P(rewritten) = Phi(ln(push / limit of its kind) / movement_error)
/// P(collapses) = Phi(ln(collapse / limit) / collapse_error)             0 but for enclosed networks
/// P(slow)      = Phi(ln(final loss / (ln(2)/2) / push^haste) / loss_error)   of the predicted curve
/// P(trains)    = product of the three (1 - P)
/// P(diverges)  = P(rewritten) (1 - P(held))
/// P(held)      = Phi(-ln(readout / limit) / movement_error)             of enclosed networks
/// ```
///
/// and the rest vanishes. `haste` is 0 for enclosed networks; of the others a share `held` stays near a
/// guess. 2 % are set aside for what is unknown, a third for each verdict. The errors are those of the
/// model and of the draws together.
///
/// All were fitted by likelihood to the measurements in `labs/data`; what each buys is in the book's
/// page on calibration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Push at which half of the networks without norms are rewritten.
    pub bare: f64,
    /// The same beside a stream.
    pub streamed: f64,
    /// The same where every path goes through norms.
    pub enclosed: f64,
    /// Collapse at which half of the networks collapse.
    pub collapse: f64,
    /// Error of the logarithm of a push.
    pub movement_error: f64,
    /// Error of the logarithm of a collapse.
    pub collapse_error: f64,
    /// Error of the logarithm of the final loss.
    pub loss_error: f64,
    /// How much sooner large updates learn than the curve says, where a path avoids all norms: the
    /// power of the push.
    pub haste: f64,
    /// Share of the rewritten networks whose loss stays near that of a guess, where a path avoids
    /// all norms.
    pub held: f64,
    /// Step of a logit by the readout at which half of the rewritten networks stay near a guess, where
    /// every path goes through norms.
    pub readout: f64,
    /// Error of the logarithm of a loss near a guess at the edge of stability, beside that of the draw.
    /// The band of the curve uses it, the verdict does not.
    pub curve_error: f64,
}

impl Limits {
    /// Those of every prediction.
    pub const FITTED: Limits = Limits {
        bare: 5.2,
        streamed: 6.7,
        enclosed: 13.0,
        collapse: 3.6,
        movement_error: 0.34,
        collapse_error: 0.35,
        loss_error: 0.68,
        haste: 0.14,
        held: 0.044,
        readout: 29.0,
        curve_error: 0.7,
    };

    /// Those of every prediction of Adam: seven, fitted to `labs/data/adam.jsonl`. Of the enclosed
    /// networks there none diverged; there is no collapse.
    pub const ADAM: Limits = Limits {
        bare: 39.3,
        streamed: 103.0,
        enclosed: 6.6,
        collapse: f64::INFINITY,
        movement_error: 0.61,
        collapse_error: 1.0,
        loss_error: 0.43,
        haste: 0.0,
        held: 0.28,
        readout: f64::INFINITY,
        curve_error: 1.5,
    };

    /// Those of a training's update rule.
    pub fn of(training: &Training) -> Limits {
        match training.method {
            Method::Sgd { .. } => Limits::FITTED,
            Method::Adam { .. } => Limits::ADAM,
        }
    }

    /// What of a plan, its training and its task lies beyond the measurements that the numbers were
    /// fitted to: there a probability extrapolates.
    pub fn beyond(plan: &Plan, training: &Training, task: &Task) -> Option<String> {
        let width = plan.shapes().last().map_or(0, |(fan_in, _)| *fan_in);
        let ([layers, widths, rates, steps], moments) = match training.method {
            Method::Sgd { momentum } => (
                [(2.0, MOST_LAYERS), (64.0, 256.0), (1.2e-5, 2.6), (150.0, 1000.0)],
                [("momentum", momentum, 0.9), ("momentum", momentum, 0.9)],
            ),
            Method::Adam { beta1, beta2, .. } => (
                [(4.0, 53.0), (32.0, 256.0), (1e-5, 0.1), (200.0, 300.0)],
                [("beta1", beta1, 0.9), ("beta2", beta2, 0.999)],
            ),
        };
        let one =
            |(name, value, measured): (&'static str, f64, f64)| (name, value, (measured, measured));
        let book = Task::default();
        let fields = [
            ("number of layers", plan.layers().len() as f64, layers),
            ("width", width as f64, widths),
            ("lr", training.lr, rates),
            ("steps", training.steps as f64, steps),
            one(moments[0]),
            one(moments[1]),
            one(("batch", training.batch as f64, 64.0)),
            one(("inputs", task.inputs as f64, book.inputs as f64)),
            one(("examples", task.examples as f64, book.examples as f64)),
        ];
        let said = |(name, value, (low, high)): (&str, f64, (f64, f64))| match low == high {
            true => format!("{name} {value} is not {low}, which was measured"),
            false => format!("{name} {value} lies outside {low} to {high}, which was measured"),
        };
        let beyond = fields.into_iter().find(|(_, value, (low, high))| value < low || value > high);
        let activation = || plan.layers().iter().find_map(|layer| unmeasured(layer));
        let named = || Some(format!("activation {} was not measured", activation()?));
        beyond.map(said).or_else(named)
    }

    /// The push that half of the networks of a kind survive.
    pub fn push(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Bare => self.bare,
            Kind::Streamed => self.streamed,
            Kind::Enclosed => self.enclosed,
        }
    }

    // ANCHOR: chances
    /// The risks of a network whose signal stays finite, given its loss at the end if the first
    /// updates leave it as it is.
    pub fn risks(&self, stability: &Stability, stable_end: f64) -> Risks {
        let beyond = |size: f64, limit: f64, error: f64| normal(libm::log(size / limit) / error);
        let collapses =
            stability.collapse.map_or(0.0, |size| beyond(size, self.collapse, self.collapse_error));
        let is_enclosed = stability.kind == Kind::Enclosed;
        let late = if is_enclosed { 1.0 } else { libm::pow(stability.push, self.haste) };
        Risks {
            rewritten: beyond(stability.push, self.push(stability.kind), self.movement_error),
            collapses,
            slow: beyond(stable_end, 0.5 * GUESS * late, self.loss_error),
            held: match is_enclosed {
                true => 1.0 - beyond(stability.readout, self.readout, self.movement_error),
                false => self.held,
            },
        }
    }

    /// What follows from the risks; `None` stands for a signal that is not finite.
    pub fn probability(&self, risks: Option<Risks>) -> Probability {
        let Some(Risks { rewritten, collapses, slow, held }) = risks else {
            return mixed(1.0 - self.held, 0.0);
        };
        let trains = (1.0 - rewritten) * (1.0 - collapses) * (1.0 - slow);
        mixed(rewritten * (1.0 - held), trains)
    }
    // ANCHOR_END: chances
}

/// The first activation that no measured network had.
fn unmeasured(ops: &[Op]) -> Option<Activation> {
    use Activation::*;
    ops.iter().find_map(|op| match op {
        Op::Activation(Identity | Relu | Tanh | Gelu | Silu) => None,
        Op::Activation(phi) => Some(*phi),
        Op::Residual(branch) => unmeasured(branch),
        _ => None,
    })
}

fn mixed(diverges: f64, trains: f64) -> Probability {
    let known = |p: f64| (1.0 - UNKNOWN) * p + UNKNOWN / 3.0;
    Probability {
        diverges: known(diverges),
        vanishes: known(1.0 - diverges - trains),
        trains: known(trains),
    }
}

/// Probability that a standard normal number is below `z`; what is not a number exceeds nothing.
fn normal(z: f64) -> f64 {
    if z.is_nan() {
        return 0.0;
    }
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stability(push: f64, kind: Kind, collapse: Option<f64>) -> Stability {
        let (lambda, sharpness, mean_sharpness) = (0.0, 0.0, 0.0);
        let (movement, readout) = (push, push);
        Stability { lambda, sharpness, mean_sharpness, movement, push, collapse, readout, kind }
    }

    /// At a limit the risk is one half; one error above it is Phi(1) = .8413.
    #[test]
    fn a_size_at_its_limit_fails_half_of_the_time() {
        let limits = Limits::FITTED;
        let at = stability(limits.bare, Kind::Bare, None);
        let risks = limits.risks(&at, 1e-9);
        assert!((risks.rewritten - 0.5).abs() < 1e-12 && risks.collapses == 0.0);
        assert!(risks.slow < 1e-12);
        let beyond = limits.collapse * libm::exp(limits.collapse_error);
        let risks = limits.risks(&stability(1e-9, Kind::Enclosed, Some(beyond)), 0.5 * GUESS);
        assert!((risks.collapses - 0.841_344_746).abs() < 1e-8, "{risks:?}");
        assert!((risks.slow - 0.5).abs() < 1e-12 && risks.rewritten < 1e-12);
    }

    #[test]
    fn probabilities_sum_to_one_and_rule_nothing_out() {
        let limits = Limits::FITTED;
        for kind in [Kind::Bare, Kind::Streamed, Kind::Enclosed] {
            for size in [0.0, 1.0, 10.0, 1e300, f64::INFINITY] {
                let risks = limits.risks(&stability(size, kind, Some(size)), 0.1);
                let p = limits.probability(Some(risks));
                let all = [p.diverges, p.vanishes, p.trains];
                assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{p:?}");
                assert!(all.iter().all(|&p| p >= UNKNOWN / 3.0 - 1e-12), "{p:?}");
            }
        }
        let overflowing = limits.probability(None);
        assert_eq!(overflowing.ranked()[0], Verdict::Diverges);
    }
}
