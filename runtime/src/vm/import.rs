//! The import system: `sys.modules`, native and embedded modules, files on `sys.path`.

use std::path::{Path, PathBuf};

use ouro_lang::code::serialize;
use ouro_lang::parser::Mode;

use super::Vm;
use super::frame::Frame;
use super::source::SourceOptions;
use crate::heap::Gc;
use crate::native::NativeModule;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::module::Module;
use crate::objects::module_type;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult};

/// A module compiled into the binary.
#[derive(Clone, Copy, Debug)]
pub struct FrozenModule {
    pub name: &'static str,
    pub is_package: bool,
    /// It stands in for a package that is not of Python's own library: an installed one is preferred, and the two are not mixed.
    pub gives_way: bool,
    /// As `lang`'s serialiser wrote it.
    pub code: &'static [u8],
    /// The source text, for `inspect` and for other levels of optimisation.
    pub source: &'static [u8],
}

/// Where a module was found.
enum Found {
    Native(&'static NativeModule),
    Frozen(&'static FrozenModule),
    File {
        path: PathBuf,
        is_package: bool,
    },
    /// A folder without `__init__.py`, or several of one name.
    Namespace(Vec<PathBuf>),
}

/// What the names of files of embedded modules begin with.
const EMBEDDED: &str = "<frozen>/";

/// What CPython has imported before a program begins, and so never asks a program's finders for.
const THERE_FROM_THE_START: [&str; 26] = [
    "_abc",
    "_codecs",
    "_collections_abc",
    "_imp",
    "_io",
    "_signal",
    "_sitebuiltins",
    "_stat",
    "_thread",
    "_warnings",
    "_weakref",
    "abc",
    "builtins",
    "codecs",
    "encodings",
    "encodings.aliases",
    "encodings.utf_8",
    "genericpath",
    "io",
    "os",
    "posix",
    "posixpath",
    "site",
    "stat",
    "sys",
    "time",
];

impl Vm {
    /// The `import` instruction: through `builtins.__import__`, if somebody replaced it.
    pub(crate) fn import_name(
        &self,
        frame: Frame,
        name: &Gc<Str>,
        fromlist: &Value,
        level: &Value,
    ) -> PyResult {
        let function = frame.function();
        let Some(import) = function.builtins.get_str(&self.names.__import__) else {
            return self.raise(Exc::ImportError, "__import__ not found");
        };
        let is_own = import
            .downcast::<crate::native::NativeFunction>()
            .is_some_and(|native| native.function.name() == "__import__");
        let level = level.as_small_int().unwrap_or(0);
        if is_own {
            return self.import(name, &function.globals, fromlist, level);
        }
        let namespace = self.namespace_of(frame);
        self.call(
            &import,
            &[name.to_value(), function.globals.to_value(), namespace, fromlist.clone(), Value::int(level)],
        )
    }

    /// `__import__(name, globals, _, fromlist, level)`.
    pub fn import(&self, name: &Gc<Str>, globals: &Gc<Dict>, fromlist: &Value, level: i64) -> PyResult {
        if level < 0 {
            return self.raise(Exc::ValueError, "level must be >= 0");
        }
        let text = name.to_string_lossy().into_owned();
        let absolute = if level > 0 { self.resolve_relative(&text, globals, level)? } else { text.clone() };
        if absolute.is_empty() {
            return self.raise(Exc::ValueError, "Empty module name");
        }
        let module = self.import_module(&absolute)?;
        if !fromlist.is_none() && self.truth(fromlist)? {
            self.import_submodules(&module, fromlist)?;
            return Ok(module);
        }
        if level == 0 {
            return match text.split_once('.') {
                Some((first, _)) => self.import_module(first),
                None => Ok(module),
            };
        }
        // `import .x` cannot be written; `__import__('x.y', level=1)` gives the package that `x` is.
        match text.split_once('.') {
            Some((first, _)) => {
                let cut = absolute.len() - (text.len() - first.len());
                self.import_module(&absolute[..cut])
            }
            None => Ok(module),
        }
    }

    /// The absolute name of a relative import.
    fn resolve_relative(&self, name: &str, globals: &Gc<Dict>, level: i64) -> PyResult<String> {
        let get = |name: &Gc<Str>| globals.get_str(name).filter(|value| !value.is_none());
        let package = match get(&self.names.__package__) {
            Some(package) => match package.downcast::<Str>() {
                Some(package) => package.to_string_lossy().into_owned(),
                None => return self.raise(Exc::TypeError, "package must be a string"),
            },
            None => {
                let module_name = match get(&self.names.__name__) {
                    Some(name) => self.str_text(&name)?,
                    None => return self.raise(Exc::KeyError, "'__name__' not in globals"),
                };
                match globals.get_str(&self.names.__path__) {
                    Some(_) => module_name,
                    None => module_name
                        .rsplit_once('.')
                        .map(|(package, _)| package.to_string())
                        .unwrap_or_default(),
                }
            }
        };
        if package.is_empty() {
            return self.raise(Exc::ImportError, "attempted relative import with no known parent package");
        }
        let mut base = package.as_str();
        for _ in 1..level {
            base = match base.rsplit_once('.') {
                Some((parent, _)) => parent,
                None => {
                    return self
                        .raise(Exc::ImportError, "attempted relative import beyond top-level package");
                }
            };
        }
        Ok(if name.is_empty() { base.to_string() } else { format!("{base}.{name}") })
    }

    /// Imports what `from package import names` names, where those are submodules.
    fn import_submodules(&self, module: &Value, fromlist: &Value) -> PyResult<()> {
        if self.get_attr_opt(module, &self.names.__path__)?.is_none() {
            return Ok(());
        }
        let package = self.get_attr(module, &self.names.__name__)?;
        let package = self.str_text(&package)?;
        for name in self.collect(fromlist)? {
            let Some(text) = name.downcast::<Str>() else {
                let kind = self.type_name(&name);
                return self.raise(Exc::TypeError, format!("Item in ``from list'' must be str, not {kind}"));
            };
            if text == "*" {
                if let Some(all) = self.get_attr_opt(module, &self.names.__all__)? {
                    self.import_submodules(module, &all)?;
                }
                continue;
            }
            if self.get_attr_opt(module, &self.intern_str(text))?.is_some() {
                continue;
            }
            let full = format!("{package}.{text}");
            let result = self.import_module(&full);
            if let Err(raised) = result {
                // Only "this very module does not exist" is no error here: the name may be missing for good, which `from` reports.
                let exception = self.take_raised(raised);
                let missing =
                    exception.header().ty().is_subclass(self.types.exception(Exc::ModuleNotFoundError))
                        && exception
                            .field(1)
                            .is_some_and(|name| name.downcast::<Str>().is_some_and(|n| n == full.as_str()));
                if !missing {
                    return Err(self.reraise(exception));
                }
            }
        }
        Ok(())
    }

    /// The module with this absolute name, imported (with its parents) if it has not been yet.
    pub fn import_module(&self, name: &str) -> PyResult {
        let key = self.intern(name);
        if self.has_threads() {
            self.await_import(&key)?;
        }
        if let Some(module) = self.modules.get_str(&key) {
            if module.is_none() {
                return self.raise_not_found(format!("import of {name} halted; None in sys.modules"), name);
            }
            self.note_repeated_import(name);
            return Ok(module);
        }
        self.traced_import(name, || self.locked_import(&key, || self.import_new(name, &key)))
    }

    /// Imports what is not in `sys.modules`.
    fn import_new(&self, name: &str, key: &Gc<Str>) -> PyResult {
        let (parent, search_path) = match name.rsplit_once('.') {
            Some((parent_name, last)) => {
                let parent = self.import_module(parent_name)?;
                // Importing the parent may have imported this one.
                if let Some(module) = self.modules.get_str(key) {
                    return Ok(module);
                }
                let Some(path) = self.get_attr_opt(&parent, &self.names.__path__)? else {
                    let message = format!("No module named '{name}'; '{parent_name}' is not a package");
                    return self.raise_not_found(message, name);
                };
                (Some((parent, last.to_string())), Some(path))
            }
            None => (None, None),
        };
        let module = match self.import_by_finders(name, search_path.as_ref())? {
            Some(module) => module,
            None => match self.find(name, search_path.as_ref())? {
                Some(found) => self.load(name, found)?,
                None => return self.raise_not_found(format!("No module named '{name}'"), name),
            },
        };
        if let Some((parent, last)) = parent {
            self.set_attr(&parent, &self.intern(&last), Some(&module))?;
        }
        Ok(module)
    }

    /// Finders that the program put on `sys.meta_path`.
    fn import_by_finders(&self, name: &str, path: Option<&Value>) -> PyResult<Option<Value>> {
        let Some(sys) = self.modules.get_str(&self.names.sys) else { return Ok(None) };
        let Some(finders) = self.get_attr_opt(&sys, &self.names.meta_path)? else { return Ok(None) };
        if finders.downcast::<List>().is_none_or(|list| list.is_empty()) {
            return Ok(None);
        }
        // What asks the finders is a module itself: while it is being imported, nobody asks them.
        if self.imports_machinery.get() || THERE_FROM_THE_START.contains(&name) {
            return Ok(None);
        }
        self.imports_machinery.set(true);
        let machinery = self.import_module("importlib._machinery");
        self.imports_machinery.set(false);
        let import = self.get_attr_named(&machinery?, "_import_by_finders")?;
        let module = self.call(&import, &[name.into(), path.cloned().unwrap_or(Value::NONE)])?;
        Ok((!module.is_none()).then_some(module))
    }

    #[cold]
    fn raise_not_found<T>(&self, message: String, name: &str) -> PyResult<T> {
        let message: Value = message.into();
        let exception = crate::objects::exception::Exception::new(
            self,
            Exc::ModuleNotFoundError,
            std::slice::from_ref(&message),
        );
        exception.set_field(0, message);
        exception.set_field(1, name.into());
        self.raise_value(exception)
    }

    fn find(&self, name: &str, search_path: Option<&Value>) -> PyResult<Option<Found>> {
        if let Some(native) = self.native_module(name) {
            return Ok(Some(Found::Native(native)));
        }
        let frozen = self.frozen_module(name);
        if let Some(frozen) = frozen.filter(|frozen| !frozen.gives_way) {
            return Ok(Some(Found::Frozen(frozen)));
        }
        let path = match search_path {
            Some(path) => path.clone(),
            None => self.sys_attribute("path")?,
        };
        let last = name.rsplit('.').next().unwrap_or(name);
        let mut folders = Vec::new();
        for entry in self.collect(&path)? {
            let Some(folder) = entry.downcast::<Str>() else { continue };
            let folder = folder.to_string_lossy().into_owned();
            if let Some(package) = folder.strip_prefix(EMBEDDED) {
                if let Some(frozen) = frozen.filter(|frozen| is_submodule(frozen.name, package)) {
                    return Ok(Some(Found::Frozen(frozen)));
                }
                continue;
            }
            let folder = if folder.is_empty() { PathBuf::from(".") } else { PathBuf::from(folder) };
            let package = folder.join(last);
            let init = package.join("__init__.py");
            if self.host.is_file(&init) {
                return Ok(Some(Found::File { path: init, is_package: true }));
            }
            let file = folder.join(format!("{last}.py"));
            if self.host.is_file(&file) {
                return Ok(Some(Found::File { path: file, is_package: false }));
            }
            if self.host.is_dir(&package) {
                folders.push(package);
            }
        }
        if let Some(frozen) = frozen.filter(|_| search_path.is_none()) {
            return Ok(Some(Found::Frozen(frozen)));
        }
        Ok(if folders.is_empty() { None } else { Some(Found::Namespace(folders)) })
    }

    fn load(&self, name: &str, found: Found) -> PyResult {
        let module = Module::new(self, name);
        let namespace = module.namespace();
        let package = |is_package: bool| match is_package {
            true => name.to_string(),
            false => name.rsplit_once('.').map(|(parent, _)| parent.to_string()).unwrap_or_default(),
        };
        let set = |key: &Gc<Str>, value: Value| drop(namespace.insert_str(key, value));
        let folder_list = |folders: &[String]| -> Value {
            List::new(folders.iter().map(|folder| folder.as_str().into()).collect()).into()
        };
        let key = self.intern(name);
        match found {
            Found::Native(native) => {
                set(&self.names.__package__, package(false).into());
                drop(self.modules.insert_str(&key, module.to_value()));
                let result = self.fill_native_module(&module, native);
                self.forget_if_failed(&key, result)?;
            }
            Found::Frozen(frozen) => {
                set(&self.names.__package__, package(frozen.is_package).into());
                let file = self.frozen_filename(frozen);
                set(&self.names.__file__, file.as_str().into());
                if frozen.is_package {
                    let folder = file.trim_end_matches("/__init__.py").to_string();
                    set(&self.names.__path__, folder_list(&[folder]));
                }
                let code = self.frozen_code(frozen)?;
                self.run_module(&key, &module, &code)?;
            }
            Found::File { path, is_package } => {
                set(&self.names.__package__, package(is_package).into());
                let path = self.host.absolute(&path);
                let file = path.to_string_lossy().into_owned();
                set(&self.names.__file__, file.as_str().into());
                if is_package {
                    let folder =
                        path.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
                    set(&self.names.__path__, folder_list(&[folder]));
                }
                let code = self.compile_file(&path)?;
                self.run_module(&key, &module, &code)?;
            }
            Found::Namespace(folders) => {
                set(&self.names.__package__, package(true).into());
                let folders: Vec<String> = folders
                    .iter()
                    .map(|folder| self.host.absolute(folder).to_string_lossy().into_owned())
                    .collect();
                set(&self.names.__path__, folder_list(&folders));
                set(&self.names.__file__, Value::NONE);
                drop(self.modules.insert_str(&key, module.to_value()));
            }
        }
        // A module may replace itself in sys.modules.
        match self.modules.get_str(&key) {
            Some(module) => Ok(module),
            None => self.raise_not_found(format!("Loaded module '{name}' not found in sys.modules"), name),
        }
    }

    /// The code of an embedded module. It was compiled with assertions and docstrings; without them it is made from source.
    pub fn frozen_code(&self, frozen: &FrozenModule) -> PyResult<Gc<Code>> {
        if self.options.optimize > 0 {
            let file = self.frozen_filename(frozen);
            let options = SourceOptions {
                origin: ouro_lang::source::Origin::Bytes,
                ..SourceOptions::new(Mode::Exec, &file)
            };
            return self.compile_source(frozen.source, options);
        }
        match serialize::read_embedded(frozen.code) {
            Ok(object) => Ok(Code::new(self, &std::rc::Rc::new(object))),
            Err(error) => self.raise(Exc::SystemError, format!("embedded module {}: {error}", frozen.name)),
        }
    }

    pub fn native_module(&self, name: &str) -> Option<&'static NativeModule> {
        self.native_modules.iter().find(|module| module.name == name).copied()
    }

    pub fn frozen_module(&self, name: &str) -> Option<&'static FrozenModule> {
        let at = self.frozen_modules.binary_search_by(|module| module.name.cmp(name));
        at.ok().map(|at| &self.frozen_modules[at])
    }

    /// Names of the embedded modules, sorted.
    pub fn frozen_module_names(&self) -> Vec<&'static str> {
        self.frozen_modules.iter().map(|module| module.name).collect()
    }

    /// What tracebacks show for an embedded module.
    fn frozen_filename(&self, frozen: &FrozenModule) -> String {
        let path = frozen.name.replace('.', "/");
        if frozen.is_package {
            format!("{EMBEDDED}{path}/__init__.py")
        } else {
            format!("{EMBEDDED}{path}.py")
        }
    }

    fn run_module(&self, key: &Gc<Str>, module: &Gc<Module>, code: &Gc<Code>) -> PyResult<()> {
        let namespace = module.namespace();
        drop(namespace.insert_str(&self.names.__builtins__, self.builtins.to_value()));
        drop(self.modules.insert_str(key, module.to_value()));
        self.initializing.borrow_mut().push(key.clone());
        let result = self.run_code(code, &namespace, None, None).map(drop);
        self.initializing.borrow_mut().pop();
        self.forget_if_failed(key, result)
    }

    fn forget_if_failed(&self, key: &Gc<Str>, result: PyResult<()>) -> PyResult<()> {
        if result.is_err() {
            drop(self.modules.remove_str(key));
        }
        result
    }

    /// Whether a module's code is still running.
    pub fn is_initializing(&self, name: &Gc<Str>) -> bool {
        self.initializing.borrow().iter().any(|entry| entry == name)
    }

    /// Compiles a source file.
    pub fn compile_file(&self, path: &Path) -> PyResult<Gc<Code>> {
        let filename = path.to_string_lossy().into_owned();
        match self.host.read_file(path) {
            Ok(source) => {
                let options = SourceOptions {
                    origin: ouro_lang::source::Origin::Bytes,
                    ..SourceOptions::new(Mode::Exec, &filename)
                };
                self.compile_source(&source, options)
            }
            Err(error) => self.raise_os_error(&error, Some(&filename.into())),
        }
    }

    /// Puts a native module's functions and classes into its namespace.
    pub fn fill_native_module(&self, module: &Gc<Module>, native: &'static NativeModule) -> PyResult<()> {
        let name: Value = self.intern(native.name).into();
        let namespace = module.namespace();
        if !native.doc.is_empty() {
            drop(namespace.insert_str(&self.names.__doc__, native.doc.into()));
        }
        for class in native.classes {
            let base = class.base.map_or_else(|| self.types.object().clone(), |base| base(self));
            let made = crate::class::build::new_builtin(self, class.spec, class.vtable, &[base])?;
            self.register_class(class.vtable.type_id, made.clone());
            drop(namespace.insert_str(&self.intern(class.spec.name), made.into()));
        }
        for function in native.functions {
            let object = crate::class::build::native_function(self, function, Some(name.clone()));
            drop(namespace.insert_str(&self.intern(function.name()), object.into()));
        }
        match native.init {
            Some(init) => init(self, module),
            None => Ok(()),
        }
    }

    /// `from module import name`.
    pub(crate) fn import_from(&self, module: &Value, name: &Gc<Str>) -> PyResult {
        if let Some(found) = self.get_attr_opt(module, name)? {
            return Ok(found);
        }
        // A submodule that a circular import has not yet made an attribute of its package.
        let module_name = self.get_attr_opt(module, &self.names.__name__)?;
        let module_name = module_name.and_then(|found| found.into_gc::<Str>().ok());
        if let Some(package) = &module_name {
            if let Some(found) = self.modules.get_str(&self.intern(&format!("{package}.{name}"))) {
                return Ok(found);
            }
        }
        self.raise_cannot_import(module, module_name, name)
    }

    #[cold]
    fn raise_cannot_import<T>(
        &self,
        module: &Value,
        module_name: Option<Gc<Str>>,
        name: &Gc<Str>,
    ) -> PyResult<T> {
        let shown = module_name.as_ref().map_or("<unknown module name>".to_string(), |name| name.to_string());
        let file =
            self.get_attr_opt(module, &self.names.__file__)?.filter(|file| file.downcast::<Str>().is_some());
        let place = match &file {
            // Embedded modules are in no file a reader could open.
            Some(file) if file.downcast::<Str>().is_some_and(|file| file.as_bytes().starts_with(b"<")) => {
                "unknown location".to_string()
            }
            Some(file) => self.str_text(file)?,
            None => "unknown location".to_string(),
        };
        let initializing = module_name.as_ref().is_some_and(|name| self.is_initializing(name));
        let origin = file.as_ref().map(|_| place.as_str());
        let shadowing =
            origin.map_or(Ok(false), |origin| module_type::is_possibly_shadowing(self, origin))?;
        let is_stdlib_name = match &module_name {
            Some(name) if shadowing => module_type::is_stdlib_name(self, name)?,
            _ => false,
        };
        let message = if is_stdlib_name {
            format!(
                "cannot import name '{name}' from '{shown}' (consider renaming '{place}' since it has the same name as the standard library module named '{shown}' and prevents importing that standard library module)"
            )
        } else if initializing && shadowing {
            format!(
                "cannot import name '{name}' from '{shown}' (consider renaming '{place}' if it has the same name as a library you intended to import)"
            )
        } else if initializing {
            format!(
                "cannot import name '{name}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
            )
        } else {
            format!("cannot import name '{name}' from '{shown}' ({place})")
        };
        let message: Value = message.into();
        let exception =
            crate::objects::exception::Exception::new(self, Exc::ImportError, std::slice::from_ref(&message));
        exception.set_field(0, message);
        exception.set_field(1, module_name.map_or(Value::NONE, Value::from));
        exception.set_field(2, file.unwrap_or(Value::NONE));
        exception.set_field(3, name.to_value());
        self.raise_value(exception)
    }

    /// `from module import *` into the frame's namespace.
    pub(crate) fn import_star(&self, frame: Frame, module: &Value) -> PyResult<()> {
        let all = self.get_attr_opt(module, &self.names.__all__)?;
        let explicit = all.is_some();
        let names = match all {
            Some(all) => self.collect(&all)?,
            None => match self.get_attr_opt(module, &self.names.__dict__)? {
                Some(dict) => self.collect(&dict)?,
                None => {
                    return self
                        .raise(Exc::ImportError, "from-import-* object has no __dict__ and no __all__");
                }
            },
        };
        for name in names {
            let Some(text) = name.downcast::<Str>() else {
                let (kind, item) = if explicit { ("Item in ", ".__all__") } else { ("Key in ", ".__dict__") };
                let module_name = self.get_attr(module, &self.names.__name__)?;
                let (module_name, got) = (self.str_text(&module_name)?, self.type_name(&name));
                return self
                    .raise(Exc::TypeError, format!("{kind}{module_name}{item} must be str, not {got}"));
            };
            if !explicit && text.as_bytes().starts_with(b"_") {
                continue;
            }
            let text = self.intern_str(text);
            let value = self.get_attr(module, &text)?;
            self.store_name(frame, &text, value)?;
        }
        Ok(())
    }

    /// A native or embedded module the interpreter knows.
    pub fn knows_module(&self, name: &str) -> bool {
        self.native_module(name).is_some() || self.frozen_module(name).is_some()
    }

    /// A tuple of names.
    pub fn name_tuple(&self, names: &[&str]) -> Value {
        Tuple::new(names.iter().map(|name| self.intern(name).into()).collect::<Vec<Value>>()).into()
    }
}

/// Whether a module is directly in an embedded package, which is named as its folder is: `rich/_inner`.
fn is_submodule(name: &str, package: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(parent, _)| parent.split('.').eq(package.split('/')))
}
