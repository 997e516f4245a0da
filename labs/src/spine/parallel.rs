//! Independent runs side by side.

use super::Kept;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

/// Hears how far an experiment has come, and says how many threads it may use.
pub trait Progress: Sync {
    /// `done` of `total` runs are finished.
    fn update(&self, done: usize, total: usize);

    /// Threads for independent runs: by default one for each core.
    fn threads(&self) -> usize {
        std::thread::available_parallelism().map_or(1, |n| n.get())
    }

    /// Where finished runs are kept, if they are.
    fn kept(&self) -> Option<&Kept> {
        None
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
/// use minigrad_labs::spine::{map_in_parallel, Silent};
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
