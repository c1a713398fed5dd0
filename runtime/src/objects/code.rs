//! `code`: a compiled function ready to run. Wraps `lang`'s code object with its constants as values, its names interned, and a
//! private copy of the instructions that the VM specialises in place.

#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::rc::Rc;

use num_bigint::BigInt;
use ouro_lang::code::{CodeObject, Constant, Instruction, flags};

use crate::heap::{self, Gc, Kind, Payload};
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
    instructions: UnsafeCell<Box<[Instruction]>>,
    pub constants: Box<[Value]>,
    pub names: Box<[Gc<Str>]>,
    pub call_kind: CallKind,
    /// Exactly this many positional arguments fill the parameters, with no other kinds of parameters; `u16::MAX` if there are others.
    pub simple_arity: u16,
    /// `simple_arity` of code whose call pushes a frame; `u16::MAX` if a call makes a generator or coroutine.
    pub plain_arity: u16,
    pub n_registers: u16,
    /// Registers that are locals, or the namespace of module and class code: unbound on entry unless arguments fill them.
    pub n_locals: u16,
    pub filename: Value,
    /// Names of the parameters that arguments can be given for by position or keyword; made when first needed.
    parameter_names: std::cell::OnceCell<Box<[Gc<Str>]>>,
}

impl Payload for Code {
    const KIND: Kind = Kind::Code;
    crate::trace_fields!(constants, names, filename; skip object, instructions, call_kind, simple_arity, plain_arity, n_registers, n_locals, parameter_names);
}

impl Code {
    /// Makes constants and names values. Code objects among the constants are made as well.
    pub fn new(vm: &Vm, object: &Rc<CodeObject>) -> Gc<Code> {
        let filename = Str::new(&object.filename).into();
        Code::with_filename(vm, object, &filename)
    }

    fn with_filename(vm: &Vm, object: &Rc<CodeObject>, filename: &Value) -> Gc<Code> {
        let constants =
            object.constants.iter().map(|constant| constant_value(vm, constant, filename)).collect();
        Code::with_constants(vm, object.clone(), constants, filename)
    }

    /// Code whose constants are already values.
    pub(crate) fn with_constants(
        vm: &Vm,
        object: Rc<CodeObject>,
        constants: Box<[Value]>,
        filename: &Value,
    ) -> Gc<Code> {
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
            instructions: UnsafeCell::new(object.instructions.clone().into_boxed_slice()),
            constants,
            names: object.names.iter().map(|name| vm.intern(name)).collect(),
            call_kind,
            simple_arity,
            plain_arity: if call_kind == CallKind::Plain { simple_arity } else { u16::MAX },
            n_registers: object.n_registers,
            n_locals: object.locals.len() as u16,
            object,
            filename: filename.clone(),
            parameter_names: std::cell::OnceCell::new(),
        };
        heap::alloc(vm.types.code(), body)
    }

    /// Interned names of the named parameters: positional ones, then keyword-only ones.
    pub fn parameter_names(&self) -> &[Gc<Str>] {
        self.parameter_names.get_or_init(|| {
            let n_named = self.object.n_positional as usize + self.object.n_keyword_only as usize;
            self.object.locals[..n_named].iter().map(|name| Vm::current().intern(name)).collect()
        })
    }

    /// First instruction; the VM reads and specialises them through this pointer.
    #[inline(always)]
    pub(crate) fn instructions_ptr(&self) -> *mut Instruction {
        // SAFETY: the box is never replaced; only words inside it change.
        unsafe { (*self.instructions.get()).as_mut_ptr() }
    }

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
        Constant::Code(code) => Code::with_filename(vm, code, filename).into(),
    }
}
