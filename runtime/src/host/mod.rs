//! The one door to the outside: files, sockets, clock, environment, randomness, standard streams.
//!
//! No other code calls `std::fs`, `std::process`, `SystemTime` or a random source; this is where permissions, limits, virtual time and
//! record/replay attach.

mod children;
mod clock;
mod files;
mod memory;
mod output;
mod outside;
mod parking;
mod patience;
mod poll;
mod process;
mod schedule;
mod semaphores;
mod signals;
mod sockets;
mod spawn;
mod terminals;
mod transfer;
mod virtual_time;
mod waker;

use std::io;
use std::path::{Path, PathBuf};

pub use children::{ChildState, FileAction, IdChange, ResourceUsage, SpawnAttributes};
pub use clock::{ClockKind, LocalTime};
pub use files::{DirectoryEntry, FileStatus, FileSystemStatus, FileTime};
pub use memory::advise_huge_pages;
pub use output::OutputGuard;
pub use parking::Parker;
pub use patience::Patience;
pub use poll::PollDescriptor;
pub use process::{Identity, Uname, WaitStatus};
pub use schedule::SessionId;
pub use semaphores::{SemaphoreArena, SharedSemaphore};
pub use signals::{
    N_SIGNALS, SignalAction, SignalInfo, block_signals, handle_signals_here, has_signals, leave_signals,
    take_signals, unwatch_signals, wake_on_signals, watch_signals,
};
pub use sockets::{
    AddressInfo, ControlMessage, EpollEntry, GaiError, HostEntry, HostLookup, MAX_TRANSFER, Message,
    SELECT_LIMIT, SelectSets, SocketAddress,
};
pub use spawn::{ChildCode, ChildStreams, IGNORED_SIGNALS, SpawnPlan};
pub use terminals::TerminalSettings;
pub use transfer::{AttributeTarget, FileLock, TimerTime};
pub use virtual_time::{Place, VirtualClock, be_thread};
pub use waker::Waker;

/// The result of a system call that gives -1 and sets errno if it fails.
fn check<T: Copy + PartialEq + From<i8>>(result: T) -> io::Result<T> {
    if result == T::from(-1) { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// The result of a call that gives an error number, or 0.
fn check_number(error: i32) -> io::Result<()> {
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// What an interpreter may do to the world. Threads share it.
#[derive(Default)]
pub struct Host {
    virtual_clock: Option<Box<VirtualClock>>,
    output: output::GuardedOutput,
}

impl Host {
    pub fn new() -> Host {
        Host::default()
    }

    pub fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    pub fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    /// The path from the root, without touching links.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        std::path::absolute(path).map(|path| normalized(&path)).unwrap_or_else(|_| path.to_path_buf())
    }

    /// # Errors
    /// As the operating system says.
    pub fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    /// Writes all of `bytes` to standard error, unbuffered; errors are lost, as there is nobody to tell.
    pub fn write_stderr(&self, bytes: &[u8]) {
        use std::io::Write;
        if self.write_by_guard(2, bytes).is_none() {
            let _ = io::stderr().write_all(bytes);
        }
    }
}

/// Without `.` parts.
fn normalized(path: &Path) -> PathBuf {
    path.components().collect()
}
