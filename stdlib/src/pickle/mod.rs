//! `_pickle`: objects to bytes and back, for `pickle.py`.
//!
//! `save.rs` and `reduce.rs` write, `load.rs` reads with `input.rs`; `pickler.rs` and `unpickler.rs` are the classes. Writing recurses over
//! the objects, its depth measured; reading is a loop over instructions with a stack on the heap, so that hostile input cannot overflow
//! anything, and allocates for data only what is there.

mod input;
mod load;
mod opcodes;
mod pickler;
mod reduce;
mod save;
mod unpickler;

use ouro_runtime::objects::module::Module;
use ouro_runtime::{Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::errors;

pub static MODULE: NativeModule = NativeModule {
    name: "_pickle",
    doc: "Native implementation of the pickle module.",
    functions: &[
        NativeFn::new(
            "dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
            pickler::dump_to,
        )
        .doc("Write a pickled representation of obj to the open file object file."),
        NativeFn::new("dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)", pickler::dumps)
            .doc("Return the pickled representation of the object as a bytes object."),
        NativeFn::new(
            "load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
            unpickler::load_from,
        )
        .doc("Read and return an object from the pickle data stored in a file."),
        NativeFn::new(
            "loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
            unpickler::loads,
        )
        .doc("Read and return an object from the given pickle data."),
    ],
    classes: &[
        NativeClass::of::<pickler::Pickler>(&pickler::TYPE),
        NativeClass::of::<pickler::MemoProxy>(&pickler::MEMO_TYPE),
        NativeClass::of::<unpickler::Unpickler>(&unpickler::TYPE),
        NativeClass::of::<unpickler::MemoProxy>(&unpickler::MEMO_TYPE),
    ],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    errors::define(vm, module, "_pickle", "PickleError", vm.types.exception(Exc::Exception))?;
    let base = module.get(vm, "PickleError").and_then(|base| base.into_gc().ok());
    let base = base.expect("an exception class was just defined");
    errors::define(vm, module, "_pickle", "PicklingError", &base)?;
    errors::define(vm, module, "_pickle", "UnpicklingError", &base)
}

#[cold]
fn pickling_error<T>(vm: &Vm, message: impl Into<String>) -> PyResult<T> {
    errors::raise(vm, "_pickle", "PicklingError", message.into())
}

#[cold]
fn unpickling_error<T>(vm: &Vm, message: impl Into<String>) -> PyResult<T> {
    errors::raise(vm, "_pickle", "UnpicklingError", message.into())
}

/// An attribute of an imported module.
fn of_module(vm: &Vm, module: &str, name: &str) -> PyResult {
    vm.get_attr_named(&vm.import_module(module)?, name)
}

/// A class as the format `%T` of CPython's messages shows it.
fn class_text(vm: &Vm, value: &Value) -> String {
    vm.type_of(value).short_qualified_name(vm)
}
