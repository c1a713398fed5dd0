//! Queues of waiters: what locks, events, semaphores and queues have in common.
//!
//! A waiter is the native coroutine that waits. Its `b` has the parked task, or where it was not a task's own code that awaited it, the
//! future it yielded. It stays in the queue until it has run again, unless waking takes it out.

use std::cell::RefCell;
use std::collections::VecDeque;

use super::future::{State, ValueCell, core_of};
use super::native_coroutine::{NativeCoroutine, NativeOp, NativeStep, Waiting};
use super::sleep::yield_future;
use super::task::{Task, Wait};
use crate::event_loop::EventLoop;
use crate::heap::{Trace, Visitor};
use crate::vm::generator::Wake;
use crate::{Exc, Gc, PyResult, Value, Vm};

/// The first loop that waited on a primitive, and those that wait.
pub struct Waiters {
    event_loop: ValueCell,
    queue: RefCell<VecDeque<Gc<NativeCoroutine>>>,
}

impl Default for Waiters {
    fn default() -> Waiters {
        Waiters { event_loop: ValueCell::new(Value::UNBOUND), queue: RefCell::default() }
    }
}

impl Trace for Waiters {
    fn trace_value(&self, visit: Visitor<'_>) {
        let Waiters { event_loop, queue } = self;
        event_loop.trace_value(visit);
        queue.trace_value(visit);
    }
}

/// How a wait ended.
pub struct Ended {
    /// The waiter had been woken.
    pub woken: bool,
    /// What is raised instead of going on.
    pub error: Option<Gc<crate::objects::exception::Exception>>,
    /// The task that was parked, or the future that was yielded.
    waited: Value,
}

impl Ended {
    /// Cancels a future that was waited on, if it is not done.
    pub fn cancel(&self, vm: &Vm) -> PyResult<()> {
        if self.waited.is_unbound() || self.waited.downcast::<Task>().is_some() {
            return Ok(());
        }
        vm.call_method(&self.waited, &vm.names.cancel, &[]).map(drop)
    }
}

impl Waiters {
    pub fn clear(&self) {
        let queue = std::mem::take(&mut *self.queue.borrow_mut());
        drop((queue, self.event_loop.take()));
    }

    pub fn len(&self) -> usize {
        self.queue.borrow().len()
    }

    /// The futures that CPython's queue would hold, as a deque.
    pub fn shown(&self, vm: &Vm) -> PyResult {
        let waiters: Vec<Gc<NativeCoroutine>> = self.queue.borrow().iter().cloned().collect();
        let mut futures = Vec::with_capacity(waiters.len());
        for waiter in &waiters {
            let waited = waiter.b.get();
            futures.push(match waited.downcast::<Task>() {
                Some(_) => super::task_type::fut_waiter(vm, &waited)?,
                None => waited,
            });
        }
        crate::event_loop::deque(vm, futures)
    }

    /// `_loop` of the primitive.
    pub fn shown_loop(&self) -> Value {
        let event_loop = self.event_loop.get();
        if event_loop.is_unbound() { Value::NONE } else { event_loop }
    }

    /// Whether any waiter has not been cancelled.
    pub fn any_not_cancelled(&self) -> bool {
        self.queue.borrow().iter().any(|waiter| state_of(waiter) != Waiting::Cancelled)
    }

    /// The running loop, which must be the one of earlier waits on `owner`.
    fn check_loop(&self, vm: &Vm, owner: &Value) -> PyResult {
        let running = vm.running_loop().unwrap_or(Value::NONE);
        let known = self.event_loop.get();
        if known.is_unbound() {
            self.event_loop.replace(running.clone());
        } else if !known.is(&running) {
            let shown = vm.repr_text(owner)?;
            return vm.raise(Exc::RuntimeError, format!("{shown} is bound to a different event loop"));
        }
        Ok(running)
    }

    /// Queues `coroutine`, which runs, and parks its task or yields a future.
    pub fn wait(
        &self,
        vm: &Vm,
        owner: &Value,
        coroutine: &Gc<NativeCoroutine>,
        direct: bool,
    ) -> PyResult<NativeStep> {
        let event_loop = self.check_loop(vm, owner)?;
        coroutine.set_waiting(Waiting::Pending);
        if direct && EventLoop::direct_of(&event_loop).is_some() {
            let current = vm.tasks.current.borrow().last().map(|(_, task)| task.clone());
            if let Some(task) = current.as_ref().and_then(|task| task.downcast::<Task>()) {
                if task.core.event_loop.get().is(&event_loop) {
                    coroutine.b.replace(task.to_value());
                    *task.wait.borrow_mut() = Wait::Primitive(coroutine.clone());
                    self.queue.borrow_mut().push_back(coroutine.clone());
                    return Ok(NativeStep::Parked);
                }
            }
        }
        if event_loop.is_none() {
            return vm.raise(Exc::RuntimeError, "no running event loop");
        }
        let future = vm.call_method_named(&event_loop, "create_future", &[])?;
        coroutine.b.replace(future.clone());
        self.queue.borrow_mut().push_back(coroutine.clone());
        yield_future(vm, future)
    }

    /// Takes `coroutine` out of the queue, if it is still there, and says how its wait ended.
    pub fn end(&self, vm: &Vm, coroutine: &Gc<NativeCoroutine>, wake: Wake) -> PyResult<Ended> {
        let woken = state_of(coroutine) == Waiting::Woken;
        {
            let mut queue = self.queue.borrow_mut();
            if let Some(at) = queue.iter().position(|waiter| waiter.is(coroutine)) {
                queue.remove(at);
            }
        }
        let waited = coroutine.b.take();
        let error = match wake {
            Wake::Throw(exception) => Some(exception),
            Wake::Send(_) if waited.downcast::<Task>().is_some() => None,
            Wake::Send(_) => match vm.call_method(&waited, &vm.names.result, &[]) {
                Ok(_) => None,
                Err(raised) => Some(vm.take_raised(raised)),
            },
        };
        Ok(Ended { woken, error, waited })
    }

    /// The oldest waiter, if it is pending, is woken; it stays in the queue.
    pub fn wake_first(&self, vm: &Vm) -> PyResult<()> {
        let first = self.queue.borrow().front().cloned();
        match first {
            Some(waiter) if state_of(&waiter) == Waiting::Pending => wake(vm, &waiter, Value::TRUE),
            _ => Ok(()),
        }
    }

    /// Wakes the oldest pending waiter, which stays in the queue; whether there was one.
    pub fn wake_next(&self, vm: &Vm) -> PyResult<bool> {
        let found = self.queue.borrow().iter().find(|waiter| state_of(waiter) == Waiting::Pending).cloned();
        match found {
            Some(waiter) => {
                wake(vm, &waiter, Value::TRUE)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Wakes all pending waiters; they stay in the queue.
    pub fn wake_all(&self, vm: &Vm) -> PyResult<()> {
        let all: Vec<Gc<NativeCoroutine>> = self.queue.borrow().iter().cloned().collect();
        for waiter in all {
            if state_of(&waiter) == Waiting::Pending {
                wake(vm, &waiter, Value::TRUE)?;
            }
        }
        Ok(())
    }

    /// Takes waiters out, oldest first, up to one that is pending, which is woken.
    pub fn pop_next(&self, vm: &Vm) -> PyResult<bool> {
        loop {
            let next = self.queue.borrow_mut().pop_front();
            match next {
                None => return Ok(false),
                Some(waiter) if state_of(&waiter) == Waiting::Pending => {
                    wake(vm, &waiter, Value::NONE)?;
                    return Ok(true);
                }
                Some(_) => {}
            }
        }
    }
}

/// Whether the waiter still waits.
fn state_of(waiter: &Gc<NativeCoroutine>) -> Waiting {
    let waited = waiter.b.get();
    match core_of(&waited).filter(|_| waited.downcast::<Task>().is_none()) {
        Some(core) => match core.state.get() {
            State::Pending => Waiting::Pending,
            State::Cancelled => Waiting::Cancelled,
            State::Result | State::Exception => Waiting::Woken,
        },
        None => waiter.waiting(),
    }
}

/// Ends the wait; `result` is what a future that was waited on would have.
fn wake(vm: &Vm, waiter: &Gc<NativeCoroutine>, result: Value) -> PyResult<()> {
    let waited = waiter.b.get();
    waiter.set_waiting(Waiting::Woken);
    if let Some(task) = waited.downcast::<Task>() {
        return vm.wake_parked(task, result.is(&Value::TRUE));
    }
    vm.call_method_named(&waited, "set_result", &[result]).map(drop)
}

/// A coroutine that waits on `owner`, which is kept in `a`.
pub fn waiter_of(vm: &Vm, op: &'static NativeOp, owner: &Value) -> PyResult {
    Ok(NativeCoroutine::new(vm, op, owner.clone(), Value::UNBOUND).into())
}
