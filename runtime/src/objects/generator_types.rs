//! The classes `generator` and `coroutine`: their methods and attributes.

use super::generator::{Generator, RareState, State};
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Payload};
use crate::objects::exception::Exception;
use crate::objects::str::Str;
use crate::vm::generator::{Outcome, Wake};
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// What `coroutine.__await__()` gives: the coroutine as an iterator.
pub struct CoroutineWrapper {
    coroutine: Gc<Generator>,
}

impl Payload for CoroutineWrapper {
    crate::trace_fields!(coroutine);
}

pub static GENERATOR: TypeSpec = TypeSpec {
    name: "generator",
    flags: type_flags::HAS_WEAKREF | type_flags::NO_NEW,
    methods: &[
        NativeFn::new("send($self, arg, /)", send).doc("send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration."),
        NativeFn::new("throw", throw).doc("throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration."),
        NativeFn::new("close($self, /)", close).doc("close() -> raise GeneratorExit inside generator."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", super::generic_alias::class_getitem)],
    getset: &[
        GetSet::new("__name__", get_name, set_name).doc("name of the generator"),
        GetSet::new("__qualname__", get_qualname, set_qualname).doc("qualified name of the generator"),
        GetSet::read_only("gi_yieldfrom", get_delegate).doc("object being iterated by yield from, or None"),
        GetSet::read_only("gi_running", |vm, value| Ok(vm.is_executing(this(value)).into())),
        GetSet::read_only("gi_frame", get_frame),
        GetSet::read_only("gi_suspended", is_suspended),
        GetSet::read_only("gi_code", get_code),
    ],
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next), repr: Some(repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static COROUTINE: TypeSpec = TypeSpec {
    name: "coroutine",
    flags: type_flags::HAS_WEAKREF | type_flags::NO_NEW,
    methods: &[
        NativeFn::new("send($self, arg, /)", send).doc("send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration."),
        NativeFn::new("throw", throw).doc("throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration."),
        NativeFn::new("close($self, /)", close).doc("close() -> raise GeneratorExit inside coroutine."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", super::generic_alias::class_getitem)],
    getset: &[
        GetSet::new("__name__", get_name, set_name).doc("name of the coroutine"),
        GetSet::new("__qualname__", get_qualname, set_qualname).doc("qualified name of the coroutine"),
        GetSet::read_only("cr_await", get_delegate).doc("object being awaited on, or None"),
        GetSet::read_only("cr_running", |vm, value| Ok(vm.is_executing(this(value)).into())),
        GetSet::read_only("cr_frame", get_frame),
        GetSet::read_only("cr_code", get_code),
        GetSet::new("cr_origin", |_, value| {
            let rare = this(value).rare.borrow();
            Ok(rare.as_ref().and_then(|rare| rare.origin.clone()).unwrap_or(Value::NONE))
        }, crate::objects::slice::read_only),
        GetSet::read_only("cr_suspended", is_suspended),
    ],
    slots: Slots { await_: Some(await_), repr: Some(repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static COROUTINE_WRAPPER: TypeSpec = TypeSpec {
    name: "coroutine_wrapper",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("send($self, arg, /)", |vm, args| {
            let coroutine = args.this::<CoroutineWrapper>().coroutine.clone();
            send_value(vm, &coroutine, args.value(1).clone())
        }),
        NativeFn::new("throw", |vm, args| {
            let coroutine = args.this::<CoroutineWrapper>().coroutine.to_value();
            let values: Vec<Value> =
                std::iter::once(coroutine).chain(args.values[1..].iter().cloned()).collect();
            throw(vm, Args { values: &values, ..args })
        }),
        NativeFn::new("close($self, /)", |vm, args| {
            vm.close_generator(&args.this::<CoroutineWrapper>().coroutine.clone()).map(|_| Value::NONE)
        }),
    ],
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|vm, value| {
            let wrapper = value.downcast::<CoroutineWrapper>().expect("slots see instances of their class");
            next_of(vm, &wrapper.coroutine.clone())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub(super) fn this(value: &Value) -> &Gc<Generator> {
    value.downcast().expect("slots and attributes see instances of their class")
}

fn await_(vm: &Vm, value: &Value) -> PyResult {
    let wrapper = CoroutineWrapper { coroutine: this(value).clone() };
    Ok(heap::alloc(vm.types.coroutine_wrapper(), wrapper).into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    next_of(vm, &this(value).clone())
}

fn next_of(vm: &Vm, generator: &Gc<Generator>) -> PyResult<Option<Value>> {
    refuse_reuse(vm, generator)?;
    match vm.resume(generator, Wake::Send(Value::NONE))? {
        Outcome::Yielded(value) => Ok(Some(value)),
        Outcome::Returned(value) => {
            vm.set_stop_value(value);
            Ok(None)
        }
    }
}

/// A finished coroutine cannot be driven again; a finished generator is merely empty.
fn refuse_reuse(vm: &Vm, generator: &Generator) -> PyResult<()> {
    if generator.kind == super::code::CallKind::Coroutine && generator.is_finished() {
        return vm.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine");
    }
    Ok(())
}

fn send(vm: &Vm, args: Args<'_>) -> PyResult {
    send_value(vm, args.this::<Generator>(), args.value(1).clone())
}

fn send_value(vm: &Vm, generator: &Gc<Generator>, value: Value) -> PyResult {
    refuse_reuse(vm, generator)?;
    finish(vm, vm.resume(generator, Wake::Send(value)))
}

/// The outcome as `send` and `throw` give it: a return is StopIteration.
fn finish(vm: &Vm, outcome: PyResult<Outcome>) -> PyResult {
    match outcome? {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => vm.raise_stop_iteration(value),
    }
}

fn throw(vm: &Vm, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "throw")?;
    let Some(receiver) = args.values.first().and_then(|value| value.downcast::<Generator>()) else {
        return vm.raise(Exc::TypeError, "unbound method generator.throw() needs an argument");
    };
    super::super::native::binding::check_positional_count(vm, "throw", args.values.len() - 1, 1, 3)?;
    if args.values.len() > 2 {
        let message =
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
        vm.warn(Exc::DeprecationWarning, message, 1)?;
    }
    let exception = thrown(vm, &args.values[1], args.values.get(2), args.values.get(3))?;
    refuse_reuse(vm, receiver)?;
    finish(vm, vm.throw(&receiver.clone(), exception))
}

/// The exception that `throw(type_or_value, value, traceback)` means.
pub fn thrown(
    vm: &Vm,
    kind: &Value,
    value: Option<&Value>,
    traceback: Option<&Value>,
) -> PyResult<Gc<Exception>> {
    let value = value.filter(|value| !value.is_none());
    if let Some(traceback) = traceback.filter(|traceback| !traceback.is_none()) {
        if traceback.downcast::<crate::vm::unwind::Traceback>().is_none() {
            return vm.raise(Exc::TypeError, "throw() third argument must be a traceback object");
        }
    }
    let exception = match (kind.downcast::<Exception>(), kind.downcast::<Type>(), value) {
        (Some(exception), _, None) => exception.clone(),
        (Some(_), _, Some(_)) => {
            return vm.raise(Exc::TypeError, "instance exception may not have a separate value");
        }
        (None, Some(class), _) if class.is_subclass(vm.types.exception(Exc::BaseException)) => match value {
            Some(value) if vm.is_instance_of(value, class) => vm.exception_from(value, "")?,
            Some(value) => {
                let args = value.downcast::<crate::objects::tuple::Tuple>().map(|args| args.items().to_vec());
                let made = vm.call(kind, &args.unwrap_or_else(|| vec![value.clone()]))?;
                vm.exception_from(&made, "exceptions must derive from BaseException")?
            }
            None => vm.exception_from(kind, "exceptions must derive from BaseException")?,
        },
        _ => {
            return vm.raise_type_of(
                "exceptions must be classes or instances deriving from BaseException, not {}",
                kind,
            );
        }
    };
    if let Some(traceback) = traceback.filter(|traceback| !traceback.is_none()) {
        let _old = exception.traceback.replace(Some(traceback.clone()));
    }
    Ok(exception)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.close_generator(&args.this::<Generator>().clone())
}

pub(super) fn repr(_vm: &Vm, value: &Value) -> PyResult {
    let generator = this(value);
    let kind = match generator.kind {
        super::code::CallKind::Coroutine => "coroutine",
        super::code::CallKind::AsyncGenerator => "async_generator",
        _ => "generator",
    };
    Ok(format!("<{kind} object {} at {:#x}>", qualname(generator), value.id()).into())
}

/// `__qualname__` as text.
pub fn qualname(generator: &Generator) -> String {
    let name = generator.qualname(Vm::current());
    name.downcast::<Str>().map(|name| name.to_string()).unwrap_or_default()
}

pub(super) fn get_name(vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).name(vm))
}

pub(super) fn get_qualname(vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).qualname(vm))
}

fn set_text(
    vm: &Vm,
    value: &Value,
    new: Option<&Value>,
    what: &str,
    set: fn(&mut RareState, Value),
) -> PyResult<()> {
    match new.filter(|new| new.downcast::<Str>().is_some()) {
        Some(new) => {
            this(value).rare_mut(|rare| set(rare, new.clone()));
            Ok(())
        }
        None => vm.raise(Exc::TypeError, format!("{what} must be set to a string object")),
    }
}

pub(super) fn set_name(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    set_text(vm, value, new, "__name__", |rare, new| rare.name = Some(new))
}

pub(super) fn set_qualname(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    set_text(vm, value, new, "__qualname__", |rare, new| rare.qualname = Some(new))
}

pub(super) fn get_delegate(vm: &Vm, value: &Value) -> PyResult {
    let generator = this(value);
    if vm.is_executing(generator) {
        return Ok(Value::NONE);
    }
    let delegate = vm.delegate_of(generator).unwrap_or(Value::NONE);
    // A future that the VM awaits itself shows as the iterator it would have been asked for.
    if crate::tasks::future::core_of(&delegate).is_some() {
        return crate::tasks::future_type::future_await(vm, &delegate);
    }
    Ok(delegate)
}

pub(super) fn get_frame(vm: &Vm, value: &Value) -> PyResult {
    let generator = this(value);
    if generator.is_finished() {
        return Ok(Value::NONE);
    }
    Ok(vm.frame_object(generator.frame()).into())
}

pub(super) fn get_code(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).code().into())
}

pub(super) fn is_suspended(vm: &Vm, value: &Value) -> PyResult {
    let generator = this(value);
    let started = matches!(generator.state.get(), State::Suspended | State::Running);
    Ok((started && !vm.is_executing(generator)).into())
}
