//! `_weakref`: the runtime's weak references under their module names.

use ouro_runtime::objects::weak_reference;
use ouro_runtime::{NativeModule, Value};

pub static MODULE: NativeModule = NativeModule {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: weak_reference::FUNCTIONS,
    init: Some(|vm, module| {
        let types = &vm.types;
        for (name, class) in [
            ("ref", types.weakref_ref()),
            ("ReferenceType", types.weakref_ref()),
            ("ProxyType", types.weakref_proxy()),
            ("CallableProxyType", types.weakref_callable_proxy()),
        ] {
            module.set(vm, name, Value::from(class));
        }
        Ok(())
    }),
    ..NativeModule::DEFAULT
};
