//! Context variables (PEP 567): `Context`, `ContextVar`, `Token`.
//!
//! The running code's context is in [`TaskState`](super::TaskState); entering one swaps that pointer. Copying shares the map.

use std::cell::{Cell, RefCell};

use super::context_map::ContextMap;
use super::task::Task;
use crate::class::{CompareOp, Slots, TypeSpec, special, type_flags};
use crate::heap::{self, Payload};
use crate::objects::generic_alias::class_getitem;
use crate::objects::str::Str;
use crate::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// A mapping from variables to values.
pub struct Context {
    map: RefCell<ContextMap>,
    /// It is the current context of some thread.
    entered: Cell<bool>,
}

impl Payload for Context {
    crate::trace_fields!(map; skip entered);

    fn clear(&self) {
        let _map = self.map.take();
    }
}

pub struct ContextVar {
    name: Gc<Str>,
    default: Option<Value>,
    /// Its key in the maps; never used twice.
    pub number: u64,
}

impl Payload for ContextVar {
    crate::trace_fields!(name, default; skip number);
}

/// What `ContextVar.set` gives: the way back.
pub struct Token {
    context: Gc<Context>,
    variable: Gc<ContextVar>,
    old: Option<Value>,
    used: Cell<bool>,
}

impl Payload for Token {
    crate::trace_fields!(context, variable, old; skip used);
}

/// `Token.MISSING`.
pub struct Missing;

impl Payload for Missing {
    const ACYCLIC: bool = true;
    crate::trace_fields!();
}

/// Iterator over a context's keys, values or items, taken when it was made.
pub struct ContextIterator {
    left: RefCell<std::collections::VecDeque<Value>>,
}

impl Payload for ContextIterator {
    crate::trace_fields!(left);
}

impl Vm {
    /// The context of the running code.
    #[inline]
    pub fn current_context(&self) -> Gc<Context> {
        let current = &self.tasks.context;
        if let Some(context) = &*current.borrow() {
            return context.clone();
        }
        let context = new_context(self);
        context.entered.set(true);
        *current.borrow_mut() = Some(context.clone());
        if let Some(task) = self.task_without_context() {
            task.context.replace(Some(context.clone()));
        }
        context
    }

    /// The task being stepped, if its context has not been made yet.
    fn task_without_context(&self) -> Option<Gc<Task>> {
        let (_, task) = self.tasks.current.borrow().last().cloned()?;
        task.into_gc::<Task>().ok().filter(|task| task.context.borrow().is_none())
    }

    /// A copy of the current context for a new task; `None` while it would have no variables.
    pub(super) fn context_for_task(&self) -> Option<Gc<Context>> {
        let is_empty = match &*self.tasks.context.borrow() {
            Some(context) => context.map.borrow().is_empty(),
            None => true,
        };
        (!is_empty).then(|| self.copy_context())
    }

    /// A task's context, made now if it has none yet.
    pub fn context_of_task(&self, task: &Gc<Task>) -> Gc<Context> {
        if let Some(context) = &*task.context.borrow() {
            return context.clone();
        }
        let runs = self.task_without_context().is_some_and(|running| running.is(task));
        if runs && self.tasks.context.borrow().is_none() {
            return self.current_context();
        }
        let context = new_context(self);
        task.context.replace(Some(context.clone()));
        context
    }

    /// Runs `f`, a step of `task`, in the task's context.
    ///
    /// # Errors
    /// RuntimeError if that is entered already.
    #[inline]
    pub(super) fn in_context_of_task<R>(&self, task: &Gc<Task>, f: impl FnOnce() -> R) -> PyResult<R> {
        let context = task.context.borrow().clone();
        if let Some(context) = context {
            let result = self.in_context(&context, || Ok(f()));
            context.give_back();
            return result;
        }
        let outer = self.tasks.context.take();
        let result = f();
        if let Some(made) = self.tasks.context.replace(outer) {
            made.entered.set(false);
        }
        Ok(result)
    }

    /// `contextvars.copy_context()`.
    pub fn copy_context(&self) -> Gc<Context> {
        let map = self.tasks.context.borrow().as_ref().map(|context| context.map.borrow().clone());
        let body = Context { map: RefCell::new(map.unwrap_or_default()), entered: Cell::new(false) };
        heap::alloc(self.types.context(), body)
    }

    /// Runs `f` with `context` as the current one.
    ///
    /// # Errors
    /// RuntimeError if it is entered already, and what `f` raises.
    #[inline]
    pub fn in_context<R>(&self, context: &Gc<Context>, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        self.enter_context(context).and_then(|outer| {
            let result = f();
            self.leave_context(context, outer);
            result
        })
    }

    /// Runs `f`, which enters `context` itself, where that is current already.
    pub(super) fn outside_context<R>(&self, context: &Context, f: impl FnOnce() -> R) -> R {
        let entered = context.entered.replace(false);
        let result = f();
        context.entered.set(entered);
        result
    }

    /// Makes `context` current; gives what was.
    #[inline]
    fn enter_context(&self, context: &Gc<Context>) -> PyResult<Option<Gc<Context>>> {
        if context.entered.get() {
            let shown = self.repr_text(context.as_value())?;
            return self
                .raise(Exc::RuntimeError, format!("cannot enter context: {shown} is already entered"));
        }
        if self.tasks.context.borrow().is_none() && self.task_without_context().is_some() {
            // The task is to find it again.
            self.current_context();
        }
        context.entered.set(true);
        Ok(self.tasks.context.replace(Some(context.clone())))
    }

    #[inline]
    fn leave_context(&self, context: &Gc<Context>, outer: Option<Gc<Context>>) {
        context.entered.set(false);
        // The caller holds it, too.
        if let Some(context) = self.tasks.context.replace(outer) {
            context.give_back();
        }
    }
}

fn new_context(vm: &Vm) -> Gc<Context> {
    let body = Context { map: RefCell::default(), entered: Cell::new(false) };
    heap::alloc(vm.types.context(), body)
}

fn missing(vm: &Vm) -> Value {
    vm.tasks.missing.get_or_init(|| heap::alloc(vm.types.context_token_missing(), Missing).into()).clone()
}

pub static CONTEXT: TypeSpec = TypeSpec {
    name: "Context",
    module: "_contextvars",
    flags: type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("Context", |vm, args| {
        if args.values.len() > 1 || args.has_keywords() {
            return vm.raise(Exc::TypeError, "Context() does not accept any arguments");
        }
        Ok(new_context(vm).into())
    })),
    methods: &[
        NativeFn::new("run", run),
        NativeFn::new("copy($self, /)", |vm, args| {
            let map = args.this::<Context>().map.borrow().clone();
            let body = Context { map: RefCell::new(map), entered: Cell::new(false) };
            Ok(heap::alloc(vm.types.context(), body).into())
        })
        .doc("Return a shallow copy of the context object."),
        NativeFn::new("get($self, key, default=None, /)", |vm, args| {
            let variable = key(vm, args.value(1))?;
            let found = args.this::<Context>().map.borrow().get(variable);
            Ok(found.unwrap_or_else(|| args.get(2).cloned().unwrap_or(Value::NONE)))
        }),
        NativeFn::new("items($self, /)", |vm, args| {
            Ok(iterator(vm, vm.types.context_items(), args.this::<Context>(), |vm, key, value| {
                vm.tuple(&[key, value])
            }))
        }),
        NativeFn::new("keys($self, /)", |vm, args| keys(vm, args.value(0))),
        NativeFn::new("values($self, /)", |vm, args| {
            Ok(iterator(vm, vm.types.context_values(), args.this::<Context>(), |_, _, value| value))
        }),
    ],
    slots: Slots {
        hash: Some(special::unhashable),
        compare: Some(compare_contexts),
        iter: Some(keys),
        len: Some(|_, value| Ok(this(value).map.borrow().entries().len())),
        get_item: Some(|vm, value, wanted| {
            let found = this(value).map.borrow().get(key(vm, wanted)?);
            match found {
                Some(found) => Ok(found),
                None => vm.raise_key_error(wanted),
            }
        }),
        contains: Some(|vm, value, wanted| Ok(this(value).map.borrow().get(key(vm, wanted)?).is_some())),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<Context> {
    value.downcast().expect("slots see instances of their class")
}

fn key<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a Gc<ContextVar>> {
    match value.downcast::<ContextVar>() {
        Some(variable) => Ok(variable),
        None => {
            let shown = vm.repr_text(value)?;
            vm.raise(Exc::TypeError, format!("a ContextVar key was expected, got {shown}"))
        }
    }
}

fn run(vm: &Vm, args: Args<'_>) -> PyResult {
    let context = args.this::<Context>();
    let Some(callable) = args.values.get(1) else {
        return vm.raise(Exc::TypeError, "run() missing 1 required positional argument");
    };
    vm.in_context(context, || vm.call_args(callable, Args { values: &args.values[2..], ..args }))
}

fn keys(vm: &Vm, value: &Value) -> PyResult {
    Ok(iterator(vm, vm.types.context_keys(), this(value), |_, key, _| key))
}

fn iterator(
    vm: &Vm,
    class: &Gc<crate::class::Type>,
    context: &Context,
    item: fn(&Vm, Value, Value) -> Value,
) -> Value {
    let entries = context.map.borrow().entries();
    let left = entries.into_iter().map(|(key, value)| item(vm, key.into(), value)).collect();
    heap::alloc(class, ContextIterator { left: RefCell::new(left) }).into()
}

fn compare_contexts(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<Context>().filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (ours, theirs) = (this(a).map.borrow().entries(), b.map.borrow().clone());
    let mut equal = ours.len() == theirs.entries().len();
    for (variable, value) in &ours {
        if !equal {
            break;
        }
        equal = match theirs.get(variable) {
            Some(other) => vm.eq(value, &other)?,
            None => false,
        };
    }
    Ok((equal == (op == CompareOp::Eq)).into())
}

const fn iterator_spec(name: &'static str) -> TypeSpec {
    TypeSpec {
        name,
        flags: type_flags::NO_NEW,
        slots: Slots {
            iter: Some(|_, value| Ok(value.clone())),
            next: Some(|_, value| {
                let iterator = value.downcast::<ContextIterator>().expect("slots see instances");
                Ok(iterator.left.borrow_mut().pop_front())
            }),
            ..Slots::NONE
        },
        ..TypeSpec::DEFAULT
    }
}

pub static KEYS: TypeSpec = iterator_spec("keys");
pub static VALUES: TypeSpec = iterator_spec("values");
pub static ITEMS: TypeSpec = iterator_spec("items");
pub static NODE: TypeSpec = TypeSpec { name: "hamt", flags: type_flags::NO_NEW, ..TypeSpec::DEFAULT };

pub static VARIABLE: TypeSpec = TypeSpec {
    name: "ContextVar",
    module: "_contextvars",
    flags: 0,
    new: Some(NativeFn::new("ContextVar($type, name, /, *, default=<unrepresentable>)", |vm, args| {
        let Some(name) = args.value(1).downcast::<Str>() else {
            return vm.raise(Exc::TypeError, "context variable name must be a str");
        };
        vm.hash(name.as_value())?;
        let number = vm.tasks.last_variable.get();
        vm.tasks.last_variable.set(number + 1);
        let body = ContextVar { name: name.clone(), default: args.get(2).cloned(), number };
        Ok(heap::alloc(vm.types.context_var(), body).into())
    })),
    methods: &[
        NativeFn::new("get", get),
        NativeFn::new("set($self, value, /)", set)
            .doc("Call to set a new value for the context variable in the current context."),
        NativeFn::new("reset($self, token, /)", |vm, args| {
            reset(vm, args.this::<ContextVar>(), args.value(1))?;
            Ok(Value::NONE)
        })
        .doc("Reset the context variable."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", class_getitem)],
    getset: &[GetSet::new(
        "name",
        |_, value| Ok(variable(value).name.to_value()),
        |vm, _, _| vm.raise(Exc::AttributeError, "readonly attribute"),
    )],
    slots: Slots {
        repr: Some(|vm, value| {
            let this = variable(value);
            let name = vm.repr_text(this.name.as_value())?;
            let default = match &this.default {
                Some(default) => format!(" default={}", vm.repr_text(default)?),
                None => String::new(),
            };
            Ok(format!("<ContextVar name={name}{default} at {:#x}>", value.id()).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn variable(value: &Value) -> &Gc<ContextVar> {
    value.downcast().expect("slots see instances of their class")
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "ContextVar.get")?;
    if args.values.len() > 2 {
        return vm.raise(
            Exc::TypeError,
            format!("get expected at most 1 argument, got {}", args.values.len() - 1),
        );
    }
    let this = args.this::<ContextVar>();
    if let Some(context) = &*vm.tasks.context.borrow() {
        if let Some(found) = context.map.borrow().get(this) {
            return Ok(found);
        }
    }
    if let Some(default) = args.values.get(1).or(this.default.as_ref()) {
        return Ok(default.clone());
    }
    vm.raise_args(Exc::LookupError, &[this.to_value()])
}

fn set(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<ContextVar>();
    let context = vm.current_context();
    let replaced = context.map.borrow().replace(this, args.value(1).clone());
    let old = match replaced {
        Ok(old) => Some(old),
        Err(value) => {
            let (old, new) = {
                let map = context.map.borrow();
                (map.get(this), map.with(this, value))
            };
            let _old_map = context.map.replace(new);
            old
        }
    };
    let token = Token { context, variable: this.clone(), old, used: Cell::new(false) };
    Ok(heap::alloc(vm.types.context_token(), token).into())
}

fn reset(vm: &Vm, this: &Gc<ContextVar>, value: &Value) -> PyResult<()> {
    let Some(token) = value.downcast::<Token>() else {
        let shown = vm.repr_text(value)?;
        return vm.raise(Exc::TypeError, format!("expected an instance of Token, got {shown}"));
    };
    if token.used.get() {
        let shown = vm.repr_text(value)?;
        return vm.raise(Exc::RuntimeError, format!("{shown} has already been used once"));
    }
    if !token.variable.is(this) {
        let shown = vm.repr_text(value)?;
        return vm.raise(Exc::ValueError, format!("{shown} was created by a different ContextVar"));
    }
    let context = vm.current_context();
    if !token.context.is(&context) {
        let shown = vm.repr_text(value)?;
        return vm.raise(Exc::ValueError, format!("{shown} was created in a different Context"));
    }
    token.used.set(true);
    let new = match &token.old {
        Some(old) => {
            let replaced = context.map.borrow().replace(this, old.clone());
            match replaced {
                Ok(_) => return Ok(()),
                Err(old) => context.map.borrow().with(this, old),
            }
        }
        None => context.map.borrow().without(this),
    };
    let _old_map = context.map.replace(new);
    Ok(())
}

pub static TOKEN: TypeSpec = TypeSpec {
    name: "Token",
    module: "_contextvars",
    flags: 0,
    new: Some(NativeFn::new("Token", |vm, _| {
        vm.raise(Exc::RuntimeError, "Tokens can only be created by ContextVars")
    })),
    methods: &[
        NativeFn::new("__enter__($self, /)", |_, args| Ok(args.value(0).clone()))
            .doc("Enter into Token context manager."),
        NativeFn::new("__exit__($self, type, value, traceback, /)", |vm, args| {
            let variable = args.this::<Token>().variable.clone();
            reset(vm, &variable, args.value(0))?;
            Ok(Value::NONE)
        })
        .doc("Exit from Token context manager, restore the linked ContextVar."),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", class_getitem)],
    getset: &[
        GetSet::read_only("var", |_, value| Ok(token(value).variable.to_value())),
        GetSet::read_only("old_value", |vm, value| {
            Ok(token(value).old.clone().unwrap_or_else(|| missing(vm)))
        }),
    ],
    slots: Slots {
        hash: Some(special::unhashable),
        repr: Some(|vm, value| {
            let this = token(value);
            let used = if this.used.get() { " used" } else { "" };
            let shown = vm.repr_text(this.variable.as_value())?;
            Ok(format!("<Token{used} var={shown} at {:#x}>", value.id()).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn token(value: &Value) -> &Gc<Token> {
    value.downcast().expect("slots see instances of their class")
}

pub static MISSING: TypeSpec = TypeSpec {
    name: "Token.MISSING",
    flags: type_flags::NO_NEW,
    slots: Slots { repr: Some(|_, _| Ok("<Token.MISSING>".into())), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Functions of `_contextvars`.
pub static FUNCTIONS: &[NativeFn] = &[NativeFn::new("copy_context()", |vm, _| Ok(vm.copy_context().into()))];

/// Fills the module `_contextvars`.
pub fn fill_module(vm: &Vm, module: &Gc<crate::objects::module::Module>) -> PyResult<()> {
    module.set(vm, "Context", vm.types.context());
    module.set(vm, "ContextVar", vm.types.context_var());
    module.set(vm, "Token", vm.types.context_token());
    drop(vm.types.context_token().dict.insert_str(&vm.intern("MISSING"), missing(vm)));
    Ok(())
}
