//! `_io`: files and streams. `io.py` puts abstract base classes over it.
//!
//! Layers as in CPython: [`file`] descriptors, [`buffered`] bytes, [`text`] characters, [`bytes_io`] and [`string_io`] in memory. Each
//! layer calls the one below directly where that is an exact instance of our own class, else through Python methods.

pub mod base;
pub mod buffered;
pub mod bytes_io;
pub mod decoder;
pub mod file;
pub mod newlines;
pub mod open;
pub mod pair;
pub mod string_io;
pub mod text;
mod text_position;

use std::cell::RefCell;

use ouro_runtime::class::Type;
use ouro_runtime::heap::Payload;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

/// `io.DEFAULT_BUFFER_SIZE`.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

pub static MODULE: NativeModule = NativeModule {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: &[
        NativeFn::new(
            "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
            open::open,
        )
        .doc("Open file and return a stream.  Raise OSError upon failure."),
        NativeFn::new("open_code(path)", open::open_code)
            .doc("Opens the provided file with the intent to import the contents."),
        NativeFn::new("text_encoding(encoding, stacklevel=2, /)", open::text_encoding)
            .doc("A helper function to choose the text encoding."),
    ],
    classes: &[
        base::IO_BASE,
        base::RAW_IO_BASE,
        base::BUFFERED_IO_BASE,
        base::TEXT_IO_BASE,
        NativeClass { base: Some(|vm| class(vm, "_RawIOBase")), ..NativeClass::of::<file::FileIo>(&file::TYPE) },
        NativeClass {
            base: Some(|vm| class(vm, "_BufferedIOBase")),
            ..NativeClass::of::<bytes_io::BytesIo>(&bytes_io::TYPE)
        },
        NativeClass::of::<bytes_io::BytesIoBuffer>(&bytes_io::BUFFER_TYPE),
        NativeClass {
            base: Some(|vm| class(vm, "_BufferedIOBase")),
            ..NativeClass::of::<buffered::Buffered>(&buffered::READER)
        },
        NativeClass {
            base: Some(|vm| class(vm, "_BufferedIOBase")),
            ..NativeClass::of::<buffered::Buffered>(&buffered::WRITER)
        },
        NativeClass {
            base: Some(|vm| class(vm, "_BufferedIOBase")),
            ..NativeClass::of::<buffered::Buffered>(&buffered::RANDOM)
        },
        NativeClass {
            base: Some(|vm| class(vm, "_BufferedIOBase")),
            ..NativeClass::of::<pair::Pair>(&pair::TYPE)
        },
        NativeClass {
            base: Some(|vm| class(vm, "_TextIOBase")),
            ..NativeClass::of::<text::TextIoWrapper>(&text::TYPE)
        },
        NativeClass {
            base: Some(|vm| class(vm, "_TextIOBase")),
            ..NativeClass::of::<string_io::StringIo>(&string_io::TYPE)
        },
        NativeClass::of::<newlines::NewlineDecoder>(&newlines::TYPE),
    ],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "DEFAULT_BUFFER_SIZE", DEFAULT_BUFFER_SIZE);
    if let Some(open) = module.get(vm, "open") {
        // The builtin is this very function.
        drop(vm.builtins.insert_str(&vm.intern("open"), open));
    }
    module.set(vm, "BlockingIOError", vm.types.exception(Exc::BlockingIOError));
    let namespace = ouro_runtime::objects::dict::Dict::new();
    drop(namespace.insert_str(&vm.names.__module__, "io".into()));
    let bases = vm.tuple(&[
        vm.types.exception(Exc::OSError).to_value(),
        vm.types.exception(Exc::ValueError).to_value(),
    ]);
    let arguments = ["UnsupportedOperation".into(), bases, namespace.into()];
    let unsupported = vm.call(vm.types.type_().as_value(), &arguments)?;
    module.set(vm, "UnsupportedOperation", unsupported.clone());
    vm.state::<State>().unsupported.replace(Some(unsupported));
    Ok(())
}

/// What the module keeps per interpreter.
#[derive(Default)]
struct State {
    unsupported: RefCell<Option<Value>>,
}

/// A class of the module by its name.
///
/// # Panics
/// If the module does not have it (any more).
pub fn class(vm: &Vm, name: &str) -> Gc<Type> {
    let module = vm.modules.get_str(&vm.intern("_io"));
    let found = module.and_then(|module| module.downcast::<Module>()?.get(vm, name));
    found.and_then(|class| class.into_gc().ok()).expect("classes of _io are made when it is imported")
}

/// io.UnsupportedOperation.
#[cold]
pub fn unsupported<T>(vm: &Vm, message: &str) -> PyResult<T> {
    let class = vm.state::<State>().unsupported.borrow().clone();
    let Some(class) = class else { return vm.raise(Exc::OSError, message) };
    match vm.call(&class, &[message.into()])?.into_gc() {
        Ok(exception) => vm.raise_value(exception),
        Err(_) => vm.raise(Exc::OSError, message),
    }
}

/// ValueError "I/O operation on closed file.", with the full stop that some classes leave out.
#[cold]
pub fn closed_error<T>(vm: &Vm) -> PyResult<T> {
    vm.raise(Exc::ValueError, "I/O operation on closed file.")
}

/// A size argument: None stands for -1.
pub fn size_argument(vm: &Vm, value: Option<&Value>) -> PyResult<i64> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(-1) };
    if !vm.has_index(value) {
        return vm.raise_type_of("argument should be integer or None, not '{}'", value);
    }
    vm.to_i64(value)
}

/// `value.name()`.
pub fn call(vm: &Vm, value: &Value, name: &str) -> PyResult {
    vm.call_method_named(value, name, &[])
}

/// The truth of `value.name()`.
pub fn call_bool(vm: &Vm, value: &Value, name: &str) -> PyResult<bool> {
    let result = call(vm, value, name)?;
    vm.truth(&result)
}

/// The truth of `value.closed`.
pub fn is_closed(vm: &Vm, value: &Value) -> PyResult<bool> {
    let closed = vm.get_attr_named(value, "closed")?;
    vm.truth(&closed)
}

/// `close()` of a stream over another: flushes it as `flush` does, or as a subclass in Python does, then closes the one below.
/// Gives `None` if that was closed already.
///
/// # Errors
/// What either raises; both get their turn, see [`chain`].
pub fn close_over<T: Payload>(
    vm: &Vm,
    stream: &Value,
    below: &Value,
    finalizing: bool,
    flush: impl FnOnce() -> PyResult<()>,
) -> PyResult<Option<Value>> {
    if is_closed(vm, below)? {
        return Ok(None);
    }
    if finalizing {
        file::call_dealloc_warn(vm, below, stream);
    }
    let flushed = match stream.downcast_exact::<T>() {
        Some(_) => flush().map(|()| Value::NONE),
        None => call(vm, stream, "flush"),
    };
    chain(vm, flushed, || call(vm, below, "close")).map(Some)
}

/// Does `second` whatever came of `first`. If both raise, the latter comes out, with the former as its context.
pub fn chain<T>(vm: &Vm, first: PyResult<T>, second: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let context = match first {
        Ok(_) => return second(),
        // Only one exception can be on its way at a time.
        Err(raised) => vm.take_raised(raised),
    };
    let exception = match second() {
        Ok(_) => context,
        Err(raised) => {
            let exception = vm.take_raised(raised);
            if !exception.is(&context) {
                exception.set_context(Some(context));
            }
            exception
        }
    };
    Err(vm.reraise(exception))
}

/// `errors` and the like: None or a str.
pub fn optional_text<'a>(
    vm: &Vm,
    value: Option<&'a Value>,
    function: &str,
    name: &str,
) -> PyResult<Option<&'a Gc<Str>>> {
    match value.filter(|value| !value.is_none()) {
        None => Ok(None),
        Some(value) => match value.downcast::<Str>() {
            Some(text) if text.as_bytes().contains(&0) => {
                vm.raise(Exc::ValueError, "embedded null character")
            }
            Some(text) => Ok(Some(text)),
            None => vm.raise_bad_argument(function, &format!("argument '{name}'"), "str or None", value),
        },
    }
}

/// ResourceWarning "unclosed file ..." for a file that was dropped without being closed.
pub fn warn_unclosed(vm: &Vm, source: &Value) -> PyResult<()> {
    // Ignored by default: without `warnings` loaded or options given nobody can have changed that.
    let loaded = vm.modules.get_str(&vm.names.warnings).is_some();
    if !loaded && !crate::sys::has_warn_options(vm) {
        return Ok(());
    }
    let shown = vm.repr_text(source)?;
    vm.warn(Exc::ResourceWarning, &format!("unclosed file {shown}"), 1)
}
