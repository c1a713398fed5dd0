//! The builtin types, one file or folder each.

pub mod anext_awaitable;
pub mod async_generator;
pub mod bool;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod code_type;
pub mod complex;
pub mod default_dict;
pub mod dict;
pub mod dict_views;
pub mod enumerate;
pub mod exception;
pub mod filter;
pub mod float;
pub mod frame_types;
pub mod function;
pub mod function_type;
pub mod generator;
pub mod generator_types;
pub mod generic_alias;
pub mod hash_table;
pub mod int;
pub mod iterators;
pub mod list;
pub mod map;
pub mod mapping_proxy;
pub mod memoryview;
pub mod module;
pub mod module_type;
pub mod none;
pub mod object;
pub mod ordered_dict;
pub mod property;
pub mod range;
pub mod reduce;
pub mod reversed;
pub mod set;
pub mod simple_namespace;
pub mod slice;
pub mod static_method;
pub mod str;
pub mod super_type;
pub mod table;
pub mod template;
pub mod tuple;
pub mod type_alias;
pub mod type_parameter;
pub mod union;
pub mod weak_reference;

pub mod zip;

/// Whether a Python class derived from builtin `base` has a `__new__` of its own, so that `__init__` leaves odd arguments to it.
pub(crate) fn has_own_new(
    vm: &crate::Vm,
    class: &crate::Gc<crate::class::Type>,
    base: &crate::Gc<crate::class::Type>,
) -> bool {
    let new = |class: &crate::Gc<crate::class::Type>| class.lookup(&vm.names.__new__);
    !class.is(base) && new(class).zip(new(base)).is_some_and(|(own, inherited)| !own.is(&inherited))
}

/// Whether a Python class derived from builtin `base` has an `__init__` of its own, so that `__new__` leaves odd arguments to it.
pub(crate) fn has_own_init(
    _vm: &crate::Vm,
    class: &crate::Gc<crate::class::Type>,
    base: &crate::Gc<crate::class::Type>,
) -> bool {
    match (class.slots().init, base.slots().init) {
        (Some(own), Some(inherited)) => !std::ptr::fn_addr_eq(own, inherited),
        (own, inherited) => own.is_some() != inherited.is_some(),
    }
}
