//! The class `Future`: methods and attributes, shared by tasks and gathering futures.

use std::cell::RefCell;

use super::context::Context;
use super::future::{Callback, Future, FutureCore, State, core_of, note_source};
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Payload};
use crate::objects::exception::Exception;
use crate::objects::generator_types::thrown;
use crate::objects::generic_alias::class_getitem;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "Future",
    module: "_asyncio",
    doc: "This class is *almost* compatible with concurrent.futures.Future.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("Future!($type, *, loop=None)", |_, args| {
        let class = args.this::<Type>();
        let future = heap::alloc_for(class, Future { core: FutureCore::new(Value::UNBOUND) });
        if future.header().is_exact() {
            future.header().set_wants_finalizer(false);
        }
        Ok(future.into())
    })),
    init: Some(NativeFn::new("Future($self, *, loop=None)", |vm, args| {
        init_core(vm, args.value(0), args.get_not_none(1))?;
        Ok(Value::NONE)
    })),
    methods: &[
        NativeFn::new("result($self, /)", |vm, args| {
            let core = of_loop(vm, args.value(0))?;
            vm.future_result(core)
        })
        .doc("Return the result this future represents."),
        NativeFn::new("exception($self, /)", |vm, args| {
            let core = of_loop(vm, args.value(0))?;
            match core.state.get() {
                State::Pending => vm.raise_invalid_state("Exception is not set."),
                State::Cancelled => {
                    let error = vm.cancelled_error_of(core)?;
                    vm.raise_value(error)
                }
                State::Exception => {
                    core.log_traceback.set(false);
                    Ok(core.outcome())
                }
                State::Result => Ok(Value::NONE),
            }
        })
        .doc("Return the exception that was set on this future."),
        NativeFn::new("set_result($self, result, /)", |vm, args| {
            let core = pending(vm, args.value(0))?;
            vm.complete_future(args.value(0), core, args.value(1).clone())?;
            Ok(Value::NONE)
        })
        .doc("Mark the future done and set its result."),
        NativeFn::new("set_exception($self, exception, /)", |vm, args| {
            let core = pending(vm, args.value(0))?;
            let exception = vm.exception_for_future(args.value(1))?;
            vm.fail_future(args.value(0), core, exception)?;
            Ok(Value::NONE)
        })
        .doc("Mark the future done and set an exception."),
        NativeFn::new("add_done_callback($self, fn, /, *, context=<unrepresentable>)", |vm, args| {
            add_done_callback(vm, args.value(0), args.value(1), args.get(2))?;
            Ok(Value::NONE)
        })
        .doc("Add a callback to be run when the future becomes done."),
        NativeFn::new("remove_done_callback($self, fn, /)", remove_done_callback)
            .doc("Remove all instances of a callback from the \"call when done\" list."),
        NativeFn::new("cancel($self, /, msg=None)", |vm, args| {
            let core = ready(vm, args.value(0))?;
            Ok(cancel_core(vm, args.value(0), core, args.get_not_none(1))?.into())
        })
        .doc("Cancel the future and schedule callbacks."),
        NativeFn::new("cancelled($self, /)", |_, args| {
            Ok((this(args.value(0)).state.get() == State::Cancelled).into())
        })
        .doc("Return True if the future was cancelled."),
        NativeFn::new("done($self, /)", |_, args| Ok(this(args.value(0)).is_done().into()))
            .doc("Return True if the future is done."),
        NativeFn::new("get_loop($self, /)", |vm, args| Ok(ready(vm, args.value(0))?.event_loop.get()))
            .doc("Return the event loop the Future is bound to."),
        NativeFn::new("_make_cancelled_error($self, /)", |vm, args| {
            Ok(vm.cancelled_error_of(this(args.value(0)))?.into())
        })
        .doc("Create the CancelledError to raise if the Future is cancelled."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", class_getitem)],
    getset: &[
        GetSet::read_only("_state", |vm, value| {
            Ok(match ready(vm, value)?.state.get() {
                State::Pending => "PENDING",
                State::Cancelled => "CANCELLED",
                State::Result | State::Exception => "FINISHED",
            }
            .into())
        }),
        GetSet::new(
            "_asyncio_future_blocking",
            |_, value| Ok(this(value).blocking.get().into()),
            |vm, value, new| {
                let new = required(vm, new, "_asyncio_future_blocking")?;
                this(value).blocking.set(vm.truth(new)?);
                Ok(())
            },
        ),
        GetSet::read_only("_loop", |_, value| Ok(or_none(this(value).event_loop.get()))),
        GetSet::read_only("_callbacks", |vm, value| {
            let callbacks = ready(vm, value)?.callbacks_snapshot(vm);
            if callbacks.is_empty() {
                return Ok(Value::NONE);
            }
            let pairs =
                callbacks.iter().map(|(callable, context)| vm.tuple(&[callable.clone(), context.clone()]));
            Ok(vm.list(pairs.collect()))
        }),
        GetSet::read_only("_result", |vm, value| {
            let core = ready(vm, value)?;
            Ok(if core.state.get() == State::Result { core.outcome() } else { Value::NONE })
        }),
        GetSet::read_only("_exception", |vm, value| {
            let core = ready(vm, value)?;
            Ok(if core.state.get() == State::Exception { core.outcome() } else { Value::NONE })
        }),
        GetSet::new(
            "_log_traceback",
            |vm, value| Ok(ready(vm, value)?.log_traceback.get().into()),
            |vm, value, new| {
                let new = required(vm, new, "_log_traceback")?;
                if vm.truth(new)? {
                    return vm.raise(Exc::ValueError, "_log_traceback can only be set to False");
                }
                this(value).log_traceback.set(false);
                Ok(())
            },
        ),
        GetSet::read_only("_source_traceback", |_, value| {
            let rare = this(value).rare.borrow();
            Ok(rare.as_ref().and_then(|rare| rare.source_traceback.clone()).unwrap_or(Value::NONE))
        }),
        GetSet::new(
            "_cancel_message",
            |_, value| Ok(this(value).cancel_message().unwrap_or(Value::NONE)),
            |vm, value, new| {
                this(value).set_cancel_message(Some(required(vm, new, "_cancel_message")?));
                Ok(())
            },
        ),
        GetSet::read_only("_asyncio_awaited_by", |vm, value| {
            let core = this(value);
            let set = core.rare.borrow().as_ref().and_then(|rare| rare.awaited_by.clone());
            let mut all = match set {
                Some(set) => vm.collect(&set)?,
                None => Vec::new(),
            };
            // Tasks that wait for it, and futures that gather it, need not be noted anywhere else.
            all.extend(core.native_awaiters());
            if all.is_empty() {
                return Ok(Value::NONE);
            }
            vm.call(vm.types.frozenset().as_value(), &[vm.list(all)])
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            vm.call_asyncio("asyncio.base_futures", "_future_repr", std::slice::from_ref(value))
        }),
        iter: Some(future_await),
        await_: Some(future_await),
        finalize: Some(|vm, value| {
            vm.report_never_retrieved(value, this(value))?;
            Ok(Value::NONE)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// The future part of a method's self.
fn this(value: &Value) -> &FutureCore {
    core_of(value).expect("methods and slots see instances of their class")
}

/// As [`ready`], for those who ask for the outcome.
fn of_loop<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a FutureCore> {
    match ready(vm, value) {
        Ok(core) => Ok(core),
        Err(raised) => {
            drop(vm.take_raised(raised));
            vm.raise_invalid_state("Future object is not initialized.")
        }
    }
}

/// As [`this`], of a future whose `__init__` has run.
fn ready<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a FutureCore> {
    let core = this(value);
    let event_loop = core.event_loop.take();
    let missing = event_loop.is_unbound();
    core.event_loop.replace(event_loop);
    if missing {
        return vm.raise(Exc::RuntimeError, "Future object is not initialized.");
    }
    Ok(core)
}

fn pending<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a FutureCore> {
    let core = ready(vm, value)?;
    if core.is_done() {
        return vm.raise_invalid_state("invalid state");
    }
    Ok(core)
}

fn or_none(value: Value) -> Value {
    if value.is_unbound() { Value::NONE } else { value }
}

fn required<'a>(vm: &Vm, new: Option<&'a Value>, name: &str) -> PyResult<&'a Value> {
    match new {
        Some(new) => Ok(new),
        None => {
            let message = format!("attribute '{name}' of '_asyncio.Future' objects cannot be deleted");
            vm.raise(Exc::AttributeError, message)
        }
    }
}

/// `Future.__init__`.
pub fn init_core(vm: &Vm, value: &Value, event_loop: Option<&Value>) -> PyResult<()> {
    let core = this(value);
    let event_loop = match event_loop {
        Some(event_loop) => event_loop.clone(),
        None => vm.current_event_loop()?,
    };
    core.event_loop.replace(event_loop.clone());
    core.state.set(State::Pending);
    core.log_traceback.set(false);
    note_source(vm, core, &event_loop)
}

fn add_done_callback(vm: &Vm, value: &Value, callable: &Value, context: Option<&Value>) -> PyResult<()> {
    let core = this(value);
    if core.event_loop.get().is_unbound() {
        return vm.raise(Exc::RuntimeError, "uninitialized Future object");
    }
    let context = match context.filter(|context| !context.is_none()) {
        Some(context) => match context.downcast::<Context>() {
            Some(context) => context.clone(),
            None => return vm.raise(Exc::TypeError, "a Context was expected"),
        },
        None => vm.copy_context(),
    };
    let callback = Callback::Call { callable: callable.clone(), context };
    if core.is_done() {
        return vm.schedule_callback(value, core, callback);
    }
    core.add_callback(callback);
    Ok(())
}

fn remove_done_callback(vm: &Vm, args: Args<'_>) -> PyResult {
    let core = ready(vm, args.value(0))?;
    let wanted = args.value(1);
    let list = match core.take_callbacks() {
        super::future::Callbacks::Many(list) => *list,
        super::future::Callbacks::None => return Ok(Value::small(0)),
        super::future::Callbacks::Waiter(task) => {
            core.add_callback(Callback::Wakeup(task));
            return Ok(Value::small(0));
        }
    };
    let mut kept = Vec::with_capacity(list.len());
    let mut removed = 0;
    let mut failed = None;
    for callback in list {
        let matches = match &callback {
            Callback::Call { callable, .. } if failed.is_none() => match vm.eq(callable, wanted) {
                Ok(equal) => equal,
                Err(raised) => {
                    failed = Some(raised);
                    false
                }
            },
            _ => false,
        };
        if matches {
            removed += 1;
        } else {
            kept.push(callback);
        }
    }
    core.restore_callbacks(kept);
    match failed {
        Some(raised) => Err(raised),
        None => Ok(Value::small(removed)),
    }
}

/// `Future.cancel(msg)`.
pub fn cancel_core(vm: &Vm, value: &Value, core: &FutureCore, message: Option<&Value>) -> PyResult<bool> {
    core.log_traceback.set(false);
    if core.is_done() {
        return Ok(false);
    }
    core.set_cancel_message(message);
    vm.cancel_future(value, core, None)?;
    Ok(true)
}

/// `iter(future)` and `future.__await__()`.
pub fn future_await(vm: &Vm, value: &Value) -> PyResult {
    ready(vm, value)?;
    let iterator = FutureIter { future: RefCell::new(Some(value.clone())) };
    Ok(heap::alloc(vm.types.future_iter(), iterator).into())
}

/// What drives a future that is awaited outside the VM's own await.
pub struct FutureIter {
    future: RefCell<Option<Value>>,
}

impl Payload for FutureIter {
    crate::trace_fields!(future);

    fn clear(&self) {
        let _future = self.future.take();
    }
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let iterator = value.downcast::<FutureIter>().expect("slots see instances of their class");
    let Some(future) = iterator.future.borrow().clone() else { return Ok(None) };
    let core = this(&future);
    if !core.is_done() {
        if !core.blocking.replace(true) {
            return Ok(Some(future));
        }
        return vm.raise(Exc::RuntimeError, "await wasn't used with future");
    }
    let _done = iterator.future.take();
    let result = vm.future_result(core)?;
    vm.set_stop_value(result);
    Ok(None)
}

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "FutureIter",
    module: "_asyncio",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("send($self, value, /)", |vm, args| match next(vm, args.value(0))? {
            Some(future) => Ok(future),
            None => {
                let value = vm.take_stop_value();
                vm.raise_stop_iteration(value)
            }
        }),
        NativeFn::new("throw($self, type, val=None, tb=None, /)", |vm, args| {
            if args.get(2).is_some() {
                let message = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
                vm.warn(Exc::DeprecationWarning, message, 1)?;
            }
            let base = vm.types.exception(Exc::BaseException);
            let is_class = args.value(1).downcast::<Type>().is_some_and(|class| class.is_subclass(base));
            if !is_class && args.value(1).downcast::<Exception>().is_none() {
                let message =
                    "exceptions must be classes deriving BaseException or instances of such a class";
                return vm.raise(Exc::TypeError, message);
            }
            let exception: Gc<Exception> = thrown(vm, args.value(1), args.get(2), args.get(3))?;
            args.this::<FutureIter>().clear();
            Err(vm.reraise(exception))
        }),
        NativeFn::new("close($self, /)", |_, args| {
            args.this::<FutureIter>().clear();
            Ok(Value::NONE)
        }),
    ],
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};
