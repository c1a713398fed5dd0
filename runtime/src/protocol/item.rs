//! Subscription and length.

use crate::class::Type;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

impl Vm {
    /// `len(value)`.
    pub fn len(&self, value: &Value) -> PyResult<usize> {
        match self.type_of(value).slots().len {
            Some(slot) => slot(self, value),
            None => self.raise_type_of("object of type '{}' has no len()", value),
        }
    }

    /// `container[key]`.
    pub fn get_item(&self, container: &Value, key: &Value) -> PyResult {
        if let Some(slot) = self.type_of(container).slots().get_item {
            return slot(self, container, key);
        }
        if let Some(class) = container.downcast::<Type>() {
            return self.class_get_item(class, key);
        }
        self.raise_type_of("'{}' object is not subscriptable", container)
    }

    /// `cls[key]`: `__class_getitem__`.
    fn class_get_item(&self, class: &crate::Gc<Type>, key: &Value) -> PyResult {
        if class.is(self.types.type_()) {
            return Ok(crate::objects::generic_alias::new(self, class.to_value(), key.clone()));
        }
        match self.get_attr_opt(class.as_value(), &self.names.__class_getitem__)? {
            Some(method) if !method.is_none() => self.call(&method, std::slice::from_ref(key)),
            _ => self.raise(Exc::TypeError, format!("type '{}' is not subscriptable", class.name_text())),
        }
    }

    /// `container[key] = value`.
    pub fn set_item(&self, container: &Value, key: &Value, value: &Value) -> PyResult<()> {
        match self.type_of(container).slots().set_item {
            Some(slot) => slot(self, container, key, Some(value)),
            None => self.raise_type_of("'{}' object does not support item assignment", container),
        }
    }

    /// `del container[key]`.
    pub fn del_item(&self, container: &Value, key: &Value) -> PyResult<()> {
        match self.type_of(container).slots().set_item {
            Some(slot) => slot(self, container, key, None),
            None => {
                let class = self.type_of(container);
                let slots = class.slots();
                let sequence = slots.len.is_some()
                    || slots.contains.is_some()
                    || slots.concat.is_some()
                    || class.is_heap_type();
                let verb = if sequence && self.has_index(key) { "doesn't" } else { "does not" };
                self.raise_type_of(&format!("'{{}}' object {verb} support item deletion"), container)
            }
        }
    }
}
