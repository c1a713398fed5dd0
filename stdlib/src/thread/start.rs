//! Starting threads and waiting for their end.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::thread_ident;
use super::waiters::Waiters;
use crate::time::convert;

/// Stack of a thread for which `stack_size()` asks nothing else; native code recurses on it. The system gives memory to what is used.
const STACK_SIZE: usize = 16 << 20;
/// Least that is asked of the system: what the runtime keeps in reserve, and some.
const LEAST_STACK_SIZE: usize = 1 << 20;
/// Smallest stack a program may ask for.
const MIN_STACK_SIZE: i64 = 53_248;

#[derive(Default)]
struct StackSize(Cell<i64>);

/// Threads that have not ended: how many, and those that the interpreter waits for at its end.
#[derive(Default)]
struct Running {
    n: Cell<usize>,
    awaited: RefCell<Vec<Gc<Handle>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    NotStarted,
    Starting,
    Running,
    Done,
}

/// `_thread._ThreadHandle`: a thread that can be waited for.
pub struct Handle {
    ident: Cell<i64>,
    state: Cell<State>,
    waiters: Waiters,
}

impl Payload for Handle {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

impl Handle {
    fn new(ident: i64, state: State) -> Handle {
        Handle { ident: Cell::new(ident), state: Cell::new(state), waiters: Waiters::default() }
    }

    fn end(&self) {
        self.state.set(State::Done);
        self.waiters.call_all();
    }
}

pub static HANDLE: TypeSpec = TypeSpec {
    name: "_ThreadHandle",
    module: "_thread",
    new: Some(NativeFn::new("_ThreadHandle($type)", |_, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        Ok(heap::alloc_for(class, Handle::new(0, State::NotStarted)).into())
    })),
    methods: &[
        NativeFn::new("join($self, timeout=None, /)", join),
        NativeFn::new("_set_done($self, /)", |vm, args| {
            let handle = args.this::<Handle>();
            if handle.state.get() == State::NotStarted || handle.state.get() == State::Starting {
                return vm.raise(Exc::RuntimeError, "thread not started");
            }
            handle.end();
            Ok(Value::NONE)
        }),
        NativeFn::new("is_done($self, /)", |_, args| {
            Ok((args.this::<Handle>().state.get() == State::Done).into())
        }),
    ],
    getset: &[GetSet::read_only("ident", |_, value| {
        Ok(Value::int(value.downcast::<Handle>().map_or(0, |handle| handle.ident.get())))
    })],
    slots: Slots {
        repr: Some(|_, value| {
            let ident = value.downcast::<Handle>().map_or(0, |handle| handle.ident.get());
            Ok(format!("<_ThreadHandle object: ident={ident}>").into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn join(vm: &Vm, args: Args<'_>) -> PyResult {
    let handle = args.this::<Handle>();
    let limit = match args.get(1).filter(|timeout| !timeout.is_none()) {
        Some(timeout) => {
            let limit = convert::duration_ns(vm, timeout, convert::Round::Timeout)?;
            (limit >= 0).then_some(limit)
        }
        None => None,
    };
    match handle.state.get() {
        State::NotStarted | State::Starting => return vm.raise(Exc::RuntimeError, "thread not started"),
        State::Running if handle.ident.get() == thread_ident(vm) => {
            return vm.raise(Exc::RuntimeError, "Cannot join current thread");
        }
        State::Running | State::Done => {}
    }
    handle.waiters.wait(vm, limit, || handle.state.get() == State::Done)?;
    Ok(Value::NONE)
}

/// `_make_thread_handle(ident)`: of a thread that runs, started by somebody else.
pub fn make_handle(vm: &Vm, args: Args<'_>) -> PyResult {
    let ident = vm.to_i64(args.value(0))?;
    Ok(heap::alloc(&vm.class_of::<Handle>(), Handle::new(ident, State::Running)).into())
}

pub fn stack_size(vm: &Vm, args: Args<'_>) -> PyResult {
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

/// In a new process, which has none of the threads but the one that forked: the others have ended here.
pub fn forget_threads(vm: &Vm) {
    let running = vm.state::<Running>();
    running.n.set(0);
    for handle in running.awaited.take() {
        handle.end();
    }
}

/// `_count()`.
pub fn count(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(vm.state::<Running>().n.get().into())
}

/// A thread that calls a function; `handle`, if any, tells of its end.
fn start(
    vm: &Vm,
    handle: Option<&Gc<Handle>>,
    daemon: bool,
    function: &Value,
    args: Vec<Value>,
    keywords: Vec<(Gc<Str>, Value)>,
) -> PyResult<i64> {
    if crate::sys::is_finalizing(vm) {
        return vm.raise(Exc::PythonFinalizationError, "can't create new thread at interpreter shutdown");
    }
    let wanted = vm.state::<StackSize>().0.get();
    let size = if wanted == 0 { STACK_SIZE } else { (wanted as usize).max(LEAST_STACK_SIZE) };
    let running = vm.state::<Running>();
    if let Some(handle) = handle {
        handle.state.set(State::Starting);
        if !daemon {
            running.awaited.borrow_mut().push(handle.clone());
        }
    }
    running.n.set(running.n.get() + 1);
    let (function, own_handle) = (function.clone(), handle.cloned());
    let started = vm.start_thread(size, move |vm| {
        if let Some(handle) = &own_handle {
            handle.ident.set(thread_ident(vm));
            handle.state.set(State::Running);
        }
        run(vm, &function, &args, &keywords);
        drop((function, args, keywords));
        vm.drop_all_thread_data();
        ended(vm, own_handle.as_ref());
    });
    match started {
        Ok(ident) => {
            if let Some(handle) = handle.filter(|handle| handle.state.get() == State::Starting) {
                handle.ident.set(ident as i64);
                handle.state.set(State::Running);
            }
            Ok(ident as i64)
        }
        Err(_) => {
            ended(vm, handle);
            if let Some(handle) = handle {
                handle.state.set(State::NotStarted);
            }
            vm.raise(Exc::RuntimeError, "can't start new thread")
        }
    }
}

fn ended(vm: &Vm, handle: Option<&Gc<Handle>>) {
    let running = vm.state::<Running>();
    running.n.set(running.n.get() - 1);
    if let Some(handle) = handle {
        running.awaited.borrow_mut().retain(|other| !other.as_value().is(handle.as_value()));
        handle.end();
    }
}

/// The life of a thread: what its function raises is reported, but for SystemExit.
fn run(vm: &Vm, function: &Value, args: &[Value], keywords: &[(Gc<Str>, Value)]) {
    let (names, values): (Vec<_>, Vec<_>) = keywords.iter().cloned().unzip();
    let Err(raised) = vm.call_args(function, Args::with_keywords(args, &names, &values)) else { return };
    let exception = vm.take_raised(raised);
    if vm.is_instance_of(exception.as_value(), vm.types.exception(Exc::SystemExit)) {
        return;
    }
    let shown = vm.repr_text(function).unwrap_or_else(|raised| {
        drop(vm.take_raised(raised));
        String::from("<object repr() failed>")
    });
    let message = format!("Exception ignored in thread started by {shown}");
    ouro_runtime::exceptions::unraisable_with(vm, &exception, Some(message.as_bytes()), None);
}

/// `start_new_thread(function, args, kwargs={})`.
pub fn start_new_thread(vm: &Vm, args: Args<'_>) -> PyResult {
    if !vm.is_callable(args.value(0)) {
        return vm.raise(Exc::TypeError, "first arg must be callable");
    }
    let Some(arguments) = args.value(1).downcast::<Tuple>() else {
        return vm.raise(Exc::TypeError, "2nd arg must be a tuple");
    };
    let mut keywords = Vec::new();
    if let Some(given) = args.get(2) {
        let Some(given) = given.downcast::<Dict>() else {
            return vm.raise(Exc::TypeError, "optional 3rd arg must be a dictionary");
        };
        for (name, value) in given.snapshot() {
            match name.into_gc::<Str>() {
                Ok(name) => keywords.push((name, value)),
                Err(_) => return vm.raise(Exc::TypeError, "keywords must be strings"),
            }
        }
    }
    vm.audit("_thread.start_new_thread", || {
        vec![args.value(0).clone(), args.value(1).clone(), args.get(2).cloned().unwrap_or(Value::NONE)]
    })?;
    let ident = start(vm, None, true, args.value(0), arguments.items().to_vec(), keywords)?;
    Ok(Value::int(ident))
}

/// `start_joinable_thread(function, handle=None, daemon=True)`.
pub fn start_joinable_thread(vm: &Vm, args: Args<'_>) -> PyResult {
    if !vm.is_callable(args.value(0)) {
        return vm.raise(Exc::TypeError, "thread function must be callable");
    }
    let handle = match args.get(1).filter(|handle| !handle.is_none()) {
        Some(handle) => match handle.clone().into_gc::<Handle>() {
            Ok(handle) => handle,
            Err(_) => return vm.raise(Exc::TypeError, "'handle' must be a _ThreadHandle"),
        },
        None => heap::alloc(&vm.class_of::<Handle>(), Handle::new(0, State::NotStarted)),
    };
    let daemon = args.get(2).map_or(Ok(true), |daemon| vm.truth(daemon))?;
    if handle.state.get() != State::NotStarted {
        return vm.raise(Exc::RuntimeError, "thread already started");
    }
    vm.audit("_thread.start_joinable_thread", || {
        vec![args.value(0).clone(), daemon.into(), handle.to_value()]
    })?;
    start(vm, Some(&handle), daemon, args.value(0), Vec::new(), Vec::new())?;
    Ok(handle.into())
}

/// `_shutdown()`: waits for the threads that are no daemons.
pub fn shutdown(vm: &Vm, _: Args<'_>) -> PyResult {
    let running = vm.state::<Running>();
    loop {
        let me = thread_ident(vm);
        let next = running.awaited.borrow().iter().find(|handle| handle.ident.get() != me).cloned();
        let Some(handle) = next else { return Ok(Value::NONE) };
        handle.waiters.wait(vm, None, || handle.state.get() == State::Done)?;
    }
}
