//! The builtin functions, by subject.

mod build_class;

use crate::class::build::native_function;
use crate::heap::Gc;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::types::BuiltinType;
use crate::value::Value;
use crate::{Args, Exc, NativeFn, PyResult, Vm};

/// Every builtin function.
static FUNCTIONS: &[&[NativeFn]] = &[
    build_class::FUNCTIONS,
    &[
        NativeFn::new("__import__(name, globals=None, locals=None, fromlist=(), level=0)", import),
        NativeFn::new("print(*args, sep=' ', end='\\n', file=None, flush=False)", print),
        NativeFn::new("len(obj, /)", |vm, args| Ok(vm.len(args.value(0))?.into())),
        NativeFn::new("repr(obj, /)", |vm, args| Ok(vm.repr(args.value(0))?.into())),
    ],
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
    module.set(vm, "__debug__", Value::TRUE);
}

fn import(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.expect_str(args.value(0), "__import__() argument 1 must be str, not {}")?;
    let globals = match args.get_not_none(1).and_then(|globals| globals.downcast::<Dict>()) {
        Some(globals) => globals.clone(),
        None => Dict::new(),
    };
    let level = match args.get(4) {
        Some(level) => vm.to_i64(level)?,
        None => 0,
    };
    vm.import(name, &globals, args.get(3).unwrap_or(&Value::NONE), level)
}

fn print(vm: &Vm, args: Args<'_>) -> PyResult {
    use std::io::Write;
    let mut out = Vec::new();
    for (at, value) in args.rest().iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(vm.str(value)?.as_bytes());
    }
    out.push(b'\n');
    let _ = std::io::stdout().write_all(&out);
    Ok(Value::NONE)
}
