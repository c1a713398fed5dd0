//! `types.SimpleNamespace`: a plain instance with attributes and a repr.

use crate::class::descriptors::read_only;
use crate::class::instance::Instance;
use crate::class::{CompareOp, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::Gc;
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::static_method::get_dict;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "SimpleNamespace",
    module: "types",
    doc: "A simple attribute-based namespace.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_DICT,
    new: Some(NativeFn::new("SimpleNamespace", |_, args| {
        let class: &Gc<Type> = args.value(0).downcast().expect("__new__ is called with a class");
        Ok(Instance::new(class).into())
    })),
    init: Some(NativeFn::new("SimpleNamespace", init)),
    methods: &[
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            let value = args.value(0);
            let dict = namespace(vm, value)?;
            Ok(vm.tuple(&[vm.type_of(value).to_value(), vm.tuple(&[]), dict.into()]))
        })
        .doc("Return state information for pickling"),
        NativeFn::new("__replace__", replace).doc("Return a copy with some attributes replaced."),
    ],
    getset: &[GetSet::new("__dict__", get_dict, read_only)],
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(special::unhashable), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// A namespace with these attributes.
pub fn new(vm: &Vm, attributes: impl IntoIterator<Item = (Gc<Str>, Value)>) -> PyResult {
    let value: Value = Instance::new(vm.types.simple_namespace()).into();
    for (name, attribute) in attributes {
        vm.set_instance_attribute(&value, &name, Some(&attribute))?;
    }
    Ok(value)
}

fn namespace(vm: &Vm, value: &Value) -> PyResult<Gc<Dict>> {
    match vm.instance_dict(value) {
        Some(dict) => Ok(dict),
        None => vm.raise_no_attribute(value, &vm.names.__dict__),
    }
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    crate::native::binding::check_positional_count(vm, "SimpleNamespace", args.len() - 1, 0, 1)?;
    if let Some(source) = args.get(1) {
        let dict = match source.downcast_exact::<Dict>() {
            Some(dict) => dict.to_value(),
            None => vm.call(vm.types.dict().as_value(), std::slice::from_ref(source))?,
        };
        let entries = dict.downcast::<Dict>().map(|dict| dict.snapshot()).unwrap_or_default();
        for (key, attribute) in entries {
            match key.downcast::<Str>() {
                Some(name) => vm.set_instance_attribute(value, name, Some(&attribute))?,
                None => return vm.raise(Exc::TypeError, "keywords must be strings"),
            };
        }
    }
    for (name, attribute) in args.keywords() {
        vm.set_instance_attribute(value, name, Some(attribute))?;
    }
    Ok(Value::NONE)
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.len() > 1 {
        return vm.raise(Exc::TypeError, "__replace__() takes no positional arguments");
    }
    let value = args.value(0);
    let copy = vm.call(&vm.type_of(value).to_value(), &[])?;
    for (key, attribute) in namespace(vm, value)?.snapshot() {
        if let Some(name) = key.downcast::<Str>() {
            vm.set_instance_attribute(&copy, name, Some(&attribute))?;
        }
    }
    for (name, attribute) in args.keywords() {
        vm.set_instance_attribute(&copy, name, Some(attribute))?;
    }
    Ok(copy)
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let class = vm.type_of(value);
    let name = if class.is(vm.types.simple_namespace()) { "namespace".into() } else { class.name_text() };
    let Some(_guard) = vm.repr_enter(value)? else { return Ok(format!("{name}(...)").into()) };
    let mut parts = Vec::new();
    for (key, attribute) in namespace(vm, value)?.snapshot() {
        if let Some(key) = key.downcast::<Str>().filter(|key| !key.is_empty()) {
            parts.push(format!("{key}={}", vm.repr_text(&attribute)?));
        }
    }
    Ok(format!("{name}({})", parts.join(", ")).into())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let class = vm.types.simple_namespace();
    if !vm.is_instance_of(a, class) || !vm.is_instance_of(b, class) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (namespace(vm, a)?, namespace(vm, b)?);
    vm.compare(a.as_value(), b.as_value(), op)
}
