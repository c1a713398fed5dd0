//! The runtime of Ouro: values, heap, classes, builtin types, VM, tasks and event loop. Knows no module of the standard library.
pub mod text;
