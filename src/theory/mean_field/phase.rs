//! What becomes of a signal, and of the correlation of two, in a network without end.

use super::correlation::CorrelationMap;
use crate::recipe::gaussian::{integral, second_moment, slope_second_moment};
use crate::recipe::Activation;

/// Halvings of an interval: more than a double has bits.
const HALVINGS: usize = 80;

/// Layers after which a signal counts as one that settles nowhere.
const LAYERS: usize = 1000;

/// A plain body of infinite width and depth, all its layers alike: weights of deviation
/// `weight_std / sqrt(fan_in)`, biases of deviation `bias_std`.
///
/// ```text
/// q_l = weight_std^2 V(q_{l-1}) + bias_std^2                                the map of q
/// c_l = (weight_std^2 E phi(u) phi(v) + bias_std^2) / q                      the map of c
/// chi_1 = weight_std^2 E phi'(sqrt(q) z)^2                                   its slope at c = 1
/// ```
///
/// Below `chi_1 = 1` two inputs become alike with depth and gradients vanish: *order*. Above, inputs
/// that are alike drift apart and gradients explode: *chaos*. Between them lies the *edge*.
///
/// *Source*: Poole et al. 2016, eq. 3 (the map of q), and `chi_1` there; Schoenholz et al. 2017 (the
/// depth scales).
///
/// # Example: the edge of tanh without biases
/// ```
/// use minigrad::{prelude::*, theory::Phase};
///
/// let order = Phase { activation: Tanh, weight_std: 0.9, bias_std: 0.0 };
/// assert_eq!(order.second_moment(), Some(0.0));
/// assert!((order.chi().unwrap() - 0.81).abs() < 1e-12);        // tanh'(0) = 1
/// let chaos = Phase { weight_std: 1.1, ..order };
/// assert!(chaos.chi().unwrap() > 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// The activation.
    pub activation: Activation,
    /// `sqrt(fan_in Var(W))`, often written `sigma_w`.
    pub weight_std: f64,
    /// Deviation of a bias, often written `sigma_b`.
    pub bias_std: f64,
}

impl Phase {
    /// The phase in which signals settle at second moment `q` and `chi_1` there is `chi`: with `chi` 1,
    /// the edge of chaos. `None` where no bias makes `q` a fixed point.
    ///
    /// ```
    /// use minigrad::{prelude::*, theory::Phase};
    /// let edge = Phase::at(Tanh, 0.5, 1.0).unwrap();
    /// assert!((edge.second_moment().unwrap() - 0.5).abs() < 1e-12);
    /// assert!((edge.chi().unwrap() - 1.0).abs() < 1e-12);
    /// // ReLU has an edge only without biases: fan_in Var(W) = 2, Kaiming.
    /// let edge = Phase::at(Relu, 0.5, 1.0).unwrap();
    /// assert_eq!((edge.weight_std, edge.bias_std), (2f64.sqrt(), 0.0));
    /// ```
    pub fn at(activation: Activation, q: f64, chi: f64) -> Option<Phase> {
        let weights = chi / slope_second_moment(activation, q);
        let biases = q - weights * second_moment(activation, q);
        let phase = |biases| Phase {
            activation,
            weight_std: libm::sqrt(weights),
            bias_std: libm::sqrt(biases),
        };
        (biases >= 0.0).then(|| phase(biases))
    }

    fn weights(&self) -> f64 {
        self.weight_std * self.weight_std
    }

    fn biases(&self) -> f64 {
        self.bias_std * self.bias_std
    }

    /// The second moment of the next layer's pre-activations.
    pub fn next(&self, q: f64) -> f64 {
        self.weights() * second_moment(self.activation, q) + self.biases()
    }

    /// `q*`, where the second moment of any input settles; `None` where it grows without bound or
    /// keeps what the input gave it. Of a smooth one but tanh: where an input of second moment 1 settles.
    pub fn second_moment(&self) -> Option<f64> {
        if self.activation.slope_below().is_some() {
            let slope = self.weights() * slope_second_moment(self.activation, 1.0);
            return (slope < 1.0).then(|| self.biases() / (1.0 - slope));
        }
        if self.activation == Activation::Tanh {
            // The map is concave and below its bound: it crosses the diagonal at most once above 0.
            return match self.bias_std == 0.0 && self.weight_std <= 1.0 {
                true => Some(0.0),
                false => Some(crossing(|q| self.next(q), self.weights() + self.biases()).1),
            };
        }
        let mut q = 1.0;
        for _ in 0..LAYERS {
            let next = self.next(q);
            if libm::fabs(next - q) <= 1e-12 * q {
                return Some(next);
            }
            q = next;
        }
        None
    }

    /// `chi_1` at `q*`, by which a gradient's second moment changes in a layer. Where `q` settles
    /// nowhere, it is known of those alone whose slope no `q` changes, such as ReLU.
    pub fn chi(&self) -> Option<f64> {
        let q = match self.activation.slope_below() {
            Some(_) => 1.0,
            None => self.second_moment()?,
        };
        Some(self.weights() * slope_second_moment(self.activation, q))
    }

    /// `1/|ln chi_1|`: layers in which a gradient's second moment falls by `e` in order, or grows by it
    /// in chaos; infinite at the edge.
    pub fn gradient_depth(&self) -> Option<f64> {
        self.chi().map(|chi| 1.0 / libm::fabs(libm::log(chi)))
    }

    /// `c*`, where the correlation of two different inputs settles: 1 in order, less in chaos. `None`
    /// where `q` settles nowhere, or at 0.
    pub fn correlation(&self) -> Option<f64> {
        self.correlated().map(|(c, _)| c)
    }

    /// `c*` and the slope there of the map of c.
    fn correlated(&self) -> Option<(f64, f64)> {
        let q = self.second_moment().filter(|q| *q > 0.0)?;
        let map = CorrelationMap::new(self.activation, q);
        let next = |c: f64| (self.weights() * map.value(c) + self.biases()) / q;
        let slope = |c: f64| self.weights() * map.slope(c);
        if slope(1.0) <= 1.0 {
            return Some((1.0, slope(1.0)));
        }
        // The map is convex: below 1 it crosses the diagonal once, from above.
        let (c, _) = crossing(next, 1.0);
        Some((c, slope(c)))
    }

    /// `xi_q`: layers in which the distance of `q` from `q*` falls by `e`.
    ///
    /// ```text
    /// xi_q = -1 / ln(weight_std^2 E z phi(sqrt(q*) z) phi'(sqrt(q*) z) / sqrt(q*))
    /// ```
    pub fn signal_depth(&self) -> Option<f64> {
        let q = self.second_moment()?;
        let (phi, root) = (self.activation, libm::sqrt(q));
        let slope = match phi.slope_below() {
            Some(_) => slope_second_moment(phi, q),
            None if q == 0.0 => phi.derivative(0.0) * phi.derivative(0.0),
            None => {
                let [change] = integral(phi, |z| {
                    let (value, slope) = phi.value_and_derivative(root * z);
                    [z * value * slope / root]
                });
                change
            }
        };
        Some(depth(self.weights() * slope))
    }

    /// `xi_c`: layers in which the distance of `c` from `c*` falls by `e`; infinite at the edge. In
    /// order it is `-1/ln chi_1`.
    pub fn correlation_depth(&self) -> Option<f64> {
        match self.correlated() {
            Some((_, slope)) => Some(depth(slope)),
            None => self.chi().filter(|chi| *chi <= 1.0).map(depth),
        }
    }
}

/// Two neighbours between 0 and `high` between which a map comes down to the diagonal.
fn crossing(map: impl Fn(f64) -> f64, mut high: f64) -> (f64, f64) {
    let mut low = 0.0;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if map(middle) > middle {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low, high)
}

/// `-1/ln(slope)`, and infinity where nothing fades.
fn depth(slope: f64) -> f64 {
    if slope >= 1.0 {
        f64::INFINITY
    } else {
        -1.0 / libm::log(slope)
    }
}
