//! "Nothing ready, ever": a loop that nothing can wake any more says so instead of waiting.

use super::EventLoop;
use crate::host;
use crate::tasks::locks::Lock;
use crate::tasks::task::{Task, Wait};
use crate::vm::signals::SignalHandlers;
use crate::{Exc, Gc, PyResult, Value, Vm};

/// Called when the ready queue and the timers are empty and the loop is about to wait.
///
/// # Errors
/// SystemExit, if the program can never go on. `asyncio._stuck` has the words, and decides: it knows the loop's own handler of Ctrl-C.
#[cold]
pub fn check(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    // A signal that came is to be served before anything is said. A prompt has somebody who can interrupt. Other threads may call the loop.
    if vm.options.wait_forever || vm.options.interactive || host::has_signals() || vm.has_threads() {
        return Ok(());
    }
    let handlers = vm.state::<SignalHandlers>().handlers.borrow().clone();
    let handlers = handlers.into_iter().flatten().filter(|handler| vm.is_callable(handler)).collect();
    let arguments = [this.to_value(), vm.list(handlers)];
    let reported = vm.call_asyncio("asyncio._stuck", "report", &arguments)?;
    if vm.truth(&reported)? { vm.raise_args(Exc::SystemExit, &[Value::small(1)]) } else { Ok(()) }
}

/// All unfinished tasks of a loop, oldest first, those that were given a name last.
pub fn unfinished_tasks(vm: &Vm, event_loop: &Value) -> Vec<Value> {
    let mut tasks = vm.tasks.registry.snapshot();
    let number = |task: &Value| task.downcast::<Task>().map_or(0, |task| task.number.get());
    tasks.retain(|task| {
        task.downcast::<Task>()
            .is_some_and(|task| !task.core.is_done() && task.core.event_loop.get().is(event_loop))
    });
    tasks.sort_by_key(number);
    tasks
}

/// What a parked task waits for, as `(how, what, who holds it)`: `how` names the coroutine of a lock, event or queue, and is None for a
/// future. The holder of a lock is a task, False if that is done, or None. For a sleeper `what` is the loop's time at which it wakes up.
/// None if it waits for nothing but its turn.
pub fn wait_of(vm: &Vm, task: &Gc<Task>) -> Value {
    match &*task.wait.borrow() {
        Wait::Future(future) => vm.tuple(&[Value::NONE, future.clone(), Value::NONE]),
        Wait::Primitive(waiter) => {
            let owner = waiter.a.get();
            let holder = owner.downcast::<Lock>().and_then(|lock| lock.holder()).filter(|&number| number > 0);
            let holder = holder.map_or(Value::NONE, |number| {
                let mut tasks = vm.tasks.registry.snapshot();
                tasks.retain(|task| task.downcast::<Task>().is_some_and(|task| task.number.get() == number));
                tasks.pop().unwrap_or(Value::FALSE)
            });
            vm.tuple(&[waiter.qualname().into(), owner, holder])
        }
        Wait::Timer(slot) => {
            let event_loop = task.core.event_loop.get();
            let deadline = event_loop
                .downcast::<EventLoop>()
                .and_then(|event_loop| event_loop.timers.borrow().deadline_of(*slot));
            let time = deadline.map_or(Value::NONE, |deadline| Value::float(deadline as f64 / 1e9));
            vm.tuple(&["sleep".into(), time, Value::NONE])
        }
        _ => Value::NONE,
    }
}
