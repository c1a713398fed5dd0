//! `BaseException`: what all exceptions can do.

use super::attributes::this;
use super::{Exception, builtin_of};
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::native::NativeFn;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::{Args, Exc, GetSet, PyResult, Value, Vm};

pub(super) const SPEC: TypeSpec = TypeSpec {
    name: "BaseException",
    doc: "Common base class for all exceptions",
    flags: type_flags::BASE_TYPE | type_flags::HAS_DICT,
    new: Some(NativeFn::new("BaseException", new)),
    init: Some(NativeFn::new("__init__", init)),
    methods: &[
        NativeFn::new("__reduce__($self, /)", reduce),
        NativeFn::new("__setstate__($self, state, /)", set_state),
        NativeFn::new("with_traceback($self, tb, /)", with_traceback)
            .doc("Set self.__traceback__ to tb and return self."),
        NativeFn::new("add_note($self, note, /)", add_note).doc("Add a note to the exception"),
    ],
    getset: &[
        GetSet::new("__suppress_context__", get_suppress_context, set_suppress_context),
        GetSet::new("__dict__", get_dict, set_dict),
        GetSet::new("args", get_args, set_args),
        GetSet::new("__traceback__", get_traceback, set_traceback),
        GetSet { doc: "exception context", ..GetSet::new("__context__", get_context, set_context) },
        GetSet { doc: "exception cause", ..GetSet::new("__cause__", get_cause, set_cause) },
    ],
    slots: Slots { repr: Some(repr), str: Some(str), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Takes any arguments; `__init__` is what minds keywords.
pub(super) fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.this::<Type>();
    let base = builtin_of(vm, class);
    Ok(Exception::for_class(class, base, Tuple::from_slice(&args.values[1..])).into())
}

/// "X() takes no keyword arguments".
pub(super) fn no_keywords(vm: &Vm, exception: &Value, args: &Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return args.no_keywords(vm, &vm.type_name(exception));
    }
    Ok(())
}

pub(super) fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let exception = this(args.value(0));
    no_keywords(vm, args.value(0), &args)?;
    store_args(exception, &args.values[1..]);
    Ok(Value::NONE)
}

/// Sets `args`, unless `__new__` already stored the same ones.
pub(super) fn store_args(exception: &Exception, args: &[Value]) {
    let same = {
        let stored = exception.args.borrow();
        stored.len() == args.len() && stored.items().iter().zip(args).all(|(a, b)| a.is(b))
    };
    if !same {
        exception.set_args(Tuple::from_slice(args));
    }
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let args = this(value).args();
    let name = vm.type_of(value).name.borrow().clone();
    let shown = match args.items() {
        [single] => vm.repr(single)?,
        _ => vm.repr(args.as_value())?,
    };
    let parts: &[&[u8]] = match args.items() {
        [_] => &[name.as_bytes(), b"(", shown.as_bytes(), b")"],
        _ => &[name.as_bytes(), shown.as_bytes()],
    };
    Ok(Str::concat_all(parts).into())
}

pub(super) fn str(vm: &Vm, value: &Value) -> PyResult {
    let args = this(value).args();
    match args.items() {
        [] => Ok(vm.empty_str.to_value()),
        [single] => vm.str(single).map(Into::into),
        _ => vm.str(args.as_value()).map(Into::into),
    }
}

/// The object's `__dict__` if it has anything in it.
pub(super) fn own_dict(exception: &Exception) -> Option<Value> {
    let dict = exception.dict.borrow().clone()?;
    dict.downcast::<Dict>().is_some_and(|dict| !dict.is_empty()).then_some(dict)
}

/// `(class, args[, state])`.
pub(super) fn reduced(vm: &Vm, value: &Value, args: Value, state: Option<Value>) -> PyResult {
    let class = vm.type_of(value).to_value();
    Ok(match state {
        Some(state) => vm.tuple(&[class, args, state]),
        None => vm.tuple(&[class, args]),
    })
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let exception = this(args.value(0));
    // As CPython, any `__dict__` ever asked for is part of the state.
    let state = exception.dict.borrow().clone();
    reduced(vm, args.value(0), exception.args().into(), state)
}

fn set_state(vm: &Vm, args: Args<'_>) -> PyResult {
    let state = args.value(1);
    if state.is_none() {
        return Ok(Value::NONE);
    }
    let Some(dict) = state.downcast::<Dict>() else {
        return vm.raise(Exc::TypeError, "state is not a dictionary");
    };
    for (key, value) in dict.snapshot() {
        let name = vm.expect_str(&key, "attribute name must be string, not '{}'")?;
        vm.set_attr(args.value(0), &vm.intern_str(name), Some(&value))?;
    }
    Ok(Value::NONE)
}

fn with_traceback(vm: &Vm, args: Args<'_>) -> PyResult {
    set_traceback(vm, args.value(0), Some(args.value(1)))?;
    Ok(args.value(0).clone())
}

fn add_note(vm: &Vm, args: Args<'_>) -> PyResult {
    let (exception, note) = (args.value(0), args.value(1));
    vm.expect_str(note, "add_note() argument must be str, not {}")?;
    let name = &vm.names.__notes__;
    let notes = match vm.get_attr_opt(exception, name)? {
        Some(notes) => notes,
        None => {
            let notes = List::new(Vec::new()).into();
            vm.set_attr(exception, name, Some(&notes))?;
            notes
        }
    };
    match notes.downcast::<List>() {
        Some(notes) => notes.push(note.clone()),
        None => return vm.raise(Exc::TypeError, "Cannot add note: __notes__ is not a list"),
    }
    Ok(Value::NONE)
}

fn get_suppress_context(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).suppress_context.get().into())
}

fn set_suppress_context(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else {
        return vm.raise(Exc::TypeError, "can't delete numeric/char attribute");
    };
    match new.as_bool() {
        Some(new) => this(value).suppress_context.set(new),
        None => return vm.raise(Exc::TypeError, "attribute value type must be bool"),
    }
    Ok(())
}

fn get_dict(vm: &Vm, value: &Value) -> PyResult {
    match vm.instance_dict(value) {
        Some(dict) => Ok(dict.into()),
        None => vm.raise_no_attribute(value, &vm.names.__dict__),
    }
}

fn set_dict(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "cannot delete __dict__") };
    match new.downcast::<Dict>() {
        Some(dict) => {
            vm.set_instance_dict(value, dict.clone());
            Ok(())
        }
        None => vm.raise_type_of("__dict__ must be set to a dictionary, not a '{}'", new),
    }
}

fn get_args(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).args().into())
}

fn set_args(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "args may not be deleted") };
    let items = vm.collect(new)?;
    this(value).set_args(Tuple::new(items));
    Ok(())
}

fn get_traceback(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).traceback().unwrap_or(Value::NONE))
}

fn set_traceback(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "__traceback__ may not be deleted") };
    if !new.is_none() && !vm.type_of(new).is(vm.types.traceback()) {
        return vm.raise(Exc::TypeError, "__traceback__ must be a traceback or None");
    }
    this(value).set_traceback(Some(new.clone()).filter(|new| !new.is_none()));
    Ok(())
}

fn get_context(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).context().map_or(Value::NONE, Into::into))
}

fn set_context(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "__context__ may not be deleted") };
    match new.downcast::<Exception>() {
        Some(context) => this(value).set_context(Some(context.clone())),
        None if new.is_none() => this(value).set_context(None),
        None => {
            return vm.raise(Exc::TypeError, "exception context must be None or derive from BaseException");
        }
    }
    Ok(())
}

fn get_cause(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).cause().unwrap_or(Value::NONE))
}

fn set_cause(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "__cause__ may not be deleted") };
    if !new.is_none() && new.downcast::<Exception>().is_none() {
        return vm.raise(Exc::TypeError, "exception cause must be None or derive from BaseException");
    }
    this(value).set_cause(Some(new.clone()).filter(|new| !new.is_none()));
    Ok(())
}
