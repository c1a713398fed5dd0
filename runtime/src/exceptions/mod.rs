//! Exceptions: the builtin hierarchy, raising from native code, tracebacks, and what is printed of exceptions nobody catches.

mod carets;
mod hierarchy;
pub mod paint;
mod raise;
mod report;
pub mod suggestions;
pub mod traceback;
mod uncaught;

pub use hierarchy::{BUILTIN_EXCEPTIONS, Exc, ExceptionSpec};
pub use raise::{Raised, os_error_class, os_error_text};
pub use report::format_exception;
pub use uncaught::{
    display_exception, report_uncaught, unraisable, unraisable_doing, unraisable_with, write_stderr,
    write_unraisable,
};
