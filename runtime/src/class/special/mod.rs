//! Special methods and slots: the one table that joins them.
//!
//! For a builtin class every slot it fills becomes a *slot wrapper* in its dict (`int.__add__`), see [`wrappers`]. For a Python class every
//! special method it defines puts a *slot function* into the slot, which looks the method up and calls it, see [`slot_functions`]. Where
//! a Python class merely inherits a slot wrapper, it gets the native slot itself, so that deriving from `list` costs nothing.

pub mod slot_functions;
mod slot_id;
mod table;
pub mod wrappers;

pub use slot_functions::{call_next, call_special, is_python_next, mix_identities, unhashable};
pub use slot_id::SlotId;
pub use table::TABLE;

use super::{Slots, Type, TypeSpec};
use crate::heap::{self, Gc};
use crate::names::Names;
use crate::native::{Args, NativeFunction, Role};
use crate::objects::str::Str;
use crate::value::Value;
use crate::{PyResult, Vm};

use super::descriptors::SlotWrapper;

/// Code of a slot wrapper: calls the slot of the class; the first argument is self and known to be an instance of it.
pub type WrapperFn = fn(&Vm, &'static Special, &Gc<Type>, Args<'_>) -> PyResult;

/// One special method.
pub struct Special {
    pub name: fn(&Names) -> &Gc<Str>,
    pub text: &'static str,
    /// As `__text_signature__`.
    pub signature: &'static str,
    pub doc: &'static str,
    pub slot: SlotId,
    /// `None`: builtin classes get no wrapper for it.
    pub wrap: Option<WrapperFn>,
}

impl Special {
    #[inline]
    pub fn name<'a>(&self, vm: &'a Vm) -> &'a Gc<Str> {
        (self.name)(&vm.names)
    }
}

/// Adds the special methods of the slots that `spec` fills (not of inherited ones) to the dict of a builtin class.
pub fn add_slot_wrappers(vm: &Vm, class: &Gc<Type>, spec: &'static TypeSpec) {
    let is_object = class.base.borrow().is_none();
    let mut own = spec.slots;
    if spec.init.is_some() {
        own.init = class.slots().init;
    }
    if spec.new.is_some() {
        own.new = class.slots().new;
    }
    let dict = &class.dict;
    for special in TABLE {
        let Some(wrap) = special.wrap else { continue };
        let filled = special.slot.is_filled(&own) || is_object && special.slot.is_default_of_object();
        let name = special.name(vm);
        if !filled || dict.get_str(name).is_some() {
            continue;
        }
        if special.slot == SlotId::Hash && own.hash.is_some_and(is_unhashable) {
            continue;
        }
        let wrapper = SlotWrapper { special, wrap, class: class.clone() };
        dict.insert_str(name, heap::alloc(vm.types.wrapper_descriptor(), wrapper).into());
    }
    let not_hashable = own.hash.is_some_and(is_unhashable) || own.hash.is_none() && own.compare.is_some();
    if not_hashable && !is_object && dict.get_str(&vm.names.__hash__).is_none() {
        dict.insert_str(&vm.names.__hash__, Value::NONE);
    }
    if own.new.is_some() && dict.get_str(&vm.names.__new__).is_none() {
        dict.insert_str(&vm.names.__new__, new_wrapper(vm, class));
    }
}

/// `cls.__new__` of a builtin class.
fn new_wrapper(vm: &Vm, class: &Gc<Type>) -> Value {
    let mut function = NativeFunction::new(&super::new_object::NEW_WRAPPER, Role::New);
    function.receiver = Some(class.to_value());
    heap::alloc(vm.types.builtin_function_or_method(), function).into()
}

fn is_unhashable(hash: super::HashFn) -> bool {
    std::ptr::fn_addr_eq(hash, unhashable as super::HashFn)
}

/// Slots of a new Python class: those of its bases, with what its own dict and, where there are several bases, its MRO say.
pub fn init_slots(vm: &Vm, class: &Gc<Type>) {
    let bases = class.bases.borrow().clone();
    if let [base] = bases.as_slice() {
        class.set_slots(*base.slots());
        class.new_fn.set(base.new_fn.get());
        class.init_fn.set(base.init_fn.get());
        let mut changed: Vec<SlotId> = Vec::new();
        for (key, _) in class.dict.snapshot() {
            if let Some(name) = key.downcast::<Str>() {
                for id in slots_of_name(vm, name) {
                    if !changed.contains(&id) {
                        changed.push(id);
                    }
                }
            }
        }
        recompute(vm, class, &changed);
        return;
    }
    let mut slots = Slots::NONE;
    for base in &class.mro.borrow()[1..] {
        slots.inherit(base.slots());
    }
    class.set_slots(slots);
    update_slots(vm, class);
}

/// Works every slot of a Python class out anew, after its bases changed.
pub fn update_slots(vm: &Vm, class: &Gc<Type>) {
    recompute(vm, class, &SlotId::all());
}

/// Adapts the slots of a class and its subclasses after `name` was set or deleted in its dict.
pub fn update_slot(vm: &Vm, class: &Gc<Type>, name: &Gc<Str>) {
    let ids: Vec<SlotId> = slots_of_name(vm, name).collect();
    if !ids.is_empty() {
        update_recursively(vm, class, &ids);
    }
}

fn update_recursively(vm: &Vm, class: &Gc<Type>, ids: &[SlotId]) {
    if class.is_heap_type() {
        recompute(vm, class, ids);
    }
    for subclass in class.live_subclasses() {
        update_recursively(vm, &subclass, ids);
    }
}

/// The slots that special method `name` has a part in.
fn slots_of_name<'a>(vm: &'a Vm, name: &'a Gc<Str>) -> impl Iterator<Item = SlotId> + 'a {
    let is_special = name.as_bytes().starts_with(b"__");
    TABLE.iter().filter(move |special| is_special && special.name(vm) == name).map(|special| special.slot)
}

fn recompute(vm: &Vm, class: &Gc<Type>, ids: &[SlotId]) {
    if ids.is_empty() {
        return;
    }
    let mut slots = *class.slots();
    for &id in ids {
        recompute_one(vm, class, id, &mut slots);
    }
    class.set_slots(slots);
}

/// Fills one slot from the attributes found along the MRO.
fn recompute_one(vm: &Vm, class: &Gc<Type>, id: SlotId, slots: &mut Slots) {
    let mut native: Option<Gc<Type>> = None;
    let mut generic = false;
    for special in TABLE.iter().filter(|special| special.slot == id) {
        let Some(found) = class.lookup(special.name(vm)) else { continue };
        if id == SlotId::Hash && found.is_none() {
            slots.hash = Some(unhashable);
            return;
        }
        let owner = if let Some(wrapper) = found.downcast::<SlotWrapper>() {
            let same_name = wrapper.special.text == special.text;
            let is_power = id == SlotId::Pow && wrapper.special.slot == SlotId::Binary(super::BinaryOp::Pow);
            if wrapper.special.slot != id && same_name && !is_power {
                // `list.__add__` is concatenation: no reason to fill the numeric slot.
                continue;
            }
            same_name.then(|| wrapper.class.clone())
        } else if id == SlotId::New {
            found
                .downcast::<NativeFunction>()
                .filter(|function| function.role == Role::New)
                .and_then(|function| function.receiver.clone()?.into_gc::<Type>().ok())
        } else {
            None
        };
        match owner.filter(|owner| class.is_subclass(owner)) {
            None => generic = true,
            Some(owner) => match &native {
                None => native = Some(owner),
                Some(other) => generic |= !id.same(other.slots(), owner.slots()),
            },
        }
    }
    match native {
        _ if generic => id.install_generic(slots),
        Some(owner) => {
            id.copy(owner.slots(), slots);
            match id {
                SlotId::New => class.new_fn.set(owner.new_fn.get()),
                SlotId::Init => class.init_fn.set(owner.init_fn.get()),
                _ => {}
            }
        }
        None => id.clear(slots),
    }
}
