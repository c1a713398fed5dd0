//! `_abc`: the machinery of abstract base classes: which methods are abstract, virtual subclasses, and the caches of subclass checks.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use ouro_runtime::class::{Slots, Type, TypeSpec, type_flags};
use ouro_runtime::heap::weak::WeakRef;
use ouro_runtime::heap::{self, Payload, Visitor};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::int::as_i64;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::set::Set;
use ouro_runtime::objects::static_method::is_abstract_method;
use ouro_runtime::objects::weak_reference::new_reference;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_abc",
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: &[
        NativeFn::new("get_cache_token()", |vm, _| {
            Ok(Value::int(vm.state::<Registrations>().0.get() as i64))
        })
        .doc("Returns the current ABC cache token.\n\nIt changes with every call to register() on any ABC."),
        NativeFn::new("_abc_init(self, /)", init).doc("Internal ABC helper for class set-up."),
        NativeFn::new("_abc_register(self, subclass, /)", register)
            .doc("Internal ABC helper for subclass registration."),
        NativeFn::new("_abc_instancecheck(self, instance, /)", instance_check)
            .doc("Internal ABC helper for instance checks."),
        NativeFn::new("_abc_subclasscheck(self, subclass, /)", subclass_check)
            .doc("Internal ABC helper for subclass checks."),
        NativeFn::new("_get_dump(self, /)", dump)
            .doc("Internal ABC helper for cache and registry debugging."),
        NativeFn::new("_reset_registry(self, /)", |vm, args| {
            data(vm, args.value(0))?.registry.clear();
            Ok(Value::NONE)
        })
        .doc("Internal ABC helper to reset registry of a given class."),
        NativeFn::new("_reset_caches(self, /)", |vm, args| {
            let data = data(vm, args.value(0))?;
            data.positive.clear();
            data.negative.clear();
            Ok(Value::NONE)
        })
        .doc("Internal ABC helper to reset both caches of a given class."),
    ],
    classes: &[NativeClass::of::<AbcData>(&DATA)],
    ..NativeModule::DEFAULT
};

/// How many registrations there have been: negative answers older than the last one are stale.
#[derive(Default)]
struct Registrations(Cell<u64>);

/// Classes, held weakly, in the order they came. An address is looked up; a dead reference under it means that another class
/// has taken the place of one that is gone.
#[derive(Default)]
struct WeakClasses {
    classes: RefCell<Vec<Gc<WeakRef>>>,
    index: RefCell<HashMap<u64, Gc<WeakRef>>>,
}

impl WeakClasses {
    fn contains(&self, class: &Value) -> bool {
        self.index.borrow().get(&class.id()).is_some_and(|known| known.is_alive())
    }

    fn add(&self, vm: &Vm, class: &Value) -> PyResult<()> {
        if self.contains(class) {
            return Ok(());
        }
        let reference = new_reference(vm, class)?;
        let mut classes = self.classes.borrow_mut();
        if classes.len() >= 8 && classes.len().is_power_of_two() {
            classes.retain(|known| known.is_alive());
            self.index.borrow_mut().retain(|_, known| known.is_alive());
        }
        classes.push(reference.clone());
        self.index.borrow_mut().insert(class.id(), reference);
        Ok(())
    }

    fn clear(&self) {
        let _dropped = (self.classes.take(), self.index.take());
    }

    fn living(&self) -> Vec<Value> {
        self.classes.borrow().iter().filter_map(|known| known.target()).collect()
    }

    /// A set of the references.
    fn as_set(&self, vm: &Vm) -> PyResult {
        let set = Set::for_class(vm.types.set());
        let classes = self.classes.borrow().clone();
        for reference in classes.iter().filter(|known| known.is_alive()) {
            set.add(vm, reference.to_value())?;
        }
        Ok(set.into())
    }
}

/// `_abc_impl` of an abstract base class.
#[derive(Default)]
struct AbcData {
    registry: WeakClasses,
    positive: WeakClasses,
    negative: WeakClasses,
    /// The count of registrations when `negative` was last right.
    negative_version: Cell<u64>,
}

impl Payload for AbcData {
    fn trace(&self, visit: Visitor<'_>) {
        for classes in [&self.registry, &self.positive, &self.negative] {
            classes.classes.borrow().iter().for_each(|reference| visit(reference.as_value()));
            classes.index.borrow().values().for_each(|reference| visit(reference.as_value()));
        }
    }

    fn clear(&self) {
        for classes in [&self.registry, &self.positive, &self.negative] {
            classes.clear();
        }
    }
}

static DATA: TypeSpec = TypeSpec {
    name: "_abc_data",
    module: "_abc",
    doc: "Internal state held by ABC machinery.",
    flags: 0,
    new: Some(NativeFn::new("_abc_data($type, /)", |vm, _| Ok(new_data(vm)))),
    slots: Slots::NONE,
    ..TypeSpec::DEFAULT
};

fn new_data(vm: &Vm) -> Value {
    let data = AbcData::default();
    data.negative_version.set(vm.state::<Registrations>().0.get());
    heap::alloc(&vm.class_of::<AbcData>(), data).into()
}

fn data(vm: &Vm, class: &Value) -> PyResult<Gc<AbcData>> {
    let found = vm.get_attr_named(class, "_abc_impl")?;
    match found.into_gc::<AbcData>() {
        Ok(data) => Ok(data),
        Err(_) => vm.raise(Exc::TypeError, "_abc_impl is set to a wrong type"),
    }
}

/// Sequence and mapping patterns: CPython's bits in `__abc_tpflags__`.
const COLLECTION_FLAGS: [(i64, u32); 2] = [(1 << 5, type_flags::SEQUENCE), (1 << 6, type_flags::MAPPING)];

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0);
    set_abstract_methods(vm, class)?;
    let data = new_data(vm);
    vm.set_attr(class, &vm.intern("_abc_impl"), Some(&data))?;
    if let Some(class) = class.downcast::<Type>() {
        let name = vm.intern("__abc_tpflags__");
        if let Some(flags) = class.dict.get_str(&name).as_ref().and_then(as_i64) {
            let wanted: Vec<u32> =
                COLLECTION_FLAGS.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, flag)| *flag).collect();
            if wanted.len() > 1 {
                return vm.raise(
                    Exc::TypeError,
                    "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                );
            }
            if let [flag] = wanted.as_slice() {
                set_collection_flag(class, *flag);
            }
            vm.set_attr(class.as_value(), &name, None)?;
        }
    }
    Ok(Value::NONE)
}

fn set_collection_flag(class: &Gc<Type>, flag: u32) {
    for (_, other) in COLLECTION_FLAGS {
        class.set_flag(other, other == flag);
    }
}

/// As [`set_collection_flag`], for the class's subclasses as well.
fn set_collection_flag_recursive(class: &Gc<Type>, flag: u32) {
    if class.has_flag(type_flags::IMMUTABLE) || class.has_flag(flag) {
        return;
    }
    set_collection_flag(class, flag);
    class.live_subclasses().iter().for_each(|subclass| set_collection_flag_recursive(subclass, flag));
}

fn set_abstract_methods(vm: &Vm, class: &Value) -> PyResult<()> {
    let abstracts = Set::for_class(vm.types.frozenset());
    let namespace = match class.downcast::<Type>() {
        Some(class) => class.dict.clone(),
        None => {
            let dict = vm.get_attr(class, &vm.names.__dict__)?;
            match dict.into_gc::<Dict>() {
                Ok(dict) => dict,
                Err(_) => return vm.raise(Exc::TypeError, "_abc_init() argument must be a class"),
            }
        }
    };
    for (key, value) in namespace.snapshot() {
        if value.is_object() && is_abstract_method(vm, &value)? {
            abstracts.add(vm, key)?;
        }
    }
    let bases = vm.get_attr(class, &vm.names.__bases__)?;
    for base in vm.collect(&bases)? {
        let Some(inherited) = vm.get_attr_opt(&base, &vm.names.__abstractmethods__)? else { continue };
        for key in vm.collect(&inherited)? {
            let name = ouro_runtime::objects::object::attribute_name(vm, &key)?;
            if let Some(value) = vm.get_attr_opt(class, &name)? {
                if is_abstract_method(vm, &value)? {
                    abstracts.add(vm, key)?;
                }
            }
        }
    }
    vm.set_attr(class, &vm.names.__abstractmethods__, Some(abstracts.as_value()))
}

fn register(vm: &Vm, args: Args<'_>) -> PyResult {
    let (class, subclass) = (args.value(0), args.value(1));
    let Some(subclass_type) = subclass.downcast::<Type>() else {
        return vm.raise(Exc::TypeError, "Can only register classes");
    };
    if vm.issubclass(subclass, class)? {
        return Ok(subclass.clone());
    }
    // The other way round the two would include each other.
    if vm.issubclass(class, subclass)? {
        return vm.raise(Exc::RuntimeError, "Refusing to create an inheritance cycle");
    }
    data(vm, class)?.registry.add(vm, subclass)?;
    let registrations = vm.state::<Registrations>();
    registrations.0.set(registrations.0.get() + 1);
    if let Some(class) = class.downcast::<Type>() {
        for (_, flag) in COLLECTION_FLAGS {
            if class.has_flag(flag) {
                set_collection_flag_recursive(subclass_type, flag);
            }
        }
    }
    Ok(subclass.clone())
}

fn instance_check(vm: &Vm, args: Args<'_>) -> PyResult {
    let (class, instance) = (args.value(0), args.value(1));
    let data = data(vm, class)?;
    let shown = vm.get_attr(instance, &vm.names.__class__)?;
    if data.positive.contains(&shown) {
        return Ok(Value::TRUE);
    }
    let own = vm.type_of(instance).to_value();
    if own.is(&shown) {
        let current = data.negative_version.get() == vm.state::<Registrations>().0.get();
        if current && data.negative.contains(&shown) {
            return Ok(Value::FALSE);
        }
        return vm.call_method(class, &vm.names.__subclasscheck__, &[shown]);
    }
    let result = vm.call_method(class, &vm.names.__subclasscheck__, &[shown])?;
    if vm.truth(&result)? {
        return Ok(result);
    }
    vm.call_method(class, &vm.names.__subclasscheck__, &[own])
}

fn subclass_check(vm: &Vm, args: Args<'_>) -> PyResult {
    let (class, subclass) = (args.value(0), args.value(1));
    let Some(subclass_type) = subclass.downcast::<Type>() else {
        return vm.raise(Exc::TypeError, "issubclass() arg 1 must be a class");
    };
    let data = data(vm, class)?;
    if data.positive.contains(subclass) {
        return Ok(Value::TRUE);
    }
    let version = vm.state::<Registrations>().0.get();
    if data.negative_version.get() < version {
        data.negative.clear();
        data.negative_version.set(version);
    } else if data.negative.contains(subclass) {
        return Ok(Value::FALSE);
    }
    let answer = vm.call_method(class, &vm.names.__subclasshook__, std::slice::from_ref(subclass))?;
    match answer.as_bool() {
        Some(true) => {
            data.positive.add(vm, subclass)?;
            return Ok(Value::TRUE);
        }
        Some(false) => {
            data.negative.add(vm, subclass)?;
            return Ok(Value::FALSE);
        }
        None if answer.is_not_implemented() => {}
        None => {
            return vm.raise(
                Exc::AssertionError,
                "__subclasshook__ must return either False, True, or NotImplemented",
            );
        }
    }
    let found = match class.downcast::<Type>() {
        Some(class) if subclass_type.is_subclass(class) => true,
        _ => in_family(vm, class, &data, subclass)?,
    };
    if found {
        data.positive.add(vm, subclass)?
    } else {
        data.negative.add(vm, subclass)?
    }
    Ok(found.into())
}

/// Whether `subclass` derives from a registered class or from a subclass of `class`.
fn in_family(vm: &Vm, class: &Value, data: &Gc<AbcData>, subclass: &Value) -> PyResult<bool> {
    for registered in data.registry.living() {
        if vm.issubclass(subclass, &registered)? {
            return Ok(true);
        }
    }
    let subclasses = vm.call_method(class, &vm.names.__subclasses__, &[])?;
    let Some(subclasses) = subclasses.downcast::<List>() else {
        return vm.raise(Exc::TypeError, "__subclasses__() must return a list");
    };
    for derived in subclasses.snapshot() {
        if vm.issubclass(subclass, &derived)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn dump(vm: &Vm, args: Args<'_>) -> PyResult {
    let data = data(vm, args.value(0))?;
    Ok(vm.tuple(&[
        data.registry.as_set(vm)?,
        data.positive.as_set(vm)?,
        data.negative.as_set(vm)?,
        Value::int(data.negative_version.get() as i64),
    ]))
}
