//! Objects seen from outside: what refers to what, for the `gc` module.

use std::collections::HashSet;

use super::GC_ACYCLIC;
use crate::value::Value;

/// Whether the collector looks at an object. Builtin classes live for ever, and tuples of plain values cannot close a cycle.
pub fn is_tracked(value: &Value) -> bool {
    let Some(header) = value.header() else { return false };
    if header.gc.get() & GC_ACYCLIC != 0 {
        return false;
    }
    if let Some(class) = value.downcast::<crate::class::Type>() {
        return class.is_heap_type();
    }
    !super::collector::is_tuple_of_leaves(header)
}

/// What an object refers to directly.
pub fn referents(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    if let Some(header) = value.header() {
        super::collector::trace(header, &mut |child| {
            if !child.is_unbound() {
                found.push(child.clone());
            }
        });
    }
    found
}

/// Tracked objects that the roots lead to, the roots included, in the order found.
pub fn reachable(roots: Vec<Value>) -> Vec<Value> {
    let mut seen: HashSet<u64> = HashSet::new();
    let mut waiting = roots;
    let mut found = Vec::new();
    waiting.reverse();
    while let Some(value) = waiting.pop() {
        let Some(header) = value.header() else { continue };
        if header.gc.get() & GC_ACYCLIC != 0 || !seen.insert(value.id()) {
            continue;
        }
        waiting.extend(referents(&value));
        if is_tracked(&value) {
            found.push(value);
        }
    }
    found
}
