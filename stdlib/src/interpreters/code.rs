//! Code objects as bytes, and what must be known of one before it may run elsewhere.

use std::collections::BTreeSet;
use std::rc::Rc;

use ouro_lang::code::{CodeObject, Constant, Opcode, serialize, verify};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::code::Code;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::bytes_argument;

fn code_argument<'a>(vm: &Vm, args: Args<'a>) -> PyResult<&'a Code> {
    match args.value(0).downcast::<Code>() {
        Some(code) => Ok(code),
        None => vm.raise_type_of("expected a code object, got '{}'", args.value(0)),
    }
}

pub fn to_bytes(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Bytes::from_vec(serialize::write(&code_argument(vm, args)?.object)).into())
}

pub fn from_bytes(vm: &Vm, args: Args<'_>) -> PyResult {
    let read = serialize::read(bytes_argument(vm, args.value(0))?).map_err(|error| error.to_string());
    match read.and_then(|code| verify::verify(&code).map(|()| code).map_err(|error| error.to_string())) {
        Ok(code) => Ok(Code::new(vm, &Rc::new(code)).into()),
        Err(problem) => vm.raise(Exc::ValueError, problem),
    }
}

pub fn globals(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut names = BTreeSet::new();
    note_globals(&code_argument(vm, args)?.object, &mut names);
    Ok(vm.tuple(&names.into_iter().map(Value::from).collect::<Vec<_>>()))
}

/// Nesting is as deep as that of the source, which is bounded.
fn note_globals<'a>(code: &'a CodeObject, names: &mut BTreeSet<&'a str>) {
    for instruction in &code.instructions {
        if let Opcode::LoadGlobal
        | Opcode::StoreGlobal
        | Opcode::DeleteGlobal
        | Opcode::LoadName
        | Opcode::StoreName
        | Opcode::DeleteName = instruction.op()
        {
            names.extend(code.names.get(instruction.bc() as u32 as usize).map(|name| &**name));
        }
    }
    for constant in &code.constants {
        if let Constant::Code(nested) = constant {
            note_globals(nested, names);
        }
    }
}

pub fn returns_value(vm: &Vm, args: Args<'_>) -> PyResult {
    let code = &code_argument(vm, args)?.object;
    Ok(code.instructions.iter().any(|instruction| instruction.op() == Opcode::Return).into())
}
