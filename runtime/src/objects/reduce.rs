//! `object.__reduce_ex__`: how `copy` and `pickle` take plain objects apart.

use crate::class::Type;
use crate::heap::Gc;
use crate::native::{Args, NativeFunction};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// `object.__reduce_ex__`: the class's own `__reduce__` if it has one, else the default.
pub fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let protocol = vm.to_i64(args.value(1))?;
    let on_class = vm.type_of(value).lookup(&vm.names.__reduce__);
    let default = vm.types.object().lookup(&vm.names.__reduce__);
    let overridden = match (on_class, default) {
        (Some(found), Some(default)) => !found.is(&default),
        _ => false,
    };
    if overridden {
        return vm.call_method(value, &vm.names.__reduce__, &[]);
    }
    reduce(vm, value, protocol)
}

/// The default for a protocol.
pub fn reduce(vm: &Vm, value: &Value, protocol: i64) -> PyResult {
    let copyreg = import(vm, "copyreg")?;
    if protocol < 2 {
        return vm.call_method_named(&copyreg, "_reduce_ex", &[value.clone(), Value::int(protocol)]);
    }
    let class = vm.type_of(value).to_value();
    if vm.type_of(value).slots().new.is_none() {
        return raise_cannot_pickle(vm, value);
    }
    let (args, kwargs) = new_arguments(vm, value)?;
    let has_args = args.is_some();
    let (function, parts) = match kwargs.filter(|kwargs| !kwargs.is_empty()) {
        Some(kwargs) => {
            let args = args.map_or_else(|| vm.tuple(&[]), Value::from);
            ("__newobj_ex__", vec![class, args, kwargs.into()])
        }
        None => {
            let mut parts = vec![class];
            parts.extend(args.iter().flat_map(|args| args.items().iter().cloned()));
            ("__newobj__", parts)
        }
    };
    let function = vm.get_attr_named(&copyreg, function)?;
    let is_list = value.downcast::<List>().is_some();
    let is_dict = value.downcast::<Dict>().is_some();
    let state = state(vm, value, !(has_args || is_list || is_dict))?;
    let list_items = if is_list { vm.iter(value)? } else { Value::NONE };
    let dict_items = if is_dict {
        let items = vm.call_method(value, &vm.names.items, &[])?;
        vm.iter(&items)?
    } else {
        Value::NONE
    };
    Ok(vm.tuple(&[function, vm.tuple(&parts), state, list_items, dict_items]))
}

/// Imports a module of the standard library.
pub fn import(vm: &Vm, name: &str) -> PyResult {
    let name = vm.intern(name);
    if let Some(module) = vm.modules.get_str(&name) {
        return Ok(module);
    }
    match vm.builtins.get_str(&vm.names.__import__) {
        Some(import) => vm.call(&import, &[name.into()]),
        None => vm.raise(Exc::ImportError, "__import__ not found"),
    }
}

#[cold]
fn raise_cannot_pickle<T>(vm: &Vm, value: &Value) -> PyResult<T> {
    vm.raise_type_of("cannot pickle '{}' object", value)
}

/// Arguments for `__new__` as `__getnewargs_ex__` or `__getnewargs__` gives them.
fn new_arguments(vm: &Vm, value: &Value) -> PyResult<(Option<Gc<Tuple>>, Option<Gc<Dict>>)> {
    if let Some(method) = vm.lookup_special(value, &vm.names.__getnewargs_ex__)? {
        let result = vm.call(&method, &[])?;
        let Some(pair) = result.downcast::<Tuple>() else {
            return vm.raise_type_of("__getnewargs_ex__ should return a tuple, not '{}'", &result);
        };
        let [args, kwargs] = pair.items() else {
            let length = pair.len();
            return vm.raise(
                Exc::ValueError,
                format!("__getnewargs_ex__ should return a tuple of length 2, not {length}"),
            );
        };
        let Some(args) = args.downcast::<Tuple>() else {
            return vm.raise_type_of(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                args,
            );
        };
        let Some(kwargs) = kwargs.downcast::<Dict>() else {
            return vm.raise_type_of(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                kwargs,
            );
        };
        return Ok((Some(args.clone()), Some(kwargs.clone())));
    }
    if let Some(method) = vm.lookup_special(value, &vm.names.__getnewargs__)? {
        let result = vm.call(&method, &[])?;
        return match result.into_gc::<Tuple>() {
            Ok(args) => Ok((Some(args), None)),
            Err(other) => vm.raise_type_of("__getnewargs__ should return a tuple, not '{}'", &other),
        };
    }
    Ok((None, None))
}

/// `value.__getstate__()`, where the default one is told whether state is all there is to restore.
fn state(vm: &Vm, value: &Value, required: bool) -> PyResult {
    let method = vm.get_attr(value, &vm.names.__getstate__)?;
    let default = vm.types.object().lookup(&vm.names.__getstate__);
    let is_default = match (method.downcast::<NativeFunction>(), default) {
        (Some(bound), Some(default)) => {
            default
                .downcast::<NativeFunction>()
                .is_some_and(|default| std::ptr::eq(default.function, bound.function))
                && bound.receiver.as_ref().is_some_and(|receiver| receiver.is(value))
        }
        _ => false,
    };
    if is_default { default_state(vm, value, required) } else { vm.call(&method, &[]) }
}

/// `object.__getstate__`: the `__dict__`, with the values of `__slots__` if there are any.
pub fn default_state(vm: &Vm, value: &Value, required: bool) -> PyResult {
    let class = vm.type_of(value).clone();
    if required && !class.is_plain() {
        if value.downcast::<super::memoryview::MemoryView>().is_some() {
            return vm.raise(Exc::TypeError, "cannot pickle memoryview objects");
        }
        return raise_cannot_pickle(vm, value);
    }
    let dict = vm.get_attr_opt(value, &vm.names.__dict__)?;
    let empty = dict.as_ref().is_none_or(|dict| dict.downcast::<Dict>().is_some_and(|dict| dict.is_empty()));
    let state = dict.filter(|_| !empty).unwrap_or(Value::NONE);
    let slots = Dict::new();
    for name in slot_names(vm, &class)? {
        if let Some(found) = vm.get_attr_opt(value, &name)? {
            slots.insert_str(&name, found);
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(vm.tuple(&[state, slots.into()]))
}

/// Names of the `__slots__` of a class and its bases, mangled where private, as `copyreg` collects and caches them.
fn slot_names(vm: &Vm, class: &Gc<Type>) -> PyResult<Vec<Gc<Str>>> {
    if class.n_member_slots() == 0 {
        return Ok(Vec::new());
    }
    let cached = class.dict.get_str(&vm.intern("__slotnames__"));
    let names = match cached {
        Some(names) => names,
        None => {
            let copyreg = import(vm, "copyreg")?;
            vm.call_method_named(&copyreg, "_slotnames", &[class.to_value()])?
        }
    };
    let mut out = Vec::new();
    if names.is_none() {
        return Ok(out);
    }
    for name in vm.collect(&names)? {
        out.push(super::object::attribute_name(vm, &name)?);
    }
    Ok(out)
}
