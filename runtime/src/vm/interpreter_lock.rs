//! The lock under which threads run Python.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::host::Patience;

/// CPython's switch interval.
const SWITCH_INTERVAL: Duration = Duration::from_millis(5);

/// Held by one thread at a time. Orderings are sequentially consistent where one thread writes a word and then reads another that the
/// other thread writes first: one of the two sees the other.
pub(super) struct InterpreterLock {
    held: AtomicBool,
    /// How often a thread got the lock.
    n_taken: AtomicU64,
    n_waiting: AtomicUsize,
    /// Of those that wait: in `freed`. Written under `sleep`.
    n_sleeping: AtomicUsize,
    /// Threads that wait in `taken`. Written under `sleep`.
    n_giving: AtomicUsize,
    /// Who holds the lock often gives it up soon, being about to wait for something itself.
    patience: Patience,
    sleep: Mutex<()>,
    freed: Condvar,
    taken: Condvar,
    /// A thread has waited for a switch interval.
    wanted: AtomicBool,
    interval_ns: AtomicU64,
    /// The interpreter ends: who gives the lock up now never gets it again.
    closed: AtomicBool,
}

impl InterpreterLock {
    /// Of the thread that makes it.
    pub(super) fn new() -> InterpreterLock {
        InterpreterLock {
            held: AtomicBool::new(true),
            n_taken: AtomicU64::new(0),
            n_waiting: AtomicUsize::new(0),
            n_sleeping: AtomicUsize::new(0),
            n_giving: AtomicUsize::new(0),
            patience: Patience::new(),
            sleep: Mutex::new(()),
            freed: Condvar::new(),
            taken: Condvar::new(),
            wanted: AtomicBool::new(false),
            interval_ns: AtomicU64::new(SWITCH_INTERVAL.as_nanos() as u64),
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn set_interval(&self, interval: Duration) {
        self.interval_ns.store(interval.as_nanos().clamp(1, u64::MAX.into()) as u64, Ordering::Relaxed);
    }

    pub(super) fn interval(&self) -> Duration {
        Duration::from_nanos(self.interval_ns.load(Ordering::Relaxed))
    }

    /// Whether a thread has waited for an interval.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// By the thread that holds it and never gives it up again: no other ever gets it.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Waits for the lock; after an interval without a change of its holder, `attention` is set. Never returns once it is closed.
    pub(super) fn acquire(&self, attention: &AtomicBool) {
        if !self.take() {
            self.n_waiting.fetch_add(1, Ordering::SeqCst);
            if !self.patience.look(|| !self.held.load(Ordering::Relaxed) && self.take()) {
                self.sleep_for_it(attention);
            }
            self.n_waiting.fetch_sub(1, Ordering::SeqCst);
        }
        self.n_taken.fetch_add(1, Ordering::SeqCst);
        self.wanted.store(false, Ordering::Relaxed);
        if self.n_giving.load(Ordering::SeqCst) > 0 {
            drop(self.sleepers());
            self.taken.notify_all();
        }
    }

    fn sleepers(&self) -> MutexGuard<'_, ()> {
        // Nothing that can panic runs under it.
        self.sleep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> bool {
        self.held.compare_exchange(false, true, Ordering::SeqCst, Ordering::Relaxed).is_ok()
    }

    #[cold]
    fn sleep_for_it(&self, attention: &AtomicBool) {
        let mut sleepers = self.sleepers();
        self.n_sleeping.fetch_add(1, Ordering::SeqCst);
        while !self.take() {
            let seen = self.n_taken.load(Ordering::Relaxed);
            let (back, timeout) =
                self.freed.wait_timeout(sleepers, self.interval()).unwrap_or_else(PoisonError::into_inner);
            sleepers = back;
            if self.closed.load(Ordering::Acquire) {
                drop(sleepers);
                loop {
                    std::thread::park();
                }
            }
            if timeout.timed_out()
                && self.held.load(Ordering::Relaxed)
                && self.n_taken.load(Ordering::Relaxed) == seen
            {
                self.wanted.store(true, Ordering::Relaxed);
                attention.store(true, Ordering::Release);
            }
        }
        self.n_sleeping.fetch_sub(1, Ordering::SeqCst);
    }

    pub(super) fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
        if self.n_sleeping.load(Ordering::SeqCst) > 0 {
            // Who has counted itself and not found the lock free is in its wait when this is got.
            drop(self.sleepers());
            self.freed.notify_one();
        }
    }

    /// Releases, and returns when another thread has had the lock. If none waits for it, one is waited for until `longest` is over.
    pub(super) fn give_way(&self, longest: Duration) {
        let mut sleepers = self.sleepers();
        let seen = self.n_taken.load(Ordering::SeqCst);
        let has_been_taken = || self.n_taken.load(Ordering::SeqCst) != seen;
        self.n_giving.fetch_add(1, Ordering::SeqCst);
        self.held.store(false, Ordering::SeqCst);
        if self.n_sleeping.load(Ordering::SeqCst) > 0 {
            self.freed.notify_one();
        }
        while !has_been_taken() && self.n_waiting.load(Ordering::SeqCst) > 0 {
            sleepers = self.taken.wait(sleepers).unwrap_or_else(PoisonError::into_inner);
        }
        if !has_been_taken() && !longest.is_zero() {
            sleepers = self.taken.wait_timeout(sleepers, longest).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.n_giving.fetch_sub(1, Ordering::SeqCst);
        drop(sleepers);
    }
}
