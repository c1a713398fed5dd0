//! `asyncio.Handle` and `asyncio.TimerHandle`: scheduled calls that the program holds.

use std::cell::{Cell, RefCell};

use smallvec::SmallVec;

use super::EventLoop;
use crate::class::{CompareOp, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload, Trace, Visitor};
use crate::objects::float;
use crate::objects::tuple::Tuple;
use crate::tasks::context::Context;
use crate::tasks::future::ValueCell;
use crate::{Args, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// Arguments of a scheduled call.
pub type CallArgs = SmallVec<[Value; 2]>;

impl Trace for CallArgs {
    fn trace_value(&self, visit: Visitor<'_>) {
        self.iter().for_each(visit);
    }
}

pub struct Handle {
    pub callback: ValueCell,
    pub args: RefCell<CallArgs>,
    pub event_loop: Value,
    pub context: Gc<Context>,
    pub cancelled: Cell<bool>,
    /// Seconds of the loop's clock; of timer handles.
    when: Cell<f64>,
    /// The same as it was given, where that was no float.
    given_when: RefCell<Option<Value>>,
    /// Slot in the loop's timers while it waits there.
    pub timer: Cell<Option<u32>>,
    source_traceback: RefCell<Option<Value>>,
    /// Text from before a cancellation in debug mode dropped the callback.
    shown: RefCell<Option<Value>>,
}

impl Payload for Handle {
    const KIND: Kind = Kind::Handle;
    crate::trace_fields!(
        callback, args, event_loop, context, source_traceback, shown, given_when; skip cancelled, when, timer
    );

    fn clear(&self) {
        let args = std::mem::take(&mut *self.args.borrow_mut());
        drop((self.callback.take(), args, self.source_traceback.take()));
    }
}

impl Handle {
    fn body(
        vm: &Vm,
        callback: Value,
        args: &[Value],
        event_loop: Value,
        context: Option<Gc<Context>>,
    ) -> Handle {
        Handle {
            callback: ValueCell::new(callback),
            args: RefCell::new(args.iter().cloned().collect()),
            event_loop,
            context: context.unwrap_or_else(|| vm.copy_context()),
            cancelled: Cell::new(false),
            when: Cell::new(0.0),
            given_when: RefCell::new(None),
            timer: Cell::new(None),
            source_traceback: RefCell::new(None),
            shown: RefCell::new(None),
        }
    }

    pub fn new(
        vm: &Vm,
        callback: Value,
        args: &[Value],
        event_loop: Value,
        context: Option<Gc<Context>>,
    ) -> Gc<Handle> {
        heap::alloc(vm.types.handle(), Handle::body(vm, callback, args, event_loop, context))
    }

    pub fn new_timer(
        vm: &Vm,
        when: (f64, &Value),
        callback: Value,
        args: &[Value],
        event_loop: Value,
        context: Option<Gc<Context>>,
    ) -> Gc<Handle> {
        let body = Handle::body(vm, callback, args, event_loop, context);
        body.set_when(when.0, when.1);
        heap::alloc(vm.types.timer_handle(), body)
    }

    fn set_when(&self, seconds: f64, given: &Value) {
        self.when.set(seconds);
        let odd = given.as_exact_float().is_none();
        *self.given_when.borrow_mut() = odd.then(|| given.clone());
    }

    fn shown_when(&self) -> Value {
        self.given_when.borrow().clone().unwrap_or_else(|| Value::float(self.when.get()))
    }

    /// Debug mode: remembers where the call was scheduled.
    pub fn note_source(&self, vm: &Vm) -> PyResult<()> {
        let stack = vm.call_asyncio("asyncio.format_helpers", "extract_stack", &[])?;
        *self.source_traceback.borrow_mut() = Some(stack);
        Ok(())
    }

    /// Whether the loop, which may be one of another kind, is in debug mode.
    fn debugs(&self, vm: &Vm) -> PyResult<bool> {
        match self.event_loop.downcast::<EventLoop>() {
            Some(event_loop) => Ok(event_loop.debug.get()),
            None => vm.truth(&vm.call_method_named(&self.event_loop, "get_debug", &[])?),
        }
    }

    /// `this` is the handle itself.
    pub(super) fn cancel(&self, vm: &Vm, this: &Value) -> PyResult<()> {
        if self.cancelled.replace(true) {
            return Ok(());
        }
        let event_loop = self.event_loop.downcast::<EventLoop>();
        if self.debugs(vm)? {
            let shown = vm.repr(this)?;
            *self.shown.borrow_mut() = Some(shown.into());
        }
        if let (Some(slot), Some(event_loop)) = (self.timer.take(), event_loop) {
            let target = event_loop.timers.borrow_mut().cancel(slot);
            drop(target);
        }
        let args = std::mem::take(&mut *self.args.borrow_mut());
        drop((self.callback.replace(Value::NONE), args));
        Ok(())
    }
}

/// A context argument: None is a copy of the current one.
pub fn context_argument(vm: &Vm, value: Option<&Value>) -> PyResult<Option<Gc<Context>>> {
    match value.filter(|value| !value.is_none()) {
        None => Ok(None),
        Some(value) => match value.downcast::<Context>() {
            Some(context) => Ok(Some(context.clone())),
            None => vm.raise_type_of("a Context was expected, got {}", value),
        },
    }
}

fn allocate(vm: &Vm, args: Args<'_>, first: usize) -> PyResult {
    let class = args.this::<Type>();
    let items = vm.collect(args.value(first + 1))?;
    let context = context_argument(vm, args.get(first + 3))?;
    let body = Handle::body(vm, args.value(first).clone(), &items, args.value(first + 2).clone(), context);
    if first == 2 {
        body.set_when(float::as_double(vm, args.value(1))?, args.value(1));
    }
    let handle = heap::alloc_for(class, body);
    if handle.debugs(vm)? {
        handle.note_source(vm)?;
    }
    Ok(handle.into())
}

fn this(value: &Value) -> &Gc<Handle> {
    value.downcast().expect("slots and attributes see instances of their class")
}

pub static HANDLE: TypeSpec = TypeSpec {
    name: "Handle",
    module: "asyncio.events",
    doc: "Object returned by callback registration methods.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF | type_flags::UNQUALIFIED,
    new: Some(NativeFn::new("Handle($type, callback, args, loop, context=None)", |vm, args| {
        allocate(vm, args, 1)
    })),
    methods: &[
        NativeFn::new("cancel~($self)", |vm, args| {
            this(args.value(0)).cancel(vm, args.value(0))?;
            Ok(Value::NONE)
        }),
        NativeFn::new("cancelled~($self)", |_, args| Ok(this(args.value(0)).cancelled.get().into())),
        NativeFn::new("get_context~($self)", |_, args| Ok(this(args.value(0)).context.to_value())),
        NativeFn::new("_run~($self)", |vm, args| {
            super::run::run_handle(vm, &this(args.value(0)).clone())?;
            Ok(Value::NONE)
        }),
    ],
    getset: &[
        GetSet::read_only("_callback", |_, value| Ok(this(value).callback.get())),
        GetSet::read_only("_args", |_, value| {
            let this = this(value);
            match this.callback.get().is_none() {
                true => Ok(Value::NONE),
                false => Ok(Tuple::from_slice(&this.args.borrow()).into()),
            }
        }),
        GetSet::read_only("_cancelled", |_, value| Ok(this(value).cancelled.get().into())),
        GetSet::read_only("_context", |_, value| Ok(this(value).context.to_value())),
        GetSet::read_only("_loop", |_, value| Ok(this(value).event_loop.clone())),
        GetSet::read_only("_repr", |_, value| Ok(this(value).shown.borrow().clone().unwrap_or(Value::NONE))),
        GetSet::read_only("_source_traceback", |_, value| {
            Ok(this(value).source_traceback.borrow().clone().unwrap_or(Value::NONE))
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            if let Some(shown) = this(value).shown.borrow().clone() {
                return Ok(shown);
            }
            vm.call_asyncio("asyncio.events", "_handle_repr", std::slice::from_ref(value))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static TIMER_HANDLE: TypeSpec = TypeSpec {
    name: "TimerHandle",
    module: "asyncio.events",
    doc: "Object returned by timed callback registration methods.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF | type_flags::UNQUALIFIED,
    new: Some(NativeFn::new("TimerHandle($type, when, callback, args, loop, context=None)", |vm, args| {
        allocate(vm, args, 2)
    })),
    methods: &[NativeFn::new("when~($self)", |_, args| Ok(this(args.value(0)).shown_when()))],
    getset: &[
        GetSet::read_only("_when", |_, value| Ok(this(value).shown_when())),
        GetSet::read_only("_scheduled", |_, value| Ok(this(value).timer.get().is_some().into())),
    ],
    slots: Slots {
        hash: Some(|vm, value| vm.hash(&Value::float(this(value).when.get()))),
        compare: Some(|vm, a, b, op| {
            let Some(other) =
                b.downcast::<Handle>().filter(|_| vm.is_instance_of(b, vm.types.timer_handle()))
            else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            let a = this(a);
            let ordering = a.when.get().partial_cmp(&other.when.get());
            let equal = || -> PyResult<bool> {
                let (ours, theirs) = (a.args.borrow().clone(), other.args.borrow().clone());
                Ok(ordering.is_some_and(|ordering| ordering.is_eq())
                    && a.cancelled.get() == other.cancelled.get()
                    && vm.eq(&a.callback.get(), &other.callback.get())?
                    && vm.eq(&vm.tuple(&ours), &vm.tuple(&theirs))?)
            };
            let holds = match (op, ordering) {
                (CompareOp::Eq, _) => equal()?,
                (CompareOp::Ne, _) => !equal()?,
                (CompareOp::Lt | CompareOp::Gt, Some(ordering)) => op.holds(ordering),
                (_, Some(ordering)) if !ordering.is_eq() => op.holds(ordering),
                (_, Some(_)) => equal()?,
                (_, None) => false,
            };
            Ok(holds.into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
