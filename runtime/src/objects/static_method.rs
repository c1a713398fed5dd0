//! `staticmethod` and `classmethod`: wrappers that change how a function found in a class binds.

use std::cell::RefCell;

use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub struct StaticMethod {
    pub function: RefCell<Value>,
    /// `__dict__`.
    pub dict: RefCell<Option<Value>>,
}

impl Payload for StaticMethod {
    const KIND: Kind = Kind::StaticMethod;
    crate::trace_fields!(function, dict);

    fn clear(&self) {
        let _dropped = (self.function.replace(Value::NONE), self.dict.take());
    }
}

pub struct ClassMethod {
    pub function: RefCell<Value>,
    /// `__dict__`.
    pub dict: RefCell<Option<Value>>,
}

impl Payload for ClassMethod {
    const KIND: Kind = Kind::ClassMethod;
    crate::trace_fields!(function, dict);

    fn clear(&self) {
        let _dropped = (self.function.replace(Value::NONE), self.dict.take());
    }
}

/// `staticmethod(function)` without copied attributes, for classes being made.
pub fn new_static(vm: &Vm, function: Value) -> Value {
    let body = StaticMethod { function: RefCell::new(function), dict: RefCell::new(None) };
    heap::alloc(vm.types.staticmethod(), body).into()
}

/// As [`new_static`], `classmethod(function)`.
pub fn new_class(vm: &Vm, function: Value) -> Value {
    let body = ClassMethod { function: RefCell::new(function), dict: RefCell::new(None) };
    heap::alloc(vm.types.classmethod(), body).into()
}

/// The wrapped function of either kind.
pub fn wrapped(value: &Value) -> Value {
    match (value.downcast::<StaticMethod>(), value.downcast::<ClassMethod>()) {
        (Some(method), _) => method.function.borrow().clone(),
        (_, Some(method)) => method.function.borrow().clone(),
        _ => unreachable!("the slots of these classes see their instances"),
    }
}

fn class_of(args: Args<'_>) -> &Gc<Type> {
    args.value(0).downcast().expect("__new__ is called with a class")
}

fn new_static_method(_vm: &Vm, args: Args<'_>) -> PyResult {
    let body = StaticMethod { function: RefCell::new(Value::NONE), dict: RefCell::new(None) };
    Ok(heap::alloc_for(class_of(args), body).into())
}

fn new_class_method(_vm: &Vm, args: Args<'_>) -> PyResult {
    let body = ClassMethod { function: RefCell::new(Value::NONE), dict: RefCell::new(None) };
    Ok(heap::alloc_for(class_of(args), body).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.value(0);
    let name = if this.downcast::<StaticMethod>().is_some() { "staticmethod" } else { "classmethod" };
    args.no_keywords(vm, name)?;
    crate::native::binding::check_positional_count(vm, name, args.len() - 1, 1, 1)?;
    let function = args.value(1);
    match (this.downcast::<StaticMethod>(), this.downcast::<ClassMethod>()) {
        (Some(method), _) => drop(method.function.replace(function.clone())),
        (_, Some(method)) => drop(method.function.replace(function.clone())),
        _ => {}
    }
    copy_attributes(vm, function, this)?;
    Ok(Value::NONE)
}

/// What `functools.wraps` would copy, annotations excepted, which are made on demand.
fn copy_attributes(vm: &Vm, from: &Value, to: &Value) -> PyResult<()> {
    let names = &vm.names;
    for name in [&names.__module__, &names.__name__, &names.__qualname__, &names.__doc__] {
        if let Some(value) = vm.get_attr_opt(from, name)? {
            vm.set_instance_attribute(to, name, Some(&value))?;
        }
    }
    Ok(())
}

/// An attribute of the wrapped function, remembered in the wrapper's dict.
fn forwarded(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    if let Some(found) = vm.instance_attribute(value, name) {
        return Ok(found);
    }
    let found = vm.get_attr(&wrapped(value), name)?;
    vm.set_instance_attribute(value, name, Some(&found))?;
    Ok(found)
}

fn set_forwarded(vm: &Vm, value: &Value, name: &Gc<Str>, new: Option<&Value>) -> PyResult<()> {
    if !vm.set_instance_attribute(value, name, new)? {
        return vm.raise(
            Exc::AttributeError,
            format!("'{}' object has no attribute '{name}'", vm.type_name(value)),
        );
    }
    Ok(())
}

const GETSET: &[GetSet] = &[
    GetSet::read_only("__func__", |_, value| Ok(wrapped(value))),
    GetSet::read_only("__wrapped__", |_, value| Ok(wrapped(value))),
    GetSet::read_only("__isabstractmethod__", |vm, value| {
        is_abstract_method(vm, &wrapped(value)).map(Value::bool)
    }),
    GetSet::new("__dict__", get_dict, set_dict),
    GetSet::new(
        "__annotations__",
        |vm, value| forwarded(vm, value, &vm.names.__annotations__),
        |vm, value, new| set_forwarded(vm, value, &vm.names.__annotations__, new),
    ),
    GetSet::new(
        "__annotate__",
        |vm, value| forwarded(vm, value, &vm.names.__annotate__),
        |vm, value, new| set_forwarded(vm, value, &vm.names.__annotate__, new),
    ),
];

/// Getter of `__dict__` for classes whose instances have one.
pub fn get_dict(vm: &Vm, value: &Value) -> PyResult {
    match vm.instance_dict(value) {
        Some(dict) => Ok(dict.into()),
        None => vm.raise_no_attribute(value, &vm.names.__dict__),
    }
}

/// Setter of `__dict__` of builtin classes.
pub fn set_dict(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "cannot delete __dict__") };
    let Some(dict) = new.downcast::<Dict>() else {
        return vm.raise_type_of("__dict__ must be set to a dictionary, not a '{}'", new);
    };
    vm.set_instance_dict(value, dict.clone());
    Ok(())
}

/// Whether an object says of itself that it is an abstract method.
pub fn is_abstract_method(vm: &Vm, value: &Value) -> PyResult<bool> {
    match vm.get_attr_opt(value, &vm.names.__isabstractmethod__)? {
        Some(flag) => vm.truth(&flag),
        None => Ok(false),
    }
}

fn class_getitem(vm: &Vm, args: Args<'_>) -> PyResult {
    crate::objects::generic_alias::class_getitem(vm, args)
}

pub static STATIC: TypeSpec = TypeSpec {
    name: "staticmethod",
    doc: "Converts a function to a static method, which gets no implicit first argument.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_DICT,
    new: Some(NativeFn::new("staticmethod", new_static_method)),
    init: Some(NativeFn::new("staticmethod", init)),
    class_methods: &[NativeFn::new("__class_getitem__($type, object, /)", class_getitem)],
    getset: GETSET,
    slots: Slots {
        repr: Some(|vm, value| Ok(format!("<staticmethod({})>", vm.repr_text(&wrapped(value))?).into())),
        call: Some(|vm, value, args| vm.call_args(&wrapped(value), args)),
        descr_get: Some(|_, value, _, _| Ok(wrapped(value))),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static CLASS: TypeSpec = TypeSpec {
    name: "classmethod",
    doc: "Converts a function to a class method, which gets the class as its first argument.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_DICT,
    new: Some(NativeFn::new("classmethod", new_class_method)),
    init: Some(NativeFn::new("classmethod", init)),
    class_methods: &[NativeFn::new("__class_getitem__($type, object, /)", class_getitem)],
    getset: GETSET,
    slots: Slots {
        repr: Some(|vm, value| Ok(format!("<classmethod({})>", vm.repr_text(&wrapped(value))?).into())),
        descr_get: Some(|vm, value, _, class| {
            let function = wrapped(value);
            Ok(crate::objects::function::BoundMethod::new(vm, function, class.to_value()).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
