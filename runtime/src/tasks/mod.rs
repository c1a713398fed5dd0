//! Futures, tasks and contexts.
//!
//! A task is stepped by the event loop alone. What it waits for is in its wait slot ([`task::Wait`]); while it waits, nothing of it is on
//! the native stack. Natives never suspend: they give awaitables, and the VM's await instruction parks the task.

pub mod context;
mod context_map;
pub mod future;
pub mod future_type;
pub mod gather;
pub mod idle;
pub mod locks;
pub mod native_coroutine;
pub mod queue;
mod registry;
pub mod sleep;
pub mod step;
pub mod task;
pub mod task_type;
mod waiting;

use std::cell::{Cell, OnceCell, RefCell};

pub use context_map::Node as ContextNode;

use crate::class::Type;
use crate::objects::exception::Exception;
use crate::objects::generator::Generator;
use crate::{Exc, Gc, PyResult, Value, Vm};

/// What the running thread is at.
pub struct TaskState {
    /// The current context; made when first needed.
    pub context: RefCell<Option<Gc<context::Context>>>,
    /// Number of the last context variable made.
    pub last_variable: Cell<u64>,
    /// `Token.MISSING`.
    pub missing: OnceCell<Value>,
    /// The loop that runs on this thread.
    pub running_loop: RefCell<Option<Value>>,
    /// The task being stepped, by the running loop or by `asyncio._enter_task`.
    pub current: RefCell<Vec<(Value, Value)>>,
    /// Root of the chain that the current task's step resumed; null outside steps. Code of that chain may park the task.
    pub chain: Cell<*const Generator>,
    /// Number of the last task made, for its name.
    pub last_task: Cell<u64>,
    /// How many tasks were given a name when they were made.
    pub last_named_task: Cell<u64>,
    /// Some future or task has attributes of its own.
    pub own_attributes: Cell<bool>,
    pub registry: registry::Registry,
    shared_sleep: OnceCell<Gc<native_coroutine::NativeCoroutine>>,
    /// Of a prompt that waits.
    news: RefCell<Option<idle::News>>,
    cancelled_error: OnceCell<Gc<Type>>,
    invalid_state_error: OnceCell<Gc<Type>>,
}

impl Default for TaskState {
    fn default() -> TaskState {
        TaskState {
            context: RefCell::default(),
            last_variable: Cell::new(0),
            missing: OnceCell::new(),
            running_loop: RefCell::default(),
            current: RefCell::default(),
            chain: Cell::new(std::ptr::null()),
            last_task: Cell::new(0),
            last_named_task: Cell::new(0),
            own_attributes: Cell::new(false),
            registry: registry::Registry::default(),
            shared_sleep: OnceCell::new(),
            news: RefCell::default(),
            cancelled_error: OnceCell::new(),
            invalid_state_error: OnceCell::new(),
        }
    }
}

impl TaskState {
    /// Lets go of what it refers to, at the end of the interpreter.
    pub(crate) fn forget(&mut self) {
        drop((self.running_loop.take(), self.current.take(), self.context.take(), self.missing.take()));
        drop((self.cancelled_error.take(), self.invalid_state_error.take(), self.shared_sleep.take()));
    }
}

impl Vm {
    fn asyncio_exception(&self, cell: &OnceCell<Gc<Type>>, name: &str) -> PyResult<Gc<Type>> {
        if let Some(class) = cell.get() {
            return Ok(class.clone());
        }
        let module = self.import_submodule("asyncio.exceptions")?;
        let found = self.get_attr_named(&module, name)?;
        match found.into_gc::<Type>() {
            Ok(class) => {
                let _known = cell.set(class.clone());
                Ok(class)
            }
            Err(_) => self.raise(Exc::TypeError, format!("asyncio.exceptions.{name} is no class")),
        }
    }

    /// A module by its full name, also where it is inside a package.
    pub fn import_submodule(&self, name: &str) -> PyResult {
        let key = self.intern(name);
        if let Some(module) = self.modules.get_str(&key) {
            return Ok(module);
        }
        self.import_module(name)?;
        match self.modules.get_str(&key) {
            Some(module) => Ok(module),
            None => self.raise(Exc::ImportError, format!("module '{name}' is not in sys.modules")),
        }
    }

    /// Calls `function` of an asyncio module written in Python.
    pub(crate) fn call_asyncio(&self, module: &str, function: &str, args: &[Value]) -> PyResult {
        let module = self.import_submodule(module)?;
        let function = self.get_attr_named(&module, function)?;
        self.call(&function, args)
    }

    /// `asyncio.CancelledError`.
    pub fn cancelled_error_class(&self) -> PyResult<Gc<Type>> {
        self.asyncio_exception(&self.tasks.cancelled_error, "CancelledError")
    }

    /// A `CancelledError`, with `message` if that is not None.
    pub fn new_cancelled_error(&self, message: Option<&Value>) -> PyResult<Gc<Exception>> {
        let class = self.cancelled_error_class()?;
        let args = match message.filter(|message| !message.is_none()) {
            Some(message) => crate::objects::tuple::Tuple::from_slice(std::slice::from_ref(message)),
            None => self.empty_tuple(),
        };
        Ok(Exception::for_class(&class, Exc::BaseException, args))
    }

    /// Raises `asyncio.InvalidStateError`.
    pub(crate) fn raise_invalid_state<T>(&self, message: &str) -> PyResult<T> {
        let class = self.asyncio_exception(&self.tasks.invalid_state_error, "InvalidStateError")?;
        let exception = self.call(class.as_value(), &[message.into()])?;
        match exception.into_gc::<Exception>() {
            Ok(exception) => self.raise_value(exception),
            Err(_) => self.raise(Exc::TypeError, "asyncio.exceptions.InvalidStateError makes no exception"),
        }
    }

    /// Whether it is a `CancelledError`.
    pub(crate) fn is_cancelled_error(&self, exception: &Gc<Exception>) -> bool {
        // Before that module is loaded nobody can have raised its exception.
        match self.tasks.cancelled_error.get() {
            Some(class) => exception.header().ty().is_subclass(class),
            None => self
                .modules
                .get_named("asyncio.exceptions")
                .and_then(|_| self.cancelled_error_class().ok())
                .is_some_and(|class| exception.header().ty().is_subclass(&class)),
        }
    }

    /// The running event loop, if any.
    pub fn running_loop(&self) -> Option<Value> {
        self.tasks.running_loop.borrow().clone()
    }

    /// `asyncio.get_running_loop()`.
    pub fn require_running_loop(&self) -> PyResult {
        match self.running_loop() {
            Some(running) => Ok(running),
            None => self.raise(Exc::RuntimeError, "no running event loop"),
        }
    }

    /// The task being stepped by `running`.
    pub fn current_task_of(&self, running: &Value) -> Option<Value> {
        let current = self.tasks.current.borrow();
        current.iter().rev().find(|(of, _)| of.is(running)).map(|(_, task)| task.clone())
    }
}
