//! The runtime of Ouro: values, heap, classes, builtin types, VM, tasks and event loop. Knows no module of the standard library.
//!
//! Where things are: [`value`] one machine word; [`heap`] objects, counts, collector; [`class`] type objects and slots; [`objects`] one file per
//! builtin type; [`protocol`] what the operators mean; [`native`] what Rust functions see; [`exceptions`] hierarchy and raising;
//! [`vm`] frames and dispatch.

#![deny(unsafe_code)]

pub mod builtins;
mod chunked;
pub mod class;
pub mod event_loop;
pub mod exceptions;
pub mod heap;
pub mod host;
pub mod names;
pub mod native;
pub mod objects;
pub mod protocol;
pub mod seeded;
pub mod slim_cell;
pub mod tasks;
pub mod text;
pub mod types;
pub mod value;
pub mod vm;

pub use exceptions::{Exc, Raised};
pub use heap::Gc;
pub use native::{Args, GetSet, NativeClass, NativeFn, NativeModule};
pub use value::Value;
pub use vm::Vm;

/// The result of anything that can raise a Python exception. The exception itself waits in the [`Vm`].
pub type PyResult<T = Value> = Result<T, Raised>;
