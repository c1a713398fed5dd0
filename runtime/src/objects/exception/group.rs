//! `BaseExceptionGroup` and `ExceptionGroup`, and what `except*` does with them.

use std::collections::HashSet;

use super::attributes::{fixed, this};
use super::{Exception, base, builtin_of};
use crate::class::{Slots, Type, TypeSpec};
use crate::native::NativeFn;
use crate::objects::generic_alias;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::{Args, Exc, Gc, PyResult, Value, Vm};

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;
/// The repr of the sequence as it was given, where that is neither list nor tuple. No attribute.
const SHOWN: usize = 2;

pub(super) const BASE: TypeSpec = TypeSpec {
    new: Some(NativeFn::new("BaseExceptionGroup", new)),
    init: Some(NativeFn::new("__init__", base::init)),
    methods: &[
        NativeFn::new("derive($self, excs, /)", derive),
        NativeFn::new("split($self, matcher_value, /)", split),
        NativeFn::new("subgroup($self, matcher_value, /)", subgroup),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    getset: &[
        fixed::<MESSAGE>("message", "exception message"),
        fixed::<EXCEPTIONS>("exceptions", "nested exceptions"),
    ],
    slots: Slots { repr: Some(repr), str: Some(str), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// `ExceptionGroup`, which derives from `BaseExceptionGroup` and `Exception`.
pub(super) static EXCEPTION_GROUP: TypeSpec = TypeSpec { name: "ExceptionGroup", ..TypeSpec::DEFAULT };

/// Whether the exception is a group.
pub fn is_group(exception: &Exception) -> bool {
    exception.base == Exc::BaseExceptionGroup
}

/// The exceptions directly in a group; empty for others.
pub fn members(exception: &Exception) -> Vec<Gc<Exception>> {
    if !is_group(exception) {
        return Vec::new();
    }
    let Some(tuple) = exception.field(EXCEPTIONS) else { return Vec::new() };
    let items = tuple.downcast::<Tuple>().map_or(&[][..], |tuple| tuple.items());
    items.iter().filter_map(|item| item.downcast::<Exception>().cloned()).collect()
}

fn exception_group(vm: &Vm) -> &Gc<Type> {
    vm.types.exception_group.get().expect("made at start-up")
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut class = args.this::<Type>().clone();
    let given = &args.values[1..];
    let [message, exceptions] = given else {
        let n = given.len();
        return vm.raise(
            Exc::TypeError,
            format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({n} given)"),
        );
    };
    vm.expect_str(message, "BaseExceptionGroup.__new__() argument 1 must be str, not {}")?;
    let slots = vm.type_of(exceptions).slots();
    let is_dict = exceptions.downcast::<crate::objects::dict::Dict>().is_some();
    if slots.get_item.is_none() || is_dict {
        return vm.raise(Exc::TypeError, "second argument (exceptions) must be a sequence");
    }
    let is_plain = exceptions.downcast::<List>().is_some() || exceptions.downcast::<Tuple>().is_some();
    let shown = if is_plain { None } else { Some(vm.repr(exceptions)?) };
    let items = vm.collect(exceptions)?;
    if items.is_empty() {
        return vm.raise(Exc::ValueError, "second argument (exceptions) must be a non-empty sequence");
    }
    let mut has_base_exceptions = false;
    for (at, item) in items.iter().enumerate() {
        if item.downcast::<Exception>().is_none() {
            return vm.raise(
                Exc::ValueError,
                format!("Item {at} of second argument (exceptions) is not an exception"),
            );
        }
        has_base_exceptions |= !vm.is_instance_of(item, vm.types.exception(Exc::Exception));
    }
    if class.is(exception_group(vm)) {
        if has_base_exceptions {
            return vm.raise(Exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
        }
    } else if class.is(vm.types.exception(Exc::BaseExceptionGroup)) {
        if !has_base_exceptions {
            class = exception_group(vm).clone();
        }
    } else if has_base_exceptions && class.is_subclass(vm.types.exception(Exc::Exception)) {
        let name = class.name_text();
        return vm.raise(Exc::TypeError, format!("Cannot nest BaseExceptions in '{name}'"));
    }
    let exception = Exception::for_class(&class, builtin_of(vm, &class), Tuple::from_slice(given));
    exception.set_field(MESSAGE, message.clone());
    exception.set_field(EXCEPTIONS, Tuple::new(items).into());
    if let Some(shown) = shown {
        exception.set_field(SHOWN, shown.into());
    }
    Ok(exception.into())
}

/// A group of these exceptions, of the class that fits them.
pub fn make(vm: &Vm, message: &str, exceptions: Vec<Value>) -> PyResult<Gc<Exception>> {
    make_of(vm, message, List::new(exceptions).into())
}

fn make_of(vm: &Vm, message: &str, exceptions: Value) -> PyResult<Gc<Exception>> {
    let class = vm.types.exception(Exc::BaseExceptionGroup).to_value();
    let made = vm.call(&class, &[message.into(), exceptions])?;
    Ok(this(&made).clone())
}

fn str(vm: &Vm, value: &Value) -> PyResult {
    let exception = this(value);
    let n = members(exception).len();
    let message = vm.str(&exception.field(MESSAGE).unwrap_or(Value::NONE))?;
    let plural = if n == 1 { "" } else { "s" };
    Ok(Str::concat_all(&[message.as_bytes(), format!(" ({n} sub-exception{plural})").as_bytes()]).into())
}

/// Shows the exceptions that are in the group, even if the list given to the constructor has changed since.
fn repr(vm: &Vm, value: &Value) -> PyResult {
    let exception = this(value);
    let members = exception.field(EXCEPTIONS).unwrap_or(Value::NONE);
    let given = exception.args().items().get(1).cloned();
    let message = vm.repr(&exception.field(MESSAGE).unwrap_or(Value::NONE))?;
    let shown = match (exception.field(SHOWN).map(Value::into_gc::<Str>), members.downcast::<Tuple>()) {
        (Some(Ok(shown)), _) => shown,
        (_, Some(tuple)) if given.is_some_and(|given| given.downcast::<List>().is_some()) => {
            vm.repr(&List::new(tuple.items().to_vec()).into())?
        }
        _ => vm.repr(&members)?,
    };
    let name = vm.type_of(value).name.borrow().clone();
    let parts = [name.as_bytes(), b"(", message.as_bytes(), b", ", shown.as_bytes(), b")"];
    Ok(Str::concat_all(&parts).into())
}

fn derive(vm: &Vm, args: Args<'_>) -> PyResult {
    let message = this(args.value(0)).field(MESSAGE).unwrap_or(Value::NONE);
    let class = vm.types.exception(Exc::BaseExceptionGroup).to_value();
    vm.call(&class, &[message, args.value(1).clone()])
}

/// Which exceptions a split takes out.
enum Matcher {
    /// Instances of an exception class or of one in a tuple.
    Classes(Value),
    Predicate(Value),
    /// These very exceptions, by identity.
    Identities(HashSet<u64>),
}

impl Matcher {
    fn of(vm: &Vm, value: &Value) -> PyResult<Matcher> {
        let base = vm.types.exception(Exc::BaseException);
        let is_exception_class =
            |value: &Value| value.downcast::<Type>().is_some_and(|class| class.is_subclass(base));
        let is_tuple_of_them =
            value.downcast::<Tuple>().is_some_and(|tuple| tuple.items().iter().all(is_exception_class));
        if is_exception_class(value) || is_tuple_of_them {
            return Ok(Matcher::Classes(value.clone()));
        }
        if vm.is_callable(value) && value.downcast::<Type>().is_none() {
            return Ok(Matcher::Predicate(value.clone()));
        }
        vm.raise(
            Exc::TypeError,
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        )
    }

    fn matches(&self, vm: &Vm, exception: &Gc<Exception>) -> PyResult<bool> {
        match self {
            Matcher::Classes(classes) => Ok(matches_classes(vm, exception, classes)),
            Matcher::Predicate(predicate) => {
                let result = vm.call(predicate, &[exception.to_value()])?;
                vm.truth(&result)
            }
            Matcher::Identities(ids) => Ok(!is_group(exception) && ids.contains(&exception.as_value().id())),
        }
    }
}

/// Whether the exception's class is `classes`, or derives from it or one in it; anything odd never matches.
fn matches_classes(vm: &Vm, exception: &Gc<Exception>, classes: &Value) -> bool {
    if let Some(class) = classes.downcast::<Type>() {
        return vm.is_instance_of(exception.as_value(), class);
    }
    classes
        .downcast::<Tuple>()
        .is_some_and(|tuple| tuple.items().iter().any(|class| matches_classes(vm, exception, class)))
}

type Split = (Option<Gc<Exception>>, Option<Gc<Exception>>);

fn split_by(vm: &Vm, exception: &Gc<Exception>, matcher: &Matcher, keep_rest: bool) -> PyResult<Split> {
    if matcher.matches(vm, exception)? {
        return Ok((Some(exception.clone()), None));
    }
    if !is_group(exception) {
        return Ok((None, Some(exception.clone()).filter(|_| keep_rest)));
    }
    vm.check_native_depth(" in exceptiongroup_split_recursive")?;
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    for member in members(exception) {
        let (inside, outside) = split_by(vm, &member, matcher, keep_rest)?;
        matching.extend(inside.map(Value::from));
        rest.extend(outside.map(Value::from));
    }
    Ok((subset(vm, exception, matching)?, subset(vm, exception, rest)?))
}

/// A group like `original` with these of its exceptions; `None` if there are none.
fn subset(vm: &Vm, original: &Gc<Exception>, exceptions: Vec<Value>) -> PyResult<Option<Gc<Exception>>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let made = vm.call_method_named(original.as_value(), "derive", &[List::new(exceptions).into()])?;
    let Some(group) = made.downcast::<Exception>().filter(|group| is_group(group)) else {
        return vm.raise(Exc::TypeError, "derive must return an instance of BaseExceptionGroup");
    };
    if let Some(traceback) = original.traceback() {
        group.set_traceback(Some(traceback));
    }
    group.set_context(original.context());
    group.set_cause(original.cause());
    if let Some(notes) = vm.get_attr_opt(original.as_value(), &vm.names.__notes__)? {
        // Odd notes are not this function's business.
        if vm.type_of(&notes).slots().get_item.is_some() {
            let copy = List::new(vm.collect(&notes)?).into();
            vm.set_attr(group.as_value(), &vm.names.__notes__, Some(&copy))?;
        }
    }
    Ok(Some(group.clone()))
}

fn or_none(exception: Option<Gc<Exception>>) -> Value {
    exception.map_or(Value::NONE, Into::into)
}

fn split(vm: &Vm, args: Args<'_>) -> PyResult {
    let matcher = Matcher::of(vm, args.value(1))?;
    let (matching, rest) = split_by(vm, this(args.value(0)), &matcher, true)?;
    Ok(vm.tuple(&[or_none(matching), or_none(rest)]))
}

fn subgroup(vm: &Vm, args: Args<'_>) -> PyResult {
    let matcher = Matcher::of(vm, args.value(1))?;
    split_by(vm, this(args.value(0)), &matcher, false).map(|(matching, _)| or_none(matching))
}

/// `except* classes`: what of `exception` the handler gets (always a group), and what is left. `classes` has been checked.
/// A bare exception that matches is wrapped in a group with an empty message, whose traceback the caller sets.
pub fn match_handler(vm: &Vm, exception: &Gc<Exception>, classes: &Value) -> PyResult<Split> {
    if matches_classes(vm, exception, classes) {
        if is_group(exception) {
            return Ok((Some(exception.clone()), None));
        }
        return Ok((Some(make_of(vm, "", vm.tuple(&[exception.to_value()]))?), None));
    }
    if !is_group(exception) {
        return Ok((None, Some(exception.clone())));
    }
    let pair = vm.call_method_named(exception.as_value(), "split", std::slice::from_ref(classes))?;
    let name = vm.type_name(exception.as_value());
    let Some(tuple) = pair.downcast::<Tuple>() else {
        let got = vm.type_name(&pair);
        return vm.raise(Exc::TypeError, format!("{name}.split must return a tuple, not {got}"));
    };
    let [matching, rest, ..] = tuple.items() else {
        let n = tuple.len();
        return vm
            .raise(Exc::TypeError, format!("{name}.split must return a 2-tuple, got tuple of size {n}"));
    };
    let exception = |value: &Value| value.downcast::<Exception>().cloned();
    Ok((exception(matching), exception(rest)))
}

/// The end of a `try`-`except*`: what to raise of the exceptions that the handlers raised or did not handle; `None` if nothing.
pub fn combine_raised(
    vm: &Vm,
    original: &Gc<Exception>,
    exceptions: &[Value],
) -> PyResult<Option<Gc<Exception>>> {
    let exceptions: Vec<Gc<Exception>> =
        exceptions.iter().filter_map(|value| value.downcast::<Exception>().cloned()).collect();
    if !is_group(original) {
        return Ok(exceptions.into_iter().next());
    }
    let same = |a: Option<Value>, b: Option<Value>| match (a, b) {
        (Some(a), Some(b)) => a.is(&b),
        (a, b) => a.is_none() && b.is_none(),
    };
    // Parts of the original that were raised again unchanged are merged back into one group of its form.
    let (reraised, raised): (Vec<_>, Vec<_>) = exceptions.into_iter().partition(|exception| {
        same(exception.traceback(), original.traceback())
            && same(exception.cause(), original.cause())
            && same(exception.context().map(Into::into), original.context().map(Into::into))
    });
    let mut raised: Vec<Value> = raised.into_iter().map(Into::into).collect();
    let mut leaves = HashSet::new();
    for exception in &reraised {
        collect_leaves(vm, exception, &mut leaves)?;
    }
    if !leaves.is_empty() {
        let matcher = Matcher::Identities(leaves);
        let (projection, _) = split_by(vm, original, &matcher, false)?;
        if raised.is_empty() {
            return Ok(projection);
        }
        raised.extend(projection.map(Value::from));
    }
    match raised.as_slice() {
        [] => Ok(None),
        [single] => Ok(single.downcast::<Exception>().cloned()),
        _ => make(vm, "", raised).map(Some),
    }
}

fn collect_leaves(vm: &Vm, exception: &Gc<Exception>, ids: &mut HashSet<u64>) -> PyResult<()> {
    if !is_group(exception) {
        ids.insert(exception.as_value().id());
        return Ok(());
    }
    vm.check_native_depth(" in collect_exception_group_leaf_ids")?;
    members(exception).iter().try_for_each(|member| collect_leaves(vm, member, ids))
}
