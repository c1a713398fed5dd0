//! The hash table under `set` and `frozenset`.
//!
//! Its probing, growth and merging follow CPython's `Objects/setobject.c` step by step, since the order in which a set of numbers
//! iterates and prints follows from them and programs rely on it. Open addressing with a short linear search before each jump; a removed
//! item leaves a dummy until the next resize.
//!
//! As in the table under `dict`, items may be compared by Python code: no borrow is held across a comparison, and a search starts
//! over when the table changed under it.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};

use crate::heap::{Trace, Visitor};
use crate::objects::hash_table::quick_equal;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Exc, PyResult};

/// Slots after the first that are searched before the next jump.
const LINEAR_PROBES: usize = 9;
const MIN_SLOTS: usize = 8;
/// Hash of a slot whose item was removed; no object hashes to -1.
const DUMMY: u64 = u64::MAX;
/// Slots beyond which growth asks for memory politely, to raise MemoryError where there is none.
const LARGE: usize = 1 << 18;

/// One place of the table. The key is unbound where nothing is; the hash then tells never used (0) from removed ([`DUMMY`]).
#[derive(Clone)]
struct Slot {
    hash: u64,
    key: Value,
}

const UNUSED: Slot = Slot { hash: 0, key: Value::UNBOUND };

struct Table {
    /// Empty (standing for [`MIN_SLOTS`] unused ones) until the first insertion.
    slots: Box<[Slot]>,
    /// Slots that are not unused.
    fill: usize,
    /// Items.
    used: usize,
    /// Where `pop` looks next.
    finger: usize,
}

/// See the module.
pub struct SetTable {
    table: RefCell<Table>,
    /// Counts insertions, removals and resizes.
    changes: Cell<u32>,
}

impl Default for SetTable {
    fn default() -> Self {
        SetTable::new()
    }
}

impl Trace for SetTable {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.table.borrow().slots.iter().for_each(|slot| visit(&slot.key));
    }
}

/// The order in which slots are searched.
#[derive(Clone, Copy)]
struct Cursor {
    slot: usize,
    /// Neighbours still to be looked at.
    probes: usize,
    /// Start of the current linear run.
    base: usize,
    perturb: u64,
}

impl Cursor {
    #[inline(always)]
    fn new(hash: u64, mask: usize) -> Cursor {
        let base = hash as usize & mask;
        Cursor { slot: base, probes: run_length(base, mask), base, perturb: hash }
    }

    #[inline(always)]
    fn advance(&mut self, mask: usize) {
        if self.probes > 0 {
            self.probes -= 1;
            self.slot += 1;
            return;
        }
        self.perturb >>= 5;
        self.base = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize) & mask;
        self.slot = self.base;
        self.probes = run_length(self.base, mask);
    }
}

#[inline(always)]
fn run_length(base: usize, mask: usize) -> usize {
    if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
}

enum Probe {
    Found(usize),
    /// Not there; the unused slot where the search ended.
    Missing(usize),
    /// Only the protocol can tell whether the item at this cursor is the one.
    Ask(Cursor),
}

impl Table {
    fn new() -> Table {
        Table { slots: Box::default(), fill: 0, used: 0, finger: 0 }
    }

    fn n_slots(&self) -> usize {
        self.slots.len().max(MIN_SLOTS)
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        self.n_slots() - 1
    }

    #[inline]
    fn probe(&self, key: &Value, hash: u64, mut cursor: Cursor) -> Probe {
        if self.slots.is_empty() {
            return Probe::Missing(hash as usize & (MIN_SLOTS - 1));
        }
        let mask = self.slots.len() - 1;
        loop {
            let slot = &self.slots[cursor.slot];
            if slot.key.is_unbound() {
                if slot.hash == 0 {
                    return Probe::Missing(cursor.slot);
                }
            } else if slot.hash == hash {
                match quick_equal(&slot.key, key) {
                    Some(true) => return Probe::Found(cursor.slot),
                    Some(false) => {}
                    None => return Probe::Ask(cursor),
                }
            }
            cursor.advance(mask);
        }
    }

    /// Puts an item known to be absent into a table without dummies.
    fn insert_clean(&mut self, key: Value, hash: u64) {
        let mask = self.slots.len() - 1;
        let mut cursor = Cursor::new(hash, mask);
        while !self.slots[cursor.slot].key.is_unbound() {
            cursor.advance(mask);
        }
        self.slots[cursor.slot] = Slot { hash, key };
    }

    /// Puts an item into the unused slot where the search for it ended, and grows if that made the table too full.
    fn occupy(&mut self, at: usize, key: Value, hash: u64) {
        if self.slots.is_empty() {
            self.slots = vec![UNUSED; MIN_SLOTS].into_boxed_slice();
        }
        self.slots[at] = Slot { hash, key };
        self.fill += 1;
        self.used += 1;
        if self.fill * 5 >= self.mask() * 3 {
            self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
        }
    }

    /// Makes room for more than `wanted` items and drops the dummies.
    #[cold]
    #[inline(never)]
    fn resize(&mut self, wanted: usize) {
        let new = vec![UNUSED; slots_for(wanted)].into_boxed_slice();
        let old = std::mem::replace(&mut self.slots, new);
        self.fill = self.used;
        for slot in old {
            if !slot.key.is_unbound() {
                self.insert_clean(slot.key, slot.hash);
            }
        }
    }

    fn remove(&mut self, at: usize) -> Value {
        let slot = &mut self.slots[at];
        slot.hash = DUMMY;
        self.used -= 1;
        std::mem::replace(&mut slot.key, Value::UNBOUND)
    }
}

/// The smallest size that has more slots than `wanted`.
fn slots_for(wanted: usize) -> usize {
    (wanted + 1).next_power_of_two().max(MIN_SLOTS)
}

impl SetTable {
    pub fn new() -> SetTable {
        SetTable { table: RefCell::new(Table::new()), changes: Cell::new(0) }
    }

    /// The table, for reading only; see `HashTable::peek`.
    #[inline(always)]
    fn peek(&self) -> &Table {
        // SAFETY: callers are functions of this file that call nothing outside it while they hold the reference, so nothing can change
        // the table meanwhile; mutable borrows are confined to single functions of this file in the same way.
        unsafe { &*self.table.as_ptr() }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.peek().used
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    #[inline]
    fn search(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<Probe> {
        let table = self.peek();
        match table.probe(key, hash, Cursor::new(hash, table.mask())) {
            Probe::Ask(cursor) => self.search_slow(vm, key, hash, cursor),
            known => Ok(known),
        }
    }

    #[cold]
    fn search_slow(&self, vm: &Vm, key: &Value, hash: u64, mut cursor: Cursor) -> PyResult<Probe> {
        loop {
            let changes = self.changes.get();
            let other = self.peek().slots[cursor.slot].key.clone();
            let equal = vm.eq(&other, key)?;
            let table = self.peek();
            let probe = if changes != self.changes.get() {
                table.probe(key, hash, Cursor::new(hash, table.mask()))
            } else if equal {
                return Ok(Probe::Found(cursor.slot));
            } else {
                cursor.advance(table.mask());
                table.probe(key, hash, cursor)
            };
            match probe {
                Probe::Ask(next) => cursor = next,
                known => return Ok(known),
            }
        }
    }

    #[inline]
    pub fn contains(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<bool> {
        Ok(matches!(self.search(vm, key, hash)?, Probe::Found(_)))
    }

    /// Adds an item; whether it was new.
    ///
    /// # Errors
    /// What `__eq__` raises; MemoryError.
    #[inline]
    pub fn add(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<bool> {
        let Probe::Missing(at) = self.search(vm, key, hash)? else { return Ok(false) };
        let mut table = self.table.borrow_mut();
        if table.slots.len() >= LARGE && (table.fill + 1) * 5 >= table.mask() * 3 && !can_grow(table.used * 2)
        {
            drop(table);
            return vm.raise_bare(Exc::MemoryError);
        }
        self.changed();
        table.occupy(at, key.clone(), hash);
        Ok(true)
    }

    /// Removes an item and gives it, if it was there.
    pub fn remove(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<Option<Value>> {
        let Probe::Found(at) = self.search(vm, key, hash)? else { return Ok(None) };
        self.changed();
        Ok(Some(self.table.borrow_mut().remove(at)))
    }

    /// Removes any item.
    pub fn pop(&self) -> Option<Value> {
        let mut table = self.table.borrow_mut();
        if table.used == 0 {
            return None;
        }
        self.changed();
        let mask = table.mask();
        let mut at = table.finger & mask;
        while table.slots[at].key.is_unbound() {
            at = (at + 1) & mask;
        }
        table.finger = at + 1;
        Some(table.remove(at))
    }

    /// Removes everything.
    pub fn clear(&self) {
        self.changed();
        let old = std::mem::replace(&mut *self.table.borrow_mut(), Table::new());
        drop(old);
    }

    /// Takes everything out, leaving the table empty.
    pub fn take(&self) -> SetTable {
        self.changed();
        let old = std::mem::replace(&mut *self.table.borrow_mut(), Table::new());
        SetTable { table: RefCell::new(old), changes: Cell::new(0) }
    }

    /// Exchanges the items of two tables.
    pub fn swap(&self, other: &SetTable) {
        self.changed();
        other.changed();
        self.table.swap(&other.table);
    }

    /// The first item at or after slot `position`: (position after it, item, hash).
    #[inline]
    pub fn next(&self, position: usize) -> Option<(usize, Value, u64)> {
        let slots = &self.peek().slots;
        let rest = slots.get(position..)?;
        let at = rest.iter().position(|slot| !slot.key.is_unbound())?;
        Some((position + at + 1, rest[at].key.clone(), rest[at].hash))
    }

    /// Makes room for `more` items that are about to be added one by one.
    pub fn reserve(&self, vm: &Vm, more: usize) -> PyResult<()> {
        let table = self.peek();
        let (fill, used) = (table.fill, table.used);
        if fill.saturating_add(more).saturating_mul(5) >= table.mask() * 3 {
            let wanted = used.saturating_add(more).saturating_mul(2);
            if wanted >= LARGE && !can_grow(wanted) {
                return vm.raise_bare(Exc::MemoryError);
            }
            self.changed();
            self.table.borrow_mut().resize(wanted);
        }
        Ok(())
    }

    /// Adds all items of `other`.
    ///
    /// # Errors
    /// As [`SetTable::add`].
    pub fn merge(&self, vm: &Vm, other: &SetTable) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        self.reserve(vm, other.len())?;
        if self.peek().fill == 0 {
            self.changed();
            let source = other.peek();
            let mut table = self.table.borrow_mut();
            if table.mask() == source.mask() && source.fill == source.used {
                table.slots = source.slots.clone();
            } else {
                if table.slots.is_empty() {
                    table.slots = vec![UNUSED; MIN_SLOTS].into_boxed_slice();
                } else {
                    table.slots.fill(UNUSED);
                }
                for slot in source.slots.iter().filter(|slot| !slot.key.is_unbound()) {
                    table.insert_clean(slot.key.clone(), slot.hash);
                }
            }
            table.fill = source.used;
            table.used = source.used;
            return Ok(());
        }
        let mut position = 0;
        while let Some((next, key, hash)) = other.next(position) {
            self.add(vm, &key, hash)?;
            position = next;
        }
        Ok(())
    }

    /// Resizes if removed items fill more than a quarter of the table.
    pub fn drop_dummies(&self) {
        let mut table = self.table.borrow_mut();
        if table.fill - table.used > table.mask() / 4 {
            self.changed();
            let wanted = if table.used > 50_000 { table.used * 2 } else { table.used * 4 };
            table.resize(wanted);
        }
    }

    /// CPython's hash of a frozenset: the same for any order of the items.
    pub fn frozen_hash(&self) -> i64 {
        let table = self.peek();
        let shuffle = |h: u64| ((h ^ 89_869_747) ^ (h << 16)).wrapping_mul(3_644_798_167);
        let mut hash = table
            .slots
            .iter()
            .filter(|slot| !slot.key.is_unbound())
            .fold(0, |hash, slot| hash ^ shuffle(slot.hash));
        hash ^= (table.used as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        if hash == u64::MAX { 590_923_713 } else { hash as i64 }
    }

    /// Bytes the table takes, for `__sizeof__`.
    pub fn size_bytes(&self) -> usize {
        self.peek().slots.len() * size_of::<Slot>()
    }
}

fn can_grow(wanted: usize) -> bool {
    wanted < 1 << 40 && Vec::<Slot>::new().try_reserve_exact(slots_for(wanted)).is_ok()
}
