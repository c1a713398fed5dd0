//! `fork`, and what programs want to be called around it.

use std::cell::RefCell;

use ouro_runtime::event_loop::offload;
use ouro_runtime::host::{Identity, take_signals};
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use crate::errors::os;

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("fork()", |vm, _| {
        vm.audit("os.fork", Vec::new)?;
        let pid = fork(vm, "fork")?;
        Ok(Value::small(pid.into()))
    })
    .doc("Fork a child process.\n\nReturn 0 to child process and PID of child to parent process."),
    NativeFn::new("forkpty()", |vm, _| {
        vm.audit("os.forkpty", Vec::new)?;
        let (controller, terminal) = os(vm, vm.host.open_terminal_pair())?;
        let pid = match fork(vm, "forkpty") {
            Ok(pid) => pid,
            Err(raised) => {
                let _ = (vm.host.close(controller), vm.host.close(terminal));
                return Err(raised);
            }
        };
        if pid == 0 {
            os(vm, vm.host.close(controller))?;
            os(vm, vm.host.log_in_terminal(terminal))?;
            return Ok(vm.tuple(&[Value::small(0), Value::small(-1)]));
        }
        os(vm, vm.host.close(terminal))?;
        Ok(vm.tuple(&[Value::small(pid.into()), Value::small(controller.into())]))
    })
    .doc("Fork a new process with a new pseudo-terminal as controlling tty.\n\nReturns a tuple of (pid, master_fd)."),
    NativeFn::new(
        "register_at_fork(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
        register_at_fork,
    )
    .doc("Register callables to be called when forking a new process.\n\n'before' callbacks are called in reverse order.\n'after_in_child' and 'after_in_parent' callbacks are called in order."),
];

/// What `register_at_fork` was given.
#[derive(Default)]
struct Callbacks {
    before: RefCell<Vec<Value>>,
    in_child: RefCell<Vec<Value>>,
    in_parent: RefCell<Vec<Value>>,
}

/// Forks for the function called `name`.
fn fork(vm: &Vm, name: &str) -> PyResult<i32> {
    crate::interpreters::check_main(vm, "fork")?;
    if crate::sys::is_finalizing(vm) {
        return vm.raise(Exc::PythonFinalizationError, "can't fork at interpreter shutdown");
    }
    before(vm);
    let result = vm.host.fork();
    match result {
        Ok(0) => after_in_child(vm),
        _ => after_in_parent(vm),
    }
    if vm.has_threads() {
        let pid = vm.host.identity(Identity::Process);
        let message = format!(
            "This process (pid={pid}) is multi-threaded, use of {name}() may lead to deadlocks in the child."
        );
        // The child is there already.
        let warned = vm.warn(Exc::DeprecationWarning, &message, 1);
        vm.report_unraisable(warned.map(|()| Value::NONE), &Value::NONE);
    }
    os(vm, result)
}

/// To be called before a child with a memory of its own is made that runs Python.
pub fn before(vm: &Vm) {
    let mut callbacks = vm.state::<Callbacks>().before.borrow().clone();
    callbacks.reverse();
    run(vm, callbacks);
}

/// To be called first in such a child: signals that came are the parent's, as are threads, and no event loop runs here.
pub fn after_in_child(vm: &Vm) {
    take_signals();
    vm.forget_threads();
    crate::thread::start::forget_threads(vm);
    offload::forget_threads(vm);
    let _running = vm.tasks.running_loop.take();
    let _tasks = vm.tasks.current.take();
    run(vm, vm.state::<Callbacks>().in_child.borrow().clone());
}

pub fn after_in_parent(vm: &Vm) {
    run(vm, vm.state::<Callbacks>().in_parent.borrow().clone());
}

fn run(vm: &Vm, callbacks: Vec<Value>) {
    for callback in callbacks {
        let Err(raised) = vm.call(&callback, &[]) else { continue };
        let exception = vm.take_raised(raised);
        let shown = vm.repr_text(&callback).unwrap_or_else(|raised| {
            drop(vm.take_raised(raised));
            String::from("<object repr() failed>")
        });
        let message = format!("Exception ignored in atfork callback {shown}");
        ouro_runtime::exceptions::unraisable_with(vm, &exception, Some(message.as_bytes()), None);
    }
}

fn register_at_fork(vm: &Vm, args: Args<'_>) -> PyResult {
    let names = ["before", "after_in_child", "after_in_parent"];
    if names.iter().enumerate().all(|(index, _)| args.get(index).is_none()) {
        return vm.raise(Exc::TypeError, "At least one argument is required.");
    }
    for (index, name) in names.iter().enumerate() {
        if let Some(callback) = args.get(index).filter(|callback| !vm.is_callable(callback)) {
            let class = vm.type_name(callback);
            return vm.raise(Exc::TypeError, format!("'{name}' must be callable, not {class}"));
        }
    }
    let callbacks = vm.state::<Callbacks>();
    for (index, list) in
        [&callbacks.before, &callbacks.in_child, &callbacks.in_parent].into_iter().enumerate()
    {
        list.borrow_mut().extend(args.get(index).cloned());
    }
    Ok(Value::NONE)
}
