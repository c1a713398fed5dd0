//! Sums and products over iterables, and distances.

use ouro_runtime::class::BinaryOp;
use ouro_runtime::objects::{float, int};
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::special::{self, ExactSum, SumError, TripleSum};
use crate::convert::real;

pub fn fsum(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut sum = ExactSum::default();
    let raise = |error| match error {
        SumError::Overflow => vm.raise(Exc::OverflowError, "intermediate overflow in fsum"),
        SumError::OppositeInfinities => vm.raise(Exc::ValueError, "-inf + inf in fsum"),
    };
    vm.for_each(args.value(0), |item| {
        let item = real(vm, &item)?;
        sum.add(item).or_else(raise)
    })?;
    match sum.value() {
        Ok(total) => Ok(Value::float(total)),
        Err(error) => raise(error).map(|()| Value::NONE),
    }
}

/// The norm of numbers of any sign.
fn norm(mut components: Vec<f64>) -> Value {
    let mut largest = 0.0_f64;
    let mut found_nan = false;
    for x in &mut components {
        *x = x.abs();
        found_nan |= x.is_nan();
        largest = largest.max(*x);
    }
    Value::float(special::norm(&mut components, largest, found_nan))
}

pub fn hypot(vm: &Vm, args: Args<'_>) -> PyResult {
    let components = args.rest().iter().map(|value| real(vm, value)).collect::<PyResult<_>>()?;
    Ok(norm(components))
}

pub fn dist(vm: &Vm, args: Args<'_>) -> PyResult {
    let (p, q) = (vm.collect(args.value(0))?, vm.collect(args.value(1))?);
    if p.len() != q.len() {
        return vm.raise(Exc::ValueError, "both points must have the same number of dimensions");
    }
    let difference = |(p, q)| Ok(real(vm, p)? - real(vm, q)?);
    Ok(norm(p.iter().zip(&q).map(difference).collect::<PyResult<_>>()?))
}

pub fn prod(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut product = args.get(1).cloned().unwrap_or(Value::small(1));
    vm.for_each(args.value(0), |item| {
        product = match (product.as_exact_float(), item.as_exact_float()) {
            (Some(a), Some(b)) => Value::float(a * b),
            _ => vm.binary(BinaryOp::Mul, &product, &item)?,
        };
        Ok(())
    })?;
    Ok(product)
}

/// A float, or an int next to one; `None` if this item ends the exact sum of floats.
fn as_double(value: &Value) -> Option<f64> {
    if let Some(x) = value.as_exact_float() {
        return Some(x);
    }
    match value.as_small_int() {
        Some(n) => Some(n as f64),
        None if value.as_bool().is_some() => value.as_bool().map(|truth| f64::from(u8::from(truth))),
        None => None,
    }
}

/// Products of ints are summed as ints and products of floats with triple precision; whatever else comes is added with
/// the operators.
pub fn sumprod(vm: &Vm, args: Args<'_>) -> PyResult {
    let (p, q) = (vm.iter(args.value(0))?, vm.iter(args.value(1))?);
    let mut total = Value::small(0);
    let mut floats: Option<TripleSum> = None;
    let add = |total: &Value, item: Value| vm.binary(BinaryOp::Add, total, &item);
    loop {
        let (a, b) = match (vm.next(&p)?, vm.next(&q)?) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => break,
            _ => return vm.raise(Exc::ValueError, "Inputs are not the same length"),
        };
        let either_float = a.as_exact_float().is_some() || b.as_exact_float().is_some();
        if let (true, Some(x), Some(y)) = (either_float, as_double(&a), as_double(&b)) {
            floats = Some(floats.unwrap_or_default().add_product(x, y));
            continue;
        }
        if !(int::is_int(&a) && int::is_int(&b))
            && let Some(sum) = floats.take()
        {
            total = add(&total, Value::float(sum.value()))?;
        }
        let product = vm.binary(BinaryOp::Mul, &a, &b)?;
        total = add(&total, product)?;
    }
    match floats {
        None => Ok(total),
        Some(sum) => {
            let sum = Value::float(sum.value());
            if total.as_small_int() == Some(0) || float::as_float(&total) == Some(0.0) {
                return Ok(sum);
            }
            add(&total, sum)
        }
    }
}
