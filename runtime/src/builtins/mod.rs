//! The builtin functions, by subject.

mod attributes;
mod build_class;
mod code;
mod iteration;
mod numbers;
mod text;

use crate::class::build::native_function;
use crate::heap::Gc;
use crate::objects::module::Module;
use crate::types::BuiltinType;
use crate::value::Value;
use crate::{Exc, NativeFn, Vm};

/// Every builtin function.
static FUNCTIONS: &[&[NativeFn]] = &[
    attributes::FUNCTIONS,
    build_class::FUNCTIONS,
    code::FUNCTIONS,
    iteration::FUNCTIONS,
    numbers::FUNCTIONS,
    text::FUNCTIONS,
];

/// Classes that are builtins by name.
static CLASSES: &[BuiltinType] = &[
    BuiltinType::Object,
    BuiltinType::Type,
    BuiltinType::Int,
    BuiltinType::Bool,
    BuiltinType::Float,
    BuiltinType::Complex,
    BuiltinType::Str,
    BuiltinType::Bytes,
    BuiltinType::ByteArray,
    BuiltinType::MemoryView,
    BuiltinType::Tuple,
    BuiltinType::List,
    BuiltinType::Dict,
    BuiltinType::Set,
    BuiltinType::FrozenSet,
    BuiltinType::Range,
    BuiltinType::Slice,
    BuiltinType::Enumerate,
    BuiltinType::Zip,
    BuiltinType::Map,
    BuiltinType::Filter,
    BuiltinType::Reversed,
    BuiltinType::Property,
    BuiltinType::StaticMethod,
    BuiltinType::ClassMethod,
    BuiltinType::Super,
];

/// Fills the `builtins` module.
pub(crate) fn install(vm: &Vm, module: &Gc<Module>) {
    let module_name: Value = vm.intern("builtins").into();
    for function in FUNCTIONS.iter().copied().flatten() {
        module.set(vm, function.name(), native_function(vm, function, Some(module_name.clone())));
    }
    for ty in CLASSES {
        let class = vm.types.get(*ty);
        module.set(vm, &class.name_text(), class);
    }
    for exc in Exc::ALL {
        let class = vm.types.exception(*exc);
        module.set(vm, &class.name_text(), class);
    }
    if let Some(group) = vm.types.exception_group.get() {
        module.set(vm, "ExceptionGroup", group);
    }
    module.set(vm, "EnvironmentError", vm.types.exception(Exc::OSError));
    module.set(vm, "IOError", vm.types.exception(Exc::OSError));
    module.set(vm, "None", Value::NONE);
    module.set(vm, "True", Value::TRUE);
    module.set(vm, "False", Value::FALSE);
    module.set(vm, "Ellipsis", Value::ELLIPSIS);
    module.set(vm, "NotImplemented", Value::NOT_IMPLEMENTED);
    module.set(vm, "__debug__", vm.options.optimize == 0);
}
