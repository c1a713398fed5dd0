//! The cycle collector: synchronous trial deletion over candidate roots (Bacon and Rajan, "Concurrent Cycle Collection in Reference
//! Counted Systems", 2001, the synchronous variant).
//!
//! A decrement to a non-zero count buffers the object once as a candidate. A collection walks what the candidates reach, subtracts
//! the references found inside that subgraph from the counts, and what is left at zero and is reachable only from zeros is garbage;
//! then every count is what it was.
//! Roots need no scan: references from registers and native code are simply counts that stay.
//!
//! Most candidates are released soon after (an argument, a temporary list). So a candidate first sits in a *nursery*, a direct-mapped
//! table that a released object leaves at once; one that is pushed out by another moves to the buffer. An object released while it is
//! in the buffer leaves a *husk* (its memory without its body), freed when the buffer is next looked at.
//! The buffer is looked at every [`YOUNG_LIMIT`] entries; a whole collection waits until the candidates are a fair share of what the
//! last collection had to walk, so that its cost is amortised.

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::{FLAG_FINALIZED, FLAG_FINALIZER, GC_ACYCLIC, GC_BUFFERED, Header, Heap, Kind, Pending};
use crate::heap::weak::WeakRef;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// Candidates after which husks among the newest are freed, and a collection considered.
const YOUNG_LIMIT: usize = 8192;

/// Places of the nursery; a power of two.
const NURSERY_SIZE: usize = 2048;

pub struct Collector {
    nursery: Box<[Cell<Option<NonNull<Header>>>]>,
    candidates: RefCell<Vec<NonNull<Header>>>,
    /// How many candidates are husks.
    n_husks: Cell<usize>,
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
    /// `OURO_GC_STRESS`: collect whenever this many objects have been noted down; 0 for the usual thresholds.
    stress: Cell<u32>,
    /// How many are still to be noted down until then.
    until_stress: Cell<u32>,
}

/// Notes an object whose count fell to non-zero.
#[cold]
#[inline(never)]
pub(super) fn buffer(header: &Header) {
    let heap = Heap::current();
    let collector = &heap.collector;
    if is_tuple_of_leaves(header) {
        // It cannot change: it never will be part of a cycle.
        header.gc.set(header.gc.get() | GC_ACYCLIC);
        return;
    }
    header.gc.set(header.gc.get() | GC_BUFFERED);
    let object = NonNull::from(header);
    if let Some(pushed_out) = collector.nursery[place(object)].replace(Some(object)) {
        let mut candidates = collector.candidates.borrow_mut();
        candidates.push(pushed_out);
        if candidates.len() - collector.old.get() < YOUNG_LIMIT && collector.stress.get() == 0 {
            return;
        }
    } else if collector.stress.get() == 0 {
        return;
    }
    collector.look_through(heap);
}

/// Where in the nursery an object belongs.
#[inline(always)]
fn place(object: NonNull<Header>) -> usize {
    let hash = (object.as_ptr() as u64 >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> (64 - NURSERY_SIZE.trailing_zeros())) as usize
}

/// Whether this is a short tuple of what cannot be part of a cycle.
pub(super) fn is_tuple_of_leaves(header: &Header) -> bool {
    const MAX_LOOKED_AT: usize = 16;
    if header.kind() != Kind::Tuple {
        return false;
    }
    let Ok(tuple) = header.to_value().into_gc::<Tuple>() else { return false };
    let is_leaf = |item: &Value| item.header().is_none_or(|item| item.gc.get() & GC_ACYCLIC != 0);
    let answer =
        header.is_exact() && tuple.items().len() <= MAX_LOOKED_AT && tuple.items().iter().all(is_leaf);
    // Not by dropping it: that would come here again.
    tuple.give_back();
    answer
}

impl Collector {
    pub(super) fn new() -> Collector {
        Collector {
            nursery: (0..NURSERY_SIZE).map(|_| Cell::new(None)).collect(),
            candidates: RefCell::default(),
            n_husks: Cell::new(0),
            old: Cell::new(0),
            threshold: Cell::new(2 * YOUNG_LIMIT),
            enabled: Cell::new(true),
            running: Cell::new(false),
            collections: Cell::new(0),
            collected: Cell::new(0),
            due: Cell::new(false),
            stress: Cell::new(0),
            until_stress: Cell::new(0),
        }
    }

    /// Collects whenever `interval` objects have been noted down, which finds mistakes; 0 goes back to what is fast.
    pub fn set_stress(&self, interval: u32) {
        self.stress.set(interval);
        self.until_stress.set(interval);
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
        // Buffered objects keep at least their header's memory, and those that are no husks are whole.
        let buffered = candidates.iter().copied().chain(self.nursery.iter().filter_map(Cell::get));
        // SAFETY: as above.
        let headers = buffered.map(|object| unsafe { &*object.as_ptr().cast_const() });
        let live = headers.filter(|header| header.kind() != Kind::Dead && header.count() > 0);
        live.map(Header::to_value).collect()
    }

    /// Candidates waiting.
    pub fn n_candidates(&self) -> usize {
        self.candidates.borrow().len() + self.nursery.iter().filter(|place| place.get().is_some()).count()
    }

    /// Frees the memory of a candidate whose body is gone, or keeps it as a husk until the buffer is looked at.
    ///
    /// # Safety
    /// `object` is buffered, was allocated with `layout`, and nothing else points to it.
    #[inline]
    pub(super) unsafe fn free_candidate(&self, object: NonNull<Header>, layout: Layout) {
        let place = &self.nursery[place(object)];
        if place.get() == Some(object) {
            place.set(None);
            // SAFETY: as the caller promised; the nursery pointed to it too, but no more.
            unsafe { Heap::current().free_lists.free(object.as_ptr().cast(), layout) };
            return;
        }
        // SAFETY: the memory is valid and starts with a header, of which only the kind and what is written here will be read.
        unsafe {
            let header = object.as_ref();
            header.kind.set(Kind::Dead);
            header.aux.set(layout.align().trailing_zeros() as u8);
            (&raw mut (*object.as_ptr()).ty).cast::<usize>().write(layout.size());
        }
        self.n_husks.set(self.n_husks.get() + 1);
    }

    /// Moves what is in the nursery to the buffer.
    fn empty_nursery(&self) {
        let mut candidates = self.candidates.borrow_mut();
        candidates.extend(self.nursery.iter().filter_map(|place| place.take()));
    }

    /// Frees the husks among the entries from `from` up.
    fn sweep_husks(&self, from: usize) {
        let mut candidates = self.candidates.borrow_mut();
        let mut kept = from;
        for index in from..candidates.len() {
            let object = candidates[index];
            // SAFETY: buffered objects keep at least their header's memory.
            if unsafe { object.as_ref() }.kind() == Kind::Dead {
                self.n_husks.set(self.n_husks.get() - 1);
                // SAFETY: `free_candidate` left size and alignment here; the body is gone, and the buffer held the last pointer.
                unsafe {
                    let size = (&raw const (*object.as_ptr()).ty).cast::<usize>().read();
                    let layout = Layout::from_size_align_unchecked(size, 1 << object.as_ref().aux.get());
                    Heap::current().free_lists.free(object.as_ptr().cast(), layout);
                }
            } else {
                candidates[kept] = object;
                kept += 1;
            }
        }
        candidates.truncate(kept);
        self.old.set(kept);
    }

    /// All candidates, which are none any more; husks are freed.
    pub(super) fn take_candidates(&self) -> Vec<NonNull<Header>> {
        self.empty_nursery();
        self.sweep_husks(0);
        let candidates = self.candidates.take();
        self.old.set(0);
        for object in &candidates {
            // SAFETY: candidates that are no husks live.
            let header = unsafe { object.as_ref() };
            header.gc.set(header.gc.get() & !GC_BUFFERED);
        }
        candidates
    }

    fn look_through(&self, heap: &Heap) {
        if self.running.get() {
            return;
        }
        if self.stress.get() > 0 {
            self.until_stress.set(self.until_stress.get() - 1);
            if self.until_stress.get() > 0 {
                return;
            }
            self.until_stress.set(self.stress.get());
        }
        let mostly_husks = self.n_husks.get() > self.candidates.borrow().len() / 2;
        self.sweep_husks(if mostly_husks { 0 } else { self.old.get() });
        let full = self.candidates.borrow().len() >= self.threshold.get();
        if self.enabled.get() && (full || self.stress.get() > 0) {
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
        let roots = self.take_candidates();
        let mut walk = Walk::default();
        let garbage = walk.unreachable(&roots);
        drop(roots);
        let (found, visited) = (garbage.len(), walk.n_visited);
        drop(walk);
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
        // Callbacks of references that are garbage themselves are never called.
        let forgotten: Vec<Value> =
            garbage.iter().filter_map(|value| value.downcast::<WeakRef>()?.forget_callback()).collect();
        for value in &garbage {
            heap.weak.clear_for_garbage(heap, value.header().expect("garbage is made of objects"));
        }
        if garbage.iter().any(wants_finalizer) {
            // Finalisers may bring objects back; those that stay unreachable are candidates again when `garbage` drops.
            let mut finalizable: Vec<&Value> =
                garbage.iter().filter(|value| wants_finalizer(value)).collect();
            // Those of Python classes first: some see to it that a future of theirs complains of nothing. Else in the order of creation,
            // as far as addresses tell it; the nursery has none.
            let is_native = |value: &Value| value.header().is_some_and(|header| !header.ty().is_heap_type());
            finalizable.sort_unstable_by_key(|value| (is_native(value), value.bits()));
            for value in finalizable {
                value.header().expect("checked").set_finalized();
                heap.push_pending(Pending::Finalize(value.clone()));
            }
        } else {
            for value in &garbage {
                clear(value);
            }
        }
        drop(forgotten);
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

/// Colours of a walk, in `Header::gc`; outside walks all objects have none.
const GRAY: u8 = 4;
const WHITE: u8 = 8;
const COLOURS: u8 = GRAY | WHITE;

impl Header {
    fn colour(&self) -> u8 {
        self.gc.get() & COLOURS
    }

    fn paint(&self, colour: u8) {
        self.gc.set(self.gc.get() & !COLOURS | colour);
    }

    fn lower(&self) {
        self.count.set(self.count.get().wrapping_sub(1));
    }
}

/// One walk over what the candidates reach. It works on the counts themselves, so that it needs next to no memory: it takes the references
/// found inside the subgraph away, and gives every one of them back. Nothing else looks at counts meanwhile.
#[derive(Default)]
struct Walk {
    todo: Vec<NonNull<Header>>,
    n_visited: usize,
}

impl Walk {
    /// Objects no reference from outside leads to, directly or through others, nearest to the candidates first.
    fn unreachable(&mut self, roots: &[NonNull<Header>]) -> Vec<NonNull<Header>> {
        for root in roots {
            self.subtract(*root);
        }
        for root in roots {
            self.judge(*root);
        }
        let mut garbage = Vec::new();
        let find = |garbage: &mut Vec<NonNull<Header>>, object: &Header| {
            if object.colour() == WHITE {
                object.paint(0);
                garbage.push(NonNull::from(object));
            }
        };
        for root in roots {
            // SAFETY: roots live, as in the other functions.
            find(&mut garbage, unsafe { root.as_ref() });
        }
        let mut next = 0;
        while let Some(object) = garbage.get(next) {
            // SAFETY: reachable from a root, so it lives; as in the other functions.
            for_children(unsafe { object.as_ref() }, |child| {
                child.increment();
                find(&mut garbage, child);
            });
            next += 1;
        }
        garbage
    }

    /// Takes away the references from `root` and what it reaches; all that becomes gray.
    fn subtract(&mut self, root: NonNull<Header>) {
        let visit = |todo: &mut Vec<NonNull<Header>>, object: &Header| {
            if object.colour() != GRAY {
                object.paint(GRAY);
                todo.push(NonNull::from(object));
            }
        };
        // SAFETY: see `unreachable`.
        visit(&mut self.todo, unsafe { root.as_ref() });
        while let Some(object) = self.todo.pop() {
            self.n_visited += 1;
            // SAFETY: see `unreachable`.
            for_children(unsafe { object.as_ref() }, |child| {
                child.lower();
                visit(&mut self.todo, child);
            });
        }
    }

    /// Gray objects that keep a count are alive, with all they reach; the others become white for now.
    fn judge(&mut self, root: NonNull<Header>) {
        self.todo.push(root);
        while let Some(object) = self.todo.pop() {
            // SAFETY: see `unreachable`.
            let header = unsafe { object.as_ref() };
            if header.colour() != GRAY {
                continue;
            }
            if header.count() != 0 {
                self.revive(header);
                continue;
            }
            header.paint(WHITE);
            for_children(header, |child| {
                if child.colour() == GRAY {
                    self.todo.push(NonNull::from(child));
                }
            });
        }
    }

    /// Gives back the references from a live object and all it reaches.
    fn revive(&mut self, object: &Header) {
        let bottom = self.todo.len();
        object.paint(0);
        self.todo.push(NonNull::from(object));
        while self.todo.len() > bottom {
            let Some(object) = self.todo.pop() else { break };
            // SAFETY: see `unreachable`.
            for_children(unsafe { object.as_ref() }, |child| {
                child.increment();
                if child.colour() != 0 {
                    child.paint(0);
                    self.todo.push(NonNull::from(child));
                }
            });
        }
    }
}

/// Visits what an object owns and could be part of a cycle with.
fn for_children(object: &Header, mut visit: impl FnMut(&Header)) {
    trace(object, &mut |child| {
        if let Some(child) = child.header().filter(|child| child.gc.get() & GC_ACYCLIC == 0) {
            visit(child);
        }
    });
}
