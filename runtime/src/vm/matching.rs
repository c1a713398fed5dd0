//! Pattern matching, template strings and the intrinsics of type parameters.

use ouro_lang::code::{Intrinsic1, Intrinsic2};

use super::Vm;
use crate::class::{Type, type_flags};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::type_parameter::{self, ParameterKind};
use crate::objects::{template, type_alias};
use crate::value::Value;
use crate::{Exc, PyResult};

impl Vm {
    /// `case {key: ...}`: the values, or None where a key is missing.
    pub(crate) fn match_keys(&self, subject: &Value, keys: &Value) -> PyResult {
        let keys = keys.downcast::<Tuple>().map(|keys| keys.items()).unwrap_or_default();
        let mut values = Vec::with_capacity(keys.len());
        let mut seen: Vec<&Value> = Vec::new();
        // `get` with a default of its own tells a missing key from any value, and runs no `__missing__`.
        let get = self.get_attr_named(subject, "get")?;
        let missing: Value = crate::objects::cell::CellObject::new(Value::UNBOUND).into();
        for key in keys {
            for earlier in &seen {
                if self.eq(earlier, key)? {
                    let key = self.repr_text(key)?;
                    return self
                        .raise(Exc::ValueError, format!("mapping pattern checks duplicate key ({key})"));
                }
            }
            seen.push(key);
            let value = self.call(&get, &[key.clone(), missing.clone()])?;
            if value.is(&missing) {
                return Ok(Value::NONE);
            }
            values.push(value);
        }
        Ok(Tuple::new(values).into())
    }

    /// `case {**rest}`: a dict of what the keys do not name.
    pub(crate) fn match_rest(&self, subject: &Value, keys: &Value) -> PyResult {
        let rest = Dict::new();
        self.for_each_pair(subject, |key, value| rest.insert(self, key, value).map(drop))?;
        for key in keys.downcast::<Tuple>().map(|keys| keys.items()).unwrap_or_default() {
            drop(rest.remove(self, key)?);
        }
        Ok(rest.into())
    }

    /// `case Class(a, b, name=c)`: the attributes to match further, or None.
    pub(crate) fn match_class(
        &self,
        subject: &Value,
        class: &Value,
        names: &Value,
        n_positional: usize,
    ) -> PyResult {
        let Some(ty) = class.downcast::<Type>() else {
            return self.raise(Exc::TypeError, "called match pattern must be a class");
        };
        if !self.isinstance(subject, class)? {
            return Ok(Value::NONE);
        }
        let mut found: Vec<Value> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        if n_positional > 0 {
            let match_args = self.get_attr_opt(class, &self.names.__match_args__)?;
            let match_self = match_args.is_none() && ty.has_flag(type_flags::MATCH_SELF);
            let args = match &match_args {
                Some(args) => match args.downcast::<Tuple>() {
                    Some(args) => args.items().to_vec(),
                    None => {
                        let message = format!(
                            "{}.__match_args__ must be a tuple (got {})",
                            ty.name_text(),
                            self.type_name(args)
                        );
                        return self.raise(Exc::TypeError, message);
                    }
                },
                None => Vec::new(),
            };
            let allowed = if match_self { 1 } else { args.len() };
            if n_positional > allowed {
                let plural = if allowed == 1 { "" } else { "s" };
                let message = format!(
                    "{}() accepts {allowed} positional sub-pattern{plural} ({n_positional} given)",
                    ty.name_text()
                );
                return self.raise(Exc::TypeError, message);
            }
            if match_self {
                found.push(subject.clone());
            }
            for arg in args.iter().take(if match_self { 0 } else { n_positional }) {
                let Some(name) = arg.downcast::<Str>() else {
                    let message =
                        format!("__match_args__ elements must be strings (got {})", self.type_name(arg));
                    return self.raise(Exc::TypeError, message);
                };
                if !self.match_attribute(subject, ty, name, &mut seen, &mut found)? {
                    return Ok(Value::NONE);
                }
            }
        }
        for name in names.downcast::<Tuple>().map(|names| names.items()).unwrap_or_default() {
            let Some(name) = name.downcast::<Str>() else { continue };
            if !self.match_attribute(subject, ty, name, &mut seen, &mut found)? {
                return Ok(Value::NONE);
            }
        }
        Ok(Tuple::new(found).into())
    }

    fn match_attribute(
        &self,
        subject: &Value,
        class: &crate::Gc<Type>,
        name: &crate::Gc<Str>,
        seen: &mut Vec<String>,
        found: &mut Vec<Value>,
    ) -> PyResult<bool> {
        let text = name.to_string_lossy().into_owned();
        if seen.contains(&text) {
            let message = format!("{}() got multiple sub-patterns for attribute '{text}'", class.name_text());
            return self.raise(Exc::TypeError, message);
        }
        seen.push(text);
        match self.get_attr_opt(subject, &self.intern_str(name))? {
            Some(value) => {
                found.push(value);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    pub(crate) fn build_interpolation(&self, parts: Vec<Value>, conversion: usize) -> PyResult {
        let [value, expression, format_spec] = <[Value; 3]>::try_from(parts).expect("three registers");
        Ok(template::new_interpolation(self, value, expression, conversion, format_spec))
    }

    pub(crate) fn build_template(&self, strings: &Value, interpolations: &Value) -> PyResult {
        Ok(template::new_template(self, strings, interpolations))
    }

    pub(crate) fn intrinsic1(&self, kind: usize, argument: &Value) -> PyResult {
        match Intrinsic1::ALL.get(kind) {
            Some(Intrinsic1::Print) => {
                let hook = self.sys_attribute("displayhook")?;
                self.call(&hook, std::slice::from_ref(argument))
            }
            Some(Intrinsic1::UnpackAnnotation) => {
                let items = self.collect(argument)?;
                match items.as_slice() {
                    [one] => Ok(one.clone()),
                    _ => self.raise(
                        Exc::ValueError,
                        format!("not enough values to unpack (expected 1, got {})", items.len()),
                    ),
                }
            }
            Some(Intrinsic1::ConditionalAnnotations) => {
                Ok(crate::objects::set::Set::for_class(self.types.set()).into())
            }
            Some(kind @ (Intrinsic1::TypeVar | Intrinsic1::ParamSpec | Intrinsic1::TypeVarTuple)) => {
                let kind = match kind {
                    Intrinsic1::TypeVar => ParameterKind::TypeVar,
                    Intrinsic1::ParamSpec => ParameterKind::ParamSpec,
                    _ => ParameterKind::TypeVarTuple,
                };
                let name = argument.downcast::<Str>().expect("the compiler passes the name");
                Ok(type_parameter::from_syntax(self, kind, name, None, None))
            }
            Some(Intrinsic1::SubscriptGeneric) => type_alias::subscript_generic(self, argument),
            Some(Intrinsic1::TypeAlias) => {
                let parts = argument.downcast::<Tuple>().expect("the compiler passes a tuple");
                let [name, parameters, compute] = parts.items() else {
                    unreachable!("of name, parameters and function");
                };
                let name = name.downcast::<Str>().expect("the compiler passes the name");
                Ok(type_alias::from_syntax(self, name, parameters.downcast().cloned(), compute.clone()))
            }
            kind => unreachable!("{kind:?} has an instruction of its own"),
        }
    }

    pub(crate) fn intrinsic2(&self, kind: usize, first: Value, second: Value) -> PyResult {
        let name = || first.downcast::<Str>().expect("the compiler passes the name");
        let type_var = ParameterKind::TypeVar;
        match Intrinsic2::ALL.get(kind) {
            Some(Intrinsic2::TypeVarWithBound) => {
                Ok(type_parameter::from_syntax(self, type_var, name(), Some(second), None))
            }
            Some(Intrinsic2::TypeVarWithConstraints) => {
                Ok(type_parameter::from_syntax(self, type_var, name(), None, Some(second)))
            }
            Some(Intrinsic2::SetFunctionTypeParams) => {
                self.set_attr(&first, &self.names.__type_params__, Some(&second))?;
                Ok(first)
            }
            Some(Intrinsic2::SetTypeParamDefault) => type_parameter::set_default(self, &first, second),
            None => unreachable!("the verifier knows all kinds"),
        }
    }

    /// `sys.name`.
    pub fn sys_attribute(&self, name: &str) -> PyResult {
        let module = self.modules.get_str(&self.names.sys);
        let found = match &module {
            Some(module) => self.get_attr_opt(module, &self.intern(name))?,
            None => None,
        };
        match found {
            Some(found) => Ok(found),
            None => self.raise(Exc::RuntimeError, format!("lost sys.{name}")),
        }
    }
}
