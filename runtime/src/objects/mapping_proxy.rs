//! `mappingproxy`: a read-only view of a mapping, such as the `__dict__` of a class.

use crate::class::{BinaryOp, Slots, TypeSpec, type_flags};
use crate::heap::{self, Gc, Payload};
use crate::native::{Args, NativeFn};
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{PyResult, Vm};

pub struct MappingProxy {
    pub mapping: Value,
}

impl Payload for MappingProxy {
    crate::trace_fields!(mapping);
}

pub fn new(vm: &Vm, mapping: Value) -> Value {
    heap::alloc(vm.types.mappingproxy(), MappingProxy { mapping }).into()
}

fn mapping(value: &Value) -> &Value {
    let proxy: &Gc<MappingProxy> = value.downcast().expect("slots see instances of their class");
    &proxy.mapping
}

fn forward(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    vm.call_method_named(mapping(args.value(0)), name, &[])
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "mappingproxy",
    doc: "Read-only proxy of a mapping.",
    flags: type_flags::MAPPING,
    new: Some(NativeFn::new("mappingproxy($type, mapping)", |vm, args| {
        let given = args.value(1);
        let is_mapping = vm.type_of(given).slots().get_item.is_some();
        if !is_mapping || given.downcast::<List>().is_some() || given.downcast::<Tuple>().is_some() {
            return vm.raise_type_of("mappingproxy() argument must be a mapping, not {}", given);
        }
        Ok(new(vm, given.clone()))
    })),
    methods: &[
        NativeFn::new("get($self, key, default=None, /)", |vm, args| {
            let default = args.get(2).cloned().unwrap_or(Value::NONE);
            vm.call_method_named(mapping(args.value(0)), "get", &[args.value(1).clone(), default])
        })
        .doc("Return the value for key if key is in the mapping, else default."),
        NativeFn::new("keys($self, /)", |vm, args| forward(vm, args, "keys"))
            .doc("a set-like object providing a view on the underlying mapping's keys"),
        NativeFn::new("values($self, /)", |vm, args| forward(vm, args, "values"))
            .doc("an object providing a view on the underlying mapping's values"),
        NativeFn::new("items($self, /)", |vm, args| forward(vm, args, "items"))
            .doc("a set-like object providing a view on the underlying mapping's items"),
        NativeFn::new("copy($self, /)", |vm, args| forward(vm, args, "copy"))
            .doc("a shallow copy of the underlying mapping"),
        NativeFn::new("__reversed__($self, /)", |vm, args| forward(vm, args, "__reversed__"))
            .doc("Iterate over the keys backwards."),
    ],
    class_methods: &[NativeFn::new(
        "__class_getitem__($type, object, /)",
        crate::objects::generic_alias::class_getitem,
    )],
    slots: Slots {
        repr: Some(|vm, value| Ok(format!("mappingproxy({})", vm.repr_text(mapping(value))?).into())),
        str: Some(|vm, value| vm.str(mapping(value)).map(Value::from)),
        hash: Some(|vm, value| vm.hash(mapping(value))),
        compare: Some(|vm, a, b, op| vm.compare(mapping(a), b, op)),
        iter: Some(|vm, value| vm.iter(mapping(value))),
        len: Some(|vm, value| vm.len(mapping(value))),
        get_item: Some(|vm, value, key| vm.get_item(mapping(value), key)),
        contains: Some(|vm, value, key| vm.contains(mapping(value), key)),
        binary: {
            let mut binary = Slots::NONE.binary;
            binary[BinaryOp::Or as usize] = Some(or);
            binary
        },
        inplace: {
            let mut inplace = Slots::NONE.inplace;
            inplace[BinaryOp::Or as usize] =
                Some(|vm, value, _| vm.raise_type_of("'|=' is not supported by {}; use '|' instead", value));
            inplace
        },
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let unwrap = |value: &Value| match value.downcast::<MappingProxy>() {
        Some(proxy) => proxy.mapping.clone(),
        None => value.clone(),
    };
    vm.binary(BinaryOp::Or, &unwrap(a), &unwrap(b))
}
