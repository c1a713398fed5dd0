//! `weakref.ref`, `weakref.proxy` and the functions of `_weakref`.

use crate::class::descriptors::read_only;
use crate::class::{BinaryOp, CompareOp, Slots, Type, TypeSpec, type_flags};
use crate::heap::weak::WeakRef;
use crate::heap::{self, Gc};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

fn this(value: &Value) -> &Gc<WeakRef> {
    value.downcast().expect("slots see instances of their class")
}

/// The header to attach to.
///
/// # Errors
/// TypeError if the class does not support weak references.
fn referable<'a>(vm: &Vm, target: &'a Value) -> PyResult<&'a heap::Header> {
    match target.header().filter(|_| vm.type_of(target).has_flag(type_flags::HAS_WEAKREF)) {
        Some(header) => Ok(header),
        None => vm.raise_type_of("cannot create weak reference to '{}' object", target),
    }
}

/// `weakref.ref(target)`: the one there is already, or a new one.
pub fn new_reference(vm: &Vm, target: &Value) -> PyResult<Gc<WeakRef>> {
    let header = referable(vm, target)?;
    let shared = vm.heap.weak.references(header).into_iter().find(|reference| {
        reference.header().ty().is(vm.types.weakref_ref()) && reference.callback().is_none()
    });
    Ok(shared.unwrap_or_else(|| {
        let reference = heap::alloc(vm.types.weakref_ref(), WeakRef::new(None));
        vm.heap.weak.attach(&reference, header);
        reference
    }))
}

pub static REFERENCE: TypeSpec = TypeSpec {
    name: "ReferenceType",
    module: "weakref",
    flags: type_flags::BASE_TYPE,
    new: Some(NativeFn::new("__new__", |vm, args| {
        let class: &Gc<Type> = args.value(0).downcast().expect("__new__ is called with a class");
        // Subclasses may take more, in their `__init__`.
        let given = args.len() - 1;
        crate::native::binding::check_positional_count(vm, "__new__", given, 1, 2)?;
        if args.has_keywords() && class.is(vm.types.weakref_ref()) {
            return vm.raise(Exc::TypeError, "ref() takes no keyword arguments");
        }
        let target = args.value(1);
        let callback = args.get_not_none(2).cloned();
        if callback.is_none() && class.is(vm.types.weakref_ref()) {
            return new_reference(vm, target).map(Value::from);
        }
        let header = referable(vm, target)?;
        let reference = heap::alloc_for(class, WeakRef::new(callback));
        vm.heap.weak.attach(&reference, header);
        Ok(reference.into())
    })),
    init: Some(NativeFn::new("__init__", |vm, args| {
        args.no_keywords(vm, "ref")?;
        crate::native::binding::check_positional_count(vm, "__init__", args.len() - 1, 1, 2)?;
        Ok(Value::NONE)
    })),
    class_methods: &[NativeFn::new(
        "__class_getitem__($type, object, /)",
        crate::objects::generic_alias::class_getitem,
    )
    .doc("See PEP 585")],
    getset: &[GetSet::new(
        "__callback__",
        |_, value| Ok(this(value).callback().unwrap_or(Value::NONE)),
        read_only,
    )],
    slots: Slots {
        repr: Some(repr),
        call: Some(|vm, value, args| {
            args.no_keywords(vm, "weakref")?;
            crate::native::binding::check_positional_count(vm, "weakref", args.len(), 0, 0)?;
            Ok(this(value).target().unwrap_or(Value::NONE))
        }),
        hash: Some(|vm, value| {
            let reference = this(value);
            if let Some(hash) = reference.hash.get() {
                return Ok(hash);
            }
            let Some(target) = reference.target() else {
                return vm.raise(Exc::TypeError, "weak object has gone away");
            };
            let hash = vm.hash(&target)?;
            reference.hash.set(Some(hash));
            Ok(hash)
        }),
        compare: Some(|vm, a, b, op| {
            let (Some(a), Some(b)) = (a.downcast::<WeakRef>(), b.downcast::<WeakRef>()) else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
                return Ok(Value::NOT_IMPLEMENTED);
            }
            match (a.target(), b.target()) {
                (Some(a), Some(b)) => vm.compare(&a, &b, op),
                _ => Ok(crate::class::descriptors::equality(op, a.is(b))),
            }
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let address = value.id();
    let Some(target) = this(value).target() else {
        return Ok(format!("<weakref at {address:#x}; dead>").into());
    };
    let (class, id) = (vm.type_name(&target), target.id());
    let name = vm.get_attr_opt(&target, &vm.names.__name__)?;
    Ok(match name.as_ref().and_then(|name| name.downcast::<Str>()) {
        Some(name) => format!("<weakref at {address:#x}; to '{class}' at {id:#x} ({name})>"),
        None => format!("<weakref at {address:#x}; to '{class}' at {id:#x}>"),
    }
    .into())
}

// --- proxies: weak references too, that forward to the object while it lives

/// The object behind a proxy; other values stand for themselves.
///
/// # Errors
/// ReferenceError once it is gone.
fn unwrap(vm: &Vm, value: &Value) -> PyResult {
    let class = vm.type_of(value);
    if !class.is(vm.types.weakref_proxy()) && !class.is(vm.types.weakref_callable_proxy()) {
        return Ok(value.clone());
    }
    match this(value).target() {
        Some(target) => Ok(target),
        None => vm.raise(Exc::ReferenceError, "weakly-referenced object no longer exists"),
    }
}

macro_rules! forward_binary {
    ($($op:ident),*) => {[$(
        |vm, a, b| vm.binary(BinaryOp::$op, &unwrap(vm, a)?, &unwrap(vm, b)?)
    ),*]};
}

macro_rules! forward_inplace {
    ($($op:ident),*) => {[$(
        |vm, a, b| vm.inplace(BinaryOp::$op, &unwrap(vm, a)?, &unwrap(vm, b)?)
    ),*]};
}

const fn some(
    functions: [crate::class::BinaryFn; crate::class::N_BINARY],
) -> [Option<crate::class::BinaryFn>; crate::class::N_BINARY] {
    let mut out = [None; crate::class::N_BINARY];
    let mut at = 0;
    while at < out.len() {
        out[at] = Some(functions[at]);
        at += 1;
    }
    out
}

const PROXY_SLOTS: Slots = Slots {
    repr: Some(|vm, value| {
        let address = value.id();
        Ok(match this(value).target() {
            Some(target) => {
                let (class, id) = (vm.type_name(&target), target.id());
                format!("<weakproxy at {address:#x}; to '{class}' at {id:#x}>")
            }
            None => format!("<weakproxy at {address:#x}; dead>"),
        }
        .into())
    }),
    str: Some(|vm, value| vm.str(&unwrap(vm, value)?).map(Value::from)),
    hash: Some(crate::class::special::unhashable),
    compare: Some(|vm, a, b, op| vm.compare(&unwrap(vm, a)?, &unwrap(vm, b)?, op)),
    get_attr: Some(|vm, value, name| vm.get_attr(&unwrap(vm, value)?, name)),
    set_attr: Some(|vm, value, name, new| vm.set_attr(&unwrap(vm, value)?, name, new)),
    iter: Some(|vm, value| vm.iter(&unwrap(vm, value)?)),
    next: Some(|vm, value| {
        let target = unwrap(vm, value)?;
        if vm.type_of(&target).slots().next.is_none() {
            return vm.raise_type_of("Weakref proxy referenced a non-iterator '{}' object", &target);
        }
        vm.next(&target)
    }),
    len: Some(|vm, value| vm.len(&unwrap(vm, value)?)),
    get_item: Some(|vm, value, key| vm.get_item(&unwrap(vm, value)?, &unwrap(vm, key)?)),
    set_item: Some(|vm, value, key, new| {
        let target = unwrap(vm, value)?;
        match new {
            Some(new) => vm.set_item(&target, key, new),
            None => vm.del_item(&target, key),
        }
    }),
    contains: Some(|vm, value, item| vm.contains(&unwrap(vm, value)?, item)),
    bool: Some(|vm, value| vm.truth(&unwrap(vm, value)?)),
    neg: Some(|vm, value| vm.negative(&unwrap(vm, value)?)),
    pos: Some(|vm, value| vm.positive(&unwrap(vm, value)?)),
    abs: Some(|vm, value| vm.absolute(&unwrap(vm, value)?)),
    invert: Some(|vm, value| vm.invert(&unwrap(vm, value)?)),
    int: Some(|vm, value| vm.call(vm.types.int().as_value(), &[unwrap(vm, value)?])),
    float: Some(|vm, value| vm.call(vm.types.float().as_value(), &[unwrap(vm, value)?])),
    index: Some(|vm, value| vm.index(&unwrap(vm, value)?)),
    pow: Some(|vm, a, b, modulus| vm.power(&unwrap(vm, a)?, &unwrap(vm, b)?, &unwrap(vm, modulus)?)),
    binary: some(forward_binary!(
        Add, Sub, Mul, TrueDiv, FloorDiv, Mod, DivMod, Pow, MatMul, LShift, RShift, And, Or, Xor
    )),
    inplace: some(forward_inplace!(
        Add, Sub, Mul, TrueDiv, FloorDiv, Mod, DivMod, Pow, MatMul, LShift, RShift, And, Or, Xor
    )),
    ..Slots::NONE
};

const PROXY_METHODS: &[NativeFn] = &[
    NativeFn::new("__bytes__($self, /)", |vm, args| {
        vm.call_method(&unwrap(vm, args.value(0))?, &vm.names.__bytes__, &[])
    }),
    NativeFn::new("__reversed__($self, /)", |vm, args| {
        vm.call_method(&unwrap(vm, args.value(0))?, &vm.names.__reversed__, &[])
    }),
];

pub static PROXY: TypeSpec = TypeSpec {
    name: "ProxyType",
    module: "weakref",
    flags: type_flags::NO_NEW,
    methods: PROXY_METHODS,
    slots: PROXY_SLOTS,
    ..TypeSpec::DEFAULT
};

pub static CALLABLE_PROXY: TypeSpec = TypeSpec {
    name: "CallableProxyType",
    module: "weakref",
    flags: type_flags::NO_NEW,
    methods: PROXY_METHODS,
    slots: Slots { call: Some(|vm, value, args| vm.call_args(&unwrap(vm, value)?, args)), ..PROXY_SLOTS },
    ..TypeSpec::DEFAULT
};

/// `weakref.proxy(object, callback=None)`.
fn proxy(vm: &Vm, args: Args<'_>) -> PyResult {
    let target = args.value(0);
    let header = referable(vm, target)?;
    let callback = args.get_not_none(1).cloned();
    let callable = vm.is_callable(target);
    let class = if callable { vm.types.weakref_callable_proxy() } else { vm.types.weakref_proxy() };
    if callback.is_none() {
        let shared = vm.heap.weak.references(header).into_iter();
        let shared = shared.rev().find(|found| found.header().ty().is(class) && found.callback().is_none());
        if let Some(shared) = shared {
            return Ok(shared.into());
        }
    }
    let made = heap::alloc(class, WeakRef::new(callback));
    vm.heap.weak.attach(&made, header);
    Ok(made.into())
}

fn references(vm: &Vm, value: &Value) -> Vec<Gc<WeakRef>> {
    match value.header().filter(|_| vm.type_of(value).has_flag(type_flags::HAS_WEAKREF)) {
        Some(header) => vm.heap.weak.references(header),
        None => Vec::new(),
    }
}

/// The functions of the module `_weakref`.
pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("getweakrefcount(object, /)", |vm, args| Ok(references(vm, args.value(0)).len().into()))
        .doc("Return the number of weak references to 'object'."),
    NativeFn::new("getweakrefs(object, /)", |vm, args| {
        let mut found = references(vm, args.value(0));
        found.reverse();
        // The reference without a callback that all share comes first, then the proxy of that kind.
        let place = |reference: &Gc<WeakRef>| match reference.callback() {
            None if reference.header().ty().is(vm.types.weakref_ref()) => 0,
            None if !reference.header().ty().is_heap_type() => 1,
            _ => 2,
        };
        found.sort_by_key(place);
        Ok(List::new(found.iter().map(Value::from).collect()).into())
    })
    .doc("Return a list of all weak reference objects pointing to 'object'."),
    NativeFn::new("proxy(object, callback=None, /)", proxy)
        .doc("Create a proxy object that weakly references 'object'."),
    NativeFn::new("_remove_dead_weakref(dct, key, /)", |vm, args| {
        let dict = match args.value(0).downcast::<crate::objects::dict::Dict>() {
            Some(dict) => dict,
            None => {
                return vm
                    .raise_type_of("_remove_dead_weakref() argument 1 must be dict, not {}", args.value(0));
            }
        };
        let found = dict.get(vm, args.value(1))?;
        if found.is_some_and(|found| found.downcast::<WeakRef>().is_some_and(|found| !found.is_alive())) {
            dict.remove(vm, args.value(1))?;
        }
        Ok(Value::NONE)
    })
    .doc("Atomically remove key from dict if it points to a dead weakref."),
];
