//! `_typing`: the runtime's classes for type hints under their module names.

use ouro_runtime::objects::type_parameter::no_default;
use ouro_runtime::{NativeFn, NativeModule, Value};

pub static MODULE: NativeModule = NativeModule {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.",
    functions: &[NativeFn::new("_idfunc(x, /)", |_, args| Ok(args.value(0).clone()))],
    init: Some(|vm, module| {
        let types = &vm.types;
        for (name, class) in [
            ("TypeVar", types.type_var()),
            ("ParamSpec", types.param_spec()),
            ("TypeVarTuple", types.type_var_tuple()),
            ("ParamSpecArgs", types.param_spec_args()),
            ("ParamSpecKwargs", types.param_spec_kwargs()),
            ("TypeAliasType", types.type_alias_type()),
            ("Generic", types.generic()),
            ("Union", types.union_type()),
        ] {
            module.set(vm, name, Value::from(class));
        }
        module.set(vm, "NoDefault", no_default(vm));
        Ok(())
    }),
    ..NativeModule::DEFAULT
};
