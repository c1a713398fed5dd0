//! Tasks: a coroutine and the one place it is in: the ready queue, running, or parked with a wait slot that says on what.

use std::cell::Cell;

use super::context::Context;
use super::future::{FutureCore, ValueCell};
use super::native_coroutine::{NativeCoroutine, Waiting};
use crate::event_loop::EventLoop;
use crate::heap::{Header, Kind, Payload, Trace, Visitor};
use crate::objects::exception::Exception;
use crate::slim_cell::SlimCell;
use crate::{Gc, PyResult, Value, Vm};

/// What a task waits for.
#[derive(Default)]
pub enum Wait {
    /// It runs, or waits for its turn with nothing to be told.
    #[default]
    Turn,
    /// A future: native, a Python subclass or foreign.
    Future(Value),
    /// `asyncio.sleep`: a slot of the loop's timers.
    Timer(u32),
    /// The timer is due, and in the ready queue.
    TimerDue,
    /// A waiter of a lock, event, queue or the like: the native coroutine knows which.
    Primitive(Gc<NativeCoroutine>),
    /// What it waited for without a future is there; the task is in the ready queue. Whether a future would have the result True.
    Woken(bool),
    /// As `Woken`, but cancelled, with the message if there is one.
    WokenCancelled(Option<Value>),
    /// It is to be stepped with this exception.
    Throw(Gc<Exception>),
}

impl Trace for Wait {
    fn trace_value(&self, visit: Visitor<'_>) {
        match self {
            Wait::Turn | Wait::Timer(_) | Wait::TimerDue | Wait::Woken(_) | Wait::WokenCancelled(None) => {}
            Wait::Future(value) | Wait::WokenCancelled(Some(value)) => visit(value),
            Wait::Primitive(waiter) => visit(waiter.as_value()),
            Wait::Throw(exception) => visit(exception.as_value()),
        }
    }
}

pub struct Task {
    pub core: FutureCore,
    /// Unbound before `__init__`.
    pub coroutine: ValueCell,
    /// `None`: one of its own without variables, made when somebody needs it; see `Vm::context_of_task`.
    pub context: SlimCell<Option<Gc<Context>>>,
    pub wait: SlimCell<Wait>,
    pub cancel_requests: Cell<u32>,
    /// `N` of "Task-N"; above `NAMED` if the task was given a name.
    pub number: Cell<u64>,
    /// Where the registry has it; `u32::MAX` if it has not.
    pub registry_index: Cell<u32>,
}

impl Payload for Task {
    const KIND: Kind = Kind::Task;
    crate::trace_fields!(
        core, coroutine, context, wait; skip cancel_requests, number, registry_index
    );

    fn clear(&self) {
        self.core.clear();
        let _dropped = (self.coroutine.take(), self.context.take(), self.wait.take());
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        Vm::current().tasks.registry.remove(self);
    }
}

impl Task {
    pub fn new() -> Task {
        let core = FutureCore::new(Value::UNBOUND);
        Task {
            core,
            coroutine: ValueCell::new(Value::UNBOUND),
            context: SlimCell::default(),
            wait: SlimCell::default(),
            cancel_requests: Cell::new(0),
            number: Cell::new(0),
            registry_index: Cell::new(u32::MAX),
        }
    }

    /// The task whose object this is the header of, without counting a reference.
    pub fn of_header(header: &Header) -> Option<&Task> {
        if header.kind() == Kind::Task { Some(header.payload::<Task>()) } else { None }
    }

    /// `_fut_waiter`, where that is a real future.
    pub fn waited_future(&self) -> Option<Value> {
        match &*self.wait.borrow() {
            Wait::Future(future) => Some(future.clone()),
            _ => None,
        }
    }
}

/// Numbers of tasks that were given a name lie above it.
pub const NAMED: u64 = 1 << 63;

impl Default for Task {
    fn default() -> Task {
        Task::new()
    }
}

impl Vm {
    /// The number of the task under way; 0 if there is none.
    #[inline]
    pub fn current_task_number(&self) -> u64 {
        let current = self.tasks.current.borrow();
        let task = current.last().and_then(|(_, task)| task.downcast::<Task>());
        task.map_or(0, |task| task.number.get())
    }

    /// `task.cancel(message)`: whether there was anything to cancel.
    pub fn cancel_task(&self, task: &Gc<Task>, message: Option<&Value>) -> PyResult<bool> {
        task.core.log_traceback.set(false);
        if task.core.is_done() {
            return Ok(false);
        }
        task.cancel_requests.set(task.cancel_requests.get().saturating_add(1));
        let message = message.filter(|message| !message.is_none());
        if let Some(future) = task.waited_future() {
            if self.cancel_awaited(&future, message)? {
                return Ok(true);
            }
        } else if self.cancel_native_wait(task, message)? {
            return Ok(true);
        }
        task.core.must_cancel.set(true);
        task.core.set_cancel_message(message);
        Ok(true)
    }

    /// `future.cancel(msg=message)`.
    pub fn cancel_awaited(&self, future: &Value, message: Option<&Value>) -> PyResult<bool> {
        let class = self.type_of(future);
        if class.is(self.types.future()) {
            let core = super::future::core_of(future).expect("the class says so");
            return super::future_type::cancel_core(self, future, core, message);
        }
        if class.is(self.types.task()) {
            let task = future.downcast::<Task>().expect("the class says so").clone();
            // Each task of a chain that wait for each other is one level of native stack.
            self.check_native_depth("")?;
            return self.cancel_task(&task, message);
        }
        let method = self.get_attr(future, &self.names.cancel)?;
        let names = [self.names.msg.clone()];
        let value = message.cloned().unwrap_or(Value::NONE);
        let result =
            self.call_args(&method, crate::Args::with_keywords(&[], &names, std::slice::from_ref(&value)))?;
        self.truth(&result)
    }

    /// Cancels a wait that has no future; false if there is none, or it is over already.
    fn cancel_native_wait(&self, task: &Gc<Task>, message: Option<&Value>) -> PyResult<bool> {
        match &*task.wait.borrow() {
            Wait::Timer(_) | Wait::TimerDue | Wait::Primitive(_) => {}
            _ => return Ok(false),
        }
        let old = task.wait.replace(Wait::WokenCancelled(message.cloned()));
        let event_loop = task.core.event_loop.get();
        let event_loop = event_loop.downcast::<EventLoop>().expect("only tasks of native loops park");
        match old {
            Wait::Timer(slot) => drop(event_loop.timers.borrow_mut().cancel(slot)),
            Wait::Primitive(waiter) => waiter.set_waiting(Waiting::Cancelled),
            _ => {}
        }
        event_loop.push_task(self, task)?;
        Ok(true)
    }

    /// Wakes a task parked without a future.
    pub fn wake_parked(&self, task: &Gc<Task>, result: bool) -> PyResult<()> {
        *task.wait.borrow_mut() = Wait::Woken(result);
        let event_loop = task.core.event_loop.get();
        let event_loop = event_loop.downcast::<EventLoop>().expect("only tasks of native loops park");
        event_loop.push_task(self, task)
    }
}
