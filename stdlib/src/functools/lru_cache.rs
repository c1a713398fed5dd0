//! `_lru_cache_wrapper`: a function with a cache of its results, bounded or not.
//!
//! The cache is one dict in order of use: a hit moves its entry to the end, and the first entry goes when it is full.

use std::cell::Cell;

use ouro_runtime::class::{Slots, Type, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::function::BoundMethod;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::objects::object::DICT_GETSET;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

pub struct LruCache {
    function: Value,
    /// `None`: without bound; 0: nothing is kept.
    maxsize: Option<usize>,
    typed: bool,
    /// Makes what `cache_info` returns.
    info_class: Value,
    /// Stands between positional and keyword arguments in keys; nobody else has it.
    mark: Value,
    cache: Gc<Dict>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

impl Payload for LruCache {
    ouro_runtime::trace_fields!(function, info_class, mark, cache; skip maxsize, typed, hits, misses);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "_lru_cache_wrapper",
    module: "functools",
    doc: "Create a cached callable that wraps another function.",
    flags: type_flags::BASE_TYPE
        | type_flags::WITH_EXTRA
        | type_flags::HAS_DICT
        | type_flags::HAS_WEAKREF
        | type_flags::METHOD_DESCRIPTOR,
    new: Some(NativeFn::new("lru_cache($type, user_function, maxsize, typed, cache_info_type)", new)),
    methods: &[
        NativeFn::new("cache_info($self, /)", cache_info).doc("Report cache statistics"),
        NativeFn::new("cache_clear($self, /)", |_, args| {
            let cache = args.this::<LruCache>();
            cache.hits.set(0);
            cache.misses.set(0);
            cache.cache.clear();
            Ok(Value::NONE)
        })
        .doc("Clear the cache and cache statistics"),
        NativeFn::new("__reduce__($self, /)", |vm, args| vm.get_attr(args.value(0), &vm.names.__qualname__)),
        NativeFn::new("__copy__($self, /)", |_, args| Ok(args.value(0).clone())),
        NativeFn::new("__deepcopy__($self, memo, /)", |_, args| Ok(args.value(0).clone())),
    ],
    getset: &[DICT_GETSET],
    slots: Slots { call: Some(call), descr_get: Some(BoundMethod::bind), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class: &Gc<Type> = args.value(0).downcast().expect("new gets a class");
    let function = args.value(1);
    if !vm.is_callable(function) {
        return vm.raise(Exc::TypeError, "the first argument must be callable");
    }
    let maxsize = match args.value(2) {
        given if given.is_none() => None,
        given if vm.has_index(given) => Some(vm.index_i64(given, Exc::OverflowError)?.max(0) as usize),
        _ => return vm.raise(Exc::TypeError, "maxsize should be integer or None"),
    };
    let body = LruCache {
        function: function.clone(),
        maxsize,
        typed: vm.truth(args.value(3))?,
        info_class: args.value(4).clone(),
        mark: vm.call(vm.types.object().as_value(), &[])?,
        cache: Dict::new(),
        hits: Cell::new(0),
        misses: Cell::new(0),
    };
    Ok(heap::alloc_for(class, body).into())
}

/// One value that is equal for equal arguments. A lone int or str stands for itself.
fn key(vm: &Vm, cache: &LruCache, args: Args<'_>) -> Value {
    if !cache.typed && !args.has_keywords() {
        if let [only] = args.values {
            if only.is_small_int() || only.downcast_exact::<Str>().is_some() {
                return only.clone();
            }
        }
        return vm.tuple(args.values);
    }
    let mut parts = args.values.to_vec();
    if args.has_keywords() {
        parts.push(cache.mark.clone());
        for (name, value) in args.keywords() {
            parts.push(name.to_value());
            parts.push(value.clone());
        }
    }
    if cache.typed {
        parts.extend(args.values.iter().chain(args.kw_values).map(|value| vm.type_of(value).to_value()));
    }
    Tuple::new(parts).into()
}

fn call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let this = this::<LruCache>(value);
    let miss = || {
        this.misses.set(this.misses.get() + 1);
        vm.call_args(&this.function, args)
    };
    if this.maxsize == Some(0) {
        return miss();
    }
    let key = key(vm, this, args);
    let hash = vm.hash(&key)? as u64;
    let table = &this.cache.table;
    if let Some(at) = table.find(vm, &key, hash)? {
        let found = table.value_at(at);
        this.hits.set(this.hits.get() + 1);
        if this.maxsize.is_some() {
            table.move_to_edge(at, true);
        }
        return Ok(found);
    }
    let result = miss()?;
    let (at, added) = table.find_or_insert(vm, &key, hash, || result.clone())?;
    match this.maxsize {
        // The function called itself with the same arguments: its inner result stays.
        Some(_) if !added => {}
        None if !added => drop(table.replace_at(at, result.clone())),
        Some(max) => {
            while table.len() > max {
                let Some(first) = table.next_entry(0).map(|(at, _)| at) else { break };
                drop(table.remove_at(first));
            }
        }
        None => {}
    }
    Ok(result)
}

fn cache_info(vm: &Vm, args: Args<'_>) -> PyResult {
    let cache = args.this::<LruCache>();
    let maxsize = cache.maxsize.map_or(Value::NONE, Value::from);
    let parts =
        [Value::int(cache.hits.get()), Value::int(cache.misses.get()), maxsize, cache.cache.len().into()];
    vm.call(&cache.info_class, &parts)
}
