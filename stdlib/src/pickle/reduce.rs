//! Writes what has no instruction of its own: functions and classes by their names, the rest as `__reduce_ex__` takes it apart.

use std::cell::OnceCell;

use ouro_runtime::class::Type;
use ouro_runtime::native::NativeFunction;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Exc, Gc, PyResult, Raised, Value, Vm};

use super::opcodes::*;
use super::save::Saver;
use super::{class_text, of_module, pickling_error};

/// The name "builtins" as builtin functions have it. In CPython it is another object than that of classes, and so has a place of its own in
/// the memo.
#[derive(Default)]
struct BuiltinsName(OnceCell<Value>);

impl BuiltinsName {
    fn get(&self) -> Value {
        self.0.get_or_init(|| Str::from_wtf8(b"builtins").into()).clone()
    }
}

/// The attribute at the end of a dotted path; `None` if there is none.
fn at_path(vm: &Vm, module: &Value, path: &[&str]) -> PyResult<Option<Value>> {
    let mut found = module.clone();
    for name in path {
        match vm.get_attr_opt(&found, &vm.intern(name))? {
            Some(next) => found = next,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// A PicklingError with the exception it comes from as its context.
fn pickling_error_from<T>(vm: &Vm, raised: Raised, message: impl FnOnce(&str) -> String) -> PyResult<T> {
    let cause = vm.take_raised(raised);
    let text = vm.str_text(cause.as_value())?;
    let result = pickling_error(vm, message(&text));
    result.map_err(|raised| {
        let exception: Gc<Exception> = vm.take_raised(raised);
        exception.set_context(Some(cause));
        vm.reraise(exception)
    })
}

impl Saver<'_> {
    /// Functions, classes and everything that `__reduce_ex__` knows.
    pub fn save_other(&self, object: &Value) -> PyResult<()> {
        let vm = self.vm;
        let class = vm.type_of(object);
        if class.is_heap_type()
            && class.name_text() == "PickleBuffer"
            && class.module_text(vm).is_some_and(|module| module == "pickle")
        {
            return self.save_buffer(object);
        }
        let mut reduced = None;
        if let Some(function) = &self.reducer_override {
            let result = vm.call(function, std::slice::from_ref(object))?;
            if !result.is(&Value::NOT_IMPLEMENTED) {
                reduced = Some(result);
            }
        }
        if reduced.is_none() {
            if class.is(vm.types.type_()) {
                return self.save_class(object);
            }
            if class.is(vm.types.function()) {
                return self.save_global(object, None);
            }
            if let Some(function) = self.registered(class)? {
                reduced = Some(vm.call(&function, std::slice::from_ref(object))?);
            }
        }
        let reduced = match reduced {
            Some(reduced) => reduced,
            None if object.downcast::<Type>().is_some() => return self.save_global(object, None),
            None => match vm.get_attr_opt(object, &vm.names.__reduce_ex__)? {
                Some(method) => vm.call(&method, &[Value::int(self.protocol().into())])?,
                None => vm.call_method(object, &vm.names.__reduce__, &[])?,
            },
        };
        if let Some(name) = reduced.downcast::<Str>() {
            return self.save_global(object, Some(name));
        }
        let result = match reduced.downcast::<Tuple>() {
            Some(_) => self.save_reduced(&reduced, Some(object)),
            None => {
                let found = class_text(vm, &reduced);
                pickling_error(vm, format!("__reduce__ must return a string or tuple, not {found}"))
            }
        };
        self.noted(result, || Ok(format!("when serializing {} object", class_text(vm, object))))
    }

    /// What a dispatch table says about a class.
    fn registered(&self, class: &Gc<Type>) -> PyResult<Option<Value>> {
        let vm = self.vm;
        let own = self.core.dispatch_table.borrow().clone();
        let table = match own {
            Some(table) => table,
            None => of_module(vm, "copyreg", "dispatch_table")?,
        };
        if let Some(dict) = table.downcast_exact::<Dict>() {
            return dict.get(vm, class.as_value());
        }
        vm.catch(vm.get_item(&table, class.as_value()), Exc::KeyError)
    }

    fn save_class(&self, object: &Value) -> PyResult<()> {
        let vm = self.vm;
        for single in [Value::NONE, Value::ELLIPSIS, Value::NOT_IMPLEMENTED] {
            if vm.type_of(&single).as_value().is(object) {
                let reduced = vm.tuple(&[vm.types.type_().to_value(), vm.tuple(&[single])]);
                return self.save_reduced(&reduced, Some(object));
            }
        }
        self.save_global(object, None)
    }

    /// Something by its module and name.
    pub fn save_global(&self, object: &Value, name: Option<&Gc<Str>>) -> PyResult<()> {
        let vm = self.vm;
        let name: Gc<Str> = match name {
            Some(name) => name.clone(),
            None => {
                let found = match vm.get_attr_opt(object, &vm.names.__qualname__)? {
                    Some(name) => name,
                    None => vm.get_attr(object, &vm.names.__name__)?,
                };
                vm.str(&found)?
            }
        };
        let name_text = name.to_string_lossy().into_owned();
        let path: Vec<&str> = name_text.split('.').collect();
        if path.contains(&"<locals>") {
            let shown = vm.repr_text(object)?;
            return pickling_error(vm, format!("Can't pickle local object {shown}"));
        }
        let module_name = self.module_of(object, &path)?;
        let module_text = vm.str_text(&module_name)?;
        let module = match vm.import_module(&module_text) {
            Ok(module) => module,
            Err(raised)
                if vm.raised_is(&raised, Exc::ImportError) || vm.raised_is(&raised, Exc::KeyError) =>
            {
                let exception = vm.take_raised(raised);
                let shown = vm.repr_text(object)?;
                let raised = vm.reraise(exception);
                return pickling_error_from(vm, raised, |why| format!("Can't pickle {shown}: {why}"));
            }
            Err(raised) => return Err(raised),
        };
        match at_path(vm, &module, &path)? {
            Some(found) if found.is(object) => {}
            found => {
                let shown = vm.repr_text(object)?;
                let what = if found.is_some() { "not the same object as" } else { "not found as" };
                return pickling_error(
                    vm,
                    format!("Can't pickle {shown}: it's {what} {module_text}.{name_text}"),
                );
            }
        }
        if self.protocol() >= 2 {
            let registry = of_module(vm, "copyreg", "_extension_registry")?;
            let key = vm.tuple(&[module_name.clone(), name.to_value()]);
            if let Some(code) = registry.downcast::<Dict>().map_or(Ok(None), |table| table.get(vm, &key))? {
                return self.save_extension(&code);
            }
        }
        if self.protocol() >= 4 {
            let name_of_module = match object.downcast::<NativeFunction>() {
                Some(_) if module_text == "builtins" => vm.state::<BuiltinsName>().get(),
                _ => module_name,
            };
            self.save(&name_of_module, false)?;
            self.save(name.as_value(), false)?;
            self.put(&[STACK_GLOBAL]);
        } else if path.len() > 1 {
            self.save_nested(&module_text, &path)?;
        } else {
            self.save_top_level(&module_text, &name_text)?;
        }
        self.memoize(object);
        Ok(())
    }

    /// `__module__`, or the module that has the object under this name.
    fn module_of(&self, object: &Value, path: &[&str]) -> PyResult {
        let vm = self.vm;
        if let Some(module) =
            vm.get_attr_opt(object, &vm.names.__module__)?.filter(|module| !module.is_none())
        {
            return Ok(module);
        }
        for (name, module) in vm.modules.snapshot() {
            let skipped =
                name.downcast::<Str>().is_none_or(|name| name == "__main__" || name == "__mp_main__");
            if skipped || module.is_none() {
                continue;
            }
            if at_path(vm, &module, path)?.is_some_and(|found| found.is(object)) {
                return Ok(name);
            }
        }
        Ok("__main__".into())
    }

    fn save_extension(&self, code: &Value) -> PyResult<()> {
        let code = int::as_i64(code).and_then(|code| u32::try_from(code).ok()).unwrap_or(0);
        if code == 0 || code > i32::MAX as u32 {
            return self.vm.raise(Exc::RuntimeError, format!("extension code {code} is out of range"));
        }
        let bytes = code.to_le_bytes();
        match code {
            0..=0xff => self.put(&[EXT1, bytes[0]]),
            0x100..=0xffff => self.put(&[EXT2, bytes[0], bytes[1]]),
            _ => {
                self.put(&[EXT4]);
                self.put(&bytes);
            }
        }
        Ok(())
    }

    /// `Outer.Inner` for protocols that know no dots: `getattr(Outer, 'Inner')`.
    fn save_nested(&self, module: &str, path: &[&str]) -> PyResult<()> {
        let vm = self.vm;
        let getattr = vm.builtin("getattr")?;
        for _ in &path[1..] {
            self.save(&getattr, false)?;
            if self.protocol() < 2 {
                self.put(&[MARK]);
            }
        }
        self.save_top_level(module, path[0])?;
        for name in &path[1..] {
            self.save(&(*name).into(), false)?;
            self.put(&[if self.protocol() < 2 { TUPLE } else { TUPLE2 }, REDUCE]);
        }
        Ok(())
    }

    fn save_top_level(&self, module: &str, name: &str) -> PyResult<()> {
        let vm = self.vm;
        let (mut module, mut name) = (module.to_string(), name.to_string());
        if self.protocol() < 3 {
            if self.core.fix_imports.get() {
                let pair = vm.tuple(&[module.as_str().into(), name.as_str().into()]);
                if let Some(old) = renamed(vm, "REVERSE_NAME_MAPPING", &pair)? {
                    let old = vm.unpack(&old, 2)?;
                    (module, name) = (vm.str_text(&old[0])?, vm.str_text(&old[1])?);
                } else if let Some(old) = renamed(vm, "REVERSE_IMPORT_MAPPING", &module.as_str().into())? {
                    module = vm.str_text(&old)?;
                }
            }
            for (what, text) in [("module", &module), ("global", &name)] {
                if !text.is_ascii() {
                    let encoded = vm.call_method_named(&text.as_str().into(), "encode", &["ascii".into()]);
                    let Err(raised) = encoded else { continue };
                    let protocol = self.protocol();
                    return pickling_error_from(vm, raised, |_| {
                        format!("can't pickle {what} identifier '{text}' using pickle protocol {protocol}")
                    });
                }
            }
        }
        self.put(&[GLOBAL]);
        self.put(format!("{module}\n{name}\n").as_bytes());
        Ok(())
    }

    /// What `__reduce__` gave: how to make the object again.
    pub fn save_reduced(&self, reduced: &Value, object: Option<&Value>) -> PyResult<()> {
        let vm = self.vm;
        let parts = reduced.downcast::<Tuple>().expect("the caller has seen a tuple").items();
        if !(2..=6).contains(&parts.len()) {
            return pickling_error(vm, "tuple returned by __reduce__ must contain 2 through 6 elements");
        }
        let part = |index: usize| parts.get(index).filter(|part| !part.is_none());
        let refuse = |which: &str, what: &str, found: &Value| -> PyResult<()> {
            let found = class_text(vm, found);
            pickling_error(
                vm,
                format!("{which} item of the tuple returned by __reduce__ must be {what}, not {found}"),
            )
        };
        let function = &parts[0];
        if !vm.is_callable(function) {
            return refuse("first", "callable", function);
        }
        let Some(args) = parts[1].downcast::<Tuple>() else { return refuse("second", "a tuple", &parts[1]) };
        let is_iterator = |value: &Value| vm.type_of(value).slots().next.is_some();
        if let Some(items) = part(3).filter(|items| !is_iterator(items)) {
            return refuse("fourth", "an iterator", items);
        }
        if let Some(items) = part(4).filter(|items| !is_iterator(items)) {
            return refuse("fifth", "an iterator", items);
        }
        if let Some(setter) = part(5).filter(|setter| !vm.is_callable(setter)) {
            return refuse("sixth", "callable", setter);
        }
        self.save_constructor(function, args, object)?;
        if let Some(object) = object {
            // Saving the arguments may have saved the object: it contains itself.
            if let Some(index) = self.memo_index(object) {
                self.put(&[POP]);
                self.put_get(index);
                return Ok(());
            }
            self.memoize(object);
        }
        let shown = object.unwrap_or(reduced);
        if let Some(items) = part(3) {
            self.save_items(items, shown)?;
        }
        if let Some(items) = part(4) {
            self.save_pairs(items, shown)?;
        }
        let Some(state) = part(2) else { return Ok(()) };
        let Some(setter) = part(5) else {
            self.noted(self.save(state, false), || self.part_note(shown, "state"))?;
            self.put(&[BUILD]);
            return Ok(());
        };
        self.noted(self.save(setter, false), || self.part_note(shown, "state setter"))?;
        self.save(shown, false)?;
        self.noted(self.save(state, false), || self.part_note(shown, "state"))?;
        self.put(&[TUPLE2, REDUCE, POP]);
        Ok(())
    }

    fn part_note(&self, object: &Value, part: &str) -> PyResult<String> {
        Ok(format!("when serializing {} {part}", class_text(self.vm, object)))
    }

    /// The function with its arguments, or the class that is to be made an instance of.
    fn save_constructor(&self, function: &Value, args: &Gc<Tuple>, object: Option<&Value>) -> PyResult<()> {
        let vm = self.vm;
        let items = args.items();
        let shown = object.unwrap_or(function);
        let name = match self.protocol() {
            0 | 1 => None,
            _ => vm.get_attr_opt(function, &vm.names.__name__)?,
        };
        let name = name.as_ref().and_then(|name| name.downcast::<Str>());
        let is_class = |value: &Value| value.downcast::<Type>().is_some();
        if name.is_some_and(|name| name == "__newobj_ex__") {
            let [class, args, kwargs] = items else {
                let found = items.len();
                return pickling_error(vm, format!("__newobj_ex__ expected 3 arguments, got {found}"));
            };
            let wrong = [
                ("first", "class", is_class(class), class),
                ("second", "tuple", args.downcast::<Tuple>().is_some(), args),
                ("third", "dict", kwargs.downcast::<Dict>().is_some(), kwargs),
            ];
            if let Some((which, what, _, found)) = wrong.into_iter().find(|entry| !entry.2) {
                let found = class_text(vm, found);
                return pickling_error(
                    vm,
                    format!("{which} argument to __newobj_ex__() must be a {what}, not {found}"),
                );
            }
            if self.protocol() >= 4 {
                self.noted(self.save(class, false), || self.part_note(shown, "class"))?;
                self.noted(self.save(args, false), || self.part_note(shown, "__new__ arguments"))?;
                self.noted(self.save(kwargs, false), || self.part_note(shown, "__new__ arguments"))?;
                self.put(&[NEWOBJ_EX]);
                return Ok(());
            }
            let partial = of_module(vm, "functools", "partial")?;
            let new = vm.get_attr(class, &vm.names.__new__)?;
            let mut positional = vec![new, class.clone()];
            positional.extend(vm.collect(args)?);
            let kwargs = kwargs.downcast::<Dict>().expect("just checked").snapshot();
            let names = kwargs.iter().map(|(name, _)| vm.str(name)).collect::<PyResult<Vec<_>>>()?;
            let values: Vec<Value> = kwargs.into_iter().map(|(_, value)| value).collect();
            let call = ouro_runtime::Args::with_keywords(&positional, &names, &values);
            let made = vm.call_args(&partial, call)?;
            self.noted(self.save(&made, false), || self.part_note(shown, "reconstructor"))?;
            self.put(&[EMPTY_TUPLE, REDUCE]);
            return Ok(());
        }
        if name.is_some_and(|name| name == "__newobj__") {
            let Some((class, rest)) = items.split_first() else {
                return pickling_error(vm, "__newobj__ expected at least 1 argument, got 0");
            };
            if !is_class(class) {
                let found = class_text(vm, class);
                return pickling_error(
                    vm,
                    format!("first argument to __newobj__() must be a class, not {found}"),
                );
            }
            if let Some(object) = object {
                let own = vm.get_attr(object, &vm.names.__class__)?;
                if !own.is(class) {
                    let (own, class) = (vm.repr_text(&own)?, vm.repr_text(class)?);
                    return pickling_error(
                        vm,
                        format!("first argument to __newobj__() must be {own}, not {class}"),
                    );
                }
            }
            self.noted(self.save(class, false), || self.part_note(shown, "class"))?;
            let rest = vm.tuple(rest);
            self.noted(self.save(&rest, false), || self.part_note(shown, "__new__ arguments"))?;
            self.put(&[NEWOBJ]);
            return Ok(());
        }
        self.noted(self.save(function, false), || self.part_note(shown, "reconstructor"))?;
        self.noted(self.save(args.as_value(), false), || self.part_note(shown, "reconstructor arguments"))?;
        self.put(&[REDUCE]);
        Ok(())
    }
}

/// What a module or a name was called in Python 2, or is called since.
pub fn renamed(vm: &Vm, table: &str, key: &Value) -> PyResult<Option<Value>> {
    let table = of_module(vm, "_compat_pickle", table)?;
    match table.downcast::<Dict>() {
        Some(table) => table.get(vm, key),
        None => Ok(None),
    }
}
