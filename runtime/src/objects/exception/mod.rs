//! Exception objects: one payload for the whole builtin hierarchy.
//!
//! The classes are described in [`specs`]; what is special about some of them has a file each.

mod attributes;
mod base;
pub mod group;
mod os_error;
mod simple;
mod specs;
mod syntax_error;
mod unicode_error;

use std::cell::{Cell, RefCell};

pub(crate) use specs::make_classes;
pub use specs::{builtin_of, spec_of};

use crate::class::Type;
use crate::exceptions::Exc;
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;

pub struct Exception {
    pub args: RefCell<Gc<Tuple>>,
    /// `__traceback__`: a traceback object.
    pub traceback: RefCell<Option<Value>>,
    pub cause: RefCell<Option<Value>>,
    context: RefCell<Option<Gc<Exception>>>,
    pub suppress_context: Cell<bool>,
    /// `__dict__`, made on demand.
    pub dict: RefCell<Option<Value>>,
    /// Attributes of the builtin class (`ExceptionSpec::fields`), unbound where unset.
    fields: RefCell<Box<[Value]>>,
    /// The builtin class it is or derives from, which names the fields.
    pub base: Exc,
}

impl Payload for Exception {
    const KIND: Kind = Kind::Exception;
    crate::trace_fields!(args, traceback, cause, context, dict, fields; skip suppress_context, base);

    fn clear(&self) {
        let _dropped = (self.traceback.take(), self.cause.take(), self.context.take(), self.dict.take());
        let _fields = std::mem::take(&mut *self.fields.borrow_mut());
        let _args = self.args.replace(Vm::current().empty_tuple());
    }
}

impl Exception {
    /// An instance of a builtin class, without running its `__init__`: fields named first in the spec are taken from `args` where that
    /// class's `__init__` would (StopIteration, SystemExit, ...).
    pub fn new(vm: &Vm, exc: Exc, args: &[Value]) -> Gc<Exception> {
        let exception = Exception::for_class(vm.types.exception(exc), exc, Tuple::from_slice(args));
        match exc {
            Exc::StopIteration
            | Exc::SystemExit
            | Exc::ImportError
            | Exc::ModuleNotFoundError
            | Exc::SyntaxError
            | Exc::IndentationError
            | Exc::TabError
            | Exc::IncompleteInputError => {
                exception.set_field(0, args.first().cloned().unwrap_or(Value::NONE));
            }
            _ => {}
        }
        exception
    }

    /// An instance of `class`, which is or derives from builtin `exc`.
    pub fn for_class(class: &Gc<Type>, exc: Exc, args: Gc<Tuple>) -> Gc<Exception> {
        let body = Exception {
            args: RefCell::new(args),
            traceback: RefCell::new(None),
            cause: RefCell::new(None),
            context: RefCell::new(None),
            suppress_context: Cell::new(false),
            dict: RefCell::new(None),
            fields: RefCell::new(vec![Value::UNBOUND; exc.spec().fields.len()].into()),
            base: exc,
        };
        heap::alloc_for(class, body)
    }

    pub fn context(&self) -> Option<Gc<Exception>> {
        self.context.borrow().clone()
    }

    pub fn set_context(&self, context: Option<Gc<Exception>>) {
        let _old = self.context.replace(context);
    }

    /// Own attribute `index` of the builtin class, `None` while unset.
    pub fn field(&self, index: usize) -> Option<Value> {
        self.fields.borrow().get(index).filter(|value| !value.is_unbound()).cloned()
    }

    pub fn set_field(&self, index: usize, value: Value) {
        let old = self.fields.borrow_mut().get_mut(index).map(|slot| std::mem::replace(slot, value));
        drop(old);
    }

    /// `exception.args`.
    pub fn args(&self) -> Gc<Tuple> {
        self.args.borrow().clone()
    }

    pub fn set_args(&self, args: Gc<Tuple>) {
        let _old = self.args.replace(args);
    }

    /// `__traceback__`, `None` if there is none.
    pub fn traceback(&self) -> Option<Value> {
        self.traceback.borrow().clone()
    }

    pub fn set_traceback(&self, traceback: Option<Value>) {
        let _old = self.traceback.replace(traceback);
    }

    /// `__cause__`, `None` if there is none.
    pub fn cause(&self) -> Option<Value> {
        self.cause.borrow().clone()
    }

    /// Sets the cause (`raise ... from cause`), which hides the context.
    pub fn set_cause(&self, cause: Option<Value>) {
        self.suppress_context.set(true);
        let _old = self.cause.replace(cause);
    }
}
