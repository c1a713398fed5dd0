//! Virtual time: clocks that stand while anything happens and jump where a program would wait for the time alone.
//!
//! Each thread of the interpreter either runs, which includes calls of the system that are not listed here, or waits in one of the ways
//! that this module knows: asleep, parked, for descriptors, or as an event loop. The thread that is last to wait moves the clock: to the
//! earliest deadline of all, and wakes the one thread whose deadline it is; of equal deadlines that of the thread that was started first. The
//! others follow one by one, each when those before it wait again, so that the order of events is no matter of chance.
//!
//! Who waits for something outside of the process (`outside.rs`) waits for something real, whose time nobody knows: meanwhile the clock
//! stands, for a second of real time; if that was not enough, it follows real time until the something is over. A timeout thus never
//! passes before its real length, and always passes in the end. The same holds, with more patience, for threads that run.
//!
//! Nothing of this exists without the option.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use super::parking::Parker;
use super::{ClockKind, Host, PollDescriptor, Waker, check};

/// The time of day at the start: 2026-01-01, a Thursday, 00:00:00 UTC. The same in each run, so that what a program says of it is, too.
pub const START_OF_DAY_NS: i64 = 1_767_225_600 * 1_000_000_000;

/// How long the clock stands for something real before it follows real time: longer than short-lived children and look-ups of names take.
const PATIENCE_NS: i64 = 1_000_000_000;
/// As above, for threads that run. They end or wait sooner or later, unless they look for something in a loop without a pause.
const PATIENCE_WITH_RUNNING_NS: i64 = 10_000_000_000;
/// What was sent over the loopback interface usually has arrived when the call returns. Under load it may take this long.
const IN_FLIGHT: Duration = Duration::from_micros(100);

thread_local! {
    /// How many threads were started before this one: unlike when each comes to wait, that is no matter of chance.
    static THREAD: Cell<u64> = const { Cell::new(0) };
}

/// Tells the calling thread its number.
pub fn be_thread(number: u64) {
    THREAD.set(number);
}

/// The clock of an interpreter.
pub struct VirtualClock {
    /// Nanoseconds since the start.
    now_ns: AtomicI64,
    /// Another one after a `fork`: that of the parent may be in use for ever.
    state: AtomicPtr<Mutex<State>>,
    /// Something was sent since the clock last moved.
    traffic: AtomicBool,
    /// Descriptors that were found to have both ends in this process, with the number of the file.
    pub(super) inside: Mutex<HashMap<i32, u64>>,
}

struct State {
    /// Threads that run or wait, those being started included.
    n_threads: usize,
    last_thread: u64,
    waiting: Vec<Entry>,
    last_id: u64,
    /// Since when the clock has been standing for something real: real and virtual time.
    standing: Option<(i64, i64)>,
}

/// A thread that waits.
struct Entry {
    id: u64,
    thread: u64,
    deadline_ns: Option<i64>,
    place: Place,
    /// For something outside of the process.
    is_real: bool,
    /// Its deadline has come.
    is_due: bool,
}

/// Where a thread waits.
pub enum Place {
    /// At a parker that lives until the wait is over.
    Parked(ParkerPlace),
    /// For descriptors; the last one is an eventfd that wakes it.
    Descriptors { asked: Vec<PollDescriptor>, wake: Option<i32> },
    /// In a loop's poller, for the poller's own descriptor.
    Loop { poller: Option<PollDescriptor>, waker: Option<Arc<Waker>> },
}

/// See [`Place::Parked`].
pub struct ParkerPlace(*const Parker);

// SAFETY: a parker is a word that threads share; `Waiting` takes the entry away before the parker goes.
unsafe impl Send for ParkerPlace {}

impl ParkerPlace {
    fn get(&self) -> &Parker {
        // SAFETY: the entry, and so this, is gone before the parker is: see `Host::park`.
        unsafe { &*self.0 }
    }
}

impl Entry {
    /// Whether it will run without anything else happening.
    fn goes_on(&self) -> bool {
        if self.is_due {
            return true;
        }
        match &self.place {
            Place::Parked(parker) => parker.get().has_news(),
            Place::Descriptors { asked, .. } => is_any_ready(asked),
            Place::Loop { poller, waker } => {
                waker.as_ref().is_some_and(|waker| waker.was_used())
                    || poller.as_ref().is_some_and(|poller| is_any_ready(std::slice::from_ref(poller)))
            }
        }
    }

    fn has_descriptors(&self) -> bool {
        !matches!(self.place, Place::Parked(_) | Place::Loop { poller: None, .. })
    }

    fn wake(&mut self) {
        self.is_due = true;
        match &self.place {
            Place::Parked(parker) => parker.get().end_by_time(),
            Place::Descriptors { wake: Some(descriptor), .. } => {
                let one = 1u64.to_ne_bytes();
                // SAFETY: eight bytes are read. The eventfd is open as long as the entry exists.
                unsafe { libc::write(*descriptor, one.as_ptr().cast(), one.len()) };
            }
            // The thread that asks is the one that waits.
            Place::Descriptors { wake: None, .. } | Place::Loop { waker: None, .. } => {}
            Place::Loop { waker: Some(waker), .. } => drop(waker.wake()),
        }
    }
}

fn is_any_ready(asked: &[PollDescriptor]) -> bool {
    let mut asked = asked.to_vec();
    super::poll::poll(&mut asked, 0).is_ok_and(|n| n > 0)
}

/// A wait under way; over when dropped.
pub struct Waiting<'a> {
    clock: &'a VirtualClock,
    id: u64,
}

impl Waiting<'_> {
    /// Whether the deadline has come.
    pub fn is_due(&self) -> bool {
        self.clock.state().waiting.iter().any(|entry| entry.id == self.id && entry.is_due)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.clock.state().waiting.retain(|entry| entry.id != self.id);
    }
}

impl VirtualClock {
    pub(super) fn new() -> VirtualClock {
        VirtualClock {
            now_ns: AtomicI64::new(0),
            state: AtomicPtr::new(VirtualClock::new_state()),
            traffic: AtomicBool::new(false),
            inside: Mutex::default(),
        }
    }

    fn new_state() -> *mut Mutex<State> {
        let state = State { n_threads: 1, last_thread: 0, waiting: Vec::new(), last_id: 0, standing: None };
        Box::into_raw(Box::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // SAFETY: made by `new_state`; freed by `drop` alone.
        let state = unsafe { &*self.state.load(Ordering::Acquire) };
        state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nanoseconds since the start.
    pub fn now_ns(&self) -> i64 {
        self.now_ns.load(Ordering::Acquire)
    }

    /// A thread is being started; gives its number, which it is to say by [`be_thread`].
    pub fn thread_begins(&self) -> u64 {
        let mut state = self.state();
        state.n_threads += 1;
        state.last_thread += 1;
        state.last_thread
    }

    /// A thread has ended, or could not be started.
    pub fn thread_ended(&self) {
        let mut state = self.state();
        state.n_threads = state.n_threads.saturating_sub(1);
        drop(state);
        self.settle();
    }

    /// In a process made by `fork`: the calling thread is the only one.
    pub fn forget_others(&self) {
        // What is left behind may be locked for ever.
        self.state.store(VirtualClock::new_state(), Ordering::Release);
    }

    /// Something was sent that another socket of the process may get.
    pub fn note_traffic(&self) {
        self.traffic.store(true, Ordering::Relaxed);
    }

    /// Whether the calling thread is the only one.
    pub(super) fn is_alone(&self) -> bool {
        self.state().n_threads <= 1
    }

    /// The calling thread waits. `is_real` says that it does for something outside of the process.
    pub fn enter(&self, deadline_ns: Option<i64>, place: Place, is_real: bool) -> Waiting<'_> {
        let mut state = self.state();
        state.last_id += 1;
        let id = state.last_id;
        let thread = THREAD.get();
        state.waiting.push(Entry { id, thread, deadline_ns, place, is_real, is_due: false });
        Waiting { clock: self, id }
    }

    /// Moves the clock if all threads wait, and wakes who is due. Gives after how much real time it is to be asked again.
    pub fn settle(&self) -> Option<Duration> {
        let mut state = self.state();
        let now = self.now_ns();
        let mut is_running =
            state.waiting.len() < state.n_threads || state.waiting.iter().any(Entry::goes_on);
        let is_real = state.waiting.iter().any(|entry| entry.is_real);
        if !is_running && !is_real && self.traffic.load(Ordering::Relaxed) {
            let has_descriptors = state.waiting.iter().any(Entry::has_descriptors);
            self.traffic.store(false, Ordering::Relaxed);
            if has_descriptors {
                thread::sleep(IN_FLIGHT);
                is_running = state.waiting.iter().any(Entry::goes_on);
            }
        }
        let timed = state.waiting.iter().enumerate().filter(|(_, entry)| !entry.is_due);
        let next = timed
            .filter_map(|(index, entry)| Some((entry.deadline_ns?, entry.thread, entry.id, index)))
            .min();
        let Some((deadline, _, _, index)) = next else {
            state.standing = None;
            return None;
        };
        if is_running || is_real && deadline > now {
            let patience = if is_running { PATIENCE_WITH_RUNNING_NS } else { PATIENCE_NS };
            let real_now = super::clock::real_clock(ClockKind::Monotonic).unwrap_or(0);
            let (real_start, start) = *state.standing.get_or_insert((real_now, now));
            let due = real_start.saturating_add(deadline.saturating_sub(start).max(patience));
            if due > real_now {
                return Some(Duration::from_nanos((due - real_now) as u64));
            }
        } else {
            state.standing = None;
        }
        self.now_ns.store(deadline.max(now), Ordering::Release);
        state.waiting[index].wake();
        None
    }
}

impl Drop for VirtualClock {
    fn drop(&mut self) {
        // SAFETY: made by `new_state`, and nobody has the clock any more.
        drop(unsafe { Box::from_raw(*self.state.get_mut()) });
    }
}

impl Host {
    /// The clocks are virtual from here on.
    pub fn make_time_virtual(&mut self) {
        self.virtual_clock = Some(Box::new(VirtualClock::new()));
    }

    pub fn virtual_clock(&self) -> Option<&VirtualClock> {
        self.virtual_clock.as_deref()
    }

    /// See [`VirtualClock::note_traffic`].
    #[inline]
    pub(super) fn note_traffic(&self) {
        if let Some(clock) = &self.virtual_clock {
            clock.note_traffic();
        }
    }

    /// [`Host::park`] where time is virtual. `wait` waits really, until a point of real time.
    pub(super) fn park_virtually(
        &self,
        clock: &VirtualClock,
        parker: &Parker,
        deadline_ns: Option<i64>,
        is_real: bool,
        wait: impl Fn(Option<i64>) -> io::Result<bool>,
    ) -> io::Result<bool> {
        let _waiting = clock.enter(deadline_ns, Place::Parked(ParkerPlace(parker)), is_real);
        loop {
            let limit = clock.settle().map(|limit| self.real_deadline(limit));
            if wait(limit)? {
                return Ok(true);
            }
            if deadline_ns.is_some_and(|deadline| clock.now_ns() >= deadline) {
                return Ok(parker.was_called());
            }
        }
    }

    fn real_deadline(&self, limit: Duration) -> i64 {
        self.real_monotonic().saturating_add(limit.as_nanos() as i64)
    }

    /// Where time is virtual: waits until one of the descriptors may be ready, or until a point on the monotonic clock.
    /// `is_idle` says that nothing real is waited for, whoever may make them ready.
    ///
    /// # Errors
    /// Of kind `Interrupted` if a signal came, and as the system says.
    pub fn await_descriptors(
        &self,
        clock: &VirtualClock,
        asked: &[PollDescriptor],
        deadline_ns: Option<i64>,
        is_idle: bool,
    ) -> io::Result<()> {
        let mut asked = asked.to_vec();
        let n_asked = asked.len();
        let mut event = None;
        loop {
            if self.poll(&mut asked[..n_asked], 0)? > 0
                || deadline_ns.is_some_and(|deadline| clock.now_ns() >= deadline)
            {
                return Ok(());
            }
            let is_real =
                !is_idle && asked[..n_asked].iter().any(|asked| self.is_outside(asked.descriptor()));
            if event.is_none() && !clock.is_alone() {
                let made = EventDescriptor::new()?;
                asked.push(PollDescriptor::new(made.0, true, false));
                event = Some(made);
            }
            let wake = event.as_ref().map(|event| event.0);
            let place = Place::Descriptors { asked: asked[..n_asked].to_vec(), wake };
            let waiting = clock.enter(deadline_ns, place, is_real);
            let limit = clock.settle();
            if !waiting.is_due() {
                let limit_ms = limit.map_or(-1, |limit| limit.as_millis().min(1 << 30) as i32 + 1);
                self.poll(&mut asked, limit_ms)?;
            }
        }
    }
}

/// An eventfd.
struct EventDescriptor(i32);

impl EventDescriptor {
    fn new() -> io::Result<EventDescriptor> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) }).map(EventDescriptor)
    }
}

impl Drop for EventDescriptor {
    fn drop(&mut self) {
        // SAFETY: the descriptor is this object's own.
        unsafe { libc::close(self.0) };
    }
}
