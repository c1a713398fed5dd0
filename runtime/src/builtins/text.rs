//! Builtin functions that make or move text: ascii, format, input, print, repr. `open` is the one of `_io`.

use crate::objects::str::Str;
use crate::text::escape;
use crate::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

pub(super) const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("ascii(obj, /)", ascii).doc(
        "Return an ASCII-only representation of an object.\n\nAs repr(), with escapes in place of all other characters.",
    ),
    NativeFn::new("format(value, format_spec='', /)", format).doc(
        "Return type(value).__format__(value, format_spec)\n\nMany built-in types implement format_spec according to the\nFormat \
         Specification Mini-language.",
    ),
    NativeFn::new("input(prompt='', /)", input).doc(
        "Read a string from standard input.  The trailing newline is stripped.\n\nThe prompt string, if given, is printed to \
         standard output without a\ntrailing newline before reading input.\n\nIf the user hits EOF, raise EOFError.",
    ),
    NativeFn::new("print(*args, sep=' ', end='\\n', file=None, flush=False)", print).doc(
        "Prints the values to a stream, or to sys.stdout by default.\n\n  sep\n    string inserted between values, default a \
         space.\n  end\n    string appended after the last value, default a newline.\n  file\n    a file-like object (stream); \
         defaults to the current sys.stdout.\n  flush\n    whether to forcibly flush the stream.",
    ),
    NativeFn::new("repr(obj, /)", |vm, args| Ok(vm.repr(args.value(0))?.into())).doc(
        "Return the canonical string representation of the object.\n\nFor many object types, including most builtins, \
         eval(repr(obj)) == obj.",
    ),
];

fn ascii(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.repr(args.value(0))?;
    if text.is_ascii() {
        return Ok(text.into());
    }
    Ok(escape::escape_non_ascii(text.as_bytes()).into())
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult {
    let empty = vm.empty_str.to_value();
    let spec = vm.expect_str(args.get(1).unwrap_or(&empty), "format() argument 2 must be str, not {}")?;
    vm.format(args.value(0), spec).map(Into::into)
}

/// An attribute of `sys`, `None` if it was deleted.
fn sys_stream(vm: &Vm, name: &Gc<Str>) -> PyResult<Option<Value>> {
    match vm.modules.get_str(&vm.names.sys) {
        Some(sys) => vm.get_attr_opt(&sys, name),
        None => Ok(None),
    }
}

/// `sep` or `end` of print.
fn text_option<'a>(vm: &Vm, name: &str, value: Option<&'a Value>) -> PyResult<Option<&'a Gc<Str>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    vm.expect_str(value, &format!("{name} must be None or a string, not {{}}")).map(Some)
}

fn print(vm: &Vm, args: Args<'_>) -> PyResult {
    let file = match args.get_not_none(2) {
        Some(file) => file.clone(),
        None => match sys_stream(vm, &vm.names.stdout)? {
            Some(file) if file.is_none() => return Ok(Value::NONE),
            Some(file) => file,
            None if vm.modules.get_str(&vm.names.sys).is_none() => return print_early(vm, args),
            None => return vm.raise(Exc::RuntimeError, "lost sys.stdout"),
        },
    };
    let separator = text_option(vm, "sep", args.get(0))?;
    let end = text_option(vm, "end", args.get(1))?;
    let separator: &[u8] = separator.map_or(b" ", |text| text.as_bytes());
    let end: &[u8] = end.map_or(b"\n", |text| text.as_bytes());
    if vm.type_of(&file).is_heap_type() {
        // A file of Python code sees each piece by itself.
        let write =
            |text: Value| -> PyResult<()> { vm.call_method(&file, &vm.names.write, &[text]).map(drop) };
        for (at, value) in args.rest().iter().enumerate() {
            if at > 0 {
                write(Str::from_wtf8(separator).into())?;
            }
            write(vm.str(value)?.into())?;
        }
        write(Str::from_wtf8(end).into())?;
    } else {
        let mut text = Vec::new();
        for (at, value) in args.rest().iter().enumerate() {
            if at > 0 {
                text.extend_from_slice(separator);
            }
            match vm.str(value) {
                Ok(shown) => text.extend_from_slice(shown.as_bytes()),
                Err(raised) => {
                    // What came before the failing value is written, as it would be piece by piece.
                    let exception = vm.take_raised(raised);
                    vm.call_method(&file, &vm.names.write, &[Str::from_wtf8(&text).into()])?;
                    return Err(vm.reraise(exception));
                }
            }
        }
        text.extend_from_slice(end);
        vm.call_method(&file, &vm.names.write, &[Str::from_wtf8(&text).into()])?;
    }
    if args.get(3).map_or(Ok(false), |flush| vm.truth(flush))? {
        vm.call_method(&file, &vm.names.flush, &[])?;
    }
    Ok(Value::NONE)
}

/// Before there is a `sys`.
fn print_early(vm: &Vm, args: Args<'_>) -> PyResult {
    use std::io::Write;
    let shown: Vec<String> = args.rest().iter().map(|v| vm.str_text(v)).collect::<PyResult<_>>()?;
    let _ = writeln!(std::io::stdout(), "{}", shown.join(" "));
    Ok(Value::NONE)
}

fn input(vm: &Vm, args: Args<'_>) -> PyResult {
    let stream = |name: &str| -> PyResult {
        match sys_stream(vm, &vm.intern(name))?.filter(|stream| !stream.is_none()) {
            Some(stream) => Ok(stream),
            None => vm.raise(Exc::RuntimeError, format!("input(): lost sys.{name}")),
        }
    };
    let (stdin, stdout, stderr) = (stream("stdin")?, stream("stdout")?, stream("stderr")?);
    let flushed = vm.call_method(&stderr, &vm.names.flush, &[]);
    vm.catch(flushed, Exc::Exception)?;
    if let Some(prompt) = args.get(0) {
        let prompt = vm.str(prompt)?;
        vm.call_method(&stdout, &vm.names.write, &[prompt.into()])?;
    }
    let flushed = vm.call_method(&stdout, &vm.names.flush, &[]);
    vm.catch(flushed, Exc::Exception)?;
    let line = vm.call_method(&stdin, &vm.names.readline, &[])?;
    let Some(text) = line.downcast::<Str>() else {
        return vm.raise(Exc::TypeError, "object.readline() returned non-string");
    };
    if text.is_empty() {
        return vm.raise(Exc::EOFError, "EOF when reading a line");
    }
    match text.as_bytes().strip_suffix(b"\n") {
        Some(stripped) => Ok(Str::from_wtf8(stripped).into()),
        None => Ok(line),
    }
}
