//! Calls of the system that may have to wait: what a socket with a timeout, an interruption or a signal handler make of them.

use std::io;

use ouro_runtime::event_loop::watch::Direction;
use ouro_runtime::host::PollDescriptor;
use ouro_runtime::{Exc, PyResult, Vm};

use super::object::Socket;
use crate::errors::os_retried;

/// A call that is tried until it is done, and how much time it has.
pub struct Attempt {
    /// In nanoseconds; below zero without limit, 0 for sockets that never wait.
    timeout: i64,
    /// When time is up, once it began to run.
    deadline: Option<i64>,
}

impl Attempt {
    pub fn new(socket: &Socket) -> Attempt {
        Attempt { timeout: socket.timeout.get(), deadline: None }
    }

    /// Waits until the descriptor is ready, if the socket has a timeout.
    ///
    /// # Errors
    /// TimeoutError; what signal handlers raise.
    pub fn wait(&mut self, vm: &Vm, fd: i32, events: i16) -> PyResult<()> {
        if self.timeout <= 0 {
            return Ok(());
        }
        self.wait_any(vm, fd, events)
    }

    /// As [`Attempt::wait`], for ever without a timeout.
    pub fn wait_any(&mut self, vm: &Vm, fd: i32, events: i16) -> PyResult<()> {
        if self.timeout >= 0 {
            self.deadline.get_or_insert_with(|| vm.host.monotonic().saturating_add(self.timeout));
        }
        if wait_until(vm, fd, events, self.deadline)? { Ok(()) } else { timed_out(vm) }
    }

    /// Makes a call of the system, which waits if the socket has no timeout: other threads run then, so it touches nothing of Python's.
    pub fn make<T>(&self, vm: &Vm, call: impl FnOnce() -> T) -> T {
        if self.timeout < 0 { vm.blocking(|_| call()) } else { call() }
    }

    /// As [`Attempt::make`], of a call that waits for these events.
    ///
    /// # Errors
    /// What signal handlers raise while a virtual clock is watched.
    pub fn make_on<T>(
        &self,
        vm: &Vm,
        (fd, events, flags): (i32, i16, i32),
        call: impl FnOnce() -> T,
    ) -> PyResult<T> {
        let may_wait = self.timeout < 0 && fd >= 0 && flags & (libc::MSG_DONTWAIT | libc::MSG_ERRQUEUE) == 0;
        if may_wait && vm.host.virtual_clock().is_some() {
            // In the call itself nobody would know that the thread waits.
            wait_until(vm, fd, events, None)?;
        }
        Ok(self.make(vm, call))
    }

    /// Prepares for another try after an error, or raises it.
    #[cold]
    pub fn again(&mut self, vm: &Vm, fd: i32, events: i16, error: io::Error) -> PyResult<()> {
        match error.raw_os_error() {
            Some(libc::EINTR) => vm.check_signals(),
            Some(libc::EAGAIN) if self.timeout > 0 => self.wait(vm, fd, events),
            Some(libc::EAGAIN) => {
                vm.descriptor_drained(fd, direction(events));
                raise(vm, &error)
            }
            _ => raise(vm, &error),
        }
    }
}

/// What an attempt that waits for these events does.
fn direction(events: i16) -> Direction {
    if events & libc::POLLIN != 0 { Direction::Read } else { Direction::Write }
}

/// Tells the event loop of a call on a stream that moved less than it could have: there is no more for now.
pub fn note_short(vm: &Vm, socket: &Socket, events: i16, moved: usize, possible: usize, flags: i32) {
    if moved < possible && flags == 0 && socket.kind.get() == libc::SOCK_STREAM {
        vm.descriptor_drained(socket.fd.get(), direction(events));
    }
}

/// Waits until a descriptor is ready: true, or until a point on the monotonic clock: false.
///
/// # Errors
/// What signal handlers raise; OSError as the system says.
pub fn wait_until(vm: &Vm, fd: i32, events: i16, deadline: Option<i64>) -> PyResult<bool> {
    loop {
        let mut left_ms = deadline.map_or(-1, |deadline| milliseconds(deadline - vm.host.monotonic()));
        if let Some(clock) = vm.host.virtual_clock() {
            let asked = [PollDescriptor::with_events(fd, events)];
            os_retried(vm, || vm.host.await_descriptors(clock, &asked, deadline, false))?;
            left_ms = 0;
        }
        match vm.blocking(|host| host.poll_one(fd, events, left_ms)) {
            Ok(0) => {
                // A wait that was cut to the longest there is goes on.
                if deadline.is_none_or(|deadline| vm.host.monotonic() >= deadline) {
                    return Ok(false);
                }
            }
            Ok(_) => return Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => vm.check_signals()?,
            Err(error) => return vm.raise_os_error(&error, None),
        }
    }
}

/// Nanoseconds as milliseconds for the system, rounded up.
pub fn milliseconds(ns: i64) -> i32 {
    let ms = ns.max(0).div_euclid(1_000_000) + i64::from(ns.max(0) % 1_000_000 != 0);
    i32::try_from(ms).unwrap_or(i32::MAX)
}

#[cold]
fn timed_out<T>(vm: &Vm) -> PyResult<T> {
    vm.raise(Exc::TimeoutError, "timed out")
}

/// Raises the system's error; MemoryError where there was not enough for the call.
#[cold]
pub fn raise<T>(vm: &Vm, error: &io::Error) -> PyResult<T> {
    if error.kind() == io::ErrorKind::OutOfMemory && error.raw_os_error().is_none() {
        return vm.raise_bare(Exc::MemoryError);
    }
    vm.raise_os_error(error, None)
}

/// Calls, which waits for these events unless the flags say otherwise, until it is done.
pub fn repeat<T>(
    vm: &Vm,
    socket: &Socket,
    (events, flags): (i16, i32),
    mut call: impl FnMut(i32) -> io::Result<T>,
) -> PyResult<T> {
    let mut attempt = Attempt::new(socket);
    loop {
        match attempt.make_on(vm, (socket.fd.get(), events, flags), || call(socket.fd.get()))? {
            Ok(value) => return Ok(value),
            Err(error) => attempt.again(vm, socket.fd.get(), events, error)?,
        }
    }
}
