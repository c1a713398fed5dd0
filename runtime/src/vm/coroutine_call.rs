//! Quick ways for coroutines: making one by a call, awaiting it at once, returning from it, and calling functions from inside.

#![allow(unsafe_code)]

use ouro_lang::code::Instruction;

use super::Vm;
use super::frame::{Frame, HEADER_WORDS, Link};
use crate::objects::code::{CallKind, Code};
use crate::objects::function::Function;
use crate::objects::generator::{Generator, State, generator_at};
use crate::value::Value;

impl Vm {
    /// A call in `r[window]` of a function that makes a generator, coroutine or async generator of `n` arguments that fill its parameters.
    /// `None`: take the general way.
    #[inline]
    pub(crate) fn call_for_generator(&self, frame: Frame, window: usize, n: usize) -> Option<Value> {
        let callee: &Value = frame.register(window);
        let code: &Code = callee.downcast::<Function>()?.current_code();
        if code.simple_arity as usize != n || code.call_kind == CallKind::Plain {
            return None;
        }
        let function = std::mem::replace(frame.register(window), Value::UNBOUND);
        let first = window + HEADER_WORDS;
        let arguments = (first..first + n).map(|at| std::mem::replace(frame.register(at), Value::UNBOUND));
        let generator = Generator::new(self, function, arguments);
        self.note_coroutine(&generator);
        Some(generator.into())
    }

    /// The quick way into a coroutine that is awaited right after it was made. `None`: take the general way.
    #[inline]
    pub(crate) fn await_new(
        &self,
        frame: Frame,
        register: usize,
        ip: *mut Instruction,
    ) -> Option<(Frame, *mut Instruction)> {
        let awaitable: &Value = frame.register(register);
        let child = awaitable.downcast::<Generator>()?;
        if child.kind != CallKind::Coroutine || child.state.get() != State::Created {
            return None;
        }
        let depth = self.depth.get() + child.depth.get();
        if depth > self.recursion_limit.get() || self.handled.borrow().is_some() {
            return None;
        }
        self.depth.set(depth);
        // SAFETY: only generators' code awaits.
        unsafe { generator_at(frame) }.set_ip(ip);
        let child_frame = child.frame();
        child_frame.set_caller(frame, Link::Await);
        child_frame.set_return_address(ip);
        child.state.set(State::Running);
        self.mark_started(child);
        Some((child_frame, child.ip()))
    }

    /// The quick way out of an awaited coroutine, which nobody watches: where its awaiter goes on. `n_registers` as for `return_slow`.
    #[inline]
    pub(crate) fn return_to_awaiter(
        &self,
        frame: Frame,
        result: Value,
        n_registers: usize,
    ) -> (Frame, *mut Instruction) {
        // SAFETY: only generators' frames have that link.
        let generator = unsafe { generator_at(frame) };
        generator.header().set_wants_finalizer(false);
        generator.state.set(State::Finished);
        frame.sweep(n_registers);
        generator.let_go_if_shared();
        self.depth.set(self.depth.get() - 1);
        let (caller, address) = (frame.caller(), frame.return_address());
        self.frame.set(caller);
        self.deliver_delegated(caller, address, result);
        (caller, address)
    }

    /// Pushes the frame of `function`, called from a generator's frame with `n` arguments in the window that are its parameters one by one.
    /// `None`: take the general way.
    #[inline]
    pub(crate) fn call_from_generator(
        &self,
        frame: Frame,
        window: usize,
        n: usize,
        ip: *mut Instruction,
    ) -> Option<(Frame, *mut Instruction)> {
        let callee: &Value = frame.register(window);
        let code: &Code = callee.downcast::<Function>()?.current_code();
        let depth = self.depth.get() + 1;
        if code.plain_arity as usize != n || depth > self.recursion_limit.get() {
            return None;
        }
        let top = self.heap_frame_top.get();
        // SAFETY: pointer arithmetic inside the reservation, checked before use.
        let (callee, end) = unsafe {
            let base = top.add(HEADER_WORDS);
            (Frame(base), base.add(code.n_registers as usize))
        };
        if !self.stack.ensure(end) {
            return None;
        }
        self.depth.set(depth);
        let function = std::mem::replace(frame.register(window), Value::UNBOUND);
        // SAFETY: free stack.
        unsafe { std::ptr::write(callee.function_slot(), function) };
        for at in 0..n {
            let value = std::mem::replace(frame.register(window + HEADER_WORDS + at), Value::UNBOUND);
            // SAFETY: free stack.
            unsafe { std::ptr::write(callee.register(at), value) };
        }
        callee.unbind_locals(n, code.n_locals as usize);
        // SAFETY: `ip` points past the calling instruction.
        callee.write_header(unsafe { ip.sub(1) }, frame, Link::FromHeap, code);
        Some((callee, code.entry()))
    }

    /// The quick way back from such a call: where the generator goes on.
    #[inline]
    pub(crate) fn return_to_generator(
        &self,
        frame: Frame,
        result: Value,
        n_registers: usize,
    ) -> (Frame, *mut Instruction) {
        frame.sweep(n_registers);
        self.depth.set(self.depth.get() - 1);
        let (caller, address) = (frame.caller(), frame.return_address());
        drop(frame.take_function());
        self.heap_frame_top.set(frame.function_slot());
        self.frame.set(caller);
        // SAFETY: the address of the calling instruction.
        let window = unsafe { *address }.a() as usize;
        drop(std::mem::replace(caller.register(window), result));
        (caller, super::unwind::after(address))
    }
}
