//! The syntax tree.

pub(crate) mod build;
mod node;
mod wtf8;

pub use node::*;
pub use wtf8::Wtf8String;
