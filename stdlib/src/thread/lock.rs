//! `_thread.lock` and `_thread.RLock`.
//!
//! A lock is plain data under the interpreter lock; who must wait parks without that. A release calls the first that waits, which then
//! has to be quicker than whoever comes along, as in CPython.

use std::cell::Cell;

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::waiters::Waiters;
use super::{TIMEOUT_MAX, thread_ident};
use crate::time::convert;

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

/// `_thread.lock`.
#[derive(Default)]
pub struct Lock {
    locked: Cell<bool>,
    waiters: Waiters,
}

impl Payload for Lock {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static LOCK: TypeSpec = TypeSpec {
    name: "lock",
    module: "_thread",
    doc: "A lock object is a synchronization primitive.",
    flags: type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("lock($type)", |_, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        Ok(heap::alloc_for(class, Lock::default()).into())
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
            let lock = args.this::<Lock>();
            lock.locked.set(false);
            // Threads that waited are the parent's.
            lock.waiters.forget();
            Ok(Value::NONE)
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let locked = value.downcast::<Lock>().is_some_and(|lock| lock.locked.get());
            let state = if locked { "locked" } else { "unlocked" };
            Ok(format!("<{state} {}", &vm.default_repr(value)[1..]).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub fn new_lock(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(heap::alloc(&vm.class_of::<Lock>(), Lock::default()).into())
}

fn acquire(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<Lock>();
    if args.len() == 1 && !lock.locked.get() {
        lock.locked.set(true);
        return Ok(Value::TRUE);
    }
    let limit = wait_limit(vm, args)?;
    Ok(lock.waiters.wait(vm, limit, || !lock.locked.replace(true))?.into())
}

fn release(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<Lock>();
    if !lock.locked.replace(false) {
        return vm.raise(Exc::RuntimeError, "release unlocked lock");
    }
    lock.waiters.call_one();
    Ok(Value::NONE)
}

/// `_thread.RLock`: its owner may lock it again.
#[derive(Default)]
pub struct RLock {
    /// `get_ident()` of the owner, 0 for none.
    owner: Cell<i64>,
    count: Cell<u64>,
    waiters: Waiters,
}

impl Payload for RLock {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static RLOCK: TypeSpec = TypeSpec {
    name: "RLock",
    module: "_thread",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("RLock($type)", |_, args| {
        let class = args.this::<ouro_runtime::class::Type>();
        Ok(heap::alloc_for(class, RLock::default()).into())
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
            lock.waiters.forget();
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
    lock.count.get() > 0 && lock.owner.get() == thread_ident(vm)
}

fn acquire_again(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    let limit = wait_limit(vm, args)?;
    let me = thread_ident(vm);
    let take = || {
        let free = lock.count.get() == 0 || lock.owner.get() == me;
        if free {
            lock.owner.set(me);
            lock.count.set(lock.count.get() + 1);
        }
        free
    };
    Ok(lock.waiters.wait(vm, limit, take)?.into())
}

fn release_again(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    if !owns(vm, lock) {
        return vm.raise(Exc::RuntimeError, "cannot release un-acquired lock");
    }
    lock.count.set(lock.count.get() - 1);
    if lock.count.get() == 0 {
        lock.owner.set(0);
        lock.waiters.call_one();
    }
    Ok(Value::NONE)
}

fn release_save(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    if lock.count.get() == 0 {
        return vm.raise(Exc::RuntimeError, "cannot release un-acquired lock");
    }
    let (count, owner) = (lock.count.replace(0), lock.owner.replace(0));
    lock.waiters.call_one();
    Ok(vm.tuple(&[Value::int(count as i64), Value::int(owner)]))
}

fn acquire_restore(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<RLock>();
    let Some([count, owner]) = args.value(1).downcast::<Tuple>().map(|state| state.items()) else {
        return vm.raise_bad_argument("_acquire_restore", "argument 1", "2-item tuple", args.value(1));
    };
    let (count, owner) = (vm.to_i64(count)?, vm.to_i64(owner)?);
    lock.waiters.wait(vm, None, || {
        let free = lock.count.get() == 0;
        if free {
            lock.count.set(count.max(0) as u64);
            lock.owner.set(owner);
        }
        free
    })?;
    Ok(Value::NONE)
}
