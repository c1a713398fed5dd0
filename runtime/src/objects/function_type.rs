//! The classes `function` and `method`: what programs see of them.

use crate::class::descriptors::{equality, read_only};
use crate::class::{CompareOp, Slots, TypeSpec, type_flags};
use crate::heap::Gc;
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::cell::CellObject;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::{BoundMethod, Function};
use crate::objects::static_method::{get_dict, set_dict};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

fn function(value: &Value) -> &Gc<Function> {
    value.downcast().expect("slots see instances of their class")
}

pub static FUNCTION: TypeSpec = TypeSpec {
    name: "function",
    doc: "Create a function object.",
    flags: type_flags::HAS_DICT | type_flags::HAS_WEAKREF | type_flags::METHOD_DESCRIPTOR,
    new: Some(NativeFn::new(
        "function($type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
        new_function,
    )),
    getset: &[
        GetSet::new("__code__", |_, value| Ok(function(value).code.borrow().to_value()), set_code),
        GetSet::new("__defaults__", get_defaults, set_defaults),
        GetSet::new("__kwdefaults__", get_kwdefaults, set_kwdefaults),
        GetSet::new("__name__", |_, value| Ok(function(value).name.borrow().to_value()), set_name),
        GetSet::new(
            "__qualname__",
            |_, value| Ok(function(value).qualname.borrow().to_value()),
            set_qualname,
        ),
        GetSet::new("__globals__", |_, value| Ok(function(value).globals.to_value()), read_only),
        GetSet::new("__builtins__", |_, value| Ok(function(value).builtins.to_value()), read_only),
        GetSet::new(
            "__closure__",
            |_, value| Ok(function(value).closure.as_ref().map_or(Value::NONE, Value::from)),
            read_only,
        ),
        GetSet::new(
            "__doc__",
            |_, value| Ok(doc(function(value))),
            |_, value, new| {
                let new = new.cloned().unwrap_or(Value::NONE);
                function(value).rare_mut(|rare| rare.doc = Some(new));
                Ok(())
            },
        ),
        GetSet::new(
            "__module__",
            |vm, value| Ok(module(vm, function(value))),
            |_, value, new| {
                let new = new.cloned().unwrap_or(Value::NONE);
                function(value).rare_mut(|rare| rare.module = Some(new));
                Ok(())
            },
        ),
        GetSet::new("__annotations__", get_annotations, set_annotations),
        GetSet::new("__annotate__", get_annotate, set_annotate),
        GetSet::new("__type_params__", get_type_params, set_type_params),
        GetSet::new("__dict__", get_dict, set_dict),
    ],
    slots: Slots {
        repr: Some(|_, value| {
            let (qualname, address) = (function(value).qualname.borrow(), value.id());
            Ok(format!("<function {qualname} at {address:#x}>").into())
        }),
        call: Some(crate::vm::call::call_function_slot),
        descr_get: Some(BoundMethod::bind),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn new_function(vm: &Vm, args: Args<'_>) -> PyResult {
    let type_error = |message: String| vm.raise(Exc::TypeError, message);
    let Some(code) = args.value(1).downcast::<Code>() else {
        return vm.raise_type_of("function() argument 'code' must be code, not {}", args.value(1));
    };
    let Some(globals) = args.value(2).downcast::<Dict>() else {
        return vm.raise_type_of("function() argument 'globals' must be dict, not {}", args.value(2));
    };
    let name = match args.get_not_none(3) {
        None => None,
        Some(name) => match name.downcast::<Str>() {
            Some(name) => Some(name.clone()),
            None => return type_error("arg 3 (name) must be None or string".into()),
        },
    };
    let defaults = match args.get_not_none(4) {
        None => None,
        Some(defaults) => match defaults.downcast::<Tuple>() {
            Some(defaults) => Some(defaults.clone()),
            None => return type_error("arg 4 (defaults) must be None or tuple".into()),
        },
    };
    let n_free = code.object.free_names.len();
    let closure = match args.get_not_none(5) {
        Some(closure) => match closure.downcast::<Tuple>() {
            Some(closure) => Some(closure.clone()),
            None if n_free > 0 => return type_error("arg 5 (closure) must be tuple".into()),
            None => return type_error("arg 5 (closure) must be None or tuple".into()),
        },
        None if n_free > 0 => return type_error("arg 5 (closure) must be tuple".into()),
        None => None,
    };
    let cells: &[Value] = closure.as_ref().map_or(&[], |closure| closure.items());
    if cells.len() != n_free {
        let (name, given) = (&code.object.name, cells.len());
        return vm.raise(Exc::ValueError, format!("{name} requires closure of length {n_free}, not {given}"));
    }
    for cell in cells {
        if cell.downcast::<CellObject>().is_none() {
            return vm.raise_type_of("arg 5 (closure) expected cell, found {}", cell);
        }
    }
    let kwdefaults = match args.get_not_none(6) {
        None => None,
        Some(kwdefaults) => match kwdefaults.downcast::<Dict>() {
            Some(kwdefaults) => Some(kwdefaults.clone()),
            None => return type_error("arg 6 (kwdefaults) must be None or dict".into()),
        },
    };
    let builtins = vm.builtins_of(globals);
    let closure = closure.filter(|closure| !closure.is_empty());
    let made = Function::new(vm, code.clone(), globals.clone(), builtins, closure);
    if let Some(name) = name {
        made.name.replace(name);
    }
    made.defaults.replace(defaults);
    made.kwdefaults.replace(kwdefaults);
    Ok(made.into())
}

fn set_code(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let this = function(value);
    let Some(code) = new.and_then(|new| new.downcast::<Code>()) else {
        return vm.raise(Exc::TypeError, "__code__ must be set to a code object");
    };
    let (wanted, given) =
        (this.closure.as_ref().map_or(0, |closure| closure.len()), code.object.free_names.len());
    if wanted != given {
        let name = this.name.borrow().to_string();
        return vm.raise(
            Exc::ValueError,
            format!("{name}() requires a code object with {wanted} free vars, not {given}"),
        );
    }
    if this.code.borrow().call_kind != code.call_kind {
        vm.warn(
            Exc::DeprecationWarning,
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
            1,
        )?;
    }
    let old = this.code.replace(code.clone());
    this.rare_mut(|rare| {
        if !rare.old_codes.iter().any(|known| known.is(&old)) {
            rare.old_codes.push(old);
        }
    });
    Ok(())
}

fn get_defaults(_vm: &Vm, value: &Value) -> PyResult {
    Ok(function(value).defaults.borrow().as_ref().map_or(Value::NONE, Value::from))
}

fn set_defaults(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let this = function(value);
    let new = match new.filter(|new| !new.is_none()) {
        None => None,
        Some(new) => match new.downcast::<Tuple>() {
            Some(new) => Some(new.clone()),
            None => return vm.raise(Exc::TypeError, "__defaults__ must be set to a tuple object"),
        },
    };
    drop(this.defaults.replace(new));
    Ok(())
}

fn get_kwdefaults(_vm: &Vm, value: &Value) -> PyResult {
    Ok(function(value).kwdefaults.borrow().as_ref().map_or(Value::NONE, Value::from))
}

fn set_kwdefaults(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let this = function(value);
    let new = match new.filter(|new| !new.is_none()) {
        None => None,
        Some(new) => match new.downcast::<Dict>() {
            Some(new) => Some(new.clone()),
            None => return vm.raise(Exc::TypeError, "__kwdefaults__ must be set to a dict object"),
        },
    };
    drop(this.kwdefaults.replace(new));
    Ok(())
}

fn expect_name(vm: &Vm, new: Option<&Value>, attribute: &str) -> PyResult<Gc<Str>> {
    match new.and_then(|new| new.downcast::<Str>()) {
        Some(name) => Ok(name.clone()),
        None => vm.raise(Exc::TypeError, format!("{attribute} must be set to a string object")),
    }
}

fn set_name(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let name = expect_name(vm, new, "__name__")?;
    function(value).name.replace(name);
    Ok(())
}

fn set_qualname(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let name = expect_name(vm, new, "__qualname__")?;
    function(value).qualname.replace(name);
    Ok(())
}

/// `__doc__`: what was assigned, else the docstring in the code.
pub fn doc(this: &Gc<Function>) -> Value {
    if let Some(doc) = this.rare.borrow().as_ref().and_then(|rare| rare.doc.clone()) {
        return doc;
    }
    let code = this.code.borrow();
    match code.constants().first() {
        Some(first) if code.has_flag(ouro_lang::code::flags::HAS_DOCSTRING) => first.clone(),
        _ => Value::NONE,
    }
}

/// `__module__`: what was assigned, else the name in the globals.
pub fn module(vm: &Vm, this: &Gc<Function>) -> Value {
    if let Some(module) = this.rare.borrow().as_ref().and_then(|rare| rare.module.clone()) {
        return module;
    }
    this.globals.get_str(&vm.names.__name__).unwrap_or(Value::NONE)
}

/// The annotations, made by `__annotate__` when first asked for (PEP 649).
fn get_annotations(vm: &Vm, value: &Value) -> PyResult {
    let this = function(value);
    let (known, annotate) = match &*this.rare.borrow() {
        Some(rare) => (rare.annotations.clone(), rare.annotate.clone()),
        None => (None, None),
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let annotations = match annotate.filter(|annotate| vm.is_callable(annotate)) {
        Some(annotate) => {
            let result = vm.call(&annotate, &[Value::small(1)])?;
            if result.downcast::<Dict>().is_none() {
                return vm.raise_type_of("__annotate__ returned non-dict of type '{}'", &result);
            }
            result
        }
        None => Dict::new().into(),
    };
    this.rare_mut(|rare| rare.annotations = Some(annotations.clone()));
    Ok(annotations)
}

fn set_annotations(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = new.filter(|new| !new.is_none());
    if new.is_some_and(|new| new.downcast::<Dict>().is_none()) {
        return vm.raise(Exc::TypeError, "__annotations__ must be set to a dict object");
    }
    let old = function(value)
        .rare_mut(|rare| (std::mem::replace(&mut rare.annotations, new.cloned()), rare.annotate.take()));
    drop(old);
    Ok(())
}

fn get_annotate(_vm: &Vm, value: &Value) -> PyResult {
    let rare = function(value).rare.borrow();
    Ok(rare.as_ref().and_then(|rare| rare.annotate.clone()).unwrap_or(Value::NONE))
}

fn set_annotate(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else { return vm.raise(Exc::TypeError, "__annotate__ cannot be deleted") };
    if !new.is_none() && !vm.is_callable(new) {
        return vm.raise(Exc::TypeError, "__annotate__ must be callable or None");
    }
    let old = function(value).rare_mut(|rare| {
        let annotations = if new.is_none() { None } else { rare.annotations.take() };
        (rare.annotate.replace(new.clone()), annotations)
    });
    drop(old);
    Ok(())
}

fn get_type_params(vm: &Vm, value: &Value) -> PyResult {
    let rare = function(value).rare.borrow();
    Ok(rare.as_ref().and_then(|rare| rare.type_params.clone()).unwrap_or_else(|| vm.tuple(&[])))
}

/// Sets `__type_params__`.
pub fn set_type_params(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    match new.filter(|new| new.downcast::<Tuple>().is_some()) {
        Some(new) => {
            let old = function(value).rare_mut(|rare| rare.type_params.replace(new.clone()));
            drop(old);
            Ok(())
        }
        None => vm.raise(Exc::TypeError, "__type_params__ must be set to a tuple"),
    }
}

// --- method

fn method(value: &Value) -> &Gc<BoundMethod> {
    value.downcast().expect("slots see instances of their class")
}

pub static METHOD: TypeSpec = TypeSpec {
    name: "method",
    doc: "Create a bound instance method object.",
    flags: type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("method", |vm, args| {
        args.no_keywords(vm, "method")?;
        crate::native::binding::check_positional_count(vm, "method", args.len() - 1, 2, 2)?;
        let (function, receiver) = (args.value(1), args.value(2));
        if !vm.is_callable(function) {
            return vm.raise(Exc::TypeError, "first argument must be callable");
        }
        if receiver.is_none() {
            return vm.raise(Exc::TypeError, "instance must not be None");
        }
        Ok(BoundMethod::new(vm, function.clone(), receiver.clone()).into())
    })),
    methods: &[NativeFn::new("__reduce__($self, /)", |vm, args| {
        let this = args.this::<BoundMethod>();
        let name = vm.get_attr(&this.function, &vm.names.__name__)?;
        let Some(getattr) = vm.builtins.get_str(&vm.intern("getattr")) else {
            return vm.raise(Exc::NameError, "name 'getattr' is not defined");
        };
        Ok(vm.tuple(&[getattr, vm.tuple(&[this.receiver.clone(), name])]))
    })],
    getset: &[
        GetSet::new("__func__", |_, value| Ok(method(value).function.clone()), read_only),
        GetSet::new("__self__", |_, value| Ok(method(value).receiver.clone()), read_only),
        GetSet::read_only("__doc__", |vm, value| vm.get_attr(&method(value).function, &vm.names.__doc__)),
    ],
    slots: Slots {
        repr: Some(repr_method),
        call: Some(crate::vm::call::call_method_slot),
        hash: Some(|vm, value| {
            let this = method(value);
            let function = vm.hash(&this.function)?;
            let mixed = crate::class::special::mix_identities(this.receiver.id(), function as u64);
            Ok(if mixed == -1 { -2 } else { mixed })
        }),
        compare: Some(compare_methods),
        get_attr: Some(get_method_attr),
        descr_get: Some(|_, value, _, _| Ok(value.clone())),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn repr_method(vm: &Vm, value: &Value) -> PyResult {
    let this = method(value);
    let mut name = None;
    for attribute in [&vm.names.__qualname__, &vm.names.__name__] {
        if let Some(found) = vm.get_attr_opt(&this.function, attribute)? {
            name = found.downcast::<Str>().map(|name| name.to_string());
            break;
        }
    }
    let name = name.unwrap_or_else(|| "?".into());
    Ok(format!("<bound method {name} of {}>", vm.repr_text(&this.receiver)?).into())
}

fn compare_methods(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (a.downcast::<BoundMethod>(), b.downcast::<BoundMethod>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = a.receiver.is(&b.receiver) && vm.eq(&a.function, &b.function)?;
    Ok(equality(op, same))
}

/// Attributes of the class `method`, then those of the function.
fn get_method_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    let class = vm.types.method().clone();
    if let Some(found) = class.lookup(name) {
        return match vm.type_of(&found).slots().descr_get {
            Some(get) => get(vm, &found, Some(value), &class),
            None => Ok(found),
        };
    }
    vm.get_attr(&method(value).function, name)
}
