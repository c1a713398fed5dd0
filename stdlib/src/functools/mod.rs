//! `_functools`: partial, reduce, cmp_to_key and the cache behind `lru_cache`.

mod key;
mod lru_cache;
mod partial;

use ouro_runtime::objects::module::Module;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_functools",
    doc: "Tools that operate on functions.",
    functions: &[
        NativeFn::new("cmp_to_key(mycmp)", key::cmp_to_key)
            .doc("Convert a cmp= function into a key= function."),
        NativeFn::new("reduce!(function, iterable, /, initial=<unrepresentable>)", reduce).doc(
            "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.",
        ),
    ],
    classes: &[
        NativeClass::of::<partial::Partial>(&partial::TYPE),
        NativeClass::of::<partial::Placeholder>(&partial::PLACEHOLDER),
        NativeClass::of::<key::KeyWrapper>(&key::TYPE),
        NativeClass::of::<lru_cache::LruCache>(&lru_cache::TYPE),
    ],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "partial", vm.class_of::<partial::Partial>().to_value());
    module.set(vm, "_PlaceholderType", vm.class_of::<partial::Placeholder>().to_value());
    module.set(vm, "Placeholder", partial::make_placeholder(vm));
    module.set(vm, "_lru_cache_wrapper", vm.class_of::<lru_cache::LruCache>().to_value());
    Ok(())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let total = args.len() + args.kw_names.len();
    if args.len() < 2 {
        let message = format!("reduce() takes at least 2 positional arguments ({} given)", args.len());
        return vm.raise(Exc::TypeError, message);
    }
    if total > 3 {
        return vm.raise(Exc::TypeError, format!("reduce() takes at most 3 arguments ({total} given)"));
    }
    let mut result = args.get(2).cloned();
    for (name, value) in args.keywords() {
        if name.as_bytes() != b"initial" {
            let message = format!("reduce() got an unexpected keyword argument '{name}'");
            return vm.raise(Exc::TypeError, message);
        }
        result = Some(value.clone());
    }
    let iterator = match vm.iter(args.value(1)) {
        Err(raised) if vm.raised_is(&raised, Exc::TypeError) => {
            drop(vm.take_raised(raised));
            return vm.raise(Exc::TypeError, "reduce() arg 2 must support iteration");
        }
        iterator => iterator?,
    };
    while let Some(item) = vm.next(&iterator)? {
        result = Some(match result {
            None => item,
            Some(left) => vm.call(args.value(0), &[left, item])?,
        });
    }
    match result {
        Some(result) => Ok(result),
        None => vm.raise(Exc::TypeError, "reduce() of empty iterable with no initial value"),
    }
}

/// Attributes that CPython makes read-only members.
fn read_only(vm: &Vm, _value: &Value, _new: Option<&Value>) -> PyResult<()> {
    vm.raise(Exc::AttributeError, "readonly attribute")
}
