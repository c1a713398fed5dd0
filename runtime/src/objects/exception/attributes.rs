//! Attributes of exception classes that lie in [`Exception`]'s fields, by index.

use super::Exception;
use crate::{Exc, Gc, GetSet, PyResult, Value, Vm};

/// Self of a slot or attribute.
pub(super) fn this(value: &Value) -> &Gc<Exception> {
    value.downcast().expect("slots see instances of their class")
}

fn get<const AT: usize>(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).field(AT).unwrap_or(Value::NONE))
}

fn set<const AT: usize>(_vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    this(value).set_field(AT, new.cloned().unwrap_or(Value::UNBOUND));
    Ok(())
}

fn refuse(vm: &Vm, _: &Value, _: Option<&Value>) -> PyResult<()> {
    vm.raise(Exc::AttributeError, "readonly attribute")
}

fn set_number<const AT: usize>(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else {
        return vm.raise(Exc::TypeError, "can't delete numeric/char attribute");
    };
    if !vm.has_index(new) {
        return vm.raise(Exc::TypeError, "an integer is required");
    }
    let n = vm.to_i64(new)?;
    this(value).set_field(AT, Value::int(n));
    Ok(())
}

/// A field that may be set to anything, and reads None once deleted.
pub(super) const fn field<const AT: usize>(name: &'static str, doc: &'static str) -> GetSet {
    GetSet { name, doc, get: get::<AT>, set: Some(set::<AT>) }
}

/// A field that cannot be set from Python.
pub(super) const fn fixed<const AT: usize>(name: &'static str, doc: &'static str) -> GetSet {
    GetSet { name, doc, get: get::<AT>, set: Some(refuse) }
}

/// A field that is always a machine integer.
pub(super) const fn number<const AT: usize>(name: &'static str, doc: &'static str) -> GetSet {
    GetSet { name, doc, get: get::<AT>, set: Some(set_number::<AT>) }
}
