//! Python source text to code object: tokens (logos), syntax tree (lalrpop), scopes, register bytecode.
//!
//! Knows no runtime value, does no I/O and never panics on input.
#![forbid(unsafe_code)]

pub mod ast;
pub mod code;
pub mod compiler;
mod diagnose;
pub mod diagnostics;
pub mod lexer;
pub mod parser;
pub mod scope;
pub mod source;
pub mod validate;
