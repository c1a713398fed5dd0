//! Stepping a task: what it is told, and what becomes of what it yields.

use std::cell::Cell;

use super::future::{NativeCallback, State, core_of};
use super::native_coroutine::{NativeCoroutine, NativeStep};
use super::task::{Task, Wait};
use crate::class::{Slots, TypeSpec, type_flags};
use crate::event_loop::EventLoop;
use crate::heap::{self, Payload};
use crate::objects::exception::Exception;
use crate::objects::generator::Generator;
use crate::vm::generator::{Outcome, Wake};
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// A task's step as it ended.
enum Stepped {
    /// Parked already, by native code.
    Parked,
    Yielded(Value),
    Returned(Value),
    Raised(Gc<Exception>),
}

impl Vm {
    /// Runs one step of a task whose turn it is, in its context.
    ///
    /// # Errors
    /// KeyboardInterrupt and SystemExit of the task, and errors of the loop's own methods.
    pub fn step_task(&self, task: &Gc<Task>) -> PyResult<()> {
        let wait = task.wait.take();
        let mut wake = match wait {
            Wait::Future(future) => self.wake_of_future(&future)?,
            Wait::WokenCancelled(message) => Wake::Throw(self.new_cancelled_error(message.as_ref())?),
            Wait::Throw(exception) => Wake::Throw(exception),
            _ => Wake::Send(Value::NONE),
        };
        if task.core.is_done() {
            let (shown, exc) = (
                self.repr_text(task.as_value())?,
                match &wake {
                    Wake::Throw(exception) => self.repr_text(exception.as_value())?,
                    Wake::Send(_) => "None".to_string(),
                },
            );
            return self.raise_invalid_state(&format!("__step(): already done: {shown}, {exc}"));
        }
        if task.core.must_cancel.get() {
            if !matches!(&wake, Wake::Throw(exception) if self.is_cancelled_error(exception)) {
                wake = Wake::Throw(self.new_cancelled_error(task.core.cancel_message().as_ref())?);
            }
            task.core.must_cancel.set(false);
        }
        let event_loop = task.core.event_loop.get();
        self.enter_task(&event_loop, task)?;
        let stepped = self.in_context_of_task(task, || self.run_step(task, wake));
        if let Some((event_loop, task)) = self.tasks.current.borrow_mut().pop() {
            event_loop.give_back();
            task.give_back();
        }
        self.after_step(task, stepped?)
    }

    /// What a task that waited for `future` is told.
    fn wake_of_future(&self, future: &Value) -> PyResult<Wake> {
        let result = match core_of(future).filter(|_| self.has_native_result(future)) {
            Some(core) => match core.state.get() {
                State::Result => return Ok(Wake::Send(Value::NONE)),
                _ => self.future_result(core),
            },
            None => self.call_method(future, &self.names.result, &[]),
        };
        match result {
            Ok(_) => Ok(Wake::Send(Value::NONE)),
            Err(raised) => Ok(Wake::Throw(self.take_raised(raised))),
        }
    }

    /// Whether no Python class stands between the future and its `result`.
    fn has_native_result(&self, future: &Value) -> bool {
        let class = self.type_of(future);
        !class.is_heap_type() || {
            let own = class.lookup(&self.names.result);
            let native = self.types.future().lookup(&self.names.result);
            matches!((own, native), (Some(own), Some(native)) if own.is(&native))
        }
    }

    fn enter_task(&self, event_loop: &Value, task: &Gc<Task>) -> PyResult<()> {
        if let Some(other) = self.current_task_of(event_loop) {
            let (task, other) = (self.repr_text(task.as_value())?, self.repr_text(&other)?);
            return self.raise(
                Exc::RuntimeError,
                format!("Cannot enter into task {task} while another task {other} is being executed."),
            );
        }
        self.tasks.current.borrow_mut().push((event_loop.clone(), task.to_value()));
        Ok(())
    }

    fn run_step(&self, task: &Gc<Task>, wake: Wake) -> Stepped {
        let coroutine = task.coroutine.get();
        let outcome = if let Some(generator) = coroutine.downcast::<Generator>() {
            let outer: &Cell<*const Generator> = &self.tasks.chain;
            let saved = outer.replace(&raw const **generator);
            let outcome = self.resume(generator, wake);
            outer.set(saved);
            // The task holds it, too.
            coroutine.give_back();
            match outcome {
                Ok(Outcome::Yielded(value)) if value.is_unbound() => return Stepped::Parked,
                outcome => outcome,
            }
        } else if let Some(native) = coroutine.downcast::<NativeCoroutine>() {
            match self.drive_native(native, wake, true) {
                Ok(NativeStep::Parked) => return Stepped::Parked,
                Ok(NativeStep::Yielded(value)) => Ok(Outcome::Yielded(value)),
                Ok(NativeStep::Returned(value)) => Ok(Outcome::Returned(value)),
                Err(raised) => Err(raised),
            }
        } else {
            let result = match wake {
                Wake::Send(value) => self.call_method(&coroutine, &self.names.send, &[value]),
                Wake::Throw(exception) => {
                    self.call_method(&coroutine, &self.names.throw, &[exception.into()])
                }
            };
            self.returned_or_yielded(result)
        };
        match outcome {
            Ok(Outcome::Yielded(value)) => Stepped::Yielded(value),
            Ok(Outcome::Returned(value)) => Stepped::Returned(value),
            Err(raised) => Stepped::Raised(self.take_raised(raised)),
        }
    }

    fn after_step(&self, task: &Gc<Task>, stepped: Stepped) -> PyResult<()> {
        match stepped {
            Stepped::Parked => {
                if task.core.must_cancel.get() && self.cancel_parked(task)? {
                    task.core.must_cancel.set(false);
                }
                Ok(())
            }
            Stepped::Yielded(value) => self.wait_for_yielded(task, value),
            Stepped::Returned(value) => {
                self.retire(task);
                if task.core.must_cancel.replace(false) {
                    return self.cancel_future(task.as_value(), &task.core, None);
                }
                self.complete_future(task.as_value(), &task.core, value)
            }
            Stepped::Raised(exception) => {
                self.retire(task);
                if self.is_cancelled_error(&exception) {
                    // The message is in the exception; one made later has none.
                    task.core.set_cancel_message(None);
                    return self.cancel_future(task.as_value(), &task.core, Some(exception));
                }
                let ends_loop = [Exc::KeyboardInterrupt, Exc::SystemExit]
                    .iter()
                    .any(|&exc| exception.header().ty().is_subclass(self.types.exception(exc)));
                self.fail_future(task.as_value(), &task.core, exception.clone())?;
                if ends_loop {
                    return Err(self.reraise(exception));
                }
                self.note_failed(task);
                Ok(())
            }
        }
    }

    /// Delivers at once a cancellation that was asked for while the step ran.
    fn cancel_parked(&self, task: &Gc<Task>) -> PyResult<bool> {
        let message = task.core.cancel_message();
        let requests = task.cancel_requests.get();
        task.core.must_cancel.set(false);
        self.cancel_task(task, message.as_ref())?;
        task.cancel_requests.set(requests);
        Ok(!task.core.must_cancel.get())
    }

    /// The task is done: its coroutine stays for `get_coro`, its place in the registry goes.
    fn retire(&self, task: &Gc<Task>) {
        self.tasks.registry.remove(task);
        if task.header().is_exact() {
            task.header().set_wants_finalizer(false);
        }
    }

    /// Parks the task on what its coroutine yielded, or throws an error in its next step.
    fn wait_for_yielded(&self, task: &Gc<Task>, yielded: Value) -> PyResult<()> {
        if yielded.is_none() {
            return self.schedule_step(task, Wait::Turn);
        }
        if let Some(core) = core_of(&yielded).filter(|_| !self.type_of(&yielded).is_heap_type()) {
            let same = core.event_loop.get().is(&task.core.event_loop.get());
            if same && core.blocking.get() && !yielded.is(task.as_value()) {
                core.blocking.set(false);
                *task.wait.borrow_mut() = Wait::Future(yielded.clone());
                if core.is_done() {
                    core.schedule_waiter(self, &yielded, task)?;
                } else {
                    core.add_callback(super::future::Callback::Wakeup(task.clone()));
                }
                return self.cancel_if_due(task, &yielded);
            }
        }
        let blocking = self.get_attr_opt(&yielded, &self.names._asyncio_future_blocking)?;
        let Some(blocking) = blocking.filter(|blocking| !blocking.is_none()) else {
            return self.refuse_yielded(task, &yielded);
        };
        let (shown_task, shown) = (|| self.repr_text(task.as_value()), || self.repr_text(&yielded));
        let owner = self.loop_of(&yielded)?;
        if !owner.is(&task.core.event_loop.get()) {
            let message =
                format!("Task {} got Future {} attached to a different loop", shown_task()?, shown()?);
            return self.throw_soon(task, &message);
        }
        if !self.truth(&blocking)? {
            let message =
                format!("yield was used instead of yield from in task {} with {}", shown_task()?, shown()?);
            return self.throw_soon(task, &message);
        }
        if yielded.is(task.as_value()) {
            return self.throw_soon(task, &format!("Task cannot await on itself: {}", shown_task()?));
        }
        self.set_attr(&yielded, &self.names._asyncio_future_blocking, Some(&Value::FALSE))?;
        let context = self.context_of_task(task);
        let method = self.get_attr_named(&yielded, "add_done_callback")?;
        let names = [self.intern("context")];
        let wakeup = [wakeup_callable(self, task)];
        self.call_args(
            &method,
            Args::with_keywords(&wakeup, &names, std::slice::from_ref(context.as_value())),
        )?;
        *task.wait.borrow_mut() = Wait::Future(yielded.clone());
        self.cancel_if_due(task, &yielded)
    }

    /// A cancellation was asked for during the step that ended in waiting for `future`.
    fn cancel_if_due(&self, task: &Gc<Task>, future: &Value) -> PyResult<()> {
        if task.core.must_cancel.get() {
            let message = task.core.cancel_message();
            if self.cancel_awaited(future, message.as_ref())? {
                task.core.must_cancel.set(false);
            }
        }
        Ok(())
    }

    /// `future.get_loop()`, or its `_loop`.
    fn loop_of(&self, future: &Value) -> PyResult {
        match self.get_attr_opt(future, &self.intern("get_loop"))? {
            Some(method) => self.call(&method, &[]),
            None => self.get_attr_named(future, "_loop"),
        }
    }

    fn refuse_yielded(&self, task: &Gc<Task>, yielded: &Value) -> PyResult<()> {
        let shown = self.repr_text(yielded)?;
        let message = if yielded.downcast::<Generator>().is_some() {
            let task = self.repr_text(task.as_value())?;
            format!("yield was used instead of yield from for generator in task {task} with {shown}")
        } else {
            format!("Task got bad yield: {shown}")
        };
        self.throw_soon(task, &message)
    }

    fn throw_soon(&self, task: &Gc<Task>, message: &str) -> PyResult<()> {
        let error = Exception::new(self, Exc::RuntimeError, &[message.into()]);
        self.schedule_step(task, Wait::Throw(error))
    }

    /// Puts the task into its loop's ready queue.
    pub fn schedule_step(&self, task: &Gc<Task>, wait: Wait) -> PyResult<()> {
        *task.wait.borrow_mut() = wait;
        let event_loop = task.core.event_loop.get();
        if let Some(event_loop) = EventLoop::direct_of(&event_loop) {
            return event_loop.push_task(self, task);
        }
        let context = self.context_of_task(task);
        let callable: Value =
            heap::alloc(self.types.task_step(), TaskCallable { task: task.clone(), wakeup: false }).into();
        self.call_soon_in(&event_loop, &callable, &[], &context)
    }
}

impl super::future::FutureCore {
    /// Wakes a task that waits for a future that is done already.
    fn schedule_waiter(&self, vm: &Vm, future: &Value, task: &Gc<Task>) -> PyResult<()> {
        vm.schedule_callback(future, self, super::future::Callback::Wakeup(task.clone()))
    }
}

/// A task's step or wake-up, as a callable for loops and futures that are not native.
pub struct TaskCallable {
    task: Gc<Task>,
    wakeup: bool,
}

impl Payload for TaskCallable {
    crate::trace_fields!(task; skip wakeup);
}

pub fn wakeup_callable(vm: &Vm, task: &Gc<Task>) -> Value {
    heap::alloc(vm.types.task_step(), TaskCallable { task: task.clone(), wakeup: true }).into()
}

fn callable(value: &Value) -> &Gc<TaskCallable> {
    value.downcast().expect("slots see instances of their class")
}

fn qualname(value: &Value) -> &'static str {
    if callable(value).wakeup { "Task.task_wakeup" } else { "Task.task_step" }
}

pub static TASK_STEP: TypeSpec = TypeSpec {
    name: "TaskStepMethWrapper",
    module: "_asyncio",
    flags: type_flags::NO_NEW,
    getset: &[
        GetSet::read_only("__self__", |_, value| Ok(callable(value).task.to_value())),
        GetSet::read_only("__qualname__", |_, value| Ok(qualname(value).into())),
        GetSet::read_only("__name__", |_, value| Ok(qualname(value)[5..].into())),
    ],
    slots: Slots {
        call: Some(|vm, value, args| {
            let this = callable(value);
            let n = usize::from(this.wakeup);
            args.check_arity(vm, qualname(value), n, n)?;
            let task = this.task.clone();
            // The loop that calls this has entered the task's context already.
            let context = task.context.borrow().clone();
            let result = match &context {
                Some(context) => vm.outside_context(context, || vm.step_task(&task)),
                None => vm.step_task(&task),
            };
            result.map(|()| Value::NONE)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// A native callback as an object: seen in `Future._callbacks`, and called by loops that are not native.
pub struct NativeCallable {
    kind: NativeCallback,
    target: Value,
}

impl Payload for NativeCallable {
    crate::trace_fields!(target; skip kind);
}

pub fn native_callable(vm: &Vm, kind: NativeCallback, target: Value) -> Value {
    heap::alloc(vm.types.native_callback(), NativeCallable { kind, target }).into()
}

fn native(value: &Value) -> &Gc<NativeCallable> {
    value.downcast().expect("slots see instances of their class")
}

pub static NATIVE_CALLBACK: TypeSpec = TypeSpec {
    name: "callback",
    module: "_asyncio",
    flags: type_flags::NO_NEW,
    methods: &[NativeFn::new("__reduce__($self, /)", |vm, _| {
        vm.raise(Exc::TypeError, "cannot pickle '_asyncio.callback' object")
    })],
    getset: &[GetSet::read_only("__qualname__", |_, value| Ok(native(value).kind.qualname().into()))],
    slots: Slots {
        call: Some(|vm, value, args| {
            let this = native(value).clone();
            args.check_arity(vm, this.kind.qualname(), 1, 1)?;
            this.kind.call(vm, &this.target, args.value(0)).map(|()| Value::NONE)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
