//! `_imp`: native and embedded modules, for the finders of `importlib`.

use std::cell::Cell;

use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_imp",
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    functions: &[
        NativeFn::new("extension_suffixes()", |_, _| Ok(List::new(Vec::new()).into()))
            .doc("Returns the list of file suffixes used to identify extension modules."),
        NativeFn::new("lock_held()", |vm, _| Ok((vm.state::<Lock>().0.get() > 0).into()))
            .doc("Return True if the import lock is currently held, else False."),
        NativeFn::new("acquire_lock()", |vm, _| {
            let lock = vm.state::<Lock>();
            lock.0.set(lock.0.get() + 1);
            Ok(Value::NONE)
        })
        .doc("Acquires the interpreter's import lock for the current thread."),
        NativeFn::new("release_lock()", release_lock).doc("Release the interpreter's import lock."),
        NativeFn::new("find_frozen(name, /, *, withdata=False)", find_frozen)
            .doc("Return info about the corresponding frozen module (if there is one) or None."),
        NativeFn::new("get_frozen_object(name, data=None, /)", get_frozen_object)
            .doc("Create a code object for a frozen module."),
        NativeFn::new("is_frozen_package(name, /)", is_frozen_package)
            .doc("Returns True if the module name is of a frozen package."),
        NativeFn::new("create_builtin(spec, /)", create_builtin).doc("Create an extension module."),
        NativeFn::new("exec_builtin(mod, /)", exec_builtin).doc("Initialize a built-in module."),
        NativeFn::new("is_builtin(name, /)", is_builtin)
            .doc("Returns True if the module name corresponds to a built-in module."),
        NativeFn::new("is_frozen(name, /)", |vm, args| {
            Ok(vm.frozen_module(&name(vm, args.value(0), "is_frozen")?).is_some().into())
        })
        .doc("Returns True if the module name corresponds to a frozen module."),
        NativeFn::new("_gives_way(name, /)", |vm, args| {
            let frozen = vm.frozen_module(&name(vm, args.value(0), "_gives_way")?);
            Ok(frozen.is_some_and(|frozen| frozen.gives_way).into())
        })
        .doc("Whether a frozen module stands in for an installed one."),
        NativeFn::new("_frozen_module_names()", |vm, _| {
            Ok(List::new(vm.frozen_module_names().into_iter().map(Value::from).collect()).into())
        })
        .doc("Returns the list of available frozen modules."),
        NativeFn::new("_fix_co_filename(code, path, /)", |_, _| Ok(Value::NONE))
            .doc("Changes code.co_filename to specify the passed-in path."),
    ],
    init: Some(|vm, module| {
        module.set(vm, "check_hash_based_pycs", "default");
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

/// How often the import lock is held; imports need none while there is one thread.
#[derive(Default)]
struct Lock(Cell<usize>);

fn release_lock(vm: &Vm, _: Args<'_>) -> PyResult {
    let lock = vm.state::<Lock>();
    match lock.0.get() {
        0 => vm.raise(Exc::RuntimeError, "not holding the import lock"),
        n => {
            lock.0.set(n - 1);
            Ok(Value::NONE)
        }
    }
}

fn name(vm: &Vm, value: &Value, function: &str) -> PyResult<String> {
    Ok(vm.str_argument(value, function, "argument")?.to_string_lossy().into_owned())
}

fn no_such<T>(vm: &Vm, name: &str) -> PyResult<T> {
    let message: Value = format!("No such frozen object named '{name}'").into();
    let exception = Exception::new(vm, Exc::ImportError, std::slice::from_ref(&message));
    exception.set_field(1, name.into());
    vm.raise_value(exception)
}

fn find_frozen(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = name(vm, args.value(0), "find_frozen")?;
    let Some(frozen) = vm.frozen_module(&name) else { return Ok(Value::NONE) };
    Ok(vm.tuple(&[Value::NONE, frozen.is_package.into(), name.as_str().into()]))
}

fn get_frozen_object(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = name(vm, args.value(0), "get_frozen_object")?;
    if args.get_not_none(1).is_some() {
        return vm.raise(Exc::NotImplementedError, "get_frozen_object() with data is not supported");
    }
    match vm.frozen_module(&name) {
        Some(frozen) => Ok(vm.frozen_code(frozen)?.into()),
        None => no_such(vm, &name),
    }
}

fn is_frozen_package(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = name(vm, args.value(0), "is_frozen_package")?;
    match vm.frozen_module(&name) {
        Some(frozen) => Ok(frozen.is_package.into()),
        None => no_such(vm, &name),
    }
}

/// 0 for none, 1 for a native module, -1 for one that cannot be made again.
fn is_builtin(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = name(vm, args.value(0), "is_builtin")?;
    Ok(Value::small(match name.as_str() {
        "sys" | "builtins" => -1,
        name => vm.native_module(name).is_some().into(),
    }))
}

/// An empty module for a native one; `exec_builtin` fills it.
fn create_builtin(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.get_attr(args.value(0), &vm.names.name)?;
    let Some(text) = name.downcast::<Str>() else {
        return vm.raise_type_of("name must be string, not {}", &name);
    };
    if let Some(known) = vm.modules.get_str(text).filter(|_| text == "sys" || text == "builtins") {
        return Ok(known);
    }
    match vm.native_module(&text.to_string_lossy()) {
        Some(native) => Ok(Module::new(vm, native.name).into()),
        None => Ok(Value::NONE),
    }
}

fn exec_builtin(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(module) = args.value(0).downcast::<Module>() else { return Ok(Value::small(0)) };
    let name = module.get(vm, "__name__").and_then(|name| name.into_gc::<Str>().ok());
    let native = name.and_then(|name| vm.native_module(&name.to_string_lossy()));
    if let Some(native) = native {
        if native.name != "sys" {
            fill(vm, module, native)?;
        }
    }
    Ok(Value::small(0))
}

/// Fills a module, unless it has been.
fn fill(vm: &Vm, module: &Gc<Module>, native: &'static NativeModule) -> PyResult<()> {
    let is_filled =
        native.functions.first().is_some_and(|function| module.get(vm, function.name()).is_some());
    if is_filled {
        return Ok(());
    }
    // Classes are found by their payload: a second copy of a module shares those of the first.
    if let Some(first) = vm.modules.get_str(&vm.intern(native.name)) {
        if let Some(first) = first.downcast::<Module>().filter(|first| !first.is(module)) {
            for (key, value) in first.namespace().snapshot() {
                if let Some(key) =
                    key.downcast::<Str>().filter(|key| module.namespace().get_str(key).is_none())
                {
                    drop(module.namespace().insert_str(key, value));
                }
            }
            return Ok(());
        }
    }
    vm.fill_native_module(module, native)
}
