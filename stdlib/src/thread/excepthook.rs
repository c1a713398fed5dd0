//! What happens with exceptions that a thread does not catch.

use ouro_runtime::exceptions::{display_exception, write_stderr};
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::identity;
use crate::struct_sequence::{StructSequence, fields};

/// `threading.ExceptHookArgs`.
pub static ARGS: StructSequence = StructSequence::new(
    "_thread",
    "_ExceptHookArgs",
    "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
    &fields(["exc_type", "exc_value", "exc_traceback", "thread"]),
    4,
    4,
);

/// `threading.excepthook(args)`: shows the exception; SystemExit is no error of a thread.
pub fn excepthook(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.value(0);
    if !vm.is_instance_of(given, &ARGS.class(vm)?) {
        return vm.raise(Exc::TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
    }
    let value = vm.get_attr_named(given, "exc_value")?;
    let class = vm.get_attr_named(given, "exc_type")?;
    if class.is(vm.types.exception(Exc::SystemExit).as_value()) {
        return Ok(Value::NONE);
    }
    let thread = vm.get_attr_named(given, "thread")?;
    let name = if thread.is_none() {
        vm.str_text(&identity(vm))?
    } else {
        let name = vm.get_attr_named(&thread, "name")?;
        vm.str_text(&name)?
    };
    let exception = match value.into_gc::<Exception>() {
        Ok(exception) => exception,
        Err(_) => match vm.call(&class, &[])?.into_gc::<Exception>() {
            Ok(exception) => exception,
            Err(_) => return Ok(Value::NONE),
        },
    };
    write_stderr(vm, format!("Exception in thread {name}:\n").as_bytes());
    display_exception(vm, &exception);
    Ok(Value::NONE)
}
