//! `sys`: what the interpreter says of itself, and the standard output streams.

use std::cell::{Cell, RefCell};
use std::io;

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::exceptions::display_exception;
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: &[
        NativeFn::new("exit(status=None, /)", exit),
        NativeFn::new("exc_info()", exc_info),
        NativeFn::new("exception()", exception),
        NativeFn::new("excepthook(exctype, value, traceback, /)", excepthook),
        NativeFn::new("displayhook(object, /)", displayhook),
        NativeFn::new("intern(string, /)", intern),
        NativeFn::new("getrecursionlimit()", |vm, _| Ok(Value::int(vm.recursion_limit.get().into()))),
        NativeFn::new("setrecursionlimit(limit, /)", setrecursionlimit),
        NativeFn::new("getdefaultencoding()", |_, _| Ok("utf-8".into())),
        NativeFn::new("getfilesystemencoding()", |_, _| Ok("utf-8".into())),
    ],
    classes: &[NativeClass::of::<OutputStream>(&STREAM)],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let list = || -> Value { List::new(Vec::new()).into() };
    module.set(vm, "modules", vm.modules.to_value());
    module.set(vm, "argv", List::new(vec!["".into()]));
    for name in ["path", "meta_path", "path_hooks", "warnoptions"] {
        module.set(vm, name, list());
    }
    module.set(vm, "_xoptions", Dict::new());
    module.set(vm, "maxsize", Value::int(i64::MAX));
    module.set(vm, "maxunicode", Value::int(0x10_ffff));
    module.set(vm, "byteorder", if cfg!(target_endian = "little") { "little" } else { "big" });
    module.set(vm, "platform", "linux");
    for (name, fd) in [("stdout", 1), ("stderr", 2)] {
        let class = vm.class_of::<OutputStream>();
        let is_error = fd == 2;
        let stream = OutputStream {
            fd,
            pending: RefCell::default(),
            line_buffering: Cell::new(is_error || vm.host.is_terminal(fd)),
            write_through: Cell::new(is_error),
        };
        let stream: Value = heap::alloc_for(&class, stream).into();
        module.set(vm, &format!("__{name}__"), stream.clone());
        module.set(vm, name, stream);
    }
    for name in ["excepthook", "displayhook"] {
        if let Some(hook) = module.get(vm, name) {
            module.set(vm, &format!("__{name}__"), hook);
        }
    }
    Ok(())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.get(0) {
        Some(status) => vm.raise_args(Exc::SystemExit, std::slice::from_ref(status)),
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

fn excepthook(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.value(1).downcast::<Exception>() {
        Some(exception) => display_exception(vm, exception),
        None => {
            let got = vm.type_name(args.value(1));
            let message = format!("print_exception(): Exception expected for value, {got} found");
            return vm.raise(Exc::TypeError, message);
        }
    }
    Ok(Value::NONE)
}

fn displayhook(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    if value.is_none() {
        return Ok(Value::NONE);
    }
    let last = vm.intern("_");
    drop(vm.builtins.insert_str(&last, Value::NONE));
    let text = Str::concat(&vm.repr(value)?, &vm.intern("\n"));
    let stdout = vm.sys_attribute("stdout")?;
    vm.call_method(&stdout, &vm.names.write, &[text.into()])?;
    drop(vm.builtins.insert_str(&last, value.clone()));
    Ok(Value::NONE)
}

fn intern(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.expect_str(args.value(0), "intern() argument must be str, not {}")?;
    Ok(vm.intern_str(text).into())
}

fn setrecursionlimit(vm: &Vm, args: Args<'_>) -> PyResult {
    let limit = vm.to_i64(args.value(0))?;
    if limit < 1 {
        return vm.raise(Exc::ValueError, "recursion limit must be greater or equal than 1");
    }
    match u32::try_from(limit) {
        Ok(limit) => vm.recursion_limit.set(limit),
        Err(_) => return vm.raise(Exc::OverflowError, "Python int too large to convert to C int"),
    }
    Ok(Value::NONE)
}

/// Standard output or standard error.
pub struct OutputStream {
    fd: i32,
    /// Written by the program, not yet given to the system.
    pending: RefCell<Vec<u8>>,
    /// A line end flushes.
    line_buffering: Cell<bool>,
    /// Every write flushes.
    write_through: Cell<bool>,
}

impl Payload for OutputStream {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

/// As much as CPython keeps back.
const BUFFER_SIZE_BYTES: usize = 8192;

static STREAM: TypeSpec = TypeSpec {
    name: "OutputStream",
    module: "sys",
    doc: "A standard output stream.",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("write($self, text, /)", write),
        NativeFn::new("flush($self, /)", |vm, args| {
            args.this::<OutputStream>().flush(vm)?;
            Ok(Value::NONE)
        }),
        NativeFn::new("fileno($self, /)", |_, args| Ok(Value::int(args.this::<OutputStream>().fd.into()))),
        NativeFn::new("isatty($self, /)", |vm, args| {
            Ok(Value::bool(vm.host.is_terminal(args.this::<OutputStream>().fd)))
        }),
        NativeFn::new("writable($self, /)", |_, _| Ok(Value::bool(true))),
        NativeFn::new("readable($self, /)", |_, _| Ok(Value::bool(false))),
        NativeFn::new("reconfigure($self, /, *, line_buffering=None, write_through=None)", reconfigure),
    ],
    getset: &[
        GetSet::read_only("encoding", |_, _| Ok("utf-8".into())),
        GetSet::read_only("closed", |_, _| Ok(Value::bool(false))),
    ],
    ..TypeSpec::DEFAULT
};

impl OutputStream {
    fn flush(&self, vm: &Vm) -> PyResult<()> {
        let pending = self.pending.take();
        let mut rest = pending.as_slice();
        while !rest.is_empty() {
            match vm.host.write(self.fd, rest) {
                Ok(n) => rest = &rest[n..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return vm.raise_os_error(&error, None),
            }
        }
        Ok(())
    }
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let stream = args.this::<OutputStream>();
    let text = vm.expect_str(args.value(1), "write() argument must be str, not {}")?;
    match text.as_str() {
        Some(valid) => stream.pending.borrow_mut().extend_from_slice(valid.as_bytes()),
        None if stream.fd == 2 => {
            let escaped: String = text
                .code_points()
                .map(|code| char::from_u32(code).map_or_else(|| format!("\\u{code:x}"), String::from))
                .collect();
            stream.pending.borrow_mut().extend_from_slice(escaped.as_bytes());
        }
        None => {
            let is_surrogate = |code: u32| char::from_u32(code).is_none();
            let start = text.code_points().position(is_surrogate).unwrap_or(0);
            let n = text.code_points().skip(start).take_while(|&code| is_surrogate(code)).count();
            let (start, end) = (Value::int(start as i64), Value::int((start + n) as i64));
            let args = ["utf-8".into(), args.value(1).clone(), start, end, "surrogates not allowed".into()];
            return vm.raise_args(Exc::UnicodeEncodeError, &args);
        }
    }
    let line_end = stream.line_buffering.get() && text.as_bytes().contains(&b'\n');
    if line_end || stream.write_through.get() || stream.pending.borrow().len() >= BUFFER_SIZE_BYTES {
        stream.flush(vm)?;
    }
    Ok(Value::int(text.len() as i64))
}

fn reconfigure(vm: &Vm, args: Args<'_>) -> PyResult {
    let stream = args.this::<OutputStream>();
    stream.flush(vm)?;
    if let Some(value) = args.get_not_none(1) {
        stream.line_buffering.set(vm.truth(value)?);
    }
    if let Some(value) = args.get_not_none(2) {
        stream.write_through.set(vm.truth(value)?);
    }
    Ok(Value::NONE)
}
