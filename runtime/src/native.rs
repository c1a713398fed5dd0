//! What native code sees: functions with their signature, arguments, modules and classes of a module.
//!
//! A native function is a plain Rust function `fn(&Vm, Args) -> PyResult`. Its signature text, as `inspect` shows it, drives the binding of
//! arguments: after binding, `args.value(i)` is parameter `i` (self of a method is 0), absent optional ones are `None` from
//! `args.get(i)`, `*args` are in `args.rest()`, `**kwargs` in `args.keywords()`.
//!
//! To add a module: one file with a `pub static MODULE: NativeModule`, one line in the module table of `stdlib`.

use std::cell::Cell;

use crate::class::{Type, TypeSpec};
use crate::heap::{Gc, Payload, PayloadVtable};
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Exc, PyResult};

pub mod binding;

/// A native function's code.
pub type NativeCall = fn(&Vm, Args<'_>) -> PyResult;

/// A native function and how it is called.
#[derive(Clone, Copy)]
pub struct NativeFn {
    /// Name and parameters: `"sorted(iterable, /, *, key=None, reverse=False)"`. Methods begin with `$self`, class methods with `$type`.
    /// Without parentheses (`"dir"`), or with `!` before them (`"map!(...)"`, where `inspect` shall see a signature), the function takes
    /// `(*args, **kwargs)` as they come and checks them itself.
    pub signature: &'static str,
    pub doc: &'static str,
    pub call: NativeCall,
}

impl NativeFn {
    pub const fn new(signature: &'static str, call: NativeCall) -> NativeFn {
        NativeFn { signature, doc: "", call }
    }

    pub const fn doc(self, doc: &'static str) -> NativeFn {
        NativeFn { doc, ..self }
    }

    /// The part before the parameters.
    pub fn name(&self) -> &'static str {
        self.signature.split(['(', '!', '~', '?']).next().unwrap_or(self.signature)
    }
}

/// A computed attribute of instances of a builtin class.
#[derive(Clone, Copy)]
pub struct GetSet {
    pub name: &'static str,
    pub doc: &'static str,
    pub get: fn(&Vm, &Value) -> PyResult,
    /// Sets, or deletes where the value is `None`; read-only without it.
    pub set: Option<fn(&Vm, &Value, Option<&Value>) -> PyResult<()>>,
}

impl GetSet {
    pub const fn read_only(name: &'static str, get: fn(&Vm, &Value) -> PyResult) -> GetSet {
        GetSet { name, doc: "", get, set: None }
    }

    pub const fn new(
        name: &'static str,
        get: fn(&Vm, &Value) -> PyResult,
        set: fn(&Vm, &Value, Option<&Value>) -> PyResult<()>,
    ) -> GetSet {
        GetSet { name, doc: "", get, set: Some(set) }
    }

    pub const fn doc(self, doc: &'static str) -> GetSet {
        GetSet { doc, ..self }
    }
}

/// A class that a native module defines: its payload's vtable and description. `base` names a class made earlier.
pub struct NativeClass {
    pub vtable: &'static PayloadVtable,
    pub spec: &'static TypeSpec,
    /// The base class; `object` if `None`.
    pub base: Option<fn(&Vm) -> Gc<Type>>,
}

impl NativeClass {
    pub const fn of<T: Payload>(spec: &'static TypeSpec) -> NativeClass {
        NativeClass { vtable: PayloadVtable::of::<T>(), spec, base: None }
    }
}

/// A module in Rust.
pub struct NativeModule {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [NativeFn],
    /// Made when the module is imported, found again with [`Vm::class_of`].
    pub classes: &'static [NativeClass],
    /// Adds constants and the like.
    pub init: Option<fn(&Vm, &Gc<Module>) -> PyResult<()>>,
}

impl NativeModule {
    pub const DEFAULT: NativeModule =
        NativeModule { name: "", doc: "", functions: &[], classes: &[], init: None };
}

/// Arguments of a call, borrowed from the caller.
///
/// Before binding: `values` are the positional arguments, `kw_names`/`kw_values` the keyword ones. After binding by a signature: `values` are
/// the parameters in order (unbound where absent, or the slice ends early), `rest` the surplus positional ones, `kw_*` the surplus keywords.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    pub values: &'a [Value],
    pub rest: &'a [Value],
    pub kw_names: &'a [Gc<Str>],
    pub kw_values: &'a [Value],
}

impl<'a> Args<'a> {
    pub const EMPTY: Args<'static> = Args { values: &[], rest: &[], kw_names: &[], kw_values: &[] };

    pub const fn positional(values: &'a [Value]) -> Args<'a> {
        Args { values, rest: &[], kw_names: &[], kw_values: &[] }
    }

    pub const fn with_keywords(
        values: &'a [Value],
        kw_names: &'a [Gc<Str>],
        kw_values: &'a [Value],
    ) -> Args<'a> {
        Args { values, rest: &[], kw_names, kw_values }
    }

    /// Required parameter `index`.
    ///
    /// # Panics
    /// If the signature does not make it required.
    #[inline(always)]
    pub fn value(&self, index: usize) -> &'a Value {
        &self.values[index]
    }

    /// Optional parameter `index`; `None` if it was not given.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<&'a Value> {
        self.values.get(index).filter(|value| !value.is_unbound())
    }

    /// Optional parameter `index`, where giving None is the same as leaving it out.
    #[inline(always)]
    pub fn get_not_none(&self, index: usize) -> Option<&'a Value> {
        self.get(index).filter(|value| !value.is_none())
    }

    /// Payload of parameter `index`, which is known to be of its class (self of a method).
    ///
    /// # Panics
    /// If it is not; method descriptors check self before they call.
    #[inline(always)]
    pub fn this<T: Payload>(&self) -> &'a Gc<T> {
        self.values[0].downcast::<T>().expect("method descriptors check the class of self")
    }

    /// Surplus positional arguments (`*args`).
    pub fn rest(&self) -> &'a [Value] {
        self.rest
    }

    /// Surplus keyword arguments (`**kwargs`), before binding all of them.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Gc<Str>, &'a Value)> + 'a {
        self.kw_names.iter().zip(self.kw_values)
    }

    pub fn has_keywords(&self) -> bool {
        !self.kw_names.is_empty()
    }

    /// Number of positional arguments, before binding.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.kw_names.is_empty()
    }

    /// Without the first positional argument.
    pub fn skip_first(&self) -> Args<'a> {
        Args { values: &self.values[1..], ..*self }
    }

    /// Calls `f` with one more positional argument in front.
    pub fn prepend<R>(&self, first: &Value, f: impl FnOnce(Args<'_>) -> R) -> R {
        let mut values: smallvec::SmallVec<[Value; 8]> =
            smallvec::SmallVec::with_capacity(self.values.len() + 1);
        values.push(first.clone());
        values.extend(self.values.iter().cloned());
        f(Args { values: &values, ..*self })
    }

    /// TypeError "name() takes no keyword arguments" if there are any.
    pub fn no_keywords(&self, vm: &Vm, name: &str) -> PyResult<()> {
        if self.has_keywords() {
            return vm.raise(Exc::TypeError, format!("{name}() takes no keyword arguments"));
        }
        Ok(())
    }

    /// "name expected N arguments, got M", and forbids keywords, as CPython's `PyArg_UnpackTuple` does.
    pub fn check_arity(&self, vm: &Vm, name: &str, min: usize, max: usize) -> PyResult<()> {
        self.no_keywords(vm, name)?;
        binding::check_positional_count(vm, name, self.values.len(), min, max)
    }
}

/// A native function object: of a module, a method descriptor of a class, or either bound to an object.
pub struct NativeFunction {
    pub function: &'static NativeFn,
    parsed: Cell<Option<&'static binding::Signature>>,
    pub role: Role,
    /// Module of a module function; receiver of a bound method.
    pub receiver: Option<Value>,
    /// The class of a method descriptor. Not owned: classes that define native methods are builtin or keep these in their dict.
    pub owner: Option<&'static str>,
    pub module_name: Option<Value>,
    /// What a method descriptor checks its first argument against.
    pub class: Option<Gc<Type>>,
}

/// How a [`NativeFunction`] is found and bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `len`, or a static method.
    Function,
    /// `list.append`: unbound, binds to instances.
    Method,
    /// `dict.fromkeys` in the class dict: binds to the class.
    ClassMethod,
    /// `[].append`: with its receiver.
    Bound,
    /// `object.__new__`: checks the class passed first.
    New,
}

impl Payload for NativeFunction {
    const KIND: crate::heap::Kind = crate::heap::Kind::NativeFunction;
    crate::trace_fields!(receiver, module_name, class; skip function, parsed, role, owner);
}

impl NativeFunction {
    pub fn new(function: &'static NativeFn, role: Role) -> NativeFunction {
        NativeFunction {
            function,
            parsed: Cell::new(None),
            role,
            receiver: None,
            owner: None,
            module_name: None,
            class: None,
        }
    }

    /// The parsed signature; parsed once per function and process.
    #[inline]
    pub fn signature(&self) -> &'static binding::Signature {
        match self.parsed.get() {
            Some(signature) => signature,
            None => {
                let signature = binding::Signature::of(self.function);
                self.parsed.set(Some(signature));
                signature
            }
        }
    }

    /// Binds `args` by the signature and calls. A bound method's receiver goes first.
    pub fn call(&self, vm: &Vm, args: Args<'_>) -> PyResult {
        match (&self.receiver, self.role) {
            (Some(receiver), Role::Bound) => args.prepend(receiver, |args| self.call_unbound(vm, args)),
            (Some(owner), Role::New) => crate::class::new_object::checked_new(vm, owner, args),
            _ => self.call_unbound(vm, args),
        }
    }

    /// As [`NativeFunction::call`] with the receiver already among the arguments.
    #[inline]
    pub fn call_unbound(&self, vm: &Vm, args: Args<'_>) -> PyResult {
        let signature = self.signature();
        if signature.accepts_directly(&args) {
            return (self.function.call)(vm, args);
        }
        binding::bind_and_call(vm, signature, self.function.call, args, self.module_name.as_ref())
    }
}
