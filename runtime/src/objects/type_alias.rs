//! `TypeAliasType`: what `type X = ...` makes; and `Generic`, the base of generic classes.

use std::cell::RefCell;

use crate::class::descriptors::read_only;
use crate::class::{BinaryOp, Slots, TypeSpec, type_flags};
use crate::heap::{self, Gc, Payload};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::type_parameter::{TypeParameter, no_default, unpack};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub struct TypeAlias {
    name: Gc<Str>,
    type_params: Gc<Tuple>,
    value: RefCell<Option<Value>>,
    /// Computes the value, of aliases made by a statement.
    compute: RefCell<Option<Value>>,
    module: Option<Value>,
}

impl Payload for TypeAlias {
    crate::trace_fields!(name, type_params, value, compute, module);

    fn clear(&self) {
        let _dropped = (self.value.take(), self.compute.take());
    }
}

fn this(value: &Value) -> &Gc<TypeAlias> {
    value.downcast().expect("slots see instances of their class")
}

/// `type name[type_params] = ...`, its value computed by a function.
pub fn from_syntax(vm: &Vm, name: &Gc<Str>, type_params: Option<Gc<Tuple>>, compute: Value) -> Value {
    let body = TypeAlias {
        name: name.clone(),
        type_params: type_params.unwrap_or_else(|| vm.empty_tuple()),
        value: RefCell::new(None),
        compute: RefCell::new(Some(compute)),
        module: None,
    };
    heap::alloc(vm.types.type_alias_type(), body).into()
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.expect_str(args.value(1), "typealias() argument 'name' must be str, not {}")?;
    let type_params = match args.get(3) {
        None => vm.empty_tuple(),
        Some(given) => match given.downcast::<Tuple>() {
            Some(given) => given.clone(),
            None => return vm.raise(Exc::TypeError, "type_params must be a tuple"),
        },
    };
    let mut after_default = false;
    for parameter in type_params.items() {
        if parameter.downcast::<TypeParameter>().is_none() {
            let shown = vm.repr_text(parameter)?;
            return vm.raise(Exc::TypeError, format!("Expected a type param, got {shown}"));
        }
        let default = vm.get_attr_named(parameter, "__default__")?;
        if !default.is(&no_default(vm)) {
            after_default = true;
        } else if after_default {
            let shown = vm.repr_text(parameter)?;
            return vm.raise(
                Exc::TypeError,
                format!("non-default type parameter '{shown}' follows default type parameter"),
            );
        }
    }
    let module = vm.caller_globals().and_then(|globals| globals.get_str(&vm.names.__name__));
    let body = TypeAlias {
        name: name.clone(),
        type_params,
        value: RefCell::new(Some(args.value(2).clone())),
        compute: RefCell::new(None),
        module,
    };
    Ok(heap::alloc(vm.types.type_alias_type(), body).into())
}

fn value_of(vm: &Vm, alias: &Gc<TypeAlias>) -> PyResult {
    if let Some(value) = alias.value.borrow().clone() {
        return Ok(value);
    }
    let compute = alias.compute.borrow().clone().unwrap_or(Value::NONE);
    let value = vm.call(&compute, &[Value::small(1)])?;
    alias.value.replace(Some(value.clone()));
    Ok(value)
}

/// The type parameters with TypeVarTuples unpacked.
pub fn unpack_parameters(vm: &Vm, parameters: &Gc<Tuple>) -> PyResult<Vec<Value>> {
    let unpacked = |parameter: &Value| match vm.type_of(parameter).is(vm.types.type_var_tuple()) {
        true => unpack(vm, parameter),
        false => Ok(parameter.clone()),
    };
    parameters.items().iter().map(unpacked).collect()
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "TypeAliasType",
    module: "typing",
    doc: "Type alias.",
    flags: type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("typealias($type, name, value, *, type_params=())", new)),
    methods: &[NativeFn::new("__reduce__($self, /)", |_, args| Ok(args.this::<TypeAlias>().name.to_value()))],
    getset: &[
        GetSet::new("__name__", |_, value| Ok(this(value).name.to_value()), read_only),
        GetSet::read_only("__value__", |vm, value| value_of(vm, this(value))),
        GetSet::read_only("__type_params__", |_, value| Ok(this(value).type_params.to_value())),
        GetSet::read_only("__parameters__", |vm, value| {
            Ok(vm.tuple(&unpack_parameters(vm, &this(value).type_params)?))
        }),
        GetSet::read_only("__module__", |vm, value| {
            let alias = this(value);
            if let Some(module) = &alias.module {
                return Ok(module.clone());
            }
            match alias.compute.borrow().clone() {
                Some(compute) => vm.get_attr(&compute, &vm.names.__module__),
                None => Ok(Value::NONE),
            }
        }),
        GetSet::read_only("evaluate_value", |vm, value| {
            let alias = this(value);
            if let Some(compute) = alias.compute.borrow().clone() {
                return Ok(compute);
            }
            let known = alias.value.borrow().clone().unwrap_or(Value::NONE);
            Ok(super::type_parameter::const_evaluator(vm, known))
        }),
    ],
    slots: Slots {
        repr: Some(|_, value| Ok(this(value).name.to_value())),
        get_item: Some(|vm, value, item| {
            if this(value).type_params.is_empty() {
                return vm.raise(Exc::TypeError, "Only generic type aliases are subscriptable");
            }
            Ok(super::generic_alias::new(vm, value.clone(), item.clone()))
        }),
        iter: Some(|vm, value| {
            let unpacked = unpack(vm, value)?;
            vm.iter(&vm.tuple(&[unpacked]))
        }),
        binary: {
            let mut binary = Slots::NONE.binary;
            binary[BinaryOp::Or as usize] = Some(super::union::or);
            binary
        },
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// Calls a function of `typing` with the arguments of a class method.
fn forward(vm: &Vm, name: &str, args: Args<'_>) -> PyResult {
    let typing = super::reduce::import(vm, "typing")?;
    let function = vm.get_attr_named(&typing, name)?;
    vm.call_args(&function, args)
}

pub static GENERIC: TypeSpec = TypeSpec {
    name: "Generic",
    module: "typing",
    doc: "Abstract base class for generic types.",
    flags: type_flags::BASE_TYPE,
    class_methods: &[
        NativeFn::new("__class_getitem__", |vm, args| forward(vm, "_generic_class_getitem", args)),
        NativeFn::new("__init_subclass__", |vm, args| forward(vm, "_generic_init_subclass", args)),
    ],
    ..TypeSpec::DEFAULT
};

/// `Generic[parameters]`, the base that a class with a type parameter list gets.
pub fn subscript_generic(vm: &Vm, parameters: &Value) -> PyResult {
    let Some(parameters) = parameters.downcast::<Tuple>() else {
        return vm.raise_type_of("type parameters must be a tuple, not {}", parameters);
    };
    let unpacked = vm.tuple(&unpack_parameters(vm, parameters)?);
    super::union::call_typing(vm, "_GenericAlias", &[vm.types.generic().to_value(), unpacked])
}
