//! `sys`: what the interpreter says of itself, its settings, and the standard streams.

mod hooks;
mod info;
mod names;
pub mod site;

use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::set;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::io::open::standard_stream;

pub static MODULE: NativeModule = NativeModule {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: &{
        let mut all = [FUNCTIONS[0]; N_FUNCTIONS + 10];
        let mut at = 0;
        while at < all.len() {
            all[at] = if at < N_FUNCTIONS { FUNCTIONS[at] } else { hooks::FUNCTIONS[at - N_FUNCTIONS] };
            at += 1;
        }
        all
    },
    init: Some(init),
    ..NativeModule::DEFAULT
};

/// `sys._jit`: there is none.
static JIT: NativeModule = NativeModule {
    name: "sys._jit",
    doc: "Whether machine code is made at run time, and runs.",
    functions: &[
        NativeFn::new("is_available()", |_, _| Ok(Value::FALSE)).doc("Whether the interpreter could."),
        NativeFn::new("is_enabled()", |_, _| Ok(Value::FALSE)).doc("Whether it does."),
        NativeFn::new("is_active()", |_, _| Ok(Value::FALSE))
            .doc("Whether the caller's frame runs such code."),
    ],
    ..NativeModule::DEFAULT
};

const N_FUNCTIONS: usize = 36;

const FUNCTIONS: [NativeFn; N_FUNCTIONS] = [
    NativeFn::new("exit(status=None, /)", exit).doc("Exit the interpreter by raising SystemExit(status)."),
    NativeFn::new("exc_info()", exc_info)
        .doc("Return current exception information: (type, value, traceback)."),
    NativeFn::new("exception()", exception).doc("Return the current exception."),
    NativeFn::new("intern(string, /)", intern).doc("``Intern'' the given string."),
    NativeFn::new("_is_interned(string, /)", is_interned)
        .doc("Return True if the given string is \"interned\"."),
    NativeFn::new("getrecursionlimit()", |vm, _| Ok(Value::int(vm.recursion_limit.get().into())))
        .doc("Return the current value of the recursion limit."),
    NativeFn::new("setrecursionlimit(limit, /)", setrecursionlimit)
        .doc("Set the maximum depth of the Python interpreter stack to n."),
    NativeFn::new("getdefaultencoding()", |_, _| Ok("utf-8".into()))
        .doc("Return the current default encoding used by the Unicode implementation."),
    NativeFn::new("getfilesystemencoding()", |_, _| Ok("utf-8".into()))
        .doc("Return the encoding used to convert Unicode filenames to OS filenames."),
    NativeFn::new("getfilesystemencodeerrors()", |_, _| Ok("surrogateescape".into()))
        .doc("Return the error mode used for Unicode to OS filename conversion."),
    NativeFn::new("get_int_max_str_digits()", |vm, _| Ok(vm.int_max_str_digits.get().into()))
        .doc("Return the maximum string digits limit for non-binary int<->str conversions."),
    NativeFn::new("set_int_max_str_digits(maxdigits)", set_int_max_str_digits)
        .doc("Set the maximum string digits limit for non-binary int<->str conversions."),
    NativeFn::new("getsizeof", getsizeof).doc("Return the size of object in bytes."),
    NativeFn::new("getrefcount(object, /)", getrefcount).doc("Return the reference count of object."),
    NativeFn::new("_getframe(depth=0, /)", getframe).doc("Return a frame object from the call stack."),
    NativeFn::new("_getframemodulename(depth=0)", getframemodulename)
        .doc("Return the name of the module for a calling frame."),
    NativeFn::new("_current_frames()", current_frames)
        .doc("Return a dict mapping each thread's thread id to its current stack frame."),
    NativeFn::new("_current_exceptions()", current_exceptions)
        .doc("Return a dict mapping each thread's identifier to its current raised exception."),
    NativeFn::new("gettrace()", |_, _| Ok(Value::NONE)).doc("Return the global debug tracing function."),
    NativeFn::new("getprofile()", |_, _| Ok(Value::NONE)).doc("Return the profiling function."),
    NativeFn::new("call_tracing(func, args, /)", call_tracing)
        .doc("Call func(*args), while tracing is enabled."),
    NativeFn::new("getswitchinterval()", |vm, _| Ok(vm.threads.switch_interval().as_secs_f64().into()))
        .doc("Return the current thread switch interval."),
    NativeFn::new("setswitchinterval(interval, /)", setswitchinterval)
        .doc("Set the ideal thread switching delay inside the Python interpreter."),
    NativeFn::new("get_coroutine_origin_tracking_depth()", |vm, _| {
        Ok(Value::int(vm.origin_tracking_depth.get().into()))
    })
    .doc("Check status of origin tracking for coroutine objects in this thread."),
    NativeFn::new("set_coroutine_origin_tracking_depth(depth)", set_origin_tracking_depth)
        .doc("Enable or disable origin tracking for coroutine objects in this thread."),
    NativeFn::new("is_finalizing()", |vm, _| Ok(vm.state::<Settings>().finalizing.get().into()))
        .doc("Return True if Python is exiting."),
    // As CPython answers where another allocator than its own is at work.
    NativeFn::new("getallocatedblocks()", |_, _| Ok(Value::small(0)))
        .doc("Return the number of memory blocks currently allocated."),
    NativeFn::new("_is_gil_enabled()", |_, _| Ok(Value::TRUE))
        .doc("Return True if the GIL is currently enabled and False if it's disabled."),
    NativeFn::new("is_stack_trampoline_active()", |_, _| Ok(Value::FALSE))
        .doc("Return *True* if a stack profiler trampoline is active."),
    NativeFn::new("is_remote_debug_enabled()", |_, _| Ok(Value::FALSE))
        .doc("Return True if remote debugging is enabled, False otherwise."),
    NativeFn::new("_clear_internal_caches()", |_, _| Ok(Value::NONE))
        .doc("Clear all internal performance-related caches."),
    NativeFn::new("_is_immortal(op, /)", |_, args| Ok(args.value(0).header().is_none().into()))
        .doc("Return True if the given object is \"immortal\" per PEP 683."),
    NativeFn::new("getunicodeinternedsize(*, _only_immortal=False)", |vm, _| Ok(vm.interner.len().into()))
        .doc("Return the number of elements of the unicode interned dictionary"),
    NativeFn::new("activate_stack_trampoline(backend, /)", |vm, args| {
        vm.str_argument(args.value(0), "activate_stack_trampoline", "argument")?;
        vm.raise(Exc::ValueError, "perf trampoline not available")
    })
    .doc("Activate stack profiler trampoline *backend*."),
    NativeFn::new("deactivate_stack_trampoline()", |_, _| Ok(Value::NONE))
        .doc("Deactivate the current stack profiler trampoline backend."),
    NativeFn::new("_get_cpu_count_config()", |_, _| Ok(Value::small(-1)))
        .doc("Private function for getting PyConfig.cpu_count"),
];

/// What the module keeps per interpreter.
#[derive(Default)]
struct Settings {
    finalizing: std::cell::Cell<bool>,
}

/// Whether the interpreter is about to end.
pub fn is_finalizing(vm: &Vm) -> bool {
    vm.state::<Settings>().finalizing.get()
}

/// The interpreter is about to end: `sys.is_finalizing()` is true from now on.
pub fn begin_finalizing(vm: &Vm) {
    vm.state::<Settings>().finalizing.set(true);
}

/// Tells audit hooks of an event.
pub fn audit(vm: &Vm, event: &str, arguments: impl FnOnce() -> Vec<Value>) -> PyResult<()> {
    vm.audit(event, arguments)
}

/// Whether options or the environment ask for warnings.
pub fn has_warn_options(vm: &Vm) -> bool {
    let options = vm.sys_attribute("warnoptions");
    match vm.catch(options, Exc::Exception) {
        Ok(Some(options)) => options.downcast::<List>().is_none_or(|options| !options.is_empty()),
        _ => false,
    }
}

fn texts(parts: impl Iterator<Item = String>) -> Value {
    List::new(parts.map(|part| part.as_str().into()).collect()).into()
}

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    info::fill(vm, module)?;
    let list = || -> Value { List::new(Vec::new()).into() };
    module.set(vm, "modules", vm.modules.to_value());
    module.set(vm, "argv", List::new(vec!["".into()]));
    module.set(
        vm,
        "orig_argv",
        texts(vm.host.arguments().iter().map(|part| String::from_utf8_lossy(part).into_owned())),
    );
    let path = vm.python_variable("PYTHONPATH").unwrap_or_default();
    module.set(vm, "path", texts(path.split(':').filter(|part| !part.is_empty()).map(String::from)));
    module.set(vm, "warnoptions", texts(vm.options.warn_options.iter().cloned()));
    for name in ["meta_path", "path_hooks"] {
        module.set(vm, name, list());
    }
    module.set(vm, "path_importer_cache", Dict::new());
    let x_options = Dict::new();
    for (name, value) in &vm.options.x_options {
        let value = value.as_ref().map_or(Value::TRUE, |value| value.as_str().into());
        drop(x_options.insert_str(&vm.intern(name), value));
    }
    module.set(vm, "_xoptions", x_options);
    module.set(vm, "maxsize", Value::int(i64::MAX));
    module.set(vm, "maxunicode", Value::int(0x10_ffff));
    module.set(vm, "byteorder", if cfg!(target_endian = "little") { "little" } else { "big" });
    module.set(vm, "platform", "linux");
    module.set(vm, "platlibdir", "lib");
    module.set(vm, "abiflags", "");
    module.set(vm, "dont_write_bytecode", true);
    module.set(vm, "pycache_prefix", Value::NONE);
    module.set(vm, "_git", vm.tuple(&["Ouro".into(), "".into(), "".into()]));
    module.set(vm, "_framework", "");
    let jit = Module::new(vm, JIT.name);
    vm.fill_native_module(&jit, &JIT)?;
    module.set(vm, "_jit", jit.to_value());
    module.set(vm, "_home", Value::NONE);
    module.set(vm, "_stdlib_dir", Value::NONE);
    let executable = String::from_utf8_lossy(&vm.host.executable().unwrap_or_default()).into_owned();
    module.set(vm, "executable", executable.as_str());
    module.set(vm, "_base_executable", executable.as_str());
    let prefix =
        executable.rsplit_once('/').and_then(|(folder, _)| folder.rsplit_once('/')).map_or("", |(p, _)| p);
    for name in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        module.set(vm, name, prefix);
    }
    let mut builtin: Vec<&str> = crate::NATIVE_MODULES.iter().map(|module| module.name).collect();
    builtin.push("builtins");
    builtin.sort_unstable();
    module.set(vm, "builtin_module_names", vm.name_tuple(&builtin));
    let known: Vec<Value> = names::STDLIB_MODULE_NAMES.iter().map(|name| vm.intern(name).into()).collect();
    module.set(vm, "stdlib_module_names", set::frozen_of_constants(vm, &known));
    add_streams(vm, module)?;
    site::install(vm)?;
    for name in ["excepthook", "displayhook", "unraisablehook", "breakpointhook"] {
        if let Some(hook) = module.get(vm, name) {
            module.set(vm, &format!("__{name}__"), hook);
        }
    }
    Ok(())
}

/// `stdin`, `stdout` and `stderr`; None for descriptors that are closed.
fn add_streams(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    vm.import_module("_io")?;
    let unbuffered = vm.options.unbuffered;
    // In the C locale text comes as it may; escaped bytes go out as they came in.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| vm.host.variable(name).filter(|value| !value.is_empty()));
    let is_c = locale
        .is_none_or(|locale| matches!(&locale[..], b"C" | b"POSIX" | b"C.UTF-8" | b"C.utf8" | b"UTF-8"));
    let mut errors = if is_c { "surrogateescape" } else { "strict" }.to_string();
    if let Some(setting) = vm.python_variable("PYTHONIOENCODING") {
        if let Some((_, given)) = setting.split_once(':') {
            errors = given.to_string();
        }
    }
    for (fd, name) in [(0, "stdin"), (1, "stdout"), (2, "stderr")] {
        let errors = if fd == 2 { "backslashreplace" } else { errors.as_str() };
        let stream =
            standard_stream(vm, fd, &format!("<{name}>"), errors, unbuffered)?.unwrap_or(Value::NONE);
        module.set(vm, &format!("__{name}__"), stream.clone());
        module.set(vm, name, stream);
    }
    Ok(())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.get(0) {
        Some(status) if status.is_none() => vm.raise_bare(Exc::SystemExit),
        Some(status) => {
            // A tuple is the arguments.
            let class = vm.types.exception(Exc::SystemExit).to_value();
            let made = match status.downcast_exact::<Tuple>() {
                Some(tuple) => vm.call(&class, tuple.items())?,
                None => vm.call(&class, std::slice::from_ref(status))?,
            };
            match made.into_gc() {
                Ok(exception) => vm.raise_value(exception),
                Err(_) => vm.raise_bare(Exc::SystemExit),
            }
        }
        None => vm.raise_bare(Exc::SystemExit),
    }
}

fn exception(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(vm.handled_exception().map_or(Value::NONE, |exception| exception.to_value()))
}

fn exc_info(vm: &Vm, _: Args<'_>) -> PyResult {
    let Some(exception) = vm.handled_exception() else {
        return Ok(vm.tuple(&[Value::NONE, Value::NONE, Value::NONE]));
    };
    let class = exception.header().ty().to_value();
    Ok(vm.tuple(&[class, exception.to_value(), exception.traceback().unwrap_or(Value::NONE)]))
}

fn intern(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.str_argument(args.value(0), "intern", "argument")?;
    if !text.header().is_exact() {
        return vm.raise_type_of("can't intern {}", args.value(0));
    }
    Ok(vm.intern_str(text).into())
}

fn is_interned(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(vm.str_argument(args.value(0), "_is_interned", "argument")?.is_interned().into())
}

fn setrecursionlimit(vm: &Vm, args: Args<'_>) -> PyResult {
    let limit = crate::convert::int32(vm, args.value(0))?;
    if limit < 1 {
        return vm.raise(Exc::ValueError, "recursion limit must be greater or equal than 1");
    }
    if limit as u32 <= vm.recursion_depth() {
        let depth = vm.recursion_depth();
        return vm.raise(
            Exc::RecursionError,
            format!("cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"),
        );
    }
    vm.recursion_limit.set(limit as u32);
    Ok(Value::NONE)
}

fn set_int_max_str_digits(vm: &Vm, args: Args<'_>) -> PyResult {
    const THRESHOLD: i32 = 640;
    let limit = crate::convert::int32(vm, args.value(0))?;
    if limit != 0 && limit < THRESHOLD {
        return vm.raise(Exc::ValueError, "maxdigits must be >= 640 or 0 for unlimited");
    }
    vm.int_max_str_digits.set(limit as usize);
    Ok(Value::NONE)
}

/// What CPython's collector keeps in front of objects it tracks.
const GC_HEAD_BYTES: i64 = 16;

/// `getsizeof(object, default)`.
fn getsizeof(vm: &Vm, args: Args<'_>) -> PyResult {
    let (mut object, mut default) = (args.get(0), args.get(1));
    if args.len() > 2 {
        return vm
            .raise(Exc::TypeError, format!("getsizeof() takes at most 2 arguments ({} given)", args.len()));
    }
    for (name, value) in args.keywords() {
        match name.as_bytes() {
            b"object" => object = Some(value),
            b"default" => default = Some(value),
            _ => {
                return vm.raise(
                    Exc::TypeError,
                    format!("getsizeof() got an unexpected keyword argument '{name}'"),
                );
            }
        }
    }
    let Some(object) = object else {
        return vm.raise(Exc::TypeError, "getsizeof() missing required argument 'object' (pos 1)");
    };
    let size = match vm.lookup_special(object, &vm.names.__sizeof__)? {
        Some(method) => vm.call(&method, &[]).and_then(|size| vm.to_i64(&size)),
        None => vm.raise_type_of("Type {} doesn't define __sizeof__", object),
    };
    let size = match (size, default) {
        (Err(raised), Some(default)) if vm.raised_is(&raised, Exc::TypeError) => {
            drop(vm.take_raised(raised));
            return Ok(default.clone());
        }
        (size, _) => size?,
    };
    if size < 0 {
        return vm.raise(Exc::ValueError, "__sizeof__() should return >= 0");
    }
    let tracked = object.header().is_some_and(|header| !header.ty().vtable().acyclic);
    Ok(Value::int(if tracked { size + GC_HEAD_BYTES } else { size }))
}

/// What CPython shows for objects that never die.
const IMMORTAL: i64 = 3 << 30;

fn getrefcount(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::int(args.value(0).header().map_or(IMMORTAL, |header| header.count().into())))
}

/// The frame `depth` calls up.
fn frame_at(vm: &Vm, depth: i64) -> Option<ouro_runtime::vm::frame::Frame> {
    let mut frame = vm.current_frame();
    for _ in 0..depth.max(0) {
        if frame.is_none() {
            return None;
        }
        frame = frame.caller();
    }
    (!frame.is_none()).then_some(frame)
}

fn getframe(vm: &Vm, args: Args<'_>) -> PyResult {
    let depth = args.get(0).map_or(Ok(0), |depth| crate::convert::int32(vm, depth))?;
    match frame_at(vm, depth.into()) {
        Some(frame) => {
            let object = vm.frame_object(frame).to_value();
            vm.audit("sys._getframe", || vec![object.clone()])?;
            Ok(object)
        }
        None => vm.raise(Exc::ValueError, "call stack is not deep enough"),
    }
}

fn getframemodulename(vm: &Vm, args: Args<'_>) -> PyResult {
    let depth = args.get(0).map_or(Ok(0), |depth| crate::convert::int32(vm, depth))?;
    Ok(match frame_at(vm, depth.into()) {
        Some(frame) => frame.function().globals.get_str(&vm.names.__name__).unwrap_or(Value::NONE),
        None => Value::NONE,
    })
}

fn current_frames(vm: &Vm, _: Args<'_>) -> PyResult {
    let frames = Dict::new();
    for (ident, frame) in vm.thread_frames() {
        frames.insert(vm, Value::int(ident as i64), vm.frame_object(frame).to_value())?;
    }
    Ok(frames.into())
}

fn current_exceptions(vm: &Vm, _: Args<'_>) -> PyResult {
    let exceptions = Dict::new();
    for (ident, exception) in vm.thread_exceptions() {
        let exception = exception.map_or(Value::NONE, |exception| exception.to_value());
        exceptions.insert(vm, Value::int(ident as i64), exception)?;
    }
    Ok(exceptions.into())
}

fn call_tracing(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.value(1).downcast::<Tuple>() {
        Some(arguments) => vm.call(args.value(0), arguments.items()),
        None => vm.raise_bad_argument("call_tracing", "argument 2", "tuple", args.value(1)),
    }
}

fn setswitchinterval(vm: &Vm, args: Args<'_>) -> PyResult {
    let interval = crate::convert::real(vm, args.value(0))?;
    if interval <= 0.0 || interval.is_nan() {
        return vm.raise(Exc::ValueError, "switch interval must be strictly positive");
    }
    vm.threads.set_switch_interval(
        std::time::Duration::try_from_secs_f64(interval).unwrap_or(std::time::Duration::MAX),
    );
    Ok(Value::NONE)
}

fn set_origin_tracking_depth(vm: &Vm, args: Args<'_>) -> PyResult {
    let depth = crate::convert::int32(vm, args.value(0))?;
    if depth < 0 {
        return vm.raise(Exc::ValueError, "depth must be >= 0");
    }
    vm.origin_tracking_depth.set(depth as u32);
    Ok(Value::NONE)
}
