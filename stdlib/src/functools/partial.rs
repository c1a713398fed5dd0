//! `partial`: a callable with some arguments given in advance; `Placeholder` keeps a positional place open.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, Type, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::function::BoundMethod;
use ouro_runtime::objects::generic_alias;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::objects::object::DICT_GETSET;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::protocol::sequence;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::read_only;

/// The class of the one `Placeholder`.
pub struct Placeholder;

impl Payload for Placeholder {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static PLACEHOLDER: TypeSpec = TypeSpec {
    name: "_PlaceholderType",
    module: "functools",
    doc: "The type of the Placeholder singleton.",
    flags: 0,
    new: Some(NativeFn::new("_PlaceholderType", |vm, args| {
        if args.len() > 1 || args.has_keywords() {
            return vm.raise(Exc::TypeError, "PlaceholderType takes no arguments");
        }
        vm.get_attr_named(args.value(0), "_instance")
    })),
    methods: &[NativeFn::new("__reduce__($self, /)", |_, _| Ok("Placeholder".into()))],
    slots: Slots { repr: Some(|_, _| Ok("Placeholder".into())), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Makes the one `Placeholder` and lets its class keep it.
pub fn make_placeholder(vm: &Vm) -> Value {
    let class = vm.class_of::<Placeholder>();
    let name = vm.intern("_instance");
    if let Some(made) = class.dict.get_str(&name) {
        return made;
    }
    let made: Value = heap::alloc(&class, Placeholder).into();
    drop(class.dict.insert_str(&name, made.clone()));
    made
}

fn is_placeholder(value: &Value) -> bool {
    value.downcast::<Placeholder>().is_some()
}

pub struct Partial {
    function: RefCell<Value>,
    args: RefCell<Gc<Tuple>>,
    keywords: RefCell<Gc<Dict>>,
    /// How many of `args` are placeholders.
    n_open: Cell<usize>,
}

impl Payload for Partial {
    ouro_runtime::trace_fields!(function, args, keywords; skip n_open);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "partial",
    module: "functools",
    doc: "Create a new function with partial application of the given arguments and keywords.",
    flags: type_flags::BASE_TYPE | type_flags::WITH_EXTRA | type_flags::HAS_DICT | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("partial!($type, func, /, *args, **keywords)", new)),
    methods: &[
        NativeFn::new("__reduce__($self, /)", reduce),
        NativeFn::new("__setstate__($self, object, /)", setstate),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    getset: &[
        GetSet {
            name: "func",
            doc: "function object to use in future partial calls",
            get: |_, value| Ok(this::<Partial>(value).function.borrow().clone()),
            set: Some(read_only),
        },
        GetSet {
            name: "args",
            doc: "tuple of arguments to future partial calls",
            get: |_, value| Ok(this::<Partial>(value).args.borrow().to_value()),
            set: Some(read_only),
        },
        GetSet {
            name: "keywords",
            doc: "dictionary of keyword arguments to future partial calls",
            get: |_, value| Ok(this::<Partial>(value).keywords.borrow().to_value()),
            set: Some(read_only),
        },
        DICT_GETSET,
    ],
    slots: Slots { repr: Some(repr), call: Some(call), descr_get: Some(BoundMethod::bind), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class: &Gc<Type> = args.value(0).downcast().expect("new gets a class");
    let Some((function, given)) = args.values[1..].split_first() else {
        return vm.raise(Exc::TypeError, "type 'partial' takes at least one argument");
    };
    if !vm.is_callable(function) {
        return vm.raise(Exc::TypeError, "the first argument must be callable");
    }
    if given.last().is_some_and(is_placeholder) {
        return vm.raise(Exc::TypeError, "trailing Placeholders are not allowed");
    }
    if args.kw_values.iter().any(is_placeholder) {
        return vm.raise(Exc::TypeError, "Placeholder cannot be passed as a keyword argument");
    }
    // A partial of a partial that has no attributes of its own is one of the inner function.
    let inner =
        function.downcast::<Partial>().filter(|_| same_call(vm, function) && attributes(function).is_none());
    let (function, bound, keywords) = match inner {
        None => (function.clone(), given.to_vec(), Dict::with_capacity(args.kw_names.len())),
        Some(inner) => {
            let bound = fill(&inner.args.borrow(), given);
            (inner.function.borrow().clone(), bound, inner.keywords.borrow().copy())
        }
    };
    for (name, value) in args.keywords() {
        drop(keywords.insert_str(name, value.clone()));
    }
    let n_open = bound.iter().filter(|value| is_placeholder(value)).count();
    let body = Partial {
        function: RefCell::new(function),
        args: RefCell::new(Tuple::new(bound)),
        keywords: RefCell::new(keywords),
        n_open: Cell::new(n_open),
    };
    Ok(heap::alloc_for(class, body).into())
}

/// Whether calling the partial does what `partial.__call__` does.
fn same_call(vm: &Vm, value: &Value) -> bool {
    match (vm.type_of(value).slots().call, vm.class_of::<Partial>().slots().call) {
        (Some(own), Some(plain)) => std::ptr::fn_addr_eq(own, plain),
        _ => false,
    }
}

/// The instance's `__dict__`, if it has been needed.
fn attributes(value: &Value) -> Option<Value> {
    value.header()?.extra()?.dict.borrow().clone()
}

/// `bound` with its open places filled from `given`, what is left of it behind.
fn fill(bound: &Gc<Tuple>, given: &[Value]) -> Vec<Value> {
    let mut rest = given.iter();
    let mut out = Vec::with_capacity(bound.len() + given.len());
    for value in bound.items() {
        let next = if is_placeholder(value) { rest.next().unwrap_or(value) } else { value };
        out.push(next.clone());
    }
    out.extend(rest.cloned());
    out
}

fn call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let partial = this::<Partial>(value);
    let n_open = partial.n_open.get();
    if args.len() < n_open {
        let message = format!(
            "missing positional arguments in 'partial' call; expected at least {n_open}, got {}",
            args.len()
        );
        return vm.raise(Exc::TypeError, message);
    }
    let function = partial.function.borrow().clone();
    let bound = partial.args.borrow().clone();
    let keywords = partial.keywords.borrow().clone();
    let values = if bound.is_empty() { args.values.to_vec() } else { fill(&bound, args.values) };
    if keywords.is_empty() {
        return vm.call_args(&function, Args { values: &values, ..args });
    }
    let mut names: Vec<Gc<Str>> = Vec::with_capacity(keywords.len() + args.kw_names.len());
    let mut kw_values: Vec<Value> = Vec::with_capacity(names.capacity());
    let mut position = 0;
    while let Some((next, name, value)) = keywords.next(position) {
        position = next;
        match name.downcast::<Str>() {
            Some(name) => names.push(name.clone()),
            None => return vm.raise(Exc::TypeError, "keywords must be strings"),
        }
        kw_values.push(value);
    }
    for (name, value) in args.keywords() {
        match names.iter().position(|known| known == name) {
            Some(at) => kw_values[at] = value.clone(),
            None => {
                names.push(name.clone());
                kw_values.push(value.clone());
            }
        }
    }
    vm.call_args(&function, Args::with_keywords(&values, &names, &kw_values))
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("...".into()) };
    let partial = this::<Partial>(value);
    let function = partial.function.borrow().clone();
    let (bound, keywords) = (partial.args.borrow().clone(), partial.keywords.borrow().clone());
    let mut out = format!("{}(", vm.type_of(value).qualified_name(vm)).into_bytes();
    out.extend_from_slice(vm.repr(&function)?.as_bytes());
    for value in bound.items() {
        out.extend_from_slice(b", ");
        out.extend_from_slice(vm.repr(value)?.as_bytes());
    }
    for (name, value) in keywords.snapshot() {
        out.extend_from_slice(b", ");
        out.extend_from_slice(vm.str(&name)?.as_bytes());
        out.push(b'=');
        out.extend_from_slice(vm.repr(&value)?.as_bytes());
    }
    out.push(b')');
    sequence::text(out)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let partial = this::<Partial>(value);
    let function = partial.function.borrow().clone();
    let attributes = attributes(value).unwrap_or(Value::NONE);
    let (bound, keywords) = (partial.args.borrow().to_value(), partial.keywords.borrow().to_value());
    let state = vm.tuple(&[function.clone(), bound, keywords, attributes]);
    Ok(vm.tuple(&[vm.type_of(value).to_value(), vm.tuple(&[function]), state]))
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let invalid = || vm.raise(Exc::TypeError, "invalid partial state");
    let Some(state) = args.value(1).downcast::<Tuple>() else { return invalid() };
    let [function, bound, keywords, attributes] = state.items() else { return invalid() };
    let Some(bound) = bound.downcast::<Tuple>().filter(|_| vm.is_callable(function)) else {
        return invalid();
    };
    if attributes.downcast::<Dict>().is_none() && !attributes.is_none() {
        return invalid();
    }
    let keywords = match keywords.downcast::<Dict>() {
        Some(dict) if keywords.downcast_exact::<Dict>().is_some() => dict.clone(),
        Some(dict) => dict.copy(),
        None if keywords.is_none() => Dict::new(),
        None => return invalid(),
    };
    if bound.items().last().is_some_and(is_placeholder) {
        return vm.raise(Exc::TypeError, "trailing Placeholders are not allowed");
    }
    let partial = this::<Partial>(value);
    partial.n_open.set(bound.items().iter().filter(|value| is_placeholder(value)).count());
    let _old = partial.function.replace(function.clone());
    let exact =
        args.value(1).downcast::<Tuple>().and_then(|state| state.items()[1].downcast_exact::<Tuple>());
    let _old = partial.args.replace(exact.cloned().unwrap_or_else(|| Tuple::from_slice(bound.items())));
    let _old = partial.keywords.replace(keywords);
    vm.set_instance_dict(value, attributes.downcast::<Dict>().cloned().unwrap_or_else(Dict::new));
    Ok(Value::NONE)
}
