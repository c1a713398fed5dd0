//! The standard library of Ouro: native modules in Rust, the rest Python compiled to bytecode at build time.
#![forbid(unsafe_code)]

pub mod binascii;
pub mod bisect;
mod buffer;
pub mod collections;
mod convert;
mod errors;
pub mod functools;
pub mod heapq;
pub mod itertools;
pub mod json;
pub mod math;
pub mod mt19937;
pub mod operator;
pub mod ouro_helpers;
pub mod random;
pub mod re;
pub mod structs;
