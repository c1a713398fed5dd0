//! `typing.Union`: `int | None`.

use std::cell::RefCell;

use crate::class::descriptors::{equality, read_only};
use crate::class::{BinaryOp, CompareOp, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::generic_alias::{self, GenericAlias};
use crate::objects::set::Set;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub struct Union {
    /// In order, without duplicates.
    pub args: Gc<Tuple>,
    /// Those of them that can be hashed, a frozenset.
    hashable: Gc<Set>,
    unhashable: Gc<Tuple>,
    /// `__parameters__`, once asked for.
    parameters: RefCell<Option<Gc<Tuple>>>,
}

impl Payload for Union {
    crate::trace_fields!(args, hashable, unhashable, parameters);

    fn clear(&self) {
        drop(self.parameters.take());
    }
}

fn this(value: &Value) -> &Gc<Union> {
    value.downcast().expect("slots see instances of their class")
}

/// Collects the members of a union.
struct Builder {
    args: Vec<Value>,
    hashable: Gc<Set>,
    unhashable: Vec<Value>,
}

impl Builder {
    fn new(vm: &Vm) -> Builder {
        Builder { args: Vec::new(), hashable: Set::for_class(vm.types.frozenset()), unhashable: Vec::new() }
    }

    /// Adds a type, or the members of a union.
    fn add(&mut self, vm: &Vm, arg: &Value) -> PyResult<()> {
        if arg.is_none() {
            return self.add_one(vm, vm.types.none_type().as_value());
        }
        match arg.downcast::<Union>() {
            Some(union) => union.args.items().iter().try_for_each(|arg| self.add_one(vm, arg)),
            None => self.add_one(vm, arg),
        }
    }

    fn add_one(&mut self, vm: &Vm, arg: &Value) -> PyResult<()> {
        match vm.hash(arg) {
            Ok(_) => {
                if self.hashable.add(vm, arg.clone())? {
                    self.args.push(arg.clone());
                }
            }
            Err(raised) => {
                drop(vm.take_raised(raised));
                for known in &self.unhashable {
                    if vm.eq(known, arg)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(arg.clone());
                self.args.push(arg.clone());
            }
        }
        Ok(())
    }

    fn finish(self, vm: &Vm) -> PyResult {
        match self.args.as_slice() {
            [] => vm.raise(Exc::TypeError, "Cannot take a Union of no types."),
            [one] => Ok(one.clone()),
            _ => {
                let body = Union {
                    args: Tuple::from_slice(&self.args),
                    hashable: self.hashable,
                    unhashable: Tuple::from_slice(&self.unhashable),
                    parameters: RefCell::new(None),
                };
                Ok(heap::alloc(vm.types.union_type(), body).into())
            }
        }
    }
}

/// What `|` takes without looking closer.
fn is_unionable(vm: &Vm, value: &Value) -> bool {
    value.is_none()
        || value.downcast::<Type>().is_some()
        || value.downcast::<GenericAlias>().is_some()
        || value.downcast::<Union>().is_some()
        || vm.type_of(value).is(vm.types.type_alias_type())
}

/// `a | b` where one is a class, a generic alias or a type alias.
pub fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if !is_unionable(vm, a) || !is_unionable(vm, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut builder = Builder::new(vm);
    builder.add(vm, a)?;
    builder.add(vm, b)?;
    builder.finish(vm)
}

/// `a | b` where one is a union or a type variable: anything `typing` takes for a type, strings as forward references.
pub fn or_checked(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    from_items(vm, &[a.clone(), b.clone()])
}

/// `Union[items]`.
pub fn from_items(vm: &Vm, items: &[Value]) -> PyResult {
    let mut builder = Builder::new(vm);
    for item in items {
        if is_unionable(vm, item) {
            builder.add(vm, item)?;
        } else {
            let message: Value = "Union[arg, ...]: each arg must be a type.".into();
            let checked = call_typing(vm, "_type_check", &[item.clone(), message])?;
            builder.add(vm, &checked)?;
        }
    }
    builder.finish(vm)
}

/// Calls a function of the Python module `typing`.
pub fn call_typing(vm: &Vm, name: &str, args: &[Value]) -> PyResult {
    let typing = crate::objects::reduce::import(vm, "typing")?;
    let function = vm.get_attr_named(&typing, name)?;
    vm.call(&function, args)
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Union",
    module: "typing",
    doc: "Represent a union type\n\nE.g. for int | str",
    flags: type_flags::NO_NEW | type_flags::HAS_WEAKREF,
    methods: &[NativeFn::new("__mro_entries__($self, bases, /)", |vm, args| {
        let shown = vm.repr_text(args.value(0))?;
        vm.raise(Exc::TypeError, format!("Cannot subclass {shown}"))
    })],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", |vm, args| {
        match args.value(1).downcast::<Tuple>() {
            Some(items) => from_items(vm, items.items()),
            None => from_items(vm, std::slice::from_ref(args.value(1))),
        }
    })
    .doc("See PEP 585")],
    getset: &[
        GetSet::new("__args__", |_, value| Ok(this(value).args.to_value()), read_only),
        GetSet::read_only("__parameters__", |vm, value| parameters(vm, this(value)).map(Value::from)),
        GetSet::read_only("__origin__", |vm, _| Ok(vm.types.union_type().to_value())),
        GetSet::read_only("__name__", |vm, _| Ok(vm.intern("Union").into())),
        GetSet::read_only("__qualname__", |vm, _| Ok(vm.intern("Union").into())),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let args = this(value).args.items().iter().map(|arg| generic_alias::type_repr(vm, arg));
            Ok(args.collect::<PyResult<Vec<String>>>()?.join(" | ").into())
        }),
        hash: Some(|vm, value| {
            let union = this(value);
            for arg in union.unhashable.items() {
                vm.hash(arg)?;
            }
            if !union.unhashable.is_empty() {
                let n = union.unhashable.len();
                let plural = if n == 1 { "" } else { "s" };
                return vm.raise(Exc::TypeError, format!("union contains {n} unhashable element{plural}"));
            }
            vm.hash(union.hashable.as_value())
        }),
        compare: Some(compare),
        get_attr: Some(|vm, value, name| {
            if name.is(&vm.names.__module__) {
                return vm.get_attr(vm.types.union_type().as_value(), name);
            }
            vm.generic_get_attr(value, name)
        }),
        get_item: Some(|vm, value, item| {
            let union = this(value);
            let parameters = parameters(vm, union)?;
            let args = generic_alias::substitute(vm, value, union.args.items(), &parameters, item)?;
            from_items(vm, &args)
        }),
        binary: {
            let mut binary = Slots::NONE.binary;
            binary[BinaryOp::Or as usize] = Some(or_checked);
            binary
        },
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn parameters(vm: &Vm, union: &Gc<Union>) -> PyResult<Gc<Tuple>> {
    if let Some(known) = union.parameters.borrow().clone() {
        return Ok(known);
    }
    let found = generic_alias::collect_parameters(vm, union.args.items())?;
    union.parameters.replace(Some(found.clone()));
    Ok(found)
}

/// Unions are equal if they have the same members in any order.
fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (a.downcast::<Union>(), b.downcast::<Union>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut same =
        a.unhashable.len() == b.unhashable.len() && vm.eq(a.hashable.as_value(), b.hashable.as_value())?;
    for arg in a.unhashable.items() {
        same = same && vm.contains(b.unhashable.as_value(), arg)?;
    }
    Ok(equality(op, same))
}
