//! Calls of the system that may have to wait: what a socket with a timeout, an interruption or a signal handler make of them.

use std::io;

use ouro_runtime::event_loop::watch::Direction;
use ouro_runtime::{Exc, PyResult, Vm};

use super::object::Socket;

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
        loop {
            let left_ms = if self.timeout < 0 {
                -1
            } else {
                let now = vm.host.monotonic();
                let deadline = *self.deadline.get_or_insert(now.saturating_add(self.timeout));
                milliseconds(deadline - now)
            };
            match vm.blocking(|host| host.poll_one(fd, events, left_ms)) {
                Ok(0) => {
                    // A wait that was cut to the longest there is goes on.
                    if self.deadline.is_none_or(|deadline| vm.host.monotonic() >= deadline) {
                        return timed_out(vm);
                    }
                }
                Ok(_) => return Ok(()),
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => vm.check_signals()?,
                Err(error) => return vm.raise_os_error(&error, None),
            }
        }
    }

    /// Makes a call of the system, which waits if the socket has no timeout: other threads run then, so it touches nothing of Python's.
    pub fn make<T>(&self, vm: &Vm, call: impl FnOnce() -> T) -> T {
        if self.timeout < 0 { vm.blocking(|_| call()) } else { call() }
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

/// Calls until it is done.
pub fn repeat<T>(
    vm: &Vm,
    socket: &Socket,
    events: i16,
    mut call: impl FnMut(i32) -> io::Result<T>,
) -> PyResult<T> {
    let mut attempt = Attempt::new(socket);
    loop {
        match attempt.make(vm, || call(socket.fd.get())) {
            Ok(value) => return Ok(value),
            Err(error) => attempt.again(vm, socket.fd.get(), events, error)?,
        }
    }
}
