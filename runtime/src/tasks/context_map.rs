//! The map inside a context: a persistent radix tree from variables to values, copied in constant time and changed in
//! logarithmic time. Nodes are heap objects, since contexts share them and the collector must see each reference once.

use std::cell::RefCell;

use super::context::ContextVar;
use crate::heap::{self, Payload, Visitor};
use crate::{Gc, Value, Vm};

/// Bits of a variable's number that one level looks at.
const LEVEL_BITS: u32 = 5;

/// One level: the slots that are taken, in order of the bits of `bitmap`.
pub struct Node {
    bitmap: u32,
    slots: RefCell<Box<[Slot]>>,
}

#[derive(Clone)]
enum Slot {
    Entry(Gc<ContextVar>, Value),
    Child(Gc<Node>),
}

impl Payload for Node {
    fn trace(&self, visit: Visitor<'_>) {
        for slot in &*self.slots.borrow() {
            match slot {
                Slot::Entry(variable, value) => {
                    visit(variable.as_value());
                    visit(value);
                }
                Slot::Child(child) => visit(child.as_value()),
            }
        }
    }

    fn clear(&self) {
        let _dropped = std::mem::take(&mut *self.slots.borrow_mut());
    }
}

fn new_node(bitmap: u32, slots: Vec<Slot>) -> Gc<Node> {
    heap::alloc(Vm::current().types.context_node(), Node { bitmap, slots: RefCell::new(slots.into()) })
}

/// A map, by its root; cloning shares everything.
#[derive(Clone, Default)]
pub struct ContextMap(Option<Gc<Node>>);

impl ContextMap {
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl heap::Trace for ContextMap {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.0.trace_value(visit);
    }
}

fn chunk(number: u64, level: u32) -> u32 {
    1 << (number >> (level * LEVEL_BITS) & 31)
}

impl ContextMap {
    #[inline]
    pub fn get(&self, variable: &ContextVar) -> Option<Value> {
        find(self.0.as_ref()?, 0, variable.number)
    }

    /// Changes the value of `variable` where nobody shares its node, and gives the old one; gives `value` back where that cannot be.
    pub fn replace(&self, variable: &ContextVar, value: Value) -> Result<Value, Value> {
        match &self.0 {
            Some(root) => replace(root, 0, variable.number, value),
            None => Err(value),
        }
    }

    /// The map with `variable` set to `value`.
    pub fn with(&self, variable: &Gc<ContextVar>, value: Value) -> ContextMap {
        ContextMap(Some(insert(self.0.as_ref(), 0, variable, value)))
    }

    /// The map without `variable`.
    pub fn without(&self, variable: &ContextVar) -> ContextMap {
        match &self.0 {
            Some(root) => ContextMap(remove(root, 0, variable)),
            None => ContextMap(None),
        }
    }

    /// All entries.
    pub fn entries(&self) -> Vec<(Gc<ContextVar>, Value)> {
        let mut found = Vec::new();
        let mut waiting: Vec<Gc<Node>> = self.0.iter().cloned().collect();
        while let Some(node) = waiting.pop() {
            for slot in &*node.slots.borrow() {
                match slot {
                    Slot::Entry(variable, value) => found.push((variable.clone(), value.clone())),
                    Slot::Child(child) => waiting.push(child.clone()),
                }
            }
        }
        found.sort_by_key(|(variable, _)| variable.number);
        found
    }
}

fn find(node: &Node, level: u32, number: u64) -> Option<Value> {
    let bit = chunk(number, level);
    if node.bitmap & bit == 0 {
        return None;
    }
    let at = (node.bitmap & (bit - 1)).count_ones() as usize;
    match node.slots.borrow().get(at)? {
        Slot::Entry(found, value) => (found.number == number).then(|| value.clone()),
        Slot::Child(child) => find(child, level + 1, number),
    }
}

fn replace(node: &Gc<Node>, level: u32, number: u64, value: Value) -> Result<Value, Value> {
    let bit = chunk(number, level);
    if node.bitmap & bit == 0 || node.header().count() > 1 {
        return Err(value);
    }
    let at = (node.bitmap & (bit - 1)).count_ones() as usize;
    match node.slots.borrow_mut().get_mut(at) {
        Some(Slot::Entry(found, old)) if found.number == number => Ok(std::mem::replace(old, value)),
        Some(Slot::Child(child)) => replace(child, level + 1, number, value),
        _ => Err(value),
    }
}

fn insert(node: Option<&Gc<Node>>, level: u32, variable: &Gc<ContextVar>, value: Value) -> Gc<Node> {
    let bit = chunk(variable.number, level);
    let Some(node) = node else {
        return new_node(bit, vec![Slot::Entry(variable.clone(), value)]);
    };
    let mut slots = node.slots.borrow().to_vec();
    let at = (node.bitmap & (bit - 1)).count_ones() as usize;
    if node.bitmap & bit == 0 {
        slots.insert(at, Slot::Entry(variable.clone(), value));
        return new_node(node.bitmap | bit, slots);
    }
    slots[at] = match &slots[at] {
        Slot::Entry(found, _) if found.number == variable.number => Slot::Entry(variable.clone(), value),
        Slot::Entry(found, old) => {
            // Two numbers with the same chunk: both go one level down.
            let one = insert(None, level + 1, found, old.clone());
            Slot::Child(insert(Some(&one), level + 1, variable, value))
        }
        Slot::Child(child) => Slot::Child(insert(Some(child), level + 1, variable, value)),
    };
    new_node(node.bitmap, slots)
}

fn remove(node: &Gc<Node>, level: u32, variable: &ContextVar) -> Option<Gc<Node>> {
    let bit = chunk(variable.number, level);
    if node.bitmap & bit == 0 {
        return Some(node.clone());
    }
    let at = (node.bitmap & (bit - 1)).count_ones() as usize;
    let mut slots = node.slots.borrow().to_vec();
    let kept = match &slots[at] {
        Slot::Entry(found, _) if found.number != variable.number => return Some(node.clone()),
        Slot::Entry(..) => None,
        Slot::Child(child) => remove(child, level + 1, variable),
    };
    match kept {
        Some(child) => {
            slots[at] = Slot::Child(child);
            Some(new_node(node.bitmap, slots))
        }
        None => {
            slots.remove(at);
            (!slots.is_empty()).then(|| new_node(node.bitmap & !bit, slots))
        }
    }
}
