//! `types.GenericAlias`: `list[int]`; and the substitution of type parameters that unions and `typing` share.

use std::cell::RefCell;

use crate::class::descriptors::{equality, read_only};
use crate::class::{BinaryOp, CompareOp, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Args, Exc, PyResult, Vm};

pub struct GenericAlias {
    pub origin: Value,
    pub args: Gc<Tuple>,
    /// `*tuple[int, ...]`.
    pub starred: bool,
    /// `__parameters__`, once asked for.
    parameters: RefCell<Option<Gc<Tuple>>>,
}

impl Payload for GenericAlias {
    crate::trace_fields!(origin, args, parameters; skip starred);

    fn clear(&self) {
        drop(self.parameters.take());
    }
}

fn make(class: &Gc<Type>, origin: Value, item: &Value, starred: bool) -> Gc<GenericAlias> {
    let args = match item.downcast::<Tuple>() {
        Some(args) => args.clone(),
        None => Tuple::from_slice(std::slice::from_ref(item)),
    };
    heap::alloc_for(class, GenericAlias { origin, args, starred, parameters: RefCell::new(None) })
}

/// `origin[item]`.
pub fn new(vm: &Vm, origin: Value, item: Value) -> Value {
    make(vm.types.generic_alias(), origin, &item, false).into()
}

/// `__class_getitem__` of builtin classes: args are the class and the item.
pub fn class_getitem(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(new(vm, args.value(0).clone(), args.value(1).clone()))
}

fn this(value: &Value) -> &Gc<GenericAlias> {
    value.downcast().expect("slots see instances of their class")
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "GenericAlias",
    module: "types",
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("GenericAlias", |vm, args| {
        args.no_keywords(vm, "GenericAlias")?;
        crate::native::binding::check_positional_count(vm, "GenericAlias", args.len() - 1, 2, 2)?;
        let class: &Gc<Type> = args.value(0).downcast().expect("__new__ is called with a class");
        Ok(make(class, args.value(1).clone(), args.value(2), false).into())
    })),
    methods: &[
        NativeFn::new("__mro_entries__($self, bases, /)", |vm, args| {
            Ok(vm.tuple(&[args.this::<GenericAlias>().origin.clone()]))
        }),
        NativeFn::new("__instancecheck__($self, instance, /)", |vm, _| {
            vm.raise(Exc::TypeError, "isinstance() argument 2 cannot be a parameterized generic")
        }),
        NativeFn::new("__subclasscheck__($self, cls, /)", |vm, _| {
            vm.raise(Exc::TypeError, "issubclass() argument 2 cannot be a parameterized generic")
        }),
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            let alias = args.this::<GenericAlias>();
            if alias.starred {
                let plain: Value =
                    make(vm.types.generic_alias(), alias.origin.clone(), alias.args.as_value(), false).into();
                let next = match vm.builtins.get_str(&vm.intern("next")) {
                    Some(next) => next,
                    None => return vm.raise(Exc::NameError, "name 'next' is not defined"),
                };
                return Ok(vm.tuple(&[next, vm.tuple(&[vm.iter(&plain)?])]));
            }
            let parts = vm.tuple(&[alias.origin.clone(), alias.args.to_value()]);
            Ok(vm.tuple(&[vm.types.generic_alias().to_value(), parts]))
        }),
        NativeFn::new("__dir__($self, /)", |vm, args| {
            let alias = args.this::<GenericAlias>();
            let dir = vm.builtins.get_str(&vm.intern("dir"));
            let mut names = match dir {
                Some(dir) => vm.collect(&vm.call(&dir, std::slice::from_ref(&alias.origin))?)?,
                None => Vec::new(),
            };
            for own in OWN_ATTRIBUTES {
                let own: Value = vm.intern(own).into();
                if !names.iter().any(|name| {
                    name.downcast::<Str>().is_some_and(|name| own.downcast::<Str>() == Some(name))
                }) {
                    names.push(own);
                }
            }
            Ok(List::new(names).into())
        }),
    ],
    getset: &[
        GetSet::new("__origin__", |_, value| Ok(this(value).origin.clone()), read_only),
        GetSet::new("__args__", |_, value| Ok(this(value).args.to_value()), read_only),
        GetSet::new("__unpacked__", |_, value| Ok(this(value).starred.into()), read_only),
        GetSet::read_only("__parameters__", |vm, value| parameters(vm, this(value)).map(Value::from)),
        GetSet::read_only("__typing_unpacked_tuple_args__", |vm, value| {
            let alias = this(value);
            let is_tuple = alias.origin.is(vm.types.tuple().as_value());
            Ok(if alias.starred && is_tuple { alias.args.to_value() } else { Value::NONE })
        }),
    ],
    slots: Slots {
        repr: Some(repr),
        call: Some(call),
        hash: Some(|vm, value| {
            let alias = this(value);
            Ok(match vm.hash(&alias.origin)? ^ vm.hash(alias.args.as_value())? {
                -1 => -2,
                hash => hash,
            })
        }),
        compare: Some(compare),
        get_attr: Some(get_attr),
        get_item: Some(|vm, value, item| {
            let alias = this(value);
            let parameters = parameters(vm, alias)?;
            let args = substitute(vm, value, alias.args.items(), &parameters, item)?;
            Ok(make(vm.types.generic_alias(), alias.origin.clone(), &vm.tuple(&args), alias.starred).into())
        }),
        iter: Some(|vm, value| {
            let body = AliasIterator { alias: RefCell::new(Some(value.clone())) };
            Ok(heap::alloc(vm.types.generic_alias_iterator(), body).into())
        }),
        binary: {
            let mut binary = Slots::NONE.binary;
            binary[BinaryOp::Or as usize] = Some(crate::objects::union::or);
            binary
        },
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// Attributes an alias has itself; all others are those of its origin.
const OWN_ATTRIBUTES: [&str; 9] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

/// Attributes that are not forwarded though the alias does not have them.
const BLOCKED_ATTRIBUTES: [&str; 3] = ["__bases__", "__copy__", "__deepcopy__"];

fn get_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    let is_dunder = name.as_bytes().starts_with(b"__");
    let own = is_dunder
        && OWN_ATTRIBUTES.iter().chain(&BLOCKED_ATTRIBUTES).any(|own| own.as_bytes() == name.as_bytes());
    if own { vm.generic_get_attr(value, name) } else { vm.get_attr(&this(value).origin, name) }
}

/// Makes an instance of the origin and tells it what it was made through.
fn call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let object = vm.call_args(&this(value).origin, args)?;
    let told = vm.set_attr(&object, &vm.names.__orig_class__, Some(value));
    if let Some(told) = vm.catch(told, Exc::AttributeError).map(|_| ()).err() {
        vm.catch::<()>(Err(told), Exc::TypeError)?;
    }
    Ok(object)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (a.downcast::<GenericAlias>(), b.downcast::<GenericAlias>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = a.starred == b.starred
        && vm.eq(&a.origin, &b.origin)?
        && vm.eq(a.args.as_value(), b.args.as_value())?;
    Ok(equality(op, same))
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let alias = this(value);
    let mut out = String::new();
    if alias.starred {
        out.push('*');
    }
    out.push_str(&type_repr(vm, &alias.origin)?);
    out.push('[');
    for (at, arg) in alias.args.items().iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        match arg.downcast::<List>() {
            // A parameter list, as in `Callable[[int], str]`.
            Some(list) => {
                let items: Vec<String> =
                    list.snapshot().iter().map(|item| type_repr(vm, item)).collect::<PyResult<_>>()?;
                out.push_str(&format!("[{}]", items.join(", ")));
            }
            None => out.push_str(&type_repr(vm, arg)?),
        }
    }
    if alias.args.is_empty() {
        out.push_str("()");
    }
    out.push(']');
    Ok(out.into())
}

/// A type as it is shown inside a generic alias: classes by qualified name.
pub fn type_repr(vm: &Vm, value: &Value) -> PyResult<String> {
    vm.check_native_depth(" while getting the repr of an object")?;
    if value.is(&Value::ELLIPSIS) {
        return Ok("...".into());
    }
    if value.is(vm.types.none_type().as_value()) {
        return Ok("None".into());
    }
    let is_alias = vm.get_attr_opt(value, &vm.names.__origin__)?.is_some()
        && vm.get_attr_opt(value, &vm.names.__args__)?.is_some();
    if !is_alias {
        let qualname = vm.get_attr_opt(value, &vm.names.__qualname__)?;
        let module = vm.get_attr_opt(value, &vm.names.__module__)?.filter(|module| !module.is_none());
        if let (Some(qualname), Some(module)) = (qualname, module) {
            let (qualname, module) = (vm.str_text(&qualname)?, vm.str_text(&module)?);
            return Ok(if module == "builtins" { qualname } else { format!("{module}.{qualname}") });
        }
    }
    vm.repr_text(value)
}

/// `__parameters__` of the alias.
fn parameters(vm: &Vm, alias: &Gc<GenericAlias>) -> PyResult<Gc<Tuple>> {
    if let Some(known) = alias.parameters.borrow().clone() {
        return Ok(known);
    }
    let found = collect_parameters(vm, alias.args.items())?;
    alias.parameters.replace(Some(found.clone()));
    Ok(found)
}

/// The type parameters in some type arguments, each once, in order of appearance.
pub fn collect_parameters(vm: &Vm, args: &[Value]) -> PyResult<Gc<Tuple>> {
    vm.check_native_depth("")?;
    let mut found: Vec<Value> = Vec::new();
    let add = |found: &mut Vec<Value>, parameter: &Value| {
        if !found.iter().any(|known| known.is(parameter)) {
            found.push(parameter.clone());
        }
    };
    for arg in args {
        // `__parameters__` of a bare class describe the class, not a use of it.
        if arg.downcast::<Type>().is_some() {
            continue;
        }
        if vm.get_attr_opt(arg, &vm.names.__typing_subst__)?.is_some() {
            add(&mut found, arg);
            continue;
        }
        let nested = match vm.get_attr_opt(arg, &vm.names.__parameters__)? {
            Some(nested) => nested.into_gc::<Tuple>().ok(),
            None => match items_of(arg) {
                Some(items) => Some(collect_parameters(vm, &items)?),
                None => None,
            },
        };
        nested.iter().flat_map(|nested| nested.items()).for_each(|parameter| add(&mut found, parameter));
    }
    Ok(Tuple::from_slice(&found))
}

/// Items of a tuple or list among type arguments.
fn items_of(value: &Value) -> Option<Vec<Value>> {
    match (value.downcast::<Tuple>(), value.downcast::<List>()) {
        (Some(tuple), _) => Some(tuple.items().to_vec()),
        (_, Some(list)) => Some(list.snapshot()),
        _ => None,
    }
}

fn optional(vm: &Vm, value: &Value, name: &str) -> PyResult<Option<Value>> {
    Ok(vm.get_attr_opt(value, &vm.intern(name))?.filter(|found| !found.is_none()))
}

/// Spreads `*tuple[...]` among subscripts; what is no tuple becomes one.
fn unpack_item(vm: &Vm, item: &Value) -> PyResult<Vec<Value>> {
    let items = match item.downcast::<Tuple>() {
        Some(items) => items.items().to_vec(),
        None => vec![item.clone()],
    };
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        if item.downcast::<Type>().is_none() {
            let spread = optional(vm, &item, "__typing_unpacked_tuple_args__")?;
            if let Some(spread) = spread.as_ref().and_then(|spread| spread.downcast::<Tuple>()) {
                if !spread.items().last().is_some_and(|last| last.is(&Value::ELLIPSIS)) {
                    out.extend(spread.items().iter().cloned());
                    continue;
                }
            }
        }
        out.push(item);
    }
    Ok(out)
}

/// The type arguments `args` of `alias` with its `parameters` replaced by what `item`, a subscript, gives for them.
pub fn substitute(
    vm: &Vm,
    alias: &Value,
    args: &[Value],
    parameters: &Gc<Tuple>,
    item: &Value,
) -> PyResult<Vec<Value>> {
    vm.check_native_depth("")?;
    if parameters.is_empty() {
        let shown = vm.repr_text(alias)?;
        return vm.raise(Exc::TypeError, format!("{shown} is not a generic class"));
    }
    let mut item = vm.tuple(&unpack_item(vm, item)?);
    for parameter in parameters.items() {
        if let Some(prepare) = optional(vm, parameter, "__typing_prepare_subst__")? {
            let given = match item.downcast::<Tuple>() {
                Some(_) => item,
                None => vm.tuple(&[item]),
            };
            item = vm.call(&prepare, &[alias.clone(), given])?;
        }
    }
    let items = match item.downcast::<Tuple>() {
        Some(items) => items.items().to_vec(),
        None => vec![item.clone()],
    };
    if items.len() != parameters.len() {
        let amount = if items.len() > parameters.len() { "many" } else { "few" };
        let (shown, given, wanted) = (vm.repr_text(alias)?, items.len(), parameters.len());
        return vm.raise(
            Exc::TypeError,
            format!("Too {amount} arguments for {shown}; actual {given}, expected {wanted}"),
        );
    }
    let mut out = Vec::with_capacity(args.len());
    for arg in args {
        if arg.downcast::<Type>().is_some() {
            out.push(arg.clone());
            continue;
        }
        if let Some(nested) = items_of(arg) {
            let nested = substitute(vm, alias, &nested, parameters, &item)?;
            out.push(match arg.downcast::<List>() {
                Some(_) => List::new(nested).into(),
                None => vm.tuple(&nested),
            });
            continue;
        }
        let spread = match optional(vm, arg, "__typing_is_unpacked_typevartuple__")? {
            Some(flag) => vm.truth(&flag)?,
            None => false,
        };
        // What says that it can be substituted is among the parameters, unless it said otherwise when those were gathered.
        let at = parameters.items().iter().position(|parameter| parameter.is(arg));
        let new = match vm.get_attr_opt(arg, &vm.names.__typing_subst__)?.zip(at) {
            Some((subst, at)) => vm.call(&subst, std::slice::from_ref(&items[at]))?,
            None => substitute_nested(vm, arg, parameters, &items)?,
        };
        if !spread {
            out.push(new);
            continue;
        }
        match new.downcast::<Tuple>() {
            Some(new) => out.extend(new.items().iter().cloned()),
            None => {
                let (class, got) = (vm.type_name(arg), vm.type_name(&new));
                return vm.raise(
                    Exc::TypeError,
                    format!("expected __typing_subst__ of {class} objects to return a tuple, not {got}"),
                );
            }
        }
    }
    Ok(out)
}

/// Substitutes in something that has parameters of its own, by subscripting it.
fn substitute_nested(vm: &Vm, arg: &Value, parameters: &Gc<Tuple>, items: &[Value]) -> PyResult {
    let own = vm.get_attr_opt(arg, &vm.names.__parameters__)?;
    let own = own.as_ref().and_then(|own| own.downcast::<Tuple>()).filter(|own| !own.is_empty());
    let Some(own) = own else { return Ok(arg.clone()) };
    let mut subscripts = Vec::with_capacity(own.len());
    for parameter in own.items() {
        match parameters.items().iter().position(|known| known.is(parameter)) {
            None => subscripts.push(parameter.clone()),
            Some(at) => match items[at].downcast::<Tuple>() {
                // A TypeVarTuple stands for several.
                Some(several) if vm.type_of(parameter).slots().iter.is_some() => {
                    subscripts.extend(several.items().iter().cloned());
                }
                _ => subscripts.push(items[at].clone()),
            },
        }
    }
    let subscript = vm.tuple(&subscripts);
    vm.get_item(arg, &subscript)
}

/// `iter(list[int])`: gives `*list[int]`, once.
pub struct AliasIterator {
    alias: RefCell<Option<Value>>,
}

impl Payload for AliasIterator {
    crate::trace_fields!(alias);

    fn clear(&self) {
        drop(self.alias.take());
    }
}

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "generic_alias_iterator",
    flags: type_flags::NO_NEW,
    methods: &[NativeFn::new("__reduce__($self, /)", |vm, args| {
        let Some(iter) = vm.builtins.get_str(&vm.intern("iter")) else {
            return vm.raise(Exc::NameError, "name 'iter' is not defined");
        };
        let alias = args.this::<AliasIterator>().alias.borrow().clone();
        let of = alias.unwrap_or_else(|| vm.tuple(&[]));
        Ok(vm.tuple(&[iter, vm.tuple(&[of])]))
    })],
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|vm, value| {
            let iterator: &Gc<AliasIterator> = value.downcast().expect("slots see instances of their class");
            let Some(alias) = iterator.alias.take() else { return Ok(None) };
            let alias = this(&alias);
            let starred = make(vm.types.generic_alias(), alias.origin.clone(), alias.args.as_value(), true);
            Ok(Some(starred.into()))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
