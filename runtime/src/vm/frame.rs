//! Frames: where their registers and links lie, and the frame objects that programs see.
//!
//! ```text
//! base[-4]  the function (an owned value)            r[w] of the caller's call window
//! base[-3]  address to return to
//! base[-2]  caller's base, with the kind of link in its low bits
//! base[-1]  the Code
//! base[0..] registers
//! ```
//! The layout is the same on the register stack and inside a generator object. The three raw words carry low bits no object pointer has,
//! so that what a popped frame leaves behind is never mistaken for a value that owns something.

use std::cell::{Cell, RefCell};

use ouro_lang::code::Instruction;

use super::Vm;
use crate::heap::{self, Gc, Payload};
use crate::objects::code::Code;
use crate::objects::function::Function;
use crate::objects::list::drop_last_first;
use crate::value::Value;

/// What to do when a frame returns, yields or is unwound. Kept in the low bits of the caller's base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Link {
    /// Called by the frame below on the stack: the result goes to `base[-4]`.
    Call = 1,
    /// Entered from native code: `run` returns.
    Native = 2,
    /// `__init__` of an instance that waits in register `a` of the calling instruction.
    Init = 3,
    /// Called by a generator's frame: the result goes to register `a` of the calling instruction.
    FromHeap = 4,
    /// A generator resumed by a `for` loop.
    ForIter = 5,
    /// A generator or coroutine that another one awaits or delegates to.
    Await = 6,
    /// An async generator whose `asend`, `athrow` or `aclose` a coroutine awaits.
    AsyncStep = 7,
}

const LINKS: [Link; 8] = [
    Link::Native,
    Link::Call,
    Link::Native,
    Link::Init,
    Link::FromHeap,
    Link::ForIter,
    Link::Await,
    Link::AsyncStep,
];

/// Set in the caller word of a frame that has a frame object.
pub const HAS_FRAME_OBJECT: u64 = 1 << 63;
/// Set in the caller word of a generator's frame, linked below an awaiter's, through which an exception is being thrown: what leaves it
/// is thrown into the awaiter in turn.
const THROWN_THROUGH: u64 = 1 << 62;
/// What keeps a frame from the quick ways out.
pub const MARKS: u64 = HAS_FRAME_OBJECT | THROWN_THROUGH;
const LINK_BITS: u64 = 7;

/// Words of a frame's header.
pub const HEADER_WORDS: usize = 4;

/// A frame, by the address of its register 0. Plain data: whoever holds one knows that the frame is live.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Frame(pub *mut Value);

/// What a [`Frame`]'s methods rely on: the header words were written by `write_header`, and the frame has not been popped.
impl Frame {
    pub const NONE: Frame = Frame(std::ptr::null_mut());

    #[inline(always)]
    fn word(self, offset: usize) -> *mut u64 {
        // SAFETY: the header lies right below register 0.
        unsafe { self.0.sub(offset).cast::<u64>() }
    }

    pub fn is_none(self) -> bool {
        self.0.is_null()
    }

    #[inline(always)]
    pub fn function_slot(self) -> *mut Value {
        self.word(4).cast()
    }

    #[inline(always)]
    pub fn return_address(self) -> *mut Instruction {
        // SAFETY: see the impl.
        unsafe { (self.word(3).read() - 1) as *mut Instruction }
    }

    /// Past the first word of the instruction that the caller stands at: for calls whose result goes to a register of that instruction
    /// the header has the instruction's own address.
    pub fn caller_position(self) -> *mut Instruction {
        match self.link() {
            // SAFETY: the instruction is inside the caller's code.
            Link::FromHeap | Link::Init => unsafe { self.return_address().add(1) },
            _ => self.return_address(),
        }
    }

    #[inline(always)]
    pub fn set_return_address(self, ip: *mut Instruction) {
        // SAFETY: see the impl.
        unsafe { self.word(3).write(ip as u64 + 1) }
    }

    #[inline(always)]
    pub fn caller_word(self) -> u64 {
        // SAFETY: see the impl.
        unsafe { self.word(2).read() }
    }

    #[inline(always)]
    pub fn caller(self) -> Frame {
        Frame((self.caller_word() & !(LINK_BITS | MARKS)) as *mut Value)
    }

    #[inline(always)]
    pub fn link(self) -> Link {
        LINKS[(self.caller_word() & LINK_BITS) as usize]
    }

    /// Writes caller and link; a frame-object mark is kept.
    #[inline(always)]
    pub fn set_caller(self, caller: Frame, link: Link) {
        // SAFETY: see the impl.
        unsafe {
            let mark = self.word(2).read() & HAS_FRAME_OBJECT;
            self.word(2).write(caller.0 as u64 | link as u64 | mark);
        }
    }

    #[inline(always)]
    pub fn has_frame_object(self) -> bool {
        self.caller_word() & HAS_FRAME_OBJECT != 0
    }

    pub fn mark_frame_object(self, has: bool) {
        let word = self.caller_word() & !HAS_FRAME_OBJECT;
        // SAFETY: see the impl.
        unsafe { self.word(2).write(if has { word | HAS_FRAME_OBJECT } else { word }) }
    }

    pub fn is_thrown_through(self) -> bool {
        self.caller_word() & THROWN_THROUGH != 0
    }

    pub fn mark_thrown_through(self, is: bool) {
        let word = self.caller_word() & !THROWN_THROUGH;
        // SAFETY: see the impl.
        unsafe { self.word(2).write(if is { word | THROWN_THROUGH } else { word }) }
    }

    #[inline(always)]
    pub fn code_ptr(self) -> *const Code {
        // SAFETY: see the impl.
        unsafe { (self.word(1).read() - 1) as *const Code }
    }

    #[inline(always)]
    pub fn code<'a>(self) -> &'a Code {
        // SAFETY: the function in the header keeps the code alive (`__code__` assignment leaves a running frame's code with the
        // function's list of old codes).
        unsafe { &*self.code_ptr() }
    }

    /// The running function.
    #[inline(always)]
    pub fn function<'a>(self) -> &'a Gc<Function> {
        // SAFETY: a frame's function slot holds a Function, see `write_header`; Gc<Function> and Value are both that pointer.
        unsafe { &*self.function_slot().cast::<Gc<Function>>() }
    }

    /// Fills the header words except the function slot, which the caller has filled.
    #[inline(always)]
    pub fn write_header(self, ip: *mut Instruction, caller: Frame, link: Link, code: *const Code) {
        // SAFETY: the words belong to the new frame.
        unsafe {
            self.word(3).write(ip as u64 + 1);
            self.word(2).write(caller.0 as u64 | link as u64);
            self.word(1).write(code as u64 + 1);
        }
    }

    #[inline(always)]
    pub fn register<'a>(self, index: usize) -> &'a mut Value {
        // SAFETY: the verifier has checked `index` against the code's n_registers.
        unsafe { &mut *self.0.add(index) }
    }

    /// Drops what the first `n` registers own, last first.
    #[inline(always)]
    pub fn sweep(self, n: usize) {
        for index in (0..n).rev() {
            let register = self.register(index);
            if register.is_object() {
                drop(std::mem::replace(register, Value::UNBOUND));
            }
        }
    }

    /// Drops the function, leaving the slot unbound.
    #[inline(always)]
    pub fn take_function(self) -> Value {
        // SAFETY: the slot holds a value as long as the frame lives.
        unsafe { std::ptr::replace(self.function_slot(), Value::UNBOUND) }
    }

    /// Unbinds the locals that arguments have not filled.
    #[inline(always)]
    pub fn unbind_locals(self, from: usize, n_locals: usize) {
        for index in from..n_locals {
            // SAFETY: words above a frame's arguments own nothing.
            unsafe { std::ptr::write(self.register(index), Value::UNBOUND) }
        }
    }

    /// First free register of the frame: one past its last.
    #[inline(always)]
    pub fn top(self) -> *mut Value {
        // SAFETY: at most one past the frame's own registers.
        unsafe { self.0.add(self.code().n_registers as usize) }
    }
}

/// What programs see of a frame: `sys._getframe()`, `tb_frame`, `gi_frame`. While the frame runs it is a view of it; when the frame
/// ends the object takes its locals over.
pub struct FrameObject {
    /// The live frame, NONE once it ended.
    pub frame: Cell<Frame>,
    pub function: Gc<Function>,
    pub code: Gc<Code>,
    /// Instruction word index where the frame ended, or stood when last looked at.
    pub last_index: Cell<usize>,
    /// Locals (by register) after the frame ended.
    pub locals: RefCell<Vec<Value>>,
    /// `f_back` once the frame ended: None.
    pub back: RefCell<Option<Value>>,
    pub trace: RefCell<Option<Value>>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
}

impl Drop for FrameObject {
    fn drop(&mut self) {
        drop_last_first(std::mem::take(self.locals.get_mut()));
    }
}

impl Payload for FrameObject {
    crate::trace_fields!(
        function, code, locals, back, trace; skip frame, last_index, trace_lines, trace_opcodes
    );

    fn clear(&self) {
        let _dropped = (std::mem::take(&mut *self.locals.borrow_mut()), self.back.take(), self.trace.take());
    }
}

impl Vm {
    /// The frame object of a live frame, made on demand. Weakly known to the Vm: it goes when nobody holds it.
    pub fn frame_object(&self, frame: Frame) -> Gc<FrameObject> {
        if frame.has_frame_object() {
            let frames = self.frame_objects.borrow();
            if let Some(found) = frames.iter().rev().find(|object| object.frame.get() == frame) {
                return found.clone();
            }
        }
        let body = FrameObject {
            frame: Cell::new(frame),
            function: frame.function().clone(),
            code: frame.function().code.borrow().clone(),
            last_index: Cell::new(0),
            locals: RefCell::default(),
            back: RefCell::new(None),
            trace: RefCell::new(None),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
        };
        let object = heap::alloc(self.types.frame(), body);
        frame.mark_frame_object(true);
        self.frame_objects.borrow_mut().push(object.clone());
        object
    }

    /// A frame object for a frame that is about to be popped and has none: it takes the locals over at once.
    pub(crate) fn ended_frame_object(&self, frame: Frame, index: usize) -> Gc<FrameObject> {
        let function = frame.function().clone();
        let code = function.code.borrow().clone();
        let take = |index| std::mem::replace(frame.register(index), Value::UNBOUND);
        let locals = (0..code.object.locals.len()).map(take).collect();
        let body = FrameObject {
            frame: Cell::new(Frame::NONE),
            function,
            code,
            last_index: Cell::new(index),
            locals: RefCell::new(locals),
            back: RefCell::new(None),
            trace: RefCell::new(None),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
        };
        heap::alloc(self.types.frame(), body)
    }

    /// The frame is about to be popped: its frame object takes the locals over if anyone else holds it.
    #[cold]
    pub(crate) fn detach_frame_object(&self, frame: Frame, index: usize) {
        frame.mark_frame_object(false);
        let found = {
            let mut frames = self.frame_objects.borrow_mut();
            let at = frames.iter().rposition(|object| object.frame.get() == frame);
            at.map(|at| frames.remove(at))
        };
        let Some(object) = found else { return };
        object.frame.set(Frame::NONE);
        object.last_index.set(index);
        if object.header().count() > 1 {
            let n_locals = frame.code().object.locals.len();
            let take = |index| std::mem::replace(frame.register(index), Value::UNBOUND);
            *object.locals.borrow_mut() = (0..n_locals).map(take).collect();
        }
    }

    /// The running Python frame, innermost first; NONE if there is none.
    pub fn current_frame(&self) -> Frame {
        self.frame.get()
    }

    /// The instruction word index where live `frame` stands (any word of the instruction).
    pub fn frame_position(&self, frame: Frame) -> usize {
        let (mut inner, mut ip) = self.thread_of_frame(frame);
        if inner != frame {
            while !inner.is_none() && inner.caller() != frame {
                inner = inner.caller();
            }
            ip = match inner.is_none() {
                false => inner.caller_position(),
                // SAFETY: a live frame that is not on the chain of callers is a suspended generator's.
                true => unsafe { crate::objects::generator::generator_at(frame) }.ip(),
            };
        }
        self.suspended_position(frame, ip)
    }

    /// The word index before `ip`, an address in the code of `frame` to go on at.
    pub(crate) fn suspended_position(&self, frame: Frame, ip: *mut Instruction) -> usize {
        let code = frame.code();
        if !code.was_entered() {
            return 0;
        }
        // SAFETY: both point into the same code.
        (unsafe { ip.offset_from(code.instructions_ptr()) } - 1).max(0) as usize
    }
}

impl Vm {
    /// Whether the frame is on the chain of running frames.
    pub fn is_running_frame(&self, target: Frame) -> bool {
        let mut frame = self.thread_of_frame(target).0;
        while !frame.is_none() {
            if frame == target {
                return true;
            }
            frame = frame.caller();
        }
        false
    }

    /// The generator that a live frame belongs to.
    pub fn generator_of(&self, frame: Frame) -> Option<Value> {
        if self.is_on_a_stack(frame) {
            return None;
        }
        // SAFETY: live frames that are on no stack are generators'.
        Some(unsafe { crate::objects::generator::generator_at(frame) }.header().to_value())
    }
}
