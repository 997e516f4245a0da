//! How many threads share the work inside an operation.
//!
//! The number changes no bit of any result: outputs are split among threads, sums are not. Small
//! operations are not shared at all, because the threads would cost more than they save.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use crate::kernels::team::Team;

thread_local!(static TEAM: RefCell<Option<Rc<Team>>> = const { RefCell::new(None) });

/// Multiplications below which a matrix product is not shared: measured on two cores, where a
/// product of 16 x 256 x 256 takes as long either way.
pub(crate) const PRODUCT: usize = 1 << 20;

/// Entries below which an elementwise pass is not shared.
pub(crate) const ENTRIES: usize = 1 << 15;

/// Runs `work` with `threads` threads inside its operations; without it, operations use one.
///
/// Independent runs gain more from one thread each.
///
/// # Panics
/// If `threads` is not from 1 to 1024, or `work` panics.
///
/// # Example: the same bits with any number of threads
/// ```
/// use minigrad::{prelude::*, threads};
///
/// let data = SignOfSum::sample(1000, 200, 0);
/// let training = Training::sgd(1e-2).momentum(0.9).steps(20);
/// let run = || Recipe::mlp(4).build().train(&data, &training);
/// assert_eq!(threads::with(2, run), run());
/// ```
#[track_caller]
pub fn with<R>(threads: usize, work: impl FnOnce() -> R) -> R {
    assert!(
        (1..=1024).contains(&threads),
        "threads: {threads} is not accepted: expected an integer from 1 to 1024"
    );
    let team = (threads > 1).then(|| Rc::new(Team::new(threads)));
    let _restore = Restore(TEAM.replace(team));
    work()
}

/// Puts the former team back, also after a panic.
struct Restore(Option<Rc<Team>>);

impl Drop for Restore {
    fn drop(&mut self) {
        TEAM.set(self.0.take());
    }
}

/// The number of threads that operations on this thread share.
pub fn count() -> usize {
    TEAM.with_borrow(|team| team.as_ref().map_or(1, |team| team.size()))
}

/// The length of the pieces in which to share `length` items whose work is `size` in all: all of
/// them unless the size reaches `least`, else a whole number of vectors for each thread.
pub(crate) fn piece(length: usize, size: usize, least: usize) -> usize {
    if size < least {
        return length.max(1);
    }
    length.div_ceil(count()).next_multiple_of(VECTOR)
}

/// Items that no piece should divide: the widest row of a product's kernel.
const VECTOR: usize = 32;

/// Calls `work` on every part, shared among the threads; part `i` belongs to thread `i mod count`,
/// so that the data of equal cuts stay with the same core. Work inside of `work` is not shared again.
///
/// # Panics
/// If `work` does.
///
/// ```
/// use minigrad::threads;
///
/// let mut squares = [1, 2, 3];
/// threads::with(2, || threads::share(&mut squares, |x| *x *= *x));
/// assert_eq!(squares, [1, 4, 9]);
/// ```
pub fn share<P: Send>(parts: impl IntoIterator<Item = P>, work: impl Fn(P) + Sync) {
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return };
    let Some(second) = parts.next() else { return work(first) };
    // Taken for the time of the work: an operation inside an operation stays on its thread.
    let Some(team) = TEAM.take() else {
        return [first, second].into_iter().chain(parts).for_each(work);
    };
    let _restore = Restore(Some(Rc::clone(&team)));
    let parts: Vec<Mutex<Option<P>>> =
        [first, second].into_iter().chain(parts).map(|part| Mutex::new(Some(part))).collect();
    let size = team.size();
    team.run(&|member| {
        for part in parts.iter().skip(member).step_by(size) {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner).take();
            part.into_iter().for_each(&work);
        }
    });
}
