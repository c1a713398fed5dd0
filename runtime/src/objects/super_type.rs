//! `super`: attribute lookup that starts after a class in an MRO.

use std::cell::RefCell;

use crate::class::descriptors::read_only;
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::cell::CellObject;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// What a super object is about.
struct View {
    /// Lookup starts after this class.
    class: Gc<Type>,
    /// The object, and the class whose MRO is searched; `None` if unbound.
    bound: Option<(Value, Gc<Type>)>,
}

#[derive(Default)]
pub struct Super {
    /// `None` until `__init__` ran.
    view: RefCell<Option<View>>,
}

impl crate::heap::Trace for View {
    fn trace_value(&self, visit: heap::Visitor<'_>) {
        visit(self.class.as_value());
        if let Some((object, class)) = &self.bound {
            visit(object);
            visit(class.as_value());
        }
    }
}

impl Payload for Super {
    const KIND: Kind = Kind::Super;
    crate::trace_fields!(view);

    fn clear(&self) {
        drop(self.view.take());
    }
}

fn this(value: &Value) -> &Gc<Super> {
    value.downcast().expect("slots see instances of their class")
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "super",
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\n\
          super(type, obj) -> bound super object; requires isinstance(obj, type)\n\
          super(type, type2) -> bound super object; requires issubclass(type2, type)",
    flags: type_flags::BASE_TYPE,
    new: Some(NativeFn::new("super", |_, args| {
        let class: &Gc<Type> = args.value(0).downcast().expect("__new__ is called with a class");
        Ok(heap::alloc_for(class, Super::default()).into())
    })),
    init: Some(NativeFn::new("super", init)),
    getset: &[
        GetSet::new(
            "__thisclass__",
            |_, value| {
                Ok(this(value).view.borrow().as_ref().map_or(Value::NONE, |view| view.class.to_value()))
            },
            read_only,
        ),
        GetSet::new(
            "__self__",
            |_, value| Ok(bound(value).map_or(Value::NONE, |(object, _)| object)),
            read_only,
        ),
        GetSet::new(
            "__self_class__",
            |_, value| Ok(bound(value).map_or(Value::NONE, |(_, class)| class.into())),
            read_only,
        ),
    ],
    slots: Slots { repr: Some(repr), get_attr: Some(get_attr), descr_get: Some(descr_get), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn bound(value: &Value) -> Option<(Value, Gc<Type>)> {
    this(value).view.borrow().as_ref()?.bound.clone()
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "super")?;
    let given = &args.values[1..];
    if given.len() > 2 {
        return vm
            .raise(Exc::TypeError, format!("super() expected at most 2 arguments, got {}", given.len()));
    }
    let (class, object) = match given {
        [] => {
            let (class, object) = implicit_arguments(vm)?;
            (class, Some(object))
        }
        [class, rest @ ..] => match class.downcast::<Type>() {
            Some(class) => (class.clone(), rest.first().cloned()),
            None => {
                return vm.raise_type_of("super() argument 1 must be a type, not {}", class);
            }
        },
    };
    let bound = match object.filter(|object| !object.is_none()) {
        Some(object) => {
            let object_class = check(vm, &class, &object)?;
            Some((object, object_class))
        }
        None => None,
    };
    drop(args.this::<Super>().view.replace(Some(View { class, bound })));
    Ok(Value::NONE)
}

/// `__class__` and the first argument of the function that is running.
fn implicit_arguments(vm: &Vm) -> PyResult<(Gc<Type>, Value)> {
    let frame = vm.current_frame();
    if frame.is_none() {
        return vm.raise(Exc::RuntimeError, "super(): no current frame");
    }
    let code = frame.code();
    if code.object.n_positional == 0 {
        return vm.raise(Exc::RuntimeError, "super(): no arguments");
    }
    let first: &Value = frame.register(0);
    let object = match first.downcast::<CellObject>() {
        Some(cell) if code.object.cell_registers.contains(&0) => cell.get(),
        _ => Some(first.clone()).filter(|first| !first.is_unbound()),
    };
    let Some(object) = object else { return vm.raise(Exc::RuntimeError, "super(): arg[0] deleted") };
    let at = code.object.free_names.iter().position(|name| &**name == "__class__");
    let function = frame.function();
    let cell = at.and_then(|at| function.closure.as_ref()?.items().get(at).cloned());
    let Some(cell) = cell else {
        return vm.raise(Exc::RuntimeError, "super(): __class__ cell not found");
    };
    let class = cell.downcast::<CellObject>().and_then(|cell| cell.get());
    match class {
        None => vm.raise(Exc::RuntimeError, "super(): empty __class__ cell"),
        Some(class) => match class.into_gc::<Type>() {
            Ok(class) => Ok((class, object)),
            Err(other) => {
                let got = vm.type_name(&other);
                vm.raise(Exc::RuntimeError, format!("super(): __class__ is not a type ({got})"))
            }
        },
    }
}

/// The class whose MRO is searched for `object`: itself if it is a class below `class`, else its class.
fn check(vm: &Vm, class: &Gc<Type>, object: &Value) -> PyResult<Gc<Type>> {
    if let Some(object) = object.downcast::<Type>() {
        if object.is_subclass(class) {
            return Ok(object.clone());
        }
    }
    let object_class = vm.type_of(object);
    if object_class.is_subclass(class) {
        return Ok(object_class.clone());
    }
    // Proxies may claim another class.
    if let Some(shown) = vm.get_attr_opt(object, &vm.names.__class__)? {
        if let Some(shown) = shown.downcast::<Type>().filter(|shown| !shown.is(object_class)) {
            if shown.is_subclass(class) {
                return Ok(shown.clone());
            }
        }
    }
    let what = match object.downcast::<Type>() {
        Some(object) => format!("type {}", object.display_name()),
        None => format!("instance of {}", vm.type_name(object)),
    };
    vm.raise(
        Exc::TypeError,
        format!(
            "super(type, obj): obj ({what}) is not an instance or subtype of type ({}).",
            class.display_name()
        ),
    )
}

/// Finds `name` after `class` in the MRO of `object_class` and binds it.
pub fn lookup(
    vm: &Vm,
    class: &Gc<Type>,
    object: &Value,
    object_class: &Gc<Type>,
    name: &Gc<Str>,
) -> PyResult<Option<Value>> {
    let Some(found) = object_class.lookup_after(class, name) else { return Ok(None) };
    match vm.type_of(&found).slots().descr_get {
        Some(get) => {
            let instance = Some(object).filter(|object| !object.is(object_class.as_value()));
            get(vm, &found, instance, object_class).map(Some)
        }
        None => Ok(Some(found)),
    }
}

fn get_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    // `super().__class__` is `super`, as one expects of an object.
    if !name.is(&vm.names.__class__) {
        let view = match &*this(value).view.borrow() {
            Some(View { class, bound: Some(bound) }) => Some((class.clone(), bound.clone())),
            _ => None,
        };
        if let Some((class, (object, object_class))) = view {
            if let Some(found) = lookup(vm, &class, &object, &object_class, name)? {
                return Ok(found);
            }
        }
    }
    vm.generic_get_attr(value, name)
}

fn descr_get(vm: &Vm, value: &Value, instance: Option<&Value>, _: &Gc<Type>) -> PyResult {
    let Some(instance) = instance else { return Ok(value.clone()) };
    if bound(value).is_some() {
        return Ok(value.clone());
    }
    let class = this(value).view.borrow().as_ref().map(|view| view.class.clone());
    let Some(class) = class else { return Ok(value.clone()) };
    let own = vm.type_of(value);
    if !own.is(vm.types.super_()) {
        return vm.call(&own.to_value(), &[class.into(), instance.clone()]);
    }
    let object_class = check(vm, &class, instance)?;
    let view = View { class, bound: Some((instance.clone(), object_class)) };
    Ok(heap::alloc(vm.types.super_(), Super { view: RefCell::new(Some(view)) }).into())
}

fn repr(_vm: &Vm, value: &Value) -> PyResult {
    let view = this(value).view.borrow();
    let class = view.as_ref().map_or("NULL".to_string(), |view| view.class.display_name());
    Ok(match view.as_ref().and_then(|view| view.bound.as_ref()) {
        Some((_, object_class)) => {
            format!("<super: <class '{class}'>, <{} object>>", object_class.display_name())
        }
        None => format!("<super: <class '{class}'>, NULL>"),
    }
    .into())
}
