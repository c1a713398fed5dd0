//! Async generators in chains: a coroutine that awaits `asend()`, `athrow()` or `aclose()` links the generator's frame below its own
//! and jumps there, as it does for another coroutine. A `yield` takes the generator out of the chain again and hands its value to the
//! coroutine; an `await` inside it suspends the chain as a whole.
//!
//! An `async for` over an async generator does without the step: the delegate of its `await` is the generator itself, until somebody asks
//! for it ([`Vm::delegate_of`]).

use ouro_lang::code::{Instruction, Opcode};

use super::Vm;
use super::dispatch::Step;
use super::frame::{Frame, Link};
use super::generator::Wake;
use crate::heap::{self, Gc};
use crate::objects::async_generator::{self, AsyncStep, IGNORED_EXIT, Mode, StepState};
use crate::objects::code::CallKind;
use crate::objects::exception::Exception;
use crate::objects::generator::{Generator, State, async_flags, generator_at};
use crate::value::Value;
use crate::{Exc, PyResult};

impl AsyncStep {
    /// The object's header.
    pub(crate) fn header(&self) -> &heap::Header {
        // SAFETY: an AsyncStep exists only as the body of a heap object.
        unsafe { heap::header_of(self) }
    }

    /// Whether awaiting this links the generator; all else (errors too) goes through the methods.
    pub(crate) fn can_link(&self, vm: &Vm) -> bool {
        let generator = &self.generator;
        let ready = match generator.state.get() {
            State::Created => !matches!(&self.mode, Mode::Send(value) if !value.is_none()),
            State::Suspended => generator.leaf_ptr().is_null() && vm.delegate_of(generator).is_none(),
            State::Running | State::Finished => false,
        };
        ready
            && self.state.get() == StepState::Init
            && !generator.has_async_flag(async_flags::RUNNING)
            && match self.mode {
                Mode::Send(_) => true,
                Mode::Close => !generator.has_async_flag(async_flags::CLOSED),
                // Nothing would tell whether it waits, on which hangs whether it can be awaited again.
                Mode::Throw(_) => false,
            }
    }
}

impl Vm {
    /// Links the generator of `step`, the delegate of the instruction before `ip`, below the running frame.
    pub(crate) fn link_async_step(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        step: &Gc<AsyncStep>,
    ) -> PyResult<Step> {
        let generator = &step.generator;
        let depth = self.depth.get() + 1;
        step.enter();
        if depth > self.recursion_limit.get() {
            step.leave();
            self.recursion_error()?;
        }
        let wake = match &step.mode {
            Mode::Send(value) => Wake::Send(value.clone()),
            Mode::Throw(_) => unreachable!("see `can_link`"),
            Mode::Close => {
                generator.set_async_flag(async_flags::CLOSED, true);
                Wake::Throw(Exception::new(self, Exc::GeneratorExit, &[]))
            }
        };
        self.depth.set(depth);
        // SAFETY: only generators' code delegates.
        unsafe { generator_at(frame) }.set_ip(ip);
        let child_frame = generator.frame();
        child_frame.set_caller(frame, Link::AsyncStep);
        child_frame.set_return_address(ip);
        self.swap_handled_below(generator);
        let created = generator.state.replace(State::Running) == State::Created;
        self.frame.set(child_frame);
        self.ip.set(generator.ip());
        if !created {
            return self.wake_leaf(generator, wake);
        }
        self.mark_started(generator);
        match wake {
            Wake::Send(_) => Ok(Step::Go(child_frame, generator.ip())),
            Wake::Throw(exception) => Err(self.reraise(exception)),
        }
    }

    /// AsyncYield: the value goes to the coroutine that awaits the step; or, wrapped, to the native code that drives it.
    pub(crate) fn async_yield(&self, frame: Frame, ip: *mut Instruction, value: Value) -> PyResult<Step> {
        if frame.link() != Link::AsyncStep {
            return self.suspend(frame, ip, async_generator::wrap(self, value));
        }
        // SAFETY: only generators' code yields.
        let generator = unsafe { generator_at(frame) };
        generator.set_ip(ip);
        generator.state.set(State::Suspended);
        self.depth.set(self.depth.get() - 1);
        self.pass_throw(frame);
        self.swap_handled_above(generator);
        let (caller, address) = (frame.caller(), frame.return_address());
        self.frame.set(caller);
        self.ip.set(address);
        if self.leave_step(caller, address) {
            drop(value);
            return self.raise(Exc::RuntimeError, IGNORED_EXIT);
        }
        self.deliver_delegated(caller, address, value);
        Ok(Step::Go(caller, address))
    }

    /// A linked async generator has returned.
    pub(crate) fn async_step_returned(
        &self,
        generator: &Generator,
        caller: Frame,
        address: *mut Instruction,
    ) -> PyResult<Step> {
        self.drop_handled(generator);
        generator.set_async_flag(async_flags::CLOSED, true);
        self.frame.set(caller);
        self.ip.set(address);
        if self.leave_step(caller, address) {
            self.deliver_delegated(caller, address, Value::NONE);
            return Ok(Step::Go(caller, address));
        }
        self.raise_bare(Exc::StopAsyncIteration)
    }

    /// An exception leaves a linked async generator; `Err` gives it back to go on in the awaiter.
    pub(crate) fn async_step_raised(
        &self,
        generator: &Generator,
        caller: Frame,
        address: *mut Instruction,
        exception: Gc<Exception>,
    ) -> Result<Step, Gc<Exception>> {
        self.drop_handled(generator);
        let ends = [Exc::StopAsyncIteration, Exc::GeneratorExit]
            .into_iter()
            .any(|exc| exception.header().ty().is_subclass(self.types.exception(exc)));
        if ends {
            generator.set_async_flag(async_flags::CLOSED, true);
        }
        let closing = self.leave_step(caller, address);
        if !(ends && closing) {
            return Err(exception);
        }
        self.frame.set(caller);
        self.ip.set(address);
        self.deliver_delegated(caller, address, Value::NONE);
        Ok(Step::Go(caller, address))
    }

    /// Ends the step that is the delegate of the instruction before `address`; whether it is an `aclose()`.
    fn leave_step(&self, caller: Frame, address: *mut Instruction) -> bool {
        // SAFETY: the awaiting instruction precedes the address.
        let word = unsafe { *address.sub(1) };
        let delegate: &Value = caller.register(word.b() as usize);
        if let Some(generator) = delegate.downcast::<Generator>() {
            generator.set_async_flag(async_flags::RUNNING, false);
            return false;
        }
        let step =
            delegate.downcast::<AsyncStep>().expect("a linked async generator is reached through its step");
        step.leave();
        matches!(step.mode, Mode::Close)
    }

    /// GetANext with the `await` that follows it at `ip`, for an async generator that can go on at once. `None`: take the general way.
    #[inline]
    pub(crate) fn resume_in_async_for(
        &self,
        frame: Frame,
        ip: *mut Instruction,
    ) -> Option<(Frame, *mut Instruction)> {
        // SAFETY: code goes on behind GetANext.
        let (word, next) = unsafe { (*ip.sub(1), *ip) };
        let iterator: &Value = frame.register(word.b() as usize);
        let generator = iterator.downcast::<Generator>()?;
        let state = generator.state.get();
        let depth = self.depth.get() + 1;
        let ready = generator.kind == CallKind::AsyncGenerator
            && generator.header().aux.get() == async_flags::HOOKS_INITED
            && (state == State::Created || state == State::Suspended && generator.stands_at_async_yield())
            && next.op_byte() == Opcode::Await as u8
            && next.b() == word.a()
            && depth <= self.recursion_limit.get()
            && self.handles_nothing(generator);
        if !ready {
            return None;
        }
        self.depth.set(depth);
        generator.set_async_flag(async_flags::RUNNING, true);
        // SAFETY: `ip` points to the `await`, which is one word; only generators' code awaits.
        let address = unsafe {
            let address = ip.add(1);
            generator_at(frame).set_ip(address);
            address
        };
        let entry = generator.ip();
        let child_frame = generator.frame();
        child_frame.set_caller(frame, Link::AsyncStep);
        child_frame.set_return_address(address);
        generator.state.set(State::Running);
        if state == State::Created {
            self.mark_started(generator);
        } else {
            // SAFETY: the `yield` precedes where it goes on.
            let target = unsafe { *entry.sub(1) }.a() as usize;
            drop(std::mem::replace(child_frame.register(target), Value::NONE));
        }
        let delegate = iterator.clone();
        drop(std::mem::replace(frame.register(word.a() as usize), delegate));
        Some((child_frame, entry))
    }

    /// The quick way from a `yield` back to such an `async for`; `Err`: take the general way.
    #[inline]
    pub(crate) fn yield_to_async_for(
        &self,
        frame: Frame,
        ip: *mut Instruction,
        value: Value,
    ) -> Result<(Frame, *mut Instruction), Value> {
        if frame.link() != Link::AsyncStep {
            return Err(value);
        }
        // SAFETY: only generators' code yields.
        let generator = unsafe { generator_at(frame) };
        let (caller, address) = (frame.caller(), frame.return_address());
        // SAFETY: the awaiting instruction precedes the address.
        let word = unsafe { *address.sub(1) };
        let delegate = caller.register(word.b() as usize);
        if delegate.downcast::<Generator>().is_none() || !self.handles_nothing(generator) {
            return Err(value);
        }
        generator.set_ip(ip);
        generator.state.set(State::Suspended);
        generator.set_async_flag(async_flags::RUNNING, false);
        self.depth.set(self.depth.get() - 1);
        if let Ok(lent) = std::mem::replace(delegate, Value::UNBOUND).into_gc::<Generator>() {
            // The loop holds the generator, too.
            lent.give_back();
        }
        drop(std::mem::replace(caller.register(word.a() as usize), value));
        Ok((caller, address))
    }

    /// If `awaiter` stands in an `async for` that resumed an async generator, `delegate`, without a step: puts one there, as would have been
    /// by the book.
    pub(crate) fn show_step(&self, awaiter: &Generator, delegate: &mut Value) {
        let Some(generator) = delegate.downcast::<Generator>() else { return };
        let frame = generator.frame();
        let is_bare = generator.has_async_flag(async_flags::RUNNING)
            && frame.link() == Link::AsyncStep
            && frame.caller() == awaiter.frame()
            && frame.return_address() == awaiter.ip();
        if is_bare {
            *delegate = AsyncStep::under_way(self, generator.clone());
        }
    }
}
