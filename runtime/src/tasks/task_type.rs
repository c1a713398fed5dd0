//! The class `Task`, and the functions that make and find tasks.

use super::context::Context;
use super::future::{State, core_of};
use super::future_type::{cancel_core, init_core};
use super::native_coroutine::NativeCoroutine;
use super::task::{NAMED, Task, Wait};
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::event_loop::EventLoop;
use crate::heap;
use crate::objects::code::CallKind;
use crate::objects::generator::Generator;
use crate::objects::generic_alias::class_getitem;
use crate::objects::str::Str;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "Task",
    module: "_asyncio",
    doc: "A coroutine wrapped in a Future.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new(
        "Task!($type, coro, *, loop=None, name=None, context=None, eager_start=False)",
        |_, args| Ok(heap::alloc_for(args.this::<Type>(), Task::new()).into()),
    )),
    init: Some(NativeFn::new(
        "Task($self, coro, *, loop=None, name=None, context=None, eager_start=False)",
        |vm, args| {
            let eager = match args.get(5) {
                Some(eager) => vm.truth(eager)?,
                None => false,
            };
            let start = Start {
                event_loop: args.get_not_none(2),
                name: args.get_not_none(3),
                context: args.get_not_none(4),
                eager,
            };
            init_task(vm, args.this::<Task>(), args.value(1), start)?;
            Ok(Value::NONE)
        },
    )),
    methods: &[
        NativeFn::new("cancel($self, /, msg=None)", |vm, args| {
            let task = args.this::<Task>().clone();
            Ok(vm.cancel_task(&task, args.get_not_none(1))?.into())
        })
        .doc("Request that this task cancel itself."),
        NativeFn::new("cancelling($self, /)", |_, args| {
            Ok(Value::int(args.this::<Task>().cancel_requests.get() as i64))
        })
        .doc("Return the count of the task's cancellation requests."),
        NativeFn::new("uncancel($self, /)", |_, args| {
            let task = args.this::<Task>();
            let left = task.cancel_requests.get().saturating_sub(1);
            task.cancel_requests.set(left);
            if left == 0 {
                task.core.must_cancel.set(false);
            }
            Ok(Value::int(left as i64))
        })
        .doc("Decrement the task's count of cancellation requests."),
        NativeFn::new("get_coro($self, /)", |_, args| Ok(coroutine(args.this::<Task>()))),
        NativeFn::new("get_context($self, /)", |vm, args| Ok(context_of(vm, args.this::<Task>()))),
        NativeFn::new("get_name($self, /)", |vm, args| Ok(name_of(vm, args.this::<Task>()))),
        NativeFn::new("set_name($self, value, /)", |vm, args| {
            set_name(vm, args.this::<Task>(), args.value(1))?;
            Ok(Value::NONE)
        }),
        NativeFn::new("set_result($self, result, /)", |vm, _| {
            vm.raise(Exc::RuntimeError, "Task does not support set_result operation")
        }),
        NativeFn::new("set_exception($self, exception, /)", |vm, _| {
            vm.raise(Exc::RuntimeError, "Task does not support set_exception operation")
        }),
        NativeFn::new("get_stack($self, /, *, limit=None)", |vm, args| {
            let limit = args.get(1).cloned().unwrap_or(Value::NONE);
            vm.call_asyncio("asyncio.base_tasks", "_task_get_stack", &[args.value(0).clone(), limit])
        })
        .doc("Return the list of stack frames for this task's coroutine."),
        NativeFn::new("print_stack($self, /, *, limit=None, file=None)", |vm, args| {
            let limit = args.get(1).cloned().unwrap_or(Value::NONE);
            let file = args.get(2).cloned().unwrap_or(Value::NONE);
            vm.call_asyncio("asyncio.base_tasks", "_task_print_stack", &[args.value(0).clone(), limit, file])
        })
        .doc("Print the stack or traceback for this task's coroutine."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", class_getitem)],
    getset: &[
        GetSet::new(
            "_log_destroy_pending",
            |_, value| Ok(this(value).core.log_destroy_pending.get().into()),
            |vm, value, new| match new {
                Some(new) => {
                    this(value).core.log_destroy_pending.set(vm.truth(new)?);
                    Ok(())
                }
                None => vm.raise(Exc::AttributeError, "cannot delete attribute"),
            },
        ),
        GetSet::read_only("_must_cancel", |_, value| Ok(this(value).core.must_cancel.get().into())),
        GetSet::read_only("_coro", |_, value| Ok(coroutine(this(value)))),
        GetSet::read_only("_fut_waiter", fut_waiter),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            vm.call_asyncio("asyncio.base_tasks", "_task_repr", std::slice::from_ref(value))
        }),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<Task> {
    value.downcast().expect("slots and attributes see instances of their class")
}

fn coroutine(task: &Task) -> Value {
    let coroutine = task.coroutine.get();
    if coroutine.is_unbound() { Value::NONE } else { coroutine }
}

fn context_of(vm: &Vm, task: &Gc<Task>) -> Value {
    if coroutine(task).is_none() { Value::NONE } else { vm.context_of_task(task).into() }
}

/// What the task waits for, as a future; for waits that have none, one that looks as it would.
pub(super) fn fut_waiter(vm: &Vm, value: &Value) -> PyResult {
    let task = this(value);
    let mut result = Value::NONE;
    let stands_for = match &*task.wait.borrow() {
        Wait::Future(future) => return Ok(future.clone()),
        Wait::Timer(_) | Wait::TimerDue | Wait::Primitive(_) => State::Pending,
        Wait::Woken(truth) => {
            if *truth {
                result = Value::TRUE;
            }
            State::Result
        }
        Wait::WokenCancelled(_) => State::Cancelled,
        Wait::Turn | Wait::Throw(_) => return Ok(Value::NONE),
    };
    let future = super::future::new_future(vm, &task.core.event_loop.get())?;
    match stands_for {
        State::Pending => future.core.add_callback(super::future::Callback::Wakeup(task.clone())),
        State::Result => vm.complete_future(future.as_value(), &future.core, result)?,
        _ => drop(cancel_core(vm, future.as_value(), &future.core, None)?),
    }
    Ok(future.into())
}

/// "Task was destroyed but it is pending!", or what a future says.
fn finalize(vm: &Vm, value: &Value) -> PyResult {
    let task = this(value);
    if !task.core.is_done() && task.core.log_destroy_pending.get() && !coroutine(task).is_none() {
        let context = crate::objects::dict::Dict::new();
        drop(context.insert_str(&vm.intern("task"), value.clone()));
        let message = "Task was destroyed but it is pending!".into();
        drop(context.insert_str(&vm.intern("message"), message));
        let source = task.core.rare.borrow().as_ref().and_then(|rare| rare.source_traceback.clone());
        if let Some(source) = source {
            drop(context.insert_str(&vm.intern("source_traceback"), source));
        }
        vm.call_method_named(&task.core.event_loop.get(), "call_exception_handler", &[context.into()])?;
    }
    vm.report_never_retrieved(value, &task.core)?;
    Ok(Value::NONE)
}

pub fn name_of(vm: &Vm, task: &Task) -> Value {
    let given = task.core.rare.borrow().as_ref().and_then(|rare| rare.name.clone());
    let _ = vm;
    given.unwrap_or_else(|| format!("Task-{}", task.number.get()).into())
}

fn set_name(vm: &Vm, task: &Task, name: &Value) -> PyResult<()> {
    let text: Value = match name.downcast_exact::<Str>() {
        Some(text) => text.to_value(),
        None => vm.str(name)?.into(),
    };
    task.core.rare_mut(|rare| rare.name = Some(text));
    Ok(())
}

/// How a task begins.
#[derive(Clone, Copy, Default)]
pub struct Start<'a> {
    pub event_loop: Option<&'a Value>,
    pub name: Option<&'a Value>,
    pub context: Option<&'a Value>,
    pub eager: bool,
}

/// Whether the VM itself can drive it as a coroutine.
pub fn is_native_coroutine(value: &Value) -> bool {
    value.downcast::<Generator>().is_some_and(|generator| generator.kind == CallKind::Coroutine)
        || value.downcast::<NativeCoroutine>().is_some()
}

/// `coroutines.iscoroutine(value)`.
pub fn is_coroutine(vm: &Vm, value: &Value) -> PyResult<bool> {
    if is_native_coroutine(value) {
        return Ok(true);
    }
    if value.header().is_none() || core_of(value).is_some() {
        return Ok(false);
    }
    let answer = vm.call_asyncio("asyncio.coroutines", "_is_other_coroutine", std::slice::from_ref(value))?;
    vm.truth(&answer)
}

/// `Task.__init__`.
pub fn init_task(vm: &Vm, task: &Gc<Task>, coroutine: &Value, start: Start<'_>) -> PyResult<()> {
    init_core(vm, task.as_value(), start.event_loop)?;
    if !is_coroutine(vm, coroutine)? {
        task.core.log_destroy_pending.set(false);
        let shown = vm.repr_text(coroutine)?;
        return vm.raise(Exc::TypeError, format!("a coroutine was expected, got {shown}"));
    }
    let context = match start.context {
        None => vm.context_for_task(),
        Some(context) => match context.downcast::<Context>() {
            Some(context) => Some(context.clone()),
            None => {
                return vm.raise_type_of("a Context was expected, got {}", context);
            }
        },
    };
    task.context.replace(context);
    task.core.log_destroy_pending.set(true);
    match start.name {
        Some(name) => {
            set_name(vm, task, name)?;
            let number = vm.tasks.last_named_task.get() + 1;
            vm.tasks.last_named_task.set(number);
            task.number.set(NAMED | number);
        }
        None => {
            let number = vm.tasks.last_task.get() + 1;
            vm.tasks.last_task.set(number);
            task.number.set(number);
        }
    }
    task.coroutine.replace(coroutine.clone());
    let event_loop = task.core.event_loop.get();
    if start.eager && vm.truth(&vm.call_method_named(&event_loop, "is_running", &[])?)? {
        return start_eagerly(vm, task, &event_loop);
    }
    vm.tasks.registry.add(task);
    vm.schedule_step(task, Wait::Turn)
}

/// Runs the first step at once; the task is scheduled as usual if that does not end it.
fn start_eagerly(vm: &Vm, task: &Gc<Task>, event_loop: &Value) -> PyResult<()> {
    let outer = {
        let mut current = vm.tasks.current.borrow_mut();
        let at = current.iter().rposition(|(of, _)| of.is(event_loop));
        at.map(|at| current.remove(at))
    };
    vm.tasks.registry.add(task);
    // The context may be the running one, where the caller passed that.
    let context = task.context.borrow().clone();
    let result = match &context {
        Some(context) if vm.current_context().is(context) => {
            vm.outside_context(context, || vm.step_task(task))
        }
        _ => vm.step_task(task),
    };
    if let Some(outer) = outer {
        vm.tasks.current.borrow_mut().push(outer);
    }
    if task.core.is_done() {
        // It never was a task that could be asked where it stands.
        drop(task.coroutine.replace(Value::NONE));
    }
    result
}

/// A new task of `event_loop`, for loops without a factory.
pub fn new_task(vm: &Vm, coroutine: &Value, start: Start<'_>) -> PyResult<Gc<Task>> {
    let task = heap::alloc(vm.types.task(), Task::new());
    init_task(vm, &task, coroutine, start)?;
    Ok(task)
}

/// `loop.create_task(coroutine, **keywords)`, without the method call where nobody can see it.
pub fn create_task_on(vm: &Vm, event_loop: &Value, coroutine: &Value, args: Args<'_>) -> PyResult {
    if args.kw_names.is_empty() {
        if let Some(native) = EventLoop::plain_of(event_loop) {
            native.check_open(vm)?;
            let start = Start { event_loop: Some(event_loop), ..Start::default() };
            return Ok(new_task(vm, coroutine, start)?.into());
        }
    }
    let method = vm.get_attr_named(event_loop, "create_task")?;
    let values = [coroutine.clone()];
    vm.call_args(&method, Args { values: &values, rest: &[], ..args })
}

/// `asyncio.isfuture(value)`.
pub fn is_future(vm: &Vm, value: &Value) -> PyResult<bool> {
    if core_of(value).is_some() {
        return Ok(true);
    }
    if value.header().is_none() || is_native_coroutine(value) {
        return Ok(false);
    }
    let class = vm.get_attr(value, &vm.names.__class__)?;
    if vm.get_attr_opt(&class, &vm.names._asyncio_future_blocking)?.is_none() {
        return Ok(false);
    }
    Ok(!vm.get_attr(value, &vm.names._asyncio_future_blocking)?.is_none())
}

/// `asyncio.ensure_future(value, loop=event_loop)`.
pub fn ensure_future(vm: &Vm, value: &Value, event_loop: Option<&Value>) -> PyResult {
    if is_future(vm, value)? {
        if let Some(event_loop) = event_loop {
            if !super::gather::loop_of_future(vm, value)?.is(event_loop) {
                return vm.raise(
                    Exc::ValueError,
                    "The future belongs to a different loop than the one specified as the loop argument",
                );
            }
        }
        return Ok(value.clone());
    }
    let (coroutine, is_wrapped) = if is_coroutine(vm, value)? {
        (value.clone(), false)
    } else if vm.type_of(value).slots().await_.is_some() || is_generator_coroutine(value) {
        (vm.call_asyncio("asyncio.tasks", "_wrap_awaitable", std::slice::from_ref(value))?, true)
    } else {
        return vm.raise(Exc::TypeError, "An asyncio.Future, a coroutine or an awaitable is required");
    };
    let event_loop = match event_loop {
        Some(event_loop) => event_loop.clone(),
        None => vm.current_event_loop()?,
    };
    match create_task_on(vm, &event_loop, &coroutine, Args::EMPTY) {
        // The loop is closed, for one: nobody will ever await it, which is not to be warned of besides.
        Err(raised) if !is_wrapped && vm.raised_is(&raised, Exc::RuntimeError) => {
            let exception = vm.take_raised(raised);
            vm.call_method_named(&coroutine, "close", &[])?;
            Err(vm.reraise(exception))
        }
        made => made,
    }
}

fn is_generator_coroutine(value: &Value) -> bool {
    value.downcast::<Generator>().is_some_and(|generator| {
        generator.frame().code().has_flag(ouro_lang::code::flags::ITERABLE_COROUTINE)
    })
}

impl Vm {
    /// `asyncio.get_event_loop()`: the running loop, or what the policy has.
    pub fn current_event_loop(&self) -> PyResult {
        match self.running_loop() {
            Some(running) => Ok(running),
            None => self.call_asyncio("asyncio.events", "_get_event_loop_of_policy", &[]),
        }
    }
}
