//! What the operators mean, as methods of [`Vm`](crate::Vm): one home for each rule of Python.

mod arguments;
mod attribute;
pub mod buffer;
mod call;
pub mod codecs;
mod compare;
pub mod index;
mod item;
mod iterate;
mod number;
pub mod sequence;
mod text;

pub use index::{SliceBounds, clamp_index};
