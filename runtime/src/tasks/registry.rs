//! The tasks that are not done: weakly held, in no order.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ptr::NonNull;

use super::task::Task;
use crate::chunked::Chunked;
use crate::heap::Header;
use crate::{Gc, Value};

/// Headers of live, unfinished tasks. A task knows its index and takes itself out when it is done or dies.
#[derive(Default)]
pub struct Registry {
    tasks: RefCell<Chunked<Option<NonNull<Header>>>>,
}

impl Registry {
    pub fn add(&self, task: &Gc<Task>) {
        let mut tasks = self.tasks.borrow_mut();
        task.registry_index.set(tasks.len() as u32);
        tasks.push(Some(NonNull::from(task.header())));
    }

    pub fn remove(&self, task: &Task) {
        let index = task.registry_index.replace(u32::MAX);
        if index == u32::MAX {
            return;
        }
        let mut tasks = self.tasks.borrow_mut();
        tasks.swap_remove(index as usize);
        if let Some(Some(moved)) = tasks.get(index as usize) {
            // SAFETY: registered tasks live: their payload's drop takes them out.
            let moved = unsafe { moved.as_ref() };
            // A task whose count fell to zero waits for its finaliser, but its payload is whole.
            if let Some(moved) = Task::of_header(moved) {
                moved.registry_index.set(index);
            }
        }
    }

    /// All of them.
    pub fn snapshot(&self) -> Vec<Value> {
        let tasks = self.tasks.borrow();
        // SAFETY: as in `remove`; those whose count is zero are being released and are not to be brought back.
        tasks
            .iter()
            .flatten()
            .map(|task| unsafe { task.as_ref() })
            .filter(|task| task.count() > 0)
            .map(Header::to_value)
            .collect()
    }
}
