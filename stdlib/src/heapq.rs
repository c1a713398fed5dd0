//! `_heapq`: a binary heap kept in a plain list, smallest item first, or largest first for the functions named `_max`.

use ouro_runtime::objects::list::List;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_heapq",
    doc: "Heap queue algorithm (a.k.a. priority queue).",
    functions: &[
        NativeFn::new("heappush(heap, item, /)", |vm, args| push::<Min>(vm, args, "heappush"))
            .doc("Push item onto heap, maintaining the heap invariant."),
        NativeFn::new("heappushpop(heap, item, /)", |vm, args| push_pop::<Min>(vm, args, "heappushpop"))
            .doc("Push item on the heap, then pop and return the smallest item from the heap."),
        NativeFn::new("heappop(heap, /)", |vm, args| pop::<Min>(vm, args, "heappop"))
            .doc("Pop the smallest item off the heap, maintaining the heap invariant."),
        NativeFn::new("heapreplace(heap, item, /)", |vm, args| replace::<Min>(vm, args, "heapreplace"))
            .doc("Pop and return the current smallest value, and add the new item."),
        NativeFn::new("heapify(heap, /)", |vm, args| heapify::<Min>(vm, args, "heapify"))
            .doc("Transform list into a heap, in-place, in O(len(heap)) time."),
        NativeFn::new("heappush_max(heap, item, /)", |vm, args| push::<Max>(vm, args, "heappush_max"))
            .doc("Push item onto max heap, maintaining the heap invariant."),
        NativeFn::new("heappushpop_max(heap, item, /)", |vm, args| {
            push_pop::<Max>(vm, args, "heappushpop_max")
        })
        .doc("Push item on the max heap, then pop and return the largest item."),
        NativeFn::new("heappop_max(heap, /)", |vm, args| pop::<Max>(vm, args, "heappop_max"))
            .doc("Pop the largest item off the heap, maintaining the heap invariant."),
        NativeFn::new("heapreplace_max(heap, item, /)", |vm, args| {
            replace::<Max>(vm, args, "heapreplace_max")
        })
        .doc("Pop and return the current largest value, and add the new item."),
        NativeFn::new("heapify_max(heap, /)", |vm, args| heapify::<Max>(vm, args, "heapify_max"))
            .doc("Transform list into a max heap, in-place, in O(len(heap)) time."),
    ],
    ..NativeModule::DEFAULT
};

/// Which items go up. Only `<` is ever asked for.
trait Order {
    /// Whether `a` belongs above `b`.
    fn above(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool>;
}

struct Min;
struct Max;

impl Order for Min {
    #[inline]
    fn above(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool> {
        vm.less_than(a, b)
    }
}

impl Order for Max {
    #[inline]
    fn above(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool> {
        vm.less_than(b, a)
    }
}

fn heap<'a>(vm: &Vm, args: Args<'a>, name: &str) -> PyResult<&'a Gc<List>> {
    let given = args.value(0);
    match given.downcast::<List>() {
        Some(list) => Ok(list),
        None => {
            let number = if args.len() > 1 { " 1" } else { "" };
            let found = if given.is_none() { "None".into() } else { vm.type_name(given) };
            vm.raise(Exc::TypeError, format!("{name}() argument{number} must be list, not {found}"))
        }
    }
}

/// Item `at`, which was there when the heap had `length` items.
fn item(vm: &Vm, heap: &List, at: usize, length: usize) -> PyResult {
    let items = heap.items.borrow();
    match items.get(at).filter(|_| items.len() == length) {
        Some(item) => Ok(item.clone()),
        None => {
            drop(items);
            vm.raise(Exc::RuntimeError, "list changed size during iteration")
        }
    }
}

fn check_length(vm: &Vm, heap: &List, length: usize) -> PyResult<()> {
    if heap.len() != length {
        return vm.raise(Exc::RuntimeError, "list changed size during iteration");
    }
    Ok(())
}

/// Moves the item at `at` up, no further than `top`.
fn rise<O: Order>(vm: &Vm, heap: &List, top: usize, mut at: usize) -> PyResult<()> {
    let length = heap.len();
    let rising = item(vm, heap, at, length)?;
    while at > top {
        let parent = (at - 1) >> 1;
        let above = O::above(vm, &rising, &item(vm, heap, parent, length)?)?;
        check_length(vm, heap, length)?;
        if !above {
            break;
        }
        heap.items.borrow_mut().swap(at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `top` down to a leaf along the upper children, then up to its place: fewer comparisons than stopping on the way.
fn sink<O: Order>(vm: &Vm, heap: &List, top: usize) -> PyResult<()> {
    let length = heap.len();
    let mut at = top;
    while at < length >> 1 {
        let mut child = 2 * at + 1;
        if child + 1 < length {
            let (left, right) = (item(vm, heap, child, length)?, item(vm, heap, child + 1, length)?);
            // As CPython: min heaps ask left < right, max heaps right < left.
            child += !O::above(vm, &left, &right)? as usize;
            check_length(vm, heap, length)?;
        }
        heap.items.borrow_mut().swap(at, child);
        at = child;
    }
    rise::<O>(vm, heap, top, at)
}

fn push<O: Order>(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    let heap = heap(vm, args, name)?;
    heap.push(args.value(1).clone());
    rise::<O>(vm, heap, 0, heap.len() - 1)?;
    Ok(Value::NONE)
}

fn pop<O: Order>(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    let heap = heap(vm, args, name)?;
    let Some(last) = heap.pop() else { return vm.raise(Exc::IndexError, "index out of range") };
    match heap.set_signed(0, last) {
        Ok(top) => {
            sink::<O>(vm, heap, 0)?;
            Ok(top)
        }
        Err(only) => Ok(only),
    }
}

fn replace<O: Order>(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    let heap = heap(vm, args, name)?;
    match heap.set_signed(0, args.value(1).clone()) {
        Ok(top) => {
            sink::<O>(vm, heap, 0)?;
            Ok(top)
        }
        Err(_) => vm.raise(Exc::IndexError, "index out of range"),
    }
}

fn push_pop<O: Order>(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    let heap = heap(vm, args, name)?;
    let new = args.value(1);
    let Some(top) = heap.get(0) else { return Ok(new.clone()) };
    if !O::above(vm, &top, new)? {
        return Ok(new.clone());
    }
    match heap.set_signed(0, new.clone()) {
        Ok(top) => {
            sink::<O>(vm, heap, 0)?;
            Ok(top)
        }
        Err(_) => vm.raise(Exc::IndexError, "index out of range"),
    }
}

fn heapify<O: Order>(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    let heap = heap(vm, args, name)?;
    for at in (0..heap.len() >> 1).rev() {
        sink::<O>(vm, heap, at)?;
    }
    Ok(Value::NONE)
}
