//! `asyncio.gather`: a future over several, without a callback object for each child.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::future::{Callback, FutureCore, NativeCallback, State, core_of};
use super::task::Task;
use crate::class::{TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload};
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::{Args, Gc, NativeFn, PyResult, Value, Vm};

/// The future that `gather` gives.
pub struct Gathering {
    pub core: FutureCore,
    children: RefCell<Vec<Value>>,
    /// The task that called `gather`, or None.
    caller: super::future::ValueCell,
    n_children: Cell<usize>,
    n_finished: Cell<usize>,
    return_exceptions: bool,
    /// All children exist: their completion counts.
    armed: Cell<bool>,
    cancel_requested: Cell<bool>,
}

impl Payload for Gathering {
    const KIND: Kind = Kind::Gathering;
    crate::trace_fields!(
        core, children, caller; skip n_children, n_finished, return_exceptions, armed, cancel_requested
    );

    fn clear(&self) {
        self.core.clear();
        let _children = (std::mem::take(&mut *self.children.borrow_mut()), self.caller.take());
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "_GatheringFuture",
    module: "asyncio.tasks",
    flags: type_flags::HAS_WEAKREF | type_flags::NO_NEW | type_flags::UNQUALIFIED,
    methods: &[NativeFn::new("cancel($self, msg=None)", cancel)],
    ..TypeSpec::DEFAULT
};

/// `gather(*coros_or_futures, return_exceptions=False)`.
pub fn gather(vm: &Vm, args: Args<'_>) -> PyResult {
    let return_exceptions = match args.get(0) {
        Some(value) => vm.truth(value)?,
        None => false,
    };
    let given = args.rest();
    if given.is_empty() {
        let event_loop = vm.current_event_loop()?;
        let outer = vm.call_method_named(&event_loop, "create_future", &[])?;
        vm.call_method_named(&outer, "set_result", &[vm.list(Vec::new())])?;
        return Ok(outer);
    }
    let mut event_loop = vm.running_loop();
    let caller = event_loop.as_ref().and_then(|running| vm.current_task_of(running)).unwrap_or(Value::NONE);
    let mut children = Vec::with_capacity(given.len());
    let mut seen: HashMap<u64, usize, rapidhash::fast::RandomState> = HashMap::default();
    seen.reserve(given.len());
    let mut distinct = Vec::with_capacity(given.len());
    for (index, argument) in given.iter().enumerate() {
        if given.len() > 1 {
            if let Some(&first) = seen.get(&argument.id()) {
                let child: &Value = &children[first];
                children.push(child.clone());
                continue;
            }
            seen.insert(argument.id(), index);
        }
        if core_of(argument).is_none() && !super::task_type::is_native_coroutine(argument) {
            // CPython keeps the arguments in a dict.
            Dict::new().insert(vm, argument.clone(), Value::NONE)?;
        }
        let child = super::task_type::ensure_future(vm, argument, event_loop.as_ref())?;
        if event_loop.is_none() {
            event_loop = Some(loop_of_future(vm, &child)?);
        }
        if !child.is(argument) {
            match core_of(&child) {
                Some(core) => core.log_destroy_pending.set(false),
                None => {
                    let name = vm.intern("_log_destroy_pending");
                    vm.set_attr(&child, &name, Some(&Value::FALSE))?;
                }
            }
        }
        children.push(child.clone());
        distinct.push(child);
    }
    let event_loop = event_loop.expect("there is at least one child");
    let body = Gathering {
        core: FutureCore::new(event_loop.clone()),
        children: RefCell::new(children),
        caller: super::future::ValueCell::new(caller),
        n_children: Cell::new(distinct.len()),
        n_finished: Cell::new(0),
        return_exceptions,
        armed: Cell::new(false),
        cancel_requested: Cell::new(false),
    };
    let outer = heap::alloc(vm.types.gathering_future(), body);
    outer.header().set_wants_finalizer(false);
    super::future::note_source(vm, &outer.core, &event_loop)?;
    let mut done = Vec::new();
    for child in &distinct {
        match core_of(child).filter(|_| !vm.type_of(child).is_heap_type()) {
            Some(core) if core.is_done() => done.push(child),
            Some(core) => {
                core.add_callback(Callback::Native {
                    kind: NativeCallback::Gather,
                    target: outer.to_value(),
                });
            }
            None if vm.truth(&vm.call_method_named(child, "done", &[])?)? => done.push(child),
            None => {
                let callback = super::step::native_callable(vm, NativeCallback::Gather, outer.to_value());
                vm.call_method_named(child, "add_done_callback", &[callback])?;
            }
        }
    }
    outer.armed.set(true);
    for child in done {
        child_done(vm, outer.as_value(), child)?;
    }
    Ok(outer.into())
}

impl Gathering {
    /// Who the call graph says awaits the children, while they are awaited.
    pub fn caller(&self) -> Option<Value> {
        let caller = self.caller.get();
        (!self.core.is_done() && !caller.is_none() && !caller.is_unbound()).then_some(caller)
    }
}

/// `futures._get_loop(future)`.
pub fn loop_of_future(vm: &Vm, future: &Value) -> PyResult {
    match core_of(future).filter(|_| !vm.type_of(future).is_heap_type()) {
        Some(core) => Ok(core.event_loop.get()),
        None => match vm.get_attr_opt(future, &vm.intern("get_loop"))? {
            Some(method) => vm.call(&method, &[]),
            None => vm.get_attr_named(future, "_loop"),
        },
    }
}

fn is_cancelled(vm: &Vm, future: &Value) -> PyResult<bool> {
    match core_of(future) {
        Some(core) => Ok(core.state.get() == State::Cancelled),
        None => vm.truth(&vm.call_method_named(future, "cancelled", &[])?),
    }
}

/// `future.exception()` of a future that is done and not cancelled.
fn exception_of(vm: &Vm, future: &Value) -> PyResult<Option<Value>> {
    match core_of(future) {
        Some(core) => {
            core.log_traceback.set(false);
            Ok((core.state.get() == State::Exception).then(|| core.outcome()))
        }
        None => {
            let exception = vm.call_method_named(future, "exception", &[])?;
            Ok((!exception.is_none()).then_some(exception))
        }
    }
}

fn cancelled_error(vm: &Vm, future: &Value) -> PyResult<Gc<Exception>> {
    match core_of(future) {
        Some(core) => vm.cancelled_error_of(core),
        None => {
            let error = vm.call_method_named(future, "_make_cancelled_error", &[])?;
            vm.exception_for_future(&error)
        }
    }
}

/// A child of the gathering future is done.
pub fn child_done(vm: &Vm, target: &Value, child: &Value) -> PyResult<()> {
    let outer = target.downcast::<Gathering>().expect("the target of this callback is a gathering future");
    outer.n_finished.set(outer.n_finished.get() + 1);
    let cancelled = is_cancelled(vm, child)?;
    if !outer.armed.get() || outer.core.is_done() {
        if !cancelled {
            // Marks the exception as seen.
            exception_of(vm, child)?;
        }
        return Ok(());
    }
    if !outer.return_exceptions {
        if cancelled {
            let error = cancelled_error(vm, child)?;
            return vm.fail_future(target, &outer.core, error);
        }
        if let Some(exception) = exception_of(vm, child)? {
            let exception = vm.exception_for_future(&exception)?;
            return vm.fail_future(target, &outer.core, exception);
        }
    }
    if outer.n_finished.get() < outer.n_children.get() {
        return Ok(());
    }
    let children = outer.children.borrow().clone();
    let mut results = Vec::with_capacity(children.len());
    for child in &children {
        if let Some(core) = core_of(child).filter(|core| core.state.get() == State::Result) {
            results.push(core.outcome());
        } else if is_cancelled(vm, child)? {
            let message = match core_of(child) {
                Some(core) => core.cancel_message(),
                None => Some(vm.get_attr_named(child, "_cancel_message")?).filter(|m| !m.is_none()),
            };
            // Without a message the error has an empty one.
            let message = message.unwrap_or_else(|| "".into());
            results.push(vm.new_cancelled_error(Some(&message))?.into());
        } else if let Some(exception) = exception_of(vm, child)? {
            results.push(exception);
        } else {
            results.push(vm.call_method(child, &vm.names.result, &[])?);
        }
    }
    if outer.cancel_requested.get() {
        // With the message of the last child, as in CPython, whichever was done last.
        let error = cancelled_error(vm, children.last().unwrap_or(child))?;
        return vm.fail_future(target, &outer.core, error);
    }
    vm.complete_future(target, &outer.core, vm.list(results))
}

fn cancel(vm: &Vm, args: Args<'_>) -> PyResult {
    let outer = args.this::<Gathering>().clone();
    if outer.core.is_done() {
        return Ok(Value::FALSE);
    }
    let message = args.get_not_none(1);
    let mut any = false;
    let children = outer.children.borrow().clone();
    for child in &children {
        let cancelled = match child.downcast_exact::<Task>() {
            Some(task) => vm.cancel_task(task, message)?,
            None => vm.cancel_awaited(child, message)?,
        };
        any |= cancelled;
    }
    if any {
        outer.cancel_requested.set(true);
    }
    Ok(any.into())
}
