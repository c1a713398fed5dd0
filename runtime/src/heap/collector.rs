//! The cycle collector: synchronous trial deletion over candidate roots (Bacon and Rajan, "Concurrent Cycle Collection in Reference
//! Counted Systems", 2001, the synchronous variant).
//!
//! A decrement to a non-zero count buffers the object once as a candidate. A collection walks what the candidates reach, subtracts
//! the references found inside that subgraph from the counts, and what is left at zero and is reachable only from zeros is garbage.
//! Roots need no scan: references from registers and native code are simply counts that stay.
//!
//! A released object that is still buffered leaves a *husk* (its memory without its body), freed when the buffer is next looked at.
//! The buffer is looked at every [`YOUNG_LIMIT`] entries; a whole collection waits until the candidates are a fair share of what the
//! last collection had to walk, so that its cost is amortised.

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ptr::NonNull;

use super::{FLAG_FINALIZED, FLAG_FINALIZER, GC_ACYCLIC, GC_BUFFERED, Header, Heap, Kind, Pending};
use crate::value::Value;

/// Candidates after which husks among the newest are freed, and a collection considered.
const YOUNG_LIMIT: usize = 8192;

pub struct Collector {
    candidates: RefCell<Vec<NonNull<Header>>>,
    /// Layouts of husks whose size can no longer be asked of their body.
    husks: RefCell<HashMap<NonNull<Header>, Layout>>,
    /// Entries below this index were already looked at.
    old: Cell<usize>,
    /// Candidates at which the next collection runs.
    threshold: Cell<usize>,
    enabled: Cell<bool>,
    running: Cell<bool>,
    /// Whole collections so far, and objects they freed.
    pub collections: Cell<usize>,
    pub collected: Cell<usize>,
    /// A collection is due; the VM runs it at the next safe point.
    pub due: Cell<bool>,
    /// `OURO_GC_STRESS`: collect whenever anything is buffered.
    pub stress: Cell<bool>,
}

/// Notes an object whose count fell to non-zero.
#[cold]
#[inline(never)]
pub(super) fn buffer(header: &Header) {
    let heap = Heap::current();
    let collector = &heap.collector;
    header.gc.set(header.gc.get() | GC_BUFFERED);
    let mut candidates = collector.candidates.borrow_mut();
    candidates.push(NonNull::from(header));
    if candidates.len() - collector.old.get() >= YOUNG_LIMIT || collector.stress.get() {
        drop(candidates);
        collector.look_through(heap);
    }
}

impl Collector {
    pub(super) fn new() -> Collector {
        Collector {
            candidates: RefCell::default(),
            husks: RefCell::default(),
            old: Cell::new(0),
            threshold: Cell::new(2 * YOUNG_LIMIT),
            enabled: Cell::new(true),
            running: Cell::new(false),
            collections: Cell::new(0),
            collected: Cell::new(0),
            due: Cell::new(false),
            stress: Cell::new(false),
        }
    }

    pub fn set_enabled(&self, enabled: bool) {
        self.enabled.set(enabled);
    }

    pub fn is_enabled(&self) -> bool {
        self.enabled.get()
    }

    /// The candidates that still live.
    pub fn candidates(&self) -> Vec<Value> {
        let candidates = self.candidates.borrow();
        // SAFETY: buffered objects keep at least their header's memory, and those that are no husks are whole.
        let headers = candidates.iter().map(|object| unsafe { object.as_ref() });
        let live = headers.filter(|header| header.kind() != Kind::Dead && header.count() > 0);
        live.map(Header::to_value).collect()
    }

    /// Candidates waiting.
    pub fn n_candidates(&self) -> usize {
        self.candidates.borrow().len()
    }

    pub(super) fn husk(&self, object: NonNull<Header>, layout: Layout) {
        self.husks.borrow_mut().insert(object, layout);
    }

    /// Frees the husks among the entries from `from` up.
    fn sweep_husks(&self, from: usize) {
        let mut husks = self.husks.borrow_mut();
        let mut candidates = self.candidates.borrow_mut();
        let mut kept = from;
        for index in from..candidates.len() {
            let object = candidates[index];
            // SAFETY: buffered objects keep at least their header's memory.
            if unsafe { object.as_ref() }.kind() == Kind::Dead {
                let layout = husks.remove(&object).expect("a husk has a layout");
                // SAFETY: allocated with this layout; the body is gone, and the buffer held the last pointer.
                unsafe { std::alloc::dealloc(object.as_ptr().cast(), layout) };
            } else {
                candidates[kept] = object;
                kept += 1;
            }
        }
        candidates.truncate(kept);
        self.old.set(kept);
    }

    fn look_through(&self, heap: &Heap) {
        if self.running.get() {
            return;
        }
        let mostly_husks = self.husks.borrow().len() > self.candidates.borrow().len() / 2;
        self.sweep_husks(if mostly_husks { 0 } else { self.old.get() });
        let full = self.candidates.borrow().len() >= self.threshold.get();
        if self.enabled.get() && (full || self.stress.get()) {
            self.due.set(true);
            heap.attention.set(true);
        }
    }

    /// Runs a whole collection and returns the number of unreachable objects found. Finalisers of garbage are queued
    /// first; what they do not bring back is freed by a second pass of [`Collector::collect`] that the caller makes after running them.
    pub fn collect(&self, heap: &Heap) -> usize {
        if self.running.replace(true) {
            return 0;
        }
        self.due.set(false);
        self.sweep_husks(0);
        let roots = std::mem::take(&mut *self.candidates.borrow_mut());
        self.old.set(0);
        let mut walk = Walk::default();
        for root in &roots {
            // SAFETY: candidates that are no husks live.
            let header = unsafe { root.as_ref() };
            header.gc.set(header.gc.get() & !GC_BUFFERED);
        }
        walk.gather(&roots);
        let garbage = walk.unreachable();
        let found = garbage.len();
        let visited = walk.objects.len();
        // Keep garbage alive while it is taken apart.
        let garbage: Vec<Value> = garbage
            .into_iter()
            .map(|object| {
                // SAFETY: unreachable objects are still whole.
                unsafe { object.as_ref() }.to_value()
            })
            .collect();
        let wants_finalizer = |value: &Value| {
            value
                .header()
                .is_some_and(|h| h.flags.get() & (FLAG_FINALIZER | FLAG_FINALIZED) == FLAG_FINALIZER)
        };
        for value in &garbage {
            heap.weak.clear_for_garbage(heap, value.header().expect("garbage is made of objects"));
        }
        if garbage.iter().any(wants_finalizer) {
            // Finalisers may bring objects back; those that stay unreachable are candidates again when `garbage` drops.
            for value in garbage.iter().filter(|value| wants_finalizer(value)) {
                value.header().expect("checked").set_finalized();
                heap.push_pending(Pending::Finalize(value.clone()));
            }
        } else {
            for value in &garbage {
                clear(value);
            }
        }
        drop(garbage);
        self.running.set(false);
        self.collections.set(self.collections.get() + 1);
        self.collected.set(self.collected.get() + found);
        self.threshold.set((2 * YOUNG_LIMIT).max(visited / 2));
        found
    }
}

/// Drops what an object refers to, where that can close a cycle.
fn clear(value: &Value) {
    let header = value.header().expect("garbage is made of objects");
    if let Some(extra) = header.extra() {
        let _dict = extra.dict.take();
        let _slots = std::mem::take(&mut *extra.slots.borrow_mut());
    }
    // SAFETY: the object lives and its body is what its class's vtable says.
    unsafe { (header.ty().vtable().clear_body)(NonNull::from(header)) }
}

/// Visits everything `header`'s object owns.
pub(super) fn trace(header: &Header, visit: &mut dyn FnMut(&Value)) {
    if header.ty().is_heap_type() {
        visit(header.ty().as_value());
    }
    if let Some(extra) = header.extra() {
        if let Some(dict) = &*extra.dict.borrow() {
            visit(dict);
        }
        extra.slots.borrow().iter().for_each(&mut *visit);
    }
    // SAFETY: as in `clear`.
    unsafe { (header.ty().vtable().trace_body)(NonNull::from(header), visit) }
}

/// The subgraph reachable from the candidates, with the references that come from outside it.
#[derive(Default)]
struct Walk {
    /// Index of each object in `objects`.
    index: HashMap<NonNull<Header>, u32, BuildAddressHasher>,
    objects: Vec<(NonNull<Header>, u32)>,
}

type BuildAddressHasher = std::hash::BuildHasherDefault<AddressHasher>;

/// Multiplicative hash of an address.
#[derive(Default)]
struct AddressHasher(u64);

impl std::hash::Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only addresses are hashed")
    }
    fn write_usize(&mut self, n: usize) {
        self.0 = (n as u64 >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}

impl Walk {
    fn add(&mut self, object: NonNull<Header>) -> u32 {
        let next = self.objects.len() as u32;
        match self.index.entry(object) {
            std::collections::hash_map::Entry::Occupied(entry) => *entry.get(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(next);
                // SAFETY: reachable objects live.
                self.objects.push((object, unsafe { object.as_ref() }.count()));
                next
            }
        }
    }

    /// Finds all objects the roots reach and subtracts the references between them from their counts.
    fn gather(&mut self, roots: &[NonNull<Header>]) {
        for root in roots {
            self.add(*root);
        }
        let mut next = 0;
        while next < self.objects.len() {
            // SAFETY: reachable objects live.
            let header = unsafe { self.objects[next].0.as_ref() };
            trace(header, &mut |child| {
                if let Some(child) = child.header().filter(|child| child.gc.get() & GC_ACYCLIC == 0) {
                    let at = self.add(NonNull::from(child)) as usize;
                    self.objects[at].1 = self.objects[at].1.saturating_sub(1);
                }
            });
            next += 1;
        }
    }

    /// Objects no reference from outside leads to, directly or through others, in the order found.
    fn unreachable(&self) -> Vec<NonNull<Header>> {
        let mut alive = vec![false; self.objects.len()];
        let mut stack: Vec<u32> = Vec::new();
        for (at, (_, external)) in self.objects.iter().enumerate() {
            if *external > 0 && !alive[at] {
                alive[at] = true;
                stack.push(at as u32);
                while let Some(at) = stack.pop() {
                    // SAFETY: reachable objects live.
                    let header = unsafe { self.objects[at as usize].0.as_ref() };
                    trace(header, &mut |child| {
                        let Some(child) = child.header() else { return };
                        if let Some(&child) = self.index.get(&NonNull::from(child)) {
                            if !alive[child as usize] {
                                alive[child as usize] = true;
                                stack.push(child);
                            }
                        }
                    });
                }
            }
        }
        self.objects.iter().zip(alive).filter(|(_, alive)| !alive).map(|((object, _), _)| *object).collect()
    }
}
