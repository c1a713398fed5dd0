//! Calling a class: `__new__`, then `__init__`; and `__new__` as a function with its safety checks.

use super::instance::Instance;
use super::special::slot_functions;
use super::{NewFn, Type, type_flags};
use crate::heap::Gc;
use crate::native::binding::{self, Signature};
use crate::native::{Args, NativeFn};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// A native function with its signature at hand.
#[derive(Clone, Copy)]
pub struct Bindable {
    pub function: &'static NativeFn,
    pub signature: &'static Signature,
}

impl Bindable {
    pub fn of(function: &'static NativeFn) -> Bindable {
        Bindable { function, signature: Signature::of(function) }
    }
}

/// Binds the arguments, the class or instance first among them, and calls.
#[inline]
pub fn call_bound(vm: &Vm, target: Bindable, args: Args<'_>) -> PyResult {
    if target.signature.accepts_directly(&args) {
        return (target.function.call)(vm, args);
    }
    binding::bind_and_call(vm, target.signature, target.function.call, args, None)
}

/// The `new` slot of classes whose `__new__` a spec describes.
pub fn native_new(vm: &Vm, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let target = class.new_fn.get().expect("set together with the slot");
    args.prepend(class.as_value(), |args| call_new(vm, class, target, args))
}

/// Calls a native `__new__`. One that takes no keywords leaves them to a subclass that has an `__init__` of its own.
#[inline]
fn call_new(vm: &Vm, class: &Gc<Type>, target: Bindable, args: Args<'_>) -> PyResult {
    if args.has_keywords() && class.is_heap_type() && target.signature.is_positional_only() {
        let mut native = class.clone();
        while native.is_heap_type() {
            let Some(base) = native.base.borrow().clone() else { break };
            native = base;
        }
        if crate::objects::has_own_init(vm, class, &native) {
            return call_bound(vm, target, Args { kw_names: &[], kw_values: &[], ..args });
        }
    }
    call_bound(vm, target, args)
}

/// The `init` slot of classes whose `__init__` a spec describes.
pub fn native_init(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult<()> {
    let target = vm.type_of(value).init_fn.get().expect("set together with the slot");
    args.prepend(value, |args| call_bound(vm, target, args))?;
    Ok(())
}

/// `type.__call__`: makes an instance.
pub fn call_class(vm: &Vm, callee: &Value, args: Args<'_>) -> PyResult {
    let class = callee.downcast::<Type>().expect("the call slot of type sees classes");
    if class.is(vm.types.type_()) {
        match args.values {
            [value] if !args.has_keywords() => return Ok(vm.type_of(value).to_value()),
            [_, _, _] => {}
            _ => return vm.raise(Exc::TypeError, "type() takes 1 or 3 arguments"),
        }
    }
    instantiate(vm, class, args)
}

/// `__new__`, then `__init__` if that gave an instance of the class.
pub fn instantiate(vm: &Vm, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let slot = class.slots().new.filter(|_| !class.has_flag(type_flags::NO_NEW));
    let Some(new) = slot else {
        return vm.raise(Exc::TypeError, format!("cannot create '{}' instances", class.display_name()));
    };
    let object = new(vm, class, args)?;
    let object_class = vm.type_of(&object);
    if object_class.is(class) || object_class.is_subclass(class) {
        if let Some(init) = object_class.slots().init {
            init(vm, &object, args)?;
        }
    }
    Ok(object)
}

/// `__new__` in the dict of a builtin class; its receiver says which.
pub static NEW_WRAPPER: NativeFn = NativeFn::new("__new__($type, *args, **kwargs)", |vm, _| {
    vm.raise(Exc::SystemError, "__new__ was called without its class")
})
.doc("Create and return a new object.  See help(type) for accurate signature.");

/// `owner.__new__(*args)`.
pub fn checked_new(vm: &Vm, owner: &Value, args: Args<'_>) -> PyResult {
    let owner = owner.downcast::<Type>().expect("__new__ of a builtin class belongs to it");
    let name = owner.display_name();
    let Some(first) = args.values.first() else {
        return vm.raise(Exc::TypeError, format!("{name}.__new__(): not enough arguments"));
    };
    let Some(class) = first.downcast::<Type>() else {
        let got = vm.type_name(first);
        return vm.raise(Exc::TypeError, format!("{name}.__new__(X): X is not a type object ({got})"));
    };
    let class_name = class.display_name();
    if !class.is_subclass(owner) {
        return vm.raise(
            Exc::TypeError,
            format!("{name}.__new__({class_name}): {class_name} is not a subtype of {name}"),
        );
    }
    let native = native_base(class);
    if !same_new(&native, owner) {
        let safe = native.display_name();
        return vm.raise(
            Exc::TypeError,
            format!("{name}.__new__({class_name}) is not safe, use {safe}.__new__()"),
        );
    }
    match (owner.new_fn.get(), owner.slots().new) {
        (Some(target), _) => call_new(vm, class, target, args),
        (None, Some(new)) => new(vm, class, args.skip_first()),
        (None, None) => vm.raise(Exc::TypeError, format!("cannot create '{name}' instances")),
    }
}

/// The nearest class along the layout whose `__new__` is native.
fn native_base(class: &Gc<Type>) -> Gc<Type> {
    let generic: NewFn = slot_functions::new;
    let mut class = class.clone();
    while class.slots().new.is_some_and(|new| std::ptr::fn_addr_eq(new, generic)) {
        let Some(base) = class.base.borrow().clone() else { break };
        class = base;
    }
    class
}

fn same_new(a: &Gc<Type>, b: &Gc<Type>) -> bool {
    if !super::special::SlotId::New.same(a.slots(), b.slots()) {
        return false;
    }
    match (a.new_fn.get(), b.new_fn.get()) {
        (Some(a), Some(b)) => std::ptr::eq(a.function, b.function),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn is_object_new(class: &Gc<Type>) -> bool {
    class.slots().new.is_some_and(|new| std::ptr::fn_addr_eq(new, object_new as NewFn))
}

/// `object.__new__`.
pub fn object_new(vm: &Vm, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        if !is_object_new(class) {
            return vm.raise(
                Exc::TypeError,
                "object.__new__() takes exactly one argument (the type to instantiate)",
            );
        }
        if class.slots().init.is_none() {
            return vm.raise(Exc::TypeError, format!("{}() takes no arguments", class.name_text()));
        }
    }
    if class.is_abstract() {
        return raise_abstract(vm, class);
    }
    if !class.is_plain() {
        let name = class.display_name();
        if class.has_flag(type_flags::NO_NEW) {
            return vm.raise(Exc::TypeError, format!("cannot create '{name}' instances"));
        }
        return vm.raise(Exc::TypeError, format!("object.__new__({name}) is not safe, use {name}.__new__()"));
    }
    Ok(Instance::new(class).into())
}

/// `object.__init__`.
pub fn object_init(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult<()> {
    if !args.is_empty() {
        let class = vm.type_of(value);
        if class.slots().init.is_some() {
            return vm.raise(
                Exc::TypeError,
                "object.__init__() takes exactly one argument (the instance to initialize)",
            );
        }
        if is_object_new(class) {
            let name = class.name_text();
            return vm.raise(
                Exc::TypeError,
                format!("{name}.__init__() takes exactly one argument (the instance to initialize)"),
            );
        }
    }
    Ok(())
}

#[cold]
fn raise_abstract(vm: &Vm, class: &Gc<Type>) -> PyResult {
    let methods = vm.get_attr_named(class.as_value(), "__abstractmethods__")?;
    let mut names = Vec::new();
    for name in vm.collect(&methods)? {
        names.push(vm.str_text(&name)?);
    }
    names.sort();
    let plural = if names.len() == 1 { "" } else { "s" };
    let list = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    vm.raise(
        Exc::TypeError,
        format!(
            "Can't instantiate abstract class {} without an implementation for abstract method{plural} {list}",
            class.name_text()
        ),
    )
}
