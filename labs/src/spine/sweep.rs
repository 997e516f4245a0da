//! Arms over seeds: what an experiment compares.

use std::cmp::Reverse;
use std::fmt::Debug;

use super::{map_in_parallel, mean_loss, Progress, Spread};
use minigrad::recipe::{Outcome, Recipe, Training};
use minigrad::threads;
use minigrad::train::Run;

/// What one run of an arm follows, but for its seed.
pub trait Seeded: Sync {
    /// The same with this seed.
    fn seeded(&self, seed: u64) -> Self;

    /// Its work, in multiplications of one example.
    fn work(&self) -> usize;

    /// Whether two of them side by side would take half a gigabyte.
    fn is_large(&self) -> bool;
}

/// A network that is drawn and not trained.
impl Seeded for Recipe {
    fn seeded(&self, seed: u64) -> Recipe {
        self.clone().seed(seed)
    }

    fn work(&self) -> usize {
        self.shapes().iter().map(|(fan_in, fan_out)| fan_in * fan_out).sum()
    }

    fn is_large(&self) -> bool {
        false
    }
}

/// A network and its training.
impl Seeded for (Recipe, Training) {
    fn seeded(&self, seed: u64) -> (Recipe, Training) {
        (self.0.seeded(seed), self.1.clone().seed(seed))
    }

    fn work(&self) -> usize {
        self.0.work() * self.1.batch * self.1.steps
    }

    /// From ten million weights on, each with its velocity.
    fn is_large(&self) -> bool {
        self.0.work() > 10_000_000
    }
}

/// A plan, and what else the run is told.
impl<X: Clone + Sync, P: Seeded> Seeded for (X, P) {
    fn seeded(&self, seed: u64) -> (X, P) {
        (self.0.clone(), self.1.seeded(seed))
    }

    fn work(&self) -> usize {
        self.1.work()
    }

    fn is_large(&self) -> bool {
        self.1.is_large()
    }
}

/// One of the things that an experiment compares: a plan, run once a seed.
#[derive(Clone, Debug)]
pub struct Arm<K, P = (Recipe, Training)> {
    /// What tells it from the others.
    pub key: K,
    /// What is run.
    pub plan: P,
    /// The seeds, one a run.
    pub seeds: Vec<u64>,
}

impl<K, P> Arm<K, P> {
    /// An arm of `count` runs, with the seeds `first`, `first + 1`, ...
    pub fn new(key: K, plan: P, first: u64, count: u64) -> Arm<K, P> {
        Arm { key, plan, seeds: seeds(first, count) }
    }
}

/// The seeds `first`, `first + 1`, ...; 0 follows the largest.
pub fn seeds(first: u64, count: u64) -> Vec<u64> {
    (0..count).map(|s| first.wrapping_add(s)).collect()
}

/// An arm that was run.
#[derive(Clone, Debug)]
pub struct Swept<K, T, P = (Recipe, Training)> {
    /// What tells it from the others.
    pub key: K,
    /// What was run.
    pub plan: P,
    /// What came of it, in the order of the seeds.
    pub trials: Vec<T>,
}

/// All arms of an experiment, in the order in which they were given.
#[derive(Clone, Debug)]
pub struct Sweep<K, T, P = (Recipe, Training)> {
    /// One entry an arm.
    pub arms: Vec<Swept<K, T, P>>,
}

/// `run` of every arm with each of its seeds, on as many threads as `progress` allows.
///
/// The runs with the most work come first, so that none of them keeps the others waiting at the
/// end. Those that are too large to stand in memory side by side run one after the other, their
/// operations shared by all threads. Runs share nothing: no result depends on the order.
///
/// # Panics
/// If `run` does.
///
/// ```
/// use minigrad_labs::spine::{sweep, Arm, Silent};
/// use minigrad::prelude::*;
///
/// let arms = [Arm::new("narrow", Recipe::mlp(2).width(8), 0, 3)];
/// let drawn = sweep(arms, &Silent, |recipe| (recipe.width, recipe.seed));
/// assert_eq!(drawn.of(&"narrow").trials, [(8, 0), (8, 1), (8, 2)]);
/// ```
pub fn sweep<K, P: Seeded, T: Send>(
    arms: impl IntoIterator<Item = Arm<K, P>>,
    progress: &dyn Progress,
    run: impl Fn(&P) -> T + Sync,
) -> Sweep<K, T, P> {
    let arms: Vec<Arm<K, P>> = arms.into_iter().collect();
    let plans: Vec<&P> = arms.iter().map(|arm| &arm.plan).collect();
    let seeded = |(index, arm): (usize, &Arm<K, P>)| {
        arm.seeds.iter().map(move |&s| (index, s)).collect::<Vec<_>>()
    };
    let mut jobs: Vec<(usize, u64)> = arms.iter().enumerate().flat_map(seeded).collect();
    jobs.sort_by_key(|&(arm, _)| Reverse((plans[arm].is_large(), plans[arm].work())));
    let large = jobs.iter().take_while(|(arm, _)| plans[*arm].is_large()).count();
    let one = |&(arm, seed): &(usize, u64)| run(&plans[arm].seeded(seed));

    let alone = |(done, job): (usize, &(usize, u64))| {
        let result = threads::with(progress.threads().max(1), || one(job));
        progress.update(done + 1, jobs.len());
        result
    };
    let mut results: Vec<T> = jobs[..large].iter().enumerate().map(alone).collect();
    let rest = Rest { progress, done: large, total: jobs.len() };
    results.extend(map_in_parallel(&jobs[large..], &rest, one));

    let mut trials: Vec<Vec<T>> = arms.iter().map(|_| vec![]).collect();
    // The seeds of one arm have stayed in order.
    jobs.iter().zip(results).for_each(|((arm, _), result)| trials[*arm].push(result));
    let swept = arms.into_iter().zip(trials);
    let swept = swept.map(|(Arm { key, plan, .. }, trials)| Swept { key, plan, trials });
    Sweep { arms: swept.collect() }
}

/// Progress of what is left after `done` parts.
struct Rest<'a> {
    progress: &'a dyn Progress,
    done: usize,
    total: usize,
}

impl Progress for Rest<'_> {
    fn update(&self, done: usize, _: usize) {
        self.progress.update(self.done + done, self.total);
    }

    fn threads(&self) -> usize {
        self.progress.threads()
    }
}

impl<K: PartialEq + Debug, T, P> Sweep<K, T, P> {
    /// The arm of this key.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn of(&self, key: &K) -> &Swept<K, T, P> {
        let found = self.arms.iter().find(|arm| arm.key == *key);
        found.unwrap_or_else(|| panic!("no arm {key:?}"))
    }
}

impl<K, T, P> Swept<K, T, P> {
    /// Smallest, middle and largest over the seeds of a number of each trial.
    pub fn over_seeds(&self, number: impl Fn(&T) -> f64) -> Spread {
        Spread::of(self.trials.iter().map(number))
    }

    /// The same at each step, up to the last that every trial has, of a list of each trial.
    pub fn at_each_step(&self, list: impl Fn(&T) -> &[f64]) -> Vec<(f64, Spread)> {
        let length = self.trials.iter().map(|trial| list(trial).len()).min().unwrap_or(0);
        let at = |step| (step as f64, self.over_seeds(|trial| list(trial)[step]));
        (0..length).map(at).collect()
    }
}

impl<K, T: AsRef<Run>, P> Swept<K, T, P> {
    /// The runs, in the order of the seeds.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.trials.iter().map(T::as_ref)
    }

    /// Final losses, smallest first; NaN for runs that diverged, at the end.
    pub fn finals(&self) -> Vec<f64> {
        let mut finals: Vec<f64> =
            self.runs().map(|run| run.final_loss().unwrap_or(f64::NAN)).collect();
        finals.sort_by(f64::total_cmp);
        finals
    }

    /// The loss over the seeds, averaged over windows of ten steps, each window at its middle,
    /// after the loss before the first update. Ends where a run diverges.
    pub fn losses(&self) -> Vec<(f64, Spread)> {
        let common = self.runs().map(|run| run.losses.len()).min().unwrap_or(0);
        let windows = (0..common).step_by(10).map(|start| (start, (start + 10).min(common)));
        [(0, 1)].into_iter().chain(windows).map(|window| self.window(window)).collect()
    }

    /// Every single loss over the seeds, to the last step that any run came to; a run that has left
    /// the finite numbers counts as NaN, the largest.
    pub fn step_by_step(&self) -> Vec<(f64, Spread)> {
        let longest = self.runs().map(|run| run.losses.len()).max().unwrap_or(0);
        (0..longest).map(|step| self.window((step, step + 1))).collect()
    }

    fn window(&self, (start, end): (usize, usize)) -> (f64, Spread) {
        let step = if end - start == 1 { start as f64 } else { (start + end) as f64 / 2.0 };
        (step, self.over_seeds(|trial| mean_loss(trial.as_ref(), start, end)))
    }

    /// The step at which the last of the seeds had left the finite numbers, if all did.
    pub fn diverged_by(&self) -> Option<usize> {
        self.runs().map(Run::diverged_at).try_fold(0, |last, at| Some(last.max(at?)))
    }

    /// Whether a seed left the finite numbers.
    pub fn any_diverged(&self) -> bool {
        self.runs().any(|run| run.diverged_at().is_some())
    }

    /// How many seeds came to `outcome`.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.runs().filter(|run| run.outcome() == outcome).count()
    }

    /// Whether every seed came to `outcome`.
    pub fn all(&self, outcome: Outcome) -> bool {
        self.outcome() == Some(outcome)
    }

    /// The outcome of all seeds, or `None` where they disagree.
    pub fn outcome(&self) -> Option<Outcome> {
        let mut outcomes = self.runs().map(Run::outcome);
        let first = outcomes.next()?;
        outcomes.all(|other| other == first).then_some(first)
    }

    /// The outcomes that occur: `vanishes or trains`.
    pub fn outcomes(&self) -> String {
        let all = [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains];
        let there = all.into_iter().filter(|&outcome| self.count(outcome) > 0);
        there.map(|outcome| outcome.to_string()).collect::<Vec<_>>().join(" or ")
    }
}
