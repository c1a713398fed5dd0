//! Exception classes that native modules define.

use ouro_runtime::class::Type;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::module::Module;
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

/// Makes an exception class and puts it into a module.
pub fn define(vm: &Vm, module: &Gc<Module>, shown_module: &str, name: &str, base: &Gc<Type>) -> PyResult<()> {
    let namespace = Dict::new();
    drop(namespace.insert_str(&vm.names.__module__, shown_module.into()));
    let arguments = [name.into(), vm.tuple(&[base.to_value()]), namespace.into()];
    let class = vm.call(vm.types.type_().as_value(), &arguments)?;
    module.set(vm, name, class);
    Ok(())
}

/// Raises an exception class of a module by its name.
#[cold]
pub fn raise<T>(vm: &Vm, module: &str, class: &str, message: impl Into<Value>) -> PyResult<T> {
    raise_with(vm, module, class, &[message.into()])
}

/// As [`raise`], with any arguments.
#[cold]
pub fn raise_with<T>(vm: &Vm, module: &str, class: &str, arguments: &[Value]) -> PyResult<T> {
    let Some(module) = vm.modules.get_str(&vm.intern(module)) else {
        return vm.raise_args(Exc::ValueError, arguments);
    };
    let class = vm.get_attr_named(&module, class)?;
    match vm.call(&class, arguments)?.into_gc::<Exception>() {
        Ok(exception) => vm.raise_value(exception),
        Err(_) => vm.raise(Exc::TypeError, "exceptions must derive from BaseException"),
    }
}

/// The result of a call of the system, its error raised.
pub fn os<T>(vm: &Vm, result: std::io::Result<T>) -> PyResult<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

/// As [`os`], for calls that interruptions do not end: handlers run, then it is made again. Other threads run meanwhile: `call` touches
/// nothing of Python's.
pub fn os_retried<T>(vm: &Vm, mut call: impl FnMut() -> std::io::Result<T>) -> PyResult<T> {
    loop {
        // One that came since the last instruction would not end the call.
        vm.check_signals()?;
        match vm.blocking(|_| call()) {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            result => return os(vm, result),
        }
    }
}
