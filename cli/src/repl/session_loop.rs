//! The event loop of a session: it runs while the prompt waits and while a statement awaits, and counts as running in between.

use std::sync::mpsc;
use std::time::Duration;

use ouro::{Exc, Gc, PyResult, Raised, Value, Vm};
use ouro_runtime::event_loop::EventLoop;
use ouro_runtime::tasks::context::Context;

pub struct SessionLoop {
    value: Value,
    native: Gc<EventLoop>,
    /// That of all statements: what one sets the next one sees.
    context: Gc<Context>,
}

/// Something that another thread does and the loop waits for.
pub struct Pending<T> {
    future: Value,
    result: mpsc::Receiver<T>,
}

/// How a wait ended.
pub enum Waited<T> {
    /// With the result, unless the thread has lost it.
    Done(Option<T>),
    /// The terminal may have another size; the work goes on.
    Resized,
}

impl<T> Pending<T> {
    /// What the work gave, which is over.
    fn waited(&self) -> Waited<T> {
        Waited::Done(self.result.try_recv().ok())
    }

    /// Whether it has ended, or does within so much time; its result is lost then.
    pub fn is_over(&self, time: Duration) -> bool {
        self.result.recv_timeout(time).is_ok()
    }
}

/// How awaiting a coroutine ended, if not by what it returned.
pub enum Stopped {
    Raised(Raised),
    /// By Ctrl-C, after which the coroutine was cancelled.
    Interrupted,
}

impl SessionLoop {
    /// A new loop, which counts as running from here on.
    ///
    /// # Errors
    /// If asyncio cannot be imported, or its policy makes no loop of ours.
    pub fn new(vm: &Vm) -> PyResult<SessionLoop> {
        let events = vm.import_submodule("asyncio.events")?;
        let value = vm.call_method_named(&events, "new_event_loop", &[])?;
        let Some(native) = value.downcast::<EventLoop>().cloned() else {
            return vm.raise(Exc::TypeError, "the prompt needs an event loop of asyncio's");
        };
        vm.call_method_named(&events, "set_event_loop", std::slice::from_ref(&value))?;
        vm.call_method_named(&events, "_set_running_loop", std::slice::from_ref(&value))?;
        let this = SessionLoop { value, native, context: vm.copy_context() };
        this.set_running(vm, true)?;
        Ok(this)
    }

    /// The loop as Python has it.
    pub fn value(&self) -> &Value {
        &self.value
    }

    fn set_running(&self, vm: &Vm, running: bool) -> PyResult<()> {
        vm.call_method_named(&self.value, "_set_running", &[running.into()]).map(drop)
    }

    /// Runs turns until the future is done or the loop was stopped; whether it is done.
    fn run_turns(&self, vm: &Vm, future: &Value) -> PyResult<bool> {
        // So that `stop()`, which is not meant for us, is forgotten afterwards.
        self.set_running(vm, false)?;
        let result = vm.call_method_named(&self.value, "_run_nested", std::slice::from_ref(future));
        self.set_running(vm, true)?;
        result?;
        let done = vm.call_method_named(future, "done", &[])?;
        vm.truth(&done)
    }

    /// Runs turns until the future is done.
    ///
    /// # Errors
    /// KeyboardInterrupt, and SystemExit of any task.
    fn run_until_done(&self, vm: &Vm, future: &Value) -> PyResult<()> {
        while !self.run_turns(vm, future)? {}
        Ok(())
    }

    /// Runs what is ready now.
    ///
    /// # Errors
    /// As [`SessionLoop::run_until_done`].
    pub fn run_ready(&self, vm: &Vm) -> PyResult<()> {
        let future = vm.call_method_named(&self.value, "create_future", &[])?;
        let complete = vm.get_attr(&future, &vm.intern("set_result"))?;
        vm.call_method_named(&self.value, "call_soon", &[complete, Value::NONE])?;
        self.run_until_done(vm, &future)
    }

    /// Has `work` run on another thread.
    ///
    /// # Errors
    /// If there can be no thread, or the program closed the loop.
    pub fn begin<T: Send + 'static>(
        &self,
        vm: &Vm,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> PyResult<Pending<T>> {
        let (sender, result) = mpsc::channel();
        let job = move || {
            // Nobody listens any more if this fails.
            let _ = sender.send(work());
            |_: &Vm| Ok(Value::NONE)
        };
        let future = EventLoop::offload(&self.native, vm, job)?.to_value();
        Ok(Pending { future, result })
    }

    /// Waits for what was begun; the loop runs meanwhile.
    ///
    /// # Errors
    /// As [`SessionLoop::run_until_done`]; the work goes on then, and can be waited for again.
    pub fn wait<T>(&self, vm: &Vm, pending: &Pending<T>) -> PyResult<Waited<T>> {
        self.run_until_done(vm, &pending.future)?;
        Ok(pending.waited())
    }

    /// As [`SessionLoop::wait`] for somebody who looks on: tasks that failed and that nobody asks for are reported, and a new size of the
    /// terminal ends the wait.
    ///
    /// # Errors
    /// As [`SessionLoop::wait`].
    pub fn wait_watching<T>(&self, vm: &Vm, pending: &Pending<T>) -> PyResult<Waited<T>> {
        let watch = vm.watch_for_prompt(&self.native);
        while !self.run_turns(vm, &pending.future)? {
            for task in watch.take_failed() {
                // Those that wait for it ask in their next turn, some only through a second one.
                self.run_ready(vm)?;
                self.run_ready(vm)?;
                vm.report_never_retrieved(task.as_value(), &task.core)?;
            }
            if watch.take_resized() {
                return Ok(Waited::Resized);
            }
        }
        Ok(pending.waited())
    }

    /// Runs `f`, which does not await, as part of the session.
    ///
    /// # Errors
    /// What `f` raises.
    pub fn run<R>(&self, vm: &Vm, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        vm.in_context(&self.context, f)
    }

    /// Awaits a coroutine as a task in the session's context.
    ///
    /// # Errors
    /// What it raises. Ctrl-C cancels it first, and a second one leaves it alone.
    pub fn run_coroutine(&self, vm: &Vm, coroutine: Value) -> Result<(), Stopped> {
        let task = self.new_task(vm, coroutine).map_err(Stopped::Raised)?;
        let is_done = || {
            let done = vm.call_method_named(&task, "done", &[])?;
            vm.truth(&done)
        };
        let mut interrupted = false;
        loop {
            match self.run_until_done(vm, &task) {
                Ok(()) => break,
                Err(raised) if is_done().map_err(Stopped::Raised)? => {
                    // It is the task's own, which gives it below.
                    drop(vm.take_raised(raised));
                    break;
                }
                Err(raised) if vm.raised_is(&raised, Exc::KeyboardInterrupt) && !interrupted => {
                    drop(vm.take_raised(raised));
                    interrupted = true;
                    vm.call_method_named(&task, "cancel", &[]).map_err(Stopped::Raised)?;
                }
                Err(raised) => return Err(Stopped::Raised(raised)),
            }
        }
        let cancelled = vm.call_method_named(&task, "cancelled", &[]).and_then(|value| vm.truth(&value));
        if interrupted && cancelled.map_err(Stopped::Raised)? {
            return Err(Stopped::Interrupted);
        }
        vm.call_method_named(&task, "result", &[]).map(drop).map_err(Stopped::Raised)
    }

    fn new_task(&self, vm: &Vm, coroutine: Value) -> PyResult {
        let create = vm.get_attr(&self.value, &vm.intern("create_task"))?;
        let names = [vm.intern("context")];
        let context = self.context.to_value();
        let arguments = ouro_runtime::Args::with_keywords(
            std::slice::from_ref(&coroutine),
            &names,
            std::slice::from_ref(&context),
        );
        vm.call_args(&create, arguments)
    }

    /// Cancels what still runs, lets it end, and closes the loop.
    ///
    /// # Errors
    /// KeyboardInterrupt if that takes too long for the user, and SystemExit of a task.
    pub fn close(self, vm: &Vm) -> PyResult<()> {
        let closed = vm.call_method_named(&self.value, "is_closed", &[])?;
        self.set_running(vm, false)?;
        let events = vm.import_submodule("asyncio.events")?;
        vm.call_method_named(&events, "_set_running_loop", &[Value::NONE])?;
        if vm.truth(&closed)? {
            return Ok(());
        }
        let runners = vm.import_submodule("asyncio.runners")?;
        let this = std::slice::from_ref(&self.value);
        vm.call_method_named(&runners, "_cancel_all_tasks", this)?;
        for method in ["shutdown_asyncgens", "shutdown_default_executor"] {
            let coroutine = vm.call_method_named(&self.value, method, &[])?;
            vm.call_method_named(&self.value, "run_until_complete", &[coroutine])?;
        }
        vm.call_method_named(&events, "set_event_loop", &[Value::NONE])?;
        vm.call_method_named(&self.value, "close", &[]).map(drop)
    }
}
