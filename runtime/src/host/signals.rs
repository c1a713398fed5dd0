//! Signals: what the process does on them, and those that came and wait for their Python handler.
//!
//! A handler of the system only notes the signal; the interpreter calls the Python function between two instructions. Signals belong to
//! the process, so the notes are the one state that is not an interpreter's own.

#![allow(unsafe_code)]

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, Ordering};

use super::{Host, Waker, check};

/// One more than the highest signal number.
pub const N_SIGNALS: usize = 65;

/// What happens when a signal comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalAction {
    Default,
    Ignore,
    /// It is noted for [`take_signals`].
    Note,
    /// Something that was not set here.
    Foreign,
}

/// What came with a signal; which numbers mean something is the signal's business.
#[derive(Clone, Copy, Debug)]
pub struct SignalInfo {
    pub signal: i32,
    pub code: i32,
    pub errno: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub band: i64,
}

static CAME: [AtomicBool; N_SIGNALS] = [const { AtomicBool::new(false) }; N_SIGNALS];
static ANY: AtomicBool = AtomicBool::new(false);
/// Flag of the interpreter whose thread handles signals.
static ATTENTION: AtomicPtr<AtomicBool> = AtomicPtr::new(std::ptr::null_mut());
/// `pthread_t` of the thread that handles signals; 0 before there is one.
static MAIN_THREAD: AtomicU64 = AtomicU64::new(0);
/// `signal.set_wakeup_fd`.
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
/// Of the event loop that waits on the thread that handles signals.
static WAKER: AtomicPtr<Waker> = AtomicPtr::new(std::ptr::null_mut());

/// Only what is safe in a signal handler: stores to atomics and `write`.
extern "C" fn note(signal: libc::c_int) {
    let Some(came) = CAME.get(signal as usize) else { return };
    // SAFETY: neither call takes a lock; the thread that gets signals outlives the others. errno is not touched.
    unsafe {
        let main = MAIN_THREAD.load(Ordering::Acquire);
        if main != 0 && main != libc::pthread_self() as u64 {
            // It is the main thread's calls that are to be interrupted.
            libc::pthread_kill(main as libc::pthread_t, signal);
            return;
        }
    }
    came.store(true, Ordering::Relaxed);
    ANY.store(true, Ordering::Release);
    let attention = ATTENTION.load(Ordering::Acquire);
    if !attention.is_null() {
        // SAFETY: `watch_signals` stores flags that live until `unwatch_signals`.
        unsafe { (*attention).store(true, Ordering::Release) };
    }
    let fd = WAKEUP_FD.load(Ordering::Acquire);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: errno is this thread's, and is put back; one byte is read.
        unsafe {
            let saved = *libc::__errno_location();
            libc::write(fd, (&raw const byte).cast(), 1);
            *libc::__errno_location() = saved;
        }
    }
    // SAFETY: errno is this thread's, and is put back.
    unsafe {
        let saved = *libc::__errno_location();
        super::parking::interrupt_parked();
        *libc::__errno_location() = saved;
    }
    let waker = WAKER.load(Ordering::Acquire);
    if !waker.is_null() {
        // SAFETY: errno is this thread's, and is put back. `wake_on_signals` stores wakers that live until it takes them away, on the one
        // thread that gets signals. Waking is a write to an eventfd.
        unsafe {
            let saved = *libc::__errno_location();
            let _ = (*waker).wake();
            *libc::__errno_location() = saved;
        }
    }
}

/// Until the guard is dropped, signals end the wait of this waker's poll; `None` on threads that do not handle signals.
#[must_use]
pub fn wake_on_signals(waker: &Waker) -> Option<WakeOnSignals<'_>> {
    if !are_signals_handled_here() {
        return None;
    }
    let outer = WAKER.swap(std::ptr::from_ref(waker).cast_mut(), Ordering::AcqRel);
    Some(WakeOnSignals { outer, waker: std::marker::PhantomData })
}

/// See [`wake_on_signals`].
pub struct WakeOnSignals<'a> {
    outer: *mut Waker,
    waker: std::marker::PhantomData<&'a Waker>,
}

impl Drop for WakeOnSignals<'_> {
    fn drop(&mut self) {
        WAKER.store(self.outer, Ordering::Release);
    }
}

/// Whether a signal waits.
#[inline]
pub fn has_signals() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Signals that came since the last call, lowest number first.
pub fn take_signals() -> Vec<i32> {
    if !ANY.swap(false, Ordering::AcqRel) {
        return Vec::new();
    }
    (1..N_SIGNALS as i32).filter(|&n| CAME[n as usize].swap(false, Ordering::AcqRel)).collect()
}

/// The calling thread handles signals from now on: those that come on others are passed on to it.
pub fn handle_signals_here() {
    // SAFETY: no memory is touched.
    MAIN_THREAD.store(unsafe { libc::pthread_self() } as u64, Ordering::Release);
}

/// Whether the calling thread handles signals.
pub(super) fn are_signals_handled_here() -> bool {
    // SAFETY: no memory is touched.
    MAIN_THREAD.load(Ordering::Acquire) == unsafe { libc::pthread_self() } as u64
}

/// The calling thread is about to end.
pub fn leave_signals() {
    // SAFETY: no memory is touched.
    let me = unsafe { libc::pthread_self() } as u64;
    let _other = MAIN_THREAD.compare_exchange(me, 0, Ordering::AcqRel, Ordering::Relaxed);
}

/// From now on signals set this flag.
///
/// # Safety
/// The flag lives until another is watched or [`unwatch_signals`] is called with it.
pub unsafe fn watch_signals(flag: &AtomicBool) {
    ATTENTION.store(std::ptr::from_ref(flag).cast_mut(), Ordering::Release);
}

/// The flag will not live on.
pub fn unwatch_signals(flag: &AtomicBool) {
    let address = std::ptr::from_ref(flag).cast_mut();
    let _other =
        ATTENTION.compare_exchange(address, std::ptr::null_mut(), Ordering::AcqRel, Ordering::Relaxed);
}

/// Keeps signals from the calling thread while it looks whether it should wait: what comes meanwhile ends the wait. Put back when dropped.
pub(super) struct HeldSignals {
    usual: libc::sigset_t,
}

impl HeldSignals {
    pub(super) fn hold() -> HeldSignals {
        // All signals can be held, whatever the system keeps for itself.
        HeldSignals { usual: change_mask(libc::SIG_BLOCK, &all_signals()).unwrap_or_else(|_| set_of(&[])) }
    }

    /// Waits for so many nanoseconds.
    ///
    /// # Errors
    /// Of kind `Interrupted` if a signal comes, or one waits that this thread handles.
    pub(super) fn wait(&self, ns: i64) -> io::Result<()> {
        if has_signals() && are_signals_handled_here() {
            return Err(io::Error::from_raw_os_error(libc::EINTR));
        }
        let time = libc::timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 };
        // SAFETY: no descriptors; a time and a set are read.
        check(unsafe { libc::ppoll(std::ptr::null_mut(), 0, &raw const time, &raw const self.usual) })
            .map(drop)
    }
}

impl Drop for HeldSignals {
    fn drop(&mut self) {
        let _held = change_mask(libc::SIG_SETMASK, &self.usual);
    }
}

/// Keeps signals from the calling thread, so that the one that runs Python gets them.
pub fn block_signals() {
    let _usual = change_mask(libc::SIG_BLOCK, &all_signals());
}

fn all_signals() -> libc::sigset_t {
    let mut all = set_of(&[]);
    // SAFETY: an initialised set is written.
    unsafe { libc::sigfillset(&raw mut all) };
    all
}

/// Changes the thread's mask and gives the old one.
fn change_mask(how: i32, signals: &libc::sigset_t) -> io::Result<libc::sigset_t> {
    let mut old = set_of(&[]);
    // SAFETY: one set is read, one written.
    let error = unsafe { libc::pthread_sigmask(how, std::ptr::from_ref(signals), &raw mut old) };
    if error == 0 { Ok(old) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// The set with these signals.
pub(super) fn set_of(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: a zeroed set is written by sigemptyset; adding a bad number only fails.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        for &signal in signals {
            libc::sigaddset(&raw mut set, signal);
        }
        set
    }
}

fn members(set: &libc::sigset_t) -> Vec<i32> {
    // SAFETY: the set is initialised.
    (1..N_SIGNALS as i32).filter(|&n| unsafe { libc::sigismember(set, n) } == 1).collect()
}

fn action_of(raw: &libc::sigaction) -> SignalAction {
    match raw.sa_sigaction {
        libc::SIG_DFL => SignalAction::Default,
        libc::SIG_IGN => SignalAction::Ignore,
        handler if handler == note as *const () as usize => SignalAction::Note,
        _ => SignalAction::Foreign,
    }
}

impl Host {
    pub fn signal_action(&self, signal: i32) -> io::Result<SignalAction> {
        // SAFETY: a zeroed sigaction is valid, and one is written.
        let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: as above; none is read.
        check(unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut old) })?;
        Ok(action_of(&old))
    }

    /// Sets what happens on a signal; interrupted calls are not restarted.
    pub fn set_signal_action(&self, signal: i32, action: SignalAction) -> io::Result<()> {
        // SAFETY: a zeroed sigaction is valid.
        let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
        new.sa_sigaction = match action {
            SignalAction::Default | SignalAction::Foreign => libc::SIG_DFL,
            SignalAction::Ignore => libc::SIG_IGN,
            SignalAction::Note => note as *const () as usize,
        };
        new.sa_flags = libc::SA_ONSTACK;
        // SAFETY: one sigaction is read, none written; `note` is safe in a handler.
        check(unsafe { libc::sigaction(signal, &raw const new, std::ptr::null_mut()) }).map(drop)
    }

    /// Whether a signal interrupts system calls or has them start again.
    pub fn set_signal_interrupts(&self, signal: i32, interrupts: bool) -> io::Result<()> {
        // SAFETY: a zeroed sigaction is valid; one is written, then read.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            check(libc::sigaction(signal, std::ptr::null(), &raw mut action))?;
            if interrupts {
                action.sa_flags &= !libc::SA_RESTART;
            } else {
                action.sa_flags |= libc::SA_RESTART;
            }
            check(libc::sigaction(signal, &raw const action, std::ptr::null_mut())).map(drop)
        }
    }

    /// Sends a signal to the calling thread.
    pub fn raise_signal(&self, signal: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        if unsafe { libc::raise(signal) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Sends a signal to a thread of this process by its `pthread_t`, which must be one of a live thread.
    pub fn signal_thread(&self, thread: u64, signal: i32) -> io::Result<()> {
        // SAFETY: the C library checks the handle where it can; no memory of ours is touched.
        let error = unsafe { libc::pthread_kill(thread as libc::pthread_t, signal) };
        if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
    }

    /// Changes the thread's mask (`SIG_BLOCK`, ...) and gives the old one.
    pub fn change_signal_mask(&self, how: i32, signals: &[i32]) -> io::Result<Vec<i32>> {
        change_mask(how, &set_of(signals)).map(|old| members(&old))
    }

    /// Signals that came while they were blocked.
    pub fn pending_signals(&self) -> io::Result<Vec<i32>> {
        let mut set = set_of(&[]);
        // SAFETY: one set is written.
        check(unsafe { libc::sigpending(&raw mut set) })?;
        Ok(members(&set))
    }

    /// Waits for one of these signals, which are blocked.
    pub fn wait_for_signal(&self, signals: &[i32]) -> io::Result<i32> {
        let set = set_of(signals);
        let mut signal = 0;
        // SAFETY: one set is read, one number written.
        let error = unsafe { libc::sigwait(&raw const set, &raw mut signal) };
        if error == 0 { Ok(signal) } else { Err(io::Error::from_raw_os_error(error)) }
    }

    /// Waits for one of these signals, which are blocked, for at most so many nanoseconds, and gives what came with it.
    ///
    /// # Errors
    /// Of kind `Interrupted` if another signal came, `WouldBlock` if none did.
    pub fn wait_for_signal_info(&self, signals: &[i32], timeout_ns: Option<i64>) -> io::Result<SignalInfo> {
        let set = set_of(signals);
        let timeout =
            timeout_ns.map(|ns| libc::timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 });
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: a zeroed siginfo is valid; a set and a time, or none, are read, and one siginfo is written. Its fields are plain
        // numbers, whichever of them this signal has set.
        unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            check(libc::sigtimedwait(&raw const set, &raw mut info, timeout))?;
            Ok(SignalInfo {
                signal: info.si_signo,
                code: info.si_code,
                errno: info.si_errno,
                pid: info.si_pid(),
                uid: info.si_uid(),
                status: info.si_status(),
                // It shares its place with the two ids.
                band: info.si_pid() as u32 as i64 | (info.si_uid() as i64) << 32,
            })
        }
    }

    /// Sends a signal to the process of a descriptor.
    pub fn signal_process(&self, pidfd: i32, signal: i32, flags: u32) -> io::Result<()> {
        let no_info = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: no memory is touched.
        let result = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signal, no_info, flags) };
        check(result as i32).map(drop)
    }

    /// Waits for a signal of any kind. Always ends as interrupted.
    pub fn pause(&self) {
        // SAFETY: no memory is touched.
        unsafe { libc::pause() };
    }

    /// SIGALRM after so many seconds, 0 for never; gives what was left of the alarm before.
    pub fn set_alarm(&self, seconds: u32) -> u32 {
        // SAFETY: no memory is touched.
        unsafe { libc::alarm(seconds) }
    }

    /// Sets an interval timer in microseconds (first expiry, interval) and gives its old setting.
    pub fn set_interval_timer(&self, which: i32, setting: (i64, i64)) -> io::Result<(i64, i64)> {
        let time = |us: i64| libc::timeval { tv_sec: us / 1_000_000, tv_usec: us % 1_000_000 };
        let new = libc::itimerval { it_value: time(setting.0), it_interval: time(setting.1) };
        let mut old = libc::itimerval { it_value: time(0), it_interval: time(0) };
        // SAFETY: one setting is read, one written; `which` is a number.
        check(unsafe { libc::setitimer(which as _, &raw const new, &raw mut old) })?;
        Ok(timer_of(&old))
    }

    pub fn interval_timer(&self, which: i32) -> io::Result<(i64, i64)> {
        let zero = libc::timeval { tv_sec: 0, tv_usec: 0 };
        let mut setting = libc::itimerval { it_value: zero, it_interval: zero };
        // SAFETY: one setting is written.
        check(unsafe { libc::getitimer(which as _, &raw mut setting) })?;
        Ok(timer_of(&setting))
    }

    /// What the system calls a signal.
    pub fn signal_text(&self, signal: i32) -> Option<String> {
        // SAFETY: the text lies in memory of the C library until the next call, which the interpreter's lock keeps away.
        let text = unsafe {
            let text = libc::strsignal(signal);
            if text.is_null() {
                return None;
            }
            std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
        };
        (!text.starts_with("Unknown signal")).then_some(text)
    }

    /// Every signal also writes its number to this descriptor; -1 for none. Gives the one before.
    pub fn set_wakeup_fd(&self, fd: i32) -> i32 {
        WAKEUP_FD.swap(fd, Ordering::AcqRel)
    }

    /// The lowest and highest real-time signal that programs may use.
    pub fn real_time_signals(&self) -> (i32, i32) {
        (libc::SIGRTMIN(), libc::SIGRTMAX())
    }
}

fn timer_of(raw: &libc::itimerval) -> (i64, i64) {
    let us = |time: &libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
    (us(&raw.it_value), us(&raw.it_interval))
}
