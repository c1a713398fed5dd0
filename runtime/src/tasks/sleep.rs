//! `asyncio.sleep`: one timer entry that names the task.

use super::future::core_of;
use super::native_coroutine::{NativeCoroutine, NativeOp, NativeStep, OpKind};
use super::task::{Task, Wait};
use crate::class::CompareOp;
use crate::event_loop::EventLoop;
use crate::objects::float;
use crate::vm::generator::Wake;
use crate::{Args, Exc, Gc, PyResult, Value, Vm};

/// Keeps delay and result, and once it waits on a future that and its timer handle.
pub(super) static SLEEP: NativeOp = NativeOp { kind: OpKind::Sleep, qualname: "sleep", start, resume };

/// `sleep(delay, result=None)`.
pub fn sleep(vm: &Vm, args: Args<'_>) -> PyResult {
    let result = args.get(1).cloned().unwrap_or(Value::NONE);
    Ok(NativeCoroutine::new(vm, &SLEEP, args.value(0).clone(), result).into())
}

fn start(vm: &Vm, coroutine: &Gc<NativeCoroutine>, direct: bool) -> PyResult<NativeStep> {
    let delay = coroutine.a.take();
    let is_over = match (delay.as_small_int(), delay.as_exact_float()) {
        (Some(n), _) => n <= 0,
        (_, Some(x)) => x <= 0.0,
        _ => vm.compare_bool(&delay, &Value::small(0), CompareOp::Le)?,
    };
    if is_over {
        return Ok(NativeStep::Yielded(Value::NONE));
    }
    let seconds = float::as_double(vm, &delay)?;
    if seconds.is_nan() {
        return vm.raise(Exc::ValueError, "Invalid delay: NaN (not a number)");
    }
    let event_loop = vm.require_running_loop()?;
    if direct {
        let current = vm.tasks.current.borrow().last().cloned();
        if let (Some((_, task)), Some(native)) = (current, EventLoop::direct_of(&event_loop)) {
            if let Some(task) =
                task.downcast::<Task>().filter(|task| task.core.event_loop.get().is(&event_loop))
            {
                let when = native.now(vm) + seconds;
                let slot = native.timers.borrow_mut().add(when, task.to_value());
                *task.wait.borrow_mut() = Wait::Timer(slot);
                return Ok(NativeStep::Parked);
            }
        }
    }
    let future = vm.call_method_named(&event_loop, "create_future", &[])?;
    let set_result = vm.import_submodule("asyncio.futures")?;
    let set_result = vm.get_attr_named(&set_result, "_set_result_unless_cancelled")?;
    let timer = [delay, set_result, future.clone(), coroutine.b.take()];
    let handle = vm.call_method_named(&event_loop, "call_later", &timer)?;
    coroutine.a.replace(future.clone());
    coroutine.b.replace(handle);
    yield_future(vm, future)
}

/// Yields a pending future to whoever drives the coroutine.
pub fn yield_future(vm: &Vm, future: Value) -> PyResult<NativeStep> {
    match core_of(&future).filter(|_| !vm.type_of(&future).is_heap_type()) {
        Some(core) => core.blocking.set(true),
        None => vm.set_attr(&future, &vm.names._asyncio_future_blocking, Some(&Value::TRUE))?,
    }
    Ok(NativeStep::Yielded(future))
}

fn resume(vm: &Vm, coroutine: &Gc<NativeCoroutine>, wake: Wake, _direct: bool) -> PyResult<NativeStep> {
    let future = coroutine.a.take();
    if future.is_unbound() {
        return match wake {
            Wake::Send(_) => Ok(NativeStep::Returned(coroutine.b.take())),
            Wake::Throw(exception) => Err(vm.reraise(exception)),
        };
    }
    let handle = coroutine.b.take();
    let result = match wake {
        Wake::Send(_) => vm.call_method(&future, &vm.names.result, &[]),
        Wake::Throw(exception) => Err(vm.reraise(exception)),
    };
    match result {
        Ok(value) => {
            vm.call_method(&handle, &vm.names.cancel, &[])?;
            Ok(NativeStep::Returned(value))
        }
        Err(raised) => {
            let exception = vm.take_raised(raised);
            vm.call_method(&handle, &vm.names.cancel, &[])?;
            Err(vm.reraise(exception))
        }
    }
}
