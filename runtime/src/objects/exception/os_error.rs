//! `OSError`: picks the subclass for an errno (PEP 3151), and keeps file names out of `args`.

use super::attributes::{field, this};
use super::{Exception, base, builtin_of};
use crate::class::{Slots, Type, TypeSpec};
use crate::exceptions::os_error_class;
use crate::native::NativeFn;
use crate::objects::int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::{Args, Exc, Gc, GetSet, PyResult, Value, Vm};

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

pub(super) const SPEC: TypeSpec = TypeSpec {
    new: Some(NativeFn::new("OSError", new)),
    init: Some(NativeFn::new("__init__", init)),
    methods: &[NativeFn::new("__reduce__($self, /)", reduce)],
    getset: &[
        field::<ERRNO>("errno", "POSIX exception code"),
        field::<STRERROR>("strerror", "exception strerror"),
        field::<FILENAME>("filename", "exception filename"),
        field::<FILENAME2>("filename2", "second exception filename"),
        GetSet::new("characters_written", get_written, set_written),
    ],
    slots: Slots { str: Some(str), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Whether a Python class overrides `__init__` but not `__new__`: then arguments are read in `__init__`, which may pass on others.
fn reads_in_init(vm: &Vm, class: &Gc<Type>) -> bool {
    if !class.is_heap_type() {
        return false;
    }
    let base = vm.types.exception(Exc::OSError);
    let same = |name| match (class.lookup(name), base.lookup(name)) {
        (Some(own), Some(inherited)) => own.is(&inherited),
        _ => true,
    };
    !same(&vm.names.__init__) && same(&vm.names.__new__)
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut class = args.this::<Type>().clone();
    if reads_in_init(vm, &class) {
        return Ok(Exception::for_class(&class, builtin_of(vm, &class), vm.empty_tuple()).into());
    }
    args.no_keywords(vm, &class.name_text())?;
    let given = &args.values[1..];
    if class.is(vm.types.exception(Exc::OSError)) && (2..=5).contains(&given.len()) {
        if let Some(errno) = int::as_i64(&given[0]).and_then(|errno| i32::try_from(errno).ok()) {
            class = vm.types.exception(os_error_class(errno)).clone();
        }
    }
    let exception = Exception::for_class(&class, builtin_of(vm, &class), vm.empty_tuple());
    fill(vm, &exception, given)?;
    Ok(exception.into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let exception = this(args.value(0));
    if reads_in_init(vm, vm.type_of(args.value(0))) {
        base::no_keywords(vm, args.value(0), &args)?;
        fill(vm, exception, &args.values[1..])?;
    }
    Ok(Value::NONE)
}

/// Sets the attributes from constructor arguments (errno, strerror, filename, winerror, filename2).
fn fill(vm: &Vm, exception: &Gc<Exception>, given: &[Value]) -> PyResult<()> {
    let mut kept = given;
    if (2..=5).contains(&given.len()) {
        exception.set_field(ERRNO, given[0].clone());
        exception.set_field(STRERROR, given[1].clone());
        if let Some(filename) = given.get(2).filter(|name| !name.is_none()) {
            let is_blocking = exception.header().ty().is(vm.types.exception(Exc::BlockingIOError))
                && vm.has_index(filename);
            if is_blocking {
                let written = vm.index_i64(filename, Exc::ValueError)?;
                exception.set_field(WRITTEN, Value::int(written));
            } else {
                exception.set_field(FILENAME, filename.clone());
                if let Some(second) = given.get(4).filter(|name| !name.is_none()) {
                    exception.set_field(FILENAME2, second.clone());
                }
                kept = &given[..2];
            }
        }
    }
    exception.set_args(Tuple::from_slice(kept));
    Ok(())
}

fn str(vm: &Vm, value: &Value) -> PyResult {
    let exception = this(value);
    let (errno, text) = (exception.field(ERRNO), exception.field(STRERROR));
    let mut parts: Vec<Gc<Str>> = Vec::new();
    let shown = |value: &Option<Value>| vm.str(value.as_ref().unwrap_or(&Value::NONE));
    if exception.field(FILENAME).is_none() && (errno.is_none() || text.is_none()) {
        return base::str(vm, value);
    }
    parts.extend([Str::new("[Errno "), shown(&errno)?, Str::new("] "), shown(&text)?]);
    if let Some(filename) = exception.field(FILENAME) {
        parts.extend([Str::new(": "), vm.repr(&filename)?]);
        if let Some(second) = exception.field(FILENAME2) {
            parts.extend([Str::new(" -> "), vm.repr(&second)?]);
        }
    }
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    Ok(Str::concat_all(&parts).into())
}

/// File names go back into the arguments.
fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let exception = this(args.value(0));
    let mut items = exception.args().items().to_vec();
    if let (2, Some(filename)) = (items.len(), exception.field(FILENAME)) {
        items.push(filename);
        if let Some(second) = exception.field(FILENAME2) {
            items.extend([Value::NONE, second]);
        }
    }
    let state = exception.dict.borrow().clone();
    base::reduced(vm, args.value(0), vm.tuple(&items), state)
}

fn get_written(vm: &Vm, value: &Value) -> PyResult {
    match this(value).field(WRITTEN) {
        Some(written) => Ok(written),
        None => vm.raise(Exc::AttributeError, "characters_written"),
    }
}

fn set_written(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = match new {
        Some(new) => Value::int(vm.index_i64(new, Exc::ValueError)?),
        None if this(value).field(WRITTEN).is_none() => {
            return vm.raise(Exc::AttributeError, "characters_written");
        }
        None => Value::UNBOUND,
    };
    this(value).set_field(WRITTEN, new);
    Ok(())
}
