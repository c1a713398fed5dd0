//! The native base of `asyncio.Queue`. Items are kept here unless a Python class replaces how (`_init`, `_get`, `_put`, ...); then its
//! methods are called, as CPython's queue calls them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::future::ValueCell;
use super::native_coroutine::{NativeCoroutine, NativeOp, NativeStep, OpKind};
use super::waiting::{Waiters, waiter_of};
use crate::class::{CompareOp, Type, TypeSpec, type_flags};
use crate::heap::{self, Payload};
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

pub struct Queue {
    maxsize: ValueCell,
    items: RefCell<VecDeque<Value>>,
    /// `_queue` of a class that keeps items itself.
    store: ValueCell,
    getters: Waiters,
    putters: Waiters,
    unfinished: Cell<i64>,
    /// The event that `join` waits for; made on demand.
    finished: ValueCell,
    is_shutdown: Cell<bool>,
    /// A Python class replaces how items are kept.
    custom: Cell<bool>,
}

impl Payload for Queue {
    crate::trace_fields!(
        maxsize, items, store, getters, putters, finished; skip unfinished, is_shutdown, custom
    );

    fn clear(&self) {
        let items = std::mem::take(&mut *self.items.borrow_mut());
        self.getters.clear();
        self.putters.clear();
        drop((items, self.store.take(), self.finished.take(), self.maxsize.take()));
    }
}

/// What decides where items are.
const CUSTOM: [&str; 8] = ["_init", "_get", "_put", "qsize", "empty", "full", "put_nowait", "get_nowait"];

fn this(value: &Value) -> &Gc<Queue> {
    value.downcast().expect("methods and slots see instances of their class")
}

impl Queue {
    fn new() -> Queue {
        Queue {
            maxsize: ValueCell::new(Value::small(0)),
            items: RefCell::default(),
            store: ValueCell::new(Value::UNBOUND),
            getters: Waiters::default(),
            putters: Waiters::default(),
            unfinished: Cell::new(0),
            finished: ValueCell::new(Value::UNBOUND),
            is_shutdown: Cell::new(false),
            custom: Cell::new(false),
        }
    }

    fn is_empty(&self, vm: &Vm, owner: &Value) -> PyResult<bool> {
        if self.custom.get() {
            return vm.truth(&vm.call_method_named(owner, "empty", &[])?);
        }
        Ok(self.items.borrow().is_empty())
    }

    fn is_full(&self, vm: &Vm, owner: &Value) -> PyResult<bool> {
        if self.custom.get() {
            return vm.truth(&vm.call_method_named(owner, "full", &[])?);
        }
        self.reaches_maxsize(vm, Value::from(self.items.borrow().len()))
    }

    /// `0 < maxsize <= size`.
    fn reaches_maxsize(&self, vm: &Vm, size: Value) -> PyResult<bool> {
        let maxsize = self.maxsize.get();
        if let (Some(maxsize), Some(size)) = (maxsize.as_small_int(), size.as_small_int()) {
            return Ok(maxsize > 0 && size >= maxsize);
        }
        Ok(!vm.compare_bool(&maxsize, &Value::small(0), CompareOp::Le)?
            && vm.compare_bool(&size, &maxsize, CompareOp::Ge)?)
    }

    fn put_now(&self, vm: &Vm, owner: &Value, item: Value) -> PyResult<()> {
        if self.is_shutdown.get() {
            return raise_queue(vm, "QueueShutDown");
        }
        if self.is_full(vm, owner)? {
            return raise_queue(vm, "QueueFull");
        }
        if self.custom.get() {
            vm.call_method_named(owner, "_put", &[item])?;
        } else {
            self.items.borrow_mut().push_back(item);
        }
        self.unfinished.set(self.unfinished.get() + 1);
        self.set_finished(vm, false)?;
        self.getters.pop_next(vm).map(drop)
    }

    fn get_now(&self, vm: &Vm, owner: &Value) -> PyResult {
        if self.is_empty(vm, owner)? {
            return raise_queue(vm, if self.is_shutdown.get() { "QueueShutDown" } else { "QueueEmpty" });
        }
        let item = if self.custom.get() {
            vm.call_method_named(owner, "_get", &[])?
        } else {
            self.items.borrow_mut().pop_front().expect("the queue is not empty")
        };
        self.putters.pop_next(vm)?;
        Ok(item)
    }

    /// Tells the event of `join`, if anyone has asked for it.
    fn set_finished(&self, vm: &Vm, finished: bool) -> PyResult<()> {
        let event = self.finished.get();
        if event.is_unbound() {
            return Ok(());
        }
        vm.call_method_named(&event, if finished { "set" } else { "clear" }, &[]).map(drop)
    }

    fn finished_event(&self, vm: &Vm) -> PyResult {
        let event = self.finished.get();
        if !event.is_unbound() {
            return Ok(event);
        }
        let event = vm.call(vm.types.asyncio_event().as_value(), &[])?;
        if self.unfinished.get() == 0 {
            vm.call_method_named(&event, "set", &[])?;
        }
        self.finished.replace(event.clone());
        Ok(event)
    }
}

#[cold]
fn raise_queue<T>(vm: &Vm, name: &str) -> PyResult<T> {
    let module = vm.import_submodule("asyncio.queues")?;
    let class = vm.get_attr_named(&module, name)?;
    let exception = vm.call(&class, &[])?;
    let exception = vm.exception_for_future(&exception)?;
    vm.raise_value(exception)
}

pub(super) static GET: NativeOp = NativeOp {
    kind: OpKind::QueueGet,
    qualname: "Queue.get",
    start: get_step,
    resume: |vm, coroutine, wake, direct| {
        let owner = coroutine.a.get();
        let queue = this(&owner);
        let ended = queue.getters.end(vm, coroutine, wake)?;
        if let Some(error) = ended.error.clone() {
            ended.cancel(vm)?;
            if ended.woken && !queue.is_empty(vm, &owner)? {
                // It had been woken, but will not get anything: another one may.
                queue.getters.pop_next(vm)?;
            }
            return Err(vm.reraise(error));
        }
        get_step(vm, coroutine, direct)
    },
};

fn get_step(vm: &Vm, coroutine: &Gc<NativeCoroutine>, direct: bool) -> PyResult<NativeStep> {
    let owner = coroutine.a.get();
    let queue = this(&owner);
    if queue.is_empty(vm, &owner)? {
        if queue.is_shutdown.get() {
            return raise_queue(vm, "QueueShutDown");
        }
        return queue.getters.wait(vm, &owner, coroutine, direct);
    }
    let item = match queue.custom.get() {
        true => vm.call_method_named(&owner, "get_nowait", &[])?,
        false => queue.get_now(vm, &owner)?,
    };
    Ok(NativeStep::Returned(item))
}

/// Keeps the queue and the item, as a pair.
pub(super) static PUT: NativeOp = NativeOp {
    kind: OpKind::QueuePut,
    qualname: "Queue.put",
    start: put_step,
    resume: |vm, coroutine, wake, direct| {
        let pair = coroutine.a.get();
        let owner = pair_of(&pair)[0].clone();
        let queue = this(&owner);
        let ended = queue.putters.end(vm, coroutine, wake)?;
        if let Some(error) = ended.error.clone() {
            ended.cancel(vm)?;
            if ended.woken && !queue.is_full(vm, &owner)? {
                // It had been woken, but will not put anything: another one may.
                queue.putters.pop_next(vm)?;
            }
            return Err(vm.set_raised(error));
        }
        put_step(vm, coroutine, direct)
    },
};

fn pair_of(pair: &Value) -> &[Value] {
    pair.downcast::<crate::objects::tuple::Tuple>().expect("made so").items()
}

fn put_step(vm: &Vm, coroutine: &Gc<NativeCoroutine>, direct: bool) -> PyResult<NativeStep> {
    let pair = coroutine.a.get();
    let (owner, item) = (&pair_of(&pair)[0], &pair_of(&pair)[1]);
    let queue = this(owner);
    if queue.is_full(vm, owner)? {
        if queue.is_shutdown.get() {
            return raise_queue(vm, "QueueShutDown");
        }
        return queue.putters.wait(vm, owner, coroutine, direct);
    }
    match queue.custom.get() {
        true => drop(vm.call_method_named(owner, "put_nowait", std::slice::from_ref(item))?),
        false => queue.put_now(vm, owner, item.clone())?,
    }
    Ok(NativeStep::Returned(Value::NONE))
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Queue",
    module: "asyncio.queues",
    doc: "A queue, first in first out; with `maxsize` above zero, `put` waits while it is full.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF | type_flags::HAS_DICT | type_flags::WITH_EXTRA | type_flags::UNQUALIFIED,
    new: Some(NativeFn::new("Queue!($type, maxsize=0)", |_, args| {
        Ok(heap::alloc_for(args.this::<Type>(), Queue::new()).into())
    })),
    init: Some(NativeFn::new("Queue~($self, maxsize=0)", |vm, args| {
        let queue = args.this::<Queue>();
        let maxsize = args.get(1).cloned().unwrap_or(Value::small(0));
        queue.maxsize.replace(maxsize.clone());
        queue.custom.set(super::locks::replaces(vm, args.value(0), vm.types.asyncio_queue(), &CUSTOM));
        if queue.custom.get() {
            vm.call_method_named(args.value(0), "_init", &[maxsize])?;
        }
        Ok(Value::NONE)
    })),
    methods: &[
        NativeFn::new("_init~($self, maxsize)", |vm, args| {
            let deque = vm.get_attr_named(&vm.import_submodule("_collections")?, "deque")?;
            this(args.value(0)).store.replace(vm.call(&deque, &[])?);
            Ok(Value::NONE)
        }),
        NativeFn::new("_get~($self)", |vm, args| {
            let queue = this(args.value(0));
            if queue.custom.get() {
                let store = vm.get_attr_named(args.value(0), "_queue")?;
                return vm.call_method_named(&store, "popleft", &[]);
            }
            let first = queue.items.borrow_mut().pop_front();
            match first {
                Some(item) => Ok(item),
                None => vm.raise(Exc::IndexError, "pop from an empty deque"),
            }
        }),
        NativeFn::new("_put~($self, item)", |vm, args| {
            let queue = this(args.value(0));
            if queue.custom.get() {
                let store = vm.get_attr_named(args.value(0), "_queue")?;
                return vm.call_method(&store, &vm.names.append, &args.values[1..2]);
            }
            queue.items.borrow_mut().push_back(args.value(1).clone());
            Ok(Value::NONE)
        }),
        NativeFn::new("qsize~($self)", |vm, args| {
            let queue = this(args.value(0));
            if queue.custom.get() {
                let store = vm.get_attr_named(args.value(0), "_queue")?;
                return Ok(Value::from(vm.length_hint(&store, 0)?));
            }
            Ok(Value::from(queue.items.borrow().len()))
        })
        .doc("Number of items in the queue."),
        NativeFn::new("empty~($self)", |vm, args| {
            let queue = this(args.value(0));
            if queue.custom.get() {
                let store = vm.get_attr_named(args.value(0), "_queue")?;
                return Ok((!vm.truth(&store)?).into());
            }
            Ok(queue.items.borrow().is_empty().into())
        })
        .doc("Return True if the queue is empty, False otherwise."),
        NativeFn::new("full~($self)", |vm, args| {
            let queue = this(args.value(0));
            let size = match queue.custom.get() {
                true => vm.call_method_named(args.value(0), "qsize", &[])?,
                false => Value::from(queue.items.borrow().len()),
            };
            Ok(queue.reaches_maxsize(vm, size)?.into())
        })
        .doc("Return True if there are maxsize items in the queue."),
        NativeFn::new("put~($self, item)", |vm, args| {
            let pair = vm.tuple(&args.values[..2]);
            waiter_of(vm, &PUT, &pair)
        })
        .doc("Put an item into the queue, waiting for a free slot."),
        NativeFn::new("put_nowait~($self, item)", |vm, args| {
            this(args.value(0)).clone().put_now(vm, args.value(0), args.value(1).clone())?;
            Ok(Value::NONE)
        })
        .doc("Put an item into the queue without blocking."),
        NativeFn::new("get~($self)", |vm, args| waiter_of(vm, &GET, args.value(0)))
            .doc("Remove and return an item from the queue, waiting for one."),
        NativeFn::new("get_nowait~($self)", |vm, args| this(args.value(0)).clone().get_now(vm, args.value(0)))
            .doc("Remove and return an item from the queue, if there is one."),
        NativeFn::new("task_done~($self)", |vm, args| {
            let queue = this(args.value(0));
            if queue.unfinished.get() <= 0 {
                return vm.raise(Exc::ValueError, "task_done() called too many times");
            }
            queue.unfinished.set(queue.unfinished.get() - 1);
            if queue.unfinished.get() == 0 {
                queue.set_finished(vm, true)?;
            }
            Ok(Value::NONE)
        })
        .doc("Indicate that a formerly enqueued task is complete."),
        NativeFn::new("join~($self)", |vm, args| {
            vm.call_asyncio("asyncio.queues", "_join", &args.values[..1])
        })
        .doc("Block until all items in the queue have been gotten and processed."),
        NativeFn::new("shutdown~($self, immediate=False)", shutdown).doc(
            "Shut-down the queue: put raises QueueShutDown from now on, get once it is empty, or at once if `immediate`.",
        ),
        NativeFn::new("_format~($self)", |vm, args| Ok(format(vm, args.value(0))?.into())),
    ],
    class_methods: &[NativeFn::new(
        "__class_getitem__($type, item, /)",
        crate::objects::generic_alias::class_getitem,
    )],
    properties: &[NativeFn::new("maxsize~($self)", |_, args| Ok(this(args.value(0)).maxsize.get()))
        .doc("Number of items allowed in the queue.")],
    getset: &[
        crate::objects::object::DICT_GETSET,
        GetSet::new(
            "_maxsize",
            |_, value| Ok(this(value).maxsize.get()),
            |_, value, new| {
                this(value).maxsize.replace(new.cloned().unwrap_or(Value::small(0)));
                Ok(())
            },
        ),
        GetSet::new(
            "_queue",
            |vm, value| {
                let queue = this(value);
                let store = queue.store.get();
                if !store.is_unbound() {
                    return Ok(store);
                }
                // From now on the items are where whoever asked can change them.
                let items = std::mem::take(&mut *queue.items.borrow_mut()).into_iter().collect();
                let store = crate::event_loop::deque(vm, items)?;
                queue.store.replace(store.clone());
                queue.custom.set(true);
                Ok(store)
            },
            |_, value, new| {
                let queue = this(value);
                let old = std::mem::take(&mut *queue.items.borrow_mut());
                queue.custom.set(true);
                drop((old, queue.store.replace(new.cloned().unwrap_or(Value::UNBOUND))));
                Ok(())
            },
        ),
        GetSet::read_only("_getters", |vm, value| this(value).getters.shown(vm)),
        GetSet::read_only("_putters", |vm, value| this(value).putters.shown(vm)),
        GetSet::new(
            "_unfinished_tasks",
            |_, value| Ok(Value::int(this(value).unfinished.get())),
            |vm, value, new| {
                let Some(new) = new else { return vm.raise(Exc::AttributeError, "_unfinished_tasks") };
                this(value).unfinished.set(vm.index_clipped(new)?);
                Ok(())
            },
        ),
        GetSet::read_only("_is_shutdown", |_, value| Ok(this(value).is_shutdown.get().into())),
        GetSet::read_only("_finished", |vm, value| this(value).finished_event(vm)),
    ],
    slots: crate::class::Slots {
        repr: Some(|vm, value| {
            let (name, shown) = (vm.type_of(value).name_text(), format(vm, value)?);
            Ok(format!("<{name} at {:#x} {shown}>", value.id()).into())
        }),
        str: Some(|vm, value| {
            let (name, shown) = (vm.type_of(value).name_text(), format(vm, value)?);
            Ok(format!("<{name} {shown}>").into())
        }),
        ..crate::class::Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn shutdown(vm: &Vm, args: Args<'_>) -> PyResult {
    let owner = args.value(0);
    let queue = this(owner);
    let immediate = match args.get(1) {
        Some(value) => vm.truth(value)?,
        None => false,
    };
    queue.is_shutdown.set(true);
    if immediate {
        while !queue.is_empty(vm, owner)? {
            if queue.custom.get() {
                vm.call_method_named(owner, "_get", &[])?;
            } else {
                let item = queue.items.borrow_mut().pop_front();
                drop(item);
            }
            if queue.unfinished.get() > 0 {
                queue.unfinished.set(queue.unfinished.get() - 1);
            }
        }
        if queue.unfinished.get() == 0 {
            queue.set_finished(vm, true)?;
        }
    }
    while queue.getters.pop_next(vm)? {}
    while queue.putters.pop_next(vm)? {}
    Ok(Value::NONE)
}

fn format(vm: &Vm, value: &Value) -> PyResult<String> {
    let queue = this(value);
    let mut text = format!("maxsize={}", vm.repr_text(&queue.maxsize.get())?);
    let items = match queue.custom.get() {
        true => vm.collect(&vm.get_attr_named(value, "_queue")?)?,
        false => queue.items.borrow().iter().cloned().collect(),
    };
    if !items.is_empty() {
        text.push_str(&format!(" _queue={}", vm.repr_text(&vm.list(items))?));
    }
    for (name, n) in [("_getters", queue.getters.len()), ("_putters", queue.putters.len())] {
        if n > 0 {
            text.push_str(&format!(" {name}[{n}]"));
        }
    }
    if queue.unfinished.get() != 0 {
        text.push_str(&format!(" tasks={}", queue.unfinished.get()));
    }
    if queue.is_shutdown.get() {
        text.push_str(" shutdown");
    }
    Ok(text)
}
