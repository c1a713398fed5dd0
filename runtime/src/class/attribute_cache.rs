//! What specialised attribute instructions would know, for the places in a program that see too many classes to be specialised: methods
//! of a base class, loops over mixed objects.
//!
//! An entry is only believed for a class and a shape that are current under the entry's versions. As with
//! [`super::lookup_cache`], the class's dicts then still own the value whose bits the entry has without owning it.

use std::cell::{Cell, OnceCell};

use crate::heap::Gc;
use crate::objects::str::Str;

/// What is known of an attribute of plain instances of one class and shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It lies in this slot of the instance.
    Slot(usize),
    /// It is this `__slots__` member.
    Member(usize),
    /// It is this value of the class, by its bits.
    Class(u64),
    /// It is this property of the class, by its bits.
    Property(u64),
    /// Calling it calls this function of the class, by its bits, with the instance as first argument.
    Method(u64),
    /// Setting it adds it: the address of the shape that follows.
    Added(u64),
}

/// Nobody has looked for the attribute yet.
pub(crate) struct Unseen;

/// What is done with the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Get = 0,
    Call = 1,
    Set = 2,
}

#[derive(Default)]
struct Entry {
    /// Version of the class below, id of the shape above; 0 for an entry not in use.
    versions: Cell<u64>,
    /// Bits of the interned name, with the use in the low bits, which are free.
    key: Cell<u64>,
    known: Cell<Option<Known>>,
    /// Keeps the name, and with it the meaning of `key`.
    name: Cell<Option<Gc<Str>>>,
}

#[inline]
fn key(name: &Gc<Str>, used: Use) -> u64 {
    name.as_value().bits() | used as u64
}

/// Entries of the cache; a power of two.
const N_ENTRIES: usize = 1024;

/// See the module; one per interpreter.
#[derive(Default)]
pub(crate) struct AttributeCache {
    /// Made at the first use: most programs have no such places.
    entries: OnceCell<Box<[Entry]>>,
}

impl AttributeCache {
    #[inline]
    fn entry(&self, versions: u64, key: u64) -> &Entry {
        let entries =
            self.entries.get_or_init(|| std::iter::repeat_with(Entry::default).take(N_ENTRIES).collect());
        let at = (key >> 4) ^ key ^ versions ^ (versions >> 32);
        &entries[at as usize & (N_ENTRIES - 1)]
    }

    /// What is known of `name`; `Err` if nobody has looked yet.
    #[inline]
    pub(crate) fn get(&self, versions: u64, name: &Gc<Str>, used: Use) -> Result<Option<Known>, Unseen> {
        let key = key(name, used);
        let entry = self.entry(versions, key);
        let is_it = entry.versions.get() == versions && entry.key.get() == key;
        if is_it { Ok(entry.known.get()) } else { Err(Unseen) }
    }

    /// Notes what was found out, if the class has a version.
    pub(crate) fn note(&self, versions: u64, name: &Gc<Str>, used: Use, known: Option<Known>) {
        if versions as u32 == 0 {
            return;
        }
        let key = key(name, used);
        let entry = self.entry(versions, key);
        entry.versions.set(versions);
        entry.key.set(key);
        entry.known.set(known);
        entry.name.set(Some(name.clone()));
    }

    /// As [`AttributeCache::get`], with what `find` finds out if nobody has looked.
    #[inline]
    pub(crate) fn get_or_find(
        &self,
        versions: u64,
        name: &Gc<Str>,
        used: Use,
        find: impl FnOnce() -> Option<Known>,
    ) -> Option<Known> {
        self.get(versions, name, used).unwrap_or_else(|Unseen| {
            let known = find();
            self.note(versions, name, used, known);
            known
        })
    }
}
