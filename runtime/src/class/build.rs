//! Making builtin classes from their specs.
//!
//! Classes need strings and dicts, which need classes: so memory for every builtin class is reserved first (zeroed, which is
//! enough to allocate direct instances), then each is filled. Their dicts are filled when they are first looked at.

use std::cell::{Cell, RefCell};

use super::instance::Instance;
use super::new_object::{self, Bindable};
use super::shape::ShapeRoot;
use super::{ClassDict, NewFn, Slots, Type, TypeSpec, type_flags};
use crate::exceptions::BUILTIN_EXCEPTIONS;
use crate::heap::{self, Gc, Payload, PayloadVtable};
use crate::native::{NativeFn, NativeFunction, Role};
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::objects::table::BUILTINS;
use crate::types::BuiltinType;
use crate::value::Value;
use crate::{PyResult, Vm};

/// Memory for a class that [`fill_builtin`] completes.
fn reserve(vtable: &'static PayloadVtable) -> Gc<Type> {
    heap::reserve_type(vtable)
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
    inherited &= type_flags::HAS_DICT
        | type_flags::HAS_WEAKREF
        | type_flags::SEQUENCE
        | type_flags::MAPPING
        | type_flags::MATCH_SELF;
    let mut new_fn = None;
    let mut init_fn = None;
    if let Some(base) = bases.first() {
        new_fn = base.new_fn.get().filter(|_| spec.slots.new.is_none());
        init_fn = base.init_fn.get().filter(|_| spec.slots.init.is_none());
    }
    if let Some(new) = &spec.new {
        slots.new = Some(new_object::native_new);
        new_fn = Some(Bindable::of(new));
    }
    if let Some(init) = &spec.init {
        slots.init = Some(new_object::native_init);
        init_fn = Some(Bindable::of(init));
    }
    // `object.__new__` makes plain instances only.
    let makes_plain = slots.new.is_some_and(|new| std::ptr::fn_addr_eq(new, new_object::object_new as NewFn));
    let is_plain = vtable.kind == Instance::KIND;
    if spec.flags & type_flags::NO_NEW != 0 || makes_plain && !is_plain {
        slots.new = None;
        new_fn = None;
    }
    let body = Type {
        name: RefCell::new(name.clone()),
        qualname: RefCell::new(name),
        bases: RefCell::new(bases.to_vec()),
        base: RefCell::new(bases.first().cloned()),
        mro: RefCell::new(mro),
        dict: ClassDict::of_builtin(class),
        slots: Cell::new(Slots::NONE),
        flags: Cell::new(spec.flags | type_flags::IMMUTABLE | inherited),
        version: Cell::new(0),
        subclasses: RefCell::default(),
        volatile: RefCell::default(),
        n_replaced: Cell::new(0),
        vtable,
        n_member_slots: Cell::new(0),
        shapes: ShapeRoot::default(),
        has_finalizer: Cell::new(false),
        new_fn: Cell::new(new_fn),
        init_fn: Cell::new(init_fn),
        spec: Some(spec),
    };
    heap::fill_type(class, body);
    class.set_slots(slots);
    for base in bases {
        super::type_object::add_subclass(vm, base, class);
    }
}

/// Puts what its spec describes into the dict of a builtin class.
pub(super) fn fill_dict(vm: &Vm, class: &Gc<Type>) {
    let spec = class.spec.expect("builtin classes have a spec");
    let dict: &Gc<Dict> = &class.dict;
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
        let name = vm.intern(function.name());
        let mut body = NativeFunction::new(function, Role::Function);
        body.receiver = Some(class.to_value());
        let function = heap::alloc(vm.types.builtin_function_or_method(), body);
        drop(dict.insert_str(&name, super::descriptors::new_static_method(vm, function.into())));
    }
    for getset in spec.getset {
        drop(dict.insert_str(&vm.intern(getset.name), super::descriptors::new_getset(vm, getset, class)));
    }
    for function in spec.properties {
        let name = vm.intern(function.name());
        let getter = native_function(vm, function, None).into();
        let property = crate::objects::property::Property::read_only(getter, name.clone(), function.doc);
        drop(dict.insert_str(&name, heap::alloc(vm.types.property(), property).into()));
    }
    super::special::add_slot_wrappers(vm, class, spec);
    // What CPython makes at run time has it in the dict; instances see it there.
    if !matches!(spec.module, "builtins" | "types" | "weakref" | "contextvars" | "string.templatelib")
        && !std::ptr::eq(spec, &crate::objects::union::TYPE)
    {
        dict.insert_str(&vm.names.__module__, vm.intern(spec.module).into());
    }
    let doc = if spec.doc.is_empty() { Value::NONE } else { spec.doc.into() };
    if dict.get_str(&vm.names.__doc__).is_none() {
        drop(dict.insert_str(&vm.names.__doc__, doc));
    }
    if std::ptr::eq(spec, &crate::objects::template::INTERPOLATION) {
        crate::objects::template::complete_interpolation(vm, dict);
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
    let class = reserve(vtable);
    fill_builtin(vm, &class, spec, vtable, bases);
    // Instances do not count their builtin class: it must never go, even once its module has been taken apart.
    std::mem::forget(class.clone());
    Ok(class)
}

/// Stands for builtin classes without a line in the table.
static PLACEHOLDER: TypeSpec = TypeSpec { name: "?", flags: type_flags::NO_NEW, ..TypeSpec::DEFAULT };

/// Reserves memory for all builtin classes: from here on direct instances of them can be made.
pub(crate) fn reserve_all(vm: &Vm) {
    // `type` first, so that the others can point to it.
    vm.types.fill(BuiltinType::Type, reserve(PayloadVtable::of::<Type>()));
    for &ty in BuiltinType::ALL.iter().filter(|&&ty| ty != BuiltinType::Type) {
        let builtin = BUILTINS.iter().find(|builtin| builtin.ty == ty);
        let vtable = builtin.map_or(early_vtable(ty), |builtin| builtin.vtable);
        vm.types.fill(ty, reserve(vtable));
    }
}

/// Vtable of a class that values made before [`make_all`] need, should the table have no line for it.
fn early_vtable(ty: BuiltinType) -> &'static PayloadVtable {
    match ty {
        BuiltinType::Str => PayloadVtable::of::<crate::objects::str::Str>(),
        BuiltinType::Tuple => PayloadVtable::of::<crate::objects::tuple::Tuple>(),
        BuiltinType::Dict => PayloadVtable::of::<Dict>(),
        BuiltinType::WeakRef => PayloadVtable::of::<crate::heap::weak::WeakRef>(),
        BuiltinType::List => PayloadVtable::of::<crate::objects::list::List>(),
        BuiltinType::Int => PayloadVtable::of::<crate::objects::int::BoxedInt>(),
        BuiltinType::Float => PayloadVtable::of::<crate::objects::float::BoxedFloat>(),
        BuiltinType::Function => PayloadVtable::of::<crate::objects::function::Function>(),
        BuiltinType::Method => PayloadVtable::of::<crate::objects::function::BoundMethod>(),
        BuiltinType::Code => PayloadVtable::of::<crate::objects::code::Code>(),
        BuiltinType::Module => PayloadVtable::of::<crate::objects::module::Module>(),
        BuiltinType::AsyncGenerator => PayloadVtable::of::<crate::objects::generator::Generator>(),
        BuiltinType::AsyncGenWrapped => PayloadVtable::of::<crate::objects::async_generator::WrappedValue>(),
        _ => PayloadVtable::of::<Instance>(),
    }
}

/// Completes every builtin class, exceptions included. Names are interned by now.
pub(crate) fn make_all(vm: &Vm) {
    for builtin in BUILTINS {
        let class = vm.types.get(builtin.ty).clone();
        let base = vm.types.get(builtin.base).clone();
        let bases: &[Gc<Type>] = if builtin.ty == BuiltinType::Object { &[] } else { &[base] };
        fill_builtin(vm, &class, builtin.spec, builtin.vtable, bases);
    }
    for &ty in BuiltinType::ALL {
        if BUILTINS.iter().all(|builtin| builtin.ty != ty) {
            let object = vm.types.object().clone();
            let vtable = early_vtable(ty);
            fill_builtin(vm, &vm.types.get(ty).clone(), &PLACEHOLDER, vtable, &[object]);
        }
    }
    crate::objects::exception::make_classes(vm);
}

/// How many fields instances of a builtin exception class have; 0 for other classes.
pub(crate) fn exception_fields(class: &Gc<Type>) -> usize {
    let Some(spec) = class.spec.filter(|_| class.vtable().kind == Exception::KIND) else { return 0 };
    BUILTIN_EXCEPTIONS.iter().find(|exception| exception.name == spec.name).map_or(0, |e| e.fields.len())
}
