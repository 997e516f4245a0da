//! Threads that wait for work by spinning, because a parallel region lasts microseconds.
//!
//! A training step has about a hundred such regions; waking a sleeping thread for each would take
//! longer than the work.

use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Rounds of spinning before a helper sleeps or the caller yields: about 50 microseconds.
const PATIENCE: u32 = 20_000;

/// A caller and its helpers.
pub(crate) struct Team {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

type Job<'a> = &'a (dyn Fn(usize) + Sync);

struct Shared {
    /// The job of the current round, valid until `working` is 0 again.
    job: Mutex<Option<Job<'static>>>,
    /// Number of the current round; grows by one for each job.
    round: AtomicU64,
    /// Helpers that have not yet finished the current round.
    working: AtomicUsize,
    panicked: AtomicBool,
    closing: AtomicBool,
    /// Rounds of spinning: none where members outnumber the cores and would take each other's time.
    patience: u32,
}

impl Team {
    /// A team of `size` threads, the caller included.
    pub(crate) fn new(size: usize) -> Team {
        let cores = thread::available_parallelism().map_or(1, |n| n.get());
        let shared = Arc::new(Shared {
            patience: if size > cores { 0 } else { PATIENCE },
            job: Mutex::new(None),
            round: AtomicU64::new(0),
            working: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            closing: AtomicBool::new(false),
        });
        let helper = |member| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.help(member))
        };
        Team { helpers: (1..size).map(helper).collect(), shared }
    }

    /// Number of threads, the caller included.
    pub(crate) fn size(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Calls `job(member)` for every member at once, the caller being member 0, and returns when
    /// all are done.
    ///
    /// # Panics
    /// If a call does, after all have ended.
    pub(crate) fn run(&self, job: Job<'_>) {
        let shared = &*self.shared;
        // SAFETY: only the lifetime changes. Helpers call the job between the start of this round
        // and their decrement of `working`; this function does not end, by return or by panic,
        // before `working` is 0, and nobody reads the job of a past round.
        let job_for_helpers = unsafe { std::mem::transmute::<Job<'_>, Job<'static>>(job) };
        *lock(&shared.job) = Some(job_for_helpers);
        shared.working.store(self.helpers.len(), Ordering::Relaxed);
        shared.round.fetch_add(1, Ordering::Release);
        self.helpers.iter().for_each(|helper| helper.thread().unpark());

        let own = catch_unwind(AssertUnwindSafe(|| job(0)));
        shared.wait_until(thread::yield_now, || shared.working.load(Ordering::Acquire) == 0);
        *lock(&shared.job) = None;
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        assert!(!shared.panicked.swap(false, Ordering::Relaxed), "a helper thread panicked");
    }
}

impl Shared {
    /// Spins until `ready`, calling `pause` whenever patience runs out.
    fn wait_until(&self, pause: impl Fn(), ready: impl Fn() -> bool) {
        let mut spins = 0u32;
        while !ready() {
            spins = spins.saturating_add(1);
            if spins < self.patience {
                std::hint::spin_loop();
            } else {
                pause();
            }
        }
    }

    fn help(&self, member: usize) {
        let mut seen = 0;
        loop {
            self.wait_until(thread::park, || self.round.load(Ordering::Acquire) != seen);
            seen += 1;
            if self.closing.load(Ordering::Relaxed) {
                return;
            }
            let job = *lock(&self.job);
            let call = AssertUnwindSafe(|| job.iter().for_each(|job| job(member)));
            if catch_unwind(call).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.working.fetch_sub(1, Ordering::Release);
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        self.shared.round.fetch_add(1, Ordering::Release);
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A helper catches the panics of its jobs: it cannot fail.
            let _ = helper.join();
        }
    }
}

/// Jobs catch their panics, so that no lock is ever held through one.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_works_in_every_round() {
        let team = Team::new(3);
        let calls = [0; 3].map(AtomicUsize::new);
        for _ in 0..1000 {
            team.run(&|member| {
                calls[member].fetch_add(1, Ordering::Relaxed);
            });
        }
        assert_eq!(calls.map(AtomicUsize::into_inner), [1000; 3]);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_lives_on() {
        let team = Team::new(2);
        for bad in 0..2 {
            let round = || team.run(&|member| assert_ne!(member, bad));
            assert!(catch_unwind(AssertUnwindSafe(round)).is_err());
        }
        team.run(&|_| {});
    }
}
