//! The core of `json`: a scanner that builds values through a trait, and the writing of strings and floats.
//!
//! The scanner keeps its own stack, so nesting is bounded by a number, not by the machine stack. Error texts and
//! positions are CPython's; a position is a byte offset that the binding turns into an index.

pub mod binding;
mod scan;
mod write;

pub use scan::{Builder, Options, ScanError, scan, scan_string};
pub use write::{push_float, push_quoted};

#[cfg(test)]
mod tests;
