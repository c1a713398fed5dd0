//! Builtin functions about code and namespaces: breakpoint, compile, eval, exec, globals, __import__, locals.

use ouro_lang::code::flags;
use ouro_lang::parser::Mode;
use ouro_lang::source::Origin;

use crate::heap::Gc;
use crate::objects::bytes::{Bytes, bytes_like};
use crate::objects::cell::CellObject;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::vm::source::SourceOptions;
use crate::{Args, Exc, NativeFn, PyResult, Value, Vm};

pub(super) const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("breakpoint(*args, **kws)", breakpoint)
        .doc("Call sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept\nwhatever arguments are passed."),
    NativeFn::new(
        "compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        compile,
    )
    .doc("Compile source into a code object that can be executed by exec() or eval()."),
    NativeFn::new("eval(source, /, globals=None, locals=None)", eval)
        .doc("Evaluate the given source in the context of globals and locals."),
    NativeFn::new("exec(source, /, globals=None, locals=None, *, closure=None)", exec)
        .doc("Execute the given source in the context of globals and locals."),
    NativeFn::new("globals()", |vm, _| current_globals(vm).map(Into::into))
        .doc("Return the dictionary containing the current scope's global variables."),
    NativeFn::new("__import__(name, globals=None, locals=None, fromlist=(), level=0)", import)
        .doc("Import a module; importlib.import_module() is the better way to do so by name."),
    NativeFn::new("locals()", |vm, _| current_locals(vm))
        .doc("Return a dictionary containing the current scope's local variables."),
];

fn breakpoint(vm: &Vm, args: Args<'_>) -> PyResult {
    let hook = match vm.modules.get_str(&vm.names.sys) {
        Some(sys) => vm.get_attr_opt(&sys, &vm.names.breakpointhook)?,
        None => None,
    };
    let Some(hook) = hook else {
        return vm.raise(Exc::RuntimeError, "lost sys.breakpointhook");
    };
    vm.call_args(&hook, Args::with_keywords(args.rest(), args.kw_names, args.kw_values))
}

/// Globals of the innermost Python frame.
fn current_globals(vm: &Vm) -> PyResult<Gc<Dict>> {
    let frame = vm.current_frame();
    if frame.is_none() {
        return vm.raise(Exc::SystemError, "globals and locals cannot be NULL");
    }
    Ok(frame.function().globals.clone())
}

/// `locals()`: the namespace of module and class code, otherwise a new dict of the variables that are bound.
pub(super) fn current_locals(vm: &Vm) -> PyResult {
    let frame = vm.current_frame();
    if frame.is_none() {
        return vm.raise(Exc::SystemError, "frame does not exist");
    }
    vm.frame_locals(&vm.frame_object(frame))
}

/// Source text as bytes, and whether an encoding declaration in it counts. `None` if the value is no source.
fn source_bytes(vm: &Vm, source: &Value) -> PyResult<Option<(Vec<u8>, bool)>> {
    if let Some(text) = source.downcast::<Str>() {
        if text.as_str().is_none() {
            // Lone surrogates: what encoding to UTF-8 raises.
            vm.call_method_named(source, "encode", &["utf-8".into()])?;
        }
        return Ok(Some((text.as_bytes().to_vec(), false)));
    }
    Ok(bytes_like(vm, source)?.map(|bytes| (bytes, true)))
}

fn origin(is_file: bool) -> Origin<'static> {
    if is_file { Origin::Bytes } else { Origin::Str }
}

/// A file name argument: str, bytes or path object.
fn file_name(vm: &Vm, value: &Value) -> PyResult<String> {
    let path = match vm.lookup_special(value, &vm.names.__fspath__)? {
        Some(method) if value.downcast::<Str>().is_none() => vm.call(&method, &[])?,
        _ => value.clone(),
    };
    if let Some(text) = path.downcast::<Str>() {
        return Ok(text.to_string_lossy().into_owned());
    }
    match path.downcast::<Bytes>() {
        Some(bytes) => Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned()),
        None => vm.raise_type_of("expected str, bytes or os.PathLike object, not {}", value),
    }
}

const ONLY_AST: i64 = 0x400;
const DONT_IMPLY_DEDENT: i64 = 0x200;
const TYPE_COMMENTS: i64 = 0x1000;
const TOP_LEVEL_AWAIT: i64 = 0x2000;
const ALLOW_INCOMPLETE: i64 = 0x4000;
const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;
/// `from __future__ import ...` flags, `CO_NESTED` included.
const FUTURES: i64 = 0x1fe_0010;

/// Whether the running code has `from __future__ import annotations`.
fn inherits_annotations(vm: &Vm) -> bool {
    let frame = vm.current_frame();
    !frame.is_none() && frame.code().has_flag(flags::FUTURE_ANNOTATIONS)
}

fn compile(vm: &Vm, args: Args<'_>) -> PyResult {
    let filename = file_name(vm, args.value(1))?;
    let mode = vm.expect_str(args.value(2), "compile() argument 'mode' must be str, not {}")?;
    let number = |at: usize, default: i64| args.get(at).map_or(Ok(default), |value| vm.index_clipped(value));
    let (given, optimize) = (number(3, 0)?, number(5, -1)?);
    let dont_inherit = args.get(4).map_or(Ok(false), |value| vm.truth(value))?;
    let known = ONLY_AST
        | DONT_IMPLY_DEDENT
        | TYPE_COMMENTS
        | TOP_LEVEL_AWAIT
        | ALLOW_INCOMPLETE
        | OPTIMIZED_AST
        | FUTURES;
    if given & !known != 0 {
        return vm.raise(Exc::ValueError, "compile(): unrecognised flags");
    }
    if !(-1..=2).contains(&optimize) {
        return vm.raise(Exc::ValueError, "compile(): invalid optimize value");
    }
    let only_ast = given & ONLY_AST != 0;
    let mode = match mode.as_bytes() {
        b"exec" => Mode::Exec,
        b"eval" => Mode::Eval,
        b"single" => Mode::Single,
        b"func_type" if !only_ast => {
            return vm.raise(Exc::ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        }
        b"func_type" => {
            return vm.raise(Exc::NotImplementedError, "compile() with mode 'func_type' is not supported");
        }
        _ if only_ast => {
            return vm
                .raise(Exc::ValueError, "compile() mode must be 'exec', 'eval', 'single' or 'func_type'");
        }
        _ => return vm.raise(Exc::ValueError, "compile() mode must be 'exec', 'eval' or 'single'"),
    };
    let Some((source, is_file)) = source_bytes(vm, args.value(0))? else {
        return vm.raise(Exc::TypeError, "compile() arg 1 must be a string, bytes or AST object");
    };
    if only_ast {
        return vm.raise(Exc::NotImplementedError, "compile() with PyCF_ONLY_AST is not supported");
    }
    let options = SourceOptions {
        optimize: optimize as i32,
        future_annotations: given & flags::FUTURE_ANNOTATIONS as i64 != 0
            || !dont_inherit && inherits_annotations(vm),
        top_level_await: given & TOP_LEVEL_AWAIT != 0,
        allow_incomplete: given & ALLOW_INCOMPLETE != 0,
        dont_imply_dedent: given & DONT_IMPLY_DEDENT != 0,
        origin: origin(is_file),
        ..SourceOptions::new(mode, &filename)
    };
    Ok(vm.compile_source(&source, options)?.into())
}

/// Globals and locals to run code in. `None` for locals that are the globals.
fn namespaces(
    vm: &Vm,
    globals: Option<&Value>,
    locals: Option<&Value>,
) -> PyResult<(Gc<Dict>, Option<Value>)> {
    let (globals, locals) = match (globals.and_then(|globals| globals.downcast::<Dict>()), locals) {
        (Some(globals), locals) => (globals.clone(), locals.cloned()),
        (None, Some(locals)) => (current_globals(vm)?, Some(locals.clone())),
        (None, None) => (current_globals(vm)?, Some(current_locals(vm)?)),
    };
    if globals.get_str(&vm.names.__builtins__).is_none() {
        let frame = vm.current_frame();
        let builtins =
            if frame.is_none() { vm.builtins.to_value() } else { frame.function().builtins.to_value() };
        drop(globals.insert_str(&vm.names.__builtins__, builtins));
    }
    let locals = locals.filter(|locals| !locals.is(globals.as_value()));
    Ok((globals, locals))
}

fn is_mapping(vm: &Vm, value: &Value) -> bool {
    vm.type_of(value).slots().get_item.is_some()
}

fn run(
    vm: &Vm,
    code: &Gc<Code>,
    globals: &Gc<Dict>,
    locals: Option<Value>,
    closure: Option<Gc<Tuple>>,
) -> PyResult {
    // The code of a function has no namespace: its first register is a variable.
    let locals = locals.filter(|_| !code.has_flag(flags::OPTIMIZED));
    vm.run_code(code, globals, locals, closure)
}

fn eval(vm: &Vm, args: Args<'_>) -> PyResult {
    let (globals, locals) = (args.get_not_none(1), args.get_not_none(2));
    if let Some(locals) = locals.filter(|locals| !is_mapping(vm, locals)) {
        let _ = locals;
        return vm.raise(Exc::TypeError, "locals must be a mapping");
    }
    if let Some(globals) = globals.filter(|globals| globals.downcast::<Dict>().is_none()) {
        return vm.raise(
            Exc::TypeError,
            if is_mapping(vm, globals) {
                "globals must be a real dict; try eval(code, {}, mapping)"
            } else {
                "globals must be a dict"
            },
        );
    }
    let (globals, locals) = namespaces(vm, globals, locals)?;
    if let Some(code) = args.value(0).downcast::<Code>() {
        if !code.object.free_names.is_empty() {
            return vm.raise(Exc::TypeError, "code object passed to eval() may not contain free variables");
        }
        return run(vm, code, &globals, locals, None);
    }
    let Some((source, is_file)) = source_bytes(vm, args.value(0))? else {
        return vm.raise(Exc::TypeError, "eval() arg 1 must be a string, bytes or code object");
    };
    let indent = source.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let options = SourceOptions {
        future_annotations: inherits_annotations(vm),
        origin: origin(is_file),
        ..SourceOptions::new(Mode::Eval, "<string>")
    };
    let code = vm.compile_source(&source[indent..], options)?;
    run(vm, &code, &globals, locals, None)
}

fn exec(vm: &Vm, args: Args<'_>) -> PyResult {
    let (globals, locals) = (args.get_not_none(1), args.get_not_none(2));
    if let Some(globals) = globals.filter(|globals| globals.downcast::<Dict>().is_none()) {
        return vm.raise_type_of("exec() globals must be a dict, not {}", globals);
    }
    if let Some(locals) = locals.filter(|locals| !is_mapping(vm, locals)) {
        return vm.raise_type_of("locals must be a mapping or None, not {}", locals);
    }
    let (globals, locals) = namespaces(vm, globals, locals)?;
    let closure = args.get_not_none(3);
    if let Some(code) = args.value(0).downcast::<Code>() {
        let closure = check_closure(vm, code, closure)?;
        run(vm, code, &globals, locals, closure)?;
        return Ok(Value::NONE);
    }
    if closure.is_some() {
        return vm.raise(Exc::TypeError, "closure can only be used when source is a code object");
    }
    let Some((source, is_file)) = source_bytes(vm, args.value(0))? else {
        return vm.raise(Exc::TypeError, "exec() arg 1 must be a string, bytes or code object");
    };
    let options = SourceOptions {
        future_annotations: inherits_annotations(vm),
        origin: origin(is_file),
        ..SourceOptions::new(Mode::Exec, "<string>")
    };
    let code = vm.compile_source(&source, options)?;
    run(vm, &code, &globals, locals, None)?;
    Ok(Value::NONE)
}

/// The `closure` argument of exec, which must fit the code's free variables.
fn check_closure(vm: &Vm, code: &Gc<Code>, closure: Option<&Value>) -> PyResult<Option<Gc<Tuple>>> {
    let n_free = code.object.free_names.len();
    if n_free == 0 {
        return match closure {
            Some(_) => vm.raise(Exc::TypeError, "cannot use a closure with this code object"),
            None => Ok(None),
        };
    }
    let cells = closure.and_then(|closure| closure.downcast_exact::<Tuple>()).filter(|cells| {
        cells.len() == n_free && cells.items().iter().all(|cell| cell.downcast::<CellObject>().is_some())
    });
    match cells {
        Some(cells) => Ok(Some(cells.clone())),
        None => {
            vm.raise(Exc::TypeError, format!("code object requires a closure of exactly length {n_free}"))
        }
    }
}

fn import(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(name) = args.value(0).downcast::<Str>() else {
        return vm.raise(Exc::TypeError, "module name must be a string");
    };
    let level = args.get(4).map_or(Ok(0), |level| vm.to_i64(level))?;
    let globals = match args.get_not_none(1) {
        Some(globals) => match globals.downcast::<Dict>() {
            Some(globals) => globals.clone(),
            None if level > 0 => return vm.raise(Exc::TypeError, "globals must be a dict"),
            None => Dict::new(),
        },
        None => Dict::new(),
    };
    vm.import(name, &globals, args.get(3).unwrap_or(&Value::NONE), level)
}
