//! The one poll source: mio, with a waker for other threads and signals. Nothing but it and its waker names `mio`.
//!
//! It reports edges: a descriptor is reported when it becomes ready, not while it is. `watch.rs` makes of that what asyncio promises.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};

use crate::host::{self, Host, Patience, PollDescriptor, Waker};

/// The waker's token; descriptors have their own number.
const WAKER: Token = Token(usize::MAX);
const EVENTS_AT_ONCE: usize = 256;

/// What waits. Taken out of the loop meanwhile: other threads may look at that.
pub struct Poller {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    patience: Patience,
}

/// What says which descriptors a poller looks at, and ends its wait.
pub struct PollerFace {
    registry: Registry,
    waker: Arc<Waker>,
}

/// What one may do with a descriptor: bits of a [`Readiness`].
pub mod readiness {
    pub const READ: u8 = 1;
    pub const WRITE: u8 = 2;
    /// The other side has closed, or there is an error: reading, or writing, will never wait again.
    pub const READ_ENDED: u8 = 4;
    pub const WRITE_ENDED: u8 = 8;
}

/// Bits of [`readiness`].
pub type Readiness = u8;

fn interest(in_what: Readiness) -> Interest {
    match in_what & (readiness::READ | readiness::WRITE) {
        readiness::READ => Interest::READABLE,
        readiness::WRITE => Interest::WRITABLE,
        _ => Interest::READABLE | Interest::WRITABLE,
    }
}

impl Poller {
    /// # Errors
    /// As the operating system says.
    pub fn new() -> io::Result<(Poller, PollerFace)> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let face = PollerFace { registry: poll.registry().try_clone()?, waker: waker.clone() };
        Ok((
            Poller { poll, events: Events::with_capacity(EVENTS_AT_ONCE), waker, patience: Patience::new() },
            face,
        ))
    }

    /// A descriptor that can be read when a wait would end at once.
    pub fn descriptor(&self) -> i32 {
        self.waker.always_ask_system();
        self.system_descriptor()
    }

    /// As [`Poller::descriptor`], of readiness alone; the waker may be used without it.
    pub fn system_descriptor(&self) -> i32 {
        std::os::fd::AsRawFd::as_raw_fd(&self.poll)
    }

    /// Waits until something is ready, the waker is used, the time is over, or a signal comes, if the calling thread handles
    /// signals. `expects_threads` says that the waker may be used soon.
    ///
    /// # Errors
    /// Of kind `Interrupted` if a signal came, and as the operating system says.
    pub fn wait(&mut self, timeout: Option<Duration>, expects_threads: bool) -> io::Result<()> {
        let now = Some(Duration::ZERO);
        if timeout == now {
            self.waker.note_awake();
            return self.poll.poll(&mut self.events, now);
        }
        let Poller { poll, events, .. } = self;
        let result = sleep(&self.waker, &self.patience, expects_threads, |sleeps| {
            poll.poll(events, if sleeps { timeout } else { now })
        });
        self.waker.note_awake();
        result
    }

    /// As [`Poller::wait`], but takes nothing in: what ended the wait can be seen from other threads until the next one that does.
    ///
    /// # Errors
    /// As for [`Poller::wait`].
    pub fn sleep(&self, host: &Host, timeout: Option<Duration>, expects_threads: bool) -> io::Result<()> {
        let mut asked = [PollDescriptor::new(self.system_descriptor(), true, false)];
        let timeout_ms = timeout.map_or(-1, |timeout| timeout.as_millis().min(1 << 30) as i32 + 1);
        sleep(&self.waker, &self.patience, expects_threads, |sleeps| {
            host.poll(&mut asked, if sleeps { timeout_ms } else { 0 }).map(drop)
        })
    }

    /// What the last wait found, in the system's order.
    pub fn ready(&self) -> impl Iterator<Item = (i32, Readiness)> {
        self.events.iter().filter(|event| event.token() != WAKER).map(|event| {
            let (read_ended, write_ended) = (event.is_read_closed(), event.is_write_closed());
            let error = event.is_error();
            let bit = |bit, is_set| if is_set { bit } else { 0 };
            let found = bit(readiness::READ, event.is_readable() || read_ended || error)
                | bit(readiness::WRITE, event.is_writable() || write_ended || error)
                | bit(readiness::READ_ENDED, read_ended || error)
                | bit(readiness::WRITE_ENDED, write_ended || error);
            (event.token().0 as i32, found)
        })
    }
}

/// Has `wait` wait, or only look if the waker was used or a signal came.
fn sleep(
    waker: &Waker,
    patience: &Patience,
    expects_threads: bool,
    wait: impl FnOnce(bool) -> io::Result<()>,
) -> io::Result<()> {
    // From here on a signal ends the wait, also one that comes before the wait begins.
    let woken = host::wake_on_signals(waker);
    let has_signals = woken.is_some() && host::has_signals();
    let is_found = expects_threads && patience.look(|| waker.was_used());
    let sleeps = !has_signals && !is_found && waker.fall_asleep();
    wait(sleeps)
}

impl PollerFace {
    /// Reports this descriptor from now on. `old` is what it has been reported for.
    ///
    /// # Errors
    /// PermissionDenied for regular files, and as the operating system says.
    pub fn register(&self, descriptor: i32, new: Readiness, old: Readiness) -> io::Result<()> {
        let (mut source, token) = (SourceFd(&descriptor), Token(descriptor as usize));
        if old != 0 {
            match self.registry.reregister(&mut source, token, interest(new)) {
                // It was closed, and its number is another's now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                result => return result,
            }
        }
        self.registry.register(&mut source, token, interest(new))
    }

    /// Reports it no more. The system does the same when a descriptor is closed.
    pub fn deregister(&self, descriptor: i32) {
        // It fails for what is closed already, which is as well.
        let _ = self.registry.deregister(&mut SourceFd(&descriptor));
    }

    /// Ends the wait, from any thread.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn wake(&self) -> io::Result<()> {
        self.waker.wake()
    }

    /// What ends the wait, for another thread.
    pub fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }
}
