//! Leaving frames: returns that need more than the fast path, and exceptions on their way to a handler.

use ouro_lang::code::{Instruction, Opcode};

use super::Vm;
use super::dispatch::{Outcome, Step};
use super::frame::{Frame, Link};
use crate::exceptions::Raised;
use crate::heap::{self, Gc, Payload};
use crate::objects::code::CallKind;
use crate::objects::exception::Exception;
use crate::objects::generator::{State, generator_at};
use crate::value::Value;
use crate::vm::frame::FrameObject;
use crate::{Exc, PyResult};

/// `traceback`: one level of the way an exception took.
pub struct Traceback {
    pub frame: Gc<FrameObject>,
    /// Word index of the instruction that raised or called.
    pub index: usize,
    /// Set by constructing a traceback from Python; otherwise worked out from `index`.
    pub line: std::cell::Cell<Option<i64>>,
    /// The next level inward.
    pub next: std::cell::RefCell<Option<Value>>,
}

impl Payload for Traceback {
    crate::trace_fields!(frame, next; skip index, line);

    fn clear(&self) {
        let _next = self.next.take();
    }
}

/// Functions in Python that tracebacks do not show: those that turn a warning into an error, which are C in CPython, and those between
/// an import statement and the module it executes.
const HIDDEN: [(&str, &[&str]); 2] = [
    ("warnings", &["warn", "warn_explicit"]),
    ("importlib/_machinery", &["_import_by_finders", "_ask", "_load", "exec_module"]),
];

impl Vm {
    /// Return from a frame entered otherwise than by a plain call, or watched by a frame object.
    #[inline(never)]
    pub(crate) fn return_slow(&self, frame: Frame, result: Value, n_registers: usize) -> PyResult<Step> {
        let link = frame.link();
        if matches!(link, Link::Call | Link::Native | Link::Init | Link::FromHeap)
            && self.stack.holds(frame.0)
        {
            if frame.has_frame_object() {
                self.detach_frame_object(frame, self.suspended_position(frame, self.ip.get()));
            }
            frame.sweep(n_registers);
            self.depth.set(self.depth.get() - 1);
            let (caller, address) = (frame.caller(), frame.return_address());
            let function = frame.take_function();
            drop(function);
            if !self.stack.holds(caller.0) {
                // A frame called from a generator's lies right at the free top that the generator had.
                self.heap_frame_top.set(frame.function_slot());
            }
            return match link {
                Link::Call => {
                    // SAFETY: the function slot is the window's first register, just emptied.
                    unsafe { std::ptr::write(frame.function_slot(), result) };
                    Ok(Step::Go(caller, address))
                }
                Link::Native => Ok(Step::Exit(Outcome::Returned(result))),
                Link::Init => {
                    self.frame.set(caller);
                    if !result.is_none() {
                        let raised = self.raise_type_of("__init__() should return None, not '{}'", &result);
                        return raised.map_err(|raised| self.raise_at(caller, address, raised));
                    }
                    Ok(Step::Go(caller, after(address)))
                }
                _ => {
                    self.deliver(caller, address, result);
                    Ok(Step::Go(caller, after(address)))
                }
            };
        }
        self.finish_generator(frame, result)
    }

    /// Puts a result into register `a` of the instruction at `address`.
    fn deliver(&self, frame: Frame, address: *mut Instruction, result: Value) {
        // SAFETY: the address of an instruction of the frame's code.
        let word = unsafe { *address };
        let killed = match word.op() {
            // The receiver of a property access may die here.
            Opcode::GetAttr | Opcode::GetAttrProperty
                if word.x() & ouro_lang::code::KILL_B != 0 && word.a() != word.b() =>
            {
                std::mem::replace(frame.register(word.b() as usize), Value::UNBOUND)
            }
            _ => Value::UNBOUND,
        };
        let old = std::mem::replace(frame.register(word.a() as usize), result);
        self.frame.set(frame);
        // SAFETY: past the instruction word.
        self.ip.set(unsafe { address.add(1) });
        drop(killed);
        drop(old);
    }

    /// Makes an error raised while leaving a frame look as if raised at the caller's instruction.
    fn raise_at(&self, frame: Frame, address: *mut Instruction, raised: Raised) -> Raised {
        self.frame.set(frame);
        // SAFETY: past the instruction word.
        self.ip.set(unsafe { address.add(1) });
        raised
    }

    /// An exception is on its way in `frame`, which stands before `ip`: finds the handler, popping frames without one.
    ///
    /// `Err`: it leaves for native code.
    #[cold]
    #[inline(never)]
    pub(crate) fn unwind(&self, frame: Frame, ip: *mut Instruction, raised: Raised) -> PyResult<Step> {
        // Errors raised while a step switched frames have left the frame they belong to in the Vm.
        let (mut frame, mut ip) =
            if self.frame.get() == frame { (frame, ip) } else { (self.frame.get(), self.ip.get()) };
        let mut exception = self.take_raised(raised);
        let mut add_entry = !self.reraising.replace(false);
        loop {
            self.frame.set(frame);
            self.ip.set(ip);
            let index = self.suspended_position(frame, ip);
            let code = frame.code();
            let entry = code
                .object
                .exception_table
                .iter()
                .find(|entry| (entry.start as usize..entry.end as usize).contains(&index));
            if add_entry {
                if entry.is_none() && self.stack.holds(frame.0) && !frame.has_frame_object() {
                    self.add_last_traceback(&exception, frame, index);
                } else {
                    self.add_traceback(&exception, frame, index);
                }
            }
            add_entry = true;
            if let Some(entry) = entry {
                for at in entry.floor as usize..code.n_registers as usize {
                    let register = frame.register(at);
                    if register.is_object() {
                        drop(std::mem::replace(register, Value::UNBOUND));
                    }
                }
                let old = std::mem::replace(frame.register(entry.exception as usize), exception.into());
                drop(old);
                // SAFETY: verified: the handler is an instruction of this code.
                let handler = unsafe { code.instructions_ptr().add(entry.handler as usize) };
                if self.heap.attention.get() {
                    self.ip.set(handler);
                    self.attend();
                }
                return Ok(Step::Go(frame, handler));
            }
            // No handler: pop the frame.
            if self.stack.holds(frame.0) {
                if frame.has_frame_object() {
                    self.detach_frame_object(frame, index);
                }
                frame.sweep(code.n_registers as usize);
                self.depth.set(self.depth.get() - 1);
                let (link, caller, position) = (frame.link(), frame.caller(), frame.caller_position());
                drop(frame.take_function());
                if link == Link::Native {
                    return Err(self.reraise(exception));
                }
                if !self.stack.holds(caller.0) {
                    self.heap_frame_top.set(frame.function_slot());
                }
                frame = caller;
                ip = position;
                continue;
            }
            // SAFETY: a frame that is not on the stack is a generator's.
            let generator = unsafe { generator_at(frame) };
            exception = self.exception_leaving_generator(generator, exception);
            let (link, caller, position) = (frame.link(), frame.caller(), frame.return_address());
            let is_thrown = frame.is_thrown_through();
            if is_thrown {
                self.pass_throw(frame);
            }
            self.close_frame(generator);
            match link {
                Link::Native => {
                    self.leave_root(generator);
                    return Err(self.reraise(exception));
                }
                Link::ForIter => self.leave_root(generator),
                Link::AsyncStep => match self.async_step_raised(generator, caller, position, exception) {
                    Ok(step) => return Ok(step),
                    Err(leaving) => exception = leaving,
                },
                _ => {}
            }
            frame = caller;
            ip = position;
            if is_thrown {
                exception = self.take_raised(self.raise_thrown(frame, exception));
            }
        }
    }

    /// PEP 479: StopIteration that leaves a generator (StopAsyncIteration an async one) becomes RuntimeError.
    fn exception_leaving_generator(
        &self,
        generator: &crate::objects::generator::Generator,
        exception: Gc<Exception>,
    ) -> Gc<Exception> {
        let is = |exc| exception.header().ty().is_subclass(self.types.exception(exc));
        let message = match generator.kind {
            CallKind::AsyncGenerator if is(Exc::StopAsyncIteration) => {
                "async generator raised StopAsyncIteration"
            }
            CallKind::AsyncGenerator if is(Exc::StopIteration) => "async generator raised StopIteration",
            CallKind::Coroutine if is(Exc::StopIteration) => "coroutine raised StopIteration",
            CallKind::Generator if is(Exc::StopIteration) => "generator raised StopIteration",
            _ => return exception,
        };
        let error = Exception::new(self, Exc::RuntimeError, &[message.into()]);
        error.set_context(Some(exception.clone()));
        let _old = error.cause.replace(Some(exception.to_value()));
        error.suppress_context.set(true);
        error
    }

    /// Adds `frame` at the outer end of the exception's traceback.
    pub(crate) fn add_traceback(&self, exception: &Gc<Exception>, frame: Frame, index: usize) {
        if !is_hidden(frame) {
            self.push_traceback(exception, self.frame_object(frame), index);
        }
    }

    /// As [`Vm::add_traceback`] for a frame on the stack that has no frame object and is popped next: its object takes the locals.
    fn add_last_traceback(&self, exception: &Gc<Exception>, frame: Frame, index: usize) {
        if !is_hidden(frame) {
            self.push_traceback(exception, self.ended_frame_object(frame, index), index);
        }
    }

    fn push_traceback(&self, exception: &Gc<Exception>, frame: Gc<FrameObject>, index: usize) {
        let next = exception.traceback.take();
        let body =
            Traceback { frame, index, line: std::cell::Cell::new(None), next: std::cell::RefCell::new(next) };
        let entry: Value = heap::alloc(self.types.traceback(), body).into();
        let _none = exception.traceback.replace(Some(entry));
    }

    /// `__traceback__`, None if there is none.
    pub(crate) fn traceback_of(&self, exception: &Value) -> Value {
        let traceback =
            exception.downcast::<Exception>().and_then(|exception| exception.traceback.borrow().clone());
        traceback.unwrap_or(Value::NONE)
    }

    /// Frees a finished generator's registers and frame object.
    pub(crate) fn close_frame(&self, generator: &crate::objects::generator::Generator) {
        let frame = generator.frame();
        if frame.has_frame_object() {
            self.detach_frame_object(frame, self.suspended_position(frame, self.ip.get()));
        }
        generator.state.set(State::Finished);
        frame.sweep(generator.n_registers());
        generator.let_go_if_shared();
        self.depth.set(self.depth.get() - 1);
    }
}

/// Whether tracebacks leave the frame out.
fn is_hidden(frame: Frame) -> bool {
    let code = &frame.code().object;
    let Some(file) = code.filename.strip_prefix("<frozen>/") else { return false };
    let file = file.strip_suffix(".py").unwrap_or(file);
    HIDDEN.iter().any(|(hidden, functions)| *hidden == file && functions.contains(&&*code.name))
}

/// The address after the instruction at `address` and its caches.
pub(crate) fn after(address: *mut Instruction) -> *mut Instruction {
    // SAFETY: verified code: an instruction is followed by its cache words and at least one more instruction.
    unsafe { address.add(1 + (*address).op().cache_words()) }
}
