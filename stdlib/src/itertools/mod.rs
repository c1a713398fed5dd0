//! `itertools`: iterators over other iterators.
//!
//! No borrow of an iterator's state is held while Python code runs: what it iterates over may come back to it.

mod combinatoric;
mod groups;
mod infinite;
mod joined;
mod sliced;
mod tee;

use ouro_runtime::class::Type;
use ouro_runtime::heap::Payload;
use ouro_runtime::{Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "itertools",
    doc: "Functional tools for creating and using iterators.",
    functions: &[NativeFn::new("tee(iterable, n=2, /)", tee::tee)],
    classes: &[
        NativeClass::of::<sliced::Accumulate>(&sliced::ACCUMULATE),
        NativeClass::of::<sliced::Batched>(&sliced::BATCHED),
        NativeClass::of::<joined::Chain>(&joined::CHAIN),
        NativeClass::of::<combinatoric::Combinations>(&combinatoric::COMBINATIONS),
        NativeClass::of::<combinatoric::Replacements>(&combinatoric::REPLACEMENTS),
        NativeClass::of::<joined::Compress>(&joined::COMPRESS),
        NativeClass::of::<infinite::Count>(&infinite::COUNT),
        NativeClass::of::<infinite::Cycle>(&infinite::CYCLE),
        NativeClass::of::<sliced::DropWhile>(&sliced::DROP_WHILE),
        NativeClass::of::<sliced::FilterFalse>(&sliced::FILTER_FALSE),
        NativeClass::of::<groups::GroupBy>(&groups::GROUP_BY),
        NativeClass::of::<groups::Group>(&groups::GROUP),
        NativeClass::of::<sliced::Islice>(&sliced::ISLICE),
        NativeClass::of::<sliced::Pairwise>(&sliced::PAIRWISE),
        NativeClass::of::<combinatoric::Permutations>(&combinatoric::PERMUTATIONS),
        NativeClass::of::<combinatoric::Product>(&combinatoric::PRODUCT),
        NativeClass::of::<infinite::Repeat>(&infinite::REPEAT),
        NativeClass::of::<joined::StarMap>(&joined::STAR_MAP),
        NativeClass::of::<sliced::TakeWhile>(&sliced::TAKE_WHILE),
        NativeClass::of::<tee::Tee>(&tee::TEE),
        NativeClass::of::<tee::Link>(&tee::LINK),
        NativeClass::of::<joined::ZipLongest>(&joined::ZIP_LONGEST),
    ],
    ..NativeModule::DEFAULT
};

/// The class argument of `__new__`.
fn class(value: &Value) -> &Gc<Type> {
    value.downcast().expect("__new__ checks its class")
}

/// The receiver of a slot.
fn this<T: Payload>(value: &Value) -> &Gc<T> {
    value.downcast().expect("slots see instances of their class")
}

/// `iter(self)`.
fn same(_vm: &Vm, this: &Value) -> PyResult {
    Ok(this.clone())
}
