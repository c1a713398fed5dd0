//! Iteration from native code.

use std::ops::ControlFlow;

use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::drain::Sink;
use crate::{Exc, PyResult, Vm};

impl Sink for Vec<Value> {
    fn take(&mut self, item: Value) -> Option<Value> {
        if self.len() == self.capacity() {
            return Some(item);
        }
        self.push(item);
        None
    }

    fn take_slowly(&mut self, vm: &Vm, item: Value) -> PyResult<ControlFlow<()>> {
        vm.try_reserve(self, 1)?;
        self.push(item);
        Ok(ControlFlow::Continue(()))
    }
}

/// A function that may need Python code for every item.
struct Each<F>(F);

impl<F: FnMut(Value) -> PyResult<()>> Sink for Each<F> {
    fn take(&mut self, item: Value) -> Option<Value> {
        Some(item)
    }

    fn take_slowly(&mut self, _: &Vm, item: Value) -> PyResult<ControlFlow<()>> {
        (self.0)(item).map(ControlFlow::Continue)
    }
}

impl Vm {
    /// Whether `iter(value)` would find something to call.
    pub fn is_iterable(&self, value: &Value) -> bool {
        let slots = self.type_of(value).slots();
        slots.iter.is_some() || self.is_sequence_like(value)
    }

    /// Whether the class has `__getitem__` and is no dict: iterable by index.
    fn is_sequence_like(&self, value: &Value) -> bool {
        let class = self.type_of(value);
        // Builtin classes with subscripts alone (unions, matches) are no sequences.
        class.slots().get_item.is_some()
            && (class.is_heap_type() || class.slots().len.is_some())
            && value.downcast::<crate::objects::dict::Dict>().is_none()
    }

    /// `iter(value)`.
    pub fn iter(&self, value: &Value) -> PyResult {
        let Some(slot) = self.type_of(value).slots().iter else {
            if self.is_sequence_like(value) {
                return Ok(crate::objects::iterators::sequence_iterator(self, value.clone()));
            }
            return self.raise_type_of("'{}' object is not iterable", value);
        };
        let iterator = slot(self, value)?;
        if self.type_of(&iterator).slots().next.is_none() {
            return self.raise_type_of("iter() returned non-iterator of type '{}'", &iterator);
        }
        Ok(iterator)
    }

    /// The next item, or `None` at the end.
    #[inline]
    pub fn next(&self, iterator: &Value) -> PyResult<Option<Value>> {
        match self.type_of(iterator).slots().next {
            Some(slot) => slot(self, iterator),
            None => self.raise_type_of("'{}' object is not an iterator", iterator),
        }
    }

    /// Calls `f` on every item. Exact lists and tuples are walked in place, seeing changes as they happen.
    pub fn for_each(&self, iterable: &Value, f: impl FnMut(Value) -> PyResult<()>) -> PyResult<()> {
        self.pour(iterable, &mut Each(f))
    }

    /// All items.
    pub fn collect(&self, iterable: &Value) -> PyResult<Vec<Value>> {
        if let Some(list) = iterable.downcast_exact::<List>() {
            return Ok(list.snapshot());
        }
        if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            return Ok(tuple.items().to_vec());
        }
        let mut out = Vec::new();
        // All at once, so that what cannot fit fails before it has filled the memory.
        self.try_reserve(&mut out, self.length_hint(iterable, 0)?)?;
        self.pour(iterable, &mut out)?;
        Ok(out)
    }

    /// `operator.length_hint`.
    pub fn length_hint(&self, value: &Value, default: usize) -> PyResult<usize> {
        if let Some(len) = self.type_of(value).slots().len {
            let length = len(self, value);
            if let Some(length) = self.catch(length, Exc::TypeError)? {
                return Ok(length);
            }
        }
        let Some(method) = self.lookup_special(value, &self.names.__length_hint__)? else {
            return Ok(default);
        };
        let result = self.call(&method, &[]);
        let Some(hint) = self.catch(result, Exc::TypeError)? else { return Ok(default) };
        if hint.is_not_implemented() {
            return Ok(default);
        }
        match hint.as_small_int() {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => self.raise(Exc::ValueError, "__length_hint__() should return >= 0"),
            None if crate::objects::int::is_int(&hint) => {
                let name = self.type_name(&hint);
                self.raise(Exc::OverflowError, format!("cannot fit '{name}' into an index-sized integer"))
            }
            None => self.raise_type_of("__length_hint__ must be an integer, not {}", &hint),
        }
    }
}
