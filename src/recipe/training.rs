//! How a network is trained, as data.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::given;
use super::refused::{Number, MOST_BATCH, MOST_STEPS};
use super::{is_zero, Method, Refused};

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
    /// Share of itself that a parameter loses in a step, over the learning rate; finite and from 0
    /// up, 0 for none. SGD adds it times the parameter to the gradient, Adam takes it from the
    /// parameter.
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "given::weight_decay")]
    pub weight_decay: f64,
    /// Steps over which the rate rises to `lr`; at most `steps`, 0 for none.
    #[serde(default, skip_serializing_if = "is_none", deserialize_with = "given::warm_up")]
    pub warm_up: usize,
    /// The largest Euclidean norm that the gradient by all parameters keeps; finite and above 0.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given::clip_norm"
    )]
    pub clip_norm: Option<f64>,
}

fn is_none(steps: &usize) -> bool {
    *steps == 0
}

fn default_batch() -> usize {
    64
}
fn default_steps() -> usize {
    1000
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
            weight_decay: 0.0,
            warm_up: 0,
            clip_norm: None,
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

    /// Shortens the gradient by all parameters together to the Euclidean norm `most` wherever it is
    /// longer, as PyTorch's `clip_grad_norm_` does: every gradient times
    /// `min(1, most/(norm + 1e-6))`.
    ///
    /// *Source*: Pascanu, Mikolov & Bengio 2013, algorithm 1.
    pub fn clip_norm(self, most: f64) -> Training {
        Training { clip_norm: Some(most), ..self }
    }

    /// Share of the previous velocity that gradient descent keeps, in `[0, 1)`. For Adam, the decay
    /// of the first moment.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Training::sgd(0.1).momentum_share(), 0.0);
    /// assert_eq!(Training::adam(0.1).momentum(0.8).momentum_share(), 0.8);
    /// ```
    pub fn momentum_share(&self) -> f64 {
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
    /// from 1 to 65,536, steps that are not from 1 to 1,000,000, a weight decay that is negative or not
    /// finite, a warm-up longer than the run, a clip norm that is not finite or not positive.
    pub fn check(&self) -> Result<(), Refused> {
        Refused::unless_positive("lr", self.lr)?;
        Refused::unless_within("batch", self.batch, 1, MOST_BATCH)?;
        self.check_steps()?;
        Refused::unless_deviation("weight_decay", self.weight_decay)?;
        Refused::unless_within("warm_up", self.warm_up, 0, self.steps)?;
        self.clip_norm.map_or(Ok(()), |most| Refused::unless_positive("clip_norm", most))?;
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

setters! { Training;
    /// Inputs a step.
    batch: usize;
    /// Number of updates.
    steps: usize;
    /// Seed of the batches; weights and data have their own.
    seed: u64;
    /// Weight decay, for every parameter: weights, biases, gains and shifts.
    ///
    /// ```text
    /// SGD   g = g + weight_decay w             before the momentum
    /// Adam  w = w - lr weight_decay w          before the step, apart from the moments
    /// ```
    ///
    /// *Source*: for Adam, Loshchilov & Hutter 2019 (AdamW); both as in PyTorch's `SGD` and `AdamW`.
    weight_decay: f64;
    /// A rate that rises in a line over the first `warm_up` updates: step `t = 0, 1, ...` has the rate
    /// `lr min(1, (t + 1)/warm_up)`.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let training = Training::sgd(0.1).warm_up(4).steps(300);
    /// assert_eq!(training.to_string(), "sgd, lr 0.1, momentum 0, warm-up 4, batch 64, 300 steps");
    /// ```
    warm_up: usize;
}

given::checked!(Training);

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
        if self.weight_decay != 0.0 {
            write!(f, ", weight decay {}", Number(self.weight_decay))?;
        }
        if self.warm_up != 0 {
            write!(f, ", warm-up {}", self.warm_up)?;
        }
        if let Some(most) = self.clip_norm {
            write!(f, ", clip norm {}", Number(most))?;
        }
        let s = if *steps == 1 { "" } else { "s" };
        write!(f, ", batch {batch}, {steps} step{s}")
    }
}
