//! `__build_class__`: what a class statement calls.

use crate::class::Type;
use crate::heap::Gc;
use crate::objects::cell::CellObject;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Args, Exc, NativeFn, PyResult, Vm};

pub(super) const FUNCTIONS: &[NativeFn] = &[NativeFn::new("__build_class__", build_class)];

fn build_class(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.len() < 2 {
        return vm.raise(Exc::TypeError, "__build_class__: not enough arguments");
    }
    let given_bases = &args.values[2..];
    let Some(body) = args.value(0).downcast::<Function>() else {
        return vm.raise(Exc::TypeError, "__build_class__: func must be a function");
    };
    let name = vm.expect_str(args.value(1), "__build_class__: name is not a string")?;
    let bases = resolve_bases(vm, given_bases)?;
    let mut keywords: Vec<(Gc<Str>, Value)> =
        args.keywords().map(|(key, value)| (key.clone(), value.clone())).collect();
    let metaclass = match keywords.iter().position(|(key, _)| key.as_bytes() == b"metaclass") {
        Some(at) => keywords.remove(at).1,
        None => match bases.first() {
            Some(base) => vm.type_of(base).to_value(),
            None => vm.types.type_().to_value(),
        },
    };
    let metaclass = match metaclass.downcast::<Type>() {
        Some(meta) => crate::class::new_class::calculate_metaclass(vm, meta, &bases)?.to_value(),
        None => metaclass,
    };
    let (kw_names, kw_values): (Vec<Gc<Str>>, Vec<Value>) = keywords.into_iter().unzip();
    let bases: Value = Tuple::new(bases).into();
    let namespace = prepare(vm, &metaclass, name, &bases, &kw_names, &kw_values)?;
    let code = body.code.borrow().clone();
    let cell = vm.run_code(&code, &body.globals, Some(namespace.clone()), body.closure.clone())?;
    if !bases_unchanged(given_bases, &bases) {
        vm.set_item(&namespace, vm.intern("__orig_bases__").as_value(), &vm.tuple(given_bases))?;
    }
    let class = vm.call_args(
        &metaclass,
        Args::with_keywords(&[name.to_value(), bases, namespace], &kw_names, &kw_values),
    )?;
    check_class_cell(vm, &class, &cell, name)?;
    Ok(class)
}

fn bases_unchanged(original: &[Value], resolved: &Value) -> bool {
    let resolved = resolved.downcast::<Tuple>().map(|bases| bases.items()).unwrap_or_default();
    original.len() == resolved.len() && original.iter().zip(resolved).all(|(a, b)| a.is(b))
}

/// Bases that are no classes are replaced by what their `__mro_entries__` gives (PEP 560).
fn resolve_bases(vm: &Vm, bases: &[Value]) -> PyResult<Vec<Value>> {
    let mut out = Vec::with_capacity(bases.len());
    for base in bases {
        if base.downcast::<Type>().is_some() {
            out.push(base.clone());
            continue;
        }
        let Some(entries) = vm.get_attr_opt(base, &vm.names.__mro_entries__)? else {
            out.push(base.clone());
            continue;
        };
        let entries = vm.call(&entries, &[vm.tuple(bases)])?;
        match entries.downcast::<Tuple>() {
            Some(entries) => out.extend(entries.items().iter().cloned()),
            None => return vm.raise(Exc::TypeError, "__mro_entries__ must return a tuple"),
        }
    }
    Ok(out)
}

fn prepare(
    vm: &Vm,
    metaclass: &Value,
    name: &Gc<Str>,
    bases: &Value,
    kw_names: &[Gc<Str>],
    kw_values: &[Value],
) -> PyResult {
    if metaclass.is(vm.types.type_().as_value()) {
        return Ok(Dict::new().into());
    }
    let Some(prepare) = vm.get_attr_opt(metaclass, &vm.names.__prepare__)? else {
        return Ok(Dict::new().into());
    };
    let args = [name.to_value(), bases.clone()];
    let namespace = vm.call_args(&prepare, Args::with_keywords(&args, kw_names, kw_values))?;
    let slots = vm.type_of(&namespace).slots();
    if slots.get_item.is_none() || vm.type_of(&namespace).is(vm.types.list()) {
        let meta = match metaclass.downcast::<Type>() {
            Some(meta) => meta.name_text(),
            None => "<metaclass>".to_string(),
        };
        let got = vm.type_name(&namespace);
        return vm.raise(Exc::TypeError, format!("{meta}.__prepare__() must return a mapping, not {got}"));
    }
    Ok(namespace)
}

/// `__class__` of the methods must have become the class that was made.
fn check_class_cell(vm: &Vm, class: &Value, cell: &Value, name: &Gc<Str>) -> PyResult<()> {
    let Some(cell) = cell.downcast::<CellObject>() else { return Ok(()) };
    if class.downcast::<Type>().is_none() {
        return Ok(());
    }
    match cell.get() {
        None => vm.raise(
            Exc::RuntimeError,
            format!(
                "__class__ not set defining '{name}' as {}. Was __classcell__ propagated to type.__new__?",
                vm.repr_text(class)?
            ),
        ),
        Some(found) if !found.is(class) => vm.raise(
            Exc::TypeError,
            format!(
                "__class__ set to {} defining '{name}' as {}",
                vm.repr_text(&found)?,
                vm.repr_text(class)?
            ),
        ),
        Some(_) => Ok(()),
    }
}
