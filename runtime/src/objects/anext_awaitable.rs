//! `anext_awaitable`: what `anext(iterator, default)` gives: awaits the next item, and ends with the default where the iterator does.

use ouro_lang::code::flags;

use crate::class::{Slots, TypeSpec, type_flags};
use crate::heap::{self, Payload};
use crate::native::NativeFn;
use crate::objects::code::CallKind;
use crate::objects::generator::Generator;
use crate::{Args, Exc, Gc, PyResult, Value, Vm};

pub struct AnextAwaitable {
    /// What `__anext__` gave.
    awaitable: Value,
    default: Value,
}

impl Payload for AnextAwaitable {
    crate::trace_fields!(awaitable, default);
}

pub fn new(vm: &Vm, awaitable: Value, default: Value) -> Value {
    heap::alloc(vm.types.anext_awaitable(), AnextAwaitable { awaitable, default }).into()
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "anext_awaitable",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("send($self, value, /)", |vm, args| forward(vm, args, "send"))
            .doc("send(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value or raise StopIteration."),
        NativeFn::new("throw", |vm, args| forward(vm, args, "throw"))
            .doc("throw(value)\nthrow(typ[,val[,tb]])\n\nraise exception in the wrapped iterator, return next yielded value\nor raise StopIteration."),
        NativeFn::new("close($self, /)", |vm, args| forward(vm, args, "close"))
            .doc("close() -> raise GeneratorExit inside generator."),
    ],
    slots: Slots {
        await_: Some(|_, value| Ok(value.clone())),
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(next),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<AnextAwaitable> {
    value.downcast().expect("slots see instances of their class")
}

/// The iterator that drives what is awaited. Asked for at every step: what async generators give returns itself.
fn driver(vm: &Vm, this: &AnextAwaitable) -> PyResult {
    let awaits = |generator: &Gc<Generator>| {
        generator.kind == CallKind::Coroutine || generator.code().has_flag(flags::ITERABLE_COROUTINE)
    };
    if this.awaitable.downcast::<Generator>().is_some_and(awaits) {
        // A coroutine is driven by its own methods.
        return Ok(this.awaitable.clone());
    }
    vm.awaitable_iterator(&this.awaitable, 0)
}

/// The end of the iterator is the default's return.
fn or_default(vm: &Vm, this: &AnextAwaitable, result: PyResult) -> PyResult {
    match vm.catch(result, Exc::StopAsyncIteration)? {
        Some(value) => Ok(value),
        None => vm.raise_stop_iteration(this.default.clone()),
    }
}

fn forward(vm: &Vm, args: Args<'_>, method: &str) -> PyResult {
    let this = this(args.value(0));
    let driver = driver(vm, this)?;
    let result = vm.call_method_named(&driver, method, &args.values[1..]);
    or_default(vm, this, result)
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let this = this(value);
    let driver = driver(vm, this)?;
    let result = vm.call_method(&driver, &vm.names.send, &[Value::NONE]);
    or_default(vm, this, result).map(Some)
}
