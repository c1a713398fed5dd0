//! Reporting until traceback rendering stands.

use crate::heap::Gc;
use crate::objects::exception::Exception;
use crate::value::Value;
use crate::{PyResult, Vm};

/// "Exception ignored in".
pub fn unraisable(vm: &Vm, exception: &Gc<Exception>, source: &Value) {
    let source = vm.repr_text(source).unwrap_or_else(|raised| {
        drop(vm.take_raised(raised));
        "<object repr() failed>".to_string()
    });
    vm.host.write_stderr(format!("Exception ignored in: {source}\n{}\n", summary(vm, exception)).as_bytes());
}

/// `Class: message`.
pub fn summary(vm: &Vm, exception: &Gc<Exception>) -> String {
    let text = vm.str_text(exception.as_value()).unwrap_or_else(|raised| {
        drop(vm.take_raised(raised));
        String::new()
    });
    format!("{}: {text}", exception.header().ty().name_text())
}

/// The candidate most like `name`, if one is close.
pub fn suggest_name<'a>(_candidates: impl Iterator<Item = &'a str>, _name: &str) -> Option<&'a str> {
    None
}

impl Vm {
    pub(crate) fn warn_explicit(&self, category: crate::Exc, message: &str, _filename: &str, _line: u32) -> PyResult<()> {
        self.warn(category, message, 1)
    }

    pub(crate) fn source_line(&self, filename: &str, line: u32) -> Option<String> {
        let source = self.host.read_file(std::path::Path::new(filename)).ok()?;
        let text = String::from_utf8_lossy(&source).into_owned();
        text.lines().nth(line as usize - 1).map(|line| format!("{line}\n"))
    }
}
