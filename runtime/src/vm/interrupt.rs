//! KeyboardInterrupt from outside: another thread asks an interpreter's main thread to raise it.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Vm;

struct Attention(*const AtomicBool);

// SAFETY: the flag is atomic; that it lives, `Interrupts` sees to.
unsafe impl Send for Attention {}

#[derive(Default)]
struct Shared {
    wanted: AtomicBool,
    /// Until the interpreter is dropped.
    attention: Mutex<Option<Attention>>,
}

impl Shared {
    fn attention(&self) -> MutexGuard<'_, Option<Attention>> {
        self.attention.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The interpreter's side.
#[derive(Default)]
pub(super) struct Interrupts(Arc<Shared>);

impl Interrupts {
    #[inline]
    pub(super) fn is_wanted(&self) -> bool {
        self.0.wanted.load(Ordering::Relaxed)
    }

    pub(super) fn take(&self) -> bool {
        self.0.wanted.swap(false, Ordering::Relaxed)
    }

    /// The interpreter is about to go.
    pub(super) fn close(&self) {
        *self.0.attention() = None;
    }
}

/// Interrupts an interpreter, from any thread and also when it is no more.
pub struct Interrupter(Arc<Shared>);

impl Interrupter {
    /// The main thread raises KeyboardInterrupt before its next instructions. One that blocks in the system is not woken.
    pub fn interrupt(&self) {
        self.0.wanted.store(true, Ordering::Relaxed);
        if let Some(attention) = &*self.0.attention() {
            // SAFETY: `Interrupts::close` takes it away, under the same mutex, before the Vm it is part of goes.
            unsafe { (*attention.0).store(true, Ordering::Release) };
        }
    }
}

impl Vm {
    pub fn interrupter(&self) -> Interrupter {
        *self.interrupts.0.attention() = Some(Attention(std::ptr::from_ref(self.heap.attention.flag())));
        Interrupter(self.interrupts.0.clone())
    }
}
