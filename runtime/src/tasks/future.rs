//! Futures: the state that futures, tasks and gathering futures share, and what completes it.

use std::cell::Cell;

use super::context::Context;
use super::gather::Gathering;
use super::task::Task;
use crate::class::Type;
use crate::event_loop::EventLoop;
use crate::heap::{self, Kind, Payload, Trace, Visitor};
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::objects::list::List;
use crate::slim_cell::SlimCell;
use crate::{Exc, Gc, PyResult, Value, Vm};

/// A cell holding a value, read by cloning.
pub struct ValueCell(Cell<Value>);

impl ValueCell {
    pub const fn new(value: Value) -> ValueCell {
        ValueCell(Cell::new(value))
    }

    #[inline]
    pub fn get(&self) -> Value {
        let value = self.0.replace(Value::UNBOUND);
        let copy = value.clone();
        self.0.set(value);
        copy
    }

    #[inline]
    pub fn replace(&self, value: Value) -> Value {
        self.0.replace(value)
    }

    #[inline]
    pub fn take(&self) -> Value {
        self.0.replace(Value::UNBOUND)
    }
}

impl Trace for ValueCell {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.0.trace_value(visit);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    Pending,
    Cancelled,
    /// Finished with a result.
    Result,
    /// Finished with an exception.
    Exception,
}

/// What is to run when a future is done, in the order it was added.
pub enum Callback {
    /// The task waits for it.
    Wakeup(Gc<Task>),
    /// `add_done_callback`.
    Call { callable: Value, context: Gc<Context> },
    /// Native code: see [`NativeCallback`].
    Native { kind: NativeCallback, target: Value },
}

/// Native callbacks of futures: called with their target and the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NativeCallback {
    /// A child of a gathering future (the target) is done.
    Gather = 1,
}

impl NativeCallback {
    pub const ALL: [NativeCallback; 1] = [NativeCallback::Gather];

    /// Name in the future's repr.
    pub fn qualname(self) -> &'static str {
        match self {
            NativeCallback::Gather => "gather.<locals>._done_callback",
        }
    }

    pub fn call(self, vm: &Vm, target: &Value, future: &Value) -> PyResult<()> {
        match self {
            NativeCallback::Gather => super::gather::child_done(vm, target, future),
        }
    }
}

impl Trace for Callback {
    fn trace_value(&self, visit: Visitor<'_>) {
        match self {
            Callback::Wakeup(task) => visit(task.as_value()),
            Callback::Call { callable, context } => {
                visit(callable);
                visit(context.as_value());
            }
            Callback::Native { target, .. } => visit(target),
        }
    }
}

/// Most futures have no callback or one waiting task.
#[derive(Default)]
pub enum Callbacks {
    #[default]
    None,
    Waiter(Gc<Task>),
    Many(Box<Vec<Callback>>),
}

impl Trace for Callbacks {
    fn trace_value(&self, visit: Visitor<'_>) {
        match self {
            Callbacks::None => {}
            Callbacks::Waiter(task) => visit(task.as_value()),
            Callbacks::Many(list) => list.trace_value(visit),
        }
    }
}

/// What few futures have.
#[derive(Default)]
pub struct Rare {
    pub cancel_message: Option<Value>,
    pub source_traceback: Option<Value>,
    /// The traceback the exception had when it was set: each `result()` raises it with this one again.
    pub traceback: Option<Value>,
    /// Tasks: the name that was given.
    pub name: Option<Value>,
    /// `_asyncio_awaited_by`: a set.
    pub awaited_by: Option<Value>,
    /// The `__dict__`, of those that are no instances of a Python class.
    pub attributes: Option<Value>,
}

impl Trace for Box<Rare> {
    fn trace_value(&self, visit: Visitor<'_>) {
        [
            &self.cancel_message,
            &self.source_traceback,
            &self.traceback,
            &self.name,
            &self.awaited_by,
            &self.attributes,
        ]
        .into_iter()
        .flatten()
        .for_each(visit);
    }
}

/// The part of a payload that makes it a future.
pub struct FutureCore {
    pub state: Cell<State>,
    /// `_asyncio_future_blocking`: a task has just yielded it.
    pub blocking: Cell<bool>,
    /// It holds an exception nobody has looked at.
    pub log_traceback: Cell<bool>,
    /// Tasks: complain if dropped while pending.
    pub log_destroy_pending: Cell<bool>,
    /// Tasks: `cancel()` was called while there was nothing to cancel: the next step throws.
    pub must_cancel: Cell<bool>,
    /// The loop; unbound before `__init__`.
    pub event_loop: ValueCell,
    /// The result, the exception, or once cancelled the CancelledError to raise (unbound if one is to be made).
    outcome: ValueCell,
    callbacks: SlimCell<Callbacks>,
    pub rare: SlimCell<Option<Box<Rare>>>,
}

impl Trace for FutureCore {
    fn trace_value(&self, visit: Visitor<'_>) {
        let FutureCore {
            event_loop,
            outcome,
            callbacks,
            rare,
            state: _,
            blocking: _,
            log_traceback: _,
            log_destroy_pending: _,
            must_cancel: _,
        } = self;
        event_loop.trace_value(visit);
        outcome.trace_value(visit);
        callbacks.trace_value(visit);
        rare.trace_value(visit);
    }
}

impl FutureCore {
    pub fn new(event_loop: Value) -> FutureCore {
        FutureCore {
            state: Cell::new(State::Pending),
            blocking: Cell::new(false),
            log_traceback: Cell::new(false),
            log_destroy_pending: Cell::new(true),
            must_cancel: Cell::new(false),
            event_loop: ValueCell::new(event_loop),
            outcome: ValueCell::new(Value::UNBOUND),
            callbacks: SlimCell::default(),
            rare: SlimCell::default(),
        }
    }

    #[inline]
    pub fn is_done(&self) -> bool {
        self.state.get() != State::Pending
    }

    pub fn rare_mut<R>(&self, f: impl FnOnce(&mut Rare) -> R) -> R {
        f(self.rare.borrow_mut().get_or_insert_default())
    }

    pub fn cancel_message(&self) -> Option<Value> {
        self.rare.borrow().as_ref().and_then(|rare| rare.cancel_message.clone())
    }

    pub fn set_cancel_message(&self, message: Option<&Value>) {
        let message = message.filter(|message| !message.is_none()).cloned();
        if message.is_some() || self.rare.borrow().is_some() {
            self.rare_mut(|rare| rare.cancel_message = message);
        }
    }

    /// The result or exception, unbound while there is none.
    pub fn outcome(&self) -> Value {
        match self.state.get() {
            State::Result | State::Exception => self.outcome.get(),
            _ => Value::UNBOUND,
        }
    }

    /// Drops everything that could close a cycle.
    pub fn clear(&self) {
        let _dropped = (self.outcome.take(), self.callbacks.take(), self.rare.take(), self.event_loop.take());
    }

    /// Adds a callback to a pending future.
    pub fn add_callback(&self, callback: Callback) {
        let mut callbacks = self.callbacks.borrow_mut();
        match (&mut *callbacks, callback) {
            (slot @ Callbacks::None, Callback::Wakeup(task)) => *slot = Callbacks::Waiter(task),
            (Callbacks::Many(list), callback) => list.push(callback),
            (slot, callback) => {
                let mut list = Vec::with_capacity(2);
                if let Callbacks::Waiter(task) = std::mem::take(slot) {
                    list.push(Callback::Wakeup(task));
                }
                list.push(callback);
                *slot = Callbacks::Many(Box::new(list));
            }
        }
    }

    /// Takes all callbacks away.
    pub fn take_callbacks(&self) -> Callbacks {
        self.callbacks.take()
    }

    /// Puts callbacks back, before those added since.
    pub fn restore_callbacks(&self, list: Vec<Callback>) {
        let newer = match self.callbacks.take() {
            Callbacks::None => Vec::new(),
            Callbacks::Waiter(task) => vec![Callback::Wakeup(task)],
            Callbacks::Many(list) => *list,
        };
        let list: Vec<Callback> = list.into_iter().chain(newer).collect();
        if !list.is_empty() {
            *self.callbacks.borrow_mut() = Callbacks::Many(Box::new(list));
        }
    }

    /// Tasks that wait for it, and futures that gather it.
    pub fn native_awaiters(&self) -> Vec<Value> {
        match &*self.callbacks.borrow() {
            Callbacks::None => Vec::new(),
            Callbacks::Waiter(task) => vec![task.to_value()],
            Callbacks::Many(list) => list
                .iter()
                .filter_map(|callback| match callback {
                    Callback::Wakeup(task) => Some(task.to_value()),
                    Callback::Native { kind: NativeCallback::Gather, target } => {
                        target.downcast::<Gathering>().and_then(|outer| outer.caller())
                    }
                    Callback::Call { .. } => None,
                })
                .collect(),
        }
    }

    /// The callbacks as `_callbacks` shows them, with their contexts.
    pub fn callbacks_snapshot(&self, vm: &Vm) -> Vec<(Value, Value)> {
        let none_context = || Value::NONE;
        match &*self.callbacks.borrow() {
            Callbacks::None => Vec::new(),
            Callbacks::Waiter(task) => vec![(super::step::wakeup_callable(vm, task), none_context())],
            Callbacks::Many(list) => list
                .iter()
                .map(|callback| match callback {
                    Callback::Wakeup(task) => (super::step::wakeup_callable(vm, task), none_context()),
                    Callback::Call { callable, context } => (callable.clone(), context.to_value()),
                    Callback::Native { kind, target } => {
                        (super::step::native_callable(vm, *kind, target.clone()), none_context())
                    }
                })
                .collect(),
        }
    }
}

/// `asyncio.Future`.
pub struct Future {
    pub core: FutureCore,
}

impl Payload for Future {
    const KIND: Kind = Kind::Future;
    crate::trace_fields!(core);

    fn clear(&self) {
        self.core.clear();
    }
}

/// The future part of a future, task or gathering future, subclasses included.
#[inline]
pub fn core_of(value: &Value) -> Option<&FutureCore> {
    match value.kind()? {
        Kind::Future => value.downcast::<Future>().map(|future| &future.core),
        Kind::Task => value.downcast::<Task>().map(|task| &task.core),
        Kind::Gathering => value.downcast::<Gathering>().map(|gathering| &gathering.core),
        _ => None,
    }
}

/// A plain future of `event_loop`.
pub fn new_future(vm: &Vm, event_loop: &Value) -> PyResult<Gc<Future>> {
    let future = heap::alloc(vm.types.future(), Future { core: FutureCore::new(event_loop.clone()) });
    future.header().set_wants_finalizer(false);
    note_source(vm, &future.core, event_loop)?;
    Ok(future)
}

/// In debug mode a future remembers where it was made.
pub fn note_source(vm: &Vm, core: &FutureCore, event_loop: &Value) -> PyResult<()> {
    let debug = match event_loop.downcast::<EventLoop>() {
        Some(event_loop) => event_loop.debug.get(),
        None => vm.truth(&vm.call_method_named(event_loop, "get_debug", &[])?)?,
    };
    if debug {
        let stack = vm.call_asyncio("asyncio.format_helpers", "extract_stack", &[])?;
        core.rare_mut(|rare| rare.source_traceback = Some(stack));
    }
    Ok(())
}

/// A future whose attributes are in its rare part: it has no other place for them.
pub fn with_own_attributes(value: &Value) -> Option<&FutureCore> {
    core_of(value).filter(|_| value.header().is_some_and(|header| header.extra().is_none()))
}

impl Vm {
    /// The `__dict__` of such a future, made now if it has none yet. The first one anywhere ends the caching of methods of futures: attributes
    /// may hide them.
    pub fn future_attributes(&self, core: &FutureCore) -> Gc<Dict> {
        let known = core.rare.borrow().as_ref().and_then(|rare| rare.attributes.clone());
        if let Some(dict) = known.and_then(|dict| dict.into_gc::<Dict>().ok()) {
            return dict;
        }
        let dict = Dict::new();
        self.set_future_attributes(core, dict.clone());
        dict
    }

    pub fn set_future_attributes(&self, core: &FutureCore, dict: Gc<Dict>) {
        if !self.tasks.own_attributes.replace(true) {
            for class in [self.types.future(), self.types.task(), self.types.gathering_future()] {
                class.modified();
            }
        }
        core.rare_mut(|rare| rare.attributes = Some(dict.into()));
    }

    /// `future.set_result(value)` of a native future that is pending.
    pub fn complete_future(&self, future: &Value, core: &FutureCore, result: Value) -> PyResult<()> {
        let _old = core.outcome.replace(result);
        core.state.set(State::Result);
        self.schedule_callbacks(future, core)
    }

    /// As `set_exception`, with an exception known to be fit.
    pub fn fail_future(&self, future: &Value, core: &FutureCore, exception: Gc<Exception>) -> PyResult<()> {
        let traceback = exception.traceback();
        if traceback.is_some() {
            core.rare_mut(|rare| rare.traceback = traceback);
        }
        let _old = core.outcome.replace(exception.into());
        core.state.set(State::Exception);
        self.schedule_callbacks(future, core)?;
        core.log_traceback.set(true);
        if let Some(header) = future.header().filter(|header| header.is_exact()) {
            header.set_wants_finalizer(true);
        }
        Ok(())
    }

    /// Makes a pending future cancelled; `exception` is what waits for it see, if there is one already.
    pub fn cancel_future(
        &self,
        future: &Value,
        core: &FutureCore,
        exception: Option<Gc<Exception>>,
    ) -> PyResult<()> {
        let outcome = exception.map_or(Value::UNBOUND, Value::from);
        let _old = core.outcome.replace(outcome);
        core.state.set(State::Cancelled);
        self.schedule_callbacks(future, core)
    }

    /// `Future.set_exception`: checks and converts its argument.
    pub fn exception_for_future(&self, exception: &Value) -> PyResult<Gc<Exception>> {
        let instance = match exception.downcast::<Type>() {
            Some(class) if class.is_subclass(self.types.exception(Exc::BaseException)) => {
                self.call(exception, &[])?
            }
            _ => exception.clone(),
        };
        let Ok(instance) = instance.into_gc::<Exception>() else {
            return self.raise(Exc::TypeError, "invalid exception object");
        };
        if instance.header().ty().is_subclass(self.types.exception(Exc::StopIteration)) {
            let error = Exception::new(
                self,
                Exc::RuntimeError,
                &["StopIteration interacts badly with generators and cannot be raised into a Future".into()],
            );
            error.set_cause(Some(instance.to_value()));
            error.set_context(Some(instance));
            return Ok(error);
        }
        Ok(instance)
    }

    /// The error that reading a cancelled future raises.
    pub fn cancelled_error_of(&self, core: &FutureCore) -> PyResult<Gc<Exception>> {
        let kept = match core.state.get() {
            State::Cancelled => core.outcome.take(),
            _ => Value::UNBOUND,
        };
        if let Ok(exception) = kept.into_gc::<Exception>() {
            return Ok(exception);
        }
        self.new_cancelled_error(core.cancel_message().as_ref())
    }

    /// `future.result()`.
    pub fn future_result(&self, core: &FutureCore) -> PyResult {
        match core.state.get() {
            State::Result => Ok(core.outcome.get()),
            State::Exception => Err(self.raise_future_exception(core)),
            State::Cancelled => {
                let error = self.cancelled_error_of(core)?;
                self.raise_value(error)
            }
            State::Pending => self.raise_invalid_state("Result is not set."),
        }
    }

    /// The exception of a failed future, with the traceback it had then.
    pub fn take_future_exception(&self, core: &FutureCore) -> Option<Gc<Exception>> {
        core.log_traceback.set(false);
        let exception = core.outcome.get().into_gc::<Exception>().ok()?;
        exception.set_traceback(core.rare.borrow().as_ref().and_then(|rare| rare.traceback.clone()));
        Some(exception)
    }

    fn raise_future_exception(&self, core: &FutureCore) -> crate::Raised {
        let exception = self.take_future_exception(core).expect("a failed future has an exception");
        self.set_raised(exception)
    }

    /// Puts the callbacks of a future that is now done into its loop's ready queue.
    fn schedule_callbacks(&self, future: &Value, core: &FutureCore) -> PyResult<()> {
        match core.callbacks.take() {
            Callbacks::None => Ok(()),
            Callbacks::Waiter(task) => self.schedule_wakeup(core, &task, future),
            Callbacks::Many(list) => {
                for callback in *list {
                    self.schedule_callback(future, core, callback)?;
                }
                Ok(())
            }
        }
    }

    /// Puts one callback of a done future into the ready queue.
    pub fn schedule_callback(&self, future: &Value, core: &FutureCore, callback: Callback) -> PyResult<()> {
        let (callable, context) = match callback {
            Callback::Wakeup(task) => return self.schedule_wakeup(core, &task, future),
            Callback::Call { callable, context } => {
                if let Some(event_loop) = EventLoop::direct_of(&core.event_loop.get()) {
                    event_loop.push_call(self, callable, future.clone(), context)?;
                    return Ok(());
                }
                (callable, context)
            }
            Callback::Native { kind, target } => {
                if let Some(event_loop) = EventLoop::direct_of(&core.event_loop.get()) {
                    return event_loop.push_native(self, kind, target, future.clone());
                }
                (super::step::native_callable(self, kind, target), self.copy_context())
            }
        };
        self.call_soon_in(&core.event_loop.get(), &callable, std::slice::from_ref(future), &context)
    }

    fn schedule_wakeup(&self, core: &FutureCore, task: &Gc<Task>, future: &Value) -> PyResult<()> {
        let event_loop = core.event_loop.get();
        if let Some(event_loop) = EventLoop::direct_of(&event_loop) {
            return event_loop.push_task(self, task);
        }
        let context = self.context_of_task(task);
        let callable = super::step::wakeup_callable(self, task);
        self.call_soon_in(&event_loop, &callable, std::slice::from_ref(future), &context)
    }

    /// `loop.call_soon(callable, *args, context=context)` of any loop.
    pub fn call_soon_in(
        &self,
        event_loop: &Value,
        callable: &Value,
        args: &[Value],
        context: &Gc<Context>,
    ) -> PyResult<()> {
        let method = self.get_attr_named(event_loop, "call_soon")?;
        let mut values = vec![callable.clone()];
        values.extend_from_slice(args);
        let names = [self.intern("context")];
        let call = crate::Args::with_keywords(&values, &names, std::slice::from_ref(context.as_value()));
        self.call_args(&method, call).map(drop)
    }

    /// What the finaliser of a future says: of an exception nobody has asked for.
    ///
    /// # Errors
    /// What the loop's exception handler raises.
    pub fn report_never_retrieved(&self, future: &Value, core: &FutureCore) -> PyResult<()> {
        if !core.log_traceback.replace(false) {
            return Ok(());
        }
        let exception = core.outcome();
        let name = self.type_of(future).name_text();
        let context = crate::objects::dict::Dict::new();
        let put = |key: &str, value: Value| drop(context.insert_str(&self.intern(key), value));
        put("message", format!("{name} exception was never retrieved").into());
        put("exception", exception);
        put("future", future.clone());
        let source = core.rare.borrow().as_ref().and_then(|rare| rare.source_traceback.clone());
        if let Some(source) = source {
            put("source_traceback", source);
        }
        let event_loop = core.event_loop.get();
        self.call_method_named(&event_loop, "call_exception_handler", &[context.into()]).map(drop)
    }

    /// A list of values.
    pub fn list(&self, items: Vec<Value>) -> Value {
        List::new(items).into()
    }
}
