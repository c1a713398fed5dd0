//! The library face of Ouro: an interpreter to build, feed source and ask for globals.
#![forbid(unsafe_code)]

pub use ouro_runtime::vm::start::Config;
pub use ouro_runtime::{Exc, Gc, PyResult, Raised, Value, Vm};
