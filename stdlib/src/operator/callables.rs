//! `attrgetter`, `itemgetter` and `methodcaller`.

use ouro_runtime::class::{Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::reduce::import;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

fn this<T: Payload>(value: &Value) -> &Gc<T> {
    value.downcast().expect("slots see instances of their class")
}

/// The one argument such an object is called with.
fn only_argument<'a>(vm: &Vm, args: Args<'a>, name: &str) -> PyResult<&'a Value> {
    args.check_arity(vm, name, 1, 1)?;
    Ok(args.value(0))
}

/// One value, or a tuple of several.
fn one_or_tuple(vm: &Vm, mut values: Vec<Value>) -> Value {
    match (values.len(), values.pop()) {
        (1, Some(value)) => value,
        (_, last) => {
            values.extend(last);
            vm.tuple(&values)
        }
    }
}

/// `name(arguments)` for `repr`.
fn shown(vm: &Vm, this: &Value, arguments: &[String]) -> Value {
    format!("{}({})", vm.type_of(this).qualified_name(vm), arguments.join(", ")).into()
}

pub struct AttrGetter {
    /// The arguments.
    names: Vec<Value>,
    /// Their parts between dots.
    paths: Vec<Vec<Gc<Str>>>,
}

impl Payload for AttrGetter {
    ouro_runtime::trace_fields!(names, paths);
}

pub static ATTR_GETTER: TypeSpec = TypeSpec {
    name: "attrgetter",
    module: "operator",
    doc: "Return a callable object that fetches the given attribute(s) from its operand.\nAfter f = \
          attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) \
          returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) \
          returns\n(r.name.first, r.name.last).",
    new: Some(NativeFn::new("attrgetter!($type, attr, /, *attrs)", attr_getter_new)),
    methods: &[NativeFn::new("__reduce__($self, /)", attr_getter_reduce)],
    slots: Slots { call: Some(attr_getter_call), repr: Some(attr_getter_repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn attr_getter_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    given.no_keywords(vm, "attrgetter")?;
    if given.is_empty() {
        return vm.raise(Exc::TypeError, "attrgetter expected 1 argument, got 0");
    }
    let mut paths = Vec::new();
    for name in given.values {
        let Some(text) = name.downcast::<Str>() else {
            return vm.raise(Exc::TypeError, "attribute name must be a string");
        };
        let parts = text.as_bytes().split(|&byte| byte == b'.');
        paths.push(parts.map(|part| vm.interner.intern(part)).collect());
    }
    let class = args.value(0).downcast().expect("__new__ checks its class");
    Ok(heap::alloc_for(class, AttrGetter { names: given.values.to_vec(), paths }).into())
}

fn attr_getter_call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let object = only_argument(vm, args, "attrgetter")?;
    let getter = this::<AttrGetter>(value);
    let fetch = |path: &Vec<Gc<Str>>| {
        let mut found = object.clone();
        for part in path {
            found = vm.get_attr(&found, part)?;
        }
        Ok(found)
    };
    if let [path] = getter.paths.as_slice() {
        return fetch(path);
    }
    let values: Vec<Value> = getter.paths.iter().map(fetch).collect::<PyResult<_>>()?;
    Ok(vm.tuple(&values))
}

fn attr_getter_repr(vm: &Vm, value: &Value) -> PyResult {
    let names = this::<AttrGetter>(value).names.iter().map(|name| vm.repr_text(name));
    Ok(shown(vm, value, &names.collect::<PyResult<Vec<_>>>()?))
}

fn attr_getter_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let names = vm.tuple(&args.this::<AttrGetter>().names);
    Ok(vm.tuple(&[vm.type_of(args.value(0)).to_value(), names]))
}

pub struct ItemGetter {
    keys: Vec<Value>,
}

impl Payload for ItemGetter {
    ouro_runtime::trace_fields!(keys);
}

pub static ITEM_GETTER: TypeSpec = TypeSpec {
    name: "itemgetter",
    module: "operator",
    doc: "Return a callable object that fetches the given item(s) from its operand.\nAfter f = itemgetter(2), the \
          call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    new: Some(NativeFn::new("itemgetter!($type, item, /, *items)", item_getter_new)),
    methods: &[NativeFn::new("__reduce__($self, /)", item_getter_reduce)],
    slots: Slots { call: Some(item_getter_call), repr: Some(item_getter_repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn item_getter_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    given.no_keywords(vm, "itemgetter")?;
    if given.is_empty() {
        return vm.raise(Exc::TypeError, "itemgetter expected 1 argument, got 0");
    }
    let class = args.value(0).downcast().expect("__new__ checks its class");
    Ok(heap::alloc_for(class, ItemGetter { keys: given.values.to_vec() }).into())
}

fn item_getter_call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let object = only_argument(vm, args, "itemgetter")?;
    let getter = this::<ItemGetter>(value);
    if let [key] = getter.keys.as_slice() {
        return vm.get_item(object, key);
    }
    let values: Vec<Value> =
        getter.keys.iter().map(|key| vm.get_item(object, key)).collect::<PyResult<_>>()?;
    Ok(one_or_tuple(vm, values))
}

fn item_getter_repr(vm: &Vm, value: &Value) -> PyResult {
    let keys = this::<ItemGetter>(value).keys.iter().map(|key| vm.repr_text(key));
    Ok(shown(vm, value, &keys.collect::<PyResult<Vec<_>>>()?))
}

fn item_getter_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let keys = vm.tuple(&args.this::<ItemGetter>().keys);
    Ok(vm.tuple(&[vm.type_of(args.value(0)).to_value(), keys]))
}

pub struct MethodCaller {
    name: Gc<Str>,
    arguments: Vec<Value>,
    keyword_names: Vec<Gc<Str>>,
    keyword_values: Vec<Value>,
}

impl Payload for MethodCaller {
    ouro_runtime::trace_fields!(name, arguments, keyword_names, keyword_values);
}

pub static METHOD_CALLER: TypeSpec = TypeSpec {
    name: "methodcaller",
    module: "operator",
    doc: "Return a callable object that calls the given method on its operand.\nAfter f = methodcaller('name'), the \
          call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) \
          returns\nr.name('date', foo=1).",
    new: Some(NativeFn::new("methodcaller!($type, name, /, *args, **kwargs)", method_caller_new)),
    methods: &[NativeFn::new("__reduce__($self, /)", method_caller_reduce)],
    slots: Slots { call: Some(method_caller_call), repr: Some(method_caller_repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn method_caller_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    let Some((name, arguments)) = given.values.split_first() else {
        return vm.raise(Exc::TypeError, "methodcaller needs at least one argument, the method name");
    };
    let Some(name) = name.downcast::<Str>() else {
        return vm.raise(Exc::TypeError, "method name must be a string");
    };
    let body = MethodCaller {
        name: vm.intern_str(name),
        arguments: arguments.to_vec(),
        keyword_names: given.kw_names.to_vec(),
        keyword_values: given.kw_values.to_vec(),
    };
    let class = args.value(0).downcast().expect("__new__ checks its class");
    Ok(heap::alloc_for(class, body).into())
}

fn method_caller_call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let object = only_argument(vm, args, "methodcaller")?;
    let caller = this::<MethodCaller>(value);
    let method = vm.get_attr(object, &caller.name)?;
    let arguments = Args::with_keywords(&caller.arguments, &caller.keyword_names, &caller.keyword_values);
    vm.call_args(&method, arguments)
}

fn method_caller_repr(vm: &Vm, value: &Value) -> PyResult {
    let caller = this::<MethodCaller>(value);
    let mut arguments = vec![vm.repr_text(caller.name.as_value())?];
    for argument in &caller.arguments {
        arguments.push(vm.repr_text(argument)?);
    }
    for (name, argument) in caller.keyword_names.iter().zip(&caller.keyword_values) {
        arguments.push(format!("{name}={}", vm.repr_text(argument)?));
    }
    Ok(shown(vm, value, &arguments))
}

fn method_caller_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let caller = args.this::<MethodCaller>();
    let class = vm.type_of(args.value(0)).to_value();
    if caller.keyword_names.is_empty() {
        let mut arguments = vec![caller.name.to_value()];
        arguments.extend(caller.arguments.iter().cloned());
        return Ok(vm.tuple(&[class, vm.tuple(&arguments)]));
    }
    // Keyword arguments travel in a partial.
    let functools = import(vm, "functools")?;
    let partial = vm.get_attr_named(&functools, "partial")?;
    let values = [class, caller.name.to_value()];
    let function =
        vm.call_args(&partial, Args::with_keywords(&values, &caller.keyword_names, &caller.keyword_values))?;
    Ok(vm.tuple(&[function, vm.tuple(&caller.arguments)]))
}
