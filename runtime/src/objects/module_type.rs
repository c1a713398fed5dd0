//! The class `module`.

use crate::class::descriptors::read_only;
use crate::class::{Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc};
use crate::native::{GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "module",
    doc: "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_DICT | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("module", |_, args| {
        let class: &Gc<Type> = args.value(0).downcast().expect("__new__ is called with a class");
        let dict = std::cell::RefCell::new(Some(Dict::new().into()));
        Ok(heap::alloc_for(class, Module { dict }).into())
    })),
    init: Some(NativeFn::new("module($self, name, doc=None)", |vm, args| {
        let name = vm.expect_str(args.value(1), "module() argument 'name' must be str, not {}")?;
        let dict = args.this::<Module>().namespace();
        let names = &vm.names;
        dict.insert_str(&names.__name__, name.to_value());
        dict.insert_str(&names.__doc__, args.get(2).cloned().unwrap_or(Value::NONE));
        for name in [&names.__package__, &names.__loader__, &names.__spec__] {
            dict.insert_str(name, Value::NONE);
        }
        Ok(Value::NONE)
    })),
    methods: &[NativeFn::new("__dir__($self, /)", |vm, args| {
        let dict = args.this::<Module>().namespace();
        if let Some(hook) = dict.get_str(&vm.names.__dir__) {
            return vm.call(&hook, &[]);
        }
        Ok(List::new(dict.snapshot().into_iter().map(|(key, _)| key).collect()).into())
    })
    .doc("__dir__() -> list\nspecialized dir() implementation")],
    getset: &[
        GetSet::new("__dict__", |_, value| Ok(this(value).namespace().into()), read_only),
        GetSet::new("__annotations__", get_annotations, set_annotations),
        GetSet::new("__annotate__", get_annotate, set_annotate),
    ],
    slots: Slots { repr: Some(repr), get_attr: Some(get_attr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<Module> {
    value.downcast().expect("slots see instances of their class")
}

/// Attribute of a module: the usual ways, then its `__getattr__`.
fn get_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    if let Some(found) = vm.generic_get_attr_opt(value, name)? {
        return Ok(found);
    }
    let module = this(value);
    if let Some(hook) = module.namespace().get_str(&vm.names.__getattr__) {
        return vm.call(&hook, &[name.to_value()]);
    }
    raise_no_attribute(vm, module, name)
}

/// AttributeError "module 'm' has no attribute 'x'", with a guess at the reason.
#[cold]
pub fn raise_no_attribute<T>(vm: &Vm, module: &Gc<Module>, name: &Gc<Str>) -> PyResult<T> {
    let message = missing_message(vm, module, name)?;
    vm.raise_attribute_error(message, module.as_value(), name)
}

fn missing_message(vm: &Vm, module: &Gc<Module>, name: &Gc<Str>) -> PyResult<String> {
    let dict = module.namespace();
    let module_name = dict.get_str(&vm.names.__name__);
    let Some(module_name) = module_name.and_then(|found| found.into_gc::<Str>().ok()) else {
        return Ok(format!("module has no attribute '{name}'"));
    };
    let plain = format!("module '{module_name}' has no attribute '{name}'");
    // The import system of the VM makes no specs; what it knows says the same.
    let spec = dict.get_str(&vm.names.__spec__).filter(|spec| !spec.is_none());
    let origin = match &spec {
        Some(spec) => spec_origin(vm, spec)?,
        None => dict.get_str(&vm.names.__file__).and_then(|file| Some(file.downcast::<Str>()?.to_string())),
    };
    let shadowing = match &origin {
        Some(origin) => is_possibly_shadowing(vm, origin)?,
        None => false,
    };
    if shadowing && is_stdlib_name(vm, &module_name)? {
        return Ok(format!(
            "{plain} (consider renaming '{}' since it has the same name as the standard library module named \
             '{module_name}' and prevents importing that standard library module)",
            origin.unwrap_or_default()
        ));
    }
    let flag = match &spec {
        Some(spec) => vm.get_attr_opt(spec, &vm.names._initializing)?,
        None => Some(vm.is_initializing(&module_name).into()),
    };
    let initializing = flag.map_or(Ok(false), |flag| vm.truth(&flag))?;
    if initializing {
        return Ok(match origin {
            Some(origin) if shadowing => format!(
                "{plain} (consider renaming '{origin}' if it has the same name as a library you intended to import)"
            ),
            Some(origin) => format!(
                "partially initialized module '{module_name}' from '{origin}' has no attribute '{name}' \
                 (most likely due to a circular import)"
            ),
            None => format!(
                "partially initialized module '{module_name}' has no attribute '{name}' \
                 (most likely due to a circular import)"
            ),
        });
    }
    let pending =
        spec.map_or(Ok(None), |spec| vm.get_attr_opt(&spec, &vm.names._uninitialized_submodules))?;
    if let Some(pending) = pending {
        if vm.contains(&pending, name.as_value())? {
            return Ok(format!(
                "cannot access submodule '{name}' of module '{module_name}' (most likely due to a circular import)"
            ));
        }
    }
    Ok(plain)
}

/// The file a module came from, by its spec.
pub fn spec_origin(vm: &Vm, spec: &Value) -> PyResult<Option<String>> {
    let has_location = match vm.get_attr_opt(spec, &vm.intern("has_location"))? {
        Some(flag) => vm.truth(&flag)?,
        None => false,
    };
    if !has_location {
        return Ok(None);
    }
    let origin = vm.get_attr_opt(spec, &vm.intern("origin"))?;
    Ok(origin.and_then(|origin| origin.downcast::<Str>().map(|origin| origin.to_string())))
}

/// Whether the file lies in the directory of the script, which is searched before the standard library.
pub fn is_possibly_shadowing(vm: &Vm, origin: &str) -> PyResult<bool> {
    let Some(sys) = vm.modules.get_str(&vm.names.sys) else { return Ok(false) };
    if let Some(flags) = vm.get_attr_opt(&sys, &vm.intern("flags"))? {
        if let Some(safe) = vm.get_attr_opt(&flags, &vm.intern("safe_path"))? {
            if vm.truth(&safe)? {
                return Ok(false);
            }
        }
    }
    let mut root = match origin.rsplit_once('/') {
        Some((root, "__init__.py")) => root.rsplit_once('/').map_or("", |(root, _)| root),
        Some((root, _)) => root,
        None => "",
    };
    let path = vm.get_attr_opt(&sys, &vm.names.path)?;
    let first = path.and_then(|path| path.downcast::<List>().and_then(|path| path.get(0)));
    let Some(first) = first.and_then(|first| first.into_gc::<Str>().ok()) else { return Ok(false) };
    let mut first = first.to_string();
    if first.is_empty() {
        first = ".".into();
    }
    if root.is_empty() {
        root = ".";
    }
    Ok(first == root)
}

pub fn is_stdlib_name(vm: &Vm, name: &Gc<Str>) -> PyResult<bool> {
    let Some(sys) = vm.modules.get_str(&vm.names.sys) else { return Ok(false) };
    match vm.get_attr_opt(&sys, &vm.intern("stdlib_module_names"))? {
        Some(names) => vm.contains(&names, name.as_value()),
        None => Ok(false),
    }
}

/// `<module 'm' from 'file'>`.
fn repr(vm: &Vm, value: &Value) -> PyResult {
    let attribute = |of: &Value, name: &str| -> PyResult<Option<Value>> {
        Ok(vm.get_attr_opt(of, &vm.intern(name))?.filter(|found| !found.is_none()))
    };
    let question: Value = "?".into();
    let loader = attribute(value, "__loader__")?;
    if let Some(spec) = attribute(value, "__spec__")? {
        let name = vm.repr_text(&attribute(&spec, "name")?.unwrap_or(question))?;
        let Some(origin) = attribute(&spec, "origin")? else {
            return Ok(match attribute(&spec, "loader")? {
                None => format!("<module {name}>"),
                Some(loader) => format!("<module {name} ({})>", vm.repr_text(&loader)?),
            }
            .into());
        };
        let located = match attribute(&spec, "has_location")? {
            Some(flag) => vm.truth(&flag)?,
            None => false,
        };
        return Ok(if located {
            format!("<module {name} from {}>", vm.repr_text(&origin)?)
        } else {
            format!("<module {name} ({})>", vm.str_text(&origin)?)
        }
        .into());
    }
    let name = vm.get_attr_opt(value, &vm.names.__name__)?.unwrap_or(question);
    let name = vm.repr_text(&name)?;
    Ok(match (vm.get_attr_opt(value, &vm.names.__file__)?, loader) {
        (Some(file), _) => format!("<module {name} from {}>", vm.repr_text(&file)?),
        (None, Some(loader)) => format!("<module {name} ({})>", vm.repr_text(&loader)?),
        (None, None) => format!("<module {name}>"),
    }
    .into())
}

/// `__annotations__`, made by `__annotate__` when first asked for (PEP 649).
fn get_annotations(vm: &Vm, value: &Value) -> PyResult {
    let dict = this(value).namespace();
    if let Some(found) = dict.get_str(&vm.names.__annotations__) {
        return Ok(found);
    }
    let annotate = dict.get_str(&vm.names.__annotate__).filter(|annotate| vm.is_callable(annotate));
    let initializing = match dict.get_str(&vm.names.__spec__).filter(|spec| !spec.is_none()) {
        Some(spec) => match vm.get_attr_opt(&spec, &vm.names._initializing)? {
            Some(flag) => vm.truth(&flag)?,
            None => false,
        },
        None => false,
    };
    let annotations = match annotate {
        Some(annotate) => {
            let result = vm.call(&annotate, &[Value::small(1)])?;
            if result.downcast::<Dict>().is_none() {
                return vm.raise_type_of("__annotate__ returned non-dict of type '{}'", &result);
            }
            result
        }
        None => Dict::new().into(),
    };
    // More annotations may come while the module still runs.
    if !initializing {
        drop(dict.insert_str(&vm.names.__annotations__, annotations.clone()));
    }
    Ok(annotations)
}

fn set_annotations(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let dict = this(value).namespace();
    match new {
        Some(new) => drop(dict.insert_str(&vm.names.__annotations__, new.clone())),
        None => {
            if dict.remove_str(&vm.names.__annotations__).is_none() {
                return vm.raise(Exc::AttributeError, "__annotations__");
            }
        }
    }
    drop(dict.remove_str(&vm.names.__annotate__));
    Ok(())
}

fn get_annotate(vm: &Vm, value: &Value) -> PyResult {
    let dict = this(value).namespace();
    if let Some(found) = dict.get_str(&vm.names.__annotate__) {
        return Ok(found);
    }
    drop(dict.insert_str(&vm.names.__annotate__, Value::NONE));
    Ok(Value::NONE)
}

fn set_annotate(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let Some(new) = new else {
        return vm.raise(Exc::TypeError, "cannot delete __annotate__ attribute");
    };
    if !new.is_none() && !vm.is_callable(new) {
        return vm.raise(Exc::TypeError, "__annotate__ must be callable or None");
    }
    let dict = this(value).namespace();
    drop(dict.insert_str(&vm.names.__annotate__, new.clone()));
    if !new.is_none() {
        drop(dict.remove_str(&vm.names.__annotations__));
    }
    Ok(())
}
