//! Classes: type objects, their slots, method resolution order and attribute lookup with versions.

#![allow(unsafe_code)]

pub(crate) mod attribute_cache;
pub mod build;
pub mod checks;
pub mod descriptors;
pub mod instance;
pub mod lookup;
pub(crate) mod lookup_cache;
pub mod mro;
pub mod new_class;
pub mod new_object;
pub mod shape;
mod slots;
pub mod special;
pub mod type_object;

use std::cell::{Cell, RefCell};

pub use slots::*;

use crate::Vm;
use crate::heap::{Gc, Kind, Payload, PayloadVtable, Trace, Visitor};
use crate::native::{GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::value::Value;

/// Facts of a class that never change after it is made.
pub mod type_flags {
    /// Python classes may derive from it.
    pub const BASE_TYPE: u32 = 1;
    /// Made by a class statement or `type()`, not built in.
    pub const HEAP: u32 = 2;
    /// Instances have a `__dict__`.
    pub const HAS_DICT: u32 = 4;
    /// Instances can be weakly referenced.
    pub const HAS_WEAKREF: u32 = 8;
    /// Abstract methods are left: cannot be instantiated.
    pub const ABSTRACT: u32 = 16;
    /// `case [..]` matches instances.
    pub const SEQUENCE: u32 = 32;
    /// `case {..}` matches instances.
    pub const MAPPING: u32 = 64;
    /// One positional sub-pattern in `case int(x)` matches the subject itself.
    pub const MATCH_SELF: u32 = 128;
    /// Attributes of the class cannot be set from Python.
    pub const IMMUTABLE: u32 = 256;
    /// `cls()` is a TypeError "cannot create 'X' instances".
    pub const NO_NEW: u32 = 512;
    /// A function found through an instance binds to it (function, native method descriptor).
    pub const METHOD_DESCRIPTOR: u32 = 1024;
    /// Messages show the class with its module: stands for a class that is native in CPython.
    pub const QUALIFIED: u32 = 1 << 31;
    /// Messages show the class without its module: CPython has it in Python.
    pub const UNQUALIFIED: u32 = 8192;
    /// A builtin class with the payload of its builtin base: its instances do not count as exact ones of that payload.
    pub const DERIVED: u32 = 2048;
    /// Instances of this builtin class keep attributes beside their payload, as those of Python classes do.
    pub const WITH_EXTRA: u32 = 4096;
}

/// Static description of a builtin class; one per payload, beside its methods.
pub struct TypeSpec {
    pub name: &'static str,
    pub module: &'static str,
    pub doc: &'static str,
    pub flags: u32,
    /// How `__new__` is called: "int(x, /, base=10)"-like text without the class argument; the function's `args.value(0)` is the class.
    pub new: Option<NativeFn>,
    /// As `new`; `args.value(0)` is the instance.
    pub init: Option<NativeFn>,
    pub methods: &'static [NativeFn],
    pub class_methods: &'static [NativeFn],
    pub static_methods: &'static [NativeFn],
    pub getset: &'static [GetSet],
    /// Read-only attributes that are properties in Python, as the methods that get them.
    pub properties: &'static [NativeFn],
    pub slots: Slots,
}

impl TypeSpec {
    pub const DEFAULT: TypeSpec = TypeSpec {
        name: "",
        module: "builtins",
        doc: "",
        flags: type_flags::BASE_TYPE,
        new: None,
        init: None,
        methods: &[],
        class_methods: &[],
        static_methods: &[],
        getset: &[],
        properties: &[],
        slots: Slots::NONE,
    };
}

/// A class.
pub struct Type {
    /// As `__name__`, without module.
    pub name: RefCell<Gc<Str>>,
    pub qualname: RefCell<Gc<Str>>,
    /// `tp_name` of builtin classes with their module, for messages; equal to name for Python classes.
    pub bases: RefCell<Vec<Gc<Type>>>,
    /// `__base__`: the base whose layout instances extend; `None` for `object`.
    pub base: RefCell<Option<Gc<Type>>>,
    /// This class first.
    pub mro: RefCell<Vec<Gc<Type>>>,
    /// The class's own attributes.
    pub dict: ClassDict,
    slots: Cell<Slots>,
    flags: Cell<u32>,
    /// Changes whenever the class or one of its bases does; 0 while none is given out. Never used twice.
    version: Cell<u32>,
    /// Live direct subclasses: Python ones as weak references.
    pub subclasses: RefCell<Vec<Value>>,
    vtable: &'static PayloadVtable,
    /// Names in `dict` whose values, plain data, change all the time (`Shape.count += 1`): no cache keeps them, so changing one is no change
    /// of the class.
    pub(super) volatile: RefCell<Vec<Gc<Str>>>,
    /// How often an entry of `dict` was replaced so far, up to a limit.
    pub(super) n_replaced: Cell<u8>,
    /// `__slots__` members of instances, inherited ones included.
    n_member_slots: Cell<usize>,
    /// Root of the shapes of instances; attribute counts instances are made with.
    pub shapes: shape::ShapeRoot,
    has_finalizer: Cell<bool>,
    /// `__new__` of the builtin class it is or inherits that from, where its spec describes one.
    pub new_fn: Cell<Option<new_object::Bindable>>,
    /// As `new_fn`, for `__init__`.
    pub init_fn: Cell<Option<new_object::Bindable>>,
    /// Set by the builtin spec for `__doc__`; `__module__` is in `dict`.
    pub spec: Option<&'static TypeSpec>,
}

/// The dict of a class. That of a builtin class is filled when first looked at: most programs look at few of them.
pub struct ClassDict {
    dict: Gc<Dict>,
    /// A builtin class whose dict is still to be filled.
    unfilled: Cell<Option<Gc<Type>>>,
    is_filled: Cell<bool>,
}

impl ClassDict {
    /// The dict of a Python class.
    pub fn of(dict: Gc<Dict>) -> ClassDict {
        ClassDict { dict, unfilled: Cell::new(None), is_filled: Cell::new(true) }
    }

    /// The dict that a builtin class will have; it lives as long as its interpreter, so that it may refer to itself.
    fn of_builtin(class: &Gc<Type>) -> ClassDict {
        ClassDict { dict: Dict::new(), unfilled: Cell::new(Some(class.clone())), is_filled: Cell::new(false) }
    }

    #[cold]
    #[inline(never)]
    fn fill(&self) {
        self.is_filled.set(true);
        if let Some(class) = self.unfilled.take() {
            build::fill_dict(Vm::current(), &class);
        }
    }
}

impl std::ops::Deref for ClassDict {
    type Target = Gc<Dict>;

    #[inline(always)]
    fn deref(&self) -> &Gc<Dict> {
        if !self.is_filled.get() {
            self.fill();
        }
        &self.dict
    }
}

impl Trace for ClassDict {
    fn trace_value(&self, visit: Visitor<'_>) {
        visit(self.dict.as_value());
    }
}

impl Payload for Type {
    const KIND: Kind = Kind::Type;
    crate::trace_fields!(
        name, qualname, bases, base, mro, dict, subclasses;
        skip slots, flags, version, vtable, volatile, n_replaced, n_member_slots, shapes, has_finalizer, new_fn, init_fn, spec
    );

    fn clear(&self) {
        self.version.set(0);
        let _bases = (std::mem::take(&mut *self.bases.borrow_mut()), self.base.take());
        let _subclasses = std::mem::take(&mut *self.subclasses.borrow_mut());
        self.dict.clear();
        // The first MRO entry is the class itself, the cycle every class has.
        let _mro = std::mem::take(&mut *self.mro.borrow_mut());
    }
}

impl Type {
    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: slots are only replaced whole by `set_slots`, and callers copy one function pointer out at once.
        unsafe { &*self.slots.as_ptr() }
    }

    pub fn set_slots(&self, slots: Slots) {
        self.slots.set(slots);
        self.has_finalizer.set(slots.finalize.is_some());
    }

    #[inline(always)]
    pub fn flags(&self) -> u32 {
        self.flags.get()
    }

    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn set_flag(&self, flag: u32, on: bool) {
        let flags = self.flags.get() & !flag;
        self.flags.set(if on { flags | flag } else { flags });
    }

    #[inline(always)]
    pub fn is_heap_type(&self) -> bool {
        self.flags.get() & type_flags::HEAP != 0
    }

    #[inline(always)]
    pub fn has_finalizer(&self) -> bool {
        self.has_finalizer.get()
    }

    #[inline(always)]
    pub fn n_member_slots(&self) -> usize {
        self.n_member_slots.get()
    }

    #[inline(always)]
    pub fn vtable(&self) -> &'static PayloadVtable {
        self.vtable
    }

    /// Writes the one field that releasing instances needs into a class that is not filled yet.
    ///
    /// # Safety
    /// `class` points to zeroed memory for a `Type`.
    pub(crate) unsafe fn write_vtable(class: *mut Type, vtable: &'static PayloadVtable) {
        // SAFETY: as the caller promised.
        unsafe { (&raw mut (*class).vtable).write(vtable) }
    }

    /// Whether instances are plain Python objects without a builtin payload.
    pub fn is_plain(&self) -> bool {
        self.vtable.kind == Kind::Instance
    }
}
