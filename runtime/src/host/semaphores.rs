//! Semaphores that processes share.
//!
//! They lie in arenas: anonymous files mapped into every process that uses one of them. Such a file is passed on by its descriptor and is
//! gone with the last process that has it, however that ended, so that no semaphore is ever left behind. Each slot counts its users, to be
//! used again when there are none.

#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Host, check};

/// Semaphores of an arena. Its file takes memory only for the pages that are used.
const N_SLOTS: usize = 4096;

const ARENA_BYTES: usize = N_SLOTS * size_of::<Slot>();

#[repr(C, align(64))]
struct Slot {
    /// Objects of all processes that use it, those on their way included. Those a fork made are not counted.
    users: AtomicU32,
    semaphore: UnsafeCell<libc::sem_t>,
}

/// A file of semaphores.
pub struct SemaphoreArena {
    file: OwnedFd,
    /// `N_SLOTS` of them.
    slots: NonNull<Slot>,
    /// Device and number of the file.
    identity: (u64, u64),
    /// Forks of this process so far: what existed at one may have users nobody counted, so it is never given back.
    n_forks: Cell<u32>,
    /// Where a search for a free slot begins.
    next: Cell<usize>,
}

impl SemaphoreArena {
    /// # Errors
    /// As the operating system says.
    pub fn new() -> io::Result<SemaphoreArena> {
        // SAFETY: the name is a C string; the result is checked.
        let descriptor = check(unsafe { libc::memfd_create(c"semaphores".as_ptr(), libc::MFD_CLOEXEC) })?;
        // SAFETY: the descriptor was just made, and is nobody else's.
        let file = unsafe { OwnedFd::from_raw_fd(descriptor) };
        // SAFETY: plain call on an open descriptor.
        check(unsafe { libc::ftruncate(file.as_raw_fd(), ARENA_BYTES as libc::off_t) })?;
        SemaphoreArena::map(file)
    }

    /// The arena that another process passed as `descriptor`, which is taken over.
    ///
    /// # Errors
    /// As the operating system says, or if it is no arena.
    pub fn open(descriptor: i32) -> io::Result<SemaphoreArena> {
        // SAFETY: duplicating is harmless for any number; the result is checked. The number itself is closed by the caller.
        let own = check(unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) })?;
        // SAFETY: the descriptor was just made, and is nobody else's.
        SemaphoreArena::map(unsafe { OwnedFd::from_raw_fd(own) })
    }

    fn map(file: OwnedFd) -> io::Result<SemaphoreArena> {
        let identity = file_identity(file.as_raw_fd())?;
        if identity.2 != ARENA_BYTES as u64 {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: a new mapping touches no memory of ours.
        let address = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                ARENA_BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let slots = NonNull::new(address.cast()).expect("a mapping is not at address zero");
        let identity = (identity.0, identity.1);
        Ok(SemaphoreArena { file, slots, identity, n_forks: Cell::new(0), next: Cell::new(0) })
    }

    /// Whether `descriptor` is open on the file of this arena.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn is_file(&self, descriptor: i32) -> io::Result<bool> {
        let identity = file_identity(descriptor)?;
        Ok((identity.0, identity.1) == self.identity)
    }

    /// To be called before a fork.
    pub fn before_fork(&self) {
        self.n_forks.set(self.n_forks.get().wrapping_add(1));
    }

    fn slot(&self, number: usize) -> &Slot {
        assert!(number < N_SLOTS, "a slot of the arena");
        // SAFETY: within the mapping, which lives as long as the arena. All zeros, as the file begins, is a slot without users.
        unsafe { self.slots.add(number).as_ref() }
    }

    /// Makes a semaphore; `None` if the arena is full.
    pub fn allocate(self: &Rc<SemaphoreArena>, value: u32) -> Option<SharedSemaphore> {
        let number = (0..N_SLOTS).map(|offset| (self.next.get() + offset) % N_SLOTS).find(|number| {
            let users = &self.slot(*number).users;
            users.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        })?;
        self.next.set(number + 1);
        // SAFETY: the slot has just become ours alone, so nobody waits at what it was.
        unsafe { libc::sem_init(self.slot(number).semaphore.get(), 1, value) };
        Some(SharedSemaphore { arena: self.clone(), number, n_forks: self.n_forks.get() })
    }

    /// The semaphore that another process has shared by [`SharedSemaphore::share`]; `None` if the number is none of the arena.
    pub fn adopt(self: &Rc<SemaphoreArena>, number: usize) -> Option<SharedSemaphore> {
        (number < N_SLOTS && self.slot(number).users.load(Ordering::Acquire) > 0).then(|| SharedSemaphore {
            arena: self.clone(),
            number,
            n_forks: self.n_forks.get(),
        })
    }
}

impl Drop for SemaphoreArena {
    fn drop(&mut self) {
        // SAFETY: the mapping is this arena's, and no semaphore of it is left: each holds the arena.
        unsafe { libc::munmap(self.slots.as_ptr().cast(), ARENA_BYTES) };
    }
}

/// Device, number and size of a file.
fn file_identity(descriptor: i32) -> io::Result<(u64, u64, u64)> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: there is room for the result.
    check(unsafe { libc::fstat(descriptor, status.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so it was written.
    let status = unsafe { status.assume_init() };
    Ok((status.st_dev, status.st_ino, status.st_size as u64))
}

/// A semaphore that processes share.
pub struct SharedSemaphore {
    arena: Rc<SemaphoreArena>,
    number: usize,
    /// Of the arena when this was made.
    n_forks: u32,
}

impl SharedSemaphore {
    /// Its number within the arena.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Counts a user on its way to another process; gives the descriptor of the arena, which is to be passed there, and the number.
    pub fn share(&self) -> (i32, usize) {
        self.arena.slot(self.number).users.fetch_add(1, Ordering::AcqRel);
        (self.arena.file.as_raw_fd(), self.number)
    }

    fn raw(&self) -> *mut libc::sem_t {
        self.arena.slot(self.number).semaphore.get()
    }

    /// Counts up.
    ///
    /// # Errors
    /// EOVERFLOW.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: `allocate` initialized it, here or in another process, and it has a user: this.
        check(unsafe { libc::sem_post(self.raw()) }).map(drop)
    }

    /// Counts down unless it is zero.
    ///
    /// # Errors
    /// EAGAIN if it is zero.
    pub fn try_wait(&self) -> io::Result<()> {
        // SAFETY: as in `post`.
        check(unsafe { libc::sem_trywait(self.raw()) }).map(drop)
    }

    /// Its value.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn value(&self) -> io::Result<i32> {
        let mut value = 0;
        // SAFETY: as in `post`; there is room for the value.
        check(unsafe { libc::sem_getvalue(self.raw(), &raw mut value) })?;
        Ok(value)
    }
}

impl Drop for SharedSemaphore {
    fn drop(&mut self) {
        if self.n_forks == self.arena.n_forks.get() {
            self.arena.slot(self.number).users.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Host {
    /// Counts a semaphore down, waiting while it is zero; until `deadline` of the monotonic clock's real time, if one is given.
    ///
    /// # Errors
    /// ETIMEDOUT; EINTR after a signal.
    pub fn wait_semaphore(&self, semaphore: &SharedSemaphore, deadline: Option<i64>) -> io::Result<()> {
        let Some(deadline) = deadline else {
            // SAFETY: as in `post`.
            return check(unsafe { libc::sem_wait(semaphore.raw()) }).map(drop);
        };
        // The call knows the time of day only: a step of that clock lengthens or shortens the wait once.
        let left = deadline.saturating_sub(self.real_monotonic()).max(0);
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: there is room for the result.
        check(unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut now) })?;
        let nanoseconds = now.tv_nsec + left % 1_000_000_000;
        let until = libc::timespec {
            tv_sec: now.tv_sec.saturating_add(left / 1_000_000_000 + nanoseconds / 1_000_000_000),
            tv_nsec: nanoseconds % 1_000_000_000,
        };
        // SAFETY: as in `post`; the time is a valid one.
        check(unsafe { libc::sem_timedwait(semaphore.raw(), &raw const until) }).map(drop)
    }
}
