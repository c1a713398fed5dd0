//! `complex`.

use crate::heap::{self, Kind, Payload};
use crate::value::Value;
use crate::vm::Vm;

#[derive(Clone, Copy)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

impl Payload for Complex {
    const KIND: Kind = Kind::Complex;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub fn new(re: f64, im: f64) -> Value {
    heap::alloc(Vm::current().types.complex(), Complex { re, im }).into()
}
