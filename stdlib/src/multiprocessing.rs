//! `_multiprocessing`: locks and semaphores that processes share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::host::{Identity, SemaphoreArena, SharedSemaphore};
use ouro_runtime::{Args, Exc, GetSet, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::int32;
use crate::errors::os;
use crate::time::convert;

pub static MODULE: NativeModule = NativeModule {
    name: "_multiprocessing",
    functions: &[
        NativeFn::new("_before_fork()", |vm, _| {
            vm.state::<Arenas>().0.borrow().iter().for_each(|arena| arena.before_fork());
            Ok(Value::NONE)
        })
        .doc("Keep the semaphores of this process for the child about to be made."),
        NativeFn::new("_poll_idly(poller, /)", |vm, args| {
            crate::select::poll_for_ever(vm, args.value(0), true)
        })
        .doc("`poller.poll()`, of who has nothing to do."),
    ],
    classes: &[NativeClass::of::<SemLock>(&SEM_LOCK)],
    init: Some(|vm, module| {
        module.set(vm, "SEM_VALUE_MAX", i64::from(i32::MAX));
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

/// `kind` of a lock that its owner may acquire again; the other kind is a semaphore.
const RECURSIVE_MUTEX: i32 = 0;

/// The files of semaphores that this process has.
#[derive(Default)]
struct Arenas(RefCell<Vec<Rc<SemaphoreArena>>>);

/// `_multiprocessing.SemLock`.
pub struct SemLock {
    semaphore: SharedSemaphore,
    kind: i32,
    max_value: i32,
    /// Acquired by this process and not released, if the kind is recursive; otherwise only a hint for its repr.
    count: Cell<i32>,
    /// `get_ident()` of the thread that acquired it last.
    owner: Cell<i64>,
}

impl Payload for SemLock {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

static SEM_LOCK: TypeSpec = TypeSpec {
    name: "SemLock",
    module: "_multiprocessing",
    doc: "Semaphore/Mutex type",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("SemLock($type, kind, value, maxvalue)", new)),
    methods: &[
        NativeFn::new("acquire($self, block=True, timeout=None)", acquire).doc("Acquire the semaphore/lock."),
        NativeFn::new("release($self)", release).doc("Release the semaphore/lock."),
        NativeFn::new("__enter__($self)", acquire).doc("Enter the semaphore/lock."),
        NativeFn::new("__exit__($self, exc_type=None, exc_value=None, exc_tb=None)", release)
            .doc("Exit the semaphore/lock."),
        NativeFn::new("_count($self)", |_, args| Ok(Value::int(args.this::<SemLock>().count.get().into())))
            .doc("Num of `acquire()`s minus num of `release()`s for this process."),
        NativeFn::new("_is_mine($self)", |vm, args| Ok(args.this::<SemLock>().is_mine(vm).into()))
            .doc("Whether the lock is owned by this thread."),
        NativeFn::new("_get_value($self)", |vm, args| Ok(Value::int(args.this::<SemLock>().value(vm)?.into())))
            .doc("Get the value of the semaphore."),
        NativeFn::new("_is_zero($self)", |vm, args| Ok((args.this::<SemLock>().value(vm)? == 0).into()))
            .doc("Return whether semaphore has value zero."),
        NativeFn::new("_after_fork($self)", |_, args| {
            args.this::<SemLock>().count.set(0);
            Ok(Value::NONE)
        })
        .doc("Rezero the net acquisition count after fork()."),
        NativeFn::new("_share($self)", |vm, args| {
            let (descriptor, number) = args.this::<SemLock>().semaphore.share();
            Ok(vm.tuple(&[Value::int(descriptor.into()), Value::int(number as i64)]))
        })
        .doc("Count one more user in another process.\n\nReturns what _rebuild() needs there: a descriptor to be passed on, and a number."),
    ],
    class_methods: &[NativeFn::new("_rebuild($type, descriptor, number, kind, maxvalue, /)", rebuild)
        .doc("Make the lock that another process has shared. Another arena's descriptor is taken over.")],
    getset: &[
        GetSet::read_only("handle", |_, value| Ok(Value::int(this(value).semaphore.number() as i64))),
        GetSet::read_only("kind", |_, value| Ok(Value::int(this(value).kind.into()))),
        GetSet::read_only("maxvalue", |_, value| Ok(Value::int(this(value).max_value.into()))),
        GetSet::read_only("name", |_, _| Ok(Value::NONE)),
    ],
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &SemLock {
    value.downcast::<SemLock>().expect("attributes are asked of their own class")
}

impl SemLock {
    fn is_mine(&self, vm: &Vm) -> bool {
        self.count.get() > 0 && self.owner.get() == vm.host.identity(Identity::ThreadHandle)
    }

    fn value(&self, vm: &Vm) -> PyResult<i32> {
        os(vm, self.semaphore.value())
    }
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let (kind, value, max_value) =
        (int32(vm, args.value(1))?, int32(vm, args.value(2))?, int32(vm, args.value(3))?);
    if !(0..=1).contains(&kind) {
        return vm.raise(Exc::ValueError, "unrecognized kind");
    }
    let Some(first) = u32::try_from(value).ok().filter(|_| value <= max_value) else {
        return vm.raise(Exc::ValueError, "semaphore initial value must be in the range of zero to maxvalue");
    };
    let arenas = &vm.state::<Arenas>().0;
    let found = arenas.borrow().iter().find_map(|arena| arena.allocate(first));
    let semaphore = match found {
        Some(semaphore) => semaphore,
        None => {
            let arena = Rc::new(os(vm, SemaphoreArena::new())?);
            arenas.borrow_mut().push(arena.clone());
            arena.allocate(first).expect("a new arena has room")
        }
    };
    let lock = SemLock { semaphore, kind, max_value, count: Cell::new(0), owner: Cell::new(0) };
    Ok(heap::alloc_for(args.this::<ouro_runtime::class::Type>(), lock).into())
}

fn rebuild(vm: &Vm, args: Args<'_>) -> PyResult {
    let (descriptor, number) = (int32(vm, args.value(1))?, int32(vm, args.value(2))?);
    let (kind, max_value) = (int32(vm, args.value(3))?, int32(vm, args.value(4))?);
    let arenas = &vm.state::<Arenas>().0;
    let known = arenas.borrow().iter().find(|arena| arena.is_file(descriptor).unwrap_or(false)).cloned();
    let arena = match known {
        Some(arena) => arena,
        None => {
            let arena = Rc::new(os(vm, SemaphoreArena::open(descriptor))?);
            arenas.borrow_mut().push(arena.clone());
            arena
        }
    };
    let Some(semaphore) = usize::try_from(number).ok().and_then(|number| arena.adopt(number)) else {
        return vm.raise(Exc::ValueError, "no such semaphore");
    };
    let lock = SemLock { semaphore, kind, max_value, count: Cell::new(0), owner: Cell::new(0) };
    Ok(heap::alloc_for(args.this::<ouro_runtime::class::Type>(), lock).into())
}

fn acquire(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<SemLock>();
    let entered = args.len() < 2;
    let block = if entered { true } else { args.get(1).map_or(Ok(true), |block| vm.truth(block))? };
    let timeout = args.get(2).filter(|timeout| !entered && !timeout.is_none());
    let timeout =
        timeout.map(|timeout| convert::duration_ns(vm, timeout, convert::Round::Timeout)).transpose()?;
    let deadline = timeout.map(|timeout| vm.host.real_monotonic().saturating_add(timeout.max(0)));
    if lock.kind == RECURSIVE_MUTEX && lock.is_mine(vm) {
        lock.count.set(lock.count.get() + 1);
        return Ok(Value::TRUE);
    }
    let mut result = lock.semaphore.try_wait();
    while let Err(error) = &result {
        match error.raw_os_error() {
            Some(libc::EAGAIN) if !block => return Ok(Value::FALSE),
            Some(libc::ETIMEDOUT) => return Ok(Value::FALSE),
            Some(libc::EAGAIN) => {}
            Some(libc::EINTR) => vm.check_signals()?,
            _ => return os(vm, result.map(|()| Value::NONE)),
        }
        result = vm.blocking(|host| host.wait_semaphore(&lock.semaphore, deadline));
    }
    lock.count.set(lock.count.get() + 1);
    lock.owner.set(vm.host.identity(Identity::ThreadHandle));
    Ok(Value::TRUE)
}

fn release(vm: &Vm, args: Args<'_>) -> PyResult {
    let lock = args.this::<SemLock>();
    if lock.kind == RECURSIVE_MUTEX {
        if !lock.is_mine(vm) {
            return vm.raise(Exc::AssertionError, "attempt to release recursive lock not owned by thread");
        }
        if lock.count.get() > 1 {
            lock.count.set(lock.count.get() - 1);
            return Ok(Value::NONE);
        }
    } else if lock.value(vm)? >= lock.max_value {
        return vm.raise(Exc::ValueError, "semaphore or lock released too many times");
    }
    os(vm, lock.semaphore.post())?;
    lock.count.set(lock.count.get() - 1);
    Ok(Value::NONE)
}
