//! Named tuples of native modules: `os.stat_result`, `time.struct_time`, `sys.flags` and their like.
//!
//! Visible items are those of a tuple; fields behind them lie in the instance's extra storage, as a second tuple.

use std::cell::RefCell;
use std::collections::HashMap;

use ouro_runtime::class::build::new_builtin;
use ouro_runtime::class::{Slots, Type, TypeSpec, type_flags};
use ouro_runtime::heap::PayloadVtable;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// Description of one such class.
pub struct StructSequence {
    pub spec: TypeSpec,
    /// Number of items that the tuple shows.
    pub n_visible: usize,
    /// Number of all fields, unnamed ones included.
    pub n_fields: usize,
}

/// The classes made so far, by description.
#[derive(Default)]
struct Classes(RefCell<HashMap<usize, (Gc<Type>, &'static StructSequence)>>);

const FLAGS: u32 = type_flags::DERIVED | type_flags::WITH_EXTRA;

/// A field's name and where its value lies.
pub const fn field(name: &'static str, index: usize) -> GetSet {
    GetSet { name, doc: "", get: GETTERS[index], set: None }
}

/// Fields that lie in the order of their names.
pub const fn fields<const N: usize>(names: [&'static str; N]) -> [GetSet; N] {
    let mut out = [field("", 0); N];
    let mut at = 0;
    while at < N {
        out[at] = field(names[at], at);
        at += 1;
    }
    out
}

macro_rules! getters {
    ($($n:literal)*) => { [$(get::<$n>),*] };
}

const GETTERS: [fn(&Vm, &Value) -> PyResult; 24] =
    getters!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23);

fn get<const N: usize>(_vm: &Vm, value: &Value) -> PyResult {
    Ok(item(value, N).unwrap_or(Value::NONE))
}

/// Value `index` of all, visible ones first.
fn item(value: &Value, index: usize) -> Option<Value> {
    let items = value.downcast::<Tuple>()?.items();
    if let Some(item) = items.get(index) {
        return Some(item.clone());
    }
    let hidden = value.header()?.extra()?.dict.borrow().clone()?;
    hidden.downcast::<Tuple>()?.items().get(index - items.len()).cloned()
}

impl StructSequence {
    /// A class `module.name` with these fields. The first `n_visible` values are the items.
    pub const fn new(
        module: &'static str,
        name: &'static str,
        doc: &'static str,
        getset: &'static [GetSet],
        n_visible: usize,
        n_fields: usize,
    ) -> StructSequence {
        StructSequence {
            spec: TypeSpec {
                name,
                module,
                doc,
                flags: FLAGS | type_flags::SEQUENCE,
                new: Some(NativeFn::new("structseq", new)),
                methods: METHODS,
                getset,
                slots: Slots { repr: Some(repr), ..Slots::NONE },
                ..TypeSpec::DEFAULT
            },
            n_visible,
            n_fields,
        }
    }

    /// As [`StructSequence::new`], for classes of which the interpreter makes the only instance.
    pub const fn closed(self) -> StructSequence {
        StructSequence {
            spec: TypeSpec { new: None, flags: self.spec.flags | type_flags::NO_NEW, ..self.spec },
            ..self
        }
    }

    /// The class, made when first asked for.
    pub fn class(&'static self, vm: &Vm) -> PyResult<Gc<Type>> {
        let classes = vm.state::<Classes>();
        let key = self as *const StructSequence as usize;
        if let Some((class, _)) = classes.0.borrow().get(&key) {
            return Ok(class.clone());
        }
        let base = vm.types.tuple().clone();
        let class = new_builtin(vm, &self.spec, PayloadVtable::of::<Tuple>(), &[base])?;
        let unnamed = self.n_fields - self.spec.getset.len();
        for (name, n) in [
            ("n_sequence_fields", self.n_visible),
            ("n_fields", self.n_fields),
            ("n_unnamed_fields", unnamed),
        ] {
            drop(class.dict.insert_str(&vm.intern(name), n.into()));
        }
        let n_named = self.n_visible.min(self.spec.getset.len());
        let names = self.spec.getset[..n_named - unnamed.min(n_named)]
            .iter()
            .map(|field| vm.intern(field.name).into());
        let names: Vec<Value> = names.collect();
        drop(class.dict.insert_str(&vm.names.__match_args__, vm.tuple(&names)));
        classes.0.borrow_mut().insert(key, (class.clone(), self));
        Ok(class)
    }

    /// An instance with values for all fields.
    pub fn make(&'static self, vm: &Vm, values: Vec<Value>) -> PyResult {
        debug_assert_eq!(values.len(), self.n_fields);
        let class = self.class(vm)?;
        Ok(self.fill(&class, values))
    }

    fn fill(&self, class: &Gc<Type>, values: Vec<Value>) -> Value {
        let (visible, hidden) = values.split_at(self.n_visible);
        let made = Tuple::for_class(class, visible.iter().cloned());
        if let (false, Some(extra)) = (hidden.is_empty(), made.header().extra()) {
            let _none = extra.dict.replace(Some(Tuple::from_slice(hidden).into()));
        }
        made.into()
    }
}

/// The description of an instance's class.
fn description(vm: &Vm, class: &Gc<Type>) -> Option<&'static StructSequence> {
    let classes = vm.state::<Classes>();
    let found = classes.0.borrow();
    let mro = class.mro.borrow();
    mro.iter().find_map(|class| {
        found.values().find(|(known, _)| known.is(class)).map(|(_, description)| *description)
    })
}

const METHODS: &[NativeFn] = &[NativeFn::new("__reduce__($self, /)", reduce), REPLACE];

/// Also for classes that are pickled in a way of their own.
pub const REPLACE: NativeFn = NativeFn::new("__replace__($self, /, **changes)", replace)
    .doc("Return a copy of the structure with new values for the specified fields.");

/// `cls(sequence, dict={})`.
fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.this::<Type>();
    let Some(known) = description(vm, class) else {
        return vm.raise(Exc::TypeError, "not a struct sequence class");
    };
    let name = full_name(known);
    let given = args.skip_first();
    let (mut sequence, mut dict) = (given.get(0), given.get(1));
    for (key, value) in given.keywords() {
        match key.as_bytes() {
            b"sequence" => sequence = Some(value),
            b"dict" => dict = Some(value),
            _ => {
                return vm.raise(
                    Exc::TypeError,
                    format!("structseq() got an unexpected keyword argument '{key}'"),
                );
            }
        }
    }
    let Some(sequence) = sequence else {
        return vm.raise(Exc::TypeError, "structseq() missing required argument 'sequence' (pos 1)");
    };
    if !vm.is_iterable(sequence) {
        return vm.raise(Exc::TypeError, "constructor requires a sequence");
    }
    let mut values = vm.collect(sequence)?;
    let dict = match dict {
        None => None,
        Some(dict) => match dict.downcast::<Dict>() {
            Some(dict) => Some(dict.clone()),
            None => {
                return vm.raise(Exc::TypeError, format!("{name}() takes a dict as second arg, if any"));
            }
        },
    };
    let (min, max, n) = (known.n_visible, known.n_fields, values.len());
    let bound = match (n < min, n > max, min == max) {
        (false, false, _) => "",
        (_, _, true) => "a ",
        (true, _, _) => "an at least ",
        _ => "an at most ",
    };
    if !bound.is_empty() {
        let limit = if n < min { min } else { max };
        return vm
            .raise(Exc::TypeError, format!("{name}() takes {bound}{limit}-sequence ({n}-sequence given)"));
    }
    for getter in &GETTERS[n..max] {
        let given = known
            .spec
            .getset
            .iter()
            .find(|field| std::ptr::fn_addr_eq(field.get, *getter))
            .and_then(|field| dict.as_ref()?.get_str(&vm.intern(field.name)));
        values.push(given.unwrap_or(Value::NONE));
    }
    Ok(known.fill(class, values))
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let Some(known) = description(vm, vm.type_of(value)) else { return Ok(vm.default_repr(value).into()) };
    let mut out = format!("{}(", full_name(known));
    let items = value.downcast::<Tuple>().map(|tuple| tuple.items()).unwrap_or_default();
    for (at, (field, item)) in known.spec.getset.iter().zip(items).enumerate() {
        let separator = if at > 0 { ", " } else { "" };
        out += &format!("{separator}{}={}", field.name, vm.repr(item)?);
    }
    out.push(')');
    Ok(out.into())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let items = value.downcast::<Tuple>().map(|tuple| tuple.items()).unwrap_or_default();
    let hidden = Dict::new();
    if let Some(known) = description(vm, vm.type_of(value)) {
        for field in known.spec.getset {
            let index =
                GETTERS.iter().position(|getter| std::ptr::fn_addr_eq(field.get, *getter)).unwrap_or(0);
            if index >= known.n_visible {
                drop(hidden.insert_str(&vm.intern(field.name), (field.get)(vm, value)?));
            }
        }
    }
    Ok(vm.tuple(&[vm.type_of(value).to_value(), vm.tuple(&[vm.tuple(items), hidden.into()])]))
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let Some(known) = description(vm, vm.type_of(value)) else { return Ok(value.clone()) };
    if known.spec.getset.len() < known.n_fields {
        let name = full_name(known);
        return vm.raise(
            Exc::TypeError,
            format!("__replace__() is not supported for {name} because it has unnamed field(s)"),
        );
    }
    let mut values: Vec<Value> =
        (0..known.n_fields).map(|at| item(value, at).unwrap_or(Value::NONE)).collect();
    let mut unknown = Vec::new();
    for (name, new) in args.keywords() {
        match known.spec.getset.iter().position(|field| field.name.as_bytes() == name.as_bytes()) {
            Some(at) => values[at] = new.clone(),
            None => unknown.push(name.to_value()),
        }
    }
    if !unknown.is_empty() {
        let shown = vm.repr_text(ouro_runtime::objects::list::List::new(unknown).as_value())?;
        return vm.raise(Exc::TypeError, format!("Got unexpected field name(s): {shown}"));
    }
    Ok(known.fill(vm.type_of(value), values))
}

/// As CPython's `tp_name`.
fn full_name(class: &StructSequence) -> String {
    match class.spec.module {
        "builtins" => class.spec.name.to_string(),
        module => format!("{module}.{}", class.spec.name),
    }
}
