//! `_asyncio` and `_contextvars`: the runtime's futures, tasks, loop and contexts under their module names.

use ouro_runtime::event_loop::stuck;
use ouro_runtime::objects::set::Set;
use ouro_runtime::tasks::future::core_of;
use ouro_runtime::tasks::task::Task;
use ouro_runtime::tasks::{context, gather, sleep, task_type};
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static CONTEXTVARS: NativeModule = NativeModule {
    name: "_contextvars",
    doc: "Context Variables",
    functions: context::FUNCTIONS,
    init: Some(context::fill_module),
    ..NativeModule::DEFAULT
};

pub static MODULE: NativeModule = NativeModule {
    name: "_asyncio",
    doc: "Accelerator module for asyncio",
    functions: &[
        NativeFn::new("sleep~(delay, result=None)", sleep::sleep)
            .doc("Coroutine that completes after a given time (in seconds)."),
        NativeFn::new("gather~(*coros_or_futures, return_exceptions=False)", gather::gather)
            .doc("Return a future aggregating results from the given coroutines/futures."),
        NativeFn::new("create_task~(coro, **kwargs)", |vm, args| {
            let running = vm.require_running_loop()?;
            task_type::create_task_on(vm, &running, args.value(0), args)
        })
        .doc("Schedule the execution of a coroutine object in a spawn task."),
        NativeFn::new("ensure_future~(coro_or_future, *, loop=None)", |vm, args| {
            task_type::ensure_future(vm, args.value(0), args.get_not_none(1))
        })
        .doc("Wrap a coroutine or an awaitable in a future."),
        NativeFn::new("isfuture~(obj)", |vm, args| Ok(task_type::is_future(vm, args.value(0))?.into()))
            .doc("Check for a Future."),
        NativeFn::new("iscoroutine~(obj)", |vm, args| Ok(task_type::is_coroutine(vm, args.value(0))?.into()))
            .doc("Return True if obj is a coroutine object."),
        NativeFn::new("current_task(loop=None)", current_task).doc("Return a currently executing task."),
        NativeFn::new("all_tasks(loop=None)", all_tasks).doc("Return a set of all tasks for the loop."),
        NativeFn::new("get_running_loop()", |vm, _| vm.require_running_loop())
            .doc("Return the running event loop.  Raise a RuntimeError if there is none."),
        NativeFn::new("_get_running_loop()", |vm, _| Ok(vm.running_loop().unwrap_or(Value::NONE)))
            .doc("Return the running event loop or None."),
        NativeFn::new("_set_running_loop(loop, /)", |vm, args| {
            let new = Some(args.value(0).clone()).filter(|new| !new.is_none());
            drop(vm.tasks.running_loop.replace(new));
            Ok(Value::NONE)
        })
        .doc("Set the running event loop."),
        NativeFn::new("get_event_loop()", |vm, _| vm.current_event_loop())
            .doc("Return an asyncio event loop."),
        NativeFn::new("_unfinished_tasks(loop, /)", |vm, args| {
            Ok(vm.list(stuck::unfinished_tasks(vm, args.value(0))))
        }),
        NativeFn::new("_wait_of(task, /)", |vm, args| {
            Ok(native_task(args.value(0)).map_or(Value::NONE, |task| stuck::wait_of(vm, task)))
        }),
        NativeFn::new("_debug_in_environment()", |vm, _| {
            let environment = vm.host.environment();
            let set =
                environment.iter().any(|(name, value)| name == b"PYTHONASYNCIODEBUG" && !value.is_empty());
            Ok(set.into())
        }),
        NativeFn::new("_register_task(task)", |vm, args| {
            if let Some(task) = native_task(args.value(0)) {
                vm.tasks.registry.remove(task);
                vm.tasks.registry.add(task);
            }
            Ok(Value::NONE)
        }),
        NativeFn::new("_unregister_task(task)", |vm, args| {
            if let Some(task) = native_task(args.value(0)) {
                vm.tasks.registry.remove(task);
            }
            Ok(Value::NONE)
        }),
        NativeFn::new("_enter_task(loop, task)", enter_task),
        NativeFn::new("_leave_task(loop, task)", leave_task),
        NativeFn::new("_swap_current_task(loop, task)", |vm, args| {
            let old = vm.current_task_of(args.value(0)).unwrap_or(Value::NONE);
            let mut current = vm.tasks.current.borrow_mut();
            current.retain(|(of, _)| !of.is(args.value(0)));
            if !args.value(1).is_none() {
                current.push((args.value(0).clone(), args.value(1).clone()));
            }
            Ok(old)
        }),
        NativeFn::new("future_add_to_awaited_by(fut, waiter, /)", |vm, args| awaited_by(vm, args, true))
            .doc("Record that `fut` is awaited on by `waiter`."),
        NativeFn::new("future_discard_from_awaited_by(fut, waiter, /)", |vm, args| {
            awaited_by(vm, args, false)
        }),
    ],
    init: Some(|vm, module| {
        let types = &vm.types;
        for (name, class) in [
            ("Future", types.future()),
            ("Task", types.task()),
            ("_GatheringFuture", types.gathering_future()),
            ("Handle", types.handle()),
            ("TimerHandle", types.timer_handle()),
            ("_EventLoop", types.event_loop()),
            ("Lock", types.asyncio_lock()),
            ("Event", types.asyncio_event()),
            ("Semaphore", types.asyncio_semaphore()),
            ("Queue", types.asyncio_queue()),
        ] {
            module.set(vm, name, Value::from(class));
        }
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

fn native_task(value: &Value) -> Option<&Gc<Task>> {
    value.downcast::<Task>()
}

fn loop_or_running(vm: &Vm, value: Option<&Value>) -> PyResult {
    match value {
        Some(given) => Ok(given.clone()),
        None => vm.require_running_loop(),
    }
}

fn current_task(vm: &Vm, args: Args<'_>) -> PyResult {
    let of = loop_or_running(vm, args.get_not_none(0))?;
    Ok(vm.current_task_of(&of).unwrap_or(Value::NONE))
}

fn all_tasks(vm: &Vm, args: Args<'_>) -> PyResult {
    let of = loop_or_running(vm, args.get_not_none(0))?;
    let mut found = vm.tasks.registry.snapshot();
    found.retain(|task| {
        native_task(task).is_some_and(|task| !task.core.is_done() && task.core.event_loop.get().is(&of))
    });
    Ok(Set::from_slice(vm, &found)?.into())
}

fn enter_task(vm: &Vm, args: Args<'_>) -> PyResult {
    if let Some(other) = vm.current_task_of(args.value(0)) {
        let (task, other) = (vm.repr_text(args.value(1))?, vm.repr_text(&other)?);
        return vm.raise(
            Exc::RuntimeError,
            format!("Cannot enter into task {task} while another task {other} is being executed."),
        );
    }
    vm.tasks.current.borrow_mut().push((args.value(0).clone(), args.value(1).clone()));
    Ok(Value::NONE)
}

fn leave_task(vm: &Vm, args: Args<'_>) -> PyResult {
    match vm.current_task_of(args.value(0)) {
        Some(task) if task.is(args.value(1)) => {
            vm.tasks.current.borrow_mut().retain(|(of, _)| !of.is(args.value(0)));
            Ok(Value::NONE)
        }
        other => {
            let other = vm.repr_text(&other.unwrap_or(Value::NONE))?;
            let task = vm.repr_text(args.value(1))?;
            vm.raise(
                Exc::RuntimeError,
                format!("Invalid attempt to leave task {task} while task {other} is entered."),
            )
        }
    }
}

/// Adds to or takes from the set of those that await a future.
fn awaited_by(vm: &Vm, args: Args<'_>, add: bool) -> PyResult {
    let (Some(core), Some(_)) = (core_of(args.value(0)), core_of(args.value(1))) else {
        return Ok(Value::NONE);
    };
    let set = core.rare.borrow().as_ref().and_then(|rare| rare.awaited_by.clone());
    let set = match set {
        Some(set) => set,
        None if !add => return Ok(Value::NONE),
        None => {
            let set: Value = Set::new(vm).into();
            core.rare_mut(|rare| rare.awaited_by = Some(set.clone()));
            set
        }
    };
    if let Some(set) = set.downcast::<Set>() {
        if add {
            set.add(vm, args.value(1).clone())?;
        } else {
            set.remove(vm, args.value(1))?;
        }
    }
    Ok(Value::NONE)
}
