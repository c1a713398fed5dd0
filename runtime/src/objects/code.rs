//! `code`: a compiled function ready to run. Wraps `lang`'s code object; when it is first called, with its constants as values, its names
//! interned, and a private copy of the instructions that the VM specialises in place.

#![allow(unsafe_code)]

use std::cell::{Cell, OnceCell, UnsafeCell};
use std::rc::Rc;

use num_bigint::BigInt;
use ouro_lang::code::{CodeObject, Constant, Instruction, Opcode, flags};

use crate::heap::{self, Gc, Kind, Payload, Trace, Visitor};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;

/// How a call of this code begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// Runs at once on the caller's stack.
    Plain,
    Generator,
    Coroutine,
    AsyncGenerator,
}

pub struct Code {
    pub object: Rc<CodeObject>,
    /// Where a call begins: the first instruction, or [`BEGIN`] while `body` is not made.
    entry: Cell<*mut Instruction>,
    body: OnceCell<Body>,
    pub call_kind: CallKind,
    /// Exactly this many positional arguments fill the parameters, with no other kinds of parameters; `u16::MAX` if there are others.
    pub simple_arity: u16,
    /// `simple_arity` of code whose call pushes a frame; `u16::MAX` if a call makes a generator or coroutine.
    pub plain_arity: u16,
    /// Whether leaving the code early could run a handler; known once it was entered.
    has_handlers: Cell<bool>,
    pub n_registers: u16,
    /// Registers that are locals, or the namespace of module and class code: unbound on entry unless arguments fill them.
    pub n_locals: u16,
    pub filename: Value,
    /// Names of the parameters that arguments can be given for by position or keyword; made when first needed.
    parameter_names: OnceCell<Box<[Gc<Str>]>>,
}

/// What running the code needs, made when it is first called.
struct Body {
    instructions: UnsafeCell<Box<[Instruction]>>,
    constants: Box<[Value]>,
    names: Box<[Gc<Str>]>,
}

/// Where calls of all code begin that has no body yet.
static BEGIN: Instruction = Instruction::new(Opcode::Begin, 0, 0, 0, 0);

impl Payload for Code {
    const KIND: Kind = Kind::Code;
    crate::trace_fields!(body, filename; skip object, entry, call_kind, simple_arity, plain_arity, has_handlers, n_registers, n_locals, parameter_names);
}

impl Trace for OnceCell<Body> {
    fn trace_value(&self, visit: Visitor<'_>) {
        let Some(Body { instructions: _, constants, names }) = self.get() else { return };
        constants.trace_value(visit);
        names.trace_value(visit);
    }
}

impl Code {
    pub fn new(vm: &Vm, object: &Rc<CodeObject>) -> Gc<Code> {
        let filename = Str::new(&object.filename).into();
        Code::with_filename(vm, object.clone(), &filename)
    }

    /// Code whose constants are already values.
    pub(crate) fn with_constants(
        vm: &Vm,
        object: Rc<CodeObject>,
        constants: Box<[Value]>,
        filename: &Value,
    ) -> Gc<Code> {
        let code = Code::with_filename(vm, object, filename);
        code.fill(vm, constants);
        code
    }

    fn with_filename(vm: &Vm, object: Rc<CodeObject>, filename: &Value) -> Gc<Code> {
        let has = |flag| object.flags & flag != 0;
        let call_kind = if has(flags::ASYNC_GENERATOR) {
            CallKind::AsyncGenerator
        } else if has(flags::COROUTINE) {
            CallKind::Coroutine
        } else if has(flags::GENERATOR) {
            CallKind::Generator
        } else {
            CallKind::Plain
        };
        let simple = object.n_keyword_only == 0 && !has(flags::VARARGS) && !has(flags::VARKEYWORDS);
        let simple_arity = if simple { object.n_positional } else { u16::MAX };
        let body = Code {
            entry: Cell::new((&raw const BEGIN).cast_mut()),
            body: OnceCell::new(),
            call_kind,
            simple_arity,
            plain_arity: if call_kind == CallKind::Plain { simple_arity } else { u16::MAX },
            has_handlers: Cell::new(false),
            n_registers: object.n_registers,
            n_locals: object.n_locals,
            object,
            filename: filename.clone(),
            parameter_names: OnceCell::new(),
        };
        heap::alloc(vm.types.code(), body)
    }

    #[inline(always)]
    fn body(&self) -> &Body {
        self.body.get().unwrap_or_else(|| self.make_body())
    }

    #[cold]
    fn make_body(&self) -> &Body {
        let vm = Vm::current();
        let constants = self.object.constants.iter();
        self.fill(vm, constants.map(|constant| constant_value(vm, constant, &self.filename)).collect())
    }

    /// Makes the names values and a copy of the instructions. Code objects among the constants stay without a body.
    fn fill(&self, vm: &Vm, constants: Box<[Value]>) -> &Body {
        self.body.get_or_init(|| {
            let mut instructions = self.object.instructions.clone().into_boxed_slice();
            self.has_handlers.set(!self.object.exception_table.is_empty());
            self.entry.set(instructions.as_mut_ptr());
            let names = self.object.names.iter().map(|name| vm.intern(name)).collect();
            Body { instructions: UnsafeCell::new(instructions), constants, names }
        })
    }

    /// Whether there are instructions that a frame could stand at.
    pub(crate) fn was_entered(&self) -> bool {
        self.body.get().is_some()
    }

    /// Constants as values.
    pub fn constants(&self) -> &[Value] {
        &self.body().constants
    }

    /// Interned names that the code looks up.
    #[inline]
    pub fn names(&self) -> &[Gc<Str>] {
        &self.body().names
    }

    /// A constant of code that runs.
    ///
    /// # Safety
    /// The code was entered, and has that many constants.
    #[inline(always)]
    pub(crate) unsafe fn constant_unchecked(&self, index: usize) -> &Value {
        // SAFETY: entering code makes its body; the index is the caller's promise.
        unsafe { self.body.get().unwrap_unchecked().constants.get_unchecked(index) }
    }

    /// Interned names of the named parameters: positional ones, then keyword-only ones.
    pub fn parameter_names(&self) -> &[Gc<Str>] {
        self.parameter_names.get_or_init(|| {
            let n_named = self.object.n_positional as usize + self.object.n_keyword_only as usize;
            self.object.locals[..n_named].iter().map(|name| Vm::current().intern(name)).collect()
        })
    }

    /// Where a call begins, which may be at an instruction of its own that makes the rest.
    #[inline(always)]
    pub(crate) fn entry(&self) -> *mut Instruction {
        self.entry.get()
    }

    /// First instruction; the VM reads and specialises them through this pointer.
    #[inline(always)]
    pub(crate) fn instructions_ptr(&self) -> *mut Instruction {
        // SAFETY: the box is never replaced; only words inside it change.
        unsafe { (*self.body().instructions.get()).as_mut_ptr() }
    }

    /// Whether leaving the code early could run a handler, asked of a frame of it.
    #[inline(always)]
    pub(crate) fn has_handlers(&self) -> bool {
        self.has_handlers.get()
    }

    #[inline(always)]
    pub fn is_generator_like(&self) -> bool {
        self.call_kind != CallKind::Plain
    }

    pub fn has_flag(&self, flag: u32) -> bool {
        self.object.flags & flag != 0
    }
}

/// A value for a constant of a code object.
pub fn constant_value(vm: &Vm, constant: &Constant, filename: &Value) -> Value {
    match constant {
        Constant::None => Value::NONE,
        Constant::True => Value::TRUE,
        Constant::False => Value::FALSE,
        Constant::Ellipsis => Value::ELLIPSIS,
        Constant::Int(n) => Value::int(*n),
        Constant::BigInt(n) => crate::objects::int::new_big(BigInt::clone(n)),
        Constant::Float(x) => Value::float(*x),
        Constant::Complex { re, im } => crate::objects::complex::new(*re, *im),
        // Short constants that look like names are compared with names a lot.
        Constant::Str(bytes) if bytes.len() <= 32 => vm.interner.intern(bytes).into(),
        Constant::Str(bytes) => Str::from_wtf8(bytes).into(),
        Constant::Bytes(bytes) => crate::objects::bytes::Bytes::new(bytes).into(),
        Constant::Tuple(items) => {
            let items: Vec<Value> = items.iter().map(|item| constant_value(vm, item, filename)).collect();
            Tuple::new(items).into()
        }
        Constant::FrozenSet(items) => {
            let items: Vec<Value> = items.iter().map(|item| constant_value(vm, item, filename)).collect();
            crate::objects::set::frozen_of_constants(vm, &items)
        }
        Constant::Slice(bounds) => {
            let [start, stop, step] = bounds.each_ref().map(|bound| constant_value(vm, bound, filename));
            crate::objects::slice::Slice::new(start, stop, step).into()
        }
        Constant::Code(code) => Code::with_filename(vm, code.clone(), filename).into(),
    }
}
