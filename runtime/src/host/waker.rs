//! What ends a loop's wait from outside it: another thread, or a signal handler.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use mio::{Registry, Token};

/// The loop's thread does not wait.
const AWAKE: u8 = 0;
/// It was woken and has not noticed.
const WOKEN: u8 = 1;
/// It waits in the operating system.
const ASLEEP: u8 = 2;

/// Wakes a loop. The operating system is asked only while the loop sleeps there.
pub struct Waker {
    state: AtomicU8,
    /// Somebody else may wait for the poller's descriptor.
    always: AtomicBool,
    system: mio::Waker,
}

impl Waker {
    pub(crate) fn new(registry: &Registry, token: Token) -> io::Result<Waker> {
        let system = mio::Waker::new(registry, token)?;
        Ok(Waker { state: AtomicU8::new(AWAKE), always: AtomicBool::new(false), system })
    }

    /// Ends the wait, or the next one if the loop does not wait. What it is to find must be there before. From any thread, and safe in a
    /// signal handler but for `errno`.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn wake(&self) -> io::Result<()> {
        let is_asleep = self.state.swap(WOKEN, Ordering::SeqCst) == ASLEEP;
        if is_asleep || self.always.load(Ordering::Relaxed) { self.system.wake() } else { Ok(()) }
    }

    pub(crate) fn always_ask_system(&self) {
        self.always.store(true, Ordering::Relaxed);
    }

    pub(crate) fn was_used(&self) -> bool {
        self.state.load(Ordering::Acquire) == WOKEN
    }

    /// The loop is about to sleep; false if it was woken already.
    pub(crate) fn fall_asleep(&self) -> bool {
        self.state.compare_exchange(AWAKE, ASLEEP, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// The loop looks at all it could have been woken for.
    pub(crate) fn note_awake(&self) {
        self.state.store(AWAKE, Ordering::SeqCst);
    }
}
