//! Memory of small objects that died, kept for the next ones of their size: a program that makes and drops objects in turn takes and
//! gives back the same few blocks without asking the allocator.
//!
//! Invariant: a block on a list came from the global allocator with [`block_layout`] of its class, and nobody points to it.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::null_mut;

/// Sizes are rounded up to multiples of this.
const GRANULE: usize = 16;
/// Objects above this size go to the allocator.
const LARGEST: usize = 256;
const N_CLASSES: usize = LARGEST / GRANULE;
/// Bytes kept of each class.
const KEPT_BYTES: usize = 64 << 10;

/// A free block: the address of the next one.
struct Block {
    next: *mut Block,
}

struct List {
    first: Cell<*mut Block>,
    len: Cell<usize>,
}

/// See the module; one per heap.
pub(super) struct FreeLists {
    lists: [List; N_CLASSES],
}

/// The lists that serve objects of this layout, if it is small.
#[inline(always)]
fn class_of(layout: Layout) -> Option<usize> {
    // Sanitizers must see every allocation.
    let direct = cfg!(feature = "no-free-lists");
    (!direct && layout.size() <= LARGEST && layout.align() <= GRANULE).then(|| (layout.size() - 1) / GRANULE)
}

fn block_layout(class: usize) -> Layout {
    Layout::from_size_align((class + 1) * GRANULE, GRANULE).expect("a small power of two")
}

/// What the allocator is asked for where an object of this layout is wanted.
pub(super) fn whole_layout(layout: Layout) -> Layout {
    class_of(layout).map_or(layout, block_layout)
}

#[cold]
#[inline(never)]
fn allocate_fresh(layout: Layout) -> *mut u8 {
    let layout = whole_layout(layout);
    // SAFETY: objects begin with a header: no layout is empty.
    let memory = unsafe { std::alloc::alloc(layout) };
    if memory.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    memory
}

impl FreeLists {
    pub(super) fn new() -> FreeLists {
        FreeLists { lists: std::array::from_fn(|_| List { first: Cell::new(null_mut()), len: Cell::new(0) }) }
    }

    /// Memory for an object of this layout, which is not empty.
    #[inline(always)]
    pub(super) fn allocate(&self, layout: Layout) -> *mut u8 {
        if let Some(class) = class_of(layout) {
            let list = &self.lists[class];
            let first = list.first.get();
            if !first.is_null() {
                // SAFETY: a block of the list.
                list.first.set(unsafe { (*first).next });
                list.len.set(list.len.get() - 1);
                return first.cast();
            }
        }
        allocate_fresh(layout)
    }

    /// # Safety
    /// `memory` came from [`FreeLists::allocate`] for this layout (or from the allocator with its [`whole_layout`]) and is not used again.
    #[inline(always)]
    pub(super) unsafe fn free(&self, memory: *mut u8, layout: Layout) {
        if let Some(class) = class_of(layout) {
            let list = &self.lists[class];
            if list.len.get() < KEPT_BYTES / ((class + 1) * GRANULE) {
                let block = memory.cast::<Block>();
                // SAFETY: blocks hold at least 16 bytes, aligned for more than a pointer; the caller gave this one up.
                unsafe { (*block).next = list.first.get() };
                list.first.set(block);
                list.len.set(list.len.get() + 1);
                return;
            }
        }
        // SAFETY: as the caller promised.
        unsafe { std::alloc::dealloc(memory, whole_layout(layout)) };
    }
}

impl Drop for FreeLists {
    fn drop(&mut self) {
        for (class, list) in self.lists.iter().enumerate() {
            let mut block = list.first.replace(null_mut());
            while !block.is_null() {
                // SAFETY: see the module; each block is visited once.
                unsafe {
                    let next = (*block).next;
                    std::alloc::dealloc(block.cast(), block_layout(class));
                    block = next;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_for_their_size() {
        let lists = FreeLists::new();
        let small = Layout::from_size_align(40, 8).unwrap();
        let alike = Layout::from_size_align(48, 8).unwrap();
        let large = Layout::from_size_align(LARGEST + 8, 8).unwrap();
        let first = lists.allocate(small);
        // SAFETY: each block is freed once, with a layout of the class it was allocated for.
        unsafe { lists.free(first, small) };
        let second = lists.allocate(alike);
        if !cfg!(feature = "no-free-lists") {
            assert_eq!(first, second);
        }
        let other = lists.allocate(alike);
        assert_ne!(second, other);
        let big = lists.allocate(large);
        // SAFETY: as above.
        unsafe {
            lists.free(second, alike);
            lists.free(other, alike);
            lists.free(big, large);
        }
    }

    #[test]
    fn lists_keep_no_more_than_their_share() {
        let lists = FreeLists::new();
        let layout = Layout::from_size_align(LARGEST, 8).unwrap();
        let blocks: Vec<_> = (0..2 * KEPT_BYTES / LARGEST).map(|_| lists.allocate(layout)).collect();
        for block in blocks {
            // SAFETY: allocated above for this layout.
            unsafe { lists.free(block, layout) };
        }
        assert!(lists.lists[N_CLASSES - 1].len.get() <= KEPT_BYTES / LARGEST);
    }
}
