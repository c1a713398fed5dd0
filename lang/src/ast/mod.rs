//! The syntax tree.

mod node;
mod wtf8;

pub use node::*;
pub use wtf8::Wtf8String;
