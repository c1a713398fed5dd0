//! The ready queue: words of values, of one to four words an entry, so that most of what is scheduled needs no object of its own.
//!
//! ```text
//! task                               its step; the wait slot says with what
//! handle                             a scheduled call that the program can see
//! 0, task                            the timer of a sleeping task is due
//! 1, callable, future, context       a done callback
//! 2 + kind, target, future           a native done callback
//! ```

use super::EventLoop;
use super::handle::Handle;
use crate::heap::Kind;
use crate::tasks::context::Context;
use crate::tasks::future::NativeCallback;
use crate::tasks::task::{Task, Wait};
use crate::{Gc, PyResult, Value, Vm};

const TIMER_DUE: i64 = 0;
pub(super) const CALL: i64 = 1;
pub(super) const NATIVE: i64 = 2;

/// Words of the longest entry.
pub(super) const N_WORDS_MOST: usize = 4;

/// One entry, taken out.
pub enum Ready {
    Step(Gc<Task>),
    Handle(Gc<Handle>),
    TimerDue(Gc<Task>),
    Call { callable: Value, future: Value, context: Gc<Context> },
    Native { kind: NativeCallback, target: Value, future: Value },
}

impl EventLoop {
    fn push(&self, words: impl IntoIterator<Item = Value>) {
        self.ready.borrow_mut().extend(words);
        self.n_ready.set(self.n_ready.get() + 1);
    }

    pub fn n_ready(&self) -> usize {
        self.n_ready.get()
    }

    /// Schedules a step of the task.
    #[inline]
    pub fn push_task(&self, vm: &Vm, task: &Gc<Task>) -> PyResult<()> {
        self.check_open(vm)?;
        self.ready.borrow_mut().push_back(task.to_value());
        self.n_ready.set(self.n_ready.get() + 1);
        Ok(())
    }

    pub fn push_handle(&self, vm: &Vm, handle: &Gc<Handle>) -> PyResult<()> {
        self.check_open(vm)?;
        self.push([handle.to_value()]);
        Ok(())
    }

    pub fn push_call(&self, vm: &Vm, callable: Value, future: Value, context: Gc<Context>) -> PyResult<()> {
        self.check_open(vm)?;
        self.push([Value::small(CALL), callable, future, context.into()]);
        Ok(())
    }

    pub fn push_native(&self, vm: &Vm, kind: NativeCallback, target: Value, future: Value) -> PyResult<()> {
        self.check_open(vm)?;
        self.push([Value::small(NATIVE + kind as i64), target, future]);
        Ok(())
    }

    /// Moves the target of a timer that is due to the queue.
    pub fn push_due(&self, target: Value) {
        match target.downcast::<Task>() {
            Some(task) => {
                *task.wait.borrow_mut() = Wait::TimerDue;
                self.push([Value::small(TIMER_DUE), target]);
            }
            None => {
                if let Some(handle) = target.downcast::<Handle>() {
                    handle.timer.set(None);
                }
                self.push([target]);
            }
        }
    }

    /// The words of all entries, those of the turn under way first.
    fn ready_words(&self) -> Vec<Value> {
        self.drawn.borrow().words().chain(self.ready.borrow().iter()).cloned().collect()
    }

    /// What the queue holds, as objects a program knows: tasks, handles, callables.
    pub fn ready_objects(&self) -> Vec<Value> {
        let ready = self.ready_words();
        let mut start = 0;
        std::iter::from_fn(|| {
            let first = ready.get(start)?;
            let shown = if first.as_small_int().is_some() { &ready[start + 1] } else { first };
            start += n_words(first);
            Some(shown.clone())
        })
        .collect()
    }

    /// What the queue holds, as the handles that CPython's loops would have there.
    pub fn ready_handles(&self, vm: &Vm) -> Vec<Value> {
        let ready = self.ready_words();
        let (mut start, mut handles) = (0, Vec::new());
        while let Some(first) = ready.get(start) {
            let words = &ready[start..start + n_words(first)];
            start += words.len();
            handles.push(match words {
                [target] | [_, target] => as_handle(vm, target),
                [tag, target, future] => {
                    let kind = NativeCallback::ALL
                        .into_iter()
                        .find(|&kind| Some(kind as i64 + NATIVE) == tag.as_small_int())
                        .expect("tags are made of kinds");
                    let callable = crate::tasks::step::native_callable(vm, kind, target.clone());
                    Handle::new(vm, callable, std::slice::from_ref(future), Value::NONE, None).into()
                }
                [_, callable, future, ..] => {
                    let args = std::slice::from_ref(future);
                    Handle::new(vm, callable.clone(), args, Value::NONE, None).into()
                }
                [] => Value::NONE,
            });
        }
        handles
    }

    /// The next entry.
    pub fn pop(&self) -> Option<Ready> {
        let mut ready = self.ready.borrow_mut();
        let first = ready.pop_front()?;
        self.n_ready.set(self.n_ready.get() - 1);
        let mut operand = || ready.pop_front().expect("an entry is queued whole");
        let entry = match first.as_small_int() {
            None if first.kind() == Some(Kind::Task) => Ready::Step(first.into_gc().expect("checked")),
            None => Ready::Handle(first.into_gc().expect("only tasks and handles are entries by themselves")),
            Some(TIMER_DUE) => Ready::TimerDue(operand().into_gc().expect("timers name tasks")),
            Some(CALL) => {
                let (callable, future) = (operand(), operand());
                Ready::Call { callable, future, context: operand().into_gc().expect("a context") }
            }
            Some(tag) => {
                let kind = NativeCallback::ALL.into_iter().find(|&kind| kind as i64 == tag - NATIVE);
                let (target, future) = (operand(), operand());
                Ready::Native { kind: kind.expect("tags are made of kinds"), target, future }
            }
        };
        Some(entry)
    }
}

/// Length of the entry that begins with this word.
pub(super) fn n_words(first: &Value) -> usize {
    match first.as_small_int() {
        None => 1,
        Some(TIMER_DUE) => 2,
        Some(CALL) => 4,
        Some(_) => 3,
    }
}

/// A task that waits for its turn or a time as the handle CPython would have for it; handles are themselves.
pub fn as_handle(vm: &Vm, target: &Value) -> Value {
    match target.downcast::<Task>() {
        Some(task) => {
            let wakeup = crate::tasks::step::wakeup_callable(vm, task);
            Handle::new(vm, wakeup, &[], task.core.event_loop.get(), task.context.borrow().clone()).into()
        }
        None => target.clone(),
    }
}
