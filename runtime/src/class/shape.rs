//! Shapes (hidden classes): which attribute of a plain instance lies in which slot.
//!
//! Every class has a root shape; adding attribute `x` to an instance moves it along the transition named `x`. All
//! instances that got the same attributes in the same order share a shape, so one compare tells an inline cache where an attribute is.
//! Shapes belong to their class and live as long as it.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::Vm;
use crate::heap::Gc;
use crate::objects::str::Str;

/// Attributes an instance may have before it gets a dict.
pub const MAX_SLOTS: usize = 64;
/// Shapes a class may make before its instances get dicts (attribute names that are data, not code).
const MAX_SHAPES: usize = 1024;

/// One set of attributes in order of creation.
pub struct Shape {
    /// Never reused; what inline caches compare.
    pub id: u32,
    names: Vec<Gc<Str>>,
    transitions: RefCell<HashMap<u64, Rc<Shape>>>,
    /// Slot by interned name's address, made once there are many.
    index: OnceCell<HashMap<u64, u32>>,
}

impl Shape {
    fn new(id: u32, names: Vec<Gc<Str>>) -> Rc<Shape> {
        Rc::new(Shape { id, names, transitions: RefCell::default(), index: OnceCell::new() })
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Attribute names in the order of their slots.
    pub fn names(&self) -> &[Gc<Str>] {
        &self.names
    }

    /// Slot of an interned name.
    #[inline]
    pub fn slot(&self, name: &Gc<Str>) -> Option<usize> {
        if self.names.len() <= 8 {
            return self.names.iter().position(|entry| entry.is(name));
        }
        let index = self.index.get_or_init(|| {
            self.names.iter().enumerate().map(|(at, name)| (name.as_value().bits(), at as u32)).collect()
        });
        index.get(&name.as_value().bits()).map(|&at| at as usize)
    }
}

/// A class's shapes.
#[derive(Default)]
pub struct ShapeRoot {
    root: OnceCell<Rc<Shape>>,
    n_shapes: Cell<usize>,
    /// Slots new instances are given room for.
    pub capacity: Cell<usize>,
}

impl ShapeRoot {
    /// The shape of an instance without attributes.
    #[inline]
    pub fn root(&self) -> &Rc<Shape> {
        self.root.get_or_init(|| Shape::new(Vm::current().fresh_version(), Vec::new()))
    }

    /// The shape after adding an interned name; `None` when the instance should get a dict instead.
    pub fn extended(&self, shape: &Rc<Shape>, name: &Gc<Str>) -> Option<Rc<Shape>> {
        let key = name.as_value().bits();
        if let Some(next) = shape.transitions.borrow().get(&key) {
            return Some(next.clone());
        }
        if shape.len() >= MAX_SLOTS || self.n_shapes.get() >= MAX_SHAPES {
            return None;
        }
        let id = Vm::current().fresh_version();
        if id == 0 {
            return None;
        }
        self.n_shapes.set(self.n_shapes.get() + 1);
        let mut names = shape.names.clone();
        names.push(name.clone());
        let next = Shape::new(id, names);
        shape.transitions.borrow_mut().insert(key, next.clone());
        Some(next)
    }
}
