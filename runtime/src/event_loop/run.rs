//! Turns of the loop. Nobody else steps a task.

use std::io;
use std::time::Duration;

use super::handle::Handle;
use super::poller::Poller;
use super::ready::Ready;
use super::{EventLoop, order, timers, virtual_wait};
use crate::objects::exception::Exception;
use crate::objects::float;
use crate::tasks::task::Wait;
use crate::{Exc, Gc, PyResult, Raised, Value, Vm};

/// The longest single wait, as asyncio has it.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// asyncio's clock resolution: timers due within it count as due.
const RESOLUTION_NS: i64 = 1;

/// Runs turns until `stop()` was called.
///
/// # Errors
/// KeyboardInterrupt, SystemExit, and what replaced methods of the loop raise.
pub fn run_until_stopped(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    loop {
        own_turn(vm, this)?;
        if this.stopping.get() {
            return Ok(());
        }
    }
}

/// Runs turns until `future` is done or the loop is stopped, from code that a turn of this loop may be running.
///
/// # Errors
/// As [`run_until_stopped`], and what `future.done()` raises.
pub fn run_nested(vm: &Vm, this: &Gc<EventLoop>, future: &Value) -> PyResult<()> {
    // What the task under way sets from here on is to be found in its context afterwards.
    drop(vm.current_context());
    let outer_tasks = vm.tasks.current.borrow().clone();
    vm.tasks.current.borrow_mut().retain(|(of, _)| !of.is(this.as_value()));
    let outer_chain = vm.tasks.chain.replace(std::ptr::null());
    let outer_running = this.running.replace(true);
    let run = || -> PyResult<()> {
        loop {
            let done = vm.call_method_named(future, "done", &[])?;
            if vm.truth(&done)? || this.stopping.get() {
                return Ok(());
            }
            own_turn(vm, this)?;
        }
    };
    let result = run();
    this.running.set(outer_running);
    if !outer_running {
        this.stopping.set(false);
    }
    vm.tasks.chain.set(outer_chain);
    *vm.tasks.current.borrow_mut() = outer_tasks;
    result
}

/// One turn, by `_run_once()` where a Python class has its own.
fn own_turn(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    if this.overrides.get().run_once {
        return vm.call_method_named(this.as_value(), "_run_once", &[]).map(drop);
    }
    turn(vm, this)
}

/// One turn.
pub fn turn(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    if !this.watchers.borrow().is_empty() {
        this.run_doubtful(vm)?;
    }
    // Ctrl-C may have ended the turn that was woken for a reply.
    let timeout = if this.n_ready.get() > 0 || this.stopping.get() || this.offloaded.has_replies() {
        Some(Duration::ZERO)
    } else {
        let deadline = this.timers.borrow().next_deadline();
        match deadline {
            Some(deadline) => {
                let now = timers::nanoseconds(EventLoop::time(this, vm)?);
                Some(Duration::from_nanos(deadline.saturating_sub(now).max(0) as u64).min(LONGEST_WAIT))
            }
            None => None,
        }
    };
    let own_wait = this.own_wait.borrow().clone();
    let watches = own_wait.is_some() || !this.watchers.borrow().is_empty();
    if timeout.is_none() && !watches && this.offloaded.is_empty() {
        super::stuck::check(vm, this)?;
    }
    if let Some(own_wait) = own_wait {
        let seconds = timeout.map_or(Value::NONE, |timeout| Value::float(timeout.as_secs_f64()));
        vm.call(&own_wait, std::slice::from_ref(&seconds))?;
        // What the waker left there is used up.
        wait(vm, this, Some(Duration::ZERO))?;
    } else if timeout != Some(Duration::ZERO) && vm.host.virtual_clock().is_some() {
        virtual_wait::wait(vm, this, timeout)?;
    } else if timeout != Some(Duration::ZERO) || watches {
        wait(vm, this, timeout)?;
    }
    if timeout == Some(Duration::ZERO) {
        vm.let_called_run();
    }
    if !this.offloaded.is_empty() {
        this.finish_offloaded(vm)?;
    }
    if !this.timers.borrow().is_empty() {
        move_due_timers(vm, this)?;
    }
    run_what_is_ready(vm, this)
}

/// Runs what the ready queue holds at this moment.
fn run_what_is_ready(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    if this.is_order_drawn() {
        return run_in_drawn_order(vm, this);
    }
    for _ in 0..this.n_ready.get() {
        let Some(entry) = this.pop() else { break };
        run_entry(vm, this, entry)?;
        if vm.heap.attention.get() {
            vm.attend_checked()?;
        }
    }
    Ok(())
}

fn run_in_drawn_order(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    let run = || {
        for _ in 0..this.begin_drawing(vm) {
            let Some(entry) = this.draw(vm)? else { break };
            run_entry(vm, this, entry)?;
            if vm.heap.attention.get() {
                vm.attend_checked()?;
            }
        }
        Ok(())
    };
    let result = run();
    this.end_drawing();
    result
}

fn move_due_timers(vm: &Vm, this: &Gc<EventLoop>) -> PyResult<()> {
    let end = timers::nanoseconds(EventLoop::time(this, vm)?).saturating_add(RESOLUTION_NS);
    loop {
        let due = this.timers.borrow_mut().pop_due(end);
        match due {
            Some(target) => this.push_due(target),
            None => return Ok(()),
        }
    }
}

/// As [`run_until_stopped`], for tests of every order: `choose(n)` says which of the `n` entries left in a turn is next. The loop's clock
/// stands still while anything is ready, then jumps to the next deadline; nothing is polled. The number is that of an entry in the queue.
/// False if nothing can ever run again.
pub fn run_in_chosen_order(vm: &Vm, this: &Gc<EventLoop>, choose: &Value) -> PyResult<bool> {
    if this.own_time_ns.get().is_none() {
        this.own_time_ns.set(Some(0));
    }
    order::with_order(this, choose, || {
        loop {
            if this.n_ready.get() == 0 && !this.stopping.get() {
                let deadline = this.timers.borrow().next_deadline();
                let Some(deadline) = deadline else { return Ok(false) };
                this.own_time_ns.set(this.own_time_ns.get().max(Some(deadline)));
            }
            move_due_timers(vm, this)?;
            run_what_is_ready(vm, this)?;
            if this.stopping.get() {
                return Ok(true);
            }
        }
    })
}

/// Waits for readiness, a signal, another thread or the time.
pub(super) fn wait(vm: &Vm, this: &Gc<EventLoop>, timeout: Option<Duration>) -> PyResult<()> {
    wait_with(vm, this, |poller| match timeout {
        // Nobody is kept waiting.
        Some(Duration::ZERO) => poller.wait(timeout, false),
        _ => {
            let expects_threads = vm.has_threads() || !this.offloaded.is_empty();
            vm.blocking(|_| poller.wait(timeout, expects_threads))
        }
    })
}

/// As [`wait`], which `wait` does with the poller.
pub(super) fn wait_with(
    vm: &Vm,
    this: &Gc<EventLoop>,
    wait: impl FnOnce(&mut Poller) -> io::Result<()>,
) -> PyResult<()> {
    this.with_poller(vm, |_| ())?;
    let Some(mut poller) = this.poller.take() else { return Ok(()) };
    let result = wait(&mut poller);
    let mut scheduled = Ok(());
    if result.is_ok() {
        for (descriptor, found) in poller.ready() {
            scheduled = scheduled.and_then(|()| this.run_ready(vm, descriptor, found));
        }
    }
    *this.poller.borrow_mut() = Some(poller);
    scheduled?;
    match result {
        Ok(_) => vm.check_signals(),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => vm.check_signals(),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn run_entry(vm: &Vm, this: &Gc<EventLoop>, entry: Ready) -> PyResult<()> {
    if this.debug.get() { run_watched(vm, this, entry) } else { run_plain(vm, this, entry) }
}

fn run_plain(vm: &Vm, this: &Gc<EventLoop>, entry: Ready) -> PyResult<()> {
    match entry {
        Ready::Step(task) => match vm.step_task(&task) {
            Ok(()) => {
                // The loop's timers hold a sleeper: no cycle of garbage begins at it.
                let sleeps = matches!(&*task.wait.borrow(), Wait::Timer(_));
                if sleeps {
                    task.give_back();
                }
                Ok(())
            }
            Err(raised) => step_failed(vm, this, raised, &task.to_value()),
        },
        Ready::Handle(handle) => run_handle(vm, &handle),
        Ready::TimerDue(task) => {
            let due = matches!(&*task.wait.borrow(), Wait::TimerDue);
            if due { vm.wake_parked(&task, false) } else { Ok(()) }
        }
        Ready::Call { callable, future, context } => {
            let result = vm.in_context(&context, || vm.call(&callable, std::slice::from_ref(&future)));
            match result {
                Ok(_) => Ok(()),
                Err(raised) => {
                    let exception = pass_interrupts(vm, raised)?;
                    let handle = Handle::new(
                        vm,
                        callable,
                        std::slice::from_ref(&future),
                        this.to_value(),
                        Some(context),
                    );
                    report(vm, &handle, exception)
                }
            }
        }
        Ready::Native { kind, target, future } => kind.call(vm, &target, &future),
    }
}

/// Debug mode: says which callbacks take long.
fn run_watched(vm: &Vm, this: &Gc<EventLoop>, entry: Ready) -> PyResult<()> {
    let shown: Value = match &entry {
        Ready::Step(task) | Ready::TimerDue(task) => {
            let wakeup = crate::tasks::step::wakeup_callable(vm, task);
            let context = task.context.borrow().clone();
            Handle::new(vm, wakeup, &[], this.to_value(), context).into()
        }
        Ready::Handle(handle) => handle.to_value(),
        Ready::Call { callable, future, context } => {
            let args = std::slice::from_ref(future);
            Handle::new(vm, callable.clone(), args, this.to_value(), Some(context.clone())).into()
        }
        Ready::Native { .. } => Value::NONE,
    };
    let began = EventLoop::time(this, vm)?;
    run_plain(vm, this, entry)?;
    let took = EventLoop::time(this, vm)? - began;
    let limit = vm.get_attr(this.as_value(), &vm.names.slow_callback_duration)?;
    if !shown.is_none() && took >= float::as_double(vm, &limit)? {
        vm.call_asyncio("asyncio.base_events", "_report_slow", &[shown, Value::float(took)])?;
    }
    Ok(())
}

/// Runs a scheduled call.
pub fn run_handle(vm: &Vm, handle: &Gc<Handle>) -> PyResult<()> {
    if handle.cancelled.get() {
        return Ok(());
    }
    let (callback, args) = (handle.callback.get(), handle.args.borrow().clone());
    let context = handle.context.clone();
    match vm.in_context(&context, || vm.call(&callback, &args)) {
        Ok(_) => Ok(()),
        Err(raised) => {
            let exception = pass_interrupts(vm, raised)?;
            report(vm, handle, exception)
        }
    }
}

/// KeyboardInterrupt and SystemExit end the loop's run; other exceptions are given back.
fn pass_interrupts(vm: &Vm, raised: Raised) -> PyResult<Gc<Exception>> {
    if vm.raised_is(&raised, Exc::KeyboardInterrupt) || vm.raised_is(&raised, Exc::SystemExit) {
        return Err(raised);
    }
    Ok(vm.take_raised(raised))
}

/// "Exception in callback ...".
fn report(vm: &Vm, handle: &Gc<Handle>, exception: Gc<Exception>) -> PyResult<()> {
    let arguments = [handle.to_value(), exception.to_value()];
    let outer = vm.handled.replace(Some(exception));
    let result = vm.call_asyncio("asyncio.events", "_report_callback_error", &arguments);
    vm.handled.replace(outer);
    result.map(drop)
}

fn step_failed(vm: &Vm, this: &Gc<EventLoop>, raised: Raised, task: &Value) -> PyResult<()> {
    let exception = pass_interrupts(vm, raised)?;
    let step = match task.downcast() {
        Some(task) => crate::tasks::step::wakeup_callable(vm, task),
        None => task.clone(),
    };
    let handle = Handle::new(vm, step, &[], this.to_value(), None);
    report(vm, &handle, exception)
}
