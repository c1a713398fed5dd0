//! Instances of Python classes without builtin payload, and attribute storage of every kind of object.
//!
//! A plain instance has its `__slots__` values and its attributes in one inline array: members first, then attributes as its
//! shape says. It trades the array's attributes for a real dict when its `__dict__` is asked for, when it outgrows its room, or
//! when attributes are deleted out of order.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::mem::ManuallyDrop;
use std::rc::Rc;

use super::shape::Shape;
use super::{Type, type_flags};
use crate::heap::{self, Gc, Kind, Payload, Visitor};
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::objects::function::Function;
use crate::objects::module::Module;
use crate::objects::static_method::{ClassMethod, StaticMethod};
use crate::objects::str::Str;
use crate::objects::type_parameter::TypeParameter;
use crate::tasks::future::with_own_attributes;
use crate::value::Value;
use crate::{PyResult, Vm};

/// See the module.
#[repr(C)]
pub struct Instance {
    /// Id of the shape: what inline caches compare; 0 in dict mode, which is also that of instances without attributes of their own.
    shape_id: Cell<u32>,
    /// Length of the inline array.
    capacity: u16,
    /// How many of it are `__slots__` members.
    n_members: u16,
    attributes: UnsafeCell<Attributes>,
}

/// Where an instance's attributes are: `dict` while the shape's id is 0, else `shape`.
union Attributes {
    /// Owned by the class through its root, so no count is kept here.
    shape: *const Shape,
    dict: ManuallyDrop<Option<Gc<Dict>>>,
}

impl Payload for Instance {
    const KIND: Kind = Kind::Instance;

    fn trace(&self, visit: Visitor<'_>) {
        if let Some(dict) = self.dict() {
            visit(dict.as_value());
        }
        for value in self.values() {
            // SAFETY: no slot changes while the collector visits.
            visit(unsafe { &*value.get() });
        }
    }

    fn clear(&self) {
        if self.shape_id.get() == 0 {
            // SAFETY: dict mode; no reference into the cell is held across this.
            drop(unsafe { (*(*self.attributes.get()).dict).take() });
        }
        for index in 0..self.capacity as usize {
            drop(self.replace(index, Value::UNBOUND));
        }
    }

    fn trailing_layout(&self) -> Layout {
        let size = size_of::<Instance>() + self.capacity as usize * size_of::<Value>();
        Layout::from_size_align(size, align_of::<Instance>()).expect("a few dozen words")
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        for value in self.values() {
            // SAFETY: every slot is initialised, and dropped only here.
            unsafe { std::ptr::drop_in_place(value.get()) };
        }
        if self.shape_id.get() == 0 {
            // SAFETY: dict mode.
            unsafe { ManuallyDrop::drop(&mut self.attributes.get_mut().dict) };
        }
    }
}

impl Instance {
    /// A new instance of a plain Python class (or of `object` itself).
    pub fn new(class: &Gc<Type>) -> Gc<Instance> {
        let n_members = class.n_member_slots();
        let room = if class.has_flag(type_flags::HAS_DICT) { class.shapes.capacity.get() } else { 0 };
        let capacity = n_members + room;
        // Without an id for its root, should ids have run out, attributes go to a dict.
        let shape =
            class.has_flag(type_flags::HAS_DICT).then(|| class.shapes.root()).filter(|root| root.id != 0);
        let attributes = match shape {
            Some(shape) => Attributes { shape: Rc::as_ptr(shape) },
            None => Attributes { dict: ManuallyDrop::new(None) },
        };
        let body = Instance {
            shape_id: Cell::new(shape.map_or(0, |shape| shape.id)),
            capacity: capacity as u16,
            n_members: n_members as u16,
            attributes: UnsafeCell::new(attributes),
        };
        // SAFETY: all `capacity` slots are written; a plain class's instances carry no Extra, see `heap::alloc_plain`.
        unsafe {
            heap::alloc_plain::<Instance, Value>(class, body, |out| {
                for index in 0..capacity {
                    out.add(index).write(Value::UNBOUND);
                }
            })
        }
    }

    #[inline(always)]
    fn values(&self) -> &[UnsafeCell<Value>] {
        // SAFETY: `capacity` initialised values follow the payload.
        unsafe {
            std::slice::from_raw_parts(
                (self as *const Instance).add(1).cast::<UnsafeCell<Value>>(),
                self.capacity as usize,
            )
        }
    }

    #[inline(always)]
    pub fn shape_id(&self) -> u32 {
        self.shape_id.get()
    }

    /// Address of inline value `index`, for caches that have checked the shape.
    #[inline(always)]
    pub(crate) fn value_ptr(&self, index: usize) -> *mut Value {
        debug_assert!(index < self.capacity as usize);
        // SAFETY: in the inline array; caches only hold indexes of shapes, which fit the capacity of instances that have them.
        unsafe { self.values().get_unchecked(index).get() }
    }

    /// Identifies the shape to [`Instance::add`].
    pub(crate) fn shape_address(&self) -> u64 {
        self.shape().map_or(0, |shape| std::ptr::from_ref(shape) as u64)
    }

    /// Adds the attribute that leads from the instance's shape to `shape`, if there is room.
    ///
    /// # Safety
    /// `shape` is what [`Instance::shape_address`] gave for an instance of the same class that had this instance's shape and got one
    /// attribute more; the class has lived since.
    #[inline(always)]
    pub(crate) unsafe fn add(&self, shape: u64, value: Value) -> Result<(), Value> {
        // SAFETY: shapes live as long as their class.
        let next = unsafe { &*(shape as *const Shape) };
        let index = self.n_members as usize + next.len() - 1;
        if index >= self.capacity as usize {
            return Err(value);
        }
        // SAFETY: inside the inline array; the slot is free, so it owns nothing.
        unsafe { self.values().get_unchecked(index).get().write(value) };
        self.set_shape(next);
        Ok(())
    }

    #[inline(always)]
    fn replace(&self, index: usize, value: Value) -> Value {
        // SAFETY: single-threaded under the interpreter lock; no reference into the slot outlives a statement.
        unsafe { std::mem::replace(&mut *self.values()[index].get(), value) }
    }

    fn read(&self, index: usize) -> Option<Value> {
        // SAFETY: as in `replace`.
        let value = unsafe { &*self.values()[index].get() };
        (!value.is_unbound()).then(|| value.clone())
    }

    /// The real dict, in dict mode.
    #[inline]
    pub fn dict(&self) -> Option<&Gc<Dict>> {
        if self.shape_id.get() != 0 {
            return None;
        }
        // SAFETY: dict mode; the option is only replaced by `clear` and `set_dict`.
        unsafe { (*self.attributes.get()).dict.as_ref() }
    }

    fn shape(&self) -> Option<&Shape> {
        if self.shape_id.get() == 0 {
            return None;
        }
        // SAFETY: shape mode; the class owns the shape and outlives the instance.
        Some(unsafe { &*(*self.attributes.get()).shape })
    }

    /// Moves on from one shape, so that no dict is lost, to another.
    #[inline(always)]
    fn set_shape(&self, shape: &Shape) {
        debug_assert!(self.shape_id.get() != 0 && shape.id != 0);
        self.shape_id.set(shape.id);
        // SAFETY: single-threaded under the interpreter lock; what was there owned nothing.
        unsafe { (*self.attributes.get()).shape = shape };
    }

    /// Index in the inline array where attribute `name` lies, if the instance is in shape mode and has it.
    pub fn slot_of(&self, name: &Gc<Str>) -> Option<usize> {
        Some(self.n_members as usize + self.shape()?.slot(name)?)
    }

    pub fn member(&self, index: usize) -> Option<Value> {
        self.read(index)
    }

    /// Sets a `__slots__` member (unbound: deletes) and gives the old value.
    pub fn set_member(&self, index: usize, value: Value) -> Value {
        self.replace(index, value)
    }

    pub fn get(&self, name: &Gc<Str>) -> Option<Value> {
        match self.shape() {
            Some(shape) => self.read(self.n_members as usize + shape.slot(name)?),
            None => self.dict()?.get_str(name),
        }
    }

    /// Sets an attribute. `name` is interned.
    fn set(&self, class: &Gc<Type>, name: &Gc<Str>, value: Value) {
        if let Some(shape) = self.shape() {
            if let Some(slot) = shape.slot(name) {
                drop(self.replace(self.n_members as usize + slot, value));
                return;
            }
            // SAFETY: the pointer came from an Rc that the class still holds.
            let shape = unsafe {
                Rc::increment_strong_count(shape);
                Rc::from_raw(shape)
            };
            let index = self.n_members as usize + shape.len();
            if index < self.capacity as usize {
                if let Some(next) = class.shapes.extended(&shape, name) {
                    drop(self.replace(index, value));
                    self.set_shape(&next);
                    return;
                }
            } else if shape.len() < super::shape::MAX_SLOTS {
                // Later instances get the room this one lacked.
                class.shapes.capacity.set((shape.len() + 1).max(class.shapes.capacity.get()).max(4));
            }
        }
        drop(self.materialize().insert_str(name, value));
    }

    fn remove(&self, name: &Gc<Str>) -> bool {
        if let Some(shape) = self.shape() {
            if shape.slot(name).is_none() {
                return false;
            }
            self.materialize();
        }
        self.dict().is_some_and(|dict| dict.remove_str(name).is_some())
    }

    /// Moves the attributes into a real dict, which they live in from now on.
    pub fn materialize(&self) -> &Gc<Dict> {
        if self.dict().is_none() {
            let dict = Dict::new();
            for (slot, name) in self.shape().map_or(&[][..], Shape::names).iter().enumerate() {
                let value = self.replace(self.n_members as usize + slot, Value::UNBOUND);
                dict.table.push(name.hash_value(), name.to_value(), value);
            }
            self.set_dict(dict);
        }
        self.dict().expect("made above")
    }

    /// Replaces all attributes by a dict.
    pub fn set_dict(&self, dict: Gc<Dict>) {
        for index in self.n_members as usize..self.capacity as usize {
            drop(self.replace(index, Value::UNBOUND));
        }
        let dict = Attributes { dict: ManuallyDrop::new(Some(dict)) };
        // SAFETY: references from `dict()` do not outlive a statement.
        let old = std::mem::replace(unsafe { &mut *self.attributes.get() }, dict);
        if self.shape_id.replace(0) == 0 {
            // SAFETY: it was in dict mode.
            drop(unsafe { ManuallyDrop::into_inner(old.dict) });
        }
    }
}

/// Values an object may keep its attributes in, by payload.
impl Vm {
    /// Whether instances like this have a `__dict__`.
    pub fn has_instance_dict(&self, value: &Value) -> bool {
        self.type_of(value).has_flag(type_flags::HAS_DICT) || with_own_attributes(value).is_some()
    }

    /// Attribute `name` (interned) of the object itself, without its class.
    pub fn instance_attribute(&self, value: &Value, name: &Gc<Str>) -> Option<Value> {
        let header = value.header()?;
        if header.kind() == Kind::Instance {
            return value.downcast::<Instance>()?.get(name);
        }
        if let Some(core) = with_own_attributes(value) {
            return core.rare.borrow().as_ref()?.attributes.as_ref()?.downcast::<Dict>()?.get_str(name);
        }
        self.dict_cell(value)?.borrow().as_ref()?.downcast::<Dict>()?.get_str(name)
    }

    /// Sets or deletes an attribute of the object itself. `false` if it has no place for attributes, or nothing to delete.
    pub fn set_instance_attribute(
        &self,
        value: &Value,
        name: &Gc<Str>,
        new: Option<&Value>,
    ) -> PyResult<bool> {
        if !self.has_instance_dict(value) {
            return Ok(false);
        }
        if let Some(instance) = value.downcast::<Instance>() {
            return Ok(match new {
                Some(new) => {
                    instance.set(self.type_of(value), &self.intern_str(name), new.clone());
                    true
                }
                None => instance.remove(name),
            });
        }
        match new {
            Some(new) => {
                let Some(dict) = self.instance_dict(value) else { return Ok(false) };
                drop(dict.insert_str(name, new.clone()));
                Ok(true)
            }
            None if with_own_attributes(value).is_some() => {
                let found = self.instance_attribute(value, name).is_some();
                if found {
                    self.instance_dict(value).and_then(|dict| dict.remove_str(name));
                }
                Ok(found)
            }
            None => {
                let Some(cell) = self.dict_cell(value) else { return Ok(false) };
                let dict = cell.borrow().clone();
                Ok(dict.and_then(|dict| dict.downcast::<Dict>()?.remove_str(name)).is_some())
            }
        }
    }

    /// The object's `__dict__`, made now if it has none yet; `None` if its class has no room for one.
    pub fn instance_dict(&self, value: &Value) -> Option<Gc<Dict>> {
        if !self.has_instance_dict(value) {
            return None;
        }
        if let Some(instance) = value.downcast::<Instance>() {
            return Some(instance.materialize().clone());
        }
        if let Some(core) = with_own_attributes(value) {
            return Some(self.future_attributes(core));
        }
        let cell = self.dict_cell(value)?;
        if cell.borrow().is_none() {
            let dict = Dict::new();
            cell.replace(Some(dict.into()));
        }
        let dict = cell.borrow().clone();
        dict?.into_gc::<Dict>().ok()
    }

    /// Replaces the object's `__dict__`. `false` if it has no place for one.
    pub fn set_instance_dict(&self, value: &Value, dict: Gc<Dict>) -> bool {
        if let Some(instance) = value.downcast::<Instance>() {
            instance.set_dict(dict);
            return true;
        }
        if let Some(core) = with_own_attributes(value) {
            self.set_future_attributes(core, dict);
            return true;
        }
        match self.dict_cell(value) {
            Some(cell) => {
                let _old = cell.replace(Some(dict.into()));
                true
            }
            None => false,
        }
    }

    /// Where objects that are no plain instances keep their dict.
    fn dict_cell<'a>(&self, value: &'a Value) -> Option<&'a RefCell<Option<Value>>> {
        match value.kind()? {
            Kind::Exception => Some(&value.downcast::<Exception>()?.dict),
            Kind::Function => Some(&value.downcast::<Function>()?.dict),
            Kind::Module => Some(&value.downcast::<Module>()?.dict),
            Kind::StaticMethod => Some(&value.downcast::<StaticMethod>()?.dict),
            Kind::ClassMethod => Some(&value.downcast::<ClassMethod>()?.dict),
            _ => match value.downcast::<TypeParameter>() {
                Some(parameter) => Some(&parameter.dict),
                None => Some(&value.header()?.extra()?.dict),
            },
        }
    }
}
