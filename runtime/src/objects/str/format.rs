//! `str.format`, `str.format_map` and `str.__format__`.

use super::Str;
use crate::text::str_format::{self, AutoNumber, First, Step};
use crate::text::{check_size, format_apply};
use crate::value::Value;
use crate::{Args, Exc, Gc, PyResult, Vm};

/// Where fields of a template find their values.
enum Source<'a> {
    Arguments(Args<'a>),
    Mapping(&'a Value),
}

/// Nested templates in specifiers that are allowed.
const MAX_DEPTH: usize = 2;

pub(super) fn format_map(vm: &Vm, args: Args<'_>) -> PyResult {
    let template = args.this::<Str>();
    let text = expand(
        vm,
        template.as_bytes(),
        &Source::Mapping(args.value(1)),
        &mut AutoNumber::default(),
        MAX_DEPTH,
    )?;
    Ok(Str::shared(&text).into())
}

/// `template.format(*args, **kwargs)`, args without the template.
pub(super) fn format_args(vm: &Vm, template: &Gc<Str>, args: Args<'_>) -> PyResult<Gc<Str>> {
    let mut numbers = AutoNumber::default();
    let text = expand(vm, template.as_bytes(), &Source::Arguments(args), &mut numbers, MAX_DEPTH)?;
    Ok(Str::shared(&text))
}

fn expand(
    vm: &Vm,
    template: &[u8],
    source: &Source<'_>,
    numbers: &mut AutoNumber,
    depth: usize,
) -> PyResult<Vec<u8>> {
    if depth == 0 {
        return vm.raise_text(str_format::too_deep());
    }
    let mut out = Vec::with_capacity(template.len() + 16);
    for segment in str_format::segments(template) {
        let segment = vm.text_result(segment)?;
        out.extend_from_slice(segment.literal);
        let Some(field) = segment.field else { continue };
        let mut value = field_value(vm, field.name, source, numbers)?;
        if let Some(conversion) = field.conversion {
            let conversion = vm.text_result(str_format::check_conversion(conversion))?;
            value = vm.convert_for_format(&value, conversion)?;
        }
        let spec = if field.spec_is_template {
            Str::shared(&expand(vm, field.spec, source, numbers, depth - 1)?)
        } else {
            Str::shared(field.spec)
        };
        let text = vm.format(&value, &spec)?;
        vm.text_result(check_size(out.len().saturating_add(text.as_bytes().len())))?;
        out.extend_from_slice(text.as_bytes());
    }
    Ok(out)
}

fn field_value(vm: &Vm, name: &[u8], source: &Source<'_>, numbers: &mut AutoNumber) -> PyResult {
    let (first, steps) = vm.text_result(str_format::split_field_name(name, Some(numbers)))?;
    let mut value = match (first, source) {
        (First::Index(index), Source::Arguments(args)) => match args.values.get(index) {
            Some(value) => value.clone(),
            None => return vm.raise_text(str_format::index_out_of_range(index)),
        },
        (First::Index(_), Source::Mapping(_)) => {
            return vm.raise(Exc::ValueError, "Format string contains positional fields");
        }
        (First::Name(name), Source::Arguments(args)) => {
            match args.keywords().find(|(key, _)| key.as_bytes() == name) {
                Some((_, value)) => value.clone(),
                None => return vm.raise_key_error(Str::shared(name).as_value()),
            }
        }
        (First::Name(name), Source::Mapping(mapping)) => {
            vm.get_item(mapping, Str::shared(name).as_value())?
        }
    };
    for step in steps {
        value = match vm.text_result(step)? {
            Step::Attribute(name) => vm.get_attr(&value, &vm.interner.intern(name))?,
            Step::Index(index) => vm.get_item(&value, &index.into())?,
            Step::Key(key) => vm.get_item(&value, Str::shared(key).as_value())?,
        };
    }
    Ok(value)
}

/// `str.__format__(spec)`.
pub(super) fn dunder_format(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let spec = vm.format_spec_argument(args.value(1))?;
    if spec.is_empty() {
        return Ok(if text.header().is_exact() { text.to_value() } else { vm.str(text.as_value())?.into() });
    }
    let name = vm.type_name(text.as_value());
    let formatted = format_apply::format_str(text.as_bytes(), text.is_ascii(), spec.as_bytes(), &name);
    Ok(Str::shared(&vm.text_result(formatted)?).into())
}
