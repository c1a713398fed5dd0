//! `_re`: the native half of `re`: compiled patterns, matches, scanners. Flags, the cache, warnings and errors are in
//! `re.py`.

mod matched;
mod pattern;
mod scanner;
mod subject;
mod substitute;

use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::text::names;
use ouro_runtime::{Args, Exc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use self::matched::MatchObject;
use self::pattern::PatternObject;
use self::scanner::{FindIterator, ScannerObject};
use self::subject::Subject;
use super::{ErrorKind, Pattern, PatternError, unicode};

pub static MODULE: NativeModule = NativeModule {
    name: "_re",
    functions: &[
        NativeFn::new("compile(pattern, flags, /)", compile),
        NativeFn::new("escape(pattern, /)", escape),
    ],
    classes: &[
        NativeClass::of::<PatternObject>(&pattern::TYPE),
        NativeClass::of::<MatchObject>(&matched::TYPE),
        NativeClass::of::<ScannerObject>(&scanner::TYPE),
        NativeClass::of::<FindIterator>(&scanner::ITERATOR_TYPE),
    ],
    ..NativeModule::DEFAULT
};

/// Compiles: the pattern and a list of the texts it should warn with.
fn compile(vm: &Vm, args: Args<'_>) -> PyResult {
    let source = args.value(0);
    let flags = vm.to_i64(args.value(1))?;
    let Some(subject) = Subject::of(vm, source)? else {
        return vm.raise(Exc::TypeError, "first argument must be string or compiled pattern");
    };
    let lookup = |name: &str| names::lookup(name);
    let compiled = Pattern::compile(subject.bytes(), subject.is_text(), flags as u32, &lookup);
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(error) => return raise(vm, &error, source),
    };
    let warnings = compiled.warnings.iter().map(|text| text.as_str().into()).collect();
    let names = Dict::new();
    for (name, number) in &compiled.group_names {
        names.insert_str(&Str::from_wtf8(&unicode::to_wtf8(name)), Value::small((*number).into()));
    }
    let pattern = PatternObject::make(vm, compiled, source.clone(), names);
    Ok(vm.tuple(&[pattern, List::new(warnings).into()]))
}

/// `re.escape`.
fn escape(vm: &Vm, args: Args<'_>) -> PyResult {
    match Subject::of(vm, args.value(0))? {
        Some(subject) => Ok(subject.make(&super::escape(subject.bytes()))),
        None => {
            let found = vm.type_name(args.value(0));
            vm.raise(Exc::TypeError, format!("decoding to str: need a bytes-like object, {found} found"))
        }
    }
}

/// Raises what a bad pattern or template deserves; `re.PatternError` is looked up in the module `re`.
#[cold]
fn raise<T>(vm: &Vm, error: &PatternError, source: &Value) -> PyResult<T> {
    let message: Value = Str::from_wtf8(&error.message).into();
    let exc = match error.kind {
        ErrorKind::Value => Exc::ValueError,
        ErrorKind::Overflow => Exc::OverflowError,
        ErrorKind::Recursion => Exc::RecursionError,
        ErrorKind::Index => Exc::IndexError,
        ErrorKind::Pattern => {
            let Some(module) = vm.modules.get_str(&vm.intern("re")) else {
                return vm.raise_args(Exc::ValueError, &[message]);
            };
            let class = vm.get_attr_named(&module, "PatternError")?;
            let made = match error.position {
                Some(position) => vm.call(&class, &[message, source.clone(), position.into()])?,
                None => vm.call(&class, &[message])?,
            };
            return match made.into_gc::<Exception>() {
                Ok(exception) => vm.raise_value(exception),
                Err(_) => vm.raise(Exc::TypeError, "re.PatternError is no exception class"),
            };
        }
    };
    vm.raise_args(exc, &[message])
}
