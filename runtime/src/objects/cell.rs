//! `cell`: a variable shared between a function and those defined inside it.

use std::cell::RefCell;

use crate::class::{CompareOp, Slots, TypeSpec, special};
use crate::heap::{self, Kind, Payload};
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// The variable; unbound while unassigned.
pub struct CellObject {
    pub content: RefCell<Value>,
}

impl Payload for CellObject {
    const KIND: Kind = Kind::Cell;
    crate::trace_fields!(content);

    fn clear(&self) {
        drop(self.content.replace(Value::UNBOUND));
    }
}

impl CellObject {
    pub fn new(content: Value) -> Gc<CellObject> {
        heap::alloc(Vm::current().types.cell(), CellObject { content: RefCell::new(content) })
    }

    /// The variable's value, `None` while unassigned.
    #[inline]
    pub fn get(&self) -> Option<Value> {
        let content = self.content.borrow();
        (!content.is_unbound()).then(|| content.clone())
    }

    #[inline]
    pub fn set(&self, value: Value) -> Value {
        self.content.replace(value)
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "cell",
    flags: 0,
    new: Some(NativeFn::new("cell($type, contents=<unrepresentable>, /)", new)),
    getset: &[GetSet::new("cell_contents", get_contents, set_contents)],
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(special::unhashable), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(CellObject::new(args.get(1).cloned().unwrap_or(Value::UNBOUND)).into())
}

fn this(value: &Value) -> &Gc<CellObject> {
    value.downcast().expect("slots see instances of their class")
}

fn repr(vm: &Vm, cell: &Value) -> PyResult {
    let content = match this(cell).get() {
        Some(content) => format!("{} object at {:#x}", vm.type_name(&content), content.id()),
        None => "empty".to_string(),
    };
    Ok(format!("<cell at {:#x}: {content}>", cell.id()).into())
}

/// Cells compare by content; an empty one is less than any other.
fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<CellObject>() else { return Ok(Value::NOT_IMPLEMENTED) };
    match (this(a).get(), b.get()) {
        (Some(a), Some(b)) => vm.compare(&a, &b, op),
        (a, b) => Ok(op.holds(a.is_some().cmp(&b.is_some())).into()),
    }
}

fn get_contents(vm: &Vm, cell: &Value) -> PyResult {
    match this(cell).get() {
        Some(content) => Ok(content),
        None => vm.raise(Exc::ValueError, "cell is empty"),
    }
}

fn set_contents(_vm: &Vm, cell: &Value, new: Option<&Value>) -> PyResult<()> {
    drop(this(cell).set(new.cloned().unwrap_or(Value::UNBOUND)));
    Ok(())
}
