//! Functions that programs register with the interpreter: audit hooks, and hooks of asynchronous generators.

use std::cell::RefCell;

use super::Vm;
use crate::PyResult;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// See the module; one per interpreter, found with [`Vm::state`].
#[derive(Default)]
pub struct Hooks {
    /// `sys.addaudithook`, oldest first; never removed.
    pub audit: RefCell<Vec<Value>>,
    /// `sys.set_asyncgen_hooks`: called when an asynchronous generator is first iterated.
    pub first_iteration: RefCell<Option<Value>>,
    /// Called when one that has not ended is dropped.
    pub finalizer: RefCell<Option<Value>>,
    /// The class of what `sys.unraisablehook` gets.
    pub unraisable_args: RefCell<Option<Value>>,
}

impl Vm {
    /// Tells audit hooks of an event; its arguments are made only if there are any.
    ///
    /// # Errors
    /// What a hook raises, which forbids the event.
    pub fn audit(&self, event: &str, arguments: impl FnOnce() -> Vec<Value>) -> PyResult<()> {
        let hooks = self.state::<Hooks>().audit.borrow().clone();
        if hooks.is_empty() {
            return Ok(());
        }
        let arguments: Value = Tuple::new(arguments()).into();
        for hook in hooks {
            self.call(&hook, &[event.into(), arguments.clone()])?;
        }
        Ok(())
    }
}
