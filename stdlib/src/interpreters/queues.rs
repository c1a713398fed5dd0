//! `_interpqueues`: queues between the interpreters of a program. An item is bytes; what they mean, `concurrent.interpreters` knows.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ouro_runtime::host::Parker;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use super::isolate::locked;
use super::{bytes_argument, membership};
use crate::convert::int64;
use crate::errors;
use crate::time::convert;

pub static MODULE: NativeModule = NativeModule {
    name: "_interpqueues",
    doc: "Queues between interpreters, with items of bytes.",
    functions: &[
        NativeFn::new("create(maxsize, unboundop, /)", |vm, args| {
            let size = int64(vm, args.value(0), "ssize_t")?;
            let unbound = unbound_op(vm, args.value(1))?;
            Ok(membership(vm).family().queues.create(size, unbound).into())
        })
        .doc("Create a queue and return its ID."),
        NativeFn::new("list_all()", |vm, _| {
            let queues = membership(vm).family().queues.all();
            let queues = queues.iter().map(|queue| vm.tuple(&[queue.id.into(), Value::small(queue.unbound.into())]));
            Ok(vm.list(queues.collect()))
        })
        .doc("Return the ID and the default of unbound items of every queue."),
        NativeFn::new("bind(qid, /)", |vm, args| {
            queue_of(vm, args)?.n_bound.fetch_add(1, Ordering::AcqRel);
            Ok(Value::NONE)
        })
        .doc("Take a reference to the queue."),
        NativeFn::new("release(qid, /)", |vm, args| {
            let queue = queue_of(vm, args)?;
            if queue.n_bound.fetch_sub(1, Ordering::AcqRel) == 1 {
                membership(vm).family().queues.destroy(queue.id);
            }
            Ok(Value::NONE)
        })
        .doc("Give a reference back. With the last one the queue goes."),
        NativeFn::new("put(qid, item, unboundop, timeout=None, /)", put)
            .doc("Add bytes to the queue, waiting up to timeout seconds for room.\n\nReturns whether there was room."),
        NativeFn::new("get(qid, timeout=None, /)", get)
            .doc("Take the oldest item, waiting up to timeout seconds for one: a tuple of the bytes, or None if the interpreter that put\nthem is gone, and what is to be done then; None if there was no item."),
        NativeFn::new("get_maxsize(qid, /)", |vm, args| Ok(queue_of(vm, args)?.max_size.into()))
            .doc("Return the largest number of items."),
        NativeFn::new("get_queue_defaults(qid, /)", |vm, args| {
            Ok(Value::small(queue_of(vm, args)?.unbound.into()))
        })
        .doc("Return what is done with items of interpreters that are gone."),
        NativeFn::new("is_full(qid, /)", |vm, args| {
            let queue = queue_of(vm, args)?;
            Ok(queue.is_full(locked(&queue.state).items.len()).into())
        })
        .doc("Return whether there is no room."),
        NativeFn::new("get_count(qid, /)", |vm, args| {
            let count = locked(&queue_of(vm, args)?.state).items.len();
            Ok(count.into())
        })
        .doc("Return the number of items."),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

/// What becomes of items whose interpreter is gone.
const UNBOUND_REMOVE: u8 = 1;
const UNBOUND_ERROR: u8 = 2;
const UNBOUND_REPLACE: u8 = 3;

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let shown = "concurrent.interpreters";
    errors::define(vm, module, shown, "QueueError", vm.types.exception(Exc::RuntimeError))?;
    let base = module.get(vm, "QueueError").and_then(|base| base.into_gc::<ouro_runtime::class::Type>().ok());
    if let Some(base) = base {
        errors::define(vm, module, shown, "QueueNotFoundError", &base)?;
    }
    for (name, op) in [
        ("UNBOUND_REMOVE", UNBOUND_REMOVE),
        ("UNBOUND_ERROR", UNBOUND_ERROR),
        ("UNBOUND_REPLACE", UNBOUND_REPLACE),
    ] {
        module.set(vm, name, Value::small(op.into()));
    }
    Ok(())
}

struct Item {
    /// None if the interpreter that put it is gone.
    bytes: Option<Vec<u8>>,
    unbound: u8,
    maker: i64,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    takers: VecDeque<Arc<Parker>>,
    givers: VecDeque<Arc<Parker>>,
}

struct Queue {
    id: i64,
    /// No limit if it is not positive.
    max_size: i64,
    unbound: u8,
    n_bound: AtomicUsize,
    state: Mutex<State>,
}

impl Queue {
    fn is_full(&self, len: usize) -> bool {
        usize::try_from(self.max_size).is_ok_and(|max| max > 0 && len >= max)
    }

    /// Tries until `attempt` gives something or the time is over. Between attempts the thread waits among those `waiters` names.
    fn wait<T>(
        &self,
        vm: &Vm,
        limit_ns: Option<i64>,
        waiters: impl Fn(&mut State) -> &mut VecDeque<Arc<Parker>>,
        mut attempt: impl FnMut(&mut State) -> Option<T>,
    ) -> PyResult<Option<T>> {
        let deadline = limit_ns.map(|limit| vm.host.monotonic().saturating_add(limit));
        loop {
            let parker = Arc::new(Parker::default());
            {
                let mut state = locked(&self.state);
                if let Some(result) = attempt(&mut state) {
                    return Ok(Some(result));
                }
                if deadline.is_some_and(|deadline| vm.host.monotonic() >= deadline) {
                    return Ok(None);
                }
                waiters(&mut state).push_back(parker.clone());
            }
            let _woken = vm.blocking(|host| host.park_for_outside(&parker, deadline));
            waiters(&mut locked(&self.state)).retain(|other| !Arc::ptr_eq(other, &parker));
            if let Err(raised) = vm.check_signals() {
                if parker.was_called() {
                    // The call was for somebody who goes on.
                    wake_one(waiters(&mut locked(&self.state)));
                }
                return Err(raised);
            }
        }
    }
}

fn wake_one(waiters: &mut VecDeque<Arc<Parker>>) {
    if let Some(parker) = waiters.pop_front() {
        parker.unpark();
    }
}

/// The queues of a program's interpreters.
#[derive(Default)]
pub struct Queues(Mutex<(i64, BTreeMap<i64, Arc<Queue>>)>);

impl Queues {
    fn create(&self, max_size: i64, unbound: u8) -> i64 {
        let mut table = locked(&self.0);
        table.0 += 1;
        let id = table.0;
        let queue = Queue { id, max_size, unbound, n_bound: AtomicUsize::new(0), state: Mutex::default() };
        table.1.insert(id, Arc::new(queue));
        id
    }

    fn find(&self, id: i64) -> Option<Arc<Queue>> {
        locked(&self.0).1.get(&id).cloned()
    }

    fn all(&self) -> Vec<Arc<Queue>> {
        locked(&self.0).1.values().cloned().collect()
    }

    fn destroy(&self, id: i64) {
        locked(&self.0).1.remove(&id);
    }

    /// An interpreter has ended.
    pub fn forget_items_of(&self, maker: i64) {
        for queue in self.all() {
            let mut state = locked(&queue.state);
            state.items.retain_mut(|item| {
                if item.maker == maker {
                    item.bytes = None;
                }
                item.bytes.is_some() || item.unbound != UNBOUND_REMOVE
            });
            // There may be room now.
            while let Some(parker) = state.givers.pop_front() {
                parker.unpark();
            }
        }
    }
}

fn queue_of(vm: &Vm, args: Args<'_>) -> PyResult<Arc<Queue>> {
    let id = int64(vm, args.value(0), "int64_t")?;
    match membership(vm).family().queues.find(id) {
        Some(queue) => Ok(queue),
        None => errors::raise(vm, "_interpqueues", "QueueNotFoundError", format!("queue {id} not found")),
    }
}

fn unbound_op(vm: &Vm, value: &Value) -> PyResult<u8> {
    match int::as_i64(&vm.index(value)?).and_then(|op| u8::try_from(op).ok()) {
        Some(op @ (UNBOUND_REMOVE | UNBOUND_ERROR | UNBOUND_REPLACE)) => Ok(op),
        _ => vm.raise(Exc::ValueError, "unsupported unboundop"),
    }
}

/// A time to wait, in nanoseconds; None is for ever.
fn limit(vm: &Vm, timeout: Option<&Value>) -> PyResult<Option<i64>> {
    match timeout.filter(|timeout| !timeout.is_none()) {
        Some(timeout) => convert::duration_ns(vm, timeout, convert::Round::Timeout).map(Some),
        None => Ok(None),
    }
}

fn put(vm: &Vm, args: Args<'_>) -> PyResult {
    let queue = queue_of(vm, args)?;
    let unbound = unbound_op(vm, args.value(2))?;
    let mut bytes = Some(bytes_argument(vm, args.value(1))?.to_vec());
    let (maker, limit) = (membership(vm).id(), limit(vm, args.get(3))?);
    let done = queue.wait(
        vm,
        limit,
        |state| &mut state.givers,
        |state| {
            if queue.is_full(state.items.len()) {
                return None;
            }
            state.items.push_back(Item { bytes: bytes.take(), unbound, maker });
            wake_one(&mut state.takers);
            Some(())
        },
    )?;
    Ok(done.is_some().into())
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult {
    let queue = queue_of(vm, args)?;
    let item = queue.wait(
        vm,
        limit(vm, args.get(1))?,
        |state| &mut state.takers,
        |state| {
            let item = state.items.pop_front()?;
            wake_one(&mut state.givers);
            Some(item)
        },
    )?;
    Ok(item.map_or(Value::NONE, |item| {
        let bytes = item.bytes.map_or(Value::NONE, |bytes| Bytes::from_vec(bytes).into());
        vm.tuple(&[bytes, Value::small(item.unbound.into())])
    }))
}
