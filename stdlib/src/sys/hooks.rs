//! Hooks of `sys`: for what is shown, for errors, for audits, for asynchronous generators.

use ouro_runtime::exceptions::{display_exception, write_unraisable};
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::str::Str;
use ouro_runtime::vm::hooks::Hooks;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::info::{ASYNCGEN_HOOKS, UNRAISABLE_HOOK_ARGS};

pub const FUNCTIONS: [NativeFn; 10] = [
    NativeFn::new("excepthook(exctype, value, traceback, /)", excepthook)
        .doc("Handle an exception by displaying it with a traceback on sys.stderr."),
    NativeFn::new("displayhook(object, /)", displayhook)
        .doc("Print an object to sys.stdout and also save it in builtins._"),
    NativeFn::new("unraisablehook(unraisable, /)", unraisablehook).doc("Handle an unraisable exception."),
    NativeFn::new("breakpointhook(*args, **kwargs)", breakpointhook)
        .doc("This hook function is called by built-in breakpoint()."),
    NativeFn::new("audit(event, /, *args)", audit).doc("Passes the event to any hooks that are attached."),
    NativeFn::new("addaudithook(hook)", addaudithook).doc("Adds a new audit hook callback."),
    NativeFn::new("get_asyncgen_hooks()", get_asyncgen_hooks)
        .doc("Return the installed asynchronous generators hooks."),
    NativeFn::new(
        "set_asyncgen_hooks?(firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
        set_asyncgen_hooks,
    )
    .doc("Set a finalizer and a first-iteration hook for asynchronous generators."),
    NativeFn::new("settrace(function, /)", |vm, args| no_tracing(vm, args, "settrace"))
        .doc("Set the global debug tracing function."),
    NativeFn::new("setprofile(function, /)", |vm, args| no_tracing(vm, args, "setprofile"))
        .doc("Set the profiling function."),
];

fn no_tracing(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    if args.value(0).is_none() {
        return Ok(Value::NONE);
    }
    vm.raise(Exc::NotImplementedError, format!("sys.{name}() is not supported: frames are not traced"))
}

fn excepthook(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.value(1).downcast::<Exception>() {
        Some(exception) => {
            let traceback = args.value(2);
            if !traceback.is_none() && exception.traceback().is_none() {
                vm.set_attr(exception.as_value(), &vm.names.__traceback__, Some(traceback))?;
            }
            display_exception(vm, exception);
            Ok(Value::NONE)
        }
        None => {
            let got = vm.type_name(args.value(1));
            let text = format!("TypeError: print_exception(): Exception expected for value, {got} found\n");
            ouro_runtime::exceptions::write_stderr(vm, text.as_bytes());
            Ok(Value::NONE)
        }
    }
}

fn displayhook(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    if value.is_none() {
        return Ok(Value::NONE);
    }
    let last = vm.intern("_");
    drop(vm.builtins.insert_str(&last, Value::NONE));
    let stdout = vm.sys_attribute("stdout");
    let Some(stdout) = vm.catch(stdout, Exc::Exception)?.filter(|stdout| !stdout.is_none()) else {
        return vm.raise(Exc::RuntimeError, "lost sys.stdout");
    };
    let repr = vm.repr(value)?;
    let written = vm.call_method(&stdout, &vm.names.write, &[repr.to_value()]);
    if let Err(raised) = written {
        if !vm.raised_is(&raised, Exc::UnicodeEncodeError) {
            return Err(raised);
        }
        drop(vm.take_raised(raised));
        // What the stream cannot show is escaped.
        let encoding = vm.get_attr(&stdout, &vm.names.encoding)?;
        let encoding = vm.c_str_argument(&encoding, "displayhook", "encoding")?.to_string();
        let bytes = vm.encode_text(&repr, &encoding, "backslashreplace")?;
        let text = vm.decode_bytes(&bytes, &encoding, "strict")?;
        vm.call_method(&stdout, &vm.names.write, &[text.into()])?;
    }
    vm.call_method(&stdout, &vm.names.write, &[Str::shared(b"\n").into()])?;
    drop(vm.builtins.insert_str(&last, value.clone()));
    Ok(Value::NONE)
}

fn unraisablehook(vm: &Vm, args: Args<'_>) -> PyResult {
    let unraisable = args.value(0);
    if !vm.is_instance_of(unraisable, &UNRAISABLE_HOOK_ARGS.class(vm)?) {
        return vm.raise(Exc::TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    }
    let field = |name: &str| vm.get_attr_named(unraisable, name);
    let (value, message, object) = (field("exc_value")?, field("err_msg")?, field("object")?);
    let Some(exception) = value.downcast::<Exception>() else {
        return vm.raise(Exc::TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    };
    let message = match message.is_none() {
        true => None,
        false => Some(vm.str(&message)?),
    };
    let message = message.as_ref().map(|text| text.as_bytes());
    write_unraisable(vm, exception, message, Some(&object));
    Ok(Value::NONE)
}

/// `breakpoint()`: what `PYTHONBREAKPOINT` names, else `pdb.set_trace`.
fn breakpointhook(vm: &Vm, args: Args<'_>) -> PyResult {
    let setting = vm.host.variable("PYTHONBREAKPOINT").unwrap_or_default();
    let setting = String::from_utf8_lossy(&setting).into_owned();
    let path = match setting.as_str() {
        "0" => return Ok(Value::NONE),
        "" => "pdb.set_trace",
        path => path,
    };
    let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", path));
    let found = vm.import_module(module).and_then(|module| vm.get_attr_named(&module, name));
    let function = match found {
        Ok(function) => function,
        Err(raised)
            if !setting.is_empty()
                && (vm.raised_is(&raised, Exc::ImportError)
                    || vm.raised_is(&raised, Exc::AttributeError)) =>
        {
            drop(vm.take_raised(raised));
            vm.warn(Exc::RuntimeWarning, &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{path}\""), 1)?;
            return Ok(Value::NONE);
        }
        Err(raised) => return Err(raised),
    };
    vm.call_args(&function, Args::with_keywords(args.rest, args.kw_names, args.kw_values))
}

fn audit(vm: &Vm, args: Args<'_>) -> PyResult {
    let event = vm.str_argument(args.value(0), "audit", "argument 1")?;
    vm.audit(&event.to_string_lossy(), || args.rest().to_vec())?;
    Ok(Value::NONE)
}

fn addaudithook(vm: &Vm, args: Args<'_>) -> PyResult {
    // Hooks that are there already may refuse, silently.
    let allowed = vm.audit("sys.addaudithook", Vec::new);
    if vm.catch(allowed, Exc::RuntimeError)?.is_some() {
        vm.state::<Hooks>().audit.borrow_mut().push(args.value(0).clone());
    }
    Ok(Value::NONE)
}

fn get_asyncgen_hooks(vm: &Vm, _: Args<'_>) -> PyResult {
    let hooks = vm.state::<Hooks>();
    let values =
        [&hooks.first_iteration, &hooks.finalizer].map(|hook| hook.borrow().clone().unwrap_or(Value::NONE));
    ASYNCGEN_HOOKS.make(vm, values.to_vec())
}

fn set_asyncgen_hooks(vm: &Vm, args: Args<'_>) -> PyResult {
    for (at, name) in [(1, "finalizer"), (0, "firstiter")] {
        if let Some(hook) = args.get_not_none(at).filter(|hook| !vm.is_callable(hook)) {
            return vm.raise_type_of(&format!("callable {name} expected, got {{}}"), hook);
        }
    }
    let hooks = vm.state::<Hooks>();
    for (at, cell) in [(1, &hooks.finalizer), (0, &hooks.first_iteration)] {
        if let Some(hook) = args.get(at) {
            let _old = cell.replace((!hook.is_none()).then(|| hook.clone()));
        }
    }
    Ok(Value::NONE)
}
