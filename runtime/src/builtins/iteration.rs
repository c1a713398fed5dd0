//! Builtin functions about iterables: aiter, all, anext, any, iter, len, max, min, next, sorted.

use std::ops::ControlFlow;

use crate::class::{CompareOp, special};
use crate::objects::anext_awaitable;
use crate::objects::iterators::callable_iterator;
use crate::objects::list::List;
use crate::objects::list::sort::sort_list;
use crate::vm::drain::Sink;
use crate::{Args, Exc, NativeFn, PyResult, Value, Vm};

pub(super) const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("aiter(async_iterable, /)", aiter).doc("Return an AsyncIterator for an AsyncIterable object."),
    NativeFn::new("all(iterable, /)", all)
        .doc("Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True."),
    NativeFn::new("anext(async_iterator, default=<unrepresentable>, /)", anext).doc(
        "Return the next item from the async iterator.\n\nIf default is given and the async iterator is exhausted,\nit is \
         returned instead of raising StopAsyncIteration.",
    ),
    NativeFn::new("any(iterable, /)", any)
        .doc("Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False."),
    NativeFn::new("iter", iter).doc(
        "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nGet an iterator from an object; or one that \
         calls until the sentinel is returned.",
    ),
    NativeFn::new("len(obj, /)", |vm, args| Ok(vm.len(args.value(0))?.into()))
        .doc("Return the number of items in a container."),
    NativeFn::new("max", |vm, args| extreme(vm, args, &MAX)).doc(
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\n\
         Return the biggest item of an iterable, or the largest argument.",
    ),
    NativeFn::new("min", |vm, args| extreme(vm, args, &MIN)).doc(
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\n\
         Return the smallest item of an iterable, or the smallest argument.",
    ),
    NativeFn::new("next", next).doc(
        "next(iterator[, default])\n\nReturn the next item from the iterator.  If default is given and the iterator\nis \
         exhausted, it is returned instead of raising StopIteration.",
    ),
    NativeFn::new("sorted(iterable, /, *, key=None, reverse=False)", sorted).doc(
        "Return a new list containing all items from the iterable in ascending order.\n\nA custom key function can be \
         supplied to customize the sort order, and the\nreverse flag can be set to request the result in descending order.",
    ),
];

fn aiter(vm: &Vm, args: Args<'_>) -> PyResult {
    let iterable = args.value(0);
    let Some(slot) = vm.type_of(iterable).slots().aiter else {
        return vm.raise_type_of("'{}' object is not an async iterable", iterable);
    };
    let iterator = slot(vm, iterable)?;
    if vm.type_of(&iterator).slots().anext.is_none() {
        return vm.raise_type_of("aiter() returned not an async iterator of type '{}'", &iterator);
    }
    Ok(iterator)
}

/// Looks for an item that is true, or one that is false.
struct Search {
    wanted: bool,
    found: bool,
}

impl Search {
    fn run(mut self, vm: &Vm, iterable: &Value) -> PyResult<bool> {
        vm.pour(iterable, &mut self)?;
        Ok(self.found)
    }
}

impl Sink for Search {
    fn take(&mut self, item: Value) -> Option<Value> {
        let truth = item.as_bool().or_else(|| item.as_small_int().map(|n| n != 0));
        if truth == Some(!self.wanted) { None } else { Some(item) }
    }

    fn take_slowly(&mut self, vm: &Vm, item: Value) -> PyResult<ControlFlow<()>> {
        self.found = vm.truth(&item)? == self.wanted;
        Ok(if self.found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

fn all(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok((!Search { wanted: false, found: false }.run(vm, args.value(0))?).into())
}

fn anext(vm: &Vm, args: Args<'_>) -> PyResult {
    let iterator = args.value(0);
    let Some(slot) = vm.type_of(iterator).slots().anext else {
        return vm.raise_type_of("'{}' object is not an async iterator", iterator);
    };
    let awaitable = slot(vm, iterator)?;
    Ok(match args.get(1) {
        Some(default) => anext_awaitable::new(vm, awaitable, default.clone()),
        None => awaitable,
    })
}

fn any(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Search { wanted: true, found: false }.run(vm, args.value(0))?.into())
}

fn iter(vm: &Vm, args: Args<'_>) -> PyResult {
    args.check_arity(vm, "iter", 1, 2)?;
    match args.get(1) {
        None => vm.iter(args.value(0)),
        Some(sentinel) => {
            if !vm.is_callable(args.value(0)) {
                return vm.raise(Exc::TypeError, "iter(v, w): v must be callable");
            }
            Ok(callable_iterator(vm, args.value(0).clone(), sentinel.clone()))
        }
    }
}

fn next(vm: &Vm, args: Args<'_>) -> PyResult {
    args.check_arity(vm, "next", 1, 2)?;
    let iterator = args.value(0);
    if vm.type_of(iterator).slots().next.is_some_and(special::is_python_next) {
        // What a Python class raises comes through as it is.
        let result = special::call_next(vm, iterator);
        return match args.get(1) {
            None => result,
            Some(default) => Ok(vm.catch(result, Exc::StopIteration)?.unwrap_or_else(|| default.clone())),
        };
    }
    // What an iterator leaves here when it ends is the value of its StopIteration.
    drop(vm.take_stop_value());
    let result = vm.next(iterator);
    match args.get(1) {
        None => match result? {
            Some(item) => Ok(item),
            None => vm.raise_stop_iteration(vm.take_stop_value()),
        },
        Some(default) => {
            let found = vm.catch(result, Exc::StopIteration)?.flatten();
            drop(vm.take_stop_value());
            Ok(found.unwrap_or_else(|| default.clone()))
        }
    }
}

/// What tells min and max apart.
struct Extreme {
    name: &'static str,
    /// A later item replaces an earlier one if `later op earlier`.
    op: CompareOp,
}

const MAX: Extreme = Extreme { name: "max", op: CompareOp::Gt };
const MIN: Extreme = Extreme { name: "min", op: CompareOp::Lt };

impl Extreme {
    fn wins(&self, vm: &Vm, later: &Value, earlier: &Value) -> PyResult<bool> {
        match (later.as_small_int(), earlier.as_small_int()) {
            (Some(later), Some(earlier)) => Ok(self.op.holds(later.cmp(&earlier))),
            _ => vm.compare_bool(later, earlier, self.op),
        }
    }
}

fn extreme(vm: &Vm, args: Args<'_>, which: &Extreme) -> PyResult {
    let name = which.name;
    if args.values.is_empty() {
        return vm.raise(Exc::TypeError, format!("{name} expected at least 1 argument, got 0"));
    }
    if let ([first, rest @ ..], false) = (args.values, args.has_keywords() || args.len() == 1) {
        let mut best = first;
        for item in rest {
            if which.wins(vm, item, best)? {
                best = item;
            }
        }
        return Ok(best.clone());
    }
    let (mut key, mut default) = (None, None);
    for (keyword, value) in args.keywords() {
        match keyword.as_bytes() {
            b"key" => key = Some(value).filter(|key| !key.is_none()),
            b"default" => default = Some(value),
            _ => {
                return vm.raise(
                    Exc::TypeError,
                    format!("{name}() got an unexpected keyword argument '{keyword}'"),
                );
            }
        }
    }
    // The best item so far, with its key.
    let mut best: Option<(Value, Option<Value>)> = None;
    let mut consider = |item: Value| -> PyResult<()> {
        let item_key = match key {
            Some(key) => Some(vm.call(key, std::slice::from_ref(&item))?),
            None => None,
        };
        let wins = match &best {
            None => true,
            Some((best, best_key)) => {
                which.wins(vm, item_key.as_ref().unwrap_or(&item), best_key.as_ref().unwrap_or(best))?
            }
        };
        if wins {
            best = Some((item, item_key));
        }
        Ok(())
    };
    if args.len() > 1 {
        if default.is_some() {
            return vm.raise(
                Exc::TypeError,
                format!("Cannot specify a default for {name}() with multiple positional arguments"),
            );
        }
        for item in args.values {
            consider(item.clone())?;
        }
    } else {
        vm.for_each(args.value(0), &mut consider)?;
    }
    match (best, default) {
        (Some((best, _)), _) => Ok(best),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => vm.raise(Exc::ValueError, format!("{name}() iterable argument is empty")),
    }
}

fn sorted(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = List::new(vm.collect(args.value(0))?);
    let reverse = match args.get(2) {
        Some(reverse) => vm.truth(reverse)?,
        None => false,
    };
    sort_list(vm, &list, args.get_not_none(1), reverse)?;
    Ok(list.into())
}
