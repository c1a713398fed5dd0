//! The class `type`: attributes and methods of class objects.

use super::descriptors::read_only;
use super::new_object::call_class;
use super::{BinaryOp, Slots, Type, TypeSpec, new_class, special, type_flags};
use crate::heap::weak::WeakRef;
use crate::heap::{self, Gc};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// Registers a new class with one of its bases, which holds a Python class weakly.
pub fn add_subclass(vm: &Vm, base: &Gc<Type>, class: &Gc<Type>) {
    if !class.is_heap_type() {
        // It never goes.
        base.subclasses.borrow_mut().push(class.to_value());
        return;
    }
    let reference = heap::alloc(vm.types.weakref_ref(), WeakRef::new(None));
    vm.heap.weak.attach(&reference, class.header());
    let mut subclasses = base.subclasses.borrow_mut();
    // References to classes that are gone leave now and then.
    if subclasses.len() >= 16 && subclasses.len().is_power_of_two() {
        subclasses.retain(|entry| entry.downcast::<WeakRef>().is_none_or(|entry| entry.is_alive()));
    }
    subclasses.push(reference.into());
}

fn remove_subclass(base: &Gc<Type>, class: &Gc<Type>) {
    base.subclasses.borrow_mut().retain(|entry| {
        let Some(entry) = entry.downcast::<WeakRef>() else { return true };
        entry.target().is_some_and(|target| !target.is(class.as_value()))
    });
}

fn this(value: &Value) -> &Gc<Type> {
    value.downcast().expect("slots see instances of their class")
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "type",
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF | type_flags::MATCH_SELF,
    methods: &[
        NativeFn::new("mro($self, /)", |vm, args| {
            let class = args.this::<Type>();
            let bases = class.bases.borrow().clone();
            let mut order = vec![class.to_value()];
            order.extend(super::mro::linearize(vm, &bases)?.iter().map(Value::from));
            Ok(List::new(order).into())
        })
        .doc("Return a type's method resolution order."),
        NativeFn::new("__subclasses__($self, /)", |_, args| {
            let subclasses = args.this::<Type>().live_subclasses();
            Ok(List::new(subclasses.iter().map(Value::from).collect()).into())
        })
        .doc("Return a list of immediate subclasses."),
        NativeFn::new("__instancecheck__($self, instance, /)", |vm, args| {
            vm.plain_isinstance(args.value(1), args.value(0)).map(Value::bool)
        })
        .doc("Check if an object is an instance."),
        NativeFn::new("__subclasscheck__($self, subclass, /)", |vm, args| {
            vm.plain_issubclass(args.value(1), args.value(0)).map(Value::bool)
        })
        .doc("Check if a class is a subclass."),
        NativeFn::new("__dir__($self, /)", |vm, args| {
            let names = Dict::new();
            crate::objects::object::merge_class_names(vm, &names, args.value(0))?;
            Ok(List::new(names.snapshot().into_iter().map(|(key, _)| key).collect()).into())
        })
        .doc("Specialized __dir__ implementation for types."),
        NativeFn::new("__sizeof__($self, /)", |_, args| {
            let class = args.this::<Type>();
            Ok((class.header().size_bytes() + class.dict.table.size_bytes()).into())
        })
        .doc("Return memory consumption of the type object."),
    ],
    class_methods: &[NativeFn::new("__prepare__", |_, _| Ok(Dict::new().into()))
        .doc("Create the namespace for the class statement")],
    getset: &[
        GetSet::new("__name__", |_, value| Ok(this(value).name.borrow().to_value()), set_name),
        GetSet::new("__qualname__", |_, value| Ok(this(value).qualname.borrow().to_value()), set_qualname),
        GetSet::new("__module__", get_module, set_module),
        GetSet::new("__bases__", get_bases, set_bases),
        GetSet::read_only("__mro__", |_, value| {
            let mro = this(value).mro.borrow().clone();
            Ok(Tuple::new(mro.iter().map(Value::from)).into())
        }),
        GetSet::new(
            "__base__",
            |_, value| {
                let base = this(value).base.borrow().clone();
                Ok(base.map_or(Value::NONE, Value::from))
            },
            read_only,
        ),
        GetSet::read_only("__dict__", |vm, value| {
            Ok(crate::objects::mapping_proxy::new(vm, this(value).dict.to_value()))
        }),
        GetSet::new("__doc__", get_doc, set_doc),
        GetSet::new("__abstractmethods__", get_abstract_methods, set_abstract_methods),
        GetSet::new("__annotations__", get_annotations, set_annotations),
        GetSet::new("__annotate__", get_annotate, set_annotate),
        GetSet::new("__type_params__", get_type_params, set_type_params),
        GetSet::read_only("__text_signature__", get_text_signature),
        GetSet::new("__flags__", |_, value| Ok(Value::int(flags(this(value)))), read_only),
        GetSet::new("__basicsize__", |_, value| Ok(Value::int(layout(this(value)).0)), read_only),
        GetSet::new("__itemsize__", |_, value| Ok(Value::int(layout(this(value)).1)), read_only),
        GetSet::new(
            "__dictoffset__",
            |_, value| Ok(Value::int(if this(value).has_flag(type_flags::HAS_DICT) { -1 } else { 0 })),
            read_only,
        ),
        GetSet::new(
            "__weakrefoffset__",
            |_, value| Ok(Value::int(if this(value).has_flag(type_flags::HAS_WEAKREF) { -32 } else { 0 })),
            read_only,
        ),
    ],
    slots: Slots {
        new: Some(new_class::type_new),
        init: Some(init),
        call: Some(call_class),
        repr: Some(repr),
        get_attr: Some(get_attr),
        set_attr: Some(set_attr),
        binary: {
            let mut binary = Slots::NONE.binary;
            binary[BinaryOp::Or as usize] = Some(crate::objects::union::or);
            binary
        },
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// `type.__init__`: `type.__new__` has done all the work.
fn init(vm: &Vm, _: &Value, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() && args.len() == 1 {
        return vm.raise(Exc::TypeError, "type.__init__() takes no keyword arguments");
    }
    if args.len() != 1 && args.len() != 3 {
        return vm.raise(Exc::TypeError, "type.__init__() takes 1 or 3 arguments");
    }
    Ok(())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    Ok(format!("<class '{}'>", this(value).qualified_name(vm)).into())
}

/// Attribute of a class: data descriptors of the metaclass, the class and its bases, the metaclass.
pub fn get_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    match find_attr(vm, value, name)? {
        Some(found) => Ok(found),
        None => vm.raise_no_attribute(value, name),
    }
}

fn find_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult<Option<Value>> {
    let class = this(value);
    let metaclass = vm.type_of(value).clone();
    let on_meta = metaclass.lookup_in_use(name);
    let getter = on_meta.as_ref().and_then(|found| vm.type_of(found).slots().descr_get);
    if let (Some(found), Some(get)) = (&on_meta, getter) {
        if vm.type_of(found).slots().descr_set.is_some() {
            return get(vm, found, Some(value), &metaclass).map(Some);
        }
    }
    if let Some(found) = class.lookup_in_use(name) {
        return match vm.type_of(&found).slots().descr_get {
            Some(get) => get(vm, &found, None, class).map(Some),
            None => Ok(Some(found)),
        };
    }
    match (on_meta, getter) {
        (Some(found), Some(get)) => get(vm, &found, Some(value), &metaclass).map(Some),
        (found, _) => Ok(found),
    }
}

/// TypeError for classes whose attributes cannot be set.
fn check_mutable(vm: &Vm, class: &Gc<Type>, name: &str) -> PyResult<()> {
    if class.has_flag(type_flags::IMMUTABLE) {
        let class = class.display_name();
        return vm
            .raise(Exc::TypeError, format!("cannot set '{name}' attribute of immutable type '{class}'"));
    }
    Ok(())
}

/// As [`check_mutable`], and forbids deletion; gives the new value.
fn check_set<'a>(vm: &Vm, class: &Gc<Type>, name: &str, new: Option<&'a Value>) -> PyResult<&'a Value> {
    check_mutable(vm, class, name)?;
    match new {
        Some(new) => Ok(new),
        None => {
            let class = class.display_name();
            vm.raise(Exc::TypeError, format!("cannot delete '{name}' attribute of immutable type '{class}'"))
        }
    }
}

/// Sets or deletes an attribute of a class.
pub fn set_attr(vm: &Vm, value: &Value, name: &Gc<Str>, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    if class.has_flag(type_flags::IMMUTABLE) {
        check_mutable(vm, class, &name.to_string_lossy())?;
    }
    let on_meta = vm.type_of(value).lookup_in_use(name);
    if let Some(found) = on_meta {
        if let Some(set) = vm.type_of(&found).slots().descr_set {
            return set(vm, &found, value, new);
        }
    }
    let name = vm.intern_str(name);
    if new.is_some_and(|new| class.replace_volatile(vm, &name, new)) {
        return Ok(());
    }
    if let Some(old) = class.dict.get_str(&name) {
        class.note_replaced(vm, &name, &old, new);
    }
    match new {
        Some(new) => drop(class.dict.insert_str(&name, new.clone())),
        None => {
            if class.dict.remove_str(&name).is_none() {
                return vm.raise_no_attribute(value, &name);
            }
        }
    }
    changed(vm, class, &name);
    Ok(())
}

/// After an entry of a class's dict changed: caches forget it, slots adapt.
pub fn changed(vm: &Vm, class: &Gc<Type>, name: &Gc<Str>) {
    class.modified();
    if name.as_bytes().starts_with(b"__") {
        special::update_slot(vm, class, name);
    }
}

/// Puts an entry into the class's dict.
fn set_entry(vm: &Vm, class: &Gc<Type>, name: &Gc<Str>, value: Value) {
    drop(class.dict.insert_str(name, value));
    changed(vm, class, name);
}

fn set_name(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let new = check_set(vm, class, "__name__", new)?;
    let Some(name) = new.downcast::<Str>() else {
        let (class, got) = (class.name_text(), vm.type_name(new));
        return vm.raise(Exc::TypeError, format!("can only assign string to {class}.__name__, not '{got}'"));
    };
    if name.as_bytes().contains(&0) {
        return vm.raise(Exc::ValueError, "type name must not contain null characters");
    }
    class.name.replace(name.clone());
    class.modified();
    Ok(())
}

fn set_qualname(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let new = check_set(vm, class, "__qualname__", new)?;
    let Some(name) = new.downcast::<Str>() else {
        let (class, got) = (class.name_text(), vm.type_name(new));
        return vm
            .raise(Exc::TypeError, format!("can only assign string to {class}.__qualname__, not '{got}'"));
    };
    class.qualname.replace(name.clone());
    Ok(())
}

fn get_module(vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    if let Some(spec) = class.spec.filter(|_| !class.is_heap_type()) {
        return Ok(vm.intern(spec.module).into());
    }
    match class.dict.get_str(&vm.names.__module__) {
        Some(module) => Ok(module),
        None => vm.raise(Exc::AttributeError, "__module__"),
    }
}

fn set_module(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let new = check_set(vm, class, "__module__", new)?;
    drop(class.dict.remove_str(&vm.names.__firstlineno__));
    set_entry(vm, class, &vm.names.__module__, new.clone());
    Ok(())
}

fn get_bases(vm: &Vm, value: &Value) -> PyResult {
    let bases: Vec<Value> = this(value).bases.borrow().iter().map(Value::from).collect();
    Ok(vm.tuple(&bases))
}

fn set_bases(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let new = check_set(vm, class, "__bases__", new)?;
    let name = class.name_text();
    let Some(tuple) = new.downcast::<Tuple>() else {
        let got = vm.type_name(new);
        return vm.raise(Exc::TypeError, format!("can only assign tuple to {name}.__bases__, not {got}"));
    };
    if tuple.is_empty() {
        return vm
            .raise(Exc::TypeError, format!("can only assign non-empty tuple to {name}.__bases__, not ()"));
    }
    let mut bases = Vec::new();
    for base in tuple.items() {
        let Some(base) = base.downcast::<Type>() else {
            let got = vm.type_name(base);
            return vm
                .raise(Exc::TypeError, format!("{name}.__bases__ must be tuple of classes, not '{got}'"));
        };
        // By the chain of bases, too: orders of lookup are not made anew yet while an `mro()` in Python assigns bases.
        let mut below = base.base.borrow().clone();
        while let Some(next) = below.take_if(|next| !next.is(class)) {
            below = next.base.borrow().clone();
        }
        if below.is_some() || base.is_subclass(class) {
            return vm.raise(Exc::TypeError, "a __bases__ item causes an inheritance cycle");
        }
        if !base.has_flag(type_flags::BASE_TYPE) {
            let name = base.display_name();
            return vm.raise(Exc::TypeError, format!("type '{name}' is not an acceptable base type"));
        }
        bases.push(base.clone());
    }
    let base = new_class::best_base(vm, &bases)?;
    let old_base = class.base.borrow().clone();
    if let Some(old_base) = &old_base {
        let frees_alike = old_base.is_heap_type() == base.is_heap_type();
        if !frees_alike || !new_class::same_layout(old_base, &base) {
            let (new, old) = (base.display_name(), old_base.display_name());
            let what = if frees_alike { "object layout" } else { "deallocator" };
            return vm
                .raise(Exc::TypeError, format!("__bases__ assignment: '{new}' {what} differs from '{old}'"));
        }
    }
    let old_bases = class.bases.replace(bases.clone());
    class.base.replace(Some(base));
    let mut undo = Vec::new();
    if let Err(raised) = recompute_mro(vm, class, &mut undo) {
        for (class, order) in undo {
            class.mro.replace(order);
        }
        class.bases.replace(old_bases);
        class.base.replace(old_base);
        return Err(raised);
    }
    // An `mro()` in Python may have assigned others meanwhile, and has joined the class to those.
    let is_current = {
        let current = class.bases.borrow();
        current.len() == bases.len() && current.iter().zip(&bases).all(|(a, b)| a.is(b))
    };
    if is_current {
        for base in &old_bases {
            remove_subclass(base, class);
        }
        for base in &bases {
            add_subclass(vm, base, class);
        }
    }
    class.modified();
    update_slots_recursively(vm, class);
    Ok(())
}

fn recompute_mro(vm: &Vm, class: &Gc<Type>, undo: &mut Vec<(Gc<Type>, Vec<Gc<Type>>)>) -> PyResult<()> {
    undo.push((class.clone(), class.mro.borrow().clone()));
    new_class::compute_mro(vm, class)?;
    class.live_subclasses().iter().try_for_each(|subclass| recompute_mro(vm, subclass, undo))
}

fn update_slots_recursively(vm: &Vm, class: &Gc<Type>) {
    special::update_slots(vm, class);
    class.live_subclasses().iter().for_each(|subclass| update_slots_recursively(vm, subclass));
}

fn get_doc(vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    if let Some(spec) = class.spec.filter(|spec| !spec.doc.is_empty()) {
        return Ok(spec.doc.into());
    }
    match class.dict.get_str(&vm.names.__doc__) {
        None => Ok(Value::NONE),
        Some(found) => bind_to_class(vm, found, class),
    }
}

/// Attribute `found` in a class's dict as access through the class gives it.
fn bind_to_class(vm: &Vm, found: Value, class: &Gc<Type>) -> PyResult {
    match vm.type_of(&found).slots().descr_get {
        Some(get) => get(vm, &found, None, class),
        None => Ok(found),
    }
}

fn set_doc(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let new = check_set(vm, class, "__doc__", new)?;
    set_entry(vm, class, &vm.names.__doc__, new.clone());
    Ok(())
}

fn get_abstract_methods(vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    let found = class.dict.get_str(&vm.names.__abstractmethods__);
    match found.filter(|_| !class.is(vm.types.type_())) {
        Some(found) => Ok(found),
        None => vm.raise(Exc::AttributeError, "__abstractmethods__"),
    }
}

fn set_abstract_methods(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    check_mutable(vm, class, "__abstractmethods__")?;
    match new {
        Some(new) => {
            let any = vm.truth(new)?;
            drop(class.dict.insert_str(&vm.names.__abstractmethods__, new.clone()));
            class.set_flag(type_flags::ABSTRACT, any);
        }
        None => {
            if class.dict.remove_str(&vm.names.__abstractmethods__).is_none() {
                return vm.raise(Exc::AttributeError, "__abstractmethods__");
            }
            class.set_flag(type_flags::ABSTRACT, false);
        }
    }
    class.modified();
    Ok(())
}

fn raise_no_class_attribute<T>(vm: &Vm, class: &Gc<Type>, name: &str) -> PyResult<T> {
    let class = class.display_name();
    vm.raise(Exc::AttributeError, format!("type object '{class}' has no attribute '{name}'"))
}

/// `__annotations__`, made by `__annotate__` when first asked for (PEP 649).
fn get_annotations(vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    if !class.is_heap_type() {
        return raise_no_class_attribute(vm, class, "__annotations__");
    }
    let (dict, names) = (&class.dict, &vm.names);
    let known = dict.get_str(&names.__annotations__).or_else(|| dict.get_str(&names.__annotations_cache__));
    if let Some(found) = known {
        return bind_to_class(vm, found, class);
    }
    let annotate = vm.get_attr(value, &names.__annotate__)?;
    let annotations = if vm.is_callable(&annotate) {
        let result = vm.call(&annotate, &[Value::small(1)])?;
        if result.downcast::<Dict>().is_none() {
            return vm.raise_type_of("__annotate__ returned non-dict of type '{}'", &result);
        }
        result
    } else {
        Dict::new().into()
    };
    drop(dict.insert_str(&names.__annotations_cache__, annotations.clone()));
    class.modified();
    Ok(annotations)
}

fn set_annotations(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    check_mutable(vm, class, "__annotations__")?;
    let (dict, names) = (&class.dict, &vm.names);
    let own = dict.get_str(&names.__annotations__).is_some();
    let key = if own { &names.__annotations__ } else { &names.__annotations_cache__ };
    match new {
        Some(new) => drop(dict.insert_str(key, new.clone())),
        None => {
            if dict.remove_str(key).is_none() {
                return vm.raise(Exc::AttributeError, "__annotations__");
            }
        }
    }
    if own {
        drop(dict.remove_str(&names.__annotations_cache__));
    }
    drop((dict.remove_str(&names.__annotate__), dict.remove_str(&names.__annotate_func__)));
    class.modified();
    Ok(())
}

fn get_annotate(vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    if !class.is_heap_type() {
        return raise_no_class_attribute(vm, class, "__annotate__");
    }
    let (dict, names) = (&class.dict, &vm.names);
    match dict.get_str(&names.__annotate__).or_else(|| dict.get_str(&names.__annotate_func__)) {
        Some(found) => bind_to_class(vm, found, class),
        None => {
            drop(dict.insert_str(&names.__annotate_func__, Value::NONE));
            class.modified();
            Ok(Value::NONE)
        }
    }
}

fn set_annotate(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let Some(new) = new else {
        return vm.raise(Exc::TypeError, "cannot delete __annotate__ attribute");
    };
    check_mutable(vm, class, "__annotate__")?;
    if !new.is_none() && !vm.is_callable(new) {
        return vm.raise(Exc::TypeError, "__annotate__ must be callable or None");
    }
    let (dict, names) = (&class.dict, &vm.names);
    drop(dict.insert_str(&names.__annotate_func__, new.clone()));
    if !new.is_none() {
        drop((dict.remove_str(&names.__annotations_cache__), dict.remove_str(&names.__annotations__)));
    }
    class.modified();
    Ok(())
}

fn get_type_params(vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    if class.is(vm.types.type_()) {
        return Ok(vm.tuple(&[]));
    }
    Ok(class.dict.get_str(&vm.names.__type_params__).unwrap_or_else(|| vm.tuple(&[])))
}

fn set_type_params(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let class = this(value);
    let new = check_set(vm, class, "__type_params__", new)?;
    set_entry(vm, class, &vm.names.__type_params__, new.clone());
    Ok(())
}

/// The parameters of a builtin class's constructor as its spec gives them, without the class.
fn get_text_signature(_vm: &Vm, value: &Value) -> PyResult {
    let class = this(value);
    let Some(spec) = class.spec.filter(|_| !class.is_heap_type()) else { return Ok(Value::NONE) };
    let text = match (spec.new, spec.init) {
        (_, Some(init)) if init.signature.contains('(') => init.signature,
        (Some(new), _) => new.signature,
        (None, _) if class.base.borrow().is_none() => "object()",
        _ => return Ok(Value::NONE),
    };
    let Some(at) = text.find('(') else { return Ok(Value::NONE) };
    let parameters = &text[at + 1..];
    let own = ["$type, /, ", "$self, /, ", "$type, ", "$self, ", "$type", "$self"];
    let rest = own.iter().find_map(|own| parameters.strip_prefix(own)).unwrap_or(parameters);
    Ok(format!("({rest}").into())
}

/// `__flags__`, with CPython's bits where they mean the same.
fn flags(class: &Gc<Type>) -> i64 {
    const READY: i64 = 1 << 12;
    const DEFAULT: i64 = 1 << 18;
    let ours = [
        (type_flags::HEAP, 1 << 9),
        (type_flags::BASE_TYPE, 1 << 10),
        (type_flags::NO_NEW, 1 << 7),
        (type_flags::IMMUTABLE, 1 << 8),
        (type_flags::SEQUENCE, 1 << 5),
        (type_flags::MAPPING, 1 << 6),
        (type_flags::ABSTRACT, 1 << 20),
        (type_flags::MATCH_SELF, 1 << 22),
        (type_flags::METHOD_DESCRIPTOR, 1 << 17),
    ];
    let mut flags = READY | DEFAULT;
    for (own, bit) in ours {
        if class.has_flag(own) {
            flags |= bit;
        }
    }
    let types = &Vm::current().types;
    let families = [
        (types.int(), 24),
        (types.list(), 25),
        (types.tuple(), 26),
        (types.bytes(), 27),
        (types.str(), 28),
        (types.dict(), 29),
        (types.exception(Exc::BaseException), 30),
        (types.type_(), 31),
    ];
    for (family, bit) in families {
        if class.is_subclass(family) {
            flags |= 1 << bit;
        }
    }
    flags
}

/// Size of an instance and of one inline item, as CPython 3.14 has them on 64-bit machines, so that programs that sum them agree.
fn layout(class: &Gc<Type>) -> (i64, i64) {
    let types = &Vm::current().types;
    let known = [
        (types.type_(), 936, 40),
        (types.int(), 24, 4),
        (types.tuple(), 24, 8),
        (types.bytes(), 33, 1),
        (types.str(), 64, 0),
        (types.list(), 40, 0),
        (types.dict(), 48, 0),
        (types.float(), 24, 0),
        (types.complex(), 32, 0),
        (types.set(), 200, 0),
        (types.frozenset(), 200, 0),
        (types.bytearray(), 56, 0),
        (types.exception(Exc::BaseException), 72, 0),
    ];
    let found = known.into_iter().find(|(family, ..)| class.is_subclass(family));
    let (size, item) = found.map_or((16, 0), |(_, size, item)| (size, item));
    (size + 8 * class.n_member_slots() as i64, item)
}
