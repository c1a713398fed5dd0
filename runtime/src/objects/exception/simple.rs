//! Exceptions with few attributes of their own: StopIteration, SystemExit, KeyError, ImportError, AttributeError, NameError.

use super::attributes::{field, this};
use super::base;
use crate::class::{Slots, TypeSpec};
use crate::native::NativeFn;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::{Args, Exc, PyResult, Value, Vm};

pub(super) const STOP_ITERATION: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_stop_iteration)),
    getset: &[field::<0>("value", "generator return value")],
    ..TypeSpec::DEFAULT
};

fn init_stop_iteration(vm: &Vm, args: Args<'_>) -> PyResult {
    base::init(vm, args)?;
    this(args.value(0)).set_field(0, args.values.get(1).cloned().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

pub(super) const SYSTEM_EXIT: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_system_exit)),
    getset: &[field::<0>("code", "exception code")],
    ..TypeSpec::DEFAULT
};

fn init_system_exit(vm: &Vm, args: Args<'_>) -> PyResult {
    base::init(vm, args)?;
    let exception = this(args.value(0));
    let code = match &args.values[1..] {
        [] => Value::NONE,
        [code] => code.clone(),
        _ => exception.args().into(),
    };
    exception.set_field(0, code);
    Ok(Value::NONE)
}

pub(super) const KEY_ERROR: TypeSpec =
    TypeSpec { slots: Slots { str: Some(str_key_error), ..Slots::NONE }, ..TypeSpec::DEFAULT };

/// One argument shows as its repr, so that `KeyError('')` says something.
fn str_key_error(vm: &Vm, value: &Value) -> PyResult {
    match this(value).args().items() {
        [key] => vm.repr(key).map(Into::into),
        _ => base::str(vm, value),
    }
}

/// Stores positional arguments as `args`, and keyword arguments as the fields that `names` lists, with their index.
fn init_with_keywords(vm: &Vm, class_name: &str, args: &Args<'_>, names: &[(&str, usize)]) -> PyResult<()> {
    let exception = this(args.value(0));
    base::store_args(exception, &args.values[1..]);
    for (_, at) in names {
        exception.set_field(*at, Value::UNBOUND);
    }
    for (key, value) in args.keywords() {
        match names.iter().find(|(name, _)| name.as_bytes() == key.as_bytes()) {
            Some((_, at)) => exception.set_field(*at, value.clone()),
            None => {
                return vm.raise(
                    Exc::TypeError,
                    format!("{class_name}() got an unexpected keyword argument '{key}'"),
                );
            }
        }
    }
    Ok(())
}

pub(super) const IMPORT_ERROR: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_import_error)),
    methods: &[NativeFn::new("__reduce__($self, /)", reduce_import_error)],
    getset: &[
        field::<0>("msg", "exception message"),
        field::<1>("name", "module name"),
        field::<2>("path", "module path"),
        field::<3>("name_from", "name imported from module"),
    ],
    slots: Slots { str: Some(str_import_error), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn init_import_error(vm: &Vm, args: Args<'_>) -> PyResult {
    init_with_keywords(vm, "ImportError", &args, &[("name", 1), ("path", 2), ("name_from", 3)])?;
    let message = match &args.values[1..] {
        [message] => message.clone(),
        _ => Value::UNBOUND,
    };
    this(args.value(0)).set_field(0, message);
    Ok(Value::NONE)
}

fn str_import_error(vm: &Vm, value: &Value) -> PyResult {
    match this(value).field(0).filter(|message| message.downcast_exact::<Str>().is_some()) {
        Some(message) => Ok(message),
        None => base::str(vm, value),
    }
}

/// The `__dict__` and those of the fields that are set, as one new dict; `None` if that would be empty.
fn state_with(vm: &Vm, value: &Value, names: &[(&str, usize)]) -> Option<Value> {
    let exception = this(value);
    let set: Vec<_> = names.iter().filter_map(|(name, at)| Some((*name, exception.field(*at)?))).collect();
    let own = base::own_dict(exception);
    if set.is_empty() {
        return own;
    }
    let state = match own.as_ref().and_then(|own| own.downcast::<Dict>()) {
        Some(own) => own.copy(),
        None => Dict::new(),
    };
    for (name, value) in set {
        drop(state.insert_str(&vm.intern(name), value));
    }
    Some(state.into())
}

fn reduce_import_error(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let state = state_with(vm, value, &[("name", 1), ("path", 2), ("name_from", 3)]);
    base::reduced(vm, value, this(value).args().into(), state)
}

pub(super) const ATTRIBUTE_ERROR: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_attribute_error)),
    methods: &[
        NativeFn::new("__getstate__($self, /)", get_attribute_error_state),
        NativeFn::new("__reduce__($self, /)", reduce_attribute_error),
    ],
    getset: &[field::<0>("name", "attribute name"), field::<1>("obj", "object")],
    ..TypeSpec::DEFAULT
};

fn init_attribute_error(vm: &Vm, args: Args<'_>) -> PyResult {
    init_with_keywords(vm, "AttributeError", &args, &[("name", 0), ("obj", 1)])?;
    Ok(Value::NONE)
}

/// Without `obj`, which may not be picklable.
fn attribute_error_state(vm: &Vm, value: &Value) -> Option<Value> {
    let exception = this(value);
    let own = base::own_dict(exception);
    if exception.field(0).is_none() && own.is_none() {
        return None;
    }
    let state = match own.as_ref().and_then(|own| own.downcast::<Dict>()) {
        Some(own) => own.copy(),
        None => Dict::new(),
    };
    if let Some(name) = exception.field(0) {
        drop(state.insert_str(&vm.names.name, name));
    }
    drop(state.insert_str(&vm.names.args, exception.args().into()));
    Some(state.into())
}

fn get_attribute_error_state(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(attribute_error_state(vm, args.value(0)).unwrap_or(Value::NONE))
}

fn reduce_attribute_error(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    base::reduced(vm, value, this(value).args().into(), attribute_error_state(vm, value))
}

pub(super) const NAME_ERROR: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_name_error)),
    getset: &[field::<0>("name", "name")],
    ..TypeSpec::DEFAULT
};

fn init_name_error(vm: &Vm, args: Args<'_>) -> PyResult {
    init_with_keywords(vm, "NameError", &args, &[("name", 0)])?;
    Ok(Value::NONE)
}
