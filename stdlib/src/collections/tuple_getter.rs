//! `_tuplegetter`: the descriptor of a named tuple's field.

use std::cell::RefCell;

use ouro_runtime::class::{Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::iterators::this;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, GetSet, NativeFn, PyResult, Value, Vm};

pub struct TupleGetter {
    index: i64,
    doc: RefCell<Value>,
}

impl Payload for TupleGetter {
    ouro_runtime::trace_fields!(doc; skip index);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "_tuplegetter",
    module: "collections",
    flags: 0,
    new: Some(NativeFn::new("_tuplegetter($type, index, doc, /)", new)),
    methods: &[NativeFn::new("__reduce__($self, /)", |vm, args| {
        let getter = args.this::<TupleGetter>();
        let state = vm.tuple(&[Value::int(getter.index), getter.doc.borrow().clone()]);
        Ok(vm.tuple(&[vm.type_of(args.value(0)).to_value(), state]))
    })],
    getset: &[GetSet::new(
        "__doc__",
        |_, value| Ok(this::<TupleGetter>(value).doc.borrow().clone()),
        |_, value, new| {
            let _old = this::<TupleGetter>(value).doc.replace(new.cloned().unwrap_or(Value::NONE));
            Ok(())
        },
    )],
    slots: Slots {
        repr: Some(|vm, value| {
            let getter = this::<TupleGetter>(value);
            let doc = getter.doc.borrow().clone();
            let name = vm.type_of(value).name_text();
            Ok(format!("{name}({}, {})", getter.index, vm.repr_text(&doc)?).into())
        }),
        descr_get: Some(|vm, getter, instance, _| get(vm, getter, instance)),
        descr_set: Some(|vm, _, _, new| {
            let what = if new.is_some() { "set" } else { "delete" };
            vm.raise(Exc::AttributeError, format!("can't {what} attribute"))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast().expect("new gets a class");
    let body = TupleGetter { index: vm.to_i64(args.value(1))?, doc: RefCell::new(args.value(2).clone()) };
    Ok(heap::alloc_for(class, body).into())
}

fn get(vm: &Vm, getter: &Value, instance: Option<&Value>) -> PyResult {
    let Some(instance) = instance.filter(|instance| !instance.is_none()) else { return Ok(getter.clone()) };
    let index = this::<TupleGetter>(getter).index;
    let Some(tuple) = instance.downcast::<Tuple>() else {
        let class = vm.type_name(instance);
        let message =
            format!("descriptor for index '{index}' for tuple subclasses doesn't apply to '{class}' object");
        return vm.raise(Exc::TypeError, message);
    };
    match usize::try_from(index).ok().and_then(|at| tuple.items().get(at)) {
        Some(item) => Ok(item.clone()),
        None => vm.raise(Exc::IndexError, "tuple index out of range"),
    }
}
