//! `open`, `open_code`, `text_encoding`.

use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::buffered::{Ability, Buffered};
use super::file::FileIo;
use super::text::{Options, TextIoWrapper};
use super::{DEFAULT_BUFFER_SIZE, call, call_bool, chain, optional_text};
use crate::os_path::fspath;

/// TypeError "cannot pickle 'FileIO' instances".
pub fn no_pickle(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = vm.type_of(args.value(0)).name_text();
    vm.raise(Exc::TypeError, format!("cannot pickle '{class}' instances"))
}

/// What a mode string asks for.
#[derive(Clone, Copy, Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse_mode(vm: &Vm, mode: &str) -> PyResult<Mode> {
    let mut parsed = Mode::default();
    for (at, c) in mode.char_indices() {
        let flag = match c {
            'x' => &mut parsed.creating,
            'r' => &mut parsed.reading,
            'w' => &mut parsed.writing,
            'a' => &mut parsed.appending,
            '+' => &mut parsed.updating,
            't' => &mut parsed.text,
            'b' => &mut parsed.binary,
            _ => return vm.raise(Exc::ValueError, format!("invalid mode: '{mode}'")),
        };
        if *flag || mode[at + c.len_utf8()..].contains(c) {
            return vm.raise(Exc::ValueError, format!("invalid mode: '{mode}'"));
        }
        *flag = true;
    }
    Ok(parsed)
}

/// `open(...)`.
pub fn open(vm: &Vm, args: Args<'_>) -> PyResult {
    let file = args.value(0);
    let mode = match args.get(1) {
        Some(mode) => vm.c_str_argument(mode, "open", "argument 'mode'")?,
        None => "r",
    };
    let buffering = args.get(2).map_or(Ok(-1), |buffering| vm.c_int_argument(buffering))?;
    let encoding = optional_text(vm, args.get(3), "open", "encoding")?;
    let errors = optional_text(vm, args.get(4), "open", "errors")?;
    let newline = optional_text(vm, args.get(5), "open", "newline")?;
    let closefd = args.get(6).map_or(Ok(true), |closefd| vm.truth(closefd))?;
    let opener = args.get_not_none(7);
    let path = match ouro_runtime::objects::int::is_int(file) {
        true => file.clone(),
        false => fspath(vm, file)?,
    };
    let parsed = parse_mode(vm, mode)?;
    if parsed.text && parsed.binary {
        return vm.raise(Exc::ValueError, "can't have text and binary mode at once");
    }
    let kinds = [parsed.creating, parsed.reading, parsed.writing, parsed.appending];
    match kinds.iter().filter(|&&kind| kind).count() {
        0 => {
            return vm.raise(
                Exc::ValueError,
                "Must have exactly one of create/read/write/append mode and at most one plus",
            );
        }
        1 => {}
        _ => {
            return vm.raise(Exc::ValueError, "must have exactly one of create/read/write/append mode");
        }
    }
    if parsed.binary {
        for (given, message) in [
            (encoding.is_some(), "binary mode doesn't take an encoding argument"),
            (errors.is_some(), "binary mode doesn't take an errors argument"),
            (newline.is_some(), "binary mode doesn't take a newline argument"),
        ] {
            if given {
                return vm.raise(Exc::ValueError, message);
            }
        }
        if buffering == 1 {
            vm.warn(
                Exc::RuntimeWarning,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
            )?;
        }
    }
    let raw_mode: String = mode.chars().filter(|c| matches!(c, 'x' | 'r' | 'w' | 'a' | '+')).collect();
    let raw = FileIo::open(vm, &path, &raw_mode, closefd, opener)?;
    FileIo::publish_name(&raw, vm)?;
    let raw_value = raw.to_value();
    let finish = || -> PyResult {
        let is_terminal = buffering < 0 && raw.is_terminal(vm)?;
        let line_buffering = buffering == 1 || is_terminal;
        let size = match buffering {
            0 => 0,
            n if n > 1 => n as usize,
            _ => (raw.block_size().max(0) as usize).clamp(DEFAULT_BUFFER_SIZE, 8 << 20),
        };
        if size == 0 {
            if !parsed.binary {
                return vm.raise(Exc::ValueError, "can't have unbuffered text I/O");
            }
            return Ok(raw_value.clone());
        }
        let ability = if parsed.updating {
            Ability::Both
        } else if parsed.reading {
            Ability::Read
        } else {
            Ability::Write
        };
        let buffer = Buffered::make(vm, &raw_value, ability, size)?;
        if parsed.binary {
            return Ok(buffer.into());
        }
        let options = Options {
            encoding: encoding.map(|text| text.to_string_lossy().into_owned()),
            errors: errors.map(|text| text.to_string_lossy().into_owned()),
            newline: newline.map(|text| text.to_string_lossy().into_owned()),
            line_buffering,
            write_through: false,
        };
        let wrapper = TextIoWrapper::make(vm, buffer.as_value(), options);
        match wrapper {
            Ok(wrapper) => {
                vm.set_attr(wrapper.as_value(), &vm.intern("mode"), Some(&mode.into()))?;
                Ok(wrapper.into())
            }
            Err(raised) => chain(vm, Err(raised), || call(vm, buffer.as_value(), "close")),
        }
    };
    match finish() {
        Ok(stream) => Ok(stream),
        Err(raised) => {
            if raw.fd.get() >= 0 {
                return chain(vm, Err(raised), || call(vm, &raw_value, "close"));
            }
            Err(raised)
        }
    }
}

/// `open_code(path)`.
pub fn open_code(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.str_argument(args.value(0), "open_code", "argument 'path'")?;
    open(vm, Args::positional(&[args.value(0).clone(), "rb".into()]))
}

/// `text_encoding(encoding, stacklevel)`.
pub fn text_encoding(vm: &Vm, args: Args<'_>) -> PyResult {
    args.get(1).map_or(Ok(2), |level| vm.c_int_argument(level))?;
    Ok(match args.get_not_none(0) {
        Some(encoding) => encoding.clone(),
        None => "locale".into(),
    })
}

/// A standard stream: `None` if its descriptor is not open.
pub fn standard_stream(
    vm: &Vm,
    fd: i32,
    name: &str,
    errors: &str,
    unbuffered: bool,
) -> PyResult<Option<Value>> {
    if vm.host.status_of_fd(fd).is_err() {
        return Ok(None);
    }
    let writing = fd != 0;
    let raw = FileIo::open(vm, &Value::small(fd.into()), if writing { "w" } else { "r" }, false, None)?;
    vm.set_attr(raw.as_value(), &vm.names.name, Some(&name.into()))?;
    let is_terminal = call_bool(vm, raw.as_value(), "isatty")?;
    // These are flushed when the interpreter ends; no need to look for their finalisers.
    raw.header().set_standing();
    let unbuffered = unbuffered && writing;
    let buffer: Value = if unbuffered {
        raw.into()
    } else {
        let ability = if writing { Ability::Write } else { Ability::Read };
        Buffered::make(vm, raw.as_value(), ability, DEFAULT_BUFFER_SIZE)?.into()
    };
    buffer.header().inspect(|header| header.set_standing());
    let options = Options {
        encoding: Some("utf-8".into()),
        errors: Some(errors.into()),
        newline: if writing { Some("\n".into()) } else { None },
        line_buffering: !unbuffered && (is_terminal || fd == 2),
        write_through: unbuffered,
    };
    let wrapper = TextIoWrapper::make(vm, &buffer, options)?;
    wrapper.header().set_standing();
    vm.set_attr(wrapper.as_value(), &vm.intern("mode"), Some(&(if writing { "w" } else { "r" }).into()))?;
    Ok(Some(wrapper.into()))
}
