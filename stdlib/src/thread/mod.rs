//! `_thread`: threads, locks, and what each thread has for itself. `threading` stands on it.

mod excepthook;
mod local;
mod lock;
pub mod start;
pub mod waiters;

use local::{LOCAL, Local};
use lock::{LOCK, Lock, RLOCK, RLock, new_lock};
use ouro_runtime::host::Identity;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};
use start::{HANDLE, Handle, stack_size};

pub static MODULE: NativeModule = NativeModule {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[
        NativeFn::new("start_new_thread(function, args, kwargs=<unrepresentable>, /)", start::start_new_thread)
            .doc("Start a new thread and return its identifier."),
        NativeFn::new("start_new(function, args, kwargs=<unrepresentable>, /)", start::start_new_thread)
            .doc("An obsolete synonym of start_new_thread()."),
        NativeFn::new("start_joinable_thread(function, handle=None, daemon=True)", start::start_joinable_thread)
            .doc("Start a new thread that can be joined, and return its handle."),
        NativeFn::new("_make_thread_handle(ident, /)", start::make_handle)
            .doc("Internal only. Make a handle of a thread that was not started by this module."),
        NativeFn::new("_excepthook(exc_info, /)", excepthook::excepthook)
            .doc("Handle an exception that a thread did not catch."),
        NativeFn::new("set_name(name)", set_name).doc("Set the name of the current thread."),
        NativeFn::new("daemon_threads_allowed()", |vm, _| Ok(crate::interpreters::is_main(vm).into()))
            .doc("Return True if daemon threads are allowed in the current interpreter,\nand False otherwise."),
        NativeFn::new("allocate_lock()", new_lock).doc("Create a new lock object."),
        NativeFn::new("allocate()", new_lock).doc("An obsolete synonym of allocate_lock()."),
        NativeFn::new("exit()", |vm, _| vm.raise_bare(Exc::SystemExit))
            .doc("This is synonymous to ``raise SystemExit''."),
        NativeFn::new("interrupt_main(signum=signal.SIGINT, /)", interrupt_main)
            .doc("Simulate the arrival of the given signal in the main thread."),
        NativeFn::new("get_ident()", |vm, _| Ok(identity(vm)))
            .doc("Return a non-zero integer that uniquely identifies the current thread."),
        NativeFn::new("get_native_id()", |vm, _| Ok(Value::int(vm.host.identity(Identity::Thread))))
            .doc("Return a non-negative integer identifying the thread as reported by the OS."),
        NativeFn::new("_get_main_thread_ident()", |vm, _| Ok(Value::int(vm.threads.main_ident() as i64)))
            .doc("Internal only. Return a non-zero integer that uniquely identifies the main thread of the main interpreter."),
        NativeFn::new("_count()", start::count)
            .doc("Return the number of currently running Python threads, excluding the main thread."),
        NativeFn::new("stack_size(size=0, /)", stack_size)
            .doc("Return the thread stack size used when creating new threads."),
        NativeFn::new("_is_main_interpreter()", |_, _| Ok(Value::TRUE))
            .doc("Return True if the current interpreter is the main Python interpreter."),
        NativeFn::new("_shutdown()", start::shutdown)
            .doc("Wait for all non-daemon threads (other than the calling thread) to stop."),
    ],
    classes: &[NativeClass::of::<Lock>(&LOCK), NativeClass::of::<RLock>(&RLOCK), NativeClass::of::<Local>(&LOCAL), NativeClass::of::<Handle>(&HANDLE)],
    init: Some(init),
};

/// `TIMEOUT_MAX` in seconds: nanoseconds fit 63 bits.
pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "TIMEOUT_MAX", TIMEOUT_MAX);
    module.set(vm, "_NAME_MAXLEN", Value::small(15));
    module.set(vm, "error", vm.types.exception(Exc::RuntimeError));
    module.set(vm, "_ExceptHookArgs", excepthook::ARGS.class(vm)?);
    if let Some(lock) = module.get(vm, "lock") {
        module.set(vm, "LockType", lock);
    }
    Ok(())
}

/// `get_ident()`.
pub fn identity(vm: &Vm) -> Value {
    Value::int(vm.host.identity(Identity::ThreadHandle))
}

/// `get_ident()` as a number.
fn thread_ident(vm: &Vm) -> i64 {
    vm.host.identity(Identity::ThreadHandle)
}

fn set_name(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.str_argument(args.value(0), "set_name", "argument 'name'")?;
    // A system that does not take it shows another name in its lists, which is all.
    vm.host.set_thread_name(name.as_bytes());
    Ok(Value::NONE)
}

fn interrupt_main(vm: &Vm, args: Args<'_>) -> PyResult {
    let signal = args.get(0).map_or(Ok(libc::SIGINT), |signal| vm.c_int_argument(signal))?;
    if !(1..ouro_runtime::host::N_SIGNALS as i32).contains(&signal) {
        return vm.raise(Exc::ValueError, "signal number out of range");
    }
    if let Ok(ouro_runtime::host::SignalAction::Note) = vm.host.signal_action(signal) {
        if let Err(error) = vm.host.raise_signal(signal) {
            return vm.raise_os_error(&error, None);
        }
    }
    Ok(Value::NONE)
}
