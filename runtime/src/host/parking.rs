//! Waiting of one thread for another.

#![allow(unsafe_code)]

use std::io;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use super::signals::are_signals_handled_here;
use super::{Host, Patience, check, has_signals};

/// A place where one thread waits until another has called it. A call that comes first is remembered.
#[derive(Debug, Default)]
pub struct Parker(AtomicU32);

const EMPTY: u32 = 0;
const CALLED: u32 = 1;
/// A signal came.
const INTERRUPTED: u32 = 2;
/// The virtual clock has reached the deadline.
const TIME_OVER: u32 = 4;

thread_local! {
    static PATIENCE: Patience = const { Patience::new() };
}

/// Where the thread that handles signals waits; written by that thread alone.
static PARKED: AtomicPtr<Parker> = AtomicPtr::new(std::ptr::null_mut());

/// For signal handlers: the thread that handles signals waits no more.
pub(super) fn interrupt_parked() {
    let parker = PARKED.load(Ordering::Acquire);
    if !parker.is_null() {
        // SAFETY: `park` stores a parker that lives until it takes it away, on the thread that runs this handler.
        unsafe { (*parker).set(INTERRUPTED) };
    }
}

impl Parker {
    /// Ends the wait.
    pub fn unpark(&self) {
        self.set(CALLED);
    }

    fn set(&self, bit: u32) {
        self.0.fetch_or(bit, Ordering::Release);
        // SAFETY: the address is only compared by the system, never written through.
        unsafe {
            libc::syscall(libc::SYS_futex, self.0.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1)
        };
    }

    pub fn was_called(&self) -> bool {
        self.0.load(Ordering::Acquire) & CALLED != 0
    }

    /// Whether whoever waits here goes on.
    pub(super) fn has_news(&self) -> bool {
        self.0.load(Ordering::Acquire) != EMPTY
    }

    /// Ends a wait whose deadline the virtual clock has reached.
    pub(super) fn end_by_time(&self) {
        self.set(TIME_OVER);
    }
}

impl Host {
    /// Waits until `parker` was called: true, or until a point on the monotonic clock, in nanoseconds: false.
    ///
    /// # Errors
    /// Of kind `Interrupted` if a signal came, which std's own primitives do not tell.
    pub fn park(&self, parker: &Parker, deadline_ns: Option<i64>) -> io::Result<bool> {
        self.park_for(parker, deadline_ns, false)
    }

    /// As [`Host::park`], for a call from outside of this interpreter: where time is virtual, the wait is real.
    ///
    /// # Errors
    /// As [`Host::park`].
    pub fn park_for_outside(&self, parker: &Parker, deadline_ns: Option<i64>) -> io::Result<bool> {
        self.park_for(parker, deadline_ns, true)
    }

    fn park_for(&self, parker: &Parker, deadline_ns: Option<i64>, is_real: bool) -> io::Result<bool> {
        let wait = |deadline_ns| match self.virtual_clock() {
            None => wait(parker, deadline_ns),
            Some(clock) => {
                self.park_virtually(clock, parker, deadline_ns, is_real, |limit| wait(parker, limit))
            }
        };
        if !are_signals_handled_here() {
            return wait(deadline_ns);
        }
        // From here on no signal is missed, also one that comes before the wait begins.
        let outer = PARKED.swap(std::ptr::from_ref(parker).cast_mut(), Ordering::AcqRel);
        let result = if has_signals() { Err(io::ErrorKind::Interrupted.into()) } else { wait(deadline_ns) };
        PARKED.store(outer, Ordering::Release);
        result
    }
}

fn wait(parker: &Parker, deadline_ns: Option<i64>) -> io::Result<bool> {
    PATIENCE.with(|patience| patience.look(|| parker.0.load(Ordering::Acquire) != EMPTY));
    let time = deadline_ns.map(|ns| libc::timespec {
        tv_sec: ns.div_euclid(1_000_000_000),
        tv_nsec: ns.rem_euclid(1_000_000_000),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    loop {
        let state = parker.0.load(Ordering::Acquire);
        if state & CALLED != 0 {
            return Ok(true);
        }
        if state & INTERRUPTED != 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if state & TIME_OVER != 0 {
            return Ok(false);
        }
        // SAFETY: the word and the time, or none, are read.
        let result = check(unsafe {
            libc::syscall(
                libc::SYS_futex,
                parker.0.as_ptr(),
                libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG,
                EMPTY,
                time,
                std::ptr::null::<u32>(),
                libc::FUTEX_BITSET_MATCH_ANY,
            )
        });
        match result.map_err(|error| (error.raw_os_error(), error)) {
            Ok(_) | Err((Some(libc::EAGAIN), _)) => {}
            Err((Some(libc::ETIMEDOUT), _)) => return Ok(parker.was_called()),
            Err((_, error)) => return Err(error),
        }
    }
}
