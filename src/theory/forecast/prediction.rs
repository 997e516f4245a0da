//! The prediction: verdict, reason and loss curve, before anything is built.

use super::descent::{self, Choices};
use super::stability::{Limits, Stability, Start};
use super::task::Task;
use super::verdict::{explain, verdict, Verdict, GUESS};
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
    reason: String,
    /// Mean loss of the last tenth of the steps, if the first updates were small.
    stable_end: f64,
    /// Predicted loss of each step; see [`losses`](Prediction::losses).
    losses: Vec<f64>,
    training: Training,
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
    prediction.unwrap_or_else(|refused| panic!("predict: {refused}"))
}

impl Prediction {
    /// Predicts the training of a recipe on the book's task: [`Task::of`] its plan.
    ///
    /// # Errors
    /// A recipe or training that is refused, more than 2^36 entries to go through (inputs times batch
    /// times steps), Adam, or more than two classes: the theory covers gradient descent with momentum
    /// on two classes.
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
    /// A training or task that is refused, more than 2^36 entries to go through, or Adam.
    pub fn of_plan(plan: &Plan, training: &Training, task: &Task) -> Result<Prediction, Refused> {
        Prediction::on(plan, training, task, &Choices::BOOK)
    }

    fn on(
        plan: &Plan,
        training: &Training,
        task: &Task,
        choices: &Choices,
    ) -> Result<Prediction, Refused> {
        training.check()?;
        training.check_for_theory(plan.inputs())?;
        if matches!(training.method, Method::Adam { .. }) {
            return Err(Refused::new("method", "adam", "sgd: theory covers no other update rule"));
        }
        task.check_for(plan)?;
        let mut maps = Maps::default();
        let kernel = Kernel::with(plan, &mut maps);
        let stability = Stability::new(plan, &kernel, training, task.examples);
        let propagation = Propagation::with(plan, &mut maps);
        let curve = descent::losses(task, &kernel, training, choices);
        let start =
            if kernel.is_finite() { stability.start(&Limits::FITTED) } else { Start::Overflows };
        let stable_end = last_tenth(&curve);
        let verdict = verdict(start, stable_end);
        let reason = explain(start, verdict, &stability, (curve[0], stable_end), training.steps);
        let losses = bounded(curve, start);
        let training = training.clone();
        Ok(Prediction {
            verdict,
            reason,
            stable_end,
            losses,
            training,
            propagation,
            kernel,
            stability,
        })
    }

    /// The verdict if the first updates might be as large as `limits` say: for fitting them.
    pub fn verdict_within(&self, limits: &Limits) -> Verdict {
        let start =
            if self.kernel.is_finite() { self.stability.start(limits) } else { Start::Overflows };
        verdict(start, self.stable_end)
    }

    /// What will become of the run.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why, in one sentence that can be checked by hand.
    pub fn reason(&self) -> &str {
        &self.reason
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
        let windows = self.training.windows().into_iter();
        windows.map(|(start, end)| mean(&self.losses[start..end])).collect()
    }

    /// The first step whose predicted loss is at most half that of a guess, `(ln 2)/2`, if there is
    /// one.
    pub fn half_time(&self) -> Option<usize> {
        self.losses.iter().position(|&loss| loss <= 0.5 * GUESS)
    }
}

/// The curve, lifted to what the start leaves possible.
fn bounded(mut losses: Vec<f64>, start: Start) -> Vec<f64> {
    let least = match start {
        Start::Stable => return losses,
        Start::Overflows => f64::INFINITY,
        Start::Collapses | Start::BurstsHeld => GUESS,
        Start::Bursts => GUESS.max(losses[0]),
    };
    losses.iter_mut().skip(1).for_each(|loss| *loss = loss.max(least));
    losses
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
}

fn last_tenth(losses: &[f64]) -> f64 {
    mean(&losses[losses.len() - (losses.len() / 10).max(1)..])
}

/// `trains: loss 0.85 -> 0.0011 by step 1000, ...`
impl fmt::Display for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict, self.reason)
    }
}
