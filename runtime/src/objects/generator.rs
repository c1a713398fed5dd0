//! Generators, coroutines and async generators: one payload, a frame that lives inside its object and runs in place.
//!
//! A *chain* is a generator and what it delegates to, linked by `yield from` and `await`: root, ..., leaf. Suspending saves the leaf in
//! the root; resuming the root jumps straight to the leaf. See `vm/generator.rs` for the running of them.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::cell::Cell;

use ouro_lang::code::{Instruction, Opcode};

use crate::heap::{self, Gc, Kind, Payload, Visitor};
use crate::objects::code::{CallKind, Code};
use crate::objects::exception::Exception;
use crate::objects::function::Function;
use crate::slim_cell::SlimCell;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::frame::{Frame, HEADER_WORDS, Link};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Made, not started.
    Created,
    /// At a yield or await.
    Suspended,
    /// Also of one that is awaited in a chain that is suspended: only the root of that is `Suspended`.
    Running,
    /// Returned, raised or closed; no registers are left.
    Finished,
}

#[repr(C)]
pub struct Generator {
    pub state: Cell<State>,
    pub kind: CallKind,
    n_registers: u16,
    /// For the recursion limit. A root that runs: `Vm::depth` when it was resumed. Else the depth of the chain below it, as it was
    /// suspended.
    pub depth: Cell<u32>,
    /// Where to go on: past the instruction that suspended.
    ip: Cell<*mut Instruction>,
    /// A suspended root: the innermost generator of its chain; null if that is this one. A root that runs: the root that was current when
    /// it was resumed.
    link: Cell<*const Generator>,
    /// What few generators have.
    pub rare: SlimCell<Option<Box<RareState>>>,
    header: [Cell<u64>; HEADER_WORDS],
}

/// Names set from Python, creation site of a coroutine in debug mode, hooks of an async generator.
#[derive(Default)]
pub struct RareState {
    /// While suspended: the exception being handled inside the chain. While running: the one its resumer was handling.
    handled: Option<Gc<Exception>>,
    pub name: Option<Value>,
    pub qualname: Option<Value>,
    pub origin: Option<Value>,
    /// Async generators: the finaliser hook taken at first iteration.
    pub finalizer: Option<Value>,
}

/// Bits of an async generator's header, in `aux`.
pub mod async_flags {
    /// The hooks of `sys.set_asyncgen_hooks` have been asked.
    pub const HOOKS_INITED: u8 = 1;
    /// An `asend`, `athrow` or `aclose` is under way (`ag_running`).
    pub const RUNNING: u8 = 2;
    /// Closed, or run to its end.
    pub const CLOSED: u8 = 4;
}

impl crate::heap::Trace for Box<RareState> {
    fn trace_value(&self, visit: Visitor<'_>) {
        if let Some(handled) = &self.handled {
            visit(handled.as_value());
        }
        [&self.name, &self.qualname, &self.origin, &self.finalizer].into_iter().flatten().for_each(visit);
    }
}

impl Payload for Generator {
    const KIND: Kind = Kind::Generator;

    fn trace(&self, visit: Visitor<'_>) {
        crate::heap::Trace::trace_value(&self.rare, visit);
        let frame = self.frame();
        // SAFETY: the function slot is initialised for the generator's life, the registers too.
        visit(unsafe { &*frame.function_slot() });
        for index in 0..self.n_registers as usize {
            visit(frame.register(index));
        }
    }

    fn clear(&self) {
        if self.state.get() == State::Running && !Vm::current().detach(self) {
            return;
        }
        if !self.leaf_ptr().is_null() {
            Vm::current().unlink_chain(self);
        }
        self.close_orphan();
        self.state.set(State::Finished);
        self.frame().sweep(self.n_registers as usize);
    }

    fn trailing_layout(&self) -> Layout {
        let size = size_of::<Generator>() + self.n_registers as usize * size_of::<Value>();
        Layout::from_size_align(size, align_of::<Generator>()).expect("at most 65,535 registers")
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        if !self.leaf_ptr().is_null() {
            // What is delegated to lives on as a chain of its own, if only to be closed.
            Vm::current().unlink_chain(self);
        }
        self.close_orphan();
        let frame = self.frame();
        if frame.has_frame_object() {
            let index = Vm::current().suspended_position(frame, self.ip.get());
            Vm::current().detach_frame_object(frame, index);
        }
        // A finished one has let go of its registers.
        if self.state.get() != State::Finished {
            frame.sweep(self.n_registers as usize);
        }
        // SAFETY: initialised at creation, dropped only here.
        unsafe { std::ptr::drop_in_place(frame.function_slot()) }
    }
}

/// Where a generator's code begins: behind the instruction at which it stands before it is started.
fn start_of(code: &crate::objects::code::Code) -> *mut Instruction {
    let first = code.instructions_ptr();
    // SAFETY: code has at least one instruction, and does not end in a Nop.
    unsafe { if (*first).op() == Opcode::Nop { first.add(1) } else { first } }
}

impl Generator {
    /// A generator about to run `function`'s code. `arguments` are its first registers.
    pub fn new(vm: &Vm, function: Value, arguments: impl ExactSizeIterator<Item = Value>) -> Gc<Generator> {
        let code = {
            let function = function.downcast::<Function>().expect("generators run functions");
            let code = function.code.borrow();
            &raw const **code
        };
        // SAFETY: the function, which the new object will own, keeps its code alive.
        let code = unsafe { &*code };
        let class = match code.call_kind {
            CallKind::Coroutine => vm.types.coroutine(),
            CallKind::AsyncGenerator => vm.types.async_generator(),
            _ => vm.types.generator(),
        };
        let n_registers = code.n_registers;
        let body = Generator {
            state: Cell::new(State::Created),
            kind: code.call_kind,
            n_registers,
            depth: Cell::new(1),
            ip: Cell::new(start_of(code)),
            link: Cell::new(std::ptr::null()),
            rare: SlimCell::new(None),
            header: [const { Cell::new(Value::UNBOUND.into_bits()) }; HEADER_WORDS],
        };
        // SAFETY: every register is written; a generator's class is no heap type.
        let generator = unsafe {
            heap::alloc_trailing::<Generator, Value>(class, body, |out| {
                let mut n = 0;
                for argument in arguments.take(n_registers as usize) {
                    out.add(n).write(argument);
                    n += 1;
                }
                for index in n..n_registers as usize {
                    out.add(index).write(Value::UNBOUND);
                }
            })
        };
        let frame = generator.frame();
        // SAFETY: the slot holds the placeholder written above.
        unsafe { frame.function_slot().write(function) };
        frame.write_header(std::ptr::null_mut(), Frame::NONE, Link::Native, code);
        // A coroutine that is never awaited says so; the others need clean-up only once suspended inside a block.
        generator.header().set_wants_finalizer(true);
        generator
    }

    #[inline(always)]
    pub fn frame(&self) -> Frame {
        // SAFETY: the registers follow the payload.
        Frame(unsafe { (self as *const Generator).add(1) as *mut Value })
    }

    /// Whether it is suspended by a `yield` of its own, not by what it delegates to.
    #[inline]
    pub fn stands_at_async_yield(&self) -> bool {
        // SAFETY: a suspended generator's `ip` points past the instruction that suspended.
        let word = unsafe { *self.ip.get().sub(1) };
        self.leaf_ptr().is_null() && word.op_byte() == Opcode::AsyncYield as u8
    }

    #[inline(always)]
    pub fn ip(&self) -> *mut Instruction {
        self.ip.get()
    }

    #[inline(always)]
    pub fn set_ip(&self, ip: *mut Instruction) {
        self.ip.set(ip);
    }

    /// The object's header.
    pub fn header(&self) -> &heap::Header {
        // SAFETY: a Generator exists only as the body of a heap object.
        unsafe { heap::header_of(self) }
    }

    pub fn is_finished(&self) -> bool {
        self.state.get() == State::Finished
    }

    /// Innermost generator of the suspended chain this is the root of; null if that is this one, or it is none.
    #[inline(always)]
    pub fn leaf_ptr(&self) -> *const Generator {
        if self.state.get() == State::Suspended { self.link.get() } else { std::ptr::null() }
    }

    /// For a generator that is suspended, or is to be.
    #[inline(always)]
    pub fn set_leaf_ptr(&self, leaf: *const Generator) {
        self.link.set(leaf);
    }

    /// Of a root that runs: the one that was current when it was resumed.
    #[inline(always)]
    pub fn outer_root(&self) -> *const Generator {
        self.link.get()
    }

    /// For a root that is being resumed.
    #[inline(always)]
    pub fn set_outer_root(&self, root: *const Generator) {
        self.link.set(root);
    }

    /// While suspended: the exception being handled inside the chain. While running: the one its resumer was handling.
    pub fn handled(&self) -> Option<Gc<Exception>> {
        self.rare.borrow().as_ref().and_then(|rare| rare.handled.clone())
    }

    #[inline]
    pub fn take_handled(&self) -> Option<Gc<Exception>> {
        self.rare.borrow_mut().as_mut().and_then(|rare| rare.handled.take())
    }

    #[inline]
    pub fn replace_handled(&self, exception: Option<Gc<Exception>>) -> Option<Gc<Exception>> {
        match exception {
            None => self.take_handled(),
            exception => self.rare_mut(|rare| std::mem::replace(&mut rare.handled, exception)),
        }
    }

    /// The function whose code this runs; a finished one may have let go of it.
    fn function(&self) -> Option<&Gc<Function>> {
        // SAFETY: the slot is initialised for the generator's life.
        unsafe { &*self.frame().function_slot() }.downcast()
    }

    /// Finished: lets go of the function and what it closes over. Its code takes its place.
    pub fn let_go(&self) {
        let Some(function) = self.function() else { return };
        let code = self.frame().code();
        let name = function.name.borrow().clone();
        if name.as_bytes() != code.object.name.as_bytes() {
            self.rare_mut(|rare| {
                rare.name.get_or_insert(name.into());
            });
        }
        let qualname = function.qualname.borrow().clone();
        if qualname.as_bytes() != code.object.qualname.as_bytes() {
            self.rare_mut(|rare| {
                rare.qualname.get_or_insert(qualname.into());
            });
        }
        let code = self.code().into();
        // SAFETY: the slot is initialised for the generator's life.
        let function = unsafe { std::ptr::replace(self.frame().function_slot(), code) };
        drop(function);
    }

    /// [`Generator::let_go`], if anybody will see the finished generator.
    #[inline]
    pub fn let_go_if_shared(&self) {
        if self.header().count() > 1 {
            self.let_go();
        }
    }

    pub fn code(&self) -> Gc<Code> {
        // SAFETY: code exists only as the body of a heap object.
        let code = unsafe { heap::header_of(self.frame().code()) }.to_value();
        code.into_gc().expect("it is code")
    }

    /// `__name__`.
    pub fn name(&self, vm: &Vm) -> Value {
        let set = self.rare.borrow().as_ref().and_then(|rare| rare.name.clone());
        set.unwrap_or_else(|| match self.function() {
            Some(function) => function.name.borrow().to_value(),
            None => vm.intern(&self.frame().code().object.name).into(),
        })
    }

    /// `__qualname__`.
    pub fn qualname(&self, vm: &Vm) -> Value {
        let set = self.rare.borrow().as_ref().and_then(|rare| rare.qualname.clone());
        set.unwrap_or_else(|| match self.function() {
            Some(function) => function.qualname.borrow().to_value(),
            None => vm.intern(&self.frame().code().object.qualname).into(),
        })
    }

    /// This goes without having been closed, since nothing of its own would run. If what it delegates to lives on, or is not a generator,
    /// that is to be closed nevertheless.
    fn close_orphan(&self) {
        if self.state.get() != State::Suspended {
            return;
        }
        // SAFETY: a suspended generator's `ip` points past the instruction that suspended.
        let word = unsafe { *self.ip.get().sub(1) };
        if !matches!(word.op(), Opcode::YieldFrom | Opcode::Await) {
            return;
        }
        let vm = Vm::current();
        if let Some(delegate) = vm.delegate_of(self) {
            // Counted here and in the register.
            let dies = delegate.downcast::<Generator>().is_some_and(|child| child.header().count() == 2);
            if !dies && crate::tasks::future::core_of(&delegate).is_none() {
                vm.heap.push_pending(heap::Pending::Close(delegate));
            }
        }
    }

    pub fn n_registers(&self) -> usize {
        self.n_registers as usize
    }

    /// Whether all these bits of [`async_flags`] are set.
    pub fn has_async_flag(&self, flag: u8) -> bool {
        self.header().aux.get() & flag != 0
    }

    pub fn set_async_flag(&self, flag: u8, on: bool) {
        let flags = &self.header().aux;
        let rest = flags.get() & !flag;
        flags.set(if on { rest | flag } else { rest });
    }

    pub fn rare_mut<R>(&self, f: impl FnOnce(&mut RareState) -> R) -> R {
        f(self.rare.borrow_mut().get_or_insert_default())
    }

    /// The word for this kind in messages.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            CallKind::Coroutine => "coroutine",
            CallKind::AsyncGenerator => "async generator",
            _ => "generator",
        }
    }
}

/// The generator whose frame is `frame`.
///
/// # Safety
/// `frame` lies inside a live generator.
pub(crate) unsafe fn generator_at<'a>(frame: Frame) -> &'a Generator {
    // SAFETY: the payload lies right below its registers.
    unsafe { &*(frame.0 as *const Generator).sub(1) }
}
