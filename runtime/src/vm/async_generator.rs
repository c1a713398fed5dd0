//! Async generators in chains: a coroutine that awaits `asend()`, `athrow()` or `aclose()` links the generator's frame below its own
//! and jumps there, as it does for another coroutine. A `yield` takes the generator out of the chain again and hands its value to the
//! coroutine; an `await` inside it suspends the chain as a whole.
//!
//! While linked, `Generator::handled` is the exception its awaiter handles, `None` if that is whatever the chain's resumer handles.

use ouro_lang::code::Instruction;

use super::Vm;
use super::dispatch::Step;
use super::frame::{Frame, Link};
use super::generator::Wake;
use crate::heap::{self, Gc};
use crate::objects::async_generator::{self, AsyncStep, IGNORED_EXIT, Mode, StepState};
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
            && (matches!(self.mode, Mode::Send(_)) || !generator.has_async_flag(async_flags::CLOSED))
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
        if depth > self.recursion_limit.get() {
            self.recursion_error()?;
        }
        step.enter();
        let wake = match &step.mode {
            Mode::Send(value) => Wake::Send(value.clone()),
            Mode::Throw(arguments) => match async_generator::thrown_by_athrow(self, arguments) {
                Ok(exception) => Wake::Throw(exception),
                Err(raised) => {
                    step.leave();
                    return Err(raised);
                }
            },
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
            Wake::Throw(exception) => Err(self.set_raised(exception)),
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
        let step =
            delegate.downcast::<AsyncStep>().expect("a linked async generator is reached through its step");
        step.leave();
        matches!(step.mode, Mode::Close)
    }

    /// What is handled outside of `frame`, a frame of the running chain.
    pub(crate) fn handled_outside(&self, frame: Frame) -> Option<Gc<Exception>> {
        if frame.link() == Link::AsyncStep {
            // SAFETY: only generators' frames are linked so.
            let own = unsafe { generator_at(frame) }.handled();
            if own.is_some() {
                return own;
            }
        }
        // SAFETY: the root of a running chain lives.
        let root = unsafe { self.root.get().as_ref() };
        root.and_then(|root| root.handled())
    }

    /// The generator is linked: what it was handling is handled again.
    fn swap_handled_below(&self, generator: &Generator) {
        let outer = self.handled.take();
        let own = generator.take_handled();
        if outer.is_none() && own.is_none() {
            return;
        }
        let _none = self.handled.replace(own.or_else(|| outer.clone()));
        // SAFETY: the root of a running chain lives.
        let root = unsafe { &*self.root.get() };
        let is_resumers = match (&outer, &root.handled()) {
            (Some(outer), Some(resumers)) => outer.is(resumers),
            (outer, _) => outer.is_none(),
        };
        let _none = generator.replace_handled(if is_resumers { None } else { outer });
    }

    /// The generator yields: what it handles is kept for the next step.
    fn swap_handled_above(&self, generator: &Generator) {
        let outer = self.handled_outside(generator.frame());
        let _own = generator.take_handled();
        let now = self.handled.replace(outer.clone());
        let own = match (now, &outer) {
            (Some(now), Some(outer)) if now.is(outer) => None,
            (now, _) => now,
        };
        let _none = generator.replace_handled(own);
    }

    /// The generator has ended.
    fn drop_handled(&self, generator: &Generator) {
        let outer = self.handled_outside(generator.frame());
        let _own = generator.take_handled();
        let _now = self.handled.replace(outer);
    }
}
