//! Filling dicts from mappings, from pairs and from keyword arguments.

use super::Dict;
use crate::native::Args;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Raised, Vm};

/// TypeError "cannot use 'list' as a dict key (unhashable type: 'list')" in place of a plain TypeError from `__hash__`.
#[cold]
#[inline(never)]
pub fn unhashable(vm: &Vm, value: &Value, role: &str, raised: Raised) -> Raised {
    let exception = vm.take_raised(raised);
    if !exception.header().ty().is(vm.types.exception(Exc::TypeError)) {
        return vm.reraise(exception);
    }
    let class = vm.type_of(value).short_qualified_name(vm);
    let result = vm.str_text(exception.as_value()).and_then(|cause| {
        vm.raise::<()>(Exc::TypeError, format!("cannot use '{class}' as {role} ({cause})"))
    });
    match result {
        Err(raised) => raised,
        Ok(()) => unreachable!("raising never succeeds"),
    }
}

/// `dict(*args, **kwargs)` and `d.update(*args, **kwargs)`. `dict` is the instance, `name` what messages call the function.
///
/// # Errors
/// TypeError for more than one positional argument, and as [`update`].
pub fn update_from_args(vm: &Vm, dict: &Value, args: Args<'_>, name: &str) -> PyResult<()> {
    crate::native::binding::check_positional_count(vm, name, args.len(), 0, 1)?;
    let dict = super::this(dict);
    if let Some(source) = args.get(0) {
        update(vm, dict, source)?;
    }
    for (key, value) in args.keywords() {
        drop(dict.insert_str(key, value.clone()));
    }
    Ok(())
}

/// Adds what `source` holds: a mapping (anything with `keys`) or an iterable of pairs.
///
/// # Errors
/// TypeError, ValueError "dictionary update sequence element #0 has length 3; 2 is required", and what Python code raises.
pub fn update(vm: &Vm, dict: &Gc<Dict>, source: &Value) -> PyResult<()> {
    if source.downcast_exact::<Dict>().is_some() {
        return merge(vm, dict, source);
    }
    match vm.get_attr_opt(source, &vm.names.keys)? {
        Some(_) => merge(vm, dict, source),
        None => update_from_pairs(vm, dict, source),
    }
}

/// A dict whose iteration no Python class has changed, so that its table can be read directly.
fn plain_dict<'a>(vm: &Vm, source: &'a Value) -> Option<&'a Gc<Dict>> {
    let dict = source.downcast::<Dict>()?;
    if vm.type_of(source).is(vm.types.ordered_dict()) {
        return Some(dict);
    }
    let same = match (vm.type_of(source).slots().iter, vm.types.dict().slots().iter) {
        (Some(own), Some(plain)) => std::ptr::fn_addr_eq(own, plain),
        _ => false,
    };
    same.then_some(dict)
}

/// What to do with a key that is already there.
enum Present {
    Replace,
    /// Give the key back.
    Stop,
}

/// Adds the entries of a mapping.
///
/// # Errors
/// AttributeError if it has no `keys`, and what Python code raises.
pub fn merge(vm: &Vm, dict: &Gc<Dict>, source: &Value) -> PyResult<()> {
    merge_with(vm, dict, source, Present::Replace).map(|_| ())
}

fn merge_with(vm: &Vm, dict: &Gc<Dict>, source: &Value, present: Present) -> PyResult<Option<Value>> {
    let add = |key: Value, hash: u64, value: Value| -> PyResult<Option<Value>> {
        if matches!(present, Present::Stop) && dict.table.find(vm, &key, hash)?.is_some() {
            return Ok(Some(key));
        }
        drop(dict.insert_hashed(vm, key, hash, value)?);
        Ok(None)
    };
    if let Some(other) = plain_dict(vm, source) {
        if other.is(dict) {
            return Ok(None);
        }
        if dict.is_empty() {
            dict.table.fill(&other.table);
            return Ok(None);
        }
        let length = other.len();
        let mut position = 0;
        loop {
            let Some((at, key, hash, value)) = other
                .table
                .next_entry(position)
                .map(|(at, entry)| (at, entry.key.clone(), entry.hash, entry.value.clone()))
            else {
                return Ok(None);
            };
            if let Some(double) = add(key, hash, value)? {
                return Ok(Some(double));
            }
            if other.len() != length {
                return vm.raise(Exc::RuntimeError, "dict mutated during update");
            }
            position = at + 1;
        }
    }
    let keys = vm.call_method(source, &vm.names.keys, &[])?;
    let iterator = vm.iter(&keys)?;
    while let Some(key) = vm.next(&iterator)? {
        let hash = super::hash_key(vm, &key)?;
        if matches!(present, Present::Stop) && dict.table.find(vm, &key, hash)?.is_some() {
            return Ok(Some(key));
        }
        let value = vm.get_item(source, &key)?;
        if let Some(double) = add(key, hash, value)? {
            return Ok(Some(double));
        }
    }
    Ok(None)
}

/// Adds pairs.
///
/// # Errors
/// As [`update`].
pub fn update_from_pairs(vm: &Vm, dict: &Gc<Dict>, source: &Value) -> PyResult<()> {
    let iterator = vm.iter(source)?;
    let mut number = 0usize;
    while let Some(item) = vm.next(&iterator)? {
        let pair = pair_items(vm, &item, number)?;
        let [key, value] = <[Value; 2]>::try_from(pair).or_else(|pair| {
            let length = pair.len();
            let message =
                format!("dictionary update sequence element #{number} has length {length}; 2 is required");
            vm.raise(Exc::ValueError, message)
        })?;
        drop(dict.insert(vm, key, value)?);
        number += 1;
    }
    Ok(())
}

fn pair_items(vm: &Vm, item: &Value, number: usize) -> PyResult<Vec<Value>> {
    let is_sequence = item.downcast_exact::<crate::objects::tuple::Tuple>().is_some()
        || item.downcast_exact::<crate::objects::list::List>().is_some();
    if is_sequence {
        return vm.collect(item);
    }
    let result = match vm.iter(item) {
        Ok(iterator) => vm.collect(&iterator),
        Err(raised) if vm.raised_is(&raised, Exc::TypeError) => {
            drop(vm.take_raised(raised));
            vm.raise(Exc::TypeError, "object is not iterable")
        }
        Err(raised) => Err(raised),
    };
    result.or_else(|raised| {
        if !vm.raised_is(&raised, Exc::TypeError) {
            return Err(raised);
        }
        let exception = vm.take_raised(raised);
        let note = format!("Cannot convert dictionary update sequence element #{number} to a sequence");
        vm.call_method(exception.as_value(), &vm.names.add_note, &[note.into()])?;
        Err(vm.reraise(exception))
    })
}

/// `{**source}`: adds the entries of a mapping.
///
/// # Errors
/// TypeError "'int' object is not a mapping", and what Python code raises.
pub fn merge_display(vm: &Vm, dict: &Gc<Dict>, source: &Value) -> PyResult<()> {
    let result = merge(vm, dict, source);
    match vm.catch(result, Exc::AttributeError)? {
        Some(()) => Ok(()),
        None => vm.raise_type_of("'{}' object is not a mapping", source),
    }
}

/// `function(**source)`: adds the entries of a mapping to keyword arguments, none of which may be there already.
///
/// # Errors
/// TypeError "f() got multiple values for keyword argument 'a'", "f() argument after ** must be a mapping, not int",
/// and what Python code raises.
pub fn merge_keywords(vm: &Vm, dict: &Gc<Dict>, source: &Value, function: &Value) -> PyResult<()> {
    let result = merge_with(vm, dict, source, Present::Stop);
    match vm.catch(result, Exc::AttributeError)? {
        Some(None) => Ok(()),
        Some(Some(key)) => {
            let (function, key) = (function_text(vm, function), vm.str_text(&key)?);
            let message = format!("{function} got multiple values for keyword argument '{key}'");
            vm.raise(Exc::TypeError, message)
        }
        None => {
            let (function, class) = (function_text(vm, function), vm.type_name(source));
            let message = format!("{function} argument after ** must be a mapping, not {class}");
            vm.raise(Exc::TypeError, message)
        }
    }
}

/// What messages about a call name the function: "module.qualname()", without the module for builtins.
pub fn function_text(vm: &Vm, function: &Value) -> String {
    let attribute = |name: &Gc<Str>| -> Option<String> {
        let found = vm.get_attr_opt(function, name);
        match found {
            Ok(Some(value)) if value.downcast::<Str>().is_some() => vm.str_text(&value).ok(),
            Ok(_) => None,
            Err(raised) => {
                drop(vm.take_raised(raised));
                None
            }
        }
    };
    match (attribute(&vm.names.__qualname__), attribute(&vm.names.__module__)) {
        (Some(name), Some(module)) if module != "builtins" => format!("{module}.{name}()"),
        (Some(name), _) => format!("{name}()"),
        (None, _) => match vm.str_text(function) {
            Ok(text) => text,
            Err(raised) => {
                drop(vm.take_raised(raised));
                vm.type_name(function)
            }
        },
    }
}
