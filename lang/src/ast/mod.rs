//! The syntax tree.

pub(crate) mod build;
mod node;
mod unparse;
mod wtf8;

pub use node::*;
pub use unparse::unparse;
pub use wtf8::Wtf8String;
