//! Waiting until descriptors are ready: one with `poll`, many with `select` and `epoll`.

use std::io;

use super::Host;
use crate::host::{PollDescriptor, check};

/// Descriptors from here on do not fit `select`.
pub const SELECT_LIMIT: i32 = libc::FD_SETSIZE as i32;

/// Descriptors for `select`: to read from, to write to, with exceptional conditions.
#[derive(Clone, Default)]
pub struct SelectSets(pub [Vec<i32>; 3]);

/// What is watched in an epoll object: events and a number of the caller's.
#[derive(Clone, Copy, Debug)]
pub struct EpollEntry {
    pub events: u32,
    pub data: u64,
}

impl Host {
    /// Waits for one descriptor; what became ready, 0 if time ran out. `timeout_ms` below zero waits for ever.
    pub fn poll_one(&self, fd: i32, events: i16, timeout_ms: i32) -> io::Result<i16> {
        let mut entry = [PollDescriptor::with_events(fd, events)];
        self.poll(&mut entry, timeout_ms)?;
        Ok(entry[0].events_found())
    }

    /// Leaves of each set what is ready. Waits for ever without a timeout, which is in microseconds.
    ///
    /// # Panics
    /// If a descriptor is negative or not below [`SELECT_LIMIT`].
    pub fn select(&self, sets: &mut SelectSets, timeout_us: Option<i64>) -> io::Result<()> {
        let highest = sets.0.iter().flatten().copied().max().unwrap_or(-1);
        assert!(
            sets.0.iter().flatten().all(|fd| (0..SELECT_LIMIT).contains(fd)),
            "descriptors are checked before"
        );
        let mut raw = [const { empty_set() }; 3];
        for (set, fds) in raw.iter_mut().zip(&sets.0) {
            for &fd in fds {
                // SAFETY: the descriptor fits the set.
                unsafe { libc::FD_SET(fd, set) };
            }
        }
        let mut timeout = libc::timeval {
            tv_sec: timeout_us.unwrap_or(0) / 1_000_000,
            tv_usec: timeout_us.unwrap_or(0) % 1_000_000,
        };
        let timeout = timeout_us.map_or(std::ptr::null_mut(), |_| &raw mut timeout);
        let [read, write, except] = &mut raw;
        // SAFETY: three sets and a timeout that live through the call.
        check(unsafe { libc::select(highest + 1, read, write, except, timeout) })?;
        for (set, fds) in raw.iter().zip(&mut sets.0) {
            // SAFETY: the descriptors fit the set.
            fds.retain(|&fd| unsafe { libc::FD_ISSET(fd, set) });
        }
        Ok(())
    }

    pub fn epoll_create(&self, flags: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::epoll_create1(flags) })
    }

    /// `operation` is `EPOLL_CTL_ADD` or its like.
    pub fn epoll_control(
        &self,
        epoll: i32,
        operation: i32,
        fd: i32,
        entry: Option<EpollEntry>,
    ) -> io::Result<()> {
        let entry = entry.unwrap_or(EpollEntry { events: 0, data: 0 });
        let mut event = libc::epoll_event { events: entry.events, u64: entry.data };
        // SAFETY: one event is read.
        check(unsafe { libc::epoll_ctl(epoll, operation, fd, &raw mut event) }).map(drop)
    }

    /// Waits for at most `max` entries to become ready. `timeout_ms` below zero waits for ever.
    pub fn epoll_wait(&self, epoll: i32, max: usize, timeout_ms: i32) -> io::Result<Vec<EpollEntry>> {
        let mut events = Vec::new();
        let max = max.min(i32::MAX as usize / size_of::<libc::epoll_event>());
        if events.try_reserve_exact(max).is_err() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        events.resize(max, libc::epoll_event { events: 0, u64: 0 });
        // SAFETY: the events are writable for their number.
        let n = check(unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), max as i32, timeout_ms) })?;
        let ready = events.iter().take(n as usize);
        Ok(ready.map(|event| EpollEntry { events: event.events, data: event.u64 }).collect())
    }
}

const fn empty_set() -> libc::fd_set {
    // SAFETY: a set of no descriptors is all zeros.
    unsafe { std::mem::zeroed() }
}
