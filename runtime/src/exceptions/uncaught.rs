//! Exceptions that nobody catches: `sys.excepthook`, exit codes, and "Exception ignored".

use super::paint::Paint;
use super::report::{class_name, format_exception};
use super::traceback::{self, Sources, attribute};
use crate::heap::Kind;
use crate::native::NativeFunction;
use crate::objects::exception::Exception;
use crate::objects::int;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

/// Exit status after an error, and after Ctrl-C as shells report it.
const EXIT_ERROR: i32 = 1;
const EXIT_INTERRUPTED: i32 = 130;

/// Writes to `sys.stderr` and flushes it; errors of doing so have nowhere to go.
pub fn write_stderr(vm: &Vm, text: &[u8]) {
    if vm.modules.get_str(&vm.names.sys).is_none() {
        // Before there is a `sys`.
        return vm.host.write_stderr(text);
    }
    let Some(file) = sys_attribute(vm, "stderr").filter(|file| !file.is_none()) else { return };
    let written = vm.call_method(&file, &vm.names.write, &[Str::from_wtf8(text).into()]);
    let flushed = written.and_then(|_| vm.call_method(&file, &vm.names.flush, &[]));
    ignore(vm, flushed);
}

fn ignore<T>(vm: &Vm, result: PyResult<T>) {
    if let Err(raised) = result {
        drop(vm.take_raised(raised));
    }
}

fn sys_attribute(vm: &Vm, name: &str) -> Option<Value> {
    let sys = vm.modules.get_str(&vm.names.sys)?;
    attribute(vm, &sys, name)
}

/// What `sys.__excepthook__` does: the report on `sys.stderr`.
pub fn display_exception(vm: &Vm, exception: &Gc<Exception>) {
    // What was printed so far comes first.
    if let Some(stdout) = sys_attribute(vm, "stdout").filter(|file| !file.is_none()) {
        ignore(vm, vm.call_method(&stdout, &vm.names.flush, &[]));
    }
    let stderr = sys_attribute(vm, "stderr").filter(|file| !file.is_none());
    let paint = stderr.map_or(Paint::PLAIN, |stderr| Paint::for_stream(vm, &stderr));
    write_stderr(vm, &format_exception(vm, exception, paint));
}

/// Whether a hook is still the native one with this name.
fn is_native(hook: &Value, name: &str) -> bool {
    hook.downcast::<NativeFunction>().is_some_and(|function| function.function.name() == name)
}

/// The end of a program by an exception: runs `sys.excepthook` (not for SystemExit), and gives the exit status.
pub fn report_uncaught(vm: &Vm, exception: &Gc<Exception>) -> i32 {
    if vm.is_instance_of(exception.as_value(), vm.types.exception(Exc::SystemExit)) {
        return exit_status(vm, exception);
    }
    let value = exception.to_value();
    let traceback = exception.traceback().unwrap_or(Value::NONE);
    let class = exception.header().ty().to_value();
    if let Some(sys) = vm.modules.get_str(&vm.names.sys) {
        let last = [
            ("last_exc", &value),
            ("last_type", &class),
            ("last_value", &value),
            ("last_traceback", &traceback),
        ];
        for (name, value) in last {
            ignore(vm, vm.set_attr(&sys, &vm.intern(name), Some(value)));
        }
    }
    match sys_attribute(vm, "excepthook") {
        Some(hook) if is_native(&hook, "excepthook") => display_exception(vm, exception),
        Some(hook) => {
            let result = vm.call(&hook, &[class, value, traceback]);
            if let Err(raised) = result {
                let error = vm.take_raised(raised);
                if vm.is_instance_of(error.as_value(), vm.types.exception(Exc::SystemExit)) {
                    return exit_status(vm, &error);
                }
                write_stderr(vm, b"Error in sys.excepthook:\n");
                display_exception(vm, &error);
                write_stderr(vm, b"\nOriginal exception was:\n");
                display_exception(vm, exception);
            }
        }
        None => {
            if vm.modules.get_str(&vm.names.sys).is_some() {
                write_stderr(vm, b"sys.excepthook is missing\n");
            }
            display_exception(vm, exception);
        }
    }
    if vm.is_instance_of(exception.as_value(), vm.types.exception(Exc::KeyboardInterrupt)) {
        return EXIT_INTERRUPTED;
    }
    EXIT_ERROR
}

/// What a SystemExit makes the process end with; anything but an int or None is printed.
fn exit_status(vm: &Vm, exception: &Gc<Exception>) -> i32 {
    let code = attribute(vm, exception.as_value(), "code").unwrap_or(Value::NONE);
    if code.is_none() {
        return 0;
    }
    if int::is_int(&code) {
        // As a C int, of which the system keeps the low byte.
        let code = int::as_i64(&code).and_then(|code| i32::try_from(code).ok()).unwrap_or(-1);
        return code & 0xff;
    }
    if let Some(stdout) = sys_attribute(vm, "stdout").filter(|file| !file.is_none()) {
        ignore(vm, vm.call_method(&stdout, &vm.names.flush, &[]));
    }
    match vm.str(&code) {
        Ok(text) => write_stderr(vm, &[text.as_bytes(), b"\n"].concat()),
        Err(raised) => {
            drop(vm.take_raised(raised));
            write_stderr(vm, b"\n");
        }
    }
    EXIT_ERROR
}

/// An error in a finaliser, a weak-reference callback or the clean-up of a generator, which `source` says.
pub fn unraisable(vm: &Vm, exception: &Gc<Exception>, source: &Value) {
    let (doing, shown) = if source.kind() == Some(Kind::Generator) {
        ("closing generator", source.clone())
    } else if let Some(finalizer) = vm.type_of(source).lookup(&vm.names.__del__) {
        ("calling deallocator", finalizer)
    } else {
        ("calling weakref callback", source.clone())
    };
    unraisable_doing(vm, exception, doing, &shown);
}

/// As [`unraisable`]: "Exception ignored while `doing` `shown`".
pub fn unraisable_doing(vm: &Vm, exception: &Gc<Exception>, doing: &str, shown: &Value) {
    let message = match vm.repr(shown) {
        Ok(shown) => [b"Exception ignored while ", doing.as_bytes(), b" ", shown.as_bytes()].concat(),
        Err(raised) => {
            drop(vm.take_raised(raised));
            format!("Exception ignored while {doing} <object repr() failed>").into_bytes()
        }
    };
    unraisable_with(vm, exception, Some(&message), None);
}

/// Hands an exception to `sys.unraisablehook`: a message, and the object it happened in.
pub fn unraisable_with(vm: &Vm, exception: &Gc<Exception>, message: Option<&[u8]>, object: Option<&Value>) {
    let frame = vm.current_frame();
    if exception.traceback().is_none() && !frame.is_none() {
        vm.add_traceback(exception, frame, vm.frame_position(frame));
    }
    let hook = match sys_attribute(vm, "unraisablehook") {
        Some(hook) if !is_native(&hook, "unraisablehook") && !hook.is_none() => hook,
        _ => return write_unraisable(vm, exception, message, object),
    };
    let none_or = |value: Option<Value>| value.unwrap_or(Value::NONE);
    let items = [
        exception.header().ty().to_value(),
        exception.to_value(),
        none_or(exception.traceback()),
        none_or(message.map(|message| Str::from_wtf8(message).into())),
        none_or(object.cloned()),
    ];
    let class = vm.state::<crate::vm::hooks::Hooks>().unraisable_args.borrow().clone();
    let result = match class {
        Some(class) => vm.call(&class, &[vm.tuple(&items)]).and_then(|args| vm.call(&hook, &[args])),
        None => return write_unraisable(vm, exception, message, object),
    };
    if let Err(raised) = result {
        let error = vm.take_raised(raised);
        write_unraisable(vm, &error, Some(b"Exception ignored in sys.unraisablehook"), Some(&hook));
    }
}

/// What `sys.__unraisablehook__` prints.
pub fn write_unraisable(vm: &Vm, exception: &Gc<Exception>, message: Option<&[u8]>, object: Option<&Value>) {
    let mut text = Vec::new();
    match (message, object.filter(|object| !object.is_none())) {
        (message, Some(object)) => {
            text.extend_from_slice(message.unwrap_or(b"Exception ignored in"));
            let shown = vm.repr(object).map(|shown| shown.as_bytes().to_vec());
            let shown = shown.unwrap_or_else(|raised| {
                drop(vm.take_raised(raised));
                b"<object repr() failed>".to_vec()
            });
            text.extend_from_slice(&[b": ", shown.as_slice(), b"\n"].concat());
        }
        (Some(message), None) => text.extend_from_slice(&[message, b":\n"].concat()),
        (None, None) => {}
    }
    let entries = traceback::entries(vm, exception.traceback().as_ref());
    let rows = traceback::format_entries(vm, &entries, &mut Sources::default(), false, Paint::PLAIN);
    if !rows.is_empty() {
        text.extend_from_slice(b"Traceback (most recent call last):\n");
        rows.iter().for_each(|row| text.extend_from_slice(row.as_bytes()));
    }
    text.extend_from_slice(&class_name(vm, exception.header().ty()));
    match vm.str(exception.as_value()) {
        // An empty text too has its colon here.
        Ok(shown) => text.extend_from_slice(&[b": ", shown.as_bytes()].concat()),
        Err(raised) => {
            drop(vm.take_raised(raised));
            text.extend_from_slice(b": <exception str() failed>");
        }
    }
    text.push(b'\n');
    write_stderr(vm, &text);
}
