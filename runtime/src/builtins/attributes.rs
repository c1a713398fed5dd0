//! Builtin functions about attributes and classes: callable, delattr, dir, getattr, hasattr, isinstance, issubclass, setattr, vars.

use crate::objects::list::List;
use crate::objects::list::sort::sort_list;
use crate::objects::str::Str;
use crate::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

pub(super) const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("callable(obj, /)", |vm, args| Ok(vm.is_callable(args.value(0)).into()))
        .doc("Return whether the object is callable (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with a\n__call__() method."),
    NativeFn::new("delattr(obj, name, /)", delattr)
        .doc("Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``"),
    NativeFn::new("dir", dir).doc(
        "dir([object]) -> list of strings\n\nWithout argument, the names in the current scope; else the sorted names of attributes\nof \
         the object, as its __dir__() gives them.",
    ),
    NativeFn::new("getattr", getattr).doc(
        "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object.\n\ngetattr(x, 'y') is equivalent to \
         x.y.\nWhen a default argument is given, it is returned when the attribute\ndoesn't exist; without it, an exception is \
         raised in that case.",
    ),
    NativeFn::new("hasattr(obj, name, /)", hasattr)
        .doc("Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError."),
    NativeFn::new("isinstance(obj, class_or_tuple, /)", |vm, args| {
        Ok(vm.isinstance(args.value(0), args.value(1))?.into())
    })
    .doc("Return whether an object is an instance of a class or of a subclass thereof.\n\nA tuple gives several classes, any of which will do."),
    NativeFn::new("issubclass(cls, class_or_tuple, /)", |vm, args| {
        Ok(vm.issubclass(args.value(0), args.value(1))?.into())
    })
    .doc("Return whether 'cls' is derived from another class or is the same class.\n\nA tuple gives several classes, any of which will do."),
    NativeFn::new("setattr(obj, name, value, /)", setattr)
        .doc("Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``"),
    NativeFn::new("vars", vars).doc(
        "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to \
         object.__dict__.",
    ),
];

/// The name argument of the attribute functions, interned.
fn attribute_name(vm: &Vm, name: &Value) -> PyResult<Gc<Str>> {
    let name = vm.expect_str(name, "attribute name must be string, not '{}'")?;
    Ok(vm.intern_str(name))
}

fn getattr(vm: &Vm, args: Args<'_>) -> PyResult {
    args.check_arity(vm, "getattr", 2, 3)?;
    let name = attribute_name(vm, args.value(1))?;
    match args.get(2) {
        None => vm.get_attr(args.value(0), &name),
        Some(default) => Ok(vm.get_attr_opt(args.value(0), &name)?.unwrap_or_else(|| default.clone())),
    }
}

fn hasattr(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = attribute_name(vm, args.value(1))?;
    Ok(vm.get_attr_opt(args.value(0), &name)?.is_some().into())
}

fn setattr(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = attribute_name(vm, args.value(1))?;
    vm.set_attr(args.value(0), &name, Some(args.value(2)))?;
    Ok(Value::NONE)
}

fn delattr(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = attribute_name(vm, args.value(1))?;
    vm.set_attr(args.value(0), &name, None)?;
    Ok(Value::NONE)
}

fn dir(vm: &Vm, args: Args<'_>) -> PyResult {
    args.check_arity(vm, "dir", 0, 1)?;
    let names = match args.get(0) {
        None => {
            let locals = super::code::current_locals(vm)?;
            vm.call_method(&locals, &vm.names.keys, &[])?
        }
        Some(object) => match vm.lookup_special(object, &vm.names.__dir__)? {
            Some(method) => vm.call(&method, &[])?,
            None => return vm.raise(Exc::TypeError, "object does not provide __dir__"),
        },
    };
    let list = List::new(vm.collect(&names)?);
    sort_list(vm, &list, None, false)?;
    Ok(list.into())
}

fn vars(vm: &Vm, args: Args<'_>) -> PyResult {
    args.check_arity(vm, "vars", 0, 1)?;
    let Some(object) = args.get(0) else { return super::code::current_locals(vm) };
    match vm.get_attr_opt(object, &vm.names.__dict__)? {
        Some(dict) => Ok(dict),
        None => vm.raise(Exc::TypeError, "vars() argument must have __dict__ attribute"),
    }
}
