//! What specialised attribute instructions would know, for the places in a program that see too many classes to be specialised: methods
//! of a base class, loops over mixed objects.
//!
//! Invariant of the unsafe block: an entry is only believed for a class and a shape that are current under the entry's versions. As with
//! [`super::lookup_cache`], the class's dicts then still own the value that the entry points to without owning it.

use std::cell::{Cell, OnceCell};

use crate::heap::Gc;
use crate::objects::str::Str;
use crate::value::Value;

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

impl Known {
    /// The class's value or function.
    ///
    /// # Safety
    /// The entry was just looked up for an object whose class and shape were current.
    #[inline]
    pub(crate) unsafe fn value(bits: u64) -> Value {
        // SAFETY: see the module; the copy made here is cloned and not dropped, so the owner's count stays right.
        let borrowed = std::mem::ManuallyDrop::new(unsafe { Value::from_bits(bits) });
        Value::clone(&borrowed)
    }
}

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
    /// What is known of `name`.
    #[inline]
    pub(crate) fn peek(&self, versions: u64, name: &Gc<Str>, used: Use) -> Option<Known> {
        self.entries.get()?;
        let entry = self.entry(versions, name, used);
        (entry.versions.get() == versions && entry.key.get() == key(name, used)).then(|| entry.known.get())?
    }

    #[inline]
    fn entry(&self, versions: u64, name: &Gc<Str>, used: Use) -> &Entry {
        let entries =
            self.entries.get_or_init(|| std::iter::repeat_with(Entry::default).take(N_ENTRIES).collect());
        let key = key(name, used);
        let at = (key >> 4) ^ key ^ versions ^ (versions >> 32);
        &entries[at as usize & (N_ENTRIES - 1)]
    }

    /// What is known of `name`, or what `find` finds out. Nothing is kept for a class without a version.
    #[inline]
    pub(crate) fn get(
        &self,
        versions: u64,
        name: &Gc<Str>,
        used: Use,
        find: impl FnOnce() -> Option<Known>,
    ) -> Option<Known> {
        let entry = self.entry(versions, name, used);
        let key = key(name, used);
        if entry.versions.get() == versions && entry.key.get() == key && versions as u32 != 0 {
            return entry.known.get();
        }
        let known = find();
        if versions as u32 == 0 {
            return known;
        }
        entry.versions.set(versions);
        entry.key.set(key);
        entry.known.set(known);
        entry.name.set(Some(name.clone()));
        known
    }
}
