//! The interpreter's state, and the machine that runs code objects.
//!
//! Everything hangs from one [`Vm`]; there is no other mutable state. Methods take `&Vm`: its fields are cells, since running Python
//! code can re-enter native code at almost any point.

#![allow(unsafe_code)]

mod async_generator;
mod bootstrap;
pub mod call;
mod chain;
mod class_call;
mod coroutine_call;
mod dispatch;
pub mod drain;
mod finalize;
mod for_loop;
pub mod frame;
pub mod generator;
mod globals;
pub mod hooks;
pub mod import;
mod import_locks;
mod import_trace;
mod instructions;
mod interpreter_lock;
pub mod interrupt;
mod known_source;
mod matching;
mod operations;
pub mod options;
pub mod shutdown;
pub mod signals;
pub mod source;
mod stack;
pub mod start;
pub mod state;
pub mod threads;
pub mod unwind;
mod window;

use std::any::TypeId;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;

use crate::class::Type;
use crate::heap::{Gc, Heap, Payload};
use crate::names::{Interner, Names};
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::types::Types;
use crate::value::Value;
use crate::{Exc, PyResult};

/// A field that is filled during start-up and never changes after.
pub struct Late<T>(OnceCell<T>);

impl<T> Late<T> {
    const fn new() -> Late<T> {
        Late(OnceCell::new())
    }

    /// The content, if start-up has come that far.
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }

    fn fill(&self, content: T) {
        assert!(self.0.set(content).is_ok(), "filled once");
    }
}

impl<T> Deref for Late<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        self.0.get().expect("filled during start-up")
    }
}

/// One interpreter.
pub struct Vm {
    pub interner: Interner,
    /// Interned names of special methods and the like.
    pub names: Late<Names>,
    /// The exception on its way, while a [`crate::Raised`] is being returned.
    pub(crate) raised: Cell<Option<Gc<Exception>>>,
    /// The exception being handled (`sys.exception()`).
    pub handled: RefCell<Option<Gc<Exception>>>,
    /// One-character strings for code points below 256.
    pub latin1_chars: Late<Vec<Gc<Str>>>,
    pub empty_str: Late<Gc<Str>>,
    pub(crate) empty_tuple: Late<Gc<Tuple>>,
    /// Namespace of the `builtins` module.
    pub builtins: Late<Gc<Dict>>,
    /// `sys.modules`.
    pub modules: Late<Gc<Dict>>,
    /// Classes of native modules, by payload.
    classes: RefCell<HashMap<TypeId, Gc<Type>, rapidhash::fast::RandomState>>,
    pub(crate) lookups: crate::class::lookup_cache::LookupCache,
    pub(crate) attributes: crate::class::attribute_cache::AttributeCache,
    /// Last number given to a class state, shape or key set.
    last_version: Cell<u32>,
    /// `sys.get_int_max_str_digits()`, 0 for no limit.
    pub int_max_str_digits: Cell<usize>,
    pub(crate) stack: stack::RegisterStack,
    /// The running frame and its next instruction, as of the last time native code was entered.
    pub(crate) frame: Cell<frame::Frame>,
    pub(crate) ip: Cell<*mut ouro_lang::code::Instruction>,
    /// Where the next frame may begin while a generator's frame runs (its own registers are not on the stack).
    pub(crate) heap_frame_top: Cell<*mut Value>,
    /// Root of the running generator chain; null outside generators.
    pub(crate) root: Cell<*const crate::objects::generator::Generator>,
    /// The innermost generator that native code drains.
    pub(crate) drain: Cell<Option<std::ptr::NonNull<drain::Drain<'static>>>>,
    /// Python frames running, and how many may.
    pub(crate) depth: Cell<u32>,
    pub recursion_limit: Cell<u32>,
    /// Calls of `attend` that are running.
    pub(crate) attending: Cell<u32>,
    /// The next unwinding adds no traceback entry for the frame it begins in.
    pub(crate) reraising: Cell<bool>,
    /// See `take_stop_value`.
    pub(crate) stop_value: Cell<Value>,
    /// `sys.set_coroutine_origin_tracking_depth`.
    pub origin_tracking_depth: Cell<u32>,
    pub(crate) native_modules: &'static [&'static crate::native::NativeModule],
    /// Sorted by name.
    pub(crate) frozen_modules: &'static [import::FrozenModule],
    /// Modules whose code is running, outermost first.
    pub(crate) initializing: RefCell<Vec<Gc<Str>>>,
    pub(crate) import_locks: import_locks::ImportLocks,
    /// Whether the module that asks finders on `sys.meta_path` is being imported.
    pub(crate) imports_machinery: Cell<bool>,
    /// `typing.NoDefault`.
    pub(crate) no_default: OnceCell<Value>,
    pub host: crate::host::Host,
    /// What the command line asked for.
    pub options: options::Options,
    pub tasks: crate::tasks::TaskState,
    pub(crate) frame_objects: RefCell<Vec<Gc<frame::FrameObject>>>,
    /// What modules keep per interpreter.
    states: state::States,
    /// Address below which native code must not let the stack grow.
    stack_limit: Cell<usize>,
    /// Never dropped: objects that die with other fields look for what threads have of them.
    pub threads: std::mem::ManuallyDrop<threads::Threads>,
    interrupts: interrupt::Interrupts,
    /// The process's signals are this interpreter's.
    handles_signals: Cell<bool>,
    pub types: Types,
    /// The last field: dropping the others releases objects.
    pub heap: Heap,
}

thread_local! {
    static CURRENT: Cell<*const Vm> = const { Cell::new(std::ptr::null()) };
}

/// Stack that is left to native code below the limit: error handling, drops, system calls.
const STACK_RESERVE: usize = 256 * 1024;

impl Vm {
    /// The interpreter of this thread.
    ///
    /// # Panics
    /// If none was entered.
    #[inline(always)]
    pub fn current<'a>() -> &'a Vm {
        let vm = CURRENT.get();
        assert!(!vm.is_null(), "no interpreter is current on this thread");
        // SAFETY: `enter` promised that the Vm stays in place while it is current on a thread.
        unsafe { &*vm }
    }

    /// Makes this the interpreter of the calling thread, which must hold its lock.
    ///
    /// # Safety
    /// `self` stays where it is while it is current.
    pub unsafe fn enter(&self) {
        CURRENT.set(self);
        // SAFETY: the heap is part of the Vm.
        unsafe { self.heap.enter() };
    }

    /// The class of a value.
    #[inline(always)]
    pub fn type_of<'a>(&'a self, value: &'a Value) -> &'a Gc<Type> {
        match value.header() {
            Some(header) => header.ty(),
            None => self.type_of_inline(value),
        }
    }

    fn type_of_inline(&self, value: &Value) -> &Gc<Type> {
        if value.is_small_int() {
            self.types.int()
        } else if value.is_inline_float() {
            self.types.float()
        } else if value.as_bool().is_some() {
            self.types.bool()
        } else if value.is_none() {
            self.types.none_type()
        } else if value.is(&Value::ELLIPSIS) {
            self.types.ellipsis()
        } else {
            debug_assert!(value.is_not_implemented(), "an unbound slot has no class");
            self.types.not_implemented_type()
        }
    }

    /// `isinstance(value, class)` by MRO alone, without `__instancecheck__`.
    pub fn is_instance_of(&self, value: &Value, class: &Gc<Type>) -> bool {
        self.type_of(value).is_subclass(class)
    }

    /// The interned string.
    pub fn intern(&self, text: &str) -> Gc<Str> {
        self.interner.intern(text.as_bytes())
    }

    pub fn intern_str(&self, text: &Gc<Str>) -> Gc<Str> {
        self.interner.intern_str(text)
    }

    pub fn empty_tuple(&self) -> Gc<Tuple> {
        self.empty_tuple.clone()
    }

    /// A number never given out before, for a class state, shape or key set; 0 once they have run out (caches then stay cold).
    pub fn fresh_version(&self) -> u32 {
        let next = self.last_version.get().wrapping_add(1);
        if next != 0 {
            self.last_version.set(next);
        }
        next
    }

    /// The class a native module made for payload `T`.
    ///
    /// # Panics
    /// If that module has not been imported.
    pub fn class_of<T: Payload>(&self) -> Gc<Type> {
        let classes = self.classes.borrow();
        classes.get(&TypeId::of::<T>()).expect("the module that defines the class is imported").clone()
    }

    pub(crate) fn register_class(&self, payload: TypeId, class: Gc<Type>) {
        self.classes.borrow_mut().insert(payload, class);
    }

    /// Globals of the innermost Python frame, if one is running.
    pub fn caller_globals(&self) -> Option<Gc<Dict>> {
        let frame = self.frame.get();
        (!frame.is_none()).then(|| frame.function().globals.clone())
    }

    /// Raises what a signal handler raised since the last look.
    #[inline]
    pub fn check_signals(&self) -> PyResult<()> {
        if crate::host::has_signals() || self.interrupts.is_wanted() {
            self.check_signals_here()
        } else {
            Ok(())
        }
    }

    /// `sys.exception()`: the innermost exception being handled.
    pub fn handled_exception(&self) -> Option<Gc<Exception>> {
        self.handled.borrow().clone()
    }

    /// RecursionError if the native stack is nearly used up; called wherever native code can recurse through Python objects.
    #[inline]
    pub fn check_native_depth(&self, context: &str) -> PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.stack_limit.get() {
            return self.raise(Exc::RecursionError, format!("maximum recursion depth exceeded{context}"));
        }
        Ok(())
    }

    /// Python calls under way, as `sys.setrecursionlimit` counts them.
    pub fn recursion_depth(&self) -> u32 {
        self.depth.get()
    }

    /// Says how much stack the calling thread has left for native code.
    pub fn set_stack_size(&self, size_bytes: usize) {
        let here = 0u8;
        let top = &raw const here as usize;
        self.stack_limit.set(top.saturating_sub(size_bytes.saturating_sub(STACK_RESERVE)));
    }
}
