//! `_thread`: locks and the identity of threads. Programs run on one thread so far, so a lock that is held by this thread can only be
//! waited for with a time limit; waiting without one would never end, and says so.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::host::Identity;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::time::convert;

pub static MODULE: NativeModule = NativeModule {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[
        NativeFn::new("start_new_thread", |vm, _| no_threads(vm))
            .doc("Start a new thread and return its identifier."),
        NativeFn::new("start_joinable_thread", |vm, _| no_threads(vm)).doc("Start a new thread."),
        NativeFn::new("daemon_threads_allowed()", |_, _| Ok(Value::TRUE))
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
        NativeFn::new("_get_main_thread_ident()", |vm, _| Ok(identity(vm)))
            .doc("Internal only. Return a non-zero integer that uniquely identifies the main thread of the main interpreter."),
        NativeFn::new("_count()", |_, _| Ok(Value::small(0)))
            .doc("Return the number of currently running Python threads, excluding the main thread."),
        NativeFn::new("stack_size(size=0, /)", stack_size)
            .doc("Return the thread stack size used when creating new threads."),
        NativeFn::new("_is_main_interpreter()", |_, _| Ok(Value::TRUE))
            .doc("Return True if the current interpreter is the main Python interpreter."),
        NativeFn::new("_shutdown()", |_, _| Ok(Value::NONE))
            .doc("Wait for all non-daemon threads (other than the calling thread) to stop."),
    ],
    classes: &[NativeClass::of::<Lock>(&LOCK), NativeClass::of::<RLock>(&RLOCK), NativeClass::of::<Local>(&LOCAL)],
    init: Some(init),
};

/// `TIMEOUT_MAX` in seconds: nanoseconds fit 63 bits.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "TIMEOUT_MAX", TIMEOUT_MAX);
    module.set(vm, "_NAME_MAXLEN", Value::small(15));
    module.set(vm, "error", vm.types.exception(Exc::RuntimeError));
    if let Some(lock) = module.get(vm, "lock") {
        module.set(vm, "LockType", lock);
    }
    Ok(())
}

/// `get_ident()`.
pub fn identity(vm: &Vm) -> Value {
    Value::int(vm.host.identity(Identity::ThreadHandle))
}

fn no_threads(vm: &Vm) -> PyResult {
    vm.raise(Exc::NotImplementedError, "threads cannot be started yet")
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

/// Smallest stack a thread may ask for.
const MIN_STACK_SIZE: i64 = 53_248;

#[derive(Default)]
struct StackSize(Cell<i64>);

fn stack_size(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = args.get(0).map_or(Ok(0), |size| vm.to_i64(size))?;
    if size < 0 {
        return vm.raise(Exc::ValueError, "size must be 0 or a positive value");
    }
    if size != 0 && size < MIN_STACK_SIZE {
        return vm.raise(Exc::ValueError, format!("size must be at least {MIN_STACK_SIZE} bytes"));
    }
    let old = vm.state::<StackSize>().0.replace(size);
    Ok(Value::int(old))
}

/// How long `acquire` may wait, in nanoseconds: `None` for ever, 0 not at all.
fn wait_limit(vm: &Vm, args: Args<'_>) -> PyResult<Option<i64>> {
    let blocking = args.get(1).map_or(Ok(true), |blocking| vm.truth(blocking))?;
    let timeout = match args.get(2) {
        Some(timeout) => convert::duration_ns(vm, timeout, convert::Round::Timeout)?,
        None => -1_000_000_000,
    };
    if !blocking && timeout != -1_000_000_000 {
        return vm.raise(Exc::ValueError, "can't specify a timeout for a non-blocking call");
    }
    if timeout < 0 && timeout != -1_000_000_000 {
        return vm.raise(Exc::ValueError, "timeout value must be a non-negative number");
    }
    if timeout as f64 > TIMEOUT_MAX * 1e9 {
        return vm.raise(Exc::OverflowError, "timeout value is too large");
    }
    Ok(match (blocking, timeout) {
        (false, _) => Some(0),
        (true, -1_000_000_000) => None,
        (true, timeout) => Some(timeout),
    })
}

/// Waits for a lock that nobody can release meanwhile, but for signal handlers.
fn wait(vm: &Vm, limit: Option<i64>, is_free: impl Fn() -> bool) -> PyResult<bool> {
    /// So often a lock without a limit is looked at.
    const STEP_NS: i64 = 50_000_000;
    let deadline = limit.map(|limit| vm.host.monotonic().saturating_add(limit));
    loop {
        if is_free() {
            return Ok(true);
        }
        let now = vm.host.monotonic();
        let until = match deadline {
            Some(deadline) if now >= deadline => return Ok(false),
            Some(deadline) => deadline,
            None => now + STEP_NS,
        };
        // An interruption is no error: handlers run below.
        let _ = vm.host.sleep_until(until);
        vm.check_signals()?;
    }
}

/// `_thread.lock`.
pub struct Lock {
    locked: Cell<bool>,
}

impl Payload for Lock {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

static LOCK: TypeSpec = TypeSpec {
    name: "lock",
    module: "_thread",
    doc: "A lock object is a synchronization primitive.",
    flags: type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("lock($type)", |_, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        Ok(heap::alloc_for(class, Lock { locked: Cell::new(false) }).into())
    })),
    methods: &[
        NativeFn::new("acquire($self, blocking=True, timeout=-1)", acquire).doc("Lock the lock."),
        NativeFn::new("acquire_lock($self, blocking=True, timeout=-1)", acquire)
            .doc("An obsolete synonym of acquire()."),
        NativeFn::new("release($self, /)", release).doc("Release the lock."),
        NativeFn::new("release_lock($self, /)", release).doc("An obsolete synonym of release()."),
        NativeFn::new("locked($self, /)", |_, args| Ok(args.this::<Lock>().locked.get().into()))
            .doc("Return whether the lock is in the locked state."),
        NativeFn::new("locked_lock($self, /)", |_, args| Ok(args.this::<Lock>().locked.get().into()))
            .doc("An obsolete synonym of locked()."),
        NativeFn::new("__enter__($self, /)", acquire).doc("Lock the lock."),
        NativeFn::new("__exit__($self, /, *exc_info)", release).doc("Release the lock."),
        NativeFn::new("_at_fork_reinit($self, /)", |_, args| {
            args.this::<Lock>().locked.set(false);
            Ok(Value::NONE)
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let locked = value.downcast::<Lock>().is_some_and(|lock| lock.locked.get());
            let state = if locked { "locked" } else { "unlocked" };
            Ok(format!("<{state} {}", &vm.default_repr(value)[1..])
                .replace(" object at", " object at")
                .into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn new_lock(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(heap::alloc(&vm.class_of::<Lock>(), Lock { locked: Cell::new(false) }).into())
}

fn acquire(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<Lock>();
    let limit = wait_limit(vm, args)?;
    if !wait(vm, limit, || !lock.locked.get())? {
        return Ok(Value::FALSE);
    }
    lock.locked.set(true);
    Ok(Value::TRUE)
}

fn release(vm: &Vm, args: Args<'_>) -> PyResult {
    if !args.this::<Lock>().locked.replace(false) {
        return vm.raise(Exc::RuntimeError, "release unlocked lock");
    }
    Ok(Value::NONE)
}

/// `_thread.RLock`: its owner may lock it again.
pub struct RLock {
    /// `get_ident()` of the owner, 0 for none.
    owner: Cell<i64>,
    count: Cell<u64>,
}

impl Payload for RLock {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

static RLOCK: TypeSpec = TypeSpec {
    name: "RLock",
    module: "_thread",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("RLock($type)", |_, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        Ok(heap::alloc_for(class, RLock { owner: Cell::new(0), count: Cell::new(0) }).into())
    })),
    methods: &[
        NativeFn::new("acquire($self, blocking=True, timeout=-1)", acquire_again).doc("Lock the lock."),
        NativeFn::new("release($self, /)", release_again).doc("Release the lock."),
        NativeFn::new("locked($self, /)", |_, args| Ok((args.this::<RLock>().count.get() > 0).into()))
            .doc("Return a boolean indicating whether this object is locked right now."),
        NativeFn::new("__enter__($self, /)", acquire_again).doc("Lock the lock."),
        NativeFn::new("__exit__($self, /, *exc_info)", release_again).doc("Release the lock."),
        NativeFn::new("_is_owned($self, /)", |vm, args| Ok(owns(vm, args.this::<RLock>()).into()))
            .doc("For internal use by `threading.Condition`."),
        NativeFn::new("_recursion_count($self, /)", |vm, args| {
            let lock = args.this::<RLock>();
            Ok(Value::int(if owns(vm, lock) { lock.count.get() as i64 } else { 0 }))
        })
        .doc("For internal use by reentrancy checks."),
        NativeFn::new("_release_save($self, /)", release_save)
            .doc("For internal use by `threading.Condition`."),
        NativeFn::new("_acquire_restore($self, state, /)", acquire_restore)
            .doc("For internal use by `threading.Condition`."),
        NativeFn::new("_at_fork_reinit($self, /)", |_, args| {
            let lock = args.this::<RLock>();
            lock.owner.set(0);
            lock.count.set(0);
            Ok(Value::NONE)
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let Some(lock) = value.downcast::<RLock>() else { return Ok(vm.default_repr(value).into()) };
            let (owner, count) = (lock.owner.get(), lock.count.get());
            let state = if count > 0 { "locked" } else { "unlocked" };
            let plain = vm.default_repr(value);
            let (class, address) = plain[1..].rsplit_once(" at ").unwrap_or((&plain[1..], ""));
            Ok(format!("<{state} {class} owner={owner} count={count} at {address}").into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn owns(vm: &Vm, lock: &RLock) -> bool {
    lock.count.get() > 0 && lock.owner.get() == vm.host.identity(Identity::ThreadHandle)
}

fn acquire_again(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    let limit = wait_limit(vm, args)?;
    if !owns(vm, lock) && !wait(vm, limit, || lock.count.get() == 0)? {
        return Ok(Value::FALSE);
    }
    lock.owner.set(vm.host.identity(Identity::ThreadHandle));
    lock.count.set(lock.count.get() + 1);
    Ok(Value::TRUE)
}

fn release_again(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    if !owns(vm, lock) {
        return vm.raise(Exc::RuntimeError, "cannot release un-acquired lock");
    }
    lock.count.set(lock.count.get() - 1);
    if lock.count.get() == 0 {
        lock.owner.set(0);
    }
    Ok(Value::NONE)
}

fn release_save(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    if lock.count.get() == 0 {
        return vm.raise(Exc::RuntimeError, "cannot release un-acquired lock");
    }
    let (count, owner) = (lock.count.replace(0), lock.owner.replace(0));
    Ok(vm.tuple(&[Value::int(count as i64), Value::int(owner)]))
}

fn acquire_restore(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    let Some([count, owner]) = args.value(1).downcast::<Tuple>().map(|state| state.items()) else {
        return vm.raise_bad_argument("_acquire_restore", "argument 1", "2-item tuple", args.value(1));
    };
    let (count, owner) = (vm.to_i64(count)?, vm.to_i64(owner)?);
    wait(vm, None, || lock.count.get() == 0)?;
    lock.count.set(count.max(0) as u64);
    lock.owner.set(owner);
    Ok(Value::NONE)
}

/// `_thread._local`: attributes that each thread has for itself.
pub struct Local {
    /// By `get_ident()`.
    namespaces: RefCell<Vec<(i64, Gc<Dict>)>>,
    /// Arguments of the class, for `__init__` in other threads.
    args: Vec<Value>,
}

impl Payload for Local {
    fn trace(&self, visit: heap::Visitor<'_>) {
        self.namespaces.borrow().iter().for_each(|(_, dict)| visit(dict.as_value()));
        self.args.iter().for_each(visit);
    }

    fn clear(&self) {
        let _dropped = self.namespaces.take();
    }
}

static LOCAL: TypeSpec = TypeSpec {
    name: "_local",
    module: "_thread",
    doc: "Thread-local data",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("_local!($type, /, *args, **kw)", |vm, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        let has_own_init = class.slots().init.is_some();
        if (args.values.len() > 1 || args.has_keywords()) && !has_own_init {
            return vm.raise(Exc::TypeError, "Initialization arguments are not supported");
        }
        let body = Local { namespaces: RefCell::default(), args: args.values[1..].to_vec() };
        Ok(heap::alloc_for(class, body).into())
    })),
    getset: &[ouro_runtime::GetSet::read_only("__dict__", |vm, value| match value.downcast::<Local>() {
        Some(local) => Ok(local.namespace(vm).into()),
        None => Ok(Value::NONE),
    })],
    slots: Slots {
        get_attr: Some(|vm, value, name| {
            if let Some(local) = value.downcast::<Local>() {
                if let Some(found) = local.namespace(vm).get_str(name) {
                    return Ok(found);
                }
            }
            vm.generic_get_attr(value, name)
        }),
        set_attr: Some(|vm, value, name, new| {
            let Some(local) = value.downcast::<Local>() else { return vm.generic_set_attr(value, name, new) };
            if name == "__dict__" {
                let class = vm.type_name(value);
                return vm.raise(
                    Exc::AttributeError,
                    format!("'{class}' object attribute '__dict__' is read-only"),
                );
            }
            if vm.type_of(value).lookup(name).is_some() {
                return vm.generic_set_attr(value, name, new);
            }
            match new {
                Some(new) => drop(local.namespace(vm).insert_str(name, new.clone())),
                None if local.namespace(vm).remove_str(name).is_some() => {}
                None => return vm.raise_no_attribute(value, name),
            }
            Ok(())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

impl Local {
    fn namespace(&self, vm: &Vm) -> Gc<Dict> {
        let thread = vm.host.identity(Identity::ThreadHandle);
        let mut namespaces = self.namespaces.borrow_mut();
        if let Some((_, dict)) = namespaces.iter().find(|(owner, _)| *owner == thread) {
            return dict.clone();
        }
        let dict = Dict::new();
        namespaces.push((thread, dict.clone()));
        dict
    }
}
