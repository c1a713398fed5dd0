//! `asyncio.Lock`, `Event` and `Semaphore`. `asyncio.locks` has the rest of that module.

use std::cell::Cell;

use super::native_coroutine::{NativeCoroutine, NativeOp, NativeStep, OpKind};
use super::waiting::{Waiters, waiter_of};
use crate::class::{CompareOp, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Payload};
use crate::vm::generator::Wake;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

const FLAGS: u32 = type_flags::BASE_TYPE
    | type_flags::HAS_WEAKREF
    | type_flags::HAS_DICT
    | type_flags::WITH_EXTRA
    | type_flags::UNQUALIFIED;

/// Whether a Python class replaces one of these methods of `native`.
pub(super) fn replaces(vm: &Vm, value: &Value, native: &Gc<Type>, names: &[&str]) -> bool {
    let class = vm.type_of(value);
    !class.is(native)
        && names.iter().any(|name| {
            let name = vm.intern(name);
            match (class.lookup(&name), native.lookup(&name)) {
                (Some(own), Some(native)) => !own.is(&native),
                _ => false,
            }
        })
}

/// The waiters of a lock, event or semaphore.
fn waiters_of(value: &Value) -> &Waiters {
    if let Some(lock) = value.downcast::<Lock>() {
        return &lock.waiters;
    }
    match value.downcast::<Event>() {
        Some(event) => &event.waiters,
        None => &value.downcast::<Semaphore>().expect("attributes are of instances").waiters,
    }
}

/// An attribute that is a flag of the object, which programs may set.
macro_rules! flag_attribute {
    ($name:literal, $class:ty, $field:ident) => {
        GetSet::new(
            $name,
            |_, value| {
                let this = value.downcast::<$class>().expect("attributes are of instances");
                Ok(this.$field.get().into())
            },
            |vm, value, new| {
                let Some(new) = new else { return vm.raise(Exc::AttributeError, $name) };
                let this = value.downcast::<$class>().expect("attributes are of instances");
                this.$field.set(vm.truth(new)?);
                Ok(())
            },
        )
    };
}

const WAITERS: GetSet = GetSet::read_only("_waiters", |vm, value| waiters_of(value).shown(vm));
const LOOP: GetSet = GetSet::read_only("_loop", |_, value| Ok(waiters_of(value).shown_loop()));

/// `repr(owner)` with its state.
fn show(vm: &Vm, value: &Value, state: &str, waiters: &Waiters) -> PyResult {
    let shown = vm.default_repr(value);
    let shown = shown.trim_start_matches('<').trim_end_matches('>');
    let waiting = match waiters.len() {
        0 => String::new(),
        n => format!(", waiters:{n}"),
    };
    Ok(format!("<{shown} [{state}{waiting}]>").into())
}

/// Releases, and ends with None.
pub(super) static LEAVE: NativeOp = NativeOp {
    kind: OpKind::Leave,
    qualname: "_ContextManagerMixin.__aexit__",
    start: |vm, coroutine, _| {
        let owner = coroutine.a.take();
        release(vm, &owner)?;
        Ok(NativeStep::Returned(Value::NONE))
    },
    resume: |vm, _, _, _| vm.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine"),
};

/// `owner.release()`.
fn release(vm: &Vm, owner: &Value) -> PyResult<()> {
    if let Some(lock) = owner.downcast_exact::<Lock>() {
        return lock.release(vm);
    }
    if let Some(semaphore) = owner.downcast_exact::<Semaphore>() {
        return semaphore.release(vm);
    }
    vm.call_method_named(owner, "release", &[]).map(drop)
}

fn aexit(vm: &Vm, args: Args<'_>) -> PyResult {
    waiter_of(vm, &LEAVE, args.value(0))
}

/// `asyncio.Lock`.
#[derive(Default)]
pub struct Lock {
    locked: Cell<bool>,
    /// The number of the task that took it, for reports; 0 if it was no task.
    holder: Cell<u64>,
    waiters: Waiters,
}

impl Payload for Lock {
    crate::trace_fields!(waiters; skip locked, holder);

    fn clear(&self) {
        self.waiters.clear();
    }
}

impl Lock {
    /// The number of the task that holds it.
    pub fn holder(&self) -> Option<u64> {
        self.locked.get().then(|| self.holder.get())
    }

    #[inline]
    fn take(&self, vm: &Vm) {
        self.locked.set(true);
        self.holder.set(vm.current_task_number());
    }

    fn release(&self, vm: &Vm) -> PyResult<()> {
        if !self.locked.replace(false) {
            return vm.raise(Exc::RuntimeError, "Lock is not acquired.");
        }
        self.waiters.wake_first(vm)
    }

    fn start(vm: &Vm, coroutine: &Gc<NativeCoroutine>, direct: bool, result: Value) -> PyResult<NativeStep> {
        let owner = coroutine.a.get();
        let this = owner.downcast::<Lock>().expect("made for a lock");
        if !this.locked.get() && !this.waiters.any_not_cancelled() {
            this.take(vm);
            return Ok(NativeStep::Returned(result));
        }
        this.waiters.wait(vm, &owner, coroutine, direct)
    }

    fn resume(vm: &Vm, coroutine: &Gc<NativeCoroutine>, wake: Wake, result: Value) -> PyResult<NativeStep> {
        let owner = coroutine.a.get();
        let this = owner.downcast::<Lock>().expect("made for a lock");
        let ended = this.waiters.end(vm, coroutine, wake)?;
        match ended.error {
            None => {
                this.take(vm);
                Ok(NativeStep::Returned(result))
            }
            Some(error) => {
                // It may have been this one's turn.
                if vm.is_cancelled_error(&error) && !this.locked.get() {
                    this.waiters.wake_first(vm)?;
                }
                Err(vm.reraise(error))
            }
        }
    }
}

pub(super) static LOCK_ACQUIRE: NativeOp = NativeOp {
    kind: OpKind::LockAcquire,
    qualname: "Lock.acquire",
    start: |vm, coroutine, direct| Lock::start(vm, coroutine, direct, Value::TRUE),
    resume: |vm, coroutine, wake, _| Lock::resume(vm, coroutine, wake, Value::TRUE),
};

pub(super) static LOCK_ENTER: NativeOp = NativeOp {
    kind: OpKind::LockEnter,
    qualname: "_ContextManagerMixin.__aenter__",
    start: |vm, coroutine, direct| Lock::start(vm, coroutine, direct, Value::NONE),
    resume: |vm, coroutine, wake, _| Lock::resume(vm, coroutine, wake, Value::NONE),
};

pub static LOCK: TypeSpec = TypeSpec {
    name: "Lock",
    module: "asyncio.locks",
    doc: "A lock that one task holds at a time; waiting tasks get it in order.",
    flags: FLAGS,
    new: Some(NativeFn::new("Lock!($type)", |_, args| {
        Ok(heap::alloc_for(args.this::<Type>(), Lock::default()).into())
    })),
    init: Some(NativeFn::new("Lock~($self)", |_, _| Ok(Value::NONE))),
    methods: &[
        NativeFn::new("locked~($self)", |_, args| Ok(args.this::<Lock>().locked.get().into()))
            .doc("Return True if lock is acquired."),
        NativeFn::new("acquire~($self)", |vm, args| waiter_of(vm, &LOCK_ACQUIRE, args.value(0)))
            .doc("Acquire a lock: waits until it is free."),
        NativeFn::new("release~($self)", |vm, args| {
            args.this::<Lock>().clone().release(vm)?;
            Ok(Value::NONE)
        })
        .doc("Release a lock: the first that waits gets it."),
        NativeFn::new("__aenter__~($self)", |vm, args| {
            if replaces(vm, args.value(0), vm.types.asyncio_lock(), &["acquire"]) {
                return vm.call_asyncio("asyncio.locks", "_enter", &args.values[..1]);
            }
            waiter_of(vm, &LOCK_ENTER, args.value(0))
        }),
        NativeFn::new("__aexit__~($self, exc_type, exc, tb)", aexit),
    ],
    getset: &[crate::objects::object::DICT_GETSET, WAITERS, LOOP, flag_attribute!("_locked", Lock, locked)],
    slots: Slots {
        repr: Some(|vm, value| {
            let this = value.downcast::<Lock>().expect("slots see instances of their class");
            show(vm, value, if this.locked.get() { "locked" } else { "unlocked" }, &this.waiters)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// `asyncio.Event`.
#[derive(Default)]
pub struct Event {
    set: Cell<bool>,
    waiters: Waiters,
}

impl Payload for Event {
    crate::trace_fields!(waiters; skip set);

    fn clear(&self) {
        self.waiters.clear();
    }
}

pub(super) static EVENT_WAIT: NativeOp = NativeOp {
    kind: OpKind::EventWait,
    qualname: "Event.wait",
    start: |vm, coroutine, direct| {
        let owner = coroutine.a.get();
        let this = owner.downcast::<Event>().expect("made for an event");
        if this.set.get() {
            return Ok(NativeStep::Returned(Value::TRUE));
        }
        this.waiters.wait(vm, &owner, coroutine, direct)
    },
    resume: |vm, coroutine, wake, _| {
        let owner = coroutine.a.get();
        let this = owner.downcast::<Event>().expect("made for an event");
        match this.waiters.end(vm, coroutine, wake)?.error {
            None => Ok(NativeStep::Returned(Value::TRUE)),
            Some(error) => Err(vm.reraise(error)),
        }
    },
};

pub static EVENT: TypeSpec = TypeSpec {
    name: "Event",
    module: "asyncio.locks",
    doc: "A flag that tasks can wait for.",
    flags: FLAGS,
    new: Some(NativeFn::new("Event!($type)", |_, args| {
        Ok(heap::alloc_for(args.this::<Type>(), Event::default()).into())
    })),
    init: Some(NativeFn::new("Event~($self)", |_, _| Ok(Value::NONE))),
    methods: &[
        NativeFn::new("is_set~($self)", |_, args| Ok(args.this::<Event>().set.get().into()))
            .doc("Return True if and only if the internal flag is true."),
        NativeFn::new("set~($self)", |vm, args| {
            let this = args.this::<Event>().clone();
            if !this.set.replace(true) {
                this.waiters.wake_all(vm)?;
            }
            Ok(Value::NONE)
        })
        .doc("Set the internal flag to true and wake all that wait."),
        NativeFn::new("clear~($self)", |_, args| {
            args.this::<Event>().set.set(false);
            Ok(Value::NONE)
        })
        .doc("Reset the internal flag to false."),
        NativeFn::new("wait~($self)", |vm, args| waiter_of(vm, &EVENT_WAIT, args.value(0)))
            .doc("Block until the internal flag is true."),
    ],
    getset: &[crate::objects::object::DICT_GETSET, WAITERS, LOOP, flag_attribute!("_value", Event, set)],
    slots: Slots {
        repr: Some(|vm, value| {
            let this = value.downcast::<Event>().expect("slots see instances of their class");
            show(vm, value, if this.set.get() { "set" } else { "unset" }, &this.waiters)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// `asyncio.Semaphore`.
#[derive(Default)]
pub struct Semaphore {
    value: Cell<i64>,
    waiters: Waiters,
}

impl Payload for Semaphore {
    crate::trace_fields!(waiters; skip value);

    fn clear(&self) {
        self.waiters.clear();
    }
}

impl Semaphore {
    fn is_locked(&self) -> bool {
        self.value.get() == 0 || self.waiters.any_not_cancelled()
    }

    fn release(&self, vm: &Vm) -> PyResult<()> {
        self.value.set(self.value.get().saturating_add(1));
        self.wake_next(vm).map(drop)
    }

    /// Gives a unit to the oldest that waits.
    fn wake_next(&self, vm: &Vm) -> PyResult<bool> {
        let woke = self.waiters.wake_next(vm)?;
        if woke {
            self.value.set(self.value.get() - 1);
        }
        Ok(woke)
    }

    fn start(vm: &Vm, coroutine: &Gc<NativeCoroutine>, direct: bool, result: Value) -> PyResult<NativeStep> {
        let owner = coroutine.a.get();
        let this = owner.downcast::<Semaphore>().expect("made for a semaphore");
        let locked = match replaces(vm, &owner, vm.types.asyncio_semaphore(), &["locked"]) {
            true => vm.truth(&vm.call_method_named(&owner, "locked", &[])?)?,
            false => this.is_locked(),
        };
        if !locked {
            this.value.set(this.value.get() - 1);
            return Ok(NativeStep::Returned(result));
        }
        this.waiters.wait(vm, &owner, coroutine, direct)
    }

    fn resume(vm: &Vm, coroutine: &Gc<NativeCoroutine>, wake: Wake, result: Value) -> PyResult<NativeStep> {
        let owner = coroutine.a.get();
        let this = owner.downcast::<Semaphore>().expect("made for a semaphore");
        let ended = this.waiters.end(vm, coroutine, wake)?;
        if let Some(error) = &ended.error {
            if ended.woken && vm.is_cancelled_error(error) {
                // It had been given its unit before it was cancelled.
                this.value.set(this.value.get() + 1);
            }
        }
        // Others may have had to queue behind this one only.
        while this.value.get() > 0 && this.wake_next(vm)? {}
        match ended.error {
            None => Ok(NativeStep::Returned(result)),
            Some(error) => Err(vm.reraise(error)),
        }
    }
}

pub(super) static SEMAPHORE_ACQUIRE: NativeOp = NativeOp {
    kind: OpKind::SemaphoreAcquire,
    qualname: "Semaphore.acquire",
    start: |vm, coroutine, direct| Semaphore::start(vm, coroutine, direct, Value::TRUE),
    resume: |vm, coroutine, wake, _| Semaphore::resume(vm, coroutine, wake, Value::TRUE),
};

pub(super) static SEMAPHORE_ENTER: NativeOp = NativeOp {
    kind: OpKind::SemaphoreEnter,
    qualname: "_ContextManagerMixin.__aenter__",
    start: |vm, coroutine, direct| Semaphore::start(vm, coroutine, direct, Value::NONE),
    resume: |vm, coroutine, wake, _| Semaphore::resume(vm, coroutine, wake, Value::NONE),
};

pub static SEMAPHORE: TypeSpec = TypeSpec {
    name: "Semaphore",
    module: "asyncio.locks",
    doc: "A counter that goes down with each acquire, up with each release, and never below zero.",
    flags: FLAGS,
    new: Some(NativeFn::new("Semaphore!($type, value=1)", |_, args| {
        Ok(heap::alloc_for(args.this::<Type>(), Semaphore::default()).into())
    })),
    init: Some(NativeFn::new("Semaphore~($self, value=1)", |vm, args| {
        let value = args.get(1).cloned().unwrap_or(Value::small(1));
        if vm.compare_bool(&value, &Value::small(0), CompareOp::Lt)? {
            return vm.raise(Exc::ValueError, "Semaphore initial value must be >= 0");
        }
        args.this::<Semaphore>().value.set(vm.index_clipped(&value)?);
        Ok(Value::NONE)
    })),
    methods: &[
        NativeFn::new("locked~($self)", |_, args| Ok(args.this::<Semaphore>().is_locked().into()))
            .doc("Returns True if semaphore cannot be acquired immediately."),
        NativeFn::new("acquire~($self)", |vm, args| waiter_of(vm, &SEMAPHORE_ACQUIRE, args.value(0)))
            .doc("Acquire a semaphore: waits until the counter is above zero."),
        NativeFn::new("release~($self)", |vm, args| {
            args.this::<Semaphore>().clone().release(vm)?;
            Ok(Value::NONE)
        })
        .doc("Release a semaphore, incrementing the internal counter by one."),
        NativeFn::new("__aenter__~($self)", |vm, args| {
            if replaces(vm, args.value(0), vm.types.asyncio_semaphore(), &["acquire", "locked"]) {
                return vm.call_asyncio("asyncio.locks", "_enter", &args.values[..1]);
            }
            waiter_of(vm, &SEMAPHORE_ENTER, args.value(0))
        }),
        NativeFn::new("__aexit__~($self, exc_type, exc, tb)", aexit),
    ],
    getset: &[
        crate::objects::object::DICT_GETSET,
        WAITERS,
        LOOP,
        GetSet::new(
            "_value",
            |_, value| {
                let this = value.downcast::<Semaphore>().expect("attributes are of instances");
                Ok(Value::int(this.value.get()))
            },
            |vm, value, new| {
                let Some(new) = new else { return vm.raise(Exc::AttributeError, "_value") };
                let this = value.downcast::<Semaphore>().expect("attributes are of instances");
                this.value.set(vm.index_clipped(new)?);
                Ok(())
            },
        ),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let this = value.downcast::<Semaphore>().expect("slots see instances of their class");
            let state = match this.is_locked() {
                true => "locked".to_string(),
                false => format!("unlocked, value:{}", this.value.get()),
            };
            show(vm, value, &state, &this.waiters)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
