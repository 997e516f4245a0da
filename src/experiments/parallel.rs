//! Independent runs side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use crate::threads;

/// Hears how far an experiment has come, and says how many threads it may use.
pub trait Progress: Sync {
    /// `done` of `total` parts are finished.
    fn update(&self, done: usize, total: usize);

    /// Threads for independent runs: by default one for each core.
    fn threads(&self) -> usize {
        std::thread::available_parallelism().map_or(1, |n| n.get())
    }
}

/// Hears nothing.
pub struct Silent;

impl Progress for Silent {
    fn update(&self, _: usize, _: usize) {}
}

/// `run` of every job, on as many threads as `progress` allows; results in the order of the jobs.
///
/// Runs share nothing, so that no result depends on the number of threads.
///
/// # Panics
/// If `run` does.
///
/// ```
/// use minigrad::experiments::{map_in_parallel, Silent};
/// assert_eq!(map_in_parallel(&[1, 2, 3], &Silent, |n| n * n), [1, 4, 9]);
/// ```
pub fn map_in_parallel<J: Sync, R: Send>(
    jobs: &[J],
    progress: &dyn Progress,
    run: impl Fn(&J) -> R + Sync,
) -> Vec<R> {
    let threads = progress.threads().min(jobs.len());
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Vec<Mutex<Option<R>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(index) else { break };
                let result = run(job);
                if let Ok(mut slot) = results[index].lock() {
                    *slot = Some(result);
                }
                progress.update(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
            });
        }
    });
    let finished = results.into_iter().map(|slot| slot.into_inner().ok().flatten());
    finished.map(|result| result.expect("every job was run")).collect()
}

/// The same for jobs of which some are too large to stand in memory side by side: those that
/// `alone` names run first, one after the other, their operations shared by all threads.
///
/// # Panics
/// If `run` does.
///
/// ```
/// use minigrad::experiments::{map_large_alone, Silent};
/// assert_eq!(map_large_alone(&[1, 20, 3], &Silent, |n| *n > 9, |n| n * n), [1, 400, 9]);
/// ```
pub fn map_large_alone<J: Sync, R: Send>(
    jobs: &[J],
    progress: &dyn Progress,
    alone: impl Fn(&J) -> bool,
    run: impl Fn(&J) -> R + Sync,
) -> Vec<R> {
    let mut done = 0;
    let large = |job: &J| {
        let result = threads::with(progress.threads().max(1), || run(job));
        done += 1;
        progress.update(done, jobs.len());
        result
    };
    let first: Vec<R> = jobs.iter().filter(|job| alone(job)).map(large).collect();
    let small: Vec<&J> = jobs.iter().filter(|job| !alone(job)).collect();
    let rest = Rest { progress, done, total: jobs.len() };
    let (mut first, mut small) =
        (first.into_iter(), map_in_parallel(&small, &rest, |job| run(job)).into_iter());
    let next = |job: &J| if alone(job) { first.next() } else { small.next() };
    jobs.iter().map(next).map(|result| result.expect("every job was run")).collect()
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
