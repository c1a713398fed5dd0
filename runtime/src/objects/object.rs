//! `object`: what every class inherits.

use crate::class::instance::Instance;
use crate::class::new_object::object_new;
use crate::class::{CompareOp, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::Gc;
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "object",
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\n\
          instance that has no instance attributes and cannot be given any.\n",
    flags: type_flags::BASE_TYPE,
    methods: &[
        NativeFn::new("__format__($self, format_spec, /)", format)
            .doc("Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise."),
        NativeFn::new("__dir__($self, /)", dir).doc("Default dir() implementation."),
        NativeFn::new("__sizeof__($self, /)", |_, args| {
            Ok(args.value(0).header().map_or(size_of::<Value>(), |header| header.size_bytes()).into())
        })
        .doc("Size of object in memory, in bytes."),
        NativeFn::new("__reduce__($self, /)", |vm, args| super::reduce::reduce(vm, args.value(0), 0))
            .doc("Helper for pickle."),
        NativeFn::new("__reduce_ex__($self, protocol, /)", super::reduce::reduce_ex).doc("Helper for pickle."),
        NativeFn::new("__getstate__($self, /)", |vm, args| {
            super::reduce::default_state(vm, args.value(0), false)
        })
        .doc("Helper for pickle."),
    ],
    class_methods: &[
        NativeFn::new("__init_subclass__($type, /)", |_, _| Ok(Value::NONE))
        .doc("This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.\n"),
        NativeFn::new("__subclasshook__($type, object, /)", |_, _| Ok(Value::NOT_IMPLEMENTED)).doc(
            "Abstract classes can override this to customize issubclass().",
        ),
    ],
    getset: &[GetSet { doc: "the object's class", ..GetSet::new("__class__", get_class, set_class) }],
    slots: Slots { new: Some(object_new), hash: Some(hash), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Hash by identity.
pub fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    let hash = value.id().rotate_right(4) as i64;
    Ok(if hash == -1 { -2 } else { hash })
}

/// `object`'s comparisons: identity, and `!=` as the opposite of what the class's `==` says.
pub fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq if a.is(b) => Ok(Value::TRUE),
        CompareOp::Ne => match vm.type_of(a).slots().compare {
            Some(slot) => {
                let equal = slot(vm, a, b, CompareOp::Eq)?;
                if equal.is_not_implemented() {
                    return Ok(equal);
                }
                Ok(Value::bool(!vm.truth(&equal)?))
            }
            None if a.is(b) => Ok(Value::FALSE),
            None => Ok(Value::NOT_IMPLEMENTED),
        },
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult {
    let spec = vm.expect_str(args.value(1), "__format__() argument must be str, not {}")?;
    if spec.is_empty() {
        return vm.str(args.value(0)).map(Value::from);
    }
    vm.raise_type_of("unsupported format string passed to {}.__format__", args.value(0))
}

/// Names of the object's own attributes and of those of its class and bases, unsorted.
fn dir(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let names = Dict::new();
    if let Some(dict) = vm.get_attr_opt(value, &vm.names.__dict__)? {
        if let Some(dict) = dict.downcast::<Dict>() {
            for (key, _) in dict.snapshot() {
                names.insert(vm, key, Value::NONE)?;
            }
        }
    }
    if let Some(class) = vm.get_attr_opt(value, &vm.names.__class__)? {
        merge_class_names(vm, &names, &class)?;
    }
    Ok(List::new(names.snapshot().into_iter().map(|(key, _)| key).collect()).into())
}

/// Adds the names in the dicts of a class and its bases.
pub fn merge_class_names(vm: &Vm, names: &Gc<Dict>, class: &Value) -> PyResult<()> {
    vm.check_native_depth("")?;
    if let Some(class) = class.downcast::<Type>() {
        let mro = class.mro.borrow().clone();
        for class in mro {
            for (key, _) in class.dict.snapshot() {
                names.insert(vm, key, Value::NONE)?;
            }
        }
        return Ok(());
    }
    if let Some(dict) = vm.get_attr_opt(class, &vm.names.__dict__)? {
        if let Some(dict) = dict.downcast::<Dict>() {
            for (key, _) in dict.snapshot() {
                names.insert(vm, key, Value::NONE)?;
            }
        }
    }
    if let Some(bases) = vm.get_attr_opt(class, &vm.names.__bases__)? {
        for base in vm.collect(&bases)? {
            merge_class_names(vm, names, &base)?;
        }
    }
    Ok(())
}

fn get_class(vm: &Vm, value: &Value) -> PyResult {
    Ok(vm.type_of(value).to_value())
}

fn set_class(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "can't delete __class__ attribute") };
    let Some(new) = new.downcast::<Type>() else {
        return vm.raise_type_of("__class__ must be set to a class, not '{}' object", new);
    };
    let old = vm.type_of(value).clone();
    let module = vm.types.module();
    let both_modules = old.is_subclass(module) && new.is_subclass(module);
    let mutable = |class: &Gc<Type>| !class.has_flag(type_flags::IMMUTABLE);
    let allowed = both_modules || mutable(&old) && mutable(new);
    if !allowed {
        return vm.raise(
            Exc::TypeError,
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        );
    }
    if !crate::class::new_class::same_layout(&old, new) {
        let (old, new) = (old.display_name(), new.display_name());
        return vm.raise(
            Exc::TypeError,
            format!("__class__ assignment: '{new}' object layout differs from '{old}'"),
        );
    }
    if let Some(instance) = value.downcast::<Instance>() {
        // The shape belongs to the old class.
        if new.has_flag(type_flags::HAS_DICT) {
            instance.materialize();
        }
    }
    if let Some(header) = value.header() {
        header.set_ty(new);
    }
    Ok(())
}

/// `__dict__` in the dict of the Python class that gives its instances one.
pub static DICT_GETSET: GetSet = GetSet {
    name: "__dict__",
    doc: "dictionary for instance variables",
    get: super::static_method::get_dict,
    set: Some(|vm, value, new| {
        let dict = match new {
            None => Dict::new(),
            Some(new) => match new.downcast::<Dict>() {
                Some(dict) => dict.clone(),
                None => {
                    return vm.raise_type_of("__dict__ must be set to a dictionary, not a '{}'", new);
                }
            },
        };
        if !vm.set_instance_dict(value, dict) {
            return vm.raise(Exc::AttributeError, "This object has no __dict__");
        }
        Ok(())
    }),
};

/// `__weakref__`, likewise.
pub static WEAKREF_GETSET: GetSet = GetSet {
    name: "__weakref__",
    doc: "list of weak references to the object",
    get: |vm, value| {
        let Some(header) = value.header() else { return Ok(Value::NONE) };
        Ok(vm.heap.weak.references(header).first().map_or(Value::NONE, Value::from))
    },
    set: None,
};

/// An interned attribute name from an argument.
///
/// # Errors
/// TypeError "attribute name must be string, not 'X'".
pub fn attribute_name(vm: &Vm, name: &Value) -> PyResult<Gc<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(vm.intern_str(name)),
        None => vm.raise_type_of("attribute name must be string, not '{}'", name),
    }
}

/// See [`special::mix_identities`]; hash of objects that compare by the identity of two parts.
pub fn pair_hash(a: &Value, b: &Value) -> i64 {
    special::mix_identities(a.id(), b.id())
}
