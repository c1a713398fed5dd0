//! The insertion-ordered hash table under `dict`.
//!
//! Entries stand in insertion order in one vector; an index of their positions (open addressing, 32-bit) is kept once there are more
//! than [`LINEAR_MAX`]. A removed entry keeps its place with an unbound key until the table grows, which drops all such places; so a
//! position stays good until the next insertion. The table remembers how far its front and its end are empty, which keeps "remove the
//! first" and "remove the last" loops linear.
//!
//! Keys may be compared by Python code, which may do anything to the table meanwhile: no borrow is held across a comparison, and a
//! search starts over when the table changed under it.

#![allow(unsafe_code)]

use std::cell::{Cell, Ref, RefCell};

use crate::heap::{Gc, Trace, Visitor};
use crate::objects::str::Str;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Exc, PyResult};

/// Up to this many entries are searched one after the other.
const LINEAR_MAX: usize = 8;
const EMPTY: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;
/// Entries a table can have: positions are 32 bits wide, two of which mean something else, and the index is a third larger.
pub const MAX_ENTRIES: usize = 1 << 31;
/// Entries beyond which growth asks for memory politely, to raise MemoryError where there is none.
const LARGE: usize = 1 << 18;

/// One key with what belongs to it.
pub struct Entry<V> {
    pub hash: u64,
    pub key: Value,
    pub value: V,
}

struct Table<V> {
    entries: Vec<Entry<V>>,
    /// Positions in `entries`, or EMPTY or DELETED; no index while there are few entries.
    index: Box<[u32]>,
    live: usize,
    /// Index slots that are not EMPTY.
    filled: usize,
    /// Every entry before this position is removed.
    first: usize,
    /// Every entry from this position on is removed.
    end: usize,
}

/// See the module.
pub struct HashTable<V> {
    table: RefCell<Table<V>>,
    /// Counts insertions, removals and rebuilds: a search sees that the table changed under it.
    changes: Cell<u32>,
    /// Identifies this exact set of keys at these positions, for inline caches; 0 while not given out.
    keys_version: Cell<u32>,
}

impl<V: Default> Default for HashTable<V> {
    fn default() -> Self {
        HashTable::new()
    }
}

impl<V: Trace> Trace for HashTable<V> {
    fn trace_value(&self, visit: Visitor<'_>) {
        for entry in &self.table.borrow().entries {
            visit(&entry.key);
            entry.value.trace_value(visit);
        }
    }
}

/// Equality that needs no Python code: identity, exact strings, small ints. `None` if the full protocol must decide.
#[inline(always)]
pub(crate) fn quick_equal(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if a.is_small_int() && b.is_small_int() {
        return Some(false);
    }
    match (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        (Some(a), Some(b)) => Some(a == b),
        _ => None,
    }
}

/// Where a search goes on.
#[derive(Clone, Copy)]
struct Cursor {
    slot: usize,
    perturb: u64,
}

/// Outcome of one pass over the candidates.
enum Probe {
    Found(usize),
    /// Not there; the index slot where the search ended.
    Missing(usize),
    /// The entry at this position has the hash; only the protocol can tell.
    Ask(usize, Cursor),
}

/// Outcome of a whole search.
enum Search {
    Found(usize),
    Missing(usize),
}

impl<V> Table<V> {
    fn new() -> Table<V> {
        Table { entries: Vec::new(), index: Box::default(), live: 0, filled: 0, first: 0, end: 0 }
    }

    #[inline(always)]
    fn start(&self, hash: u64) -> Cursor {
        if self.index.is_empty() {
            Cursor { slot: self.first, perturb: 0 }
        } else {
            Cursor { slot: hash as usize, perturb: hash }
        }
    }

    /// Searches on from `cursor`.
    #[inline]
    fn probe(&self, key: &Value, hash: u64, cursor: Cursor) -> Probe {
        if self.index.is_empty() {
            for (position, entry) in self.entries.iter().enumerate().skip(cursor.slot) {
                if entry.hash == hash && !entry.key.is_unbound() {
                    match quick_equal(&entry.key, key) {
                        Some(true) => return Probe::Found(position),
                        Some(false) => {}
                        None => return Probe::Ask(position, Cursor { slot: position + 1, perturb: 0 }),
                    }
                }
            }
            return Probe::Missing(0);
        }
        let mask = self.index.len() - 1;
        let Cursor { mut slot, mut perturb } = cursor;
        loop {
            slot &= mask;
            let position = self.index[slot];
            if position == EMPTY {
                return Probe::Missing(slot);
            }
            perturb >>= 5;
            let next = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize);
            if position != DELETED {
                let entry = &self.entries[position as usize];
                if entry.hash == hash {
                    match quick_equal(&entry.key, key) {
                        Some(true) => return Probe::Found(position as usize),
                        Some(false) => {}
                        None => return Probe::Ask(position as usize, Cursor { slot: next, perturb }),
                    }
                }
            }
            slot = next;
        }
    }

    /// Searches exactly this string.
    #[inline]
    fn probe_str(&self, key: &Gc<Str>, hash: u64) -> Search {
        let same = |entry: &Entry<V>| {
            entry.key.is(key.as_value())
                || entry.hash == hash
                    && entry.key.downcast::<Str>().is_some_and(|other| other.as_bytes() == key.as_bytes())
        };
        if self.index.is_empty() {
            return match self.entries.iter().position(same) {
                Some(position) => Search::Found(position),
                None => Search::Missing(0),
            };
        }
        let mask = self.index.len() - 1;
        let (mut slot, mut perturb) = (hash as usize & mask, hash);
        loop {
            match self.index[slot] {
                EMPTY => return Search::Missing(slot),
                DELETED => {}
                position if same(&self.entries[position as usize]) => {
                    return Search::Found(position as usize);
                }
                _ => {}
            }
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Whether the next entry does not fit without growing or dropping removed entries.
    #[inline(always)]
    fn is_full(&self) -> bool {
        if self.index.is_empty() {
            self.entries.len() >= LINEAR_MAX
        } else {
            // Two thirds, as any fuller the searches for absent keys get long.
            self.filled * 3 >= self.index.len() * 2
        }
    }

    /// Adds an entry whose key is known to be absent.
    fn push(&mut self, hash: u64, key: Value, value: V) -> usize {
        if self.is_full() {
            self.rebuild();
        }
        if !self.index.is_empty() {
            let slot = self.free_slot(hash);
            self.index[slot] = self.entries.len() as u32;
            self.filled += 1;
        }
        self.append(hash, key, value)
    }

    /// As [`Table::push`], with the slot where the search for the key just ended.
    #[inline]
    fn push_at(&mut self, slot: usize, hash: u64, key: Value, value: V) -> usize {
        if self.is_full() {
            return self.push(hash, key, value);
        }
        if !self.index.is_empty() {
            debug_assert_eq!(self.index[slot], EMPTY);
            self.index[slot] = self.entries.len() as u32;
            self.filled += 1;
        }
        self.append(hash, key, value)
    }

    #[inline(always)]
    fn append(&mut self, hash: u64, key: Value, value: V) -> usize {
        let position = self.entries.len();
        self.entries.push(Entry { hash, key, value });
        self.live += 1;
        self.end = position + 1;
        position
    }

    /// The first slot for `hash` that is EMPTY.
    fn free_slot(&self, hash: u64) -> usize {
        let mask = self.index.len() - 1;
        let (mut slot, mut perturb) = (hash as usize & mask, hash);
        while self.index[slot] != EMPTY {
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
        slot
    }

    /// The slot that holds `position`.
    fn slot_of(&self, position: usize) -> usize {
        let mask = self.index.len() - 1;
        let hash = self.entries[position].hash;
        let (mut slot, mut perturb) = (hash as usize & mask, hash);
        while self.index[slot] != position as u32 {
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
        slot
    }

    /// Drops removed entries.
    fn compact(&mut self) {
        if self.live < self.entries.len() {
            self.entries.retain(|entry| !entry.key.is_unbound());
        }
        self.first = 0;
        self.end = self.entries.len();
    }

    /// Room for at least one more entry: drops removed entries, then sizes index and entries for what lives.
    #[cold]
    #[inline(never)]
    fn rebuild(&mut self) {
        self.compact();
        self.reindex(index_size(self.live + 1, self.live * 3));
        if !self.index.is_empty() {
            let room = self.index.len() / 3 * 2 + 1;
            if room > self.entries.len() {
                self.entries.reserve_exact(room - self.entries.len());
            }
        }
    }

    /// Lays the entries out anew with room in front of them, as much as they take themselves, so that this is rare. Gives the new
    /// position of the entry at `position`.
    #[cold]
    fn open_gap(&mut self, position: usize) -> usize
    where
        V: Default,
    {
        let rank = self.entries[..position].iter().filter(|entry| !entry.key.is_unbound()).count();
        self.compact();
        let gap = self.live.max(4);
        let blank = || Entry { hash: 0, key: Value::UNBOUND, value: V::default() };
        self.entries.splice(0..0, (0..gap).map(|_| blank()));
        self.first = gap;
        self.end = self.entries.len();
        self.reindex(index_size(self.live + 1, self.live * 3));
        gap + rank
    }

    /// Makes an index of `size` slots (0: none).
    fn reindex(&mut self, size: usize) {
        self.filled = 0;
        if size == 0 {
            self.index = Box::default();
            return;
        }
        if self.index.len() == size {
            self.index.fill(EMPTY);
        } else {
            self.index = vec![EMPTY; size].into_boxed_slice();
        }
        for position in 0..self.entries.len() {
            let entry = &self.entries[position];
            if !entry.key.is_unbound() {
                let slot = self.free_slot(entry.hash);
                self.index[slot] = position as u32;
                self.filled += 1;
            }
        }
    }

    fn remove(&mut self, position: usize) -> (Value, V)
    where
        V: Default,
    {
        if !self.index.is_empty() {
            let slot = self.slot_of(position);
            self.index[slot] = DELETED;
        }
        self.live -= 1;
        let entry = &mut self.entries[position];
        let key = std::mem::replace(&mut entry.key, Value::UNBOUND);
        let value = std::mem::take(&mut entry.value);
        if position == self.first {
            self.first += 1;
            while self.first < self.end && self.entries[self.first].key.is_unbound() {
                self.first += 1;
            }
        }
        if position + 1 == self.end {
            self.end -= 1;
            while self.end > self.first && self.entries[self.end - 1].key.is_unbound() {
                self.end -= 1;
            }
        }
        (key, value)
    }
}

/// Index slots for a table that must hold `expected` entries, with room for `wanted` slots.
fn index_size(expected: usize, wanted: usize) -> usize {
    if expected <= LINEAR_MAX {
        return 0;
    }
    wanted.max(expected + expected / 2 + 1).next_power_of_two().max(16)
}

impl<V: Default> HashTable<V> {
    pub fn new() -> HashTable<V> {
        HashTable { table: RefCell::new(Table::new()), changes: Cell::new(0), keys_version: Cell::new(0) }
    }

    /// Room for `n` entries (a hint: at most a few million are made at once).
    pub fn with_capacity(n: usize) -> HashTable<V> {
        let table = HashTable::new();
        if n != 0 {
            let n = n.min(1 << 22);
            let mut inner = table.table.borrow_mut();
            inner.entries.reserve_exact(n);
            inner.reindex(index_size(n, 0));
        }
        table
    }

    /// The table, for reading only, without the run-time borrow check.
    ///
    /// Callers are functions of this file that call nothing outside it (but clone and compare values without Python code) while they
    /// hold the reference, so nothing can change the table meanwhile.
    #[inline(always)]
    fn peek(&self) -> &Table<V> {
        // SAFETY: see above; mutable borrows are confined to single functions of this file in the same way.
        unsafe { &*self.table.as_ptr() }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.peek().live
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes on every insertion and removal.
    pub fn changes(&self) -> u32 {
        self.changes.get()
    }

    /// See the field; `fresh` makes a new number, or 0 for "none left".
    pub fn keys_version(&self, fresh: impl FnOnce() -> u32) -> u32 {
        if self.keys_version.get() == 0 {
            self.keys_version.set(fresh());
        }
        self.keys_version.get()
    }

    /// The version now, 0 if none was given out since the last change.
    #[inline(always)]
    pub fn current_keys_version(&self) -> u32 {
        self.keys_version.get()
    }

    #[inline]
    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.keys_version.set(0);
    }

    #[inline]
    fn search(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<Search> {
        let table = self.peek();
        match table.probe(key, hash, table.start(hash)) {
            Probe::Found(position) => Ok(Search::Found(position)),
            Probe::Missing(slot) => Ok(Search::Missing(slot)),
            Probe::Ask(position, cursor) => self.search_slow(vm, key, hash, position, cursor),
        }
    }

    #[cold]
    fn search_slow(
        &self,
        vm: &Vm,
        key: &Value,
        hash: u64,
        mut position: usize,
        mut cursor: Cursor,
    ) -> PyResult<Search> {
        loop {
            let changes = self.changes.get();
            let other = self.peek().entries[position].key.clone();
            let equal = vm.eq(&other, key)?;
            let table = self.peek();
            let probe = if changes != self.changes.get() {
                table.probe(key, hash, table.start(hash))
            } else if equal {
                return Ok(Search::Found(position));
            } else {
                table.probe(key, hash, cursor)
            };
            match probe {
                Probe::Found(position) => return Ok(Search::Found(position)),
                Probe::Missing(slot) => return Ok(Search::Missing(slot)),
                Probe::Ask(at, next) => (position, cursor) = (at, next),
            }
        }
    }

    /// Position of `key`, comparing by Python's `==` where needed.
    #[inline]
    pub fn find(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<Option<usize>> {
        Ok(match self.search(vm, key, hash)? {
            Search::Found(position) => Some(position),
            Search::Missing(_) => None,
        })
    }

    /// Position of a string key; keys that are no strings never match.
    #[inline]
    pub fn find_str(&self, key: &Gc<Str>) -> Option<usize> {
        match self.peek().probe_str(key, key.hash_value()) {
            Search::Found(position) => Some(position),
            Search::Missing(_) => None,
        }
    }

    /// Sets the value of `key` and gives the old one. A key that is there stays, the new one is dropped.
    ///
    /// # Errors
    /// What `__eq__` raises; MemoryError.
    #[inline]
    pub fn insert(&self, vm: &Vm, key: Value, hash: u64, value: V) -> PyResult<Option<V>> {
        match self.search(vm, &key, hash)? {
            Search::Found(position) => Ok(Some(self.replace_at(position, value))),
            Search::Missing(slot) => {
                self.push_missing(vm, slot, hash, key, value)?;
                Ok(None)
            }
        }
    }

    /// Position of `key`, which is added with the value `make` gives if it is absent; whether it was added. `make` must not touch the table.
    ///
    /// # Errors
    /// As [`HashTable::insert`].
    pub fn find_or_insert(
        &self,
        vm: &Vm,
        key: &Value,
        hash: u64,
        make: impl FnOnce() -> V,
    ) -> PyResult<(usize, bool)> {
        match self.search(vm, key, hash)? {
            Search::Found(position) => Ok((position, false)),
            Search::Missing(slot) => {
                let value = make();
                Ok((self.push_missing(vm, slot, hash, key.clone(), value)?, true))
            }
        }
    }

    #[inline]
    fn push_missing(&self, vm: &Vm, slot: usize, hash: u64, key: Value, value: V) -> PyResult<usize> {
        let mut table = self.table.borrow_mut();
        if table.entries.len() >= LARGE && table.is_full() && !self.can_grow(&table) {
            drop(table);
            return vm.raise_bare(Exc::MemoryError);
        }
        self.changed();
        Ok(table.push_at(slot, hash, key, value))
    }

    /// Whether there is memory for the next size up.
    #[cold]
    fn can_grow(&self, table: &Table<V>) -> bool {
        let slots = index_size(table.live + 1, table.live * 3);
        let bytes = slots * (size_of::<Entry<V>>() / 3 * 2 + size_of::<u32>());
        table.live < MAX_ENTRIES && Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
    }

    /// As [`HashTable::insert`] for a string key; runs no Python code.
    #[inline]
    pub fn insert_str(&self, key: &Gc<Str>, value: V) -> Option<V> {
        let hash = key.hash_value();
        match self.peek().probe_str(key, hash) {
            Search::Found(position) => Some(self.replace_at(position, value)),
            Search::Missing(slot) => {
                self.changed();
                self.table.borrow_mut().push_at(slot, hash, key.to_value(), value);
                None
            }
        }
    }

    /// Adds a key known to be absent; gives its position.
    pub fn push(&self, hash: u64, key: Value, value: V) -> usize {
        self.changed();
        self.table.borrow_mut().push(hash, key, value)
    }

    /// Replaces the value of an entry found just now and gives the old one.
    #[inline]
    pub fn replace_at(&self, position: usize, value: V) -> V {
        std::mem::replace(&mut self.table.borrow_mut().entries[position].value, value)
    }

    /// Removes an entry found just now.
    pub fn remove_at(&self, position: usize) -> (Value, V) {
        self.changed();
        let mut table = self.table.borrow_mut();
        let removed = table.remove(position);
        // An emptied table gives its memory back, unless it is so small that it is likely to be filled again.
        if table.live == 0 && table.entries.capacity() >= 64 {
            *table = Table::new();
        }
        removed
    }

    /// Removes the entry inserted last.
    pub fn pop_last(&self) -> Option<Entry<V>> {
        let mut table = self.table.borrow_mut();
        let position = table.end.checked_sub(1).filter(|_| table.live != 0)?;
        self.changed();
        let hash = table.entries[position].hash;
        let (key, value) = table.remove(position);
        // Its place is free for the next one.
        let end = table.end;
        table.entries.truncate(end);
        table.first = table.first.min(end);
        Some(Entry { hash, key, value })
    }

    /// Makes an entry found just now the last one, or the first one.
    pub fn move_to_edge(&self, mut position: usize, last: bool) {
        let mut table = self.table.borrow_mut();
        if last && position + 1 == table.end || !last && position == table.first {
            return;
        }
        self.changed();
        let hash = table.entries[position].hash;
        if last {
            let (key, value) = table.remove(position);
            table.push(hash, key, value);
            return;
        }
        if table.first == 0 || !table.index.is_empty() && table.is_full() {
            position = table.open_gap(position);
        }
        let (key, value) = table.remove(position);
        let at = table.first - 1;
        if !table.index.is_empty() {
            let slot = table.free_slot(hash);
            table.index[slot] = at as u32;
            table.filled += 1;
        }
        table.entries[at] = Entry { hash, key, value };
        table.first = at;
        table.live += 1;
    }

    /// Removes everything.
    pub fn clear(&self) {
        self.changed();
        let old = std::mem::replace(&mut *self.table.borrow_mut(), Table::new());
        drop(old);
    }

    /// All entries, leaving the table empty.
    pub fn take_entries(&self) -> Vec<Entry<V>> {
        self.changed();
        let table = std::mem::replace(&mut *self.table.borrow_mut(), Table::new());
        table.entries.into_iter().filter(|entry| !entry.key.is_unbound()).collect()
    }

    /// The first live entry at or after `position`, with its position; for iteration.
    #[inline]
    pub fn next_entry(&self, position: usize) -> Option<(usize, Ref<'_, Entry<V>>)> {
        let table = self.table.borrow();
        let from = position.max(table.first);
        let at = (from..table.end).find(|&at| !table.entries[at].key.is_unbound())?;
        Some((at, Ref::map(table, |table| &table.entries[at])))
    }

    /// The last live entry before `position` (`usize::MAX`: from the end).
    pub fn previous_entry(&self, position: usize) -> Option<(usize, Ref<'_, Entry<V>>)> {
        let table = self.table.borrow();
        let end = position.min(table.end);
        let at = (table.first..end).rev().find(|&at| !table.entries[at].key.is_unbound())?;
        Some((at, Ref::map(table, |table| &table.entries[at])))
    }

    /// One past the position of the last entry.
    pub fn end(&self) -> usize {
        self.peek().end
    }

    /// Looks at the entry at a position found just now.
    #[inline]
    pub fn with_entry<R>(&self, position: usize, f: impl FnOnce(&Entry<V>) -> R) -> R {
        f(&self.table.borrow().entries[position])
    }

    /// Bytes the table takes, for `__sizeof__`.
    pub fn size_bytes(&self) -> usize {
        let table = self.peek();
        table.entries.capacity() * size_of::<Entry<V>>() + table.index.len() * size_of::<u32>()
    }
}

impl<V: Default + Clone> HashTable<V> {
    /// The value at a position found just now.
    #[inline(always)]
    pub fn value_at(&self, position: usize) -> V {
        self.peek().entries[position].value.clone()
    }

    /// As [`HashTable::value_at`], for a position that may be out of range.
    #[inline(always)]
    pub fn try_value_at(&self, position: usize) -> Option<V> {
        self.peek().entries.get(position).map(|entry| entry.value.clone())
    }

    /// Takes in all entries of another table; this one is empty.
    pub fn fill(&self, source: &HashTable<V>) {
        assert!(self.is_empty(), "keys of both would have to be compared");
        let old = self.table.replace(source.duplicate().table.into_inner());
        self.changed();
        drop(old);
    }

    /// A copy in the same order, keys shared.
    pub fn duplicate(&self) -> HashTable<V> {
        let source = self.peek();
        let copy =
            |entry: &Entry<V>| Entry { hash: entry.hash, key: entry.key.clone(), value: entry.value.clone() };
        let mut table = Table::new();
        table.live = source.live;
        table.end = source.live;
        if source.live == source.entries.len() {
            table.entries = source.entries.iter().map(copy).collect();
            table.index = source.index.clone();
            table.filled = source.filled;
        } else {
            table.entries = Vec::with_capacity(source.live);
            table.entries.extend(source.entries.iter().filter(|entry| !entry.key.is_unbound()).map(copy));
            table.reindex(index_size(source.live, 0));
        }
        HashTable { table: RefCell::new(table), changes: Cell::new(0), keys_version: Cell::new(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl HashTable<Value> {
        /// As `find` for small ints, whose equality needs no interpreter.
        fn find_int(&self, key: i64, hash: u64) -> Search {
            let table = self.peek();
            match table.probe(&Value::small(key), hash, table.start(hash)) {
                Probe::Found(position) => Search::Found(position),
                Probe::Missing(slot) => Search::Missing(slot),
                Probe::Ask(..) => unreachable!("small ints are compared at once"),
            }
        }

        fn set_int(&self, key: i64, hash: u64, value: i64) {
            match self.find_int(key, hash) {
                Search::Found(position) => drop(self.replace_at(position, Value::small(value))),
                Search::Missing(slot) => {
                    self.changed();
                    self.table.borrow_mut().push_at(slot, hash, Value::small(key), Value::small(value));
                }
            }
        }

        fn ints(&self) -> Vec<(i64, i64)> {
            let mut out = Vec::new();
            let mut position = 0;
            while let Some((at, entry)) = self.next_entry(position) {
                out.push((entry.key.as_small_int().unwrap(), entry.value.as_small_int().unwrap()));
                position = at + 1;
            }
            out
        }
    }

    /// A small generator of repeatable numbers (splitmix64).
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ z >> 31) % n
        }
    }

    /// Random operations on a table and on a plain vector of pairs must agree, order included.
    #[test]
    fn agrees_with_a_vector_of_pairs() {
        for seed in 0..60 {
            let mut random = Random(seed);
            let n_keys = [4, 9, 40, 700][seed as usize % 4];
            // Few distinct hashes, so that searches go far.
            let hash_of = |key: i64| if seed % 3 == 0 { key as u64 % 5 } else { key as u64 };
            let mut table: HashTable<Value> = HashTable::with_capacity(seed as usize % 13);
            let mut model: Vec<(i64, i64)> = Vec::new();
            for step in 0..4000 {
                let key = random.below(n_keys) as i64;
                let hash = hash_of(key);
                let at = model.iter().position(|pair| pair.0 == key);
                match random.below(if step / 500 % 2 == 0 { 14 } else { 22 }) {
                    0..=7 => {
                        table.set_int(key, hash, step);
                        match at {
                            Some(at) => model[at].1 = step,
                            None => model.push((key, step)),
                        }
                    }
                    8 => {
                        let last = table.pop_last().map(|entry| entry.key.as_small_int());
                        assert_eq!(last, model.pop().map(|pair| Some(pair.0)));
                    }
                    9 => {
                        let first = table.next_entry(0).map(|(at, _)| at);
                        assert_eq!(first.is_some(), !model.is_empty());
                        if let Some(first) = first {
                            table.remove_at(first);
                            model.remove(0);
                        }
                    }
                    10 => table = table.duplicate(),
                    n @ 11..=12 => {
                        if let (Search::Found(position), Some(at)) = (table.find_int(key, hash), at) {
                            table.move_to_edge(position, n == 11);
                            let pair = model.remove(at);
                            model.insert(if n == 11 { model.len() } else { 0 }, pair);
                        }
                    }
                    13 if random.below(50) == 0 => {
                        table.clear();
                        model.clear();
                    }
                    _ => match (table.find_int(key, hash), at) {
                        (Search::Found(position), Some(at)) => {
                            table.remove_at(position);
                            model.remove(at);
                        }
                        (Search::Missing(_), None) => {}
                        (found, at) => panic!("{}, {at:?}", matches!(found, Search::Found(_))),
                    },
                }
                assert_eq!(table.len(), model.len());
                if step % 17 == 0 {
                    assert_eq!(table.ints(), model, "seed {seed}, step {step}");
                    let last =
                        table.previous_entry(usize::MAX).and_then(|(_, entry)| entry.key.as_small_int());
                    assert_eq!(last, model.last().map(|pair| pair.0));
                }
            }
        }
    }

    /// Removing from either end again and again looks at each place once; quadratic work would take minutes.
    #[test]
    fn queues_stay_linear() {
        let table: HashTable<Value> = HashTable::new();
        let n = 300_000;
        for key in 0..n {
            table.set_int(key, key as u64, 0);
        }
        for _ in 0..n / 3 {
            let first = table.next_entry(0).unwrap().0;
            table.remove_at(first);
            let last = table.previous_entry(usize::MAX).unwrap().0;
            table.remove_at(last);
        }
        for key in n..4 * n {
            table.set_int(key, key as u64, 0);
            let first = table.next_entry(0).unwrap().0;
            table.remove_at(first);
        }
        while table.pop_last().is_some() {}
        assert!(table.is_empty());
    }
}
