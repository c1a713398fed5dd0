//! Timers: a four-ary heap whose entries know their place, so that a cancelled one is gone at once. Equal deadlines are due in the
//! order in which they were set.

use crate::Value;
use crate::chunked::Chunked;
use crate::heap::{Trace, Visitor};

/// A deadline in the heap. `when` is in nanoseconds of the loop's clock.
#[derive(Clone, Copy, Default)]
struct Entry {
    when: i64,
    /// Number of the timer, for order among equals; compared as a distance, so that it may wrap.
    sequence: u32,
    slot: u32,
}

impl Entry {
    fn before(&self, other: &Entry) -> bool {
        self.when < other.when
            || self.when == other.when && (self.sequence.wrapping_sub(other.sequence) as i32) < 0
    }
}

enum Slot {
    Free { next: u32 },
    Used { target: Value, position: u32 },
}

impl Default for Slot {
    fn default() -> Slot {
        Slot::Free { next: NO_SLOT }
    }
}

const NO_SLOT: u32 = u32::MAX;
const ARITY: usize = 4;

pub struct Timers {
    heap: Chunked<Entry>,
    slots: Chunked<Slot>,
    free: u32,
    sequence: u32,
}

impl Default for Timers {
    fn default() -> Timers {
        Timers { heap: Chunked::default(), slots: Chunked::default(), free: NO_SLOT, sequence: 0 }
    }
}

impl Trace for Timers {
    fn trace_value(&self, visit: Visitor<'_>) {
        for slot in self.slots.iter() {
            if let Slot::Used { target, .. } = slot {
                visit(target);
            }
        }
    }
}

/// Seconds of the loop's clock as nanoseconds, saturating.
pub fn nanoseconds(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

impl Timers {
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Sets a timer for `when`, in seconds of the loop's clock; gives its slot.
    pub fn add(&mut self, when: f64, target: Value) -> u32 {
        let position = self.heap.len() as u32;
        let slot = if self.free == NO_SLOT {
            self.slots.push(Slot::Used { target, position });
            (self.slots.len() - 1) as u32
        } else {
            let slot = self.free;
            if let Slot::Free { next } = self.slots[slot as usize] {
                self.free = next;
            }
            self.slots[slot as usize] = Slot::Used { target, position };
            slot
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.heap.push(Entry { when: nanoseconds(when), sequence: self.sequence, slot });
        self.sift_up(position as usize);
        slot
    }

    /// All targets, the next to be due first.
    pub fn targets(&self) -> Vec<Value> {
        let mut entries: Vec<Entry> = self.heap.iter().copied().collect();
        entries
            .sort_by(|a, b| if a.before(b) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
        let target = |entry: &Entry| match &self.slots[entry.slot as usize] {
            Slot::Used { target, .. } => Some(target.clone()),
            Slot::Free { .. } => None,
        };
        entries.iter().filter_map(target).collect()
    }

    /// The deadline in a slot, in nanoseconds.
    pub fn deadline_of(&self, slot: u32) -> Option<i64> {
        match self.slots.get(slot as usize)? {
            Slot::Used { position, .. } => self.heap.get(*position as usize).map(|entry| entry.when),
            Slot::Free { .. } => None,
        }
    }

    /// The earliest deadline in nanoseconds.
    pub fn next_deadline(&self) -> Option<i64> {
        self.heap.get(0).map(|entry| entry.when)
    }

    /// Takes the earliest timer out if its deadline is before `end`.
    pub fn pop_due(&mut self, end: i64) -> Option<Value> {
        let first = *self.heap.get(0)?;
        if first.when >= end {
            return None;
        }
        self.remove_at(0);
        self.release(first.slot)
    }

    /// Takes a timer out that has not become due yet.
    pub fn cancel(&mut self, slot: u32) -> Option<Value> {
        match self.slots.get(slot as usize) {
            Some(Slot::Used { position, .. }) => {
                let position = *position as usize;
                self.remove_at(position);
                self.release(slot)
            }
            _ => None,
        }
    }

    /// All targets, taken out.
    pub fn drain(&mut self) -> Vec<Value> {
        let slots = std::mem::take(&mut self.slots);
        *self = Timers { sequence: self.sequence, ..Timers::default() };
        let target = |slot| match slot {
            Slot::Used { target, .. } => Some(target),
            Slot::Free { .. } => None,
        };
        slots.into_iter().filter_map(target).collect()
    }

    fn release(&mut self, slot: u32) -> Option<Value> {
        let old = std::mem::replace(&mut self.slots[slot as usize], Slot::Free { next: self.free });
        self.free = slot;
        if self.heap.is_empty() {
            // A burst of timers leaves no memory behind.
            self.slots.clear();
            self.free = NO_SLOT;
        }
        match old {
            Slot::Used { target, .. } => Some(target),
            Slot::Free { .. } => None,
        }
    }

    fn place(&mut self, position: usize, entry: Entry) {
        self.heap[position] = entry;
        if let Slot::Used { position: known, .. } = &mut self.slots[entry.slot as usize] {
            *known = position as u32;
        }
    }

    fn remove_at(&mut self, position: usize) {
        let last = self.heap.pop().expect("the heap has the entry at `position`");
        if position < self.heap.len() {
            self.place(position, last);
            self.sift_down(position);
            self.sift_up(position);
        }
    }

    fn sift_up(&mut self, mut position: usize) {
        let entry = self.heap[position];
        while position > 0 {
            let parent = (position - 1) / ARITY;
            if !entry.before(&self.heap[parent]) {
                break;
            }
            self.place(position, self.heap[parent]);
            position = parent;
        }
        self.place(position, entry);
    }

    fn sift_down(&mut self, mut position: usize) {
        let entry = self.heap[position];
        loop {
            let first = position * ARITY + 1;
            let last = (first + ARITY).min(self.heap.len());
            let Some(child) =
                (first..last).reduce(|a, b| if self.heap[b].before(&self.heap[a]) { b } else { a })
            else {
                break;
            };
            if !self.heap[child].before(&entry) {
                break;
            }
            self.place(position, self.heap[child]);
            position = child;
        }
        self.place(position, entry);
    }
}
