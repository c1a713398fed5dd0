//! Generators under a `for` statement: the loop's frame and the generator's take turns without native code in between.

use ouro_lang::code::{Instruction, Opcode};

use super::Vm;
use super::dispatch::{ForNext, Outcome, Step};
use super::frame::{Frame, Link};
use super::generator::Wake;
use crate::PyResult;
use crate::objects::code::CallKind;
use crate::objects::generator::{Generator, State, generator_at};
use crate::value::Value;

impl Vm {
    /// A `for` loop's next item.
    #[inline]
    pub(crate) fn for_iter(&self, frame: Frame, register: usize, ip: *mut Instruction) -> PyResult<ForNext> {
        let iterator: &Value = frame.register(register);
        if let Some(generator) = iterator.downcast::<Generator>() {
            if generator.kind == CallKind::Generator {
                let generator: &Generator = generator;
                if generator.is_finished() {
                    return Ok(ForNext::End);
                }
                return match self.enter_generator(generator, Wake::Send(Value::NONE), Link::ForIter, ip)? {
                    Step::Go(next, at) => Ok(ForNext::Enter(next, at)),
                    // A foreign delegate yielded again at once: the chain is suspended already.
                    Step::Exit(Outcome::Yielded(item)) => Ok(ForNext::Item(item)),
                    Step::Exit(Outcome::Returned(_)) => Ok(ForNext::End),
                };
            }
        }
        match self.next(iterator)? {
            Some(item) => Ok(ForNext::Item(item)),
            None => Ok(ForNext::End),
        }
    }

    /// The quick way into a generator that a `for` statement iterates over: suspended by a plain `yield`, alone in its chain, with no
    /// exception being handled inside or outside. `None`: take the general way.
    #[inline]
    pub(crate) fn resume_in_loop(
        &self,
        generator: &Generator,
        ip: *mut Instruction,
    ) -> Option<(Frame, *mut Instruction)> {
        let depth = self.depth.get();
        let inner = depth + generator.depth.get();
        let plain = generator.state.get() == State::Suspended
            && generator.kind == CallKind::Generator
            && generator.leaf_ptr().is_null()
            && generator.rare.borrow().is_none()
            && self.handled.borrow().is_none()
            && inner <= self.recursion_limit.get();
        if !plain {
            return None;
        }
        let resume_at = generator.ip();
        // SAFETY: `resume_at` points past the instruction that suspended.
        let word = unsafe { *resume_at.sub(1) };
        if word.op_byte() != Opcode::Yield as u8 {
            return None;
        }
        generator.state.set(State::Running);
        generator.depth.set(depth);
        self.depth.set(inner);
        let resumer = self.frame.get();
        if self.stack.holds(resumer.0) {
            self.heap_frame_top.set(resumer.top());
        }
        let frame = generator.frame();
        frame.set_caller(resumer, Link::ForIter);
        frame.set_return_address(ip);
        generator.set_outer_root(self.root.replace(generator));
        let old = std::mem::replace(frame.register(word.a() as usize), Value::NONE);
        drop(old);
        Some((frame, resume_at))
    }

    /// The quick way out of such a generator, at a `yield`: the loop's frame and where it goes on.
    #[inline]
    pub(crate) fn yield_to_loop(
        &self,
        frame: Frame,
        ip: *mut Instruction,
    ) -> Option<(Frame, *mut Instruction)> {
        // SAFETY: only generators' code yields.
        let generator = unsafe { generator_at(frame) };
        let plain = frame.link() == Link::ForIter
            && std::ptr::eq(self.root.get(), generator)
            && generator.rare.borrow().is_none()
            && self.handled.borrow().is_none();
        if !plain {
            return None;
        }
        generator.set_ip(ip);
        generator.state.set(State::Suspended);
        let base_depth = generator.depth.get();
        generator.depth.set(self.depth.get() - base_depth);
        self.depth.set(base_depth);
        self.root.set(generator.outer_root());
        generator.set_leaf_ptr(std::ptr::null());
        Some((frame.caller(), frame.return_address()))
    }
}
