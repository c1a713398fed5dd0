//! What recent lookups along MROs found, for the places in a program that see many classes.
//!
//! Invariant of the unsafe block: an entry is only believed for a class that has the entry's version now. A version stands for one
//! state of a class and its bases; any change of their dicts takes it away (`Gc::<Type>::modified`), with no lookup in between, except
//! for volatile names, which are not kept. So as long as the version is current, the dict that was searched still owns the value, and
//! the entry need not: nothing lives longer for having been looked up.

use std::cell::Cell;

use crate::heap::Gc;
use crate::objects::str::Str;
use crate::value::Value;

/// See the module; one per interpreter.
pub struct LookupCache {
    entries: Box<[Entry]>,
}

#[derive(Default)]
struct Entry {
    /// Version of the class; 0 for an entry not in use.
    version: Cell<u32>,
    /// Index in the MRO of the class that has the attribute.
    index: Cell<u32>,
    /// The name, interned, so that its address is its identity; kept alive for that.
    name: Cell<Option<Gc<Str>>>,
    name_id: Cell<u64>,
    /// Identity of the class that the search starts after (`super()`), 0 for the whole MRO.
    after: Cell<u64>,
    /// Bits of the value found, not counted; those of [`Value::UNBOUND`] if there is none.
    found: Cell<u64>,
}

/// Entries of the cache; a power of two.
const N_ENTRIES: usize = 1024;

impl Default for LookupCache {
    fn default() -> LookupCache {
        LookupCache { entries: (0..N_ENTRIES).map(|_| Entry::default()).collect() }
    }
}

impl LookupCache {
    /// What `search` finds for `name`, an interned string, in the class state `version`, which is current and not 0, and whether it stays
    /// so as long as the version does; `after` as in the entry.
    #[inline]
    pub(super) fn get(
        &self,
        version: u32,
        name: &Gc<Str>,
        after: u64,
        search: impl FnOnce() -> Option<(Value, usize, bool)>,
    ) -> Option<(Value, usize)> {
        let id = name.as_value().id();
        let at = (id >> 4) ^ version as u64 ^ (after >> 4);
        let entry = &self.entries[at as usize & (N_ENTRIES - 1)];
        if entry.version.get() == version && entry.name_id.get() == id && entry.after.get() == after {
            let bits = entry.found.get();
            // SAFETY: see the module: the value is alive, owned by the class's or a base's dict.
            let found = unsafe { Value::shared(bits) };
            return (!found.is_unbound()).then(|| (found, entry.index.get() as usize));
        }
        let found = match search() {
            Some((found, index, false)) => return Some((found, index)),
            found => found.map(|(found, index, _)| (found, index)),
        };
        entry.version.set(version);
        entry.name_id.set(id);
        entry.after.set(after);
        entry.index.set(found.as_ref().map_or(0, |(_, index)| *index as u32));
        entry.found.set(found.as_ref().map_or(Value::UNBOUND.bits(), |(value, _)| value.bits()));
        entry.name.set(Some(name.clone()));
        found
    }
}
