//! `_socket`: sockets and the names of hosts. `socket.py` puts its class and enumerations over it.
//!
//! [`object`] has the class and what joins sockets to addresses, [`transfer`] sends and receives, [`message`] with more than plain bytes,
//! [`options`] sets and asks, [`address`] knows what addresses look like in Python, [`names`] looks up, [`attempt`] waits.

mod address;
pub mod attempt;
mod constants;
mod message;
mod names;
pub mod object;
mod options;
mod transfer;

pub use attempt::milliseconds;

use std::cell::{Cell, RefCell};

use ouro_runtime::host::GaiError;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeModule, PyResult, Value, Vm};

use crate::errors;

pub static MODULE: NativeModule = NativeModule {
    name: "_socket",
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: names::FUNCTIONS,
    classes: &[NativeClass::of::<object::Socket>(&object::TYPE)],
    init: Some(init),
};

/// What the module keeps per interpreter.
struct State {
    gaierror: RefCell<Option<Value>>,
    herror: RefCell<Option<Value>>,
    /// In nanoseconds; below zero for sockets that block.
    default_timeout: Cell<i64>,
}

impl Default for State {
    fn default() -> State {
        State { gaierror: RefCell::default(), herror: RefCell::default(), default_timeout: Cell::new(-1) }
    }
}

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let os_error = vm.types.exception(Exc::OSError);
    module.set(vm, "error", os_error.clone());
    errors::define(vm, module, "socket", "herror", os_error)?;
    errors::define(vm, module, "socket", "gaierror", os_error)?;
    let state = vm.state::<State>();
    state.herror.replace(module.get(vm, "herror"));
    state.gaierror.replace(module.get(vm, "gaierror"));
    module.set(vm, "timeout", vm.types.exception(Exc::TimeoutError).clone());
    if let Some(class) = module.get(vm, "socket") {
        module.set(vm, "SocketType", class);
    }
    module.set(vm, "has_ipv6", Value::TRUE);
    constants::set(vm, module);
    Ok(())
}

/// Raises `class(code, message)`.
#[cold]
fn raise_coded<T>(vm: &Vm, class: Option<Value>, code: i32, message: &str) -> PyResult<T> {
    let class = class.unwrap_or_else(|| vm.types.exception(Exc::OSError).to_value());
    let exception = vm.call(&class, &[Value::small(code.into()), message.into()])?;
    match exception.into_gc::<Exception>() {
        Ok(exception) => vm.raise_value(exception),
        Err(_) => vm.raise(Exc::TypeError, "exceptions must derive from BaseException"),
    }
}

/// Raises `socket.gaierror`, or the system's error behind it.
#[cold]
fn raise_gai<T>(vm: &Vm, error: GaiError) -> PyResult<T> {
    if let Some(system) = error.system {
        return vm.raise_os_error(&system, None);
    }
    let class = vm.state::<State>().gaierror.borrow().clone();
    raise_coded(vm, class, error.code, &error.message)
}

/// "recv() takes at most 2 arguments (3 given)", for functions that get their arguments as they come; `own` of them are not counted.
fn check_count(vm: &Vm, args: &Args<'_>, own: usize, name: &str, min: usize, max: usize) -> PyResult<()> {
    if args.has_keywords() {
        return vm.raise(Exc::TypeError, format!("{name}() takes no keyword arguments"));
    }
    let given = args.len() - own;
    if (min..=max).contains(&given) {
        return Ok(());
    }
    let (bound, count) = match (min == max, given < min) {
        (true, _) => ("exactly", min),
        (false, true) => ("at least", min),
        (false, false) => ("at most", max),
    };
    let plural = if count == 1 { "" } else { "s" };
    vm.raise(Exc::TypeError, format!("{name}() takes {bound} {count} argument{plural} ({given} given)"))
}

/// An integer's low 32 bits, as C code takes unsigned ones without looking.
pub fn masked_u32(vm: &Vm, value: &Value) -> PyResult<u32> {
    Ok(masked_u64(vm, value)? as u32)
}

/// An integer's low 64 bits.
fn masked_u64(vm: &Vm, value: &Value) -> PyResult<u64> {
    let index = vm.index(value)?;
    if let Some(n) = ouro_runtime::objects::int::as_i64(&index) {
        return Ok(n as u64);
    }
    let low = crate::convert::big(vm, &index)? & num_bigint::BigInt::from(u64::MAX);
    Ok(low.iter_u64_digits().next().unwrap_or(0))
}

/// A size: what `ssize_t` holds.
fn size(vm: &Vm, value: &Value) -> PyResult<i64> {
    crate::convert::int64(vm, value, "ssize_t")
}

/// A descriptor: a C long that is cut to an int.
fn descriptor(vm: &Vm, value: &Value) -> PyResult<i32> {
    Ok(crate::convert::int64(vm, value, "long")? as i32)
}

/// A host name for the resolver.
///
/// # Errors
/// TypeError "str, bytes or bytearray expected, not int" and its like; `name_error` says what is said of text that is no host name.
fn host_name(vm: &Vm, value: &Value) -> PyResult<Vec<u8>> {
    let name = match value.downcast::<Str>() {
        Some(text) if text.is_ascii() => text.as_bytes().to_vec(),
        Some(text) => match idna(vm, text) {
            Ok(name) => name,
            Err(raised) => {
                drop(vm.take_raised(raised));
                return vm.raise(Exc::TypeError, "encoding of hostname failed");
            }
        },
        None => match ouro_runtime::objects::bytes::bytes_or_bytearray(value) {
            Some(name) => name,
            None => return vm.raise_type_of("str, bytes or bytearray expected, not {}", value),
        },
    };
    if name.contains(&0) {
        return vm.raise(Exc::TypeError, "host name must not contain null character");
    }
    Ok(name)
}

/// Text as a host name of ASCII labels.
fn idna(vm: &Vm, text: &Gc<Str>) -> PyResult<Vec<u8>> {
    vm.encode_text(text, "idna", "strict")
}
