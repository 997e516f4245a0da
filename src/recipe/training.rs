//! How a network is trained, as data.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

use super::check::{MOST_BATCH, MOST_STEPS};
use super::given::{self, Given};
use super::refused::Number;
use super::Refused;

/// How a network is trained: the method, its learning rate, and how long.
///
/// The loss is the mean cross-entropy of a batch drawn with replacement.
///
/// ```
/// use minigrad::prelude::*;
/// let training = Training::sgd(1e-3).momentum(0.9).batch(64).steps(1000);
/// assert_eq!(training.to_string(), "sgd, lr 0.001, momentum 0.9, batch 64, 1000 steps");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Training {
    /// The update rule.
    #[serde(default)]
    pub method: Method,
    /// Learning rate (dimensionless); finite and above 0.
    #[serde(deserialize_with = "given::lr")]
    pub lr: f64,
    /// Inputs a step; 1 to 65,536.
    #[serde(default = "default_batch", deserialize_with = "given::batch")]
    pub batch: usize,
    /// Number of updates; 1 to 1,000,000.
    #[serde(default = "default_steps", deserialize_with = "given::steps")]
    pub steps: usize,
    /// Seed of the batches.
    #[serde(default, deserialize_with = "given::seed")]
    pub seed: u64,
}

fn default_batch() -> usize {
    64
}
fn default_steps() -> usize {
    1000
}

/// The update rule of a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Stochastic gradient descent: `v = momentum v + g`, `w = w - lr v`.
    Sgd {
        /// Share of the previous velocity that is kept, in `[0, 1)`.
        momentum: f64,
    },
    /// Adam (Kingma & Ba 2015, algorithm 1).
    Adam {
        /// Decay of the first moment, in `[0, 1)`; the paper's default is 0.9.
        beta1: f64,
        /// Decay of the second moment, in `[0, 1)`; the paper's default is 0.999.
        beta2: f64,
        /// Added to the root of the second moment; the paper's default is 1e-8.
        epsilon: f64,
    },
}

/// `{"sgd": {"momentum": 0.9}}`, every constant given.
impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Method, D::Error> {
        Method::of(Given::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

impl Method {
    fn of(given: Given) -> Result<Method, String> {
        let expected = r#"{"sgd": {"momentum": 0.9}} or {"adam": {...}}"#;
        let unknown = |given: &Given| Refused::new("method", given, expected).to_string();
        let Given::Object(one) = &given else { return Err(unknown(&given)) };
        if one.len() != 1 {
            return Err(unknown(&given));
        }
        let need = |name: &str, value: Option<Given>| {
            value.ok_or_else(|| format!("method: missing field `{name}`"))
        };
        let share = |name: &'static str, value| {
            need(name, value)?.number(name, Refused::unless_share).map_err(|r| r.to_string())
        };
        match given.fields("method", ["sgd", "adam"], expected)? {
            [Some(sgd), _] => {
                let [momentum] = sgd.fields("sgd", ["momentum"], r#"{"momentum": 0.9}"#)?;
                Ok(Method::Sgd { momentum: share("momentum", momentum)? })
            }
            [_, adam] => {
                let expected = r#"{"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}"#;
                let names = ["beta1", "beta2", "epsilon"];
                let [beta1, beta2, epsilon] =
                    need("adam", adam)?.fields("adam", names, expected)?;
                let epsilon = need("epsilon", epsilon)?
                    .number("epsilon", Refused::unless_positive)
                    .map_err(|refused| refused.to_string())?;
                Ok(Method::Adam {
                    beta1: share("beta1", beta1)?,
                    beta2: share("beta2", beta2)?,
                    epsilon,
                })
            }
        }
    }
}

/// Plain gradient descent, without momentum.
impl Default for Method {
    fn default() -> Method {
        Method::Sgd { momentum: 0.0 }
    }
}

impl Training {
    /// Stochastic gradient descent without momentum; batch 64, 1000 steps.
    pub fn sgd(lr: f64) -> Training {
        Training {
            method: Method::default(),
            lr,
            batch: default_batch(),
            steps: default_steps(),
            seed: 0,
        }
    }

    /// Adam with the paper's constants; batch 64, 1000 steps.
    pub fn adam(lr: f64) -> Training {
        let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        Training { method, ..Training::sgd(lr) }
    }

    /// Momentum of SGD. For Adam, the decay of the first moment, which plays the same part.
    pub fn momentum(self, momentum: f64) -> Training {
        let method = match self.method {
            Method::Sgd { .. } => Method::Sgd { momentum },
            Method::Adam { beta2, epsilon, .. } => Method::Adam { beta1: momentum, beta2, epsilon },
        };
        Training { method, ..self }
    }

    /// Inputs a step.
    pub fn batch(self, batch: usize) -> Training {
        Training { batch, ..self }
    }

    /// Number of updates.
    pub fn steps(self, steps: usize) -> Training {
        Training { steps, ..self }
    }

    /// Seed of the batches; weights and data have their own.
    pub fn seed(self, seed: u64) -> Training {
        Training { seed, ..self }
    }

    /// Share of the previous velocity that gradient descent keeps. For Adam, the decay of the first
    /// moment.
    pub(crate) fn momentum_share(&self) -> f64 {
        match self.method {
            Method::Sgd { momentum } => momentum,
            Method::Adam { beta1, .. } => beta1,
        }
    }

    /// The spans of steps `(start, end)` over which loss curves are compared: 0 to 1, 1 to 2, 2 to
    /// 4 and so on, and the last tenth.
    ///
    /// # Panics
    /// If [`check`](Training::check) refuses the number of steps.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let windows = Training::sgd(0.1).steps(20).windows();
    /// assert_eq!(windows, [(0, 1), (1, 2), (2, 4), (4, 8), (8, 16), (16, 20), (18, 20)]);
    /// ```
    #[track_caller]
    pub fn windows(&self) -> Vec<(usize, usize)> {
        if let Err(refused) = self.check_steps() {
            panic!("windows: {refused}");
        }
        let starts = std::iter::successors(Some(1), |start| Some(2 * start));
        let spans = starts.take_while(|&start| start < self.steps);
        let spans = spans.map(|start| (start, (2 * start).min(self.steps)));
        let last = self.steps - (self.steps / 10).max(1);
        [(0, 1)].into_iter().chain(spans).chain([(last, self.steps)]).collect()
    }

    fn check_steps(&self) -> Result<(), Refused> {
        Refused::unless_within("steps", self.steps, 1, MOST_STEPS)
    }

    /// Accepts the training, or names the first impossible value.
    ///
    /// # Errors
    /// `lr` or `epsilon` not finite or not positive, a decay outside `[0, 1)`, a batch that is not
    /// from 1 to 65,536, steps that are not from 1 to 1,000,000.
    pub fn check(&self) -> Result<(), Refused> {
        Refused::unless_positive("lr", self.lr)?;
        Refused::unless_within("batch", self.batch, 1, MOST_BATCH)?;
        self.check_steps()?;
        match self.method {
            Method::Sgd { momentum } => Refused::unless_share("momentum", momentum),
            Method::Adam { beta1, beta2, epsilon } => {
                Refused::unless_share("beta1", beta1)?;
                Refused::unless_share("beta2", beta2)?;
                Refused::unless_positive("epsilon", epsilon)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Training {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Training, D::Error> {
        let training = Training::deserialize(from)?;
        training.check().map_err(serde::de::Error::custom)?;
        Ok(training)
    }
}

impl Serialize for Training {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Training::serialize(self, to)
    }
}

impl fmt::Display for Training {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Training { method, batch, steps, .. } = self;
        let lr = Number(self.lr);
        match method {
            Method::Sgd { momentum } => write!(f, "sgd, lr {lr}, momentum {}", Number(*momentum))?,
            Method::Adam { beta1, beta2, .. } => {
                write!(f, "adam, lr {lr}, betas {}, {}", Number(*beta1), Number(*beta2))?
            }
        }
        write!(f, ", batch {batch}, {steps} steps")
    }
}
