//! The prediction: verdict, reason and loss curve, before anything is built.

use super::adam;
use super::band::{band, Draw};
use super::chance::{Limits, Probability, Risks};
use super::descent::{self, Choices};
use super::reason::{explain, Cause};
use super::stability::Stability;
use super::task::Task;
use super::verdict::{Verdict, GUESS};
use super::windows::{bounded, by_window, last};
use crate::recipe::{Method, Plan, Recipe, Refused, Training};
use crate::theory::mean_field::{Kernel, Maps, Propagation};
use std::fmt;

/// What theory says of a recipe and its training.
///
/// # Example: the headline of the book
/// ```
/// use minigrad::prelude::*;
///
/// let training = Training::sgd(1e-3).momentum(0.9).batch(64).steps(1000);
/// let verdict = |init| Recipe::mlp(12).init(init).predict(&training).verdict();
/// assert_eq!(verdict(Init::Uniform(0.5)), Verdict::Diverges);
/// assert_eq!(verdict(Init::Xavier), Verdict::Vanishes);
/// assert_eq!(verdict(Init::Kaiming), Verdict::Trains);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    verdict: Verdict,
    probability: Probability,
    reason: String,
    /// Why the probability extrapolates, if it does.
    beyond: Option<String>,
    /// Mean loss of each window, if the first updates were small.
    stable: Vec<f64>,
    /// Predicted loss of each step; see [`losses`](Prediction::losses).
    losses: Vec<f64>,
    training: Training,
    task: Task,
    choices: Choices,
    /// Second moments and gradients, layer by layer.
    pub propagation: Propagation,
    /// Kernels at initialization.
    pub kernel: Kernel,
    /// Size of the first updates.
    pub stability: Stability,
}

impl Recipe {
    /// Says what will become of a network built from this recipe and trained on 1000 examples of the
    /// sign-of-sum task; builds and trains nothing. Deterministic; the seeds of recipe and training
    /// do not matter.
    ///
    /// # Panics
    /// Where [`Prediction::of`] is an error.
    #[track_caller]
    pub fn predict(&self, training: &Training) -> Prediction {
        expect(Prediction::of(self, training))
    }
}

impl Plan {
    /// Says what will become of a network built from this plan and trained on the task.
    ///
    /// # Panics
    /// Where [`Prediction::of_plan`] is an error.
    #[track_caller]
    pub fn predict(&self, training: &Training, task: &Task) -> Prediction {
        expect(Prediction::of_plan(self, training, task))
    }
}

#[track_caller]
fn expect(prediction: Result<Prediction, Refused>) -> Prediction {
    match prediction {
        Ok(prediction) => prediction,
        Err(refused) => panic!("predict: {refused}"),
    }
}

impl Prediction {
    /// Predicts the training of a recipe on the book's task: [`Task::of`] its plan.
    ///
    /// # Errors
    /// A recipe or training that is refused, more than 2^36 entries to go through (inputs times batch
    /// times steps), biases that do not start at zero, or more than two classes: the theory covers no
    /// others.
    pub fn of(recipe: &Recipe, training: &Training) -> Result<Prediction, Refused> {
        Prediction::with(recipe, training, &Choices::BOOK)
    }

    /// The same with other choices: for showing what they are worth.
    ///
    /// # Errors
    /// As [`of`](Prediction::of).
    pub fn with(
        recipe: &Recipe,
        training: &Training,
        choices: &Choices,
    ) -> Result<Prediction, Refused> {
        recipe.check()?;
        let plan = recipe.plan();
        Prediction::on(&plan, training, &Task::of(&plan), choices)
    }

    /// Predicts the training of a plan on a task.
    ///
    /// # Errors
    /// As [`of`](Prediction::of), a task that does not fit the plan, and a learned scale.
    pub fn of_plan(plan: &Plan, training: &Training, task: &Task) -> Result<Prediction, Refused> {
        Prediction::on(plan, training, task, &Choices::BOOK)
    }

    fn on(
        plan: &Plan,
        training: &Training,
        task: &Task,
        choices: &Choices,
    ) -> Result<Prediction, Refused> {
        plan.check_for_prediction()?;
        training.check()?;
        training.check_for_theory(plan.inputs())?;
        task.check_for(plan)?;
        let mut maps = Maps::default();
        let kernel = Kernel::with(plan, &mut maps);
        let stability = match training.method {
            Method::Sgd { .. } => Stability::of_descent,
            Method::Adam { .. } => adam::stability,
        }(plan, &kernel, training, task.examples);
        let propagation = Propagation::with(plan, &mut maps);
        let typical = Draw::typical();
        let curve = descent::losses(task, &kernel, stability.kind, training, choices, typical);
        let stable = by_window(training, &curve);
        let stable_end = last(&stable);
        let limits = Limits::of(training);
        let risks = kernel.is_finite().then(|| limits.risks(&stability, stable_end));
        let probability = limits.probability(risks);
        let verdict = probability.ranked()[0];
        let cause = Cause::of(verdict, risks);
        let reason = explain(cause, verdict, &stability, (curve[0], stable_end), training);
        let losses = bounded(curve, cause, verdict);
        let training = training.clone();
        Ok(Prediction {
            verdict,
            probability,
            reason,
            beyond: Limits::beyond(plan, &training, task),
            stable,
            losses,
            training,
            task: *task,
            choices: *choices,
            propagation,
            kernel,
            stability,
        })
    }

    /// Which field of the recipe lies beyond what was measured, so that the probability extrapolates.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let prediction = Recipe::mlp(1000).width(64).predict(&Training::sgd(1e-3).steps(200));
    /// let beyond = prediction.extrapolates().unwrap_or_default();
    /// assert_eq!(beyond, "number of layers 1000 lies outside 2 to 66, which was measured");
    /// ```
    pub fn extrapolates(&self) -> Option<&str> {
        self.beyond.as_deref()
    }

    /// Mean loss of the last tenth of the steps if the first updates leave the network as it is.
    pub fn stable_end(&self) -> f64 {
        last(&self.stable)
    }

    /// The probabilities if the limits were others: for fitting them.
    pub fn probability_within(&self, limits: &Limits) -> Probability {
        limits.probability(self.risks(limits))
    }

    fn risks(&self, limits: &Limits) -> Option<Risks> {
        self.kernel.is_finite().then(|| limits.risks(&self.stability, self.stable_end()))
    }

    /// How likely each verdict is.
    ///
    /// ```
    /// use minigrad::prelude::*;
    ///
    /// let probability = |lr| Recipe::mlp(12).predict(&Training::sgd(lr).momentum(0.9)).probability();
    /// assert!(probability(1e-3).trains > 0.9);
    /// assert!(probability(10.0).diverges > 0.9);
    /// let p = probability(0.1);
    /// assert!((p.diverges + p.vanishes + p.trains - 1.0).abs() < 1e-12);
    /// ```
    pub fn probability(&self) -> Probability {
        self.probability
    }

    /// What will become of the run: the most likely verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why, in one sentence that can be checked by hand.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What was predicted.
    pub fn training(&self) -> &Training {
        &self.training
    }

    /// Predicted loss of each step.
    ///
    /// Where the verdict follows from the first updates the curve is a bound: a network that
    /// diverges stays at or above its first loss, one that collapses at or above `ln 2`.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// Predicted loss of the first batch.
    pub fn initial_loss(&self) -> f64 {
        self.losses[0]
    }

    /// Mean predicted loss of each of the [`windows`](Training::windows).
    pub fn window_losses(&self) -> Vec<f64> {
        by_window(&self.training, &self.losses)
    }

    /// The mean loss of each of the [`windows`](Training::windows) that a tenth of all networks stays
    /// below, and the one that a tenth stays above.
    ///
    /// Networks of one recipe differ by their draw, which makes their pace uncertain, and theory is not
    /// exact. Those that are rewritten or collapse count by their probability; the loss of one that
    /// diverges is infinite. One pair a window, in nats; two more curves are computed for it.
    ///
    /// *Source*: derived in the chapter on predicting; the lognormal kernel, Hanin & Nica 2018.
    ///
    /// ```
    /// use minigrad::prelude::*;
    ///
    /// let training = Training::sgd(1e-3).momentum(0.9).steps(300);
    /// let band = |init| Recipe::mlp(12).init(init).predict(&training).band();
    /// // How fast a network learns is less sure than that Xavier's stands still.
    /// let width = |(low, high): (f64, f64)| high / low;
    /// assert!(width(band(Init::Kaiming)[8]) > 2.0 * width(band(Init::Xavier)[8]));
    /// // One that diverges has no upper end.
    /// assert_eq!(band(Init::Uniform(0.5))[8].1, f64::INFINITY);
    /// ```
    pub fn band(&self) -> Vec<(f64, f64)> {
        self.band_within(&Limits::of(&self.training))
    }

    /// The band if the limits and its error were others: for fitting them.
    pub fn band_within(&self, limits: &Limits) -> Vec<(f64, f64)> {
        let noise = self.kernel.noise;
        let [fast, slow] = [0.1, 0.9].map(|share| {
            let (kind, draw) = (self.stability.kind, Draw::behind(share, noise));
            let Prediction { task, kernel, training, choices, .. } = self;
            let losses = descent::losses(task, kernel, kind, training, choices, draw);
            by_window(training, &losses)
        });
        let diverges = self.probability_within(limits).diverges;
        let curves = [fast, self.stable.clone(), slow];
        let missed = (limits.curve_error, self.stability.sharpness);
        band(&curves, missed, self.risks(limits), diverges)
    }

    /// The half time: updates by which ten losses in a row have a mean of at most `(ln 2)/2`.
    pub fn half_time(&self) -> Option<usize> {
        let is_half = |ten: &[f64]| ten.iter().sum::<f64>() <= 10.0 * 0.5 * GUESS;
        self.losses.windows(10).position(is_half).map(|first| first + 10)
    }
}

/// Below this the most likely verdict is not said without the next.
const CLOSE: f64 = 0.6;

/// `trains 98 %: loss 0.85 -> 0.0011 by step 1000, ...`, or, where no verdict is likely,
/// `too close to call, trains 55 %, diverges 41 %: ...`
impl fmt::Display for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, _] = self.probability.ranked();
        let percent = |verdict| format!("{verdict} {:.0} %", 100.0 * self.probability.of(verdict));
        match self.probability.of(first) < CLOSE {
            true => write!(f, "too close to call, {}, {}", percent(first), percent(second))?,
            false => write!(f, "{}", percent(first))?,
        }
        write!(f, ": {}", self.reason)?;
        match &self.beyond {
            Some(beyond) => write!(f, " (extrapolated: {beyond})"),
            None => Ok(()),
        }
    }
}
