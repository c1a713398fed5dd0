//! `type.__new__`: making a class from name, bases and namespace.

use std::cell::{Cell, RefCell};

use super::shape::{MAX_SLOTS, ShapeRoot};
use super::type_object::add_subclass;
use super::{ClassDict, NewFn, Slots, Type, descriptors, mro, special, type_flags};
use crate::heap::{self, Gc};
use crate::native::Args;
use crate::objects::cell::CellObject;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::object;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// `type.__new__(metaclass, name, bases, namespace, **kwargs)`.
pub fn type_new(vm: &Vm, metaclass: &Gc<Type>, args: Args<'_>) -> PyResult {
    let [name, bases, namespace] = args.values else {
        return vm.raise(
            Exc::TypeError,
            format!("type.__new__() takes exactly 3 arguments ({} given)", args.len()),
        );
    };
    let wrong = |position: usize, expected: &str, got: &Value| {
        let got = vm.type_name(got);
        vm.raise(Exc::TypeError, format!("type.__new__() argument {position} must be {expected}, not {got}"))
    };
    let Some(name) = name.downcast::<Str>() else { return wrong(1, "str", name) };
    let Some(base_tuple) = bases.downcast::<Tuple>() else { return wrong(2, "tuple", bases) };
    let Some(namespace) = namespace.downcast::<Dict>() else { return wrong(3, "dict", namespace) };

    for base in base_tuple.items() {
        if base.downcast::<Type>().is_none() && vm.get_attr_opt(base, &vm.names.__mro_entries__)?.is_some() {
            return vm
                .raise(Exc::TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
        }
    }
    let winner = calculate_metaclass(vm, metaclass, base_tuple.items())?;
    if !winner.is(metaclass) {
        if let Some(new) = winner.slots().new {
            if !std::ptr::fn_addr_eq(new, type_new as NewFn) {
                return new(vm, &winner, args);
            }
        }
    }
    let bases = match base_tuple.items() {
        [] => vec![vm.types.object().clone()],
        items => check_bases(vm, items)?,
    };
    let base = best_base(vm, &bases)?;
    build(vm, &winner, name, &bases, &base, namespace, args)
}

/// The most derived of `metaclass` and the metaclasses of the bases.
///
/// # Errors
/// TypeError "metaclass conflict: ..." if none derives from all others.
pub fn calculate_metaclass(vm: &Vm, metaclass: &Gc<Type>, bases: &[Value]) -> PyResult<Gc<Type>> {
    let mut winner = metaclass.clone();
    for base in bases {
        let class = vm.type_of(base);
        if winner.is_subclass(class) {
            continue;
        }
        if class.is_subclass(&winner) {
            winner = class.clone();
            continue;
        }
        return vm.raise(
            Exc::TypeError,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of \
             all its bases",
        );
    }
    Ok(winner)
}

fn check_bases(vm: &Vm, items: &[Value]) -> PyResult<Vec<Gc<Type>>> {
    let mut bases = Vec::with_capacity(items.len());
    for base in items {
        let Some(base) = base.downcast::<Type>() else {
            return vm.raise(Exc::TypeError, "bases must be types");
        };
        if !base.has_flag(type_flags::BASE_TYPE) {
            let name = base.display_name();
            return vm.raise(Exc::TypeError, format!("type '{name}' is not an acceptable base type"));
        }
        bases.push(base.clone());
    }
    Ok(bases)
}

/// Whether instances of `class` have more in them than those of its base, its attributes' dict aside.
fn extends_layout(class: &Gc<Type>, base: &Gc<Type>) -> bool {
    class.vtable.type_id != base.vtable.type_id
        || class.n_member_slots() > base.n_member_slots()
        || super::build::exception_fields(class) > super::build::exception_fields(base)
}

/// The nearest class up the layout chain that adds to it.
pub fn solid_base(class: &Gc<Type>) -> Gc<Type> {
    let mut class = class.clone();
    loop {
        let Some(base) = class.base.borrow().clone() else { return class };
        if extends_layout(&class, &base) {
            return class;
        }
        class = base;
    }
}

/// The base whose layout the new class extends.
///
/// # Errors
/// TypeError "multiple bases have instance lay-out conflict".
pub fn best_base(vm: &Vm, bases: &[Gc<Type>]) -> PyResult<Gc<Type>> {
    let mut best: Option<(Gc<Type>, Gc<Type>)> = None;
    for base in bases {
        let candidate = solid_base(base);
        best = match best {
            None => Some((base.clone(), candidate)),
            Some((base_so_far, winner)) if winner.is_subclass(&candidate) => Some((base_so_far, winner)),
            Some((_, winner)) if candidate.is_subclass(&winner) => Some((base.clone(), candidate)),
            Some(_) => {
                return vm.raise(Exc::TypeError, "multiple bases have instance lay-out conflict");
            }
        };
    }
    Ok(best.map_or_else(|| vm.types.object().clone(), |(base, _)| base))
}

/// Whether an instance of one class may become one of the other.
pub fn same_layout(a: &Gc<Type>, b: &Gc<Type>) -> bool {
    let flags = type_flags::HAS_DICT | type_flags::HAS_WEAKREF;
    if a.flags() & flags != b.flags() & flags || a.vtable.type_id != b.vtable.type_id {
        return false;
    }
    let (solid_a, solid_b) = (solid_base(a), solid_base(b));
    if solid_a.is(&solid_b) {
        return true;
    }
    // Classes that add the same members to the same base also agree.
    let bases = (solid_a.base.borrow().clone(), solid_b.base.borrow().clone());
    let (Some(base_a), Some(base_b)) = bases else { return false };
    solid_base(&base_a).is(&solid_base(&base_b))
        && solid_a.is_heap_type()
        && solid_b.is_heap_type()
        && member_names(&solid_a) == member_names(&solid_b)
}

fn member_names(class: &Gc<Type>) -> Vec<(String, usize)> {
    let mut names: Vec<(String, usize)> = class
        .dict
        .snapshot()
        .iter()
        .filter_map(|(_, value)| value.downcast::<descriptors::Member>())
        .filter_map(|member| match member.source {
            descriptors::MemberSource::Slot(index) => Some((member.name.to_string(), index)),
            descriptors::MemberSource::Native(_) => None,
        })
        .collect();
    names.sort();
    names
}

/// Instances keep their items inline, after the fixed part: no room for members or weak references in CPython's layout.
fn is_variable_sized(vm: &Vm, class: &Gc<Type>) -> bool {
    let types = &vm.types;
    [types.int(), types.tuple(), types.bytes(), types.type_()]
        .into_iter()
        .any(|variable| class.is_subclass(variable))
}

/// What `__slots__` asks for.
struct MemberPlan {
    /// Mangled and sorted.
    names: Vec<Gc<Str>>,
    add_dict: bool,
    add_weakref: bool,
}

fn plan_members(
    vm: &Vm,
    name: &Gc<Str>,
    bases: &[Gc<Type>],
    base: &Gc<Type>,
    dict: &Gc<Dict>,
) -> PyResult<MemberPlan> {
    let is_type = base.is_subclass(vm.types.type_());
    let may_add_dict = !base.has_flag(type_flags::HAS_DICT) && !is_type;
    let may_add_weakref = !base.has_flag(type_flags::HAS_WEAKREF) && !is_variable_sized(vm, base);
    let Some(slots) = dict.get_str(&vm.names.__slots__) else {
        return Ok(MemberPlan { names: Vec::new(), add_dict: may_add_dict, add_weakref: may_add_weakref });
    };
    let items = match slots.downcast::<Str>() {
        Some(_) => vec![slots.clone()],
        None => vm.collect(&slots)?,
    };
    if !items.is_empty() && is_variable_sized(vm, base) {
        let name = base.display_name();
        return vm.raise(Exc::TypeError, format!("nonempty __slots__ not supported for subtype of '{name}'"));
    }
    let mut plan = MemberPlan { names: Vec::new(), add_dict: false, add_weakref: false };
    let mut already_there: Vec<String> = Vec::new();
    for item in &items {
        let Some(slot) = item.downcast::<Str>() else {
            return vm.raise_type_of("__slots__ items must be strings, not '{}'", item);
        };
        let text = slot.to_string();
        if !crate::text::unicode::str_is_identifier(slot.as_bytes()) {
            return vm.raise(Exc::TypeError, "__slots__ must be identifiers");
        }
        match text.as_str() {
            "__dict__" => {
                if !may_add_dict || plan.add_dict {
                    return vm.raise(Exc::TypeError, "__dict__ slot disallowed: we already got one");
                }
                plan.add_dict = true;
                continue;
            }
            "__weakref__" => {
                if !may_add_weakref || plan.add_weakref {
                    return vm.raise(Exc::TypeError, "__weakref__ slot disallowed: we already got one");
                }
                plan.add_weakref = true;
                continue;
            }
            _ => already_there.push(text),
        }
        let mangled = mangle(vm, name, slot);
        let names = &vm.names;
        let is_internal = [&names.__qualname__, &names.__classcell__, &names.__classdictcell__]
            .into_iter()
            .any(|internal| internal.is(&mangled));
        if dict.get_str(&mangled).is_some() && !is_internal {
            let shown = vm.repr_text(mangled.as_value())?;
            return vm.raise(Exc::ValueError, format!("{shown} in __slots__ conflicts with class variable"));
        }
        plan.names.push(mangled);
    }
    plan.names.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    // Secondary bases may still bring a dict or weak references.
    for other in bases {
        plan.add_dict |= may_add_dict && other.has_flag(type_flags::HAS_DICT);
        plan.add_weakref |= may_add_weakref && other.has_flag(type_flags::HAS_WEAKREF);
    }
    Ok(plan)
}

/// Private names get the class's name in front.
fn mangle(vm: &Vm, class: &Gc<Str>, name: &Gc<Str>) -> Gc<Str> {
    let (text, class) = (name.to_string(), class.to_string());
    let class = class.trim_start_matches('_');
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') || class.is_empty() {
        return vm.intern_str(name);
    }
    vm.intern(&format!("_{class}{text}"))
}

fn build(
    vm: &Vm,
    metaclass: &Gc<Type>,
    name: &Gc<Str>,
    bases: &[Gc<Type>],
    base: &Gc<Type>,
    namespace: &Gc<Dict>,
    args: Args<'_>,
) -> PyResult {
    if name.as_bytes().contains(&0) {
        return vm.raise(Exc::ValueError, "type name must not contain null characters");
    }
    let dict = copy_namespace(vm, namespace);
    let plan = plan_members(vm, name, bases, base, &dict)?;
    let qualname = match dict.get_str(&vm.names.__qualname__) {
        None => vm.intern_str(name),
        Some(qualname) => match qualname.downcast::<Str>() {
            Some(text) => {
                dict.remove_str(&vm.names.__qualname__);
                text.clone()
            }
            None => return vm.raise_type_of("type __qualname__ must be a str, not {}", &qualname),
        },
    };

    let mut flags = type_flags::BASE_TYPE | type_flags::HEAP;
    for base in bases {
        flags |= base.flags() & (type_flags::HAS_DICT | type_flags::HAS_WEAKREF | type_flags::MATCH_SELF);
        // What patterns take the class for, the first base says that is either.
        if flags & (type_flags::SEQUENCE | type_flags::MAPPING) == 0 {
            flags |= base.flags() & (type_flags::SEQUENCE | type_flags::MAPPING);
        }
    }
    if base.is_subclass(vm.types.type_()) {
        flags &= !type_flags::HAS_DICT;
    }
    if plan.add_dict {
        flags |= type_flags::HAS_DICT;
    }
    if plan.add_weakref {
        flags |= type_flags::HAS_WEAKREF;
    }
    let n_inherited = base.n_member_slots();
    let body = Type {
        name: RefCell::new(vm.intern_str(name)),
        qualname: RefCell::new(qualname),
        bases: RefCell::new(bases.to_vec()),
        base: RefCell::new(Some(base.clone())),
        mro: RefCell::default(),
        dict: ClassDict::of(dict.clone()),
        slots: Cell::new(Slots::NONE),
        flags: Cell::new(flags),
        version: Cell::new(0),
        subclasses: RefCell::default(),
        volatile: RefCell::default(),
        n_replaced: Cell::new(0),
        vtable: base.vtable,
        n_member_slots: Cell::new(n_inherited + plan.names.len()),
        shapes: ShapeRoot::default(),
        has_finalizer: Cell::new(false),
        new_fn: Cell::new(None),
        init_fn: Cell::new(None),
        spec: None,
    };
    let class = heap::alloc_for(metaclass, body);
    class.mro.replace(vec![class.clone()]);
    set_capacity(vm, &class);
    complete_namespace(vm, &class, &plan, n_inherited)?;
    compute_mro(vm, &class)?;
    for base in bases {
        add_subclass(vm, base, &class);
    }
    if dict.get_str(&vm.names.__hash__).is_none() && dict.get_str(&vm.names.__eq__).is_some() {
        dict.insert_str(&vm.names.__hash__, Value::NONE);
    }
    special::init_slots(vm, &class);
    set_names(vm, &class)?;
    init_subclass(vm, &class, args)?;
    Ok(class.into())
}

/// The class's own dict; keys that are strings become interned, as attribute lookups like them.
fn copy_namespace(vm: &Vm, namespace: &Gc<Dict>) -> Gc<Dict> {
    let dict = namespace.copy();
    let needs_interning =
        dict.snapshot().iter().any(|(key, _)| key.downcast::<Str>().is_some_and(|key| !key.is_interned()));
    if !needs_interning {
        return dict;
    }
    let interned = Dict::new();
    for (key, value) in dict.snapshot() {
        match key.downcast_exact::<Str>() {
            Some(name) => drop(interned.insert_str(&vm.intern_str(name), value)),
            None => match vm.hash(&key) {
                Ok(hash) => drop(interned.table.push(hash as u64, key, value)),
                Err(raised) => drop(vm.take_raised(raised)),
            },
        }
    }
    interned
}

/// Room in new instances for the attributes that the methods of the class and of its bases assign to self.
fn set_capacity(vm: &Vm, class: &Gc<Type>) {
    let own = class.dict.get_str(&vm.names.__static_attributes__);
    let own = own.and_then(|names| names.downcast::<Tuple>().map(|names| names.len())).unwrap_or(0);
    let inherited: usize = class.bases.borrow().iter().map(|base| base.shapes.capacity.get()).sum();
    // Attributes from elsewhere only: a few.
    let expected = if own + inherited == 0 { 4 } else { own + inherited };
    class.shapes.capacity.set(expected.min(MAX_SLOTS));
}

/// `__module__`, `__doc__`, implicit static and class methods, members, `__dict__`, `__weakref__`, and the cells of the class body.
fn complete_namespace(vm: &Vm, class: &Gc<Type>, plan: &MemberPlan, n_inherited: usize) -> PyResult<()> {
    let (dict, names) = (&class.dict, &vm.names);
    if dict.get_str(&names.__module__).is_none() {
        if let Some(module) = vm.caller_globals().and_then(|globals| globals.get_str(&names.__name__)) {
            dict.insert_str(&names.__module__, module);
        }
    }
    if let Some(new) = dict.get_str(&names.__new__) {
        if new.downcast::<Function>().is_some() {
            dict.insert_str(&names.__new__, static_method_of(vm, new)?);
        }
    }
    for name in [&names.__init_subclass__, &names.__class_getitem__] {
        if let Some(method) = dict.get_str(name) {
            if method.downcast::<Function>().is_some() {
                let wrapped = vm.call(vm.types.classmethod().as_value(), &[method])?;
                dict.insert_str(name, wrapped);
            }
        }
    }
    for (at, name) in plan.names.iter().enumerate() {
        let member = descriptors::new_member(vm, name.clone(), class, n_inherited + at);
        dict.insert_str(name, member);
    }
    let base_has = |flag| class.base.borrow().as_ref().is_some_and(|base| base.has_flag(flag));
    if plan.add_dict && !base_has(type_flags::HAS_DICT) && dict.get_str(&names.__dict__).is_none() {
        dict.insert_str(&names.__dict__, descriptors::new_getset(vm, &object::DICT_GETSET, class));
    }
    if plan.add_weakref && !base_has(type_flags::HAS_WEAKREF) && dict.get_str(&names.__weakref__).is_none() {
        dict.insert_str(&names.__weakref__, descriptors::new_getset(vm, &object::WEAKREF_GETSET, class));
    }
    if dict.get_str(&names.__doc__).is_none() {
        dict.insert_str(&names.__doc__, Value::NONE);
    }
    if let Some(cell) = dict.remove_str(&names.__classcell__) {
        fill_cell(vm, &cell, "__classcell__", class.to_value())?;
    }
    if let Some(cell) = dict.remove_str(&names.__classdictcell__) {
        fill_cell(vm, &cell, "__classdictcell__", dict.to_value())?;
    }
    Ok(())
}

fn static_method_of(vm: &Vm, function: Value) -> PyResult {
    vm.call(vm.types.staticmethod().as_value(), &[function])
}

fn fill_cell(vm: &Vm, cell: &Value, name: &str, content: Value) -> PyResult<()> {
    match cell.downcast::<CellObject>() {
        Some(cell) => {
            drop(cell.set(content));
            Ok(())
        }
        None => {
            let got = vm.repr_text(vm.type_of(cell).as_value())?;
            vm.raise(Exc::TypeError, format!("{name} must be a nonlocal cell, not {got}"))
        }
    }
}

/// Computes the MRO, through the metaclass's `mro` if it overrides that.
pub fn compute_mro(vm: &Vm, class: &Gc<Type>) -> PyResult<()> {
    let metaclass = vm.type_of(class.as_value()).clone();
    if !metaclass.is(vm.types.type_()) {
        let method = metaclass.lookup(&vm.names.mro);
        let default = vm.types.type_().lookup(&vm.names.mro);
        let overridden = match (&method, &default) {
            (Some(method), Some(default)) => !method.is(default),
            _ => false,
        };
        if overridden {
            return custom_mro(vm, class);
        }
    }
    let bases = class.bases.borrow().clone();
    let rest = mro::linearize(vm, &bases)?;
    let mut order = Vec::with_capacity(rest.len() + 1);
    order.push(class.clone());
    order.extend(rest);
    class.mro.replace(order);
    Ok(())
}

fn custom_mro(vm: &Vm, class: &Gc<Type>) -> PyResult<()> {
    let Some(method) = vm.lookup_special(class.as_value(), &vm.names.mro)? else {
        return vm.raise(Exc::AttributeError, "mro");
    };
    let result = vm.call(&method, &[])?;
    let solid = solid_base(class);
    let mut order = Vec::new();
    for entry in vm.collect(&result)? {
        let Some(entry) = entry.downcast::<Type>() else {
            return vm.raise_type_of("mro() returned a non-class ('{}')", &entry);
        };
        if !entry.is(class) && !solid.is_subclass(&solid_base(entry)) {
            let name = entry.display_name();
            return vm
                .raise(Exc::TypeError, format!("mro() returned base with unsuitable layout ('{name}')"));
        }
        order.push(entry.clone());
    }
    if order.is_empty() {
        return vm.raise(Exc::TypeError, "type MRO must not be empty");
    }
    class.mro.replace(order);
    Ok(())
}

/// Tells the values in the class's namespace their names (PEP 487).
fn set_names(vm: &Vm, class: &Gc<Type>) -> PyResult<()> {
    for (key, value) in class.dict.snapshot() {
        // Functions, by far the most, have no `__set_name__`.
        if value.downcast::<Function>().is_some() || value.header().is_none() {
            continue;
        }
        let Some(method) = vm.lookup_special(&value, &vm.names.__set_name__)? else { continue };
        if let Err(raised) = vm.call(&method, &[class.to_value(), key.clone()]) {
            let exception = vm.take_raised(raised);
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                vm.type_name(&value),
                vm.repr_text(&key)?,
                class.name_text()
            );
            vm.call_method(exception.as_value(), &vm.names.add_note, &[note.into()])?;
            return Err(vm.reraise(exception));
        }
    }
    Ok(())
}

/// `super(cls, cls).__init_subclass__(**kwargs)`.
fn init_subclass(vm: &Vm, class: &Gc<Type>, args: Args<'_>) -> PyResult<()> {
    let Some(hook) = class.lookup_after(class, &vm.names.__init_subclass__) else { return Ok(()) };
    if !args.has_keywords() {
        // The default does nothing.
        let default = vm.types.object().dict.get_str(&vm.names.__init_subclass__);
        if default.is_some_and(|default| default.is(&hook)) {
            return Ok(());
        }
    }
    let method = match vm.type_of(&hook).slots().descr_get {
        Some(get) => get(vm, &hook, None, class)?,
        None => hook,
    };
    vm.call_args(&method, Args { values: &[], ..args })?;
    Ok(())
}
