//! `poll(2)`: which descriptors are ready now, or become so within a time.

#![allow(unsafe_code)]

use std::io;

use super::Host;

/// One descriptor to be asked for, then the answer.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct PollDescriptor(libc::pollfd);

impl PollDescriptor {
    pub fn new(descriptor: i32, read: bool, write: bool) -> PollDescriptor {
        let events =
            if read { libc::POLLIN | libc::POLLPRI } else { 0 } | if write { libc::POLLOUT } else { 0 };
        PollDescriptor::with_events(descriptor, events)
    }

    /// `events` has bits of `POLLIN` and so on.
    pub fn with_events(descriptor: i32, events: i16) -> PollDescriptor {
        PollDescriptor(libc::pollfd { fd: descriptor, events, revents: 0 })
    }

    pub fn descriptor(&self) -> i32 {
        self.0.fd
    }

    /// The answer in bits of `POLLIN` and so on.
    pub fn events_found(&self) -> i16 {
        self.0.revents
    }

    /// Whether it can be read, `None` if that was not asked; an error or the end is something to read.
    pub fn reads(&self) -> Option<bool> {
        self.answer(libc::POLLIN, libc::POLLIN | libc::POLLPRI)
    }

    /// Whether it can be written, as [`PollDescriptor::reads`].
    pub fn writes(&self) -> Option<bool> {
        self.answer(libc::POLLOUT, libc::POLLOUT)
    }

    fn answer(&self, asked: i16, sought: i16) -> Option<bool> {
        let ended = libc::POLLERR | libc::POLLHUP | libc::POLLNVAL;
        (self.0.events & asked != 0).then_some(self.0.revents & (sought | ended) != 0)
    }
}

impl Host {
    /// Which of these are ready now.
    ///
    /// # Errors
    /// As the system says.
    pub fn poll_now(&self, descriptors: &mut [PollDescriptor]) -> io::Result<usize> {
        self.poll(descriptors, 0)
    }

    /// Waits until one is ready, for at most so many milliseconds; -1 is for ever. Gives the count of those that are.
    ///
    /// # Errors
    /// Of kind `Interrupted` if a signal came, and as the system says.
    pub fn poll(&self, descriptors: &mut [PollDescriptor], timeout_ms: i32) -> io::Result<usize> {
        poll(descriptors, timeout_ms)
    }
}

/// See [`Host::poll`].
pub(super) fn poll(descriptors: &mut [PollDescriptor], timeout_ms: i32) -> io::Result<usize> {
    // SAFETY: the entries have the layout of pollfd, and are written within the slice.
    let n =
        unsafe { libc::poll(descriptors.as_mut_ptr().cast(), descriptors.len() as libc::nfds_t, timeout_ms) };
    usize::try_from(n).map_err(|_| io::Error::last_os_error())
}
