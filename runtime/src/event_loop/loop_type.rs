//! The native base class of event loops: scheduling, time, state. `asyncio.base_events` has the rest.

use super::handle::{Handle, context_argument};
use super::watch::{Direction, descriptor_of};
use super::{EventLoop, Overrides, Poller, run};
use crate::class::{BinaryOp, Type, TypeSpec, type_flags};
use crate::heap;
use crate::native::binding;
use crate::objects::float;
use crate::tasks::context::Context;
use crate::tasks::future::new_future;
use crate::tasks::task_type::{Start, new_task};
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "_EventLoop",
    module: "_asyncio",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("_EventLoop!($type)", |vm, args| {
        let class = args.this::<Type>();
        let event_loop = EventLoop::new(vm);
        event_loop.overrides.set(overrides(vm, class));
        let event_loop: Value = heap::alloc_for(class, event_loop).into();
        if class.is_heap_type() {
            vm.set_attr(&event_loop, &vm.names.slow_callback_duration, Some(&Value::float(0.1)))?;
        }
        Ok(event_loop)
    })),
    methods: &[
        NativeFn::new("call_soon!~($self, callback, *args, context=None)", |vm, args| {
            if let Some(result) = bound_by_name(vm, args, 0) {
                return result;
            }
            Ok(call_soon(vm, args.this::<EventLoop>(), args, "call_soon")?.into())
        })
        .doc("Arrange for a callback to be called as soon as possible."),
        NativeFn::new("call_soon_threadsafe!~($self, callback, *args, context=None)", |vm, args| {
            if let Some(result) = bound_by_name(vm, args, 1) {
                return result;
            }
            let this = args.this::<EventLoop>();
            let handle = call_soon(vm, this, args, "call_soon_threadsafe")?;
            this.wake_up(vm)?;
            Ok(handle.into())
        })
        .doc("Like call_soon(), but thread-safe."),
        NativeFn::new("call_later!~($self, delay, callback, *args, context=None)", |vm, args| {
            if let Some(result) = bound_by_name(vm, args, 2) {
                return result;
            }
            check_scheduled(vm, args, "call_later", &["delay", "callback"])?;
            let this = args.this::<EventLoop>();
            if args.value(1).is_none() {
                return vm.raise(Exc::TypeError, "delay must not be None");
            }
            let now = EventLoop::time_value(this, vm)?;
            // Numbers of another kind, too, or the error of adding what is none.
            let when = vm.binary(BinaryOp::Add, &now, args.value(1))?;
            if this.overrides.get().call_at {
                let method = vm.get_attr_named(this.as_value(), "call_at")?;
                let values: Vec<Value> = std::iter::once(when).chain(args.values[2..].iter().cloned()).collect();
                return vm.call_args(&method, Args { values: &values, ..args });
            }
            Ok(call_at(vm, this, &when, args)?.into())
        })
        .doc("Arrange for a callback to be called at a given time."),
        NativeFn::new("call_at!~($self, when, callback, *args, context=None)", |vm, args| {
            if let Some(result) = bound_by_name(vm, args, 3) {
                return result;
            }
            check_scheduled(vm, args, "call_at", &["when", "callback"])?;
            if args.value(1).is_none() {
                return vm.raise(Exc::TypeError, "when cannot be None");
            }
            Ok(call_at(vm, args.this::<EventLoop>(), args.value(1), args)?.into())
        })
        .doc("Like call_later(), but uses an absolute time."),
        NativeFn::new("time~($self)", |vm, args| Ok(Value::float(args.this::<EventLoop>().now(vm))))
            .doc("Return the time according to the event loop's clock."),
        NativeFn::new("create_future~($self)", |vm, args| Ok(new_future(vm, args.value(0))?.into()))
            .doc("Create a Future object attached to the loop."),
        NativeFn::new("create_task~($self, coro, **kwargs)", create_task)
            .doc("Schedule or begin executing a coroutine object."),
        NativeFn::new("set_task_factory~($self, factory)", |vm, args| {
            let factory = args.value(1);
            if !factory.is_none() && !vm.is_callable(factory) {
                return vm.raise(Exc::TypeError, "task factory must be a callable or None");
            }
            let old =
                args.this::<EventLoop>().task_factory.replace(Some(factory.clone()).filter(|f| !f.is_none()));
            drop(old);
            Ok(Value::NONE)
        }),
        NativeFn::new("get_task_factory~($self)", |_, args| {
            Ok(args.this::<EventLoop>().task_factory.borrow().clone().unwrap_or(Value::NONE))
        }),
        NativeFn::new("stop~($self)", |_, args| {
            args.this::<EventLoop>().stop();
            Ok(Value::NONE)
        })
        .doc("Stop running the event loop."),
        NativeFn::new("is_running~($self)", |_, args| Ok(args.this::<EventLoop>().running.get().into())),
        NativeFn::new("is_closed~($self)", |_, args| Ok(args.this::<EventLoop>().closed.get().into())),
        NativeFn::new("get_debug~($self)", |_, args| Ok(args.this::<EventLoop>().debug.get().into())),
        NativeFn::new("set_debug~($self, enabled)", |vm, args| {
            args.this::<EventLoop>().debug.set(vm.truth(args.value(1))?);
            Ok(Value::NONE)
        }),
        NativeFn::new("_check_closed~($self)", |vm, args| {
            args.this::<EventLoop>().check_open(vm)?;
            Ok(Value::NONE)
        }),
        NativeFn::new("_run_once~($self)", |vm, args| {
            run::turn(vm, &args.this::<EventLoop>().clone())?;
            Ok(Value::NONE)
        }),
        NativeFn::new("_run_until_stopped($self, choose=None, /)", run_until_stopped).doc(
            "Run turns until stop() is called; with `choose`, in the order it chooses, on a clock of the loop's own.",
        ),
        NativeFn::new("_ready_objects($self, /)", |vm, args| {
            Ok(vm.list(args.this::<EventLoop>().ready_objects()))
        }),
        NativeFn::new("_set_running($self, running, /)", |vm, args| {
            args.this::<EventLoop>().running.set(vm.truth(args.value(1))?);
            Ok(Value::NONE)
        })
        .doc("Tell a loop whose turns somebody else runs that it runs."),
        NativeFn::new("_run_nested($self, future, /)", |vm, args| {
            run::run_nested(vm, &args.this::<EventLoop>().clone(), args.value(1))?;
            Ok(Value::NONE)
        }),
        NativeFn::new("_add_reader~($self, fd, callback, *args)", |vm, args| {
            add_watcher(vm, args, Direction::Read)
        }),
        NativeFn::new("_add_writer~($self, fd, callback, *args)", |vm, args| {
            add_watcher(vm, args, Direction::Write)
        }),
        NativeFn::new("_remove_reader~($self, fd)", |vm, args| remove_watcher(vm, args, Direction::Read)),
        NativeFn::new("_remove_writer~($self, fd)", |vm, args| remove_watcher(vm, args, Direction::Write)),
        NativeFn::new("_watched_descriptors($self, /)", |vm, args| {
            Ok(vm.list(args.this::<EventLoop>().watched_descriptors(vm)))
        })
        .doc("Tuples of a descriptor, the handle for when it can be read, and that for when it can be written, or None."),
        NativeFn::new("_wait_by($self, wait, /)", |vm, args| {
            let this = args.this::<EventLoop>();
            *this.own_wait.borrow_mut() = args.get_not_none(1).cloned();
            this.with_poller(vm, |_| ())?;
            let descriptor = this.poller.borrow().as_ref().map(Poller::descriptor);
            Ok(descriptor.map_or(Value::NONE, |descriptor| Value::small(descriptor.into())))
        })
        .doc(
            "Have `wait(timeout)` wait, in seconds or for ever, and schedule what is ready; what the loop is to \
             watch is told to `_select_add` and `_select_remove`.\n\n\
             Returns a descriptor that becomes readable when the loop is to be woken.",
        ),
        NativeFn::new("_add_callback~($self, handle)", |vm, args| {
            let Some(handle) = args.value(1).downcast::<Handle>() else {
                return vm.raise_type_of("a Handle was expected, got {}", args.value(1));
            };
            if !handle.cancelled.get() {
                args.this::<EventLoop>().push_handle(vm, handle)?;
            }
            Ok(Value::NONE)
        })
        .doc("Add a Handle to the ready queue."),
        NativeFn::new("_add_callback_signalsafe~($self, handle)", |vm, args| {
            let this = args.this::<EventLoop>();
            vm.call_method_named(this.as_value(), "_add_callback", &args.values[1..])?;
            this.wake_up(vm)?;
            Ok(Value::NONE)
        })
        .doc("Like _add_callback() but called from a signal handler."),
        NativeFn::new("_close_native($self, /)", |_, args| {
            let this = args.this::<EventLoop>();
            this.closed.set(true);
            heap::Payload::clear(&**this);
            drop((this.poller.take(), this.poller_face.take()));
            Ok(Value::NONE)
        }),
    ],
    getset: &[
        GetSet::read_only("_ready", |vm, value| deque(vm, this(value).ready_handles(vm))),
        GetSet::read_only("_scheduled", |vm, value| {
            let targets = this(value).timers.borrow().targets();
            Ok(vm.list(targets.iter().map(|target| super::ready::as_handle(vm, target)).collect()))
        }),
    ],
    ..TypeSpec::DEFAULT
};

/// `collections.deque(items)`.
pub fn deque(vm: &Vm, items: Vec<Value>) -> PyResult {
    let module = vm.import_module("_collections")?;
    let class = vm.get_attr_named(&module, "deque")?;
    vm.call(&class, &[vm.list(items)])
}

fn this(value: &Value) -> &Gc<EventLoop> {
    value.downcast().expect("slots and attributes see instances of their class")
}

fn number(vm: &Vm, value: &Value) -> PyResult<f64> {
    float::as_double(vm, value)
}

/// What a subclass replaces.
fn overrides(vm: &Vm, class: &Gc<Type>) -> Overrides {
    let native = vm.types.event_loop();
    let differs = |name: &str| {
        let name = vm.intern(name);
        match (class.lookup(&name), native.lookup(&name)) {
            (Some(own), Some(native)) => !own.is(&native),
            _ => false,
        }
    };
    let time = differs("time");
    let run_once = differs("_run_once");
    let call_at = differs("call_at");
    Overrides {
        call_soon: differs("call_soon"),
        // Who has its own turns looks at `_ready` and `_scheduled`, which know handles only.
        timers: time || run_once || call_at || differs("call_later"),
        call_at,
        run_once,
        time,
        create_task: differs("create_task"),
    }
}

/// The methods that schedule a call, with their parameters by name.
static BY_NAME: [NativeFn; 4] = [
    NativeFn::new("call_soon~($self, callback, *args, context=None)", |vm, args| again(vm, args, 0, 2)),
    NativeFn::new("call_soon_threadsafe~($self, callback, *args, context=None)", |vm, args| {
        again(vm, args, 1, 2)
    }),
    NativeFn::new("call_later~($self, delay, callback, *args, context=None)", |vm, args| {
        again(vm, args, 2, 3)
    }),
    NativeFn::new("call_at~($self, when, callback, *args, context=None)", |vm, args| again(vm, args, 3, 3)),
];

/// Calls the method again, with all but the context by position.
fn again(vm: &Vm, args: Args<'_>, which: usize, n_named: usize) -> PyResult {
    let method = vm.get_attr_named(args.value(0), BY_NAME[which].name())?;
    let values: Vec<Value> = args.values[1..n_named].iter().chain(args.rest()).cloned().collect();
    let context = args.get(n_named).cloned().unwrap_or(Value::NONE);
    let names = [vm.intern("context")];
    vm.call_args(&method, Args::with_keywords(&values, &names, std::slice::from_ref(&context)))
}

/// Where a keyword other than the context was given: the call with its arguments bound by name.
fn bound_by_name(vm: &Vm, args: Args<'_>, which: usize) -> Option<PyResult> {
    if args.keywords().all(|(keyword, _)| keyword.as_bytes() == b"context") {
        return None;
    }
    let function = &BY_NAME[which];
    Some(binding::bind_and_call(vm, binding::Signature::of(function), function.call, args, None))
}

/// Checks the count of the arguments of a method that schedules a call.
fn check_scheduled(vm: &Vm, args: Args<'_>, name: &str, required: &[&str]) -> PyResult<()> {
    let method = || format!("BaseEventLoop.{name}()");
    let given = args.values.len() - 1;
    if given < required.len() {
        let missing: Vec<String> = required[given..].iter().map(|name| format!("'{name}'")).collect();
        let plural = if missing.len() == 1 { "" } else { "s" };
        return vm.raise(
            Exc::TypeError,
            format!(
                "{} missing {} required positional argument{plural}: {}",
                method(),
                missing.len(),
                missing.join(" and ")
            ),
        );
    }
    Ok(())
}

/// The context that `scheduled` arguments name.
fn scheduled_context(vm: &Vm, args: Args<'_>) -> PyResult<Option<Gc<Context>>> {
    context_argument(vm, args.kw_values.first())
}

fn call_soon(vm: &Vm, this: &Gc<EventLoop>, args: Args<'_>, name: &str) -> PyResult<Gc<Handle>> {
    check_scheduled(vm, args, name, &["callback"])?;
    this.check_open(vm)?;
    let context = scheduled_context(vm, args)?;
    if this.debug.get() {
        check_callback(vm, this, args.value(1), name)?;
    }
    let handle = Handle::new(vm, args.value(1).clone(), &args.values[2..], this.to_value(), context);
    if this.debug.get() {
        handle.note_source(vm)?;
    }
    this.push_handle(vm, &handle)?;
    Ok(handle)
}

/// Debug mode: the callback can be called, and this is the loop's thread.
fn check_callback(vm: &Vm, this: &Gc<EventLoop>, callback: &Value, name: &str) -> PyResult<()> {
    let arguments = [this.to_value(), callback.clone(), name.into()];
    vm.call_asyncio("asyncio.base_events", "_check_callback", &arguments).map(drop)
}

fn call_at(vm: &Vm, this: &Gc<EventLoop>, given: &Value, args: Args<'_>) -> PyResult<Gc<Handle>> {
    let when = number(vm, given)?;
    this.check_open(vm)?;
    let context = scheduled_context(vm, args)?;
    if this.debug.get() {
        check_callback(vm, this, args.value(2), "call_at")?;
    }
    let handle = Handle::new_timer(
        vm,
        (when, given),
        args.value(2).clone(),
        &args.values[3..],
        this.to_value(),
        context,
    );
    if this.debug.get() {
        handle.note_source(vm)?;
    }
    let slot = this.timers.borrow_mut().add(when, handle.to_value());
    handle.timer.set(Some(slot));
    Ok(handle)
}

fn create_task(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<EventLoop>();
    this.check_open(vm)?;
    let factory = this.task_factory.borrow().clone();
    let coroutine = args.value(1);
    if let Some(factory) = factory {
        let values = [args.value(0).clone(), coroutine.clone()];
        return vm.call_args(&factory, Args { values: &values, rest: &[], ..args });
    }
    let mut start = Start { event_loop: Some(args.value(0)), ..Start::default() };
    for (name, value) in args.keywords() {
        let value_or_none = Some(value).filter(|value| !value.is_none());
        match name.as_bytes() {
            b"name" => start.name = value_or_none,
            b"context" => start.context = value_or_none,
            b"eager_start" => start.eager = vm.truth(value)?,
            _ => {
                return vm.raise(
                    Exc::TypeError,
                    format!("Task() got an unexpected keyword argument '{}'", name.to_string_lossy()),
                );
            }
        }
    }
    Ok(new_task(vm, coroutine, start)?.into())
}

/// Runs turns until the loop is stopped, or nothing can run in a chosen order; the caller has made it the running loop.
fn run_until_stopped(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<EventLoop>().clone();
    let outer = this.running.replace(true);
    let result = match args.get_not_none(1) {
        None => run::run_until_stopped(vm, &this).map(|()| true),
        Some(choose) => run::run_in_chosen_order(vm, &this, choose),
    };
    this.running.set(outer);
    this.stopping.set(false);
    result.map(Value::from)
}

impl EventLoop {
    /// Ends a wait of the loop, from another thread.
    pub fn wake_up(&self, vm: &Vm) -> PyResult<()> {
        match self.poller_face.borrow().as_ref().map(super::PollerFace::wake) {
            Some(Err(error)) => vm.raise_os_error(&error, None),
            _ => Ok(()),
        }
    }
}

/// `_add_reader(fd, callback, *args)` and `_add_writer`.
fn add_watcher(vm: &Vm, args: Args<'_>, direction: Direction) -> PyResult {
    let this = args.this::<EventLoop>();
    this.check_open(vm)?;
    if this.own_wait.borrow().is_some() {
        let args = [args.value(1).clone(), direction.event(), args.value(2).clone(), vm.tuple(args.rest())];
        return vm.call_method_named(this.as_value(), "_select_add", &args);
    }
    let descriptor = descriptor_of(vm, args.value(1))?;
    let handle = Handle::new(vm, args.value(2).clone(), args.rest(), this.to_value(), None);
    if this.debug.get() {
        handle.note_source(vm)?;
    }
    this.watch(vm, descriptor, direction, handle.clone())?;
    Ok(handle.into())
}

/// `_remove_reader(fd)` and `_remove_writer`.
fn remove_watcher(vm: &Vm, args: Args<'_>, direction: Direction) -> PyResult {
    let this = args.this::<EventLoop>();
    if this.closed.get() {
        return Ok(Value::FALSE);
    }
    if this.own_wait.borrow().is_some() {
        let args = [args.value(1).clone(), direction.event()];
        return vm.call_method_named(this.as_value(), "_select_remove", &args);
    }
    let descriptor = descriptor_of(vm, args.value(1))?;
    Ok(this.unwatch(vm, descriptor, direction)?.into())
}
