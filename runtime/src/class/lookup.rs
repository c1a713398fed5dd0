//! Finding attributes along a class's MRO, with version numbers that inline caches rely on.

use super::{Type, type_flags};
use crate::Vm;
use crate::heap::Gc;
use crate::objects::str::Str;
use crate::value::Value;

impl Gc<Type> {
    /// The attribute `name` of the class or its bases, unbound.
    #[inline]
    pub fn lookup(&self, name: &Gc<Str>) -> Option<Value> {
        self.lookup_where(name).map(|(found, _)| found)
    }

    /// As [`Gc::lookup`], for the class of an object in use: a Python class is complete by then, so that its state may have a version.
    #[inline]
    pub fn lookup_in_use(&self, name: &Gc<Str>) -> Option<Value> {
        self.version();
        self.lookup(name)
    }

    /// As [`Gc::lookup`], with the index in the MRO of the class that has it.
    pub fn lookup_where(&self, name: &Gc<Str>) -> Option<(Value, usize)> {
        let version = self.current_version();
        if version != 0 && name.is_interned() {
            let search = || self.search_mro(name).map(|(found, at)| (found, at, self.is_steady(name, at)));
            return Vm::current().lookups.get(version, name, 0, search);
        }
        self.search_mro(name)
    }

    /// Whether a cache may keep what the class at `index` of the MRO has by that name.
    fn is_steady(&self, name: &Gc<Str>, index: usize) -> bool {
        !self.mro.borrow()[index].is_volatile(name)
    }

    /// Whether the value that this class has by that name may change without the class's version.
    fn is_volatile(&self, name: &Gc<Str>) -> bool {
        self.volatile.borrow().iter().any(|volatile| volatile.is(name))
    }

    /// Position in this class's own dict of a volatile name; it stays that as long as the class has its version.
    pub fn volatile_position(&self, name: &Gc<Str>) -> Option<usize> {
        if self.is_volatile(name) { self.dict.table.find_str(name) } else { None }
    }

    /// As [`Gc::lookup`], if a cache may keep what is found for as long as the class has its version.
    pub fn lookup_to_keep(&self, name: &Gc<Str>) -> Option<Value> {
        let (found, at) = self.lookup_where(name)?;
        self.is_steady(name, at).then_some(found)
    }

    /// Replaces the value of a volatile name by one of its kind, which is no change of the class; whether it was one.
    pub fn replace_volatile(&self, vm: &Vm, name: &Gc<Str>, new: &Value) -> bool {
        let position = self.volatile_position(name).filter(|_| is_data(vm, new));
        if let Some(position) = position {
            drop(self.dict.table.replace_at(position, new.clone()));
        }
        position.is_some()
    }

    /// To be called before the value of `name` changes from `old`: notices names whose values change all the time.
    pub fn note_replaced(&self, vm: &Vm, name: &Gc<Str>, old: &Value, new: Option<&Value>) {
        const OFTEN: u8 = 2;
        let mut volatile = self.volatile.borrow_mut();
        volatile.retain(|volatile| !volatile.is(name));
        if new.is_some_and(|new| is_data(vm, new)) && is_data(vm, old) && !name.as_bytes().starts_with(b"__")
        {
            self.n_replaced.set(self.n_replaced.get().saturating_add(1));
            if self.n_replaced.get() > OFTEN {
                volatile.push(name.clone());
            }
        }
    }

    fn search_mro(&self, name: &Gc<Str>) -> Option<(Value, usize)> {
        let mro = self.mro.borrow();
        mro.iter().enumerate().find_map(|(at, class)| class.dict.get_str(name).map(|found| (found, at)))
    }

    /// As [`Gc::lookup`], starting after `class` in the MRO: what `super()` sees.
    pub fn lookup_after(&self, class: &Gc<Type>, name: &Gc<Str>) -> Option<Value> {
        let search = || {
            let mro = self.mro.borrow();
            let first = mro.iter().position(|entry| entry.is(class))? + 1;
            let rest = mro[first..].iter().enumerate();
            rest.map(|(at, class)| (class, first + at))
                .find_map(|(class, at)| class.dict.get_str(name).map(|found| (found, at)))
        };
        let version = self.current_version();
        if version != 0 && name.is_interned() {
            // A class in the MRO lives as long as this one, whose version stands for the MRO.
            let after = class.as_value().id();
            let search = || search().map(|(found, at)| (found, at, self.is_steady(name, at)));
            return Vm::current().lookups.get(version, name, after, search).map(|(found, _)| found);
        }
        search().map(|(found, _)| found)
    }

    /// Whether `self` is `other` or derives from it (by MRO, without `__subclasscheck__`).
    #[inline]
    pub fn is_subclass(&self, other: &Gc<Type>) -> bool {
        self.is(other) || self.mro.borrow().iter().any(|class| class.is(other))
    }

    /// This state of the class as a number that no other class or state ever has; 0 once numbers have run out.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        let version = self.version.get();
        if version != 0 { version } else { self.fresh_version() }
    }

    #[cold]
    fn fresh_version(&self) -> u32 {
        let version = Vm::current().fresh_version();
        if version != 0 {
            // Whoever caches this class also relies on its bases, which must tell their subclasses of changes.
            for base in self.bases.borrow().iter() {
                base.version();
            }
        }
        self.version.set(version);
        version
    }

    /// The version if one was given out since the last change, else 0.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }

    /// To be called after every change of the class's dict, bases or MRO.
    pub fn modified(&self) {
        self.version.set(0);
        for subclass in self.live_subclasses() {
            subclass.modified();
        }
    }

    /// Direct subclasses that still exist, oldest first.
    pub fn live_subclasses(&self) -> Vec<Gc<Type>> {
        let references = self.subclasses.borrow().clone();
        references
            .iter()
            .filter_map(|entry| match entry.downcast::<crate::heap::weak::WeakRef>() {
                Some(reference) => reference.target()?.into_gc().ok(),
                None => entry.clone().into_gc().ok(),
            })
            .collect()
    }

    /// `__name__` as Rust text.
    pub fn name_text(&self) -> String {
        self.name.borrow().to_string_lossy().into_owned()
    }

    /// The name messages use: `tp_name`. Builtin classes of modules other than `builtins` show it with the module, as
    /// CPython's static types do.
    pub fn display_name(&self) -> String {
        match self.spec {
            Some(spec)
                if spec.module != "builtins"
                    && !self.is_heap_type()
                    && spec.flags & type_flags::UNQUALIFIED == 0 =>
            {
                format!("{}.{}", spec.module, spec.name)
            }
            _ if self.has_flag(type_flags::QUALIFIED) => match self.module_text(Vm::current()) {
                Some(module) => format!("{module}.{}", self.name_text()),
                None => self.name_text(),
            },
            _ => self.name_text(),
        }
    }

    /// `__module__`, if it is a string.
    pub fn module_text(&self, vm: &Vm) -> Option<String> {
        if let Some(spec) = self.spec.filter(|_| !self.is_heap_type()) {
            return Some(spec.module.to_string());
        }
        let module = self.dict.get_str(&vm.names.__module__)?;
        Some(module.downcast::<Str>()?.to_string_lossy().into_owned())
    }

    /// `module.qualname`, without the module for builtins: as default reprs show a class.
    pub fn qualified_name(&self, vm: &Vm) -> String {
        let qualname = self.qualname.borrow().to_string_lossy().into_owned();
        match self.module_text(vm) {
            Some(module) if module != "builtins" => format!("{module}.{qualname}"),
            _ => qualname,
        }
    }

    /// As [`Type::qualified_name`], also without `__main__`: CPython's format `%T`.
    pub fn short_qualified_name(&self, vm: &Vm) -> String {
        match self.module_text(vm) {
            Some(module) if module == "__main__" => self.qualname.borrow().to_string_lossy().into_owned(),
            _ => self.qualified_name(vm),
        }
    }

    pub fn is_abstract(&self) -> bool {
        self.has_flag(type_flags::ABSTRACT)
    }
}

/// Whether a value in a class's dict is the same for whoever asks: no function, no descriptor.
pub(crate) fn is_data(vm: &Vm, value: &Value) -> bool {
    let class = vm.type_of(value);
    !class.is_heap_type() && class.slots().descr_get.is_none() && class.slots().descr_set.is_none()
}

/// Name of the class that arity messages show before method `name` of `value`; `None` if it has no such method.
pub fn defining_class_name(vm: &Vm, value: &Value, name: &str) -> Option<String> {
    let name = vm.intern(name);
    if let Some(class) = value.downcast::<Type>().filter(|class| class.lookup(&name).is_some()) {
        // A class method's receiver is the class itself.
        return Some(class.name_text());
    }
    let class = vm.type_of(value).clone();
    let (_, at) = class.lookup_where(&name)?;
    let mro = class.mro.borrow();
    Some(mro[at].name_text())
}
