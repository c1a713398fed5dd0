//! `_ouro`: what the Python half of the standard library needs from the runtime.

use ouro_runtime::class::{Type, type_flags};
use ouro_runtime::{Args, Exc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_ouro",
    functions: &[
        NativeFn::new("qualified(cls, /)", qualified),
        NativeFn::new("remembered_source(filename, qualname, first_line, /)", remembered_source),
        NativeFn::new("embedded_source(name, /)", embedded_source),
    ],
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

/// Source text of code that is in no file (`-c`, a prompt), or None.
fn remembered_source(vm: &Vm, args: Args<'_>) -> PyResult {
    let (filename, qualname) = (vm.str_text(args.value(0))?, vm.str_text(args.value(1))?);
    let first_line = u32::try_from(vm.to_i64(args.value(2))?).unwrap_or(0);
    let lines = vm.remembered_lines(&filename, &qualname, first_line);
    Ok(lines.map_or(Value::NONE, |lines| (lines.join("\n") + "\n").as_str().into()))
}

/// Source text of an embedded module, or None.
fn embedded_source(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.str_text(args.value(0))?;
    let module = crate::FROZEN.iter().find(|module| module.name == name);
    Ok(module.map_or(Value::NONE, |module| String::from_utf8_lossy(module.source).as_ref().into()))
}
