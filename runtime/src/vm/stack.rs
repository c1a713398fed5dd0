//! The register stack: one contiguous reservation of address space per thread, whose pages come into being when touched.
//!
//! Invariant: no word between the top of the running frame and `ready` owns anything (they are UNBOUND, inline values, or the tagged
//! words of popped frames); words above `ready` have never been used.

use std::cell::Cell;

use crate::value::Value;

/// Words reserved: 1 GiB of address space, the room of some million frames.
const RESERVED_WORDS: usize = 1 << 27;
/// Words made ready at a time.
const CHUNK_WORDS: usize = 1 << 12;

pub struct RegisterStack {
    start: Cell<*mut Value>,
    /// Words below this have been initialised.
    ready: Cell<*mut Value>,
    end: Cell<*mut Value>,
}

impl RegisterStack {
    /// A stack without words.
    pub fn blank() -> RegisterStack {
        let none = std::ptr::null_mut();
        RegisterStack { start: Cell::new(none), ready: Cell::new(none), end: Cell::new(none) }
    }

    /// # Errors
    /// If the system has no address space left.
    pub fn reserve() -> std::io::Result<RegisterStack> {
        // SAFETY: a fresh anonymous mapping; the kernel gives it pages on first use.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                RESERVED_WORDS * size_of::<Value>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(std::io::Error::last_os_error());
        }
        let start = start.cast::<Value>();
        // SAFETY: inside (or at the end of) the mapping.
        let end = unsafe { start.add(RESERVED_WORDS) };
        Ok(RegisterStack { start: Cell::new(start), ready: Cell::new(start), end: Cell::new(end) })
    }

    pub fn swap(&self, other: &RegisterStack) {
        self.start.swap(&other.start);
        self.ready.swap(&other.ready);
        self.end.swap(&other.end);
    }

    #[inline(always)]
    pub fn start(&self) -> *mut Value {
        self.start.get()
    }

    /// Whether `base` is a frame on this stack, not one inside a generator.
    #[inline(always)]
    pub fn holds(&self, base: *mut Value) -> bool {
        (base as usize).wrapping_sub(self.start.get() as usize) < RESERVED_WORDS * size_of::<Value>()
    }

    /// Makes the words below `top` usable; `false` if the reservation is used up.
    #[inline(always)]
    pub fn ensure(&self, top: *mut Value) -> bool {
        top <= self.ready.get() || self.grow(top)
    }

    /// As [`RegisterStack::holds`], also for stacks without words.
    pub fn has(&self, base: *mut Value) -> bool {
        !self.start.get().is_null() && self.holds(base)
    }

    #[cold]
    #[inline(never)]
    fn grow(&self, top: *mut Value) -> bool {
        if top > self.end.get() {
            return false;
        }
        let mut at = self.ready.get();
        while at < top {
            let left = (self.end.get() as usize - at as usize) / size_of::<Value>();
            for _ in 0..CHUNK_WORDS.min(left) {
                // SAFETY: below `end`; the word has never been used.
                unsafe {
                    at.write(Value::UNBOUND);
                    at = at.add(1);
                }
            }
        }
        self.ready.set(at);
        true
    }
}

impl Drop for RegisterStack {
    fn drop(&mut self) {
        if !self.start.get().is_null() {
            // SAFETY: mapped in `reserve`; no frame is left when the thread or the interpreter goes.
            unsafe { libc::munmap(self.start.get().cast(), RESERVED_WORDS * size_of::<Value>()) };
        }
    }
}
