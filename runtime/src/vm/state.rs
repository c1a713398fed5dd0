//! State that parts of the runtime and native modules keep per interpreter, found by its type.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::Vm;

/// See the module.
#[derive(Default)]
pub struct States(RefCell<HashMap<TypeId, Rc<dyn Any>, rapidhash::fast::RandomState>>);

impl States {
    /// All of it, at the end of the interpreter.
    pub(super) fn take(&self) -> impl Sized {
        self.0.take()
    }
}

impl Vm {
    /// The interpreter's `T`, made by default when first asked for. Values in it live as long as the interpreter.
    pub fn state<T: Default + 'static>(&self) -> Rc<T> {
        let known = self.states.0.borrow().get(&TypeId::of::<T>()).cloned();
        let state = known.unwrap_or_else(|| {
            let made: Rc<dyn Any> = Rc::new(T::default());
            self.states.0.borrow_mut().insert(TypeId::of::<T>(), made.clone());
            made
        });
        state.downcast().expect("states are filed by their type")
    }
}
