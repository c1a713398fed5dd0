//! `property`.

use std::cell::{Cell, RefCell};

use crate::class::descriptors::read_only;
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

#[derive(Default)]
pub struct Property {
    pub getter: RefCell<Option<Value>>,
    pub setter: RefCell<Option<Value>>,
    pub deleter: RefCell<Option<Value>>,
    doc: RefCell<Value>,
    /// The docstring was taken from the getter, so that a copy with another getter takes that one's.
    doc_of_getter: Cell<bool>,
    /// As `__set_name__` or an assignment to `__name__` said.
    name: RefCell<Option<Value>>,
}

impl Payload for Property {
    const KIND: Kind = Kind::Property;
    crate::trace_fields!(getter, setter, deleter, doc, name; skip doc_of_getter);

    fn clear(&self) {
        let _dropped =
            (self.getter.take(), self.setter.take(), self.deleter.take(), self.doc.take(), self.name.take());
    }
}

impl Property {
    /// A property that can be read only.
    pub fn read_only(getter: Value, name: Gc<Str>, doc: &str) -> Property {
        Property {
            getter: RefCell::new(Some(getter)),
            doc: RefCell::new(doc.into()),
            name: RefCell::new(Some(name.into())),
            ..Property::default()
        }
    }
}

fn this(value: &Value) -> &Gc<Property> {
    value.downcast().expect("slots see instances of their class")
}

fn function(field: &RefCell<Option<Value>>) -> Value {
    field.borrow().clone().unwrap_or(Value::NONE)
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "property",
    doc: "Property attribute: computed by functions given for getting, setting and deleting it.",
    flags: type_flags::BASE_TYPE,
    new: Some(NativeFn::new("property", |_, args| {
        let class: &Gc<Type> = args.value(0).downcast().expect("__new__ is called with a class");
        Ok(heap::alloc_for(class, Property::default()).into())
    })),
    init: Some(NativeFn::new("property($self, fget=None, fset=None, fdel=None, doc=None)", init)),
    methods: &[
        NativeFn::new("getter($self, object, /)", |vm, args| {
            copy_with(vm, args.value(0), Some(args.value(1)), None, None)
        })
        .doc("Descriptor to obtain a copy of the property with a different getter."),
        NativeFn::new("setter($self, object, /)", |vm, args| {
            copy_with(vm, args.value(0), None, Some(args.value(1)), None)
        })
        .doc("Descriptor to obtain a copy of the property with a different setter."),
        NativeFn::new("deleter($self, object, /)", |vm, args| {
            copy_with(vm, args.value(0), None, None, Some(args.value(1)))
        })
        .doc("Descriptor to obtain a copy of the property with a different deleter."),
        NativeFn::new("__set_name__", set_name),
    ],
    getset: &[
        GetSet::new("fget", |_, value| Ok(function(&this(value).getter)), read_only),
        GetSet::new("fset", |_, value| Ok(function(&this(value).setter)), read_only),
        GetSet::new("fdel", |_, value| Ok(function(&this(value).deleter)), read_only),
        GetSet::new(
            "__doc__",
            |_, value| Ok(this(value).doc.borrow().clone()),
            |_, value, new| {
                drop(this(value).doc.replace(new.cloned().unwrap_or(Value::NONE)));
                Ok(())
            },
        ),
        GetSet::new("__name__", get_name, |_, value, new| {
            drop(this(value).name.replace(new.cloned()));
            Ok(())
        }),
        GetSet::read_only("__isabstractmethod__", |vm, value| {
            let property = this(value);
            for field in [&property.getter, &property.setter, &property.deleter] {
                let function = function(field);
                if super::static_method::is_abstract_method(vm, &function)? {
                    return Ok(Value::TRUE);
                }
            }
            Ok(Value::FALSE)
        }),
    ],
    slots: Slots { descr_get: Some(get), descr_set: Some(set), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let property = args.this::<Property>();
    let [getter, setter, deleter] = [1, 2, 3].map(|at| args.get_not_none(at).cloned());
    let mut doc = args.get_not_none(4).cloned();
    property.doc_of_getter.set(false);
    drop(property.name.take());
    if let (None, Some(getter)) = (&doc, &getter) {
        doc = vm.get_attr_opt(getter, &vm.names.__doc__)?.filter(|doc| !doc.is_none());
        property.doc_of_getter.set(doc.is_some());
    }
    drop((
        property.getter.replace(getter),
        property.setter.replace(setter),
        property.deleter.replace(deleter),
    ));
    let doc = doc.unwrap_or(Value::NONE);
    if value.header().is_some_and(|header| header.is_exact()) {
        drop(property.doc.replace(doc));
        return Ok(Value::NONE);
    }
    // The class's own `__doc__` would hide the field: instances of subclasses keep it as an attribute.
    let stored = vm.set_attr(value, &vm.names.__doc__, Some(&doc));
    if property.doc_of_getter.get() {
        stored?;
    } else {
        vm.catch(stored, Exc::AttributeError)?;
    }
    Ok(Value::NONE)
}

/// A copy with some of the functions replaced.
fn copy_with(
    vm: &Vm,
    value: &Value,
    getter: Option<&Value>,
    setter: Option<&Value>,
    deleter: Option<&Value>,
) -> PyResult {
    let property = this(value);
    let pick = |new: Option<&Value>, field: &RefCell<Option<Value>>| {
        new.filter(|new| !new.is_none()).cloned().unwrap_or_else(|| function(field))
    };
    let getter = pick(getter, &property.getter);
    let (setter, deleter) = (pick(setter, &property.setter), pick(deleter, &property.deleter));
    let doc = if property.doc_of_getter.get() && !getter.is_none() {
        Value::NONE
    } else if value.header().is_some_and(|header| header.is_exact()) {
        property.doc.borrow().clone()
    } else {
        vm.get_attr(value, &vm.names.__doc__)?
    };
    let class = vm.type_of(value).to_value();
    let copy = vm.call(&class, &[getter, setter, deleter, doc])?;
    if let Some(copied) = copy.downcast::<Property>() {
        let name = property.name.borrow().clone();
        drop(copied.name.replace(name));
    }
    Ok(copy)
}

fn set_name(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.len() - 1;
    if given != 2 {
        return vm.raise(
            Exc::TypeError,
            format!("__set_name__() takes 2 positional arguments but {given} were given"),
        );
    }
    drop(args.this::<Property>().name.replace(Some(args.value(2).clone())));
    Ok(Value::NONE)
}

/// The name, if it was set or the getter has one.
fn name_of(vm: &Vm, property: &Gc<Property>) -> PyResult<Option<Value>> {
    if let Some(name) = property.name.borrow().clone() {
        return Ok(Some(name));
    }
    match property.getter.borrow().clone() {
        Some(getter) => vm.get_attr_opt(&getter, &vm.names.__name__),
        None => Ok(None),
    }
}

fn get_name(vm: &Vm, value: &Value) -> PyResult {
    match name_of(vm, this(value))? {
        Some(name) => Ok(name),
        None => vm.raise(Exc::AttributeError, "'property' object has no attribute '__name__'"),
    }
}

/// AttributeError "property 'x' of 'C' object has no setter".
#[cold]
fn raise_missing<T>(vm: &Vm, property: &Gc<Property>, instance: &Value, what: &str) -> PyResult<T> {
    let class = vm.type_of(instance).qualname.borrow().clone();
    let name = match name_of(vm, property)? {
        Some(name) => format!(" {}", vm.repr_text(&name)?),
        None => String::new(),
    };
    vm.raise(Exc::AttributeError, format!("property{name} of '{class}' object has no {what}"))
}

fn get(vm: &Vm, value: &Value, instance: Option<&Value>, _: &Gc<Type>) -> PyResult {
    let Some(instance) = instance else { return Ok(value.clone()) };
    let property = this(value);
    let getter = property.getter.borrow().clone();
    match getter {
        Some(getter) => vm.call(&getter, std::slice::from_ref(instance)),
        None => raise_missing(vm, property, instance, "getter"),
    }
}

fn set(vm: &Vm, value: &Value, instance: &Value, new: Option<&Value>) -> PyResult<()> {
    let property = this(value);
    let (field, what) = match new {
        Some(_) => (&property.setter, "setter"),
        None => (&property.deleter, "deleter"),
    };
    let function = field.borrow().clone();
    let Some(function) = function else { return raise_missing(vm, property, instance, what) };
    match new {
        Some(new) => vm.call(&function, &[instance.clone(), new.clone()])?,
        None => vm.call(&function, std::slice::from_ref(instance))?,
    };
    Ok(())
}
