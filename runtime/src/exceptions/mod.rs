//! Exceptions: the builtin hierarchy, raising from native code, tracebacks.

mod hierarchy;
mod raise;

pub use hierarchy::{BUILTIN_EXCEPTIONS, Exc, ExceptionSpec};
pub use raise::{Raised, os_error_class, os_error_text};
