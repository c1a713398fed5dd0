//! What sequences share: index checks, sizes, comparison item by item, and the text of containers.

use std::cell::RefCell;
use std::collections::HashSet;

use crate::class::CompareOp;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

use super::clamp_index;

/// Bytes beyond which memory is asked for politely before a result is built.
const LARGE_BYTES: usize = 1 << 24;

/// Containers inside containers that a repr goes through; CPython's own stack ends it there too.
const MAX_NESTED_REPRS: usize = 65_000;

/// From this many on, containers under way are looked up by hash.
const FEW_REPRS: usize = 32;

thread_local! {
    /// The containers whose repr is being made on this thread.
    static IN_REPR: RefCell<ReprsUnderWay> = RefCell::default();
}

#[derive(Default)]
struct ReprsUnderWay {
    /// Identities, innermost last.
    stack: Vec<u64>,
    /// Those of `stack` from number [`FEW_REPRS`] on.
    deep: HashSet<u64>,
}

/// While it lives, the repr of the same object again is "...".
pub struct ReprGuard(());

impl Drop for ReprGuard {
    fn drop(&mut self) {
        IN_REPR.with_borrow_mut(|active| {
            if let Some(id) = active.stack.pop().filter(|_| active.stack.len() >= FEW_REPRS) {
                active.deep.remove(&id);
            }
        });
    }
}

impl Vm {
    /// Begins the repr of a container; `None` if one of the same object is under way, for which "[...]" stands then.
    ///
    /// # Errors
    /// RecursionError in containers nested too deep.
    pub fn repr_enter(&self, value: &Value) -> PyResult<Option<ReprGuard>> {
        let id = value.id();
        IN_REPR.with_borrow_mut(|active| {
            let depth = active.stack.len();
            if active.stack.iter().take(FEW_REPRS).any(|&other| other == id) || active.deep.contains(&id) {
                return Ok(None);
            }
            if depth >= MAX_NESTED_REPRS {
                return self.raise(
                    Exc::RecursionError,
                    "maximum recursion depth exceeded while getting the repr of an object",
                );
            }
            active.stack.push(id);
            if depth >= FEW_REPRS {
                active.deep.insert(id);
            }
            Ok(Some(ReprGuard(())))
        })
    }

    /// `open` + reprs of the items + `close`, separated by commas. `item(i)` gives item `i`, `None` behind the last.
    pub fn repr_items(
        &self,
        open: &str,
        close: &str,
        mut item: impl FnMut(usize) -> Option<Value>,
    ) -> PyResult<Vec<u8>> {
        let mut out = open.as_bytes().to_vec();
        let mut at = 0;
        while let Some(value) = item(at) {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(self.repr(&value)?.as_bytes());
            at += 1;
        }
        out.extend_from_slice(close.as_bytes());
        Ok(out)
    }

    /// Compares two sequences item by item, as lists and tuples do. The functions give item `i`, `None` behind the last.
    pub fn compare_sequences(
        &self,
        op: CompareOp,
        left: impl Fn(usize) -> Option<Value>,
        right: impl Fn(usize) -> Option<Value>,
    ) -> PyResult {
        self.check_native_depth(" in comparison")?;
        let mut at = 0;
        loop {
            let ordering = match (left(at), right(at)) {
                (Some(a), Some(b)) => {
                    if self.eq(&a, &b)? {
                        at += 1;
                        continue;
                    }
                    return match op {
                        CompareOp::Eq => Ok(Value::FALSE),
                        CompareOp::Ne => Ok(Value::TRUE),
                        _ => self.compare(&a, &b, op),
                    };
                }
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            return Ok(op.holds(ordering).into());
        }
    }

    /// The position an index means in a sequence of `length` items.
    ///
    /// # Errors
    /// IndexError "{what} index out of range".
    #[inline]
    pub fn item_position(&self, index: &Value, length: usize, what: &str) -> PyResult<usize> {
        let n = match index.as_small_int() {
            Some(n) => n,
            None => self.index_i64(index, Exc::IndexError)?,
        };
        match clamp_index(n, length) {
            Some(at) => Ok(at),
            None => self.raise(Exc::IndexError, format!("{what} index out of range")),
        }
    }

    /// TypeError "list indices must be integers or slices, not X".
    #[cold]
    pub fn raise_bad_index<T>(&self, what: &str, index: &Value) -> PyResult<T> {
        self.raise_type_of(&format!("{what} indices must be integers or slices, not {{}}"), index)
    }

    /// `length * times` items of `item_size` bytes.
    ///
    /// # Errors
    /// MemoryError if that is more than memory can hold.
    pub fn checked_len(&self, length: usize, times: usize, item_size: usize) -> PyResult<usize> {
        let total = length.checked_mul(times);
        let bytes = total.and_then(|n| n.checked_mul(item_size.max(1)));
        match (total, bytes) {
            (Some(total), Some(bytes)) if bytes <= isize::MAX as usize / 2 => {
                self.check_memory(bytes)?;
                Ok(total)
            }
            _ => self.raise_bare(Exc::MemoryError),
        }
    }

    /// MemoryError if `bytes` bytes cannot be had at once. Small amounts are not asked for.
    pub fn check_memory(&self, bytes: usize) -> PyResult<()> {
        if bytes > LARGE_BYTES && Vec::<u8>::new().try_reserve_exact(bytes).is_err() {
            return self.raise_bare(Exc::MemoryError);
        }
        Ok(())
    }

    /// Room for `more` items.
    ///
    /// # Errors
    /// MemoryError.
    pub fn try_reserve(&self, items: &mut Vec<Value>, more: usize) -> PyResult<()> {
        match items.try_reserve(more) {
            Ok(()) => Ok(()),
            Err(_) => self.raise_bare(Exc::MemoryError),
        }
    }

    /// How often a sequence is to be repeated: negative counts are 0.
    pub fn repeat_count(&self, count: &Value) -> PyResult<usize> {
        Ok(self.index_i64(count, Exc::OverflowError)?.max(0) as usize)
    }

    /// The function or class `name` of the `builtins` module, for `__reduce__`.
    pub fn builtin(&self, name: &str) -> PyResult {
        match self.builtins.get_str(&self.intern(name)) {
            Some(found) => Ok(found),
            None => self.raise(Exc::AttributeError, name),
        }
    }

    /// Bounds of `index(value, start, stop)`: integers only, clipped to `length`.
    pub fn index_bounds(
        &self,
        start: Option<&Value>,
        stop: Option<&Value>,
        length: usize,
    ) -> PyResult<(usize, usize)> {
        let bound = |value: Option<&Value>, default: i64| -> PyResult<i64> {
            let Some(value) = value else { return Ok(default) };
            if !self.has_index(value) {
                return self
                    .raise(Exc::TypeError, "slice indices must be integers or have an __index__ method");
            }
            let n = self.index_clipped(value)?;
            Ok(if n < 0 { n.saturating_add(length as i64).max(0) } else { n })
        };
        Ok((bound(start, 0)? as usize, bound(stop, i64::MAX)? as usize))
    }

    /// Spreads the items of `iterable` over exactly `count` targets.
    ///
    /// # Errors
    /// ValueError "not enough values to unpack (expected 3, got 2)" and its like.
    pub fn unpack(&self, iterable: &Value, count: usize) -> PyResult<Vec<Value>> {
        let exact = |items: &[Value]| {
            if items.len() == count {
                Ok(items.to_vec())
            } else {
                self.raise_unpack(count, items.len(), true)
            }
        };
        if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            return exact(tuple.items());
        }
        if let Some(list) = iterable.downcast_exact::<crate::objects::list::List>() {
            return exact(&list.items.borrow());
        }
        let iterator = self.unpack_iterator(iterable)?;
        let mut out = Vec::with_capacity(count);
        while out.len() < count {
            match self.next(&iterator)? {
                Some(item) => out.push(item),
                None => return self.raise_unpack(count, out.len(), true),
            }
        }
        if self.next(&iterator)?.is_none() {
            return Ok(out);
        }
        // As in CPython, only containers whose length cannot lie are asked for it.
        match iterable.downcast_exact::<crate::objects::dict::Dict>() {
            Some(dict) => self.raise_unpack(count, dict.len(), true),
            None => self.raise(Exc::ValueError, format!("too many values to unpack (expected {count})")),
        }
    }

    /// As [`Vm::unpack`] with a starred target that takes a list: `before` items, the list, `after` items.
    pub fn unpack_starred(&self, iterable: &Value, before: usize, after: usize) -> PyResult<Vec<Value>> {
        let mut items = if iterable.downcast_exact::<Tuple>().is_some()
            || iterable.downcast_exact::<crate::objects::list::List>().is_some()
        {
            self.collect(iterable)?
        } else {
            let iterator = self.unpack_iterator(iterable)?;
            let mut items = Vec::new();
            while items.len() < before {
                match self.next(&iterator)? {
                    Some(item) => items.push(item),
                    None => return self.raise_unpack_starred(before + after, items.len()),
                }
            }
            while let Some(item) = self.next(&iterator)? {
                items.push(item);
            }
            items
        };
        if items.len() < before + after {
            return self.raise_unpack_starred(before + after, items.len());
        }
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        items.push(crate::objects::list::List::new(middle).into());
        items.extend(tail);
        Ok(items)
    }

    fn unpack_iterator(&self, iterable: &Value) -> PyResult {
        if !self.is_iterable(iterable) {
            return self.raise_type_of("cannot unpack non-iterable {} object", iterable);
        }
        self.iter(iterable)
    }

    #[cold]
    pub fn raise_unpack<T>(&self, count: usize, given: usize, known: bool) -> PyResult<T> {
        let got = if known { format!(", got {given}") } else { String::new() };
        let what = if given < count { "not enough" } else { "too many" };
        self.raise(Exc::ValueError, format!("{what} values to unpack (expected {count}{got})"))
    }

    #[cold]
    fn raise_unpack_starred<T>(&self, least: usize, given: usize) -> PyResult<T> {
        let message = format!("not enough values to unpack (expected at least {least}, got {given})");
        self.raise(Exc::ValueError, message)
    }
}

/// Text built from valid WTF-8 pieces as a `str`.
pub fn text(bytes: Vec<u8>) -> PyResult {
    Ok(text_str(bytes).into())
}

fn text_str(bytes: Vec<u8>) -> Gc<Str> {
    Str::from_wtf8(&bytes)
}
