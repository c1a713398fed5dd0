//! `module`: a namespace with a name.

use std::cell::RefCell;

use crate::Vm;
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::dict::Dict;
use crate::value::Value;

pub struct Module {
    /// `__dict__`; always there, optional only to share storage code with other objects.
    pub dict: RefCell<Option<Value>>,
}

impl Payload for Module {
    const KIND: Kind = Kind::Module;
    crate::trace_fields!(dict);

    fn clear(&self) {
        if let Some(dict) = self.dict.borrow().as_ref().and_then(|dict| dict.downcast::<Dict>()) {
            dict.clear();
        }
    }
}

impl Module {
    /// A module with `__name__`, `__doc__`, `__package__`, `__loader__` and `__spec__` set.
    pub fn new(vm: &Vm, name: &str) -> Gc<Module> {
        let dict = Dict::new();
        dict.insert_str(&vm.names.__name__, vm.intern(name).into());
        for name in [&vm.names.__doc__, &vm.names.__package__, &vm.names.__loader__, &vm.names.__spec__] {
            dict.insert_str(name, Value::NONE);
        }
        heap::alloc(vm.types.module(), Module { dict: RefCell::new(Some(dict.into())) })
    }

    /// The namespace.
    pub fn namespace(&self) -> Gc<Dict> {
        let dict = self.dict.borrow().clone();
        dict.and_then(|dict| dict.into_gc().ok()).expect("a module has a dict")
    }

    pub fn get(&self, vm: &Vm, name: &str) -> Option<Value> {
        self.namespace().get_str(&vm.intern(name))
    }

    pub fn set(&self, vm: &Vm, name: &str, value: impl Into<Value>) {
        drop(self.namespace().insert_str(&vm.intern(name), value.into()));
    }
}
