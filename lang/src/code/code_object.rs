//! The code object: plain, serialisable data that the runtime turns into a frame's programme.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use num_bigint::BigInt;

use super::body::{Body, CodeBody};
use super::opcode::Instruction;

/// `co_flags`, with CPython's bits.
pub mod flags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    /// `constants[0]` is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    /// Defined directly in a class body.
    pub const METHOD: u32 = 0x800_0000;
}

/// A constant of a code object. The runtime makes a value of it once.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    BigInt(BigInt),
    Float(f64),
    Complex {
        re: f64,
        im: f64,
    },
    /// WTF-8: UTF-8 that may also encode lone surrogates.
    Str(Box<[u8]>),
    Bytes(Box<[u8]>),
    Tuple(Box<[Constant]>),
    FrozenSet(Box<[Constant]>),
    Slice(Box<[Constant; 3]>),
    Code(Rc<CodeObject>),
}

/// Where to go when an instruction in `start..end` (word indexes) raises. Inner entries come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    pub start: u32,
    pub end: u32,
    /// Word index of the handler.
    pub handler: u32,
    /// Registers from here up are cleared on entry to the handler (except `exception`).
    pub floor: u16,
    /// The register that gets the exception.
    pub exception: u16,
}

/// One compiled function, class body, module or expression.
///
/// Registers: parameters first (positional, keyword-only, `*args`, `**kwargs`, in `co_varnames` order), then other locals, then temporaries.
/// Module and class code keep their namespace in register 0 (which is then no local), unbound if it is the globals.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeObject {
    pub name: Rc<str>,
    pub qualname: Rc<str>,
    pub filename: Rc<str>,
    pub first_line: u32,
    /// See [`flags`].
    pub flags: u32,
    /// Positional parameters, positional-only ones included.
    pub n_positional: u16,
    pub n_positional_only: u16,
    pub n_keyword_only: u16,
    /// Registers of a frame, temporaries and call windows (with room for their headers and arguments) included.
    pub n_registers: u16,
    /// How many of them are locals: the length of [`CodeBody::locals`].
    pub n_locals: u16,
    /// What is needed to run it; read through the code object itself.
    pub body: Body,
}

impl Deref for CodeObject {
    type Target = CodeBody;

    fn deref(&self) -> &CodeBody {
        &self.body
    }
}

impl DerefMut for CodeObject {
    fn deref_mut(&mut self) -> &mut CodeBody {
        &mut self.body
    }
}

impl std::fmt::Debug for Instruction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}.{} {} {} {}", self.op(), self.x(), self.a(), self.b(), self.c())
    }
}
