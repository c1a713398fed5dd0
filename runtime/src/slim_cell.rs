//! A cell for content that is looked at briefly: a `RefCell` without the word that counts borrows. Tasks and coroutines have many.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

use crate::heap::{Trace, Visitor};

/// Lends its content by taking it out: while a [`Lent`] lives, the cell looks as if it had the default content, and gets back what was
/// lent when that goes. So nothing that could look at the same cell may run meanwhile.
#[derive(Default)]
pub struct SlimCell<T>(Cell<T>);

impl<T: Default> SlimCell<T> {
    pub const fn new(content: T) -> SlimCell<T> {
        SlimCell(Cell::new(content))
    }

    #[inline]
    pub fn borrow(&self) -> Lent<'_, T> {
        Lent { cell: &self.0, content: self.0.take() }
    }

    #[inline]
    pub fn borrow_mut(&self) -> Lent<'_, T> {
        self.borrow()
    }

    #[inline]
    pub fn take(&self) -> T {
        self.0.take()
    }

    #[inline]
    pub fn replace(&self, content: T) -> T {
        self.0.replace(content)
    }

    #[inline]
    pub fn swap(&self, other: &SlimCell<T>) {
        self.0.swap(&other.0);
    }
}

/// See [`SlimCell`].
pub struct Lent<'a, T: Default> {
    cell: &'a Cell<T>,
    content: T,
}

impl<T: Default> Deref for Lent<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.content
    }
}

impl<T: Default> DerefMut for Lent<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.content
    }
}

impl<T: Default> Drop for Lent<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.cell.set(std::mem::take(&mut self.content));
    }
}

impl<T: Trace> Trace for SlimCell<T> {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.0.trace_value(visit);
    }
}
