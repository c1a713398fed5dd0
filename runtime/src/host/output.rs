//! Output to the terminal while somebody edits a line there: it goes through whoever draws that line.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Host;

/// Is shown what is about to be written to a descriptor. It writes that itself and says how much, or leaves it to the system. Called from
/// any thread.
pub type OutputGuard = dyn Fn(i32, &[u8]) -> Option<io::Result<usize>> + Send + Sync;

#[derive(Default)]
pub struct GuardedOutput {
    is_set: AtomicBool,
    guard: Mutex<Option<Arc<OutputGuard>>>,
}

impl Host {
    /// From now on `guard` sees what is written to standard output and standard error.
    pub fn guard_output(&self, guard: Option<Arc<OutputGuard>>) {
        let is_set = guard.is_some();
        *self.output.guard.lock().unwrap_or_else(PoisonError::into_inner) = guard;
        self.output.is_set.store(is_set, Ordering::Release);
    }

    /// What the guard did with it.
    #[inline]
    pub(super) fn write_by_guard(&self, fd: i32, bytes: &[u8]) -> Option<io::Result<usize>> {
        if !matches!(fd, 1 | 2) || !self.output.is_set.load(Ordering::Acquire) {
            return None;
        }
        let guard = self.output.guard.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        guard(fd, bytes)
    }
}
