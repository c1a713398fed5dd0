//! `async_generator`, and the awaitables that drive it: `async_generator_asend`, `async_generator_athrow`.
//!
//! A generator's frame runs in the same way for all kinds. What its `yield` hands out travels wrapped if it goes through native code,
//! so that it is told from what its awaits hand out. A coroutine that awaits a fresh `asend()` or `athrow()` goes another way, see
//! `vm/async_generator.rs`; the functions here are for those who drive these objects by hand.

use std::cell::Cell;

use super::generator::{Generator, async_flags};
use super::generator_types::{
    self, get_code, get_delegate, get_frame, get_name, get_qualname, is_suspended, set_name, set_qualname,
    thrown,
};
use crate::class::{Slots, TypeSpec, type_flags};
use crate::heap::{self, Payload, Visitor};
use crate::native::binding::check_positional_count;
use crate::objects::exception::Exception;
use crate::vm::generator::{Outcome, Wake};
use crate::vm::hooks::Hooks;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Raised, Value, Vm};

/// A value yielded by an async generator.
pub struct WrappedValue {
    pub value: Value,
}

impl Payload for WrappedValue {
    crate::trace_fields!(value);
}

pub fn wrap(vm: &Vm, value: Value) -> Value {
    heap::alloc(vm.types.async_generator_wrapped(), WrappedValue { value }).into()
}

/// What an [`AsyncStep`] does to its generator when first driven.
pub enum Mode {
    Send(Value),
    /// The arguments of `athrow`.
    Throw(Vec<Value>),
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Not driven yet.
    Init,
    /// Under way: the generator waits for something.
    Iter,
    Closed,
}

/// What `asend`, `__anext__`, `athrow` and `aclose` give: the way to the generator's next yield.
pub struct AsyncStep {
    pub generator: Gc<Generator>,
    pub mode: Mode,
    pub state: Cell<StepState>,
}

impl Payload for AsyncStep {
    fn trace(&self, visit: Visitor<'_>) {
        visit(self.generator.as_value());
        match &self.mode {
            Mode::Send(value) => visit(value),
            Mode::Throw(values) => values.iter().for_each(visit),
            Mode::Close => {}
        }
    }
}

pub static ASYNC_GENERATOR: TypeSpec = TypeSpec {
    name: "async_generator",
    flags: type_flags::HAS_WEAKREF | type_flags::NO_NEW,
    methods: &[
        NativeFn::new("asend($self, value, /)", |vm, args| {
            step(vm, args.this::<Generator>(), Mode::Send(args.value(1).clone()))
        })
        .doc("asend(v) -> send 'v' in generator."),
        NativeFn::new("athrow", athrow).doc(
            "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator.\nthe (type, val, tb) signature is \
             deprecated, \nand may be removed in a future version of Python.",
        ),
        NativeFn::new("aclose($self, /)", |vm, args| step(vm, args.this::<Generator>(), Mode::Close))
            .doc("aclose() -> raise GeneratorExit inside generator."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", super::generic_alias::class_getitem)],
    getset: &[
        GetSet::new("__name__", get_name, set_name).doc("name of the async generator"),
        GetSet::new("__qualname__", get_qualname, set_qualname).doc("qualified name of the async generator"),
        GetSet::read_only("ag_await", get_delegate).doc("object being awaited on, or None"),
        GetSet::new("ag_running", |_, value| {
            Ok(generator_types::this(value).has_async_flag(async_flags::RUNNING).into())
        }, crate::objects::slice::read_only),
        GetSet::read_only("ag_frame", get_frame),
        GetSet::read_only("ag_code", get_code),
        GetSet::read_only("ag_suspended", is_suspended),
    ],
    slots: Slots {
        aiter: Some(|_, value| Ok(value.clone())),
        anext: Some(|vm, value| step(vm, generator_types::this(value), Mode::Send(Value::NONE))),
        repr: Some(generator_types::repr),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static ASEND: TypeSpec = TypeSpec {
    name: "async_generator_asend",
    flags: type_flags::NO_NEW,
    methods: STEP_METHODS,
    slots: STEP_SLOTS,
    ..TypeSpec::DEFAULT
};

pub static ATHROW: TypeSpec = TypeSpec {
    name: "async_generator_athrow",
    flags: type_flags::NO_NEW,
    methods: STEP_METHODS,
    slots: STEP_SLOTS,
    ..TypeSpec::DEFAULT
};

pub static WRAPPED: TypeSpec =
    TypeSpec { name: "async_generator_wrapped_value", flags: type_flags::NO_NEW, ..TypeSpec::DEFAULT };

const STEP_METHODS: &[NativeFn] = &[
    NativeFn::new("send($self, arg, /)", |vm, args| {
        let step = args.this::<AsyncStep>().clone();
        finish(vm, step.send(vm, args.value(1).clone()))
    })
    .doc("send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration."),
    NativeFn::new("throw", throw).doc(
        "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or \
         raise\nStopIteration.",
    ),
    NativeFn::new("close($self, /)", close).doc("close() -> raise GeneratorExit inside generator."),
];

const STEP_SLOTS: Slots = Slots {
    await_: Some(|_, value| Ok(value.clone())),
    iter: Some(|_, value| Ok(value.clone())),
    next: Some(|vm, value| {
        let step = this(value).clone();
        match step.send(vm, Value::NONE)? {
            Outcome::Yielded(value) => Ok(Some(value)),
            Outcome::Returned(value) => {
                vm.set_stop_value(value);
                Ok(None)
            }
        }
    }),
    finalize: Some(finalize),
    ..Slots::NONE
};

fn this(value: &Value) -> &Gc<AsyncStep> {
    value.downcast().expect("slots see instances of their class")
}

/// A new awaitable; the loop's hooks hear of a generator that is driven for the first time.
fn step(vm: &Vm, generator: &Gc<Generator>, mode: Mode) -> PyResult {
    init_hooks(vm, generator)?;
    let class = match mode {
        Mode::Send(_) => vm.types.async_generator_asend(),
        Mode::Throw(_) | Mode::Close => vm.types.async_generator_athrow(),
    };
    let body = AsyncStep { generator: generator.clone(), mode, state: Cell::new(StepState::Init) };
    let step = heap::alloc(class, body);
    step.header().set_wants_finalizer(true);
    Ok(step.into())
}

fn init_hooks(vm: &Vm, generator: &Gc<Generator>) -> PyResult<()> {
    if generator.has_async_flag(async_flags::HOOKS_INITED) {
        return Ok(());
    }
    generator.set_async_flag(async_flags::HOOKS_INITED, true);
    let hooks = vm.state::<Hooks>();
    let finalizer = hooks.finalizer.borrow().clone();
    if let Some(finalizer) = finalizer {
        generator.rare_mut(|rare| rare.finalizer = Some(finalizer));
        generator.header().set_wants_finalizer(true);
    }
    let first_iteration = hooks.first_iteration.borrow().clone();
    if let Some(hook) = first_iteration {
        vm.call(&hook, &[generator.to_value()])?;
    }
    Ok(())
}

fn athrow(vm: &Vm, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "athrow")?;
    let Some(generator) = args.values.first().and_then(|value| value.downcast::<Generator>()) else {
        return vm.raise(Exc::TypeError, "unbound method async_generator.athrow() needs an argument");
    };
    if args.values.len() > 2 {
        let message =
            "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.";
        vm.warn(Exc::DeprecationWarning, message, 1)?;
    }
    step(vm, generator, Mode::Throw(args.values[1..].to_vec()))
}

/// The exception that `athrow(type_or_value, value, traceback)` means.
pub fn thrown_by_athrow(vm: &Vm, arguments: &[Value]) -> PyResult<Gc<Exception>> {
    check_positional_count(vm, "athrow", arguments.len(), 1, 3)?;
    thrown(vm, &arguments[0], arguments.get(1), arguments.get(2))
}

fn finish(vm: &Vm, outcome: PyResult<Outcome>) -> PyResult {
    match outcome? {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => vm.raise_stop_iteration(value),
    }
}

impl AsyncStep {
    /// The word for the step in "... is already running".
    fn verb(&self) -> &'static str {
        match self.mode {
            Mode::Send(_) => "anext",
            Mode::Throw(_) => "athrow",
            Mode::Close => "aclose",
        }
    }

    fn is_close(&self) -> bool {
        matches!(self.mode, Mode::Close)
    }

    /// The step begins or goes on.
    pub fn enter(&self) {
        self.state.set(StepState::Iter);
        self.generator.set_async_flag(async_flags::RUNNING, true);
        // A step that was begun needs no warning any more.
        self.header().set_wants_finalizer(false);
    }

    /// The step is over: the generator yielded, ended or raised.
    pub fn leave(&self) {
        self.state.set(StepState::Closed);
        self.generator.set_async_flag(async_flags::RUNNING, false);
    }

    /// The step of a generator that was resumed without one.
    pub(crate) fn under_way(vm: &Vm, generator: Gc<Generator>) -> Value {
        let body = AsyncStep { generator, mode: Mode::Send(Value::NONE), state: Cell::new(StepState::Iter) };
        let step = heap::alloc(vm.types.async_generator_asend(), body);
        step.header().set_wants_finalizer(false);
        step.into()
    }

    fn refuse_reuse(&self, vm: &Vm) -> PyResult<()> {
        if self.state.get() != StepState::Closed {
            return Ok(());
        }
        let calls =
            if matches!(self.mode, Mode::Send(_)) { "__anext__()/asend()" } else { "aclose()/athrow()" };
        vm.raise(Exc::RuntimeError, format!("cannot reuse already awaited {calls}"))
    }

    fn refuse_running(&self, vm: &Vm) -> PyResult<()> {
        if !self.generator.has_async_flag(async_flags::RUNNING) {
            return Ok(());
        }
        self.abandon();
        vm.raise(Exc::RuntimeError, format!("{}(): asynchronous generator is already running", self.verb()))
    }

    /// Closed without the generator having been touched.
    fn abandon(&self) {
        self.state.set(StepState::Closed);
        self.header().set_wants_finalizer(false);
    }

    /// Drives the step: what the generator waits for next, or (returned) what it yielded.
    pub(crate) fn send(&self, vm: &Vm, argument: Value) -> PyResult<Outcome> {
        self.refuse_reuse(vm)?;
        let is_first = self.state.get() == StepState::Init;
        let generator = self.generator.clone();
        let wake = match &self.mode {
            Mode::Send(sent) => {
                if is_first {
                    self.refuse_running(vm)?;
                }
                self.enter();
                Wake::Send(if is_first && argument.is_none() { sent.clone() } else { argument })
            }
            mode => {
                if generator.is_finished() {
                    self.abandon();
                    return vm.raise_stop_iteration(Value::NONE);
                }
                if is_first {
                    self.refuse_running(vm)?;
                    if generator.has_async_flag(async_flags::CLOSED) {
                        self.abandon();
                        return vm.raise_bare(Exc::StopAsyncIteration);
                    }
                    if !argument.is_none() {
                        return vm.raise(
                            Exc::RuntimeError,
                            "can't send non-None value to a just-started coroutine",
                        );
                    }
                    self.enter();
                    match mode {
                        Mode::Throw(arguments) => match thrown_by_athrow(vm, arguments) {
                            Ok(exception) => Wake::Throw(exception),
                            Err(raised) => return Err(self.failed(vm, raised)),
                        },
                        _ => {
                            generator.set_async_flag(async_flags::CLOSED, true);
                            Wake::Throw(Exception::new(vm, Exc::GeneratorExit, &[]))
                        }
                    }
                } else {
                    Wake::Send(argument)
                }
            }
        };
        let outcome = vm.resume(&generator, wake);
        let outcome = self.unwrap(vm, outcome);
        if !is_first && matches!(self.mode, Mode::Throw(_)) {
            // As in CPython, an `athrow()` that had to wait for something may be awaited again, which then resumes the generator.
            self.state.set(StepState::Iter);
        }
        outcome
    }

    /// What the generator did, as the step's own outcome.
    fn unwrap(&self, vm: &Vm, outcome: PyResult<Outcome>) -> PyResult<Outcome> {
        match outcome {
            Ok(Outcome::Yielded(value)) => match value.into_gc::<WrappedValue>() {
                Ok(_) if self.is_close() => {
                    self.leave();
                    vm.raise(Exc::RuntimeError, IGNORED_EXIT)
                }
                Ok(wrapped) => {
                    self.leave();
                    Ok(Outcome::Returned(wrapped.value.clone()))
                }
                Err(awaited) => Ok(Outcome::Yielded(awaited)),
            },
            Ok(Outcome::Returned(_)) => {
                self.leave();
                self.generator.set_async_flag(async_flags::CLOSED, true);
                if self.is_close() {
                    return Ok(Outcome::Returned(Value::NONE));
                }
                vm.raise_bare(Exc::StopAsyncIteration)
            }
            Err(raised) => {
                let raised = self.failed(vm, raised);
                if self.is_close() && is_end(vm, &raised) {
                    drop(vm.take_raised(raised));
                    return Ok(Outcome::Returned(Value::NONE));
                }
                Err(raised)
            }
        }
    }

    fn failed(&self, vm: &Vm, raised: Raised) -> Raised {
        self.leave();
        if is_end(vm, &raised) {
            self.generator.set_async_flag(async_flags::CLOSED, true);
        }
        raised
    }

    /// Throws into the generator in place of what the step would have done.
    fn throw(&self, vm: &Vm, exception: Gc<Exception>) -> PyResult<Outcome> {
        self.refuse_reuse(vm)?;
        if self.state.get() == StepState::Init {
            self.refuse_running(vm)?;
            self.enter();
        }
        let generator = self.generator.clone();
        let outcome = vm.throw(&generator, exception);
        self.unwrap(vm, outcome)
    }
}

/// Said of a generator that yields while being closed.
pub const IGNORED_EXIT: &str = "async generator ignored GeneratorExit";

/// StopAsyncIteration and GeneratorExit end an async generator.
fn is_end(vm: &Vm, raised: &Raised) -> bool {
    vm.raised_is(raised, Exc::StopAsyncIteration) || vm.raised_is(raised, Exc::GeneratorExit)
}

fn throw(vm: &Vm, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "throw")?;
    let Some(step) = args.values.first().and_then(|value| value.downcast::<AsyncStep>()) else {
        return vm.raise(Exc::TypeError, "unbound method async_generator_asend.throw() needs an argument");
    };
    let step = step.clone();
    check_positional_count(vm, "throw", args.values.len() - 1, 1, 3)?;
    if args.values.len() > 2 {
        let message =
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
        vm.warn(Exc::DeprecationWarning, message, 1)?;
    }
    step.refuse_reuse(vm)?;
    let exception = thrown(vm, &args.values[1], args.values.get(2), args.values.get(3))?;
    finish(vm, step.throw(vm, exception))
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let step = args.this::<AsyncStep>().clone();
    if step.state.get() == StepState::Closed {
        return Ok(Value::NONE);
    }
    match step.throw(vm, Exception::new(vm, Exc::GeneratorExit, &[])) {
        Ok(Outcome::Yielded(_)) => vm.raise(Exc::RuntimeError, "coroutine ignored GeneratorExit"),
        Ok(Outcome::Returned(_)) => Ok(Value::NONE),
        Err(raised) if is_end(vm, &raised) || vm.raised_is(&raised, Exc::StopIteration) => {
            drop(vm.take_raised(raised));
            Ok(Value::NONE)
        }
        Err(raised) => Err(raised),
    }
}

/// A step that was never driven says so.
fn finalize(vm: &Vm, value: &Value) -> PyResult {
    let step = this(value);
    if step.state.get() == StepState::Init {
        let method = match step.mode {
            Mode::Send(_) => "asend",
            Mode::Throw(_) => "athrow",
            Mode::Close => "aclose",
        };
        let name = generator_types::qualname(&step.generator);
        let message = format!("coroutine method '{method}' of '{name}' was never awaited");
        if let Err(raised) = vm.warn_with_source(Exc::RuntimeWarning, &message, 1, value) {
            let exception = vm.take_raised(raised);
            let generator = step.generator.as_value();
            crate::exceptions::unraisable_doing(vm, &exception, "finalizing async generator", generator);
        }
    }
    Ok(Value::NONE)
}
