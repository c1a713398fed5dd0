//! The builtin types, one file or folder each.

pub mod bool;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod complex;
pub mod dict;
pub mod exception;
pub mod float;
pub mod function;
pub mod generic_alias;
pub mod hash_table;
pub mod int;
pub mod iterators;
pub mod list;
pub mod module;
pub mod none;
pub mod set;
pub mod slice;
pub mod str;
pub mod table;
pub mod tuple;
