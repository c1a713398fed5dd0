//! Making builtin classes from their specs.
//!
//! Classes need strings and dicts, which need classes: so memory for every builtin class is reserved first (zeroed, which is
//! enough to allocate direct instances), then each is filled.

use std::cell::{Cell, RefCell};

use super::shape::ShapeRoot;
use super::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, PayloadVtable};
use crate::native::{NativeFn, NativeFunction, Role};
use crate::objects::dict::Dict;
use crate::value::Value;
use crate::{PyResult, Vm};

/// Memory for a class that [`fill_builtin`] completes.
pub(crate) fn reserve() -> Gc<Type> {
    heap::reserve_type()
}

/// Completes a reserved builtin class.
pub(crate) fn fill_builtin(
    vm: &Vm,
    class: &Gc<Type>,
    spec: &'static TypeSpec,
    vtable: &'static PayloadVtable,
    bases: &[Gc<Type>],
) {
    let name = vm.intern(spec.name);
    let mut slots = spec.slots;
    let mut mro = vec![class.clone()];
    match bases {
        [] => {}
        [base] => mro.extend(base.mro.borrow().iter().cloned()),
        _ => {
            let rest =
                super::mro::linearize(vm, bases).unwrap_or_else(|_| panic!("builtin bases are consistent"));
            mro.extend(rest);
        }
    }
    let mut inherited = 0;
    for base in &mro[1..] {
        slots.inherit(base.slots());
        inherited |= base.flags();
    }
    inherited &= type_flags::HAS_DICT | type_flags::HAS_WEAKREF | type_flags::SEQUENCE | type_flags::MAPPING;
    let body = Type {
        name: RefCell::new(name.clone()),
        qualname: RefCell::new(name),
        bases: RefCell::new(bases.to_vec()),
        mro: RefCell::new(mro),
        dict: Dict::new(),
        slots: Cell::new(Slots::NONE),
        flags: Cell::new(spec.flags | type_flags::IMMUTABLE | inherited),
        version: Cell::new(0),
        subclasses: RefCell::default(),
        vtable,
        n_member_slots: Cell::new(0),
        shapes: ShapeRoot::default(),
        has_finalizer: Cell::new(false),
        spec: Some(spec),
    };
    heap::fill_type(class, body);
    class.set_slots(slots);
    for base in bases {
        super::type_object::add_subclass(vm, base, class);
    }
    let dict = &class.dict;
    for function in spec.methods {
        let mut method = NativeFunction::new(function, Role::Method);
        method.class = Some(class.clone());
        drop(dict.insert_str(
            &vm.intern(function.name()),
            heap::alloc(vm.types.method_descriptor(), method).into(),
        ));
    }
    for function in spec.class_methods {
        let mut method = NativeFunction::new(function, Role::ClassMethod);
        method.class = Some(class.clone());
        drop(dict.insert_str(
            &vm.intern(function.name()),
            heap::alloc(vm.types.classmethod_descriptor(), method).into(),
        ));
    }
    for function in spec.static_methods {
        let function = native_function(vm, function, None);
        let name = vm.intern(function.function.name());
        drop(dict.insert_str(&name, super::descriptors::new_static_method(vm, function.into())));
    }
    for getset in spec.getset {
        drop(dict.insert_str(&vm.intern(getset.name), super::descriptors::new_getset(vm, getset, class)));
    }
    super::special::add_slot_wrappers(vm, class, spec);
    let doc = if spec.doc.is_empty() { Value::NONE } else { spec.doc.into() };
    if class.dict.get_str(&vm.names.__doc__).is_none() {
        drop(dict.insert_str(&vm.names.__doc__, doc));
    }
}

/// A builtin function object.
pub fn native_function(
    vm: &Vm,
    function: &'static NativeFn,
    module_name: Option<Value>,
) -> Gc<NativeFunction> {
    let mut body = NativeFunction::new(function, Role::Function);
    body.module_name = module_name;
    heap::alloc(vm.types.builtin_function_or_method(), body)
}

/// A builtin class with bases other than one reserved at start-up: exceptions, and classes of native modules.
pub fn new_builtin(
    vm: &Vm,
    spec: &'static TypeSpec,
    vtable: &'static PayloadVtable,
    bases: &[Gc<Type>],
) -> PyResult<Gc<Type>> {
    let class = reserve();
    fill_builtin(vm, &class, spec, vtable, bases);
    Ok(class)
}
