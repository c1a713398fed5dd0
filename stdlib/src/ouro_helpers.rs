//! `_ouro`: what the Python half of the standard library needs from the runtime.

use ouro_runtime::class::{Type, type_flags};
use ouro_runtime::{Args, Exc, NativeFn, NativeModule, PyResult, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_ouro",
    functions: &[NativeFn::new("qualified(cls, /)", qualified)],
    ..NativeModule::DEFAULT
};

/// Class decorator: error messages name the class with its module, as for CPython's native classes. Subclasses are not
/// affected.
fn qualified(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.value(0).downcast::<Type>() {
        Some(class) => class.set_flag(type_flags::QUALIFIED, true),
        None => return vm.raise(Exc::TypeError, "qualified() wants a class"),
    }
    Ok(args.value(0).clone())
}
