//! Looking for a while before sleeping. To wake a thread on another processor takes some ten microseconds; what it waits for is often
//! nearer than that: the answer of a thread that was just called.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// About what sleeping and being woken take.
const LONGEST: Duration = Duration::from_micros(25);
/// Looks between two looks at the clock.
const LOOKS: u32 = 16;
/// After so many vain looks in a row only every 2^6th wait begins with one.
const MOST_MISSES: u32 = 6;

/// How many threads may look at once: one for every processor, none if there is one processor.
static LIMIT: AtomicUsize = AtomicUsize::new(0);
static LOOKING: AtomicUsize = AtomicUsize::new(0);

/// There are threads that wait for each other, and so many processors for them.
pub(super) fn set_processors(n: usize) {
    LIMIT.store(if n > 1 { n } else { 0 }, Ordering::Relaxed);
}

/// Of one place at which threads wait: learns whether looking helps there.
#[derive(Debug, Default)]
pub struct Patience {
    /// Vain looks in a row.
    misses: AtomicU32,
    /// Waits to come that do not begin with a look.
    skips: AtomicU32,
}

impl Patience {
    pub const fn new() -> Patience {
        Patience { misses: AtomicU32::new(0), skips: AtomicU32::new(0) }
    }

    /// Looks until `found`: true, or until it is better to sleep.
    pub fn look(&self, found: impl Fn() -> bool) -> bool {
        let skips = self.skips.load(Ordering::Relaxed);
        if skips > 0 {
            self.skips.store(skips - 1, Ordering::Relaxed);
            return false;
        }
        if LOOKING.fetch_add(1, Ordering::Relaxed) >= LIMIT.load(Ordering::Relaxed) {
            LOOKING.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        let is_found = look(&found);
        LOOKING.fetch_sub(1, Ordering::Relaxed);
        let misses = if is_found { 0 } else { (self.misses.load(Ordering::Relaxed) + 1).min(MOST_MISSES) };
        self.misses.store(misses, Ordering::Relaxed);
        self.skips.store((1 << misses) - 1, Ordering::Relaxed);
        is_found
    }
}

fn look(found: &impl Fn() -> bool) -> bool {
    let began = Instant::now();
    loop {
        for _ in 0..LOOKS {
            if found() {
                return true;
            }
            std::hint::spin_loop();
        }
        if began.elapsed() > LONGEST {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vain_looks_become_rare() {
        set_processors(2);
        let patience = Patience::new();
        let n_looks = std::cell::Cell::new(0);
        for _ in 0..1000 {
            let first = std::cell::Cell::new(true);
            patience.look(|| {
                n_looks.set(n_looks.get() + u32::from(first.replace(false)));
                false
            });
        }
        assert!((6..30).contains(&n_looks.get()), "{}", n_looks.get());
        // One that is not vain makes them usual again.
        assert!((0..64).any(|_| patience.look(|| true)));
        assert!(patience.look(|| true));
    }
}
