//! Integers as indexes: `__index__`, counts, slice bounds. One home for the rules of index normalisation.

use crate::objects::int;
use crate::objects::slice::Slice;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// Bounds of a slice over a sequence of a known length, as `slice.indices` gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceBounds {
    pub start: i64,
    pub stop: i64,
    /// Never 0.
    pub step: i64,
    /// Number of items selected.
    pub len: usize,
}

impl SliceBounds {
    /// The selected positions in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.len as i64).map(move |i| (self.start + i * self.step) as usize)
    }

    /// `start..end` of a slice with step 1 (end is never before start).
    pub fn as_range(self) -> std::ops::Range<usize> {
        debug_assert_eq!(self.step, 1);
        self.start as usize..self.start as usize + self.len
    }

    /// Clips raw bounds (`None`: omitted) to a sequence of `length` items.
    pub fn clip(start: Option<i64>, stop: Option<i64>, step: i64, length: usize) -> SliceBounds {
        let length = length as i64;
        let (lower, upper) = if step < 0 { (-1, length - 1) } else { (0, length) };
        let adjust = |bound: Option<i64>, default: i64| match bound {
            None => default,
            Some(n) if n < 0 => (n.saturating_add(length)).max(lower),
            Some(n) => n.min(upper),
        };
        let start = adjust(start, if step < 0 { upper } else { lower });
        let stop = adjust(stop, if step < 0 { lower } else { upper });
        let len = if step < 0 {
            if stop < start {
                (start - stop - 1) / step.unsigned_abs().min(i64::MAX as u64) as i64 + 1
            } else {
                0
            }
        } else if start < stop {
            (stop - start - 1) / step + 1
        } else {
            0
        };
        SliceBounds { start, stop, step, len: len as usize }
    }
}

/// `index` counted from the end if negative; `None` if out of range.
#[inline(always)]
pub fn clamp_index(index: i64, length: usize) -> Option<usize> {
    let at = if index < 0 { index + length as i64 } else { index };
    if at >= 0 && (at as usize) < length { Some(at as usize) } else { None }
}

impl Vm {
    /// Whether the value has `__index__`.
    pub fn has_index(&self, value: &Value) -> bool {
        value.is_small_int() || self.type_of(value).slots().index.is_some()
    }

    /// `operator.index(value)`: an int object (perhaps of a subclass's value, always exact here).
    pub fn index(&self, value: &Value) -> PyResult {
        if value.is_small_int() {
            return Ok(value.clone());
        }
        match self.type_of(value).slots().index {
            // As in CPython, what is an int is not asked, not even if its class says something else of itself.
            Some(_) if int::is_int(value) => Ok(int::exact(value)),
            Some(slot) => slot(self, value),
            None => self.raise_type_of("'{}' object cannot be interpreted as an integer", value),
        }
    }

    /// An index as a machine integer, clipped to its range: for slice bounds and counts where size does not matter.
    pub fn index_clipped(&self, value: &Value) -> PyResult<i64> {
        let index = self.index(value)?;
        Ok(match index.as_small_int() {
            Some(n) => n,
            None => int::clip_i64(&index),
        })
    }

    /// An index as a machine integer.
    ///
    /// # Errors
    /// `overflow` "cannot fit 'int' into an index-sized integer" if it does not fit.
    pub fn index_i64(&self, value: &Value, overflow: Exc) -> PyResult<i64> {
        let index = self.index(value)?;
        match int::as_i64(&index) {
            Some(n) => Ok(n),
            None => {
                let message = format!("cannot fit '{}' into an index-sized integer", self.type_name(value));
                self.raise(overflow, message)
            }
        }
    }

    /// An integer argument of a native function as i64 (C's `long`/`Py_ssize_t` converters).
    pub fn to_i64(&self, value: &Value) -> PyResult<i64> {
        let index = self.index(value)?;
        match int::as_i64(&index) {
            Some(n) => Ok(n),
            None => self.raise(Exc::OverflowError, "Python int too large to convert to C ssize_t"),
        }
    }

    /// The bounds of a slice over a sequence of `length` items.
    pub fn slice_bounds(&self, slice: &Slice, length: usize) -> PyResult<SliceBounds> {
        let (start, stop, step) = self.slice_raw_bounds(slice)?;
        Ok(SliceBounds::clip(start, stop, step, length))
    }

    /// Start, stop (`None`: omitted) and step of a slice, clipped to machine integers: for sequences whose length the slice's own
    /// `__index__` methods may change, so that it must be taken afterwards.
    pub fn slice_raw_bounds(&self, slice: &Slice) -> PyResult<(Option<i64>, Option<i64>, i64)> {
        let bound = |value: &Value| -> PyResult<Option<i64>> {
            if value.is_none() {
                return Ok(None);
            }
            if !self.has_index(value) {
                return self.raise(
                    Exc::TypeError,
                    "slice indices must be integers or None or have an __index__ method",
                );
            }
            self.index_clipped(value).map(Some)
        };
        let step = bound(&slice.step)?.unwrap_or(1);
        if step == 0 {
            return self.raise(Exc::ValueError, "slice step cannot be zero");
        }
        let step = step.max(-i64::MAX);
        Ok((bound(&slice.start)?, bound(&slice.stop)?, step))
    }

    /// Start and stop arguments of `find`, `index`, `count`, `startswith` and the like.
    pub fn search_bounds(
        &self,
        start: Option<&Value>,
        stop: Option<&Value>,
        length: usize,
    ) -> PyResult<SliceBounds> {
        let slice = Slice {
            start: start.cloned().unwrap_or(Value::NONE),
            stop: stop.cloned().unwrap_or(Value::NONE),
            step: Value::NONE,
        };
        self.slice_bounds(&slice, length)
    }
}
