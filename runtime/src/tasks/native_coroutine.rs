//! Coroutines written in Rust: `asyncio.sleep(..)` and the waits of locks, events and queues are objects of this kind.
//!
//! One is a small object, not a frame. Awaited by code of a task's own chain it parks the task without a future; driven in any other
//! way (by hand, through an async generator or a Python class) it yields a future as CPython's do.

use super::future::ValueCell;
use crate::class::{Slots, TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload};
use crate::objects::exception::Exception;
use crate::objects::generator_types::thrown;
use crate::vm::generator::Wake;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// What a native coroutine does when it is driven.
pub enum NativeStep {
    /// The current task's wait slot says on what it waits.
    Parked,
    Yielded(Value),
    Returned(Value),
}

/// One kind of native coroutine.
pub struct NativeOp {
    pub kind: OpKind,
    pub qualname: &'static str,
    /// Begins. `direct` if the current task may be parked.
    pub start: fn(&Vm, &Gc<NativeCoroutine>, bool) -> PyResult<NativeStep>,
    /// Goes on after `Parked` or `Yielded`.
    pub resume: fn(&Vm, &Gc<NativeCoroutine>, Wake, bool) -> PyResult<NativeStep>,
}

/// All kinds, in the order of [`OPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OpKind {
    Sleep,
    Leave,
    LockAcquire,
    LockEnter,
    EventWait,
    SemaphoreAcquire,
    SemaphoreEnter,
    QueueGet,
    QueuePut,
}

static OPS: [&NativeOp; 9] = [
    &super::sleep::SLEEP,
    &super::locks::LEAVE,
    &super::locks::LOCK_ACQUIRE,
    &super::locks::LOCK_ENTER,
    &super::locks::EVENT_WAIT,
    &super::locks::SEMAPHORE_ACQUIRE,
    &super::locks::SEMAPHORE_ENTER,
    &super::queue::GET,
    &super::queue::PUT,
];

/// Where a waiter of a lock, event or queue is at, if it waits without a future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Waiting {
    Pending,
    Woken,
    Cancelled,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Created,
    Suspended,
    Running,
    Finished,
}

/// What it does and how far it is are bits of the header's `aux`: millions of tasks may sleep.
///
/// ```text
/// bits 0-1 State    bits 2-3 Waiting, or SHARED    bits 4-7 OpKind
/// ```
pub struct NativeCoroutine {
    /// What the op keeps.
    pub a: ValueCell,
    pub b: ValueCell,
}

impl Payload for NativeCoroutine {
    const KIND: Kind = Kind::NativeCoroutine;
    crate::trace_fields!(a, b);

    fn clear(&self) {
        let _dropped = (self.a.take(), self.b.take());
    }
}

impl NativeCoroutine {
    pub fn new(vm: &Vm, op: &'static NativeOp, a: Value, b: Value) -> Gc<NativeCoroutine> {
        let body = NativeCoroutine { a: ValueCell::new(a), b: ValueCell::new(b) };
        let coroutine = heap::alloc(vm.types.native_coroutine(), body);
        // State and Waiting begin at 0.
        coroutine.header().aux.set((op.kind as u8) << 4);
        debug_assert!(std::ptr::eq(coroutine.op(), op), "OPS has the order of OpKind");
        coroutine
    }
}

/// See [`Vm::share_sleep`].
const SHARED: u8 = 12;

impl Gc<NativeCoroutine> {
    fn op(&self) -> &'static NativeOp {
        OPS[(self.header().aux.get() >> 4) as usize]
    }

    fn state(&self) -> State {
        match self.header().aux.get() & 3 {
            0 => State::Created,
            1 => State::Suspended,
            2 => State::Running,
            _ => State::Finished,
        }
    }

    fn set_state(&self, state: State) {
        let aux = &self.header().aux;
        aux.set(aux.get() & !3 | state as u8);
    }

    /// Of one that waits in a queue: see `waiting.rs`.
    pub fn waiting(&self) -> Waiting {
        match self.header().aux.get() >> 2 & 3 {
            0 => Waiting::Pending,
            1 => Waiting::Woken,
            _ => Waiting::Cancelled,
        }
    }

    pub fn set_waiting(&self, waiting: Waiting) {
        let aux = &self.header().aux;
        aux.set(aux.get() & !12 | (waiting as u8) << 2);
    }

    /// What it is a wait of, as in `Lock.acquire`.
    pub fn qualname(&self) -> &'static str {
        self.op().qualname
    }

    pub fn is_suspended(&self) -> bool {
        self.state() == State::Suspended
    }

    pub fn is_created(&self) -> bool {
        self.state() == State::Created
    }
}

impl Vm {
    /// Starts or resumes a native coroutine.
    pub(crate) fn drive_native(
        &self,
        coroutine: &Gc<NativeCoroutine>,
        wake: Wake,
        direct: bool,
    ) -> PyResult<NativeStep> {
        let state = coroutine.state();
        if coroutine.header().aux.get() & SHARED == SHARED {
            return match wake {
                Wake::Send(_) => Ok(NativeStep::Returned(Value::NONE)),
                Wake::Throw(exception) => Err(self.reraise(exception)),
            };
        }
        coroutine.set_state(State::Running);
        let result = match (state, wake) {
            (State::Created, Wake::Send(value)) => {
                if !value.is_none() {
                    coroutine.set_state(State::Created);
                    return self
                        .raise(Exc::TypeError, "can't send non-None value to a just-started coroutine");
                }
                coroutine.header().set_wants_finalizer(false);
                (coroutine.op().start)(self, coroutine, direct)
            }
            (State::Created, Wake::Throw(exception)) => {
                coroutine.header().set_wants_finalizer(false);
                Err(self.reraise(exception))
            }
            (State::Suspended, wake) => (coroutine.op().resume)(self, coroutine, wake, direct),
            (State::Running, _) => return self.raise(Exc::ValueError, "coroutine already executing"),
            (State::Finished, _) => {
                coroutine.set_state(State::Finished);
                return self.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine");
            }
        };
        match &result {
            Ok(NativeStep::Parked) => coroutine.set_state(State::Suspended),
            Ok(NativeStep::Yielded(_)) => {
                coroutine.set_state(State::Suspended);
                coroutine.header().set_wants_finalizer(true);
            }
            Ok(NativeStep::Returned(_)) | Err(_) => {
                coroutine.header().set_wants_finalizer(false);
                coroutine.set_state(State::Finished);
                coroutine.clear();
            }
        }
        result
    }

    /// Puts one sleep for all in the place of a parked one that nobody else has, and that keeps nothing: millions of tasks may sleep, and
    /// what they wait for is in the loop's timers.
    #[inline]
    pub(crate) fn share_sleep(&self, place: &mut Value) {
        let is_bare = place.downcast::<NativeCoroutine>().is_some_and(|coroutine| {
            let header = coroutine.header();
            header.count() == 1
                && header.aux.get() >> 4 == OpKind::Sleep as u8
                && coroutine.a.get().is_unbound()
                && coroutine.b.get().is_none()
        });
        if is_bare {
            let shared = self.tasks.shared_sleep.get_or_init(|| {
                let coroutine = NativeCoroutine::new(self, &super::sleep::SLEEP, Value::UNBOUND, Value::NONE);
                coroutine.set_state(State::Suspended);
                let aux = &coroutine.header().aux;
                aux.set(aux.get() | SHARED);
                coroutine
            });
            *place = shared.to_value();
        }
    }

    /// Whether the running code belongs to the chain that the current task's step resumed.
    #[inline]
    pub(crate) fn may_park(&self) -> bool {
        let chain = self.tasks.chain.get();
        !chain.is_null() && std::ptr::eq(self.root.get(), chain)
    }

    /// `coroutine.close()`.
    pub(crate) fn close_native(&self, coroutine: &Gc<NativeCoroutine>) -> PyResult<()> {
        match coroutine.state() {
            State::Finished => return Ok(()),
            State::Created => {
                coroutine.header().set_wants_finalizer(false);
                coroutine.set_state(State::Finished);
                return Ok(());
            }
            State::Suspended | State::Running => {}
        }
        let exit = Exception::new(self, Exc::GeneratorExit, &[]);
        match self.drive_native(coroutine, Wake::Throw(exit), false) {
            Ok(NativeStep::Returned(_)) => Ok(()),
            Ok(_) => self.raise(Exc::RuntimeError, "coroutine ignored GeneratorExit"),
            Err(raised)
                if self.raised_is(&raised, Exc::GeneratorExit)
                    || self.raised_is(&raised, Exc::StopIteration) =>
            {
                drop(self.take_raised(raised));
                Ok(())
            }
            Err(raised) => Err(raised),
        }
    }
}

/// `coroutine.__await__()`: the coroutine as an iterator.
pub struct NativeIterator {
    coroutine: Gc<NativeCoroutine>,
}

impl Payload for NativeIterator {
    crate::trace_fields!(coroutine);
}

/// The coroutine that a method's self is or drives.
fn coroutine_of(value: &Value) -> &Gc<NativeCoroutine> {
    match value.downcast::<NativeCoroutine>() {
        Some(coroutine) => coroutine,
        None => {
            let iterator = value.downcast::<NativeIterator>();
            &iterator.expect("slots and methods see instances of their class").coroutine
        }
    }
}

fn finish(vm: &Vm, step: NativeStep) -> PyResult {
    match step {
        NativeStep::Yielded(value) => Ok(value),
        NativeStep::Returned(value) => vm.raise_stop_iteration(value),
        NativeStep::Parked => unreachable!("only tasks are parked, and those drive directly"),
    }
}

fn send(vm: &Vm, args: Args<'_>) -> PyResult {
    let coroutine = coroutine_of(args.value(0)).clone();
    let step = vm.drive_native(&coroutine, Wake::Send(args.value(1).clone()), false)?;
    finish(vm, step)
}

fn throw(vm: &Vm, args: Args<'_>) -> PyResult {
    let coroutine = coroutine_of(args.value(0)).clone();
    let exception = thrown(vm, args.value(1), args.get(2), args.get(3))?;
    let step = vm.drive_native(&coroutine, Wake::Throw(exception), false)?;
    finish(vm, step)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.close_native(&coroutine_of(args.value(0)).clone())?;
    Ok(Value::NONE)
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let coroutine = coroutine_of(value).clone();
    match vm.drive_native(&coroutine, Wake::Send(Value::NONE), false)? {
        NativeStep::Yielded(value) => Ok(Some(value)),
        NativeStep::Returned(value) => {
            vm.set_stop_value(value);
            Ok(None)
        }
        NativeStep::Parked => unreachable!("only tasks are parked, and those drive directly"),
    }
}

const METHODS: &[NativeFn] = &[
    NativeFn::new("send($self, arg, /)", send),
    NativeFn::new("throw($self, type, value=None, traceback=None, /)", throw),
    NativeFn::new("close($self, /)", close),
];

/// The iterator of the future it waits for; for a parked task that of one that looks as it would.
fn cr_await(vm: &Vm, value: &Value) -> PyResult {
    let coroutine = coroutine_of(value);
    if !coroutine.is_suspended() {
        return Ok(Value::NONE);
    }
    let (a, b) = (coroutine.a.get(), coroutine.b.get());
    let future = match b.downcast::<super::task::Task>() {
        Some(_) => super::task_type::fut_waiter(vm, &b)?,
        None => [a, b].into_iter().find(|kept| super::future::core_of(kept).is_some()).unwrap_or(Value::NONE),
    };
    if future.is_none() { Ok(future) } else { super::future_type::future_await(vm, &future) }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "coroutine",
    flags: type_flags::HAS_WEAKREF | type_flags::NO_NEW,
    methods: METHODS,
    getset: &[
        GetSet::read_only("__name__", |_, value| {
            let name = coroutine_of(value).op().qualname;
            Ok(name.rsplit('.').next().unwrap_or(name).into())
        }),
        GetSet::read_only("__qualname__", |_, value| Ok(coroutine_of(value).op().qualname.into())),
        GetSet::read_only("cr_await", cr_await),
        // There is no frame that would tell; `inspect` asks this.
        GetSet::read_only("_is_created", |_, value| Ok(coroutine_of(value).is_created().into())),
        GetSet::read_only(
            "cr_running",
            |_, value| Ok((coroutine_of(value).state() == State::Running).into()),
        ),
        GetSet::read_only("cr_suspended", |_, value| Ok(coroutine_of(value).is_suspended().into())),
        GetSet::read_only("cr_frame", |_, _| Ok(Value::NONE)),
        GetSet::read_only("cr_code", |_, _| Ok(Value::NONE)),
        GetSet::read_only("cr_origin", |_, _| Ok(Value::NONE)),
    ],
    slots: Slots {
        await_: Some(|vm, value| {
            let iterator = NativeIterator { coroutine: coroutine_of(value).clone() };
            Ok(heap::alloc(vm.types.native_coroutine_iterator(), iterator).into())
        }),
        repr: Some(|_, value| {
            let name = coroutine_of(value).op().qualname;
            Ok(format!("<coroutine object {name} at {:#x}>", value.id()).into())
        }),
        finalize: Some(|vm, value| {
            let coroutine = coroutine_of(value);
            if coroutine.is_suspended() {
                vm.close_native(coroutine)?;
            }
            let state = coroutine.state();
            coroutine.set_state(State::Finished);
            if state == State::Created {
                vm.warn_or_report_unawaited(value);
            }
            Ok(Value::NONE)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "coroutine_wrapper",
    flags: type_flags::NO_NEW,
    methods: METHODS,
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};
