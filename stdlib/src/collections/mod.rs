//! `_collections`: deque, what `Counter` and `namedtuple` need natively, and the dict subclasses of the runtime.

mod deque;
mod tuple_getter;

use ouro_runtime::objects::dict::{self, Dict};
use ouro_runtime::objects::int;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub use deque::Deque;

pub static MODULE: NativeModule = NativeModule {
    name: "_collections",
    doc: "High performance data structures.",
    functions: &[NativeFn::new("_count_elements(mapping, iterable, /)", count_elements)
        .doc("Count elements in the iterable, updating the mapping")],
    classes: &[
        NativeClass::of::<deque::Deque>(&deque::TYPE),
        NativeClass::of::<deque::DequeIterator>(&deque::ITERATOR),
        NativeClass::of::<deque::DequeReverseIterator>(&deque::REVERSE_ITERATOR),
        NativeClass::of::<tuple_getter::TupleGetter>(&tuple_getter::TYPE),
    ],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "deque", vm.class_of::<deque::Deque>().to_value());
    module.set(vm, "_deque_iterator", vm.class_of::<deque::DequeIterator>().to_value());
    module.set(vm, "_deque_reverse_iterator", vm.class_of::<deque::DequeReverseIterator>().to_value());
    module.set(vm, "_tuplegetter", vm.class_of::<tuple_getter::TupleGetter>().to_value());
    module.set(vm, "defaultdict", vm.types.default_dict().to_value());
    module.set(vm, "OrderedDict", vm.types.ordered_dict().to_value());
    Ok(())
}

/// `mapping[item] = mapping.get(item, 0) + 1` for every item.
fn count_elements(vm: &Vm, args: Args<'_>) -> PyResult {
    let (mapping, iterable) = (args.value(0), args.value(1));
    let one = Value::small(1);
    let increment = |old: &Value| match old.as_small_int() {
        Some(n) => Ok(Value::int(n + 1)),
        None => vm.binary(ouro_runtime::class::BinaryOp::Add, old, &one),
    };
    if let Some(counts) = plain_counts(vm, mapping)? {
        vm.for_each(iterable, |item| {
            let hash = dict::hash_key(vm, &item)?;
            let old = counts.get_hashed(vm, &item, hash)?;
            let new = match &old {
                Some(old) => increment(old)?,
                None => one.clone(),
            };
            drop(counts.insert_hashed(vm, item, hash, new)?);
            Ok(())
        })?;
        return Ok(Value::NONE);
    }
    let get = vm.get_attr(mapping, &vm.names.get)?;
    vm.for_each(iterable, |item| {
        let old = vm.call(&get, &[item.clone(), Value::small(0)])?;
        debug_assert!(int::is_int(&old) || !old.is_unbound());
        vm.set_item(mapping, &item, &increment(&old)?)
    })?;
    Ok(Value::NONE)
}

/// The mapping as a dict, if its class has neither `get` nor `__setitem__` of its own.
fn plain_counts<'a>(vm: &Vm, mapping: &'a Value) -> PyResult<Option<&'a Gc<Dict>>> {
    let Some(counts) = mapping.downcast::<Dict>() else { return Ok(None) };
    let (class, plain) = (vm.type_of(mapping), vm.types.dict());
    let same = [&vm.names.get, &vm.names.__setitem__].into_iter().all(
        |name| matches!((class.lookup(name), plain.lookup(name)), (Some(own), Some(base)) if own.is(&base)),
    );
    Ok(Some(counts).filter(|_| same))
}
