//! Template strings: `string.templatelib.Template`, `Interpolation` and the iterator over a template.

use std::cell::Cell;

use crate::class::descriptors::read_only;
use crate::class::{Slots, TypeSpec, type_flags};
use crate::heap::{self, Gc, Payload};
use crate::native::{Args, GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// Invariant: one more string than interpolations.
pub struct Template {
    strings: Gc<Tuple>,
    interpolations: Gc<Tuple>,
}

impl Payload for Template {
    crate::trace_fields!(strings, interpolations);
}

pub struct Interpolation {
    value: Value,
    expression: Value,
    /// None, or 's', 'r' or 'a'.
    conversion: Value,
    format_spec: Value,
}

impl Payload for Interpolation {
    crate::trace_fields!(value, expression, conversion, format_spec);
}

/// Gives the strings that are not empty and the interpolations, in order.
pub struct TemplateIterator {
    template: Gc<Template>,
    /// Twice the index, plus one for the interpolation that follows the string.
    position: Cell<usize>,
}

impl Payload for TemplateIterator {
    crate::trace_fields!(template; skip position);
}

/// What a t-string literal makes.
pub fn new_template(vm: &Vm, strings: &Value, interpolations: &Value) -> Value {
    let tuple = |value: &Value| value.downcast::<Tuple>().expect("the compiler passes tuples").clone();
    let body = Template { strings: tuple(strings), interpolations: tuple(interpolations) };
    heap::alloc(vm.types.template(), body).into()
}

/// What a replacement field of a t-string literal makes; conversion 1 is `!s`, 2 `!r`, 3 `!a`.
pub fn new_interpolation(
    vm: &Vm,
    value: Value,
    expression: Value,
    conversion: usize,
    format_spec: Value,
) -> Value {
    let conversion = match conversion {
        1 => vm.intern("s").into(),
        2 => vm.intern("r").into(),
        3 => vm.intern("a").into(),
        _ => Value::NONE,
    };
    heap::alloc(vm.types.interpolation(), Interpolation { value, expression, conversion, format_spec }).into()
}

fn template(value: &Value) -> &Gc<Template> {
    value.downcast().expect("slots see instances of their class")
}

fn interpolation(value: &Value) -> &Gc<Interpolation> {
    value.downcast().expect("slots see instances of their class")
}

pub static TEMPLATE: TypeSpec = TypeSpec {
    name: "Template",
    module: "string.templatelib",
    doc: "Template object",
    flags: 0,
    new: Some(NativeFn::new("Template", construct)),
    methods: &[NativeFn::new("__reduce__($self, /)", |vm, args| {
        let this = args.this::<Template>();
        let module = crate::objects::reduce::import(vm, "string.templatelib")?;
        let unpickle = vm.get_attr_named(&module, "_template_unpickle")?;
        let parts = vm.tuple(&[this.strings.to_value(), this.interpolations.to_value()]);
        Ok(vm.tuple(&[unpickle, parts]))
    })],
    class_methods: &[NativeFn::new(
        "__class_getitem__($type, object, /)",
        crate::objects::generic_alias::class_getitem,
    )],
    getset: &[
        GetSet::new("strings", |_, value| Ok(template(value).strings.to_value()), read_only),
        GetSet::new("interpolations", |_, value| Ok(template(value).interpolations.to_value()), read_only),
        GetSet::read_only("values", |vm, value| {
            let items = template(value).interpolations.items();
            let values: Vec<Value> = items.iter().map(|item| interpolation(item).value.clone()).collect();
            Ok(vm.tuple(&values))
        }),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let this = template(value);
            let strings = vm.repr_text(this.strings.as_value())?;
            let interpolations = vm.repr_text(this.interpolations.as_value())?;
            Ok(format!("Template(strings={strings}, interpolations={interpolations})").into())
        }),
        concat: Some(concat),
        iter: Some(|vm, value| {
            let body = TemplateIterator { template: template(value).clone(), position: Cell::new(0) };
            Ok(heap::alloc(vm.types.template_iterator(), body).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn construct(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return vm.raise(Exc::TypeError, "Template.__new__ only accepts *args arguments");
    }
    let mut strings: Vec<Value> = vec![vm.empty_str.to_value()];
    let mut interpolations = Vec::new();
    for part in &args.values[1..] {
        if let Some(text) = part.downcast::<Str>() {
            let last = strings.last_mut().expect("begins with one");
            let joined = Str::concat(last.downcast().expect("strings only"), text);
            *last = joined.into();
        } else if part.downcast::<Interpolation>().is_some() {
            interpolations.push(part.clone());
            strings.push(vm.empty_str.to_value());
        } else {
            return vm.raise_type_of(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                part,
            );
        }
    }
    Ok(new_template(vm, &vm.tuple(&strings), &vm.tuple(&interpolations)))
}

/// `a + b`: the last string of one and the first of the other become one.
fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let Some(right) = b.downcast::<Template>() else {
        let got = vm.type_name(b);
        return vm.raise(
            Exc::TypeError,
            format!("can only concatenate string.templatelib.Template (not \"{got}\") to string.templatelib.Template"),
        );
    };
    let left = template(a);
    let (Some((last, before)), Some((first, after))) =
        (left.strings.items().split_last(), right.strings.items().split_first())
    else {
        unreachable!("a template has at least one string");
    };
    let (Some(last), Some(first)) = (last.downcast::<Str>(), first.downcast::<Str>()) else {
        unreachable!("of a template's strings");
    };
    let mut strings = before.to_vec();
    strings.push(Str::concat(last, first).into());
    strings.extend(after.iter().cloned());
    let mut interpolations = left.interpolations.items().to_vec();
    interpolations.extend(right.interpolations.items().iter().cloned());
    Ok(new_template(vm, &vm.tuple(&strings), &vm.tuple(&interpolations)))
}

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "TemplateIter",
    module: "string.templatelib",
    doc: "Template iterator object",
    flags: type_flags::NO_NEW,
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|_, value| {
            let this: &Gc<TemplateIterator> = value.downcast().expect("slots see instances of their class");
            loop {
                let position = this.position.get();
                let (items, at) = match position % 2 {
                    0 => (this.template.strings.items(), position / 2),
                    _ => (this.template.interpolations.items(), position / 2),
                };
                let Some(item) = items.get(at) else { return Ok(None) };
                this.position.set(position + 1);
                if !item.downcast::<Str>().is_some_and(|text| text.is_empty()) {
                    return Ok(Some(item.clone()));
                }
            }
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static INTERPOLATION: TypeSpec = TypeSpec {
    name: "Interpolation",
    module: "string.templatelib",
    doc: "Interpolation object",
    flags: 0,
    new: Some(NativeFn::new(
        "Interpolation($type, value, expression='', conversion=None, format_spec='')",
        construct_interpolation,
    )),
    methods: &[NativeFn::new("__reduce__($self, /)", |vm, args| {
        let this = args.this::<Interpolation>();
        let parts = [&this.value, &this.expression, &this.conversion, &this.format_spec].map(Value::clone);
        Ok(vm.tuple(&[vm.types.interpolation().to_value(), vm.tuple(&parts)]))
    })],
    class_methods: &[NativeFn::new(
        "__class_getitem__($type, object, /)",
        crate::objects::generic_alias::class_getitem,
    )],
    getset: &[
        GetSet::new("value", |_, value| Ok(interpolation(value).value.clone()), read_only),
        GetSet::new("expression", |_, value| Ok(interpolation(value).expression.clone()), read_only),
        GetSet::new("conversion", |_, value| Ok(interpolation(value).conversion.clone()), read_only),
        GetSet::new("format_spec", |_, value| Ok(interpolation(value).format_spec.clone()), read_only),
    ],
    slots: Slots {
        repr: Some(|vm, value| {
            let this = interpolation(value);
            let parts = [&this.value, &this.expression, &this.conversion, &this.format_spec];
            let parts: Vec<String> =
                parts.into_iter().map(|part| vm.repr_text(part)).collect::<PyResult<_>>()?;
            Ok(format!("Interpolation({})", parts.join(", ")).into())
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn construct_interpolation(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = |at: usize, name: &str| match args.get(at) {
        None => Ok(vm.empty_str.to_value()),
        Some(text) if text.downcast::<Str>().is_some() => Ok(text.clone()),
        Some(other) => {
            let got = vm.type_name(other);
            vm.raise(Exc::TypeError, format!("Interpolation() argument '{name}' must be str, not {got}"))
        }
    };
    let conversion = match args.get_not_none(3) {
        None => Value::NONE,
        Some(_) => {
            let conversion = text(3, "conversion")?;
            let known =
                conversion.downcast::<Str>().is_some_and(|c| matches!(c.as_bytes(), b"s" | b"r" | b"a"));
            if !known {
                return vm.raise(
                    Exc::ValueError,
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                );
            }
            conversion
        }
    };
    let body = Interpolation {
        value: args.value(1).clone(),
        expression: text(2, "expression")?,
        conversion,
        format_spec: text(4, "format_spec")?,
    };
    Ok(heap::alloc(vm.types.interpolation(), body).into())
}

/// Class attributes that are no methods: `__match_args__`.
pub(crate) fn complete_interpolation(vm: &Vm, dict: &Dict) {
    let fields =
        ["value", "expression", "conversion", "format_spec"].map(|name| Value::from(vm.intern(name)));
    drop(dict.insert_str(&vm.names.__match_args__, vm.tuple(&fields)));
}
