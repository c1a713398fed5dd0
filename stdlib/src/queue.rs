//! `_queue`: the queue between threads that pools of them use. `get` of an empty one parks without the interpreter lock.

use std::cell::RefCell;
use std::collections::VecDeque;

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::errors;
use crate::thread::TIMEOUT_MAX;
use crate::thread::waiters::Waiters;
use crate::time::convert;

pub static MODULE: NativeModule = NativeModule {
    name: "_queue",
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    functions: &[],
    classes: &[NativeClass::of::<SimpleQueue>(&SIMPLE_QUEUE)],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    errors::define(vm, module, "_queue", "Empty", vm.types.exception(Exc::Exception))
}

/// `queue.SimpleQueue`.
#[derive(Default)]
pub struct SimpleQueue {
    items: RefCell<VecDeque<Value>>,
    waiters: Waiters,
}

impl Payload for SimpleQueue {
    fn trace(&self, visit: heap::Visitor<'_>) {
        self.items.borrow().iter().for_each(visit);
    }

    fn clear(&self) {
        let _dropped = self.items.take();
    }
}

static SIMPLE_QUEUE: TypeSpec = TypeSpec {
    name: "SimpleQueue",
    module: "_queue",
    doc: "Simple, unbounded, reentrant FIFO queue.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("SimpleQueue($type)", |_, args| {
        Ok(heap::alloc_for(args.this::<ouro_runtime::class::Type>(), SimpleQueue::default()).into())
    })),
    methods: &[
        NativeFn::new("put($self, item, block=True, timeout=None)", put)
            .doc("Put the item on the queue.\n\nNever blocks: the arguments are those of the Queue class."),
        NativeFn::new("put_nowait($self, item)", put).doc("Put an item into the queue without blocking."),
        NativeFn::new("get($self, block=True, timeout=None)", get)
            .doc("Remove and return an item from the queue, waiting for one if block is true, at most timeout seconds.\n\nRaises Empty if there was none."),
        NativeFn::new("get_nowait($self, /)", |vm, args| take(vm, args.this::<SimpleQueue>(), Some(0)))
            .doc("Remove and return an item from the queue without blocking; raises Empty if there is none."),
        NativeFn::new("empty($self, /)", |_, args| Ok(args.this::<SimpleQueue>().items.borrow().is_empty().into()))
            .doc("Return True if the queue is empty, False otherwise (not reliable!)."),
        NativeFn::new("qsize($self, /)", |_, args| Ok(args.this::<SimpleQueue>().items.borrow().len().into()))
            .doc("Return the approximate size of the queue (not reliable!)."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, object, /)", |vm, args| {
        ouro_runtime::objects::generic_alias::class_getitem(vm, args)
    })
    .doc("See PEP 585")],
    ..TypeSpec::DEFAULT
};

fn put(_: &Vm, args: Args<'_>) -> PyResult {
    let queue = args.this::<SimpleQueue>();
    queue.items.borrow_mut().push_back(args.value(1).clone());
    queue.waiters.call_one();
    Ok(Value::NONE)
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult {
    let blocking = args.get(1).map_or(Ok(true), |blocking| vm.truth(blocking))?;
    if !blocking {
        return take(vm, args.this::<SimpleQueue>(), Some(0));
    }
    let limit = match args.get(2).filter(|timeout| !timeout.is_none()) {
        None => None,
        Some(timeout) => {
            let limit = convert::duration_ns(vm, timeout, convert::Round::Timeout)?;
            if limit < 0 {
                return vm.raise(Exc::ValueError, "'timeout' must be a non-negative number");
            }
            if limit as f64 > TIMEOUT_MAX * 1e9 {
                return vm.raise(Exc::OverflowError, "timeout value is too large");
            }
            Some(limit)
        }
    };
    take(vm, args.this::<SimpleQueue>(), limit)
}

fn take(vm: &Vm, queue: &SimpleQueue, limit_ns: Option<i64>) -> PyResult {
    let mut item = None;
    queue.waiters.wait(vm, limit_ns, || {
        item = queue.items.borrow_mut().pop_front();
        item.is_some()
    })?;
    match item {
        Some(item) => Ok(item),
        None => errors::raise_with(vm, "_queue", "Empty", &[]),
    }
}
