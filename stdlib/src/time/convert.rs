//! Seconds in Python numbers as nanoseconds, with CPython's rounding and messages.

use num_traits::ToPrimitive;
use ouro_runtime::objects::{float, int};
use ouro_runtime::{Exc, PyResult, Value, Vm};

/// Which way a fraction of a nanosecond goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Floor,
    /// Away from zero: nobody waits shorter than asked.
    Timeout,
    HalfEven,
}

const NS: f64 = 1e9;

fn too_large<T>(vm: &Vm) -> PyResult<T> {
    vm.raise(Exc::OverflowError, "timestamp out of range for C PyTime_t")
}

fn rounded(x: f64, round: Round) -> f64 {
    match round {
        Round::Floor => x.floor(),
        Round::Timeout if x >= 0.0 => x.ceil(),
        Round::Timeout => x.floor(),
        Round::HalfEven => x.round_ties_even(),
    }
}

/// A length of time in seconds, int or float, as nanoseconds.
pub fn duration_ns(vm: &Vm, value: &Value, round: Round) -> PyResult<i64> {
    scaled_ns(vm, value, round, 1_000_000_000)
}

/// A length of time in units of so many nanoseconds, int or float, as nanoseconds.
pub fn scaled_ns(vm: &Vm, value: &Value, round: Round, unit_ns: i64) -> PyResult<i64> {
    if let Some(seconds) = float::as_float(value) {
        if seconds.is_nan() {
            return vm.raise(Exc::ValueError, "Invalid value NaN (not a number)");
        }
        let ns = rounded(seconds * unit_ns as f64, round);
        // The largest double below 2**63.
        if !(-9.223_372_036_854_775_8e18..9.223_372_036_854_775_8e18).contains(&ns) {
            return too_large(vm);
        }
        return Ok(ns as i64);
    }
    if !vm.has_index(value) {
        return vm.raise_type_of("'{}' object cannot be interpreted as an integer or float", value);
    }
    let index = vm.index(value)?;
    let ns = int::as_i64(&index).and_then(|seconds| seconds.checked_mul(unit_ns));
    match ns {
        Some(ns) => Ok(ns),
        None => too_large(vm),
    }
}

/// A point in time in whole seconds since 1970, rounded down.
pub fn timestamp_s(vm: &Vm, value: &Value) -> PyResult<i64> {
    if let Some(seconds) = float::as_float(value) {
        if seconds.is_nan() {
            return vm.raise(Exc::ValueError, "Invalid value NaN (not a number)");
        }
        let floor = seconds.floor();
        if !(-9.223_372_036_854_775_8e18..9.223_372_036_854_775_8e18).contains(&floor) {
            return vm.raise(Exc::OverflowError, "timestamp out of range for platform time_t");
        }
        return Ok(floor as i64);
    }
    let index = vm.index(value)?;
    match int::as_big(&index).and_then(|seconds| seconds.to_i64()) {
        Some(seconds) => Ok(seconds),
        None => vm.raise(Exc::OverflowError, "timestamp out of range for platform time_t"),
    }
}

/// Nanoseconds as float seconds: the double nearest to the quotient.
pub fn seconds(ns: i64) -> Value {
    // Whole seconds exactly, so that large times lose nothing to a first rounding.
    if ns % 1_000_000_000 == 0 {
        return Value::float((ns / 1_000_000_000) as f64);
    }
    Value::float(ns as f64 / NS)
}
