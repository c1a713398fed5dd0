//! Attribute access: the generic protocol (data descriptor, instance, class) and its error messages.

use crate::class::Type;
use crate::heap::Gc;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Raised, Vm};

impl Vm {
    /// `value.name`.
    #[inline]
    pub fn get_attr(&self, value: &Value, name: &Gc<Str>) -> PyResult {
        let result = match self.type_of(value).slots().get_attr {
            Some(slot) => slot(self, value, name),
            None => self.generic_get_attr(value, name),
        };
        match result {
            Ok(found) => Ok(found),
            Err(raised) => Err(self.complete_attribute_error(raised, value, name)),
        }
    }

    /// Tells an AttributeError that does not know yet which attribute of which object was asked for.
    #[cold]
    #[inline(never)]
    fn complete_attribute_error(&self, raised: Raised, value: &Value, name: &Gc<Str>) -> Raised {
        if !self.raised_is(&raised, Exc::AttributeError) {
            return raised;
        }
        let exception = self.take_raised(raised);
        if exception.field(0).is_none() && exception.field(1).is_none() {
            exception.set_field(0, name.to_value());
            exception.set_field(1, value.clone());
        }
        self.reraise(exception)
    }

    /// `getattr(value, name)`, or `None` where that raises AttributeError.
    pub fn get_attr_opt(&self, value: &Value, name: &Gc<Str>) -> PyResult<Option<Value>> {
        match self.type_of(value).slots().get_attr {
            // The generic protocol need not make an exception only to drop it.
            None => {
                let result = self.generic_get_attr_opt(value, name);
                Ok(self.catch(result, Exc::AttributeError)?.flatten())
            }
            Some(slot) => {
                let result = slot(self, value, name);
                self.catch(result, Exc::AttributeError)
            }
        }
    }

    /// As [`Vm::get_attr`] with a name that is not interned yet.
    pub fn get_attr_named(&self, value: &Value, name: &str) -> PyResult {
        self.get_attr(value, &self.intern(name))
    }

    /// `value.name = new`, or `del value.name` where `new` is `None`.
    #[inline]
    pub fn set_attr(&self, value: &Value, name: &Gc<Str>, new: Option<&Value>) -> PyResult<()> {
        match self.type_of(value).slots().set_attr {
            Some(slot) => slot(self, value, name, new),
            None => self.generic_set_attr(value, name, new),
        }
    }

    /// `object.__getattribute__`.
    pub fn generic_get_attr(&self, value: &Value, name: &Gc<Str>) -> PyResult {
        match self.generic_get_attr_opt(value, name)? {
            Some(found) => Ok(found),
            None => self.raise_no_attribute(value, name),
        }
    }

    /// As [`Vm::generic_get_attr`], `None` where nothing is found.
    pub fn generic_get_attr_opt(&self, value: &Value, name: &Gc<Str>) -> PyResult<Option<Value>> {
        let class = self.type_of(value).clone();
        let on_class = class.lookup_in_use(name);
        let getter = on_class.as_ref().and_then(|found| self.type_of(found).slots().descr_get);
        if let (Some(found), Some(get)) = (&on_class, getter) {
            if self.type_of(found).slots().descr_set.is_some() {
                return get(self, found, Some(value), &class).map(Some);
            }
        }
        if let Some(found) = self.instance_attribute(value, name) {
            return Ok(Some(found));
        }
        match (on_class, getter) {
            (Some(found), Some(get)) => get(self, &found, Some(value), &class).map(Some),
            (found, _) => Ok(found),
        }
    }

    /// `object.__setattr__` and `object.__delattr__`.
    pub fn generic_set_attr(&self, value: &Value, name: &Gc<Str>, new: Option<&Value>) -> PyResult<()> {
        let class = self.type_of(value).clone();
        let on_class = class.lookup_in_use(name);
        if let Some(found) = &on_class {
            if let Some(set) = self.type_of(found).slots().descr_set {
                return set(self, found, value, new);
            }
        }
        if self.set_instance_attribute(value, name, new)? {
            return Ok(());
        }
        if !self.has_instance_dict(value) {
            let class_name = class.display_name();
            if on_class.is_some() {
                return self.raise_attribute_error(
                    format!("'{class_name}' object attribute '{name}' is read-only"),
                    value,
                    name,
                );
            }
            return self.raise_attribute_error(
                format!(
                    "'{class_name}' object has no attribute '{name}' and no __dict__ for setting new attributes"
                ),
                value,
                name,
            );
        }
        self.raise_no_attribute(value, name)
    }

    /// AttributeError "'X' object has no attribute 'y'" with `name` and `obj` set.
    #[cold]
    pub fn raise_no_attribute<T>(&self, value: &Value, name: &Gc<Str>) -> PyResult<T> {
        let message = if let Some(class) = value.downcast::<Type>() {
            format!("type object '{}' has no attribute '{name}'", class.display_name())
        } else if let Some(module) = value.downcast::<crate::objects::module::Module>() {
            return crate::objects::module_type::raise_no_attribute(self, module, name);
        } else {
            format!("'{}' object has no attribute '{name}'", self.type_name(value))
        };
        self.raise_attribute_error(message, value, name)
    }

    /// AttributeError with `name` and `obj` set, from which "Did you mean" is worked out.
    #[cold]
    pub fn raise_attribute_error<T>(&self, message: String, value: &Value, name: &Gc<Str>) -> PyResult<T> {
        let exception =
            crate::objects::exception::Exception::new(self, Exc::AttributeError, &[message.as_str().into()]);
        exception.set_field(0, name.to_value());
        exception.set_field(1, value.clone());
        self.raise_value(exception)
    }

    /// The special method `name` of the value's class, bound to the value; instance attributes do not count.
    pub fn lookup_special(&self, value: &Value, name: &Gc<Str>) -> PyResult<Option<Value>> {
        let class = self.type_of(value).clone();
        let Some(found) = class.lookup_in_use(name) else { return Ok(None) };
        match self.type_of(&found).slots().descr_get {
            Some(get) => get(self, &found, Some(value), &class).map(Some),
            None => Ok(Some(found)),
        }
    }
}
