//! The insertion-ordered hash table under `dict` and `set`.
//!
//! Entries stand in insertion order in one vector; an index of positions (open addressing) is kept once there are more than
//! [`LINEAR_MAX`]. Keys may be compared by Python code, which may do anything to the table meanwhile: no borrow is held across a
//! comparison, and a search starts over when the table changed under it.

use std::cell::{Cell, Ref, RefCell};

use crate::PyResult;
use crate::heap::Gc;
use crate::heap::{Trace, Visitor};
use crate::objects::str::Str;
use crate::value::Value;
use crate::vm::Vm;

/// Up to this many entries are searched one after the other.
const LINEAR_MAX: usize = 8;
const EMPTY: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;

/// One key with what belongs to it. A removed entry keeps its place with an unbound key until the next rebuild.
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
}

/// See the module.
pub struct HashTable<V> {
    table: RefCell<Table<V>>,
    /// Counts insertions, removals and rebuilds: a search or iteration sees that the table changed under it.
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

impl Trace for () {
    fn trace_value(&self, _: Visitor<'_>) {}
}

/// Equality that needs no Python code: identity, exact strings, small ints. `None` if the full protocol must decide.
#[inline(always)]
fn quick_equal(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    match (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        (Some(a), Some(b)) => Some(a.as_bytes() == b.as_bytes()),
        _ if a.is_small_int() && b.is_small_int() => Some(false),
        _ => None,
    }
}

/// Outcome of one pass over the candidates.
enum Probe {
    Found(usize),
    Missing,
    /// Entry at this position has the hash; only the protocol can tell. Resume after it.
    Ask {
        position: usize,
        key: Value,
        resume: (usize, u64),
    },
}

impl<V> Table<V> {
    fn new() -> Table<V> {
        Table { entries: Vec::new(), index: Box::default(), live: 0, filled: 0 }
    }

    /// Searches from `(slot, perturb)` on.
    #[inline]
    fn probe(&self, key: &Value, hash: u64, from: (usize, u64)) -> Probe {
        if self.index.is_empty() {
            for (position, entry) in self.entries.iter().enumerate().skip(from.0) {
                if entry.hash == hash && !entry.key.is_unbound() {
                    match quick_equal(&entry.key, key) {
                        Some(true) => return Probe::Found(position),
                        Some(false) => {}
                        None => {
                            return Probe::Ask {
                                position,
                                key: entry.key.clone(),
                                resume: (position + 1, 0),
                            };
                        }
                    }
                }
            }
            return Probe::Missing;
        }
        let mask = self.index.len() - 1;
        let (mut slot, mut perturb) = from;
        loop {
            slot &= mask;
            let position = self.index[slot];
            perturb >>= 5;
            let next = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize);
            if position == EMPTY {
                return Probe::Missing;
            }
            if position != DELETED {
                let entry = &self.entries[position as usize];
                if entry.hash == hash {
                    match quick_equal(&entry.key, key) {
                        Some(true) => return Probe::Found(position as usize),
                        Some(false) => {}
                        None => {
                            let resume = (next, perturb);
                            return Probe::Ask {
                                position: position as usize,
                                key: entry.key.clone(),
                                resume,
                            };
                        }
                    }
                }
            }
            slot = next;
        }
    }

    fn start(&self, hash: u64) -> (usize, u64) {
        if self.index.is_empty() { (0, 0) } else { (hash as usize & (self.index.len() - 1), hash) }
    }

    /// Position of exactly this string.
    #[inline]
    fn find_str(&self, key: &Gc<Str>, hash: u64) -> Option<usize> {
        let same = |entry: &Entry<V>| {
            entry.key.is(key.as_value())
                || entry.hash == hash
                    && entry.key.downcast::<Str>().is_some_and(|other| other.as_bytes() == key.as_bytes())
        };
        if self.index.is_empty() {
            return self.entries.iter().position(same);
        }
        let mask = self.index.len() - 1;
        let (mut slot, mut perturb) = (hash as usize & mask, hash);
        loop {
            match self.index[slot] {
                EMPTY => return None,
                DELETED => {}
                position if same(&self.entries[position as usize]) => return Some(position as usize),
                _ => {}
            }
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Adds an entry whose key is known to be absent.
    fn push(&mut self, hash: u64, key: Value, value: V) -> usize {
        if self.index.is_empty() {
            if self.entries.len() >= LINEAR_MAX {
                self.rebuild();
            }
        } else if (self.filled + 1) * 3 > self.index.len() * 2 {
            self.rebuild();
        }
        let position = self.entries.len();
        self.entries.push(Entry { hash, key, value });
        self.live += 1;
        if !self.index.is_empty() {
            self.link(hash, position as u32);
        }
        position
    }

    fn link(&mut self, hash: u64, position: u32) {
        let mask = self.index.len() - 1;
        let (mut slot, mut perturb) = (hash as usize & mask, hash);
        while self.index[slot] != EMPTY {
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
        self.index[slot] = position;
        self.filled += 1;
    }

    /// Drops removed entries and makes an index with room for twice what lives, if it needs one at all.
    fn rebuild(&mut self) {
        if self.live < self.entries.len() {
            self.entries.retain(|entry| !entry.key.is_unbound());
        }
        self.reindex(self.live + 1);
    }

    fn reindex(&mut self, expected: usize) {
        self.filled = 0;
        if expected <= LINEAR_MAX {
            self.index = Box::default();
            return;
        }
        let size = (expected * 3).next_power_of_two().max(16);
        assert!(expected < DELETED as usize, "a table holds fewer than 2**32 - 2 entries");
        self.index = vec![EMPTY; size].into_boxed_slice();
        for position in 0..self.entries.len() {
            if !self.entries[position].key.is_unbound() {
                self.link(self.entries[position].hash, position as u32);
            }
        }
    }

    fn unlink(&mut self, position: usize) {
        if self.index.is_empty() {
            return;
        }
        let mask = self.index.len() - 1;
        let hash = self.entries[position].hash;
        let (mut slot, mut perturb) = (hash as usize & mask, hash);
        while self.index[slot] != position as u32 {
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
        self.index[slot] = DELETED;
    }
}

impl<V: Default> HashTable<V> {
    pub fn new() -> HashTable<V> {
        HashTable { table: RefCell::new(Table::new()), changes: Cell::new(0), keys_version: Cell::new(0) }
    }

    /// Room for `n` entries.
    pub fn with_capacity(n: usize) -> HashTable<V> {
        let table = HashTable::new();
        {
            let mut inner = table.table.borrow_mut();
            inner.entries.reserve_exact(n);
            inner.reindex(n);
        }
        table
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.table.borrow().live
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

    /// Position of `key`, comparing by Python's `==` where needed.
    #[inline]
    pub fn find(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<Option<usize>> {
        let table = self.table.borrow();
        match table.probe(key, hash, table.start(hash)) {
            Probe::Found(position) => Ok(Some(position)),
            Probe::Missing => Ok(None),
            ask => {
                drop(table);
                self.find_slow(vm, key, hash, ask)
            }
        }
    }

    #[cold]
    fn find_slow(&self, vm: &Vm, key: &Value, hash: u64, mut probe: Probe) -> PyResult<Option<usize>> {
        loop {
            probe = match probe {
                Probe::Found(position) => return Ok(Some(position)),
                Probe::Missing => return Ok(None),
                Probe::Ask { position, key: other, resume } => {
                    let changes = self.changes.get();
                    let equal = vm.eq(&other, key)?;
                    let table = self.table.borrow();
                    if changes != self.changes.get() {
                        table.probe(key, hash, table.start(hash))
                    } else if equal {
                        return Ok(Some(position));
                    } else {
                        table.probe(key, hash, resume)
                    }
                }
            };
        }
    }

    /// Position of a string key; keys that are no strings never match.
    #[inline]
    pub fn find_str(&self, key: &Gc<Str>) -> Option<usize> {
        self.table.borrow().find_str(key, key.hash_value())
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
        table.unlink(position);
        table.live -= 1;
        let entry = &mut table.entries[position];
        let key = std::mem::replace(&mut entry.key, Value::UNBOUND);
        let value = std::mem::take(&mut entry.value);
        if table.live == 0 {
            table.entries.clear();
            table.reindex(0);
        } else if position + 1 == table.entries.len() {
            // Popping from the end again and again must not leave a tail of removed entries.
            while table.entries.last().is_some_and(|entry| entry.key.is_unbound()) {
                table.entries.pop();
            }
        }
        (key, value)
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
        let at = (position..table.entries.len()).find(|&at| !table.entries[at].key.is_unbound())?;
        Some((at, Ref::map(table, |table| &table.entries[at])))
    }

    /// The last live entry before `position` (`usize::MAX`: from the end).
    pub fn previous_entry(&self, position: usize) -> Option<(usize, Ref<'_, Entry<V>>)> {
        let table = self.table.borrow();
        let end = position.min(table.entries.len());
        let at = (0..end).rev().find(|&at| !table.entries[at].key.is_unbound())?;
        Some((at, Ref::map(table, |table| &table.entries[at])))
    }

    /// Looks at the entry at a position found just now.
    #[inline]
    pub fn with_entry<R>(&self, position: usize, f: impl FnOnce(&Entry<V>) -> R) -> R {
        f(&self.table.borrow().entries[position])
    }

    /// As [`HashTable::with_entry`], for a position that may be out of range.
    #[inline(always)]
    pub fn try_entry<R>(&self, position: usize, f: impl FnOnce(&Entry<V>) -> R) -> Option<R> {
        self.table.borrow().entries.get(position).map(f)
    }

    /// Bytes the table takes, for `__sizeof__`.
    pub fn size_bytes(&self) -> usize {
        let table = self.table.borrow();
        table.entries.capacity() * size_of::<Entry<V>>() + table.index.len() * size_of::<u32>()
    }

    /// A copy in the same order, keys shared.
    pub fn duplicate(&self) -> HashTable<V>
    where
        V: Clone,
    {
        let source = self.table.borrow();
        let copy = HashTable::with_capacity(source.live);
        {
            let mut table = copy.table.borrow_mut();
            for entry in source.entries.iter().filter(|entry| !entry.key.is_unbound()) {
                table.push(entry.hash, entry.key.clone(), entry.value.clone());
            }
        }
        copy
    }
}
