//! A loop's wait where time is virtual: see `host/virtual_time.rs` for when the clock moves.

use std::time::Duration;

use super::{EventLoop, run};
use crate::heap::Kind;
use crate::host::{Place, PollDescriptor};
use crate::tasks::task::{Task, Wait};
use crate::{Gc, PyResult, Value, Vm};

/// Waits for readiness, a signal, another thread or the time, of which `timeout` is what is left. May return before.
pub fn wait(vm: &Vm, this: &Gc<EventLoop>, timeout: Option<Duration>) -> PyResult<()> {
    let Some(clock) = vm.host.virtual_clock() else { return run::wait(vm, this, timeout) };
    let deadline = timeout.map(|timeout| clock.now_ns().saturating_add(timeout.as_nanos() as i64));
    let watches = !this.watchers.borrow().is_empty();
    let is_alone = !vm.has_threads() && this.offloaded.is_empty();
    if is_alone && !watches && deadline.is_some() {
        // Nothing but the time can come.
        let waiting = clock.enter(deadline, Place::Loop { poller: None, waker: None }, false);
        clock.settle();
        drop(waiting);
        return vm.check_signals();
    }
    if watches {
        run::wait(vm, this, Some(Duration::ZERO))?;
        if this.n_ready.get() > 0 {
            return Ok(());
        }
    }
    let is_real = !this.offloaded.is_empty()
        || watches
            && this.watched_numbers().into_iter().any(|descriptor| vm.host.is_outside(descriptor))
            && awaits_the_outside(vm, this);
    let waker = this.with_poller(vm, super::PollerFace::waker)?;
    run::wait_with(vm, this, |poller| {
        let place = Place::Loop {
            poller: Some(PollDescriptor::new(poller.system_descriptor(), true, false)),
            waker: Some(waker),
        };
        let waiting = clock.enter(deadline, place, is_real);
        let slept = vm.blocking(|host| {
            let limit = clock.settle();
            let slept = if waiting.is_due() { Ok(()) } else { poller.sleep(host, limit, !is_alone) };
            // Before what woke the loop is taken in, or others would think that it still waits.
            drop(waiting);
            slept
        });
        // Edges are reported once: what ends with an error must leave them for the next turn.
        slept.and_then(|()| poller.wait(Some(Duration::ZERO), false))
    })
}

/// Whether a task waits for what comes from outside, as far as one can know: for a future that is no task's, or an event that a protocol
/// may set. Where all tasks sleep or wait for each other, a child or connection is there but nobody waits for it.
fn awaits_the_outside(vm: &Vm, this: &Gc<EventLoop>) -> bool {
    let tasks: Vec<Value> = super::stuck::unfinished_tasks(vm, this.as_value());
    let awaits = |task: &Value| match task.downcast::<Task>().map(|task| task.wait.borrow()).as_deref() {
        Some(Wait::Future(future)) => !matches!(future.kind(), Some(Kind::Task | Kind::Gathering)),
        Some(Wait::Primitive(waiter)) => {
            matches!(waiter.qualname().split('.').next(), Some("Event" | "Condition"))
        }
        _ => false,
    };
    // Without a task it is callbacks that wait.
    tasks.is_empty() || tasks.iter().any(awaits)
}
