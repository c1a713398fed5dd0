//! The one poll source: mio, with a waker for other threads. Nothing else names `mio`.

use std::io;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};

/// The waker's token; descriptors have their own number.
const WAKER: Token = Token(usize::MAX);
const EVENTS_AT_ONCE: usize = 256;

pub struct Poller {
    poll: Poll,
    events: Events,
    waker: std::sync::Arc<Waker>,
}

/// What a descriptor is ready for.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    pub descriptor: i32,
    pub readable: bool,
    pub writable: bool,
}

impl Poller {
    /// # Errors
    /// As the operating system says.
    pub fn new() -> io::Result<Poller> {
        let poll = Poll::new()?;
        let waker = std::sync::Arc::new(Waker::new(poll.registry(), WAKER)?);
        Ok(Poller { poll, events: Events::with_capacity(EVENTS_AT_ONCE), waker })
    }

    /// Ends a wait, from any thread.
    pub fn waker(&self) -> std::sync::Arc<Waker> {
        self.waker.clone()
    }

    /// Waits until something is ready, the waker is used or the time is over.
    ///
    /// # Errors
    /// Of kind `Interrupted` if a signal came, and as the operating system says.
    pub fn wait(&mut self, timeout: Option<Duration>) -> io::Result<Vec<Readiness>> {
        self.poll.poll(&mut self.events, timeout)?;
        let ready = self.events.iter().filter(|event| event.token() != WAKER).map(|event| Readiness {
            descriptor: event.token().0 as i32,
            readable: event.is_readable() || event.is_read_closed() || event.is_error(),
            writable: event.is_writable() || event.is_write_closed() || event.is_error(),
        });
        Ok(ready.collect())
    }
}
