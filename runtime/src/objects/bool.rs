//! `bool`: the two inline values True and False, of a subclass of `int`.

use crate::class::{BinaryFn, BinaryOp, N_BINARY, Slots, TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload};
use crate::native::NativeFn;
use crate::objects::int;
use crate::{Args, Exc, PyResult, Value, Vm};

/// The payload of a class without heap instances.
pub struct Bool;

impl Payload for Bool {
    const KIND: Kind = Kind::Foreign;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "bool",
    doc: "Returns True when the argument is true, False otherwise.\n\
          The builtins True and False are the only two instances of the class bool.\n\
          The class bool is a subclass of the class int, and cannot be subclassed.",
    flags: type_flags::MATCH_SELF,
    new: Some(NativeFn::new("bool($type, object=False, /)", new)),
    slots: Slots { repr: Some(repr), invert: Some(invert), binary: BINARY, ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

const BINARY: [Option<BinaryFn>; N_BINARY] = {
    let mut table: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    table[BinaryOp::And as usize] = Some(and);
    table[BinaryOp::Or as usize] = Some(or);
    table[BinaryOp::Xor as usize] = Some(xor);
    table
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.get(1) {
        Some(value) => vm.truth(value).map(Value::bool),
        None => Ok(Value::FALSE),
    }
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    Ok(vm.intern(if value.as_bool() == Some(true) { "True" } else { "False" }).into())
}

fn invert(vm: &Vm, value: &Value) -> PyResult {
    vm.warn(
        Exc::DeprecationWarning,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the \
         underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation \
         or ~int(x) if you really want the bitwise inversion of the underlying int.",
        1,
    )?;
    int::invert(vm, value)
}

macro_rules! logical {
    ($name:ident, $op:tt, $of_ints:ident) => {
        fn $name(vm: &Vm, a: &Value, b: &Value) -> PyResult {
            match (a.as_bool(), b.as_bool()) {
                (Some(a), Some(b)) => Ok(Value::bool(a $op b)),
                _ => int::$of_ints(vm, a, b),
            }
        }
    };
}

logical!(and, &, bit_and);
logical!(or, |, bit_or);
logical!(xor, ^, bit_xor);
