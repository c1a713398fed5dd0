//! Path arguments of `posix`: str, bytes, path objects, and descriptors where a function takes them.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, PyResult, Value, Vm};

use crate::os_path;

/// What an argument names.
#[derive(Clone, Debug)]
pub enum Target {
    Path(Vec<u8>),
    Fd(i32),
}

/// A path argument, understood.
pub struct PathArg {
    pub target: Target,
    /// What names made from it should be.
    pub is_bytes: bool,
    /// For messages: what `__fspath__` gave, or the argument.
    pub given: Value,
}

/// What a parameter takes besides paths.
#[derive(Clone, Copy, Default)]
pub struct Takes {
    pub fd: bool,
    /// None stands for the working folder.
    pub none: bool,
}

pub const PATHS: Takes = Takes { fd: false, none: false };
pub const OR_FD: Takes = Takes { fd: true, none: false };
pub const OR_FD_OR_NONE: Takes = Takes { fd: true, none: true };

impl PathArg {
    /// Argument `name` of a function; absent is as None.
    pub fn new(
        vm: &Vm,
        value: Option<&Value>,
        function: &str,
        name: &str,
        takes: Takes,
    ) -> PyResult<PathArg> {
        let Some(value) = value.filter(|value| !(takes.none && value.is_none())) else {
            return Ok(PathArg { target: Target::Path(b".".to_vec()), is_bytes: false, given: Value::NONE });
        };
        let is_text =
            |value: &Value| value.downcast::<Str>().is_some() || value.downcast::<Bytes>().is_some();
        if takes.fd && !is_text(value) && vm.has_index(value) {
            let fd = descriptor(vm, value)?;
            return Ok(PathArg { target: Target::Fd(fd), is_bytes: false, given: value.clone() });
        }
        let has_fspath = || vm.lookup_special(value, &vm.names.__fspath__);
        if !is_text(value) && has_fspath()?.is_none_or(|method| method.is_none()) {
            let kinds = match (takes.fd, takes.none) {
                (true, true) => "string, bytes, os.PathLike, integer or None",
                (true, false) => "string, bytes, os.PathLike or integer",
                (false, true) => "string, bytes, os.PathLike or None",
                (false, false) => "string, bytes or os.PathLike",
            };
            let class = vm.type_name(value);
            return vm.raise(Exc::TypeError, format!("{function}: {name} should be {kinds}, not {class}"));
        }
        let given = os_path::fspath(vm, value)?;
        let (bytes, is_bytes) = match given.downcast::<Str>() {
            Some(text) => (os_path::encode(vm, text)?, false),
            None => {
                (given.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default(), true)
            }
        };
        if bytes.contains(&0) {
            return vm.raise(Exc::ValueError, format!("{function}: embedded null character in {name}"));
        }
        Ok(PathArg { target: Target::Path(bytes), is_bytes, given })
    }

    /// The path's bytes; descriptors were not allowed.
    pub fn bytes(&self) -> &[u8] {
        match &self.target {
            Target::Path(bytes) => bytes,
            Target::Fd(_) => b"",
        }
    }

    pub fn target(&self) -> Result<&[u8], i32> {
        match &self.target {
            Target::Path(bytes) => Ok(bytes),
            Target::Fd(fd) => Err(*fd),
        }
    }

    pub fn is_fd(&self) -> bool {
        matches!(self.target, Target::Fd(_))
    }

    /// The result of a call of the system; its error names the path.
    pub fn os<T>(&self, vm: &Vm, result: std::io::Result<T>) -> PyResult<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                let name = (!self.given.is_none()).then_some(&self.given);
                vm.raise_os_error(&error, name)
            }
        }
    }
}

/// The error of a call with two paths.
pub fn os_two<T>(vm: &Vm, result: std::io::Result<T>, first: &PathArg, second: &PathArg) -> PyResult<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let class = vm.types.exception(ouro_runtime::exceptions::os_error_class(number)).to_value();
            let text = ouro_runtime::exceptions::os_error_text(&error);
            let arguments = [
                Value::small(number.into()),
                text.as_str().into(),
                first.given.clone(),
                Value::NONE,
                second.given.clone(),
            ];
            match vm.call(&class, &arguments)?.into_gc() {
                Ok(exception) => vm.raise_value(exception),
                Err(_) => vm.raise_os_error(&error, None),
            }
        }
    }
}

/// A descriptor where a path may stand.
fn descriptor(vm: &Vm, value: &Value) -> PyResult<i32> {
    if value.as_bool().is_some() {
        vm.warn(Exc::RuntimeWarning, "bool is used as a file descriptor", 1)?;
    }
    let index = vm.index(value)?;
    match int::as_big(&index).map(|n| i32::try_from(&n).map_err(|_| n.sign() == num_bigint::Sign::Minus)) {
        Some(Ok(fd)) => Ok(fd),
        Some(Err(true)) => vm.raise(Exc::OverflowError, "fd is less than minimum"),
        _ => vm.raise(Exc::OverflowError, "fd is greater than maximum"),
    }
}

/// `dir_fd`: a descriptor, or None.
pub fn dir_fd(vm: &Vm, value: Option<&Value>) -> PyResult<Option<i32>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    if !vm.has_index(value) {
        return vm.raise_type_of("argument should be integer or None, not {}", value);
    }
    descriptor(vm, value).map(Some)
}

/// A descriptor, or an object with `fileno()`.
pub fn fileno(vm: &Vm, value: &Value) -> PyResult<i32> {
    if int::is_int(value) {
        if value.as_bool().is_some() {
            vm.warn(Exc::RuntimeWarning, "bool is used as a file descriptor", 1)?;
        }
        let fd = crate::convert::int32(vm, value)?;
        if fd < 0 {
            return vm.raise(Exc::ValueError, format!("file descriptor cannot be a negative integer ({fd})"));
        }
        return Ok(fd);
    }
    let Some(method) = vm.get_attr_opt(value, &vm.names.fileno)? else {
        return vm.raise(Exc::TypeError, "argument must be an int, or have a fileno() method.");
    };
    let number = vm.call(&method, &[])?;
    if !int::is_int(&number) {
        return vm.raise(Exc::TypeError, "fileno() returned a non-integer");
    }
    let fd = crate::convert::int32(vm, &number)?;
    if fd < 0 {
        return vm.raise(Exc::ValueError, format!("file descriptor cannot be a negative integer ({fd})"));
    }
    Ok(fd)
}
