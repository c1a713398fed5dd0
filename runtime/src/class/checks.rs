//! `isinstance` and `issubclass`, with the hooks of metaclasses.

use super::Type;
use crate::heap::Gc;
use crate::objects::tuple::Tuple;
use crate::objects::union::Union;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

const INSTANCE_MESSAGE: &str = "isinstance() arg 2 must be a type, a tuple of types, or a union";
const SUBCLASS_MESSAGE: &str = "issubclass() arg 2 must be a class, a tuple of classes, or a union";

impl Vm {
    /// `isinstance(value, class)`: `class` may be a tuple, or anything with `__instancecheck__`.
    pub fn isinstance(&self, value: &Value, class: &Value) -> PyResult<bool> {
        if self.type_of(value).as_value().is(class) {
            return Ok(true);
        }
        if let Some(class) = class.downcast_exact::<Type>() {
            return self.plain_isinstance(value, class.as_value());
        }
        if let Some(classes) = class.downcast::<Tuple>() {
            self.check_native_depth(" in __instancecheck__")?;
            for class in classes.items() {
                if self.isinstance(value, class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(union) = class.downcast::<Union>() {
            return self.isinstance(value, union.args.as_value());
        }
        match self.lookup_special(class, &self.names.__instancecheck__)? {
            Some(check) => {
                self.check_native_depth(" in __instancecheck__")?;
                let result = self.call(&check, std::slice::from_ref(value))?;
                self.truth(&result)
            }
            None => self.plain_isinstance(value, class),
        }
    }

    /// `type.__instancecheck__`: by class, then by `value.__class__`.
    pub fn plain_isinstance(&self, value: &Value, class: &Value) -> PyResult<bool> {
        let shown = |vm: &Vm| vm.get_attr_opt(value, &vm.names.__class__);
        if let Some(class) = class.downcast::<Type>() {
            let own = self.type_of(value);
            if own.is_subclass(class) {
                return Ok(true);
            }
            // Only a class of Python code can claim to be another one.
            if !own.is_heap_type() && own.slots().get_attr.is_none() {
                return Ok(false);
            }
            let own = own.clone();
            return Ok(match shown(self)? {
                Some(shown) => match shown.downcast::<Type>() {
                    Some(shown) => !shown.is(&own) && shown.is_subclass(class),
                    None => false,
                },
                None => false,
            });
        }
        self.check_class(class, INSTANCE_MESSAGE)?;
        match shown(self)? {
            Some(shown) => self.abstract_issubclass(&shown, class),
            None => Ok(false),
        }
    }

    /// `issubclass(derived, class)`.
    pub fn issubclass(&self, derived: &Value, class: &Value) -> PyResult<bool> {
        if class.downcast_exact::<Type>().is_some() {
            if derived.is(class) {
                return Ok(true);
            }
            return self.plain_issubclass(derived, class);
        }
        if let Some(classes) = class.downcast::<Tuple>() {
            self.check_native_depth(" in __subclasscheck__")?;
            for class in classes.items() {
                if self.issubclass(derived, class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(union) = class.downcast::<Union>() {
            return self.issubclass(derived, union.args.as_value());
        }
        match self.lookup_special(class, &self.names.__subclasscheck__)? {
            Some(check) => {
                self.check_native_depth(" in __subclasscheck__")?;
                let result = self.call(&check, std::slice::from_ref(derived))?;
                self.truth(&result)
            }
            None => self.plain_issubclass(derived, class),
        }
    }

    /// `type.__subclasscheck__`.
    pub fn plain_issubclass(&self, derived: &Value, class: &Value) -> PyResult<bool> {
        if let (Some(derived), Some(class)) = (derived.downcast::<Type>(), class.downcast::<Type>()) {
            return Ok(derived.is_subclass(class));
        }
        self.check_class(derived, "issubclass() arg 1 must be a class")?;
        self.check_class(class, SUBCLASS_MESSAGE)?;
        self.abstract_issubclass(derived, class)
    }

    /// Objects that are no classes but have `__bases__` (proxies) count as classes.
    fn abstract_issubclass(&self, derived: &Value, class: &Value) -> PyResult<bool> {
        if derived.is(class) {
            return Ok(true);
        }
        self.check_native_depth(" in __issubclass__")?;
        let Some(bases) = self.abstract_bases(derived)? else { return Ok(false) };
        for base in bases.items() {
            if self.abstract_issubclass(base, class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn abstract_bases(&self, class: &Value) -> PyResult<Option<Gc<Tuple>>> {
        let bases = self.get_attr_opt(class, &self.names.__bases__)?;
        Ok(bases.and_then(|bases| bases.into_gc::<Tuple>().ok()))
    }

    fn check_class(&self, class: &Value, message: &str) -> PyResult<()> {
        match self.abstract_bases(class)? {
            Some(_) => Ok(()),
            None => self.raise(Exc::TypeError, message),
        }
    }
}
